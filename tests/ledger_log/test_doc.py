"""The page about the log is true: its Python runs, its codes exist, its limits are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

from kaiwu.ledger.log import verifier
from kaiwu.ledger.log.tile import LENGTH_BYTES, MAX_LEAF_BYTES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "log.md").read_text(encoding="utf-8")


def test_the_python_of_the_page_runs():
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    exec(compile(block, "docs/log.md", "exec"), {})


def test_the_codes_of_the_page_are_those_of_the_verifier():
    written = set(re.findall(r"V-[A-Z0-9-]+", Path(verifier.__file__).read_text(encoding="utf-8")))
    assert set(re.findall(r"`(V-[A-Z0-9-]+)`", PAGE)) <= written
    assert (
        set(re.findall(r"V-[A-Z0-9-]+", (Path(verifier.__file__).parent / "browser/verify.js").read_text()))
        | {"V-NO-SM3"}
        >= written
    )


def test_the_limits_of_the_page_are_those_of_the_program():
    assert f"length in {LENGTH_BYTES} bytes" in PAGE and f"at most {MAX_LEAF_BYTES >> 20} MiB" in PAGE
