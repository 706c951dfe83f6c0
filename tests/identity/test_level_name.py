"""Comparing the spelling of two names, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.identity.name import normalise_name, same_spelling


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("亚太（集团）有限公司", "亚太(集团)有限公司"),
        ("亚太〔集团〕有限公司", "亚太【集团】有限公司"),
        ("ＡＢＣ科技", "abc科技"),
        ("亚 太　股份", "亚太股份"),
        ("亚太\u200b股份\ufeff", "亚太股份"),
        ("阿·贝", "阿•贝"),
    ],
)
def test_two_spellings_of_one_name_are_alike(left, right):
    assert same_spelling(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("亚太股份", "亚太药业"),
        ("亚太药业", "亚太科技"),
        ("亚太股份", "亚太科技"),
        ("亚太(集团)有限公司", "亚太集团有限公司"),
        ("亚太股份", "亚太股份有限公司"),
        ("第2公司", "第②公司"),
    ],
)
def test_similar_names_are_not_alike(left, right):
    assert not same_spelling(left, right)


def test_a_blank_name_is_like_nothing():
    assert not same_spelling("", "　")


@given(st.text())
def test_levelling_twice_changes_nothing_more(text):
    assert normalise_name(normalise_name(text)) == normalise_name(text)
