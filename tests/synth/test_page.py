"""The page about synthetic districts is complete and its Python runs."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from kaiwu.synth.setting import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "make-a-synthetic-district.md").read_text(encoding="utf-8")
LABELS = {"synth", "zh", "en"}
"""Keys that every content file has."""


def test_every_section_of_a_calibration_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))))
    assert {f.name for f in fields(Settings)} - LABELS <= named


def test_the_python_of_the_page_runs() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block.replace("firms=2000", "firms=100"), "page", "exec"), names)
    assert names["district"].firms.count == 100  # type: ignore[attr-defined]
