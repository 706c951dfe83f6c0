"""The generated reference is current, and nothing that a user can meet is undocumented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kaiwu
from kaiwu.cli.main import own_commands
from kaiwu.cli.reference import PAGES
from kaiwu.cli.reference.key_page import undocumented_keys
from kaiwu.cli.reference.key_place import PLACES
from kaiwu.cli.reference.key_scan import scan_keys
from kaiwu.cli.reference.problem_scan import scan_problems
from kaiwu.cli.reference.word_page import FUNCTION_TEXT, PERIOD_TEXT
from kaiwu.rule.vocabulary import FUNCTIONS, PeriodKind

ROOT = Path(__file__).parents[2]
DOCS, SOURCE = ROOT / "docs", ROOT / "src" / "kaiwu"
HOW = "write the page again: .venv/bin/python -m kaiwu.cli.reference docs/reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == PAGES[name](), HOW


def test_no_other_page_stands_among_the_generated_ones() -> None:
    assert {p.name for p in (DOCS / "reference").iterdir()} == set(PAGES)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_command_stands_in_the_readme(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in own_commands() if f"kaiwu {name}" not in text] == []


def test_every_key_of_a_pack_is_explained() -> None:
    assert undocumented_keys() == []


def test_every_place_of_keys_is_still_checked_by_a_loader() -> None:
    scanned = scan_keys(SOURCE)
    gone = [p.scanned for p in PLACES if p.scanned not in scanned and not p.scanned.rpartition(":")[2].isupper()]
    assert gone == []


def test_every_problem_code_has_a_text_in_both_languages() -> None:
    found = scan_problems(SOURCE)
    assert len(found) > 300
    assert [code for code, problem in found.items() if not problem.texts] == []


def test_no_problem_code_escapes_the_scan() -> None:
    found = scan_problems(SOURCE)
    pattern = re.compile(r'"((?:Q|R|F|IN|IX|L|LOG|P|B|BS|CL|S|T|I|C|N|O|V|Y|W)-[A-Z0-9-]+)"')
    written = {code for path in SOURCE.rglob("*.py") for code in pattern.findall(path.read_text(encoding="utf-8"))}
    assert written - set(found) == set()


def test_every_function_and_kind_of_period_word_is_explained() -> None:
    assert set(FUNCTION_TEXT) == set(FUNCTIONS.values())
    assert set(PERIOD_TEXT) == {kind.value for kind in PeriodKind}


def test_every_public_name_has_a_docstring() -> None:
    assert [n for n in kaiwu.__all__ if n[0] != "_" and not (getattr(kaiwu, n).__doc__ or "").strip()] == []


def test_a_scanned_problem_keeps_its_texts_as_templates() -> None:
    texts = scan_problems(SOURCE)["F-KEY-UNKNOWN"].texts
    assert texts == [("不认识的键“{key}”; {zh}", "unknown key “{key}”; {en}")]


def test_keys_that_are_put_together_at_run_time_are_scanned_as_empty() -> None:
    assert scan_keys(SOURCE)["kaiwu.rating.reader:gate"] == ()
