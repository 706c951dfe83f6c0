"""The tutorial is followed word for word, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from walkthrough import Command, FileBlock, Reader, find_difference, read_steps

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["tutorial.md", "tutorial.zh-CN.md"])
def test_the_tutorial_works_word_for_word(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    steps = read_steps((DOCS / page).read_text(encoding="utf-8"))
    for step in steps:
        output = reader.follow(step)
        if isinstance(step, Command) and step.expected:
            difference = find_difference(step.expected, output)
            assert difference is None, f"{page}: {step.line}\n{difference}"
    typed = {step.line.split()[1] for step in steps if isinstance(step, Command) and step.line.startswith("kaiwu ")}
    assert typed >= {"init", "check", "lint", "import", "run", "runs", "explain", "object", "replay", "diff", "decide"}


def test_both_languages_write_the_same_files_and_type_the_same_commands() -> None:
    english, chinese = (
        read_steps((DOCS / page).read_text(encoding="utf-8")) for page in ("tutorial.md", "tutorial.zh-CN.md")
    )
    files = [[s for s in steps if isinstance(s, FileBlock)] for steps in (english, chinese)]
    lines = [
        [s.line for s in steps if isinstance(s, Command) and not s.line.startswith("export")]
        for steps in (english, chinese)
    ]
    assert files[0] == files[1]
    assert lines[0] == lines[1]


def test_a_page_that_promises_other_output_is_found_out() -> None:
    assert find_difference(["a", "…", "d"], "a\nb\nc\nd\n") is None
    assert find_difference(["a …"], "a 5\n") is None
    assert find_difference(["a"], "a\nb\n") is not None
    assert find_difference(["a", "c"], "a\nb\nc\n") is not None
    assert find_difference(["a", "…", "e"], "a\nb\n") is not None
