"""The pages about the monthly operation and the regional measures do what they say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from walkthrough import Command, Reader, find_difference, read_steps

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "how-to" / "report-monthly-operation.md").read_text(encoding="utf-8")


def test_the_commands_and_the_python_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path)
    for step in read_steps(PAGE):
        output = reader.follow(step)
        assert isinstance(step, Command)
        assert find_difference(step.expected, output) is None, f"{step.line}\n{output}"
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "page", "exec"), {})


def test_the_examples_of_the_regional_measures_come_out() -> None:
    found = doctest.testfile(str(DOCS / "regional-measures.md"), module_relative=False)
    assert (found.failed, found.attempted > 5) == (0, True)
