"""A name is taken apart, and what is broken in it does not hide what is sound."""

from __future__ import annotations

import pytest
from grammar_sample import GRAMMAR
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.identity.naming.abbreviation import abbreviate
from kaiwu.identity.naming.reading import NameReader

READER = NameReader(GRAMMAR)


def test_every_part_is_found() -> None:
    parts = READER.read("杭州市晴川药业（集团）股份有限公司萧山分公司")
    assert [r.zh for r in parts.regions] == ["杭州"]
    assert (parts.core, parts.brand, parts.trade) == ("晴川药业", "晴川", "药业")
    assert (parts.form_class, parts.is_group, parts.branch) == ("joint_stock", True, "萧山分公司")


def test_a_region_in_brackets_is_put_in_front() -> None:
    assert READER.read("晴川药业(杭州)有限公司").stem == READER.read("杭州晴川药业有限公司").stem


def test_traditional_and_full_width_forms_are_levelled() -> None:
    assert READER.read("杭州晴川藥業ＡＢ有限公司").text == "杭州晴川药业AB有限公司"


@pytest.mark.parametrize(
    "ending", ["股份有限公", "股份有限", "股份", "股", "固份有限公司", "份有限公司", "股有份限公司"]
)
def test_a_form_that_is_cut_or_mistyped_is_still_a_form(ending: str) -> None:
    assert READER.read(f"杭州晴川药业{ending}").core == "晴川药业"


def test_a_name_is_never_taken_apart_to_nothing() -> None:
    assert READER.read("杭州").core == "杭州"
    assert READER.read("有限公司").core != ""


@pytest.mark.parametrize(
    "text", ["晴川药业有限公司与白鹭信息有限公司", "晴川、白鹭", "晴川药业有限公司、白鹭信息有限公司、青桐集团"]
)
def test_two_firms_in_one_text_are_told_apart(text: str) -> None:
    assert len(READER.read(text).joined) >= 2


def test_a_joining_word_within_a_brand_joins_nothing() -> None:
    assert READER.read("浙江山与水科技有限公司").joined == ()


def test_abbreviations_are_of_the_usual_kinds_and_never_the_name_itself() -> None:
    parts = READER.read("杭州月湾广播电视股份有限公司")
    spelled = abbreviate(parts, GRAMMAR)
    assert {"月湾", "月湾广电", "杭州月湾", "杭月湾", "月湾股份"} <= set(spelled)
    assert parts.text not in spelled
    assert len(spelled) == len(set(spelled))


@given(st.text(alphabet="杭州浙江晴川药业科技股份有限公司集团分()、与 Ａ1", max_size=20))
@settings(max_examples=100)
def test_reading_takes_any_text_and_is_repeatable(text: str) -> None:
    parts = READER.read(text)
    assert READER.read(parts.text).core == parts.core
    assert len(parts.core) <= len(parts.text)
