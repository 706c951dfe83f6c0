"""The table of sentences: both languages take the same fields, and no sentence is unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import kaiwu.rule.phrase as phrase

SOURCES = [p.read_text(encoding="utf-8") for p in Path(phrase.__file__).parent.glob("*.py") if p.name != "phrase.py"]


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", phrase.PHRASES)
def test_both_languages_tell_the_same(code: str) -> None:
    zh, en = phrase.PHRASES[code]
    only_english = {"ys", "ms"}  # the plural s
    assert fields_of(zh) == fields_of(en) - only_english
    assert re.search("[\u4e00-\u9fff]", en) is None


def test_every_sentence_is_used_somewhere() -> None:
    written = "\n".join(SOURCES)
    families = (
        "name-",
        "rounded-",
        "cap-",
        "floor-",
        "PASS",
        "FAIL",
        "MISSING",
        "HUMAN",
        "any",
        "all",
        "as_of",
        "rated",
    )
    unused = [code for code in phrase.PHRASES if f'"{code}"' not in written and not code.startswith(families)]
    assert unused == []


def test_a_field_may_be_one_text_or_a_pair() -> None:
    assert phrase.say("figure", name=("营业收入", "revenue"), value="5") == ("营业收入 5", "revenue: 5")
    assert phrase.join([("甲", "a"), ("乙", "b")]) == ("甲、乙", "a, b")
