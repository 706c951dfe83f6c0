"""The page about the year is true: its commands print what it says."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from walkthrough import Command, Reader, find_difference, read_steps

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "run-a-voucher-year.md"


def test_the_commands_of_the_page_print_what_it_says(tmp_path):
    reader = Reader(tmp_path)
    steps = read_steps(PAGE.read_text(encoding="utf-8"))
    assert len(steps) >= 9
    for step in steps:
        output = reader.follow(step)
        if isinstance(step, Command):
            assert find_difference(step.expected, output) is None, f"{step.line}\n{output}"
