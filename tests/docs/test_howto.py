"""The how-to pages work: their packs load, their commands print what is said, their Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from walkthrough import Command, Reader, find_difference, read_steps

DOCS = Path(__file__).parents[2] / "docs"
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["write-a-policy.md", "write-a-rating.md", "write-a-rubric.md", "pay-a-voucher.md"])
def test_the_pack_of_a_page_is_written_and_checked(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for step in read_steps((DOCS / "how-to" / page).read_text(encoding="utf-8")):
        output = reader.follow(step)
        if isinstance(step, Command):
            assert find_difference(step.expected, output) is None, f"{page}: {step.line}\n{output}"


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reader = Reader(tmp_path_factory.mktemp("tutorial"))
    for step in read_steps((DOCS / "tutorial.md").read_text(encoding="utf-8")):
        reader.follow(step)
    return reader.folder


@pytest.mark.parametrize("page", ["work-in-a-notebook.md", "run-rules-as-sql.md"])
def test_the_python_of_a_page_runs(page: str, tutorial: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tutorial)
    blocks = _PYTHON.findall((DOCS / "how-to" / page).read_text(encoding="utf-8"))
    assert len(blocks) >= 4
    exec(compile("\n".join(blocks), page, "exec"), {})
