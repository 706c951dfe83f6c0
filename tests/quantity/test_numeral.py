"""Chinese numerals: there and back, and nothing malformed in between."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError, format_numeral, parse_numeral

CAPITALS = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")


@given(st.integers(0, 10**12))
@example(10**12)
@example(10_0000_0005)
def test_a_numeral_reads_back_as_the_number_it_was_written_from(number: int) -> None:
    assert parse_numeral(format_numeral(number)) == number


@given(st.integers(0, 10**6))
def test_financial_capitals_read_like_plain_numerals(number: int) -> None:
    assert parse_numeral(format_numeral(number).translate(CAPITALS)) == number


def test_every_number_below_twenty_thousand_has_its_own_numeral() -> None:
    assert len({format_numeral(number) for number in range(20_000)}) == 20_000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("十", 10),
        ("一十", 10),
        ("十五", 15),
        ("一百零五", 105),
        ("一百十五", 115),
        ("一百一十五", 115),
        ("两千零二十四", 2024),
        ("一万零五", 10005),
        ("一万零五百", 10500),
        ("二十万五千", 205000),
        ("二十万零五千", 205000),
        ("三千二百万", 32_000_000),
        ("一亿零五千", 100_005_000),
        ("一万亿", 10**12),
        ("两亿〇三百", 200_000_300),
        ("叁仟萬", 30_000_000),
    ],
)
def test_known_numerals(text: str, value: int) -> None:
    assert parse_numeral(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("三点五", "3.5"), ("零点零五", "0.05"), ("一点二亿", "120000000"), ("十二点五万", "125000")],
)
def test_numerals_with_a_point_are_exact(text: str, value: str) -> None:
    assert parse_numeral(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "百",
        "万",
        "亿万",
        "一二",
        "十百",
        "零零",
        "一零",
        "三百百",
        "一千一千",
        "一点",
        "点五",
        "一点二点三",
        "5",
        "一万零五千",
        "甲",
    ],
)
def test_a_malformed_numeral_is_refused(text: str) -> None:
    with pytest.raises(KaiwuError, match=r"Q-NUMERAL\]"):
        parse_numeral(text)


@pytest.mark.parametrize("text", ["一万五", "三百五", "三千五", "一亿五千"])
def test_a_colloquial_short_form_is_refused_as_such(text: str) -> None:
    with pytest.raises(KaiwuError, match="Q-NUMERAL-COLLOQUIAL"):
        parse_numeral(text)


@given(st.text(alphabet="零一二三两十百千万亿点", max_size=12))
def test_only_canonical_numerals_are_read(text: str) -> None:
    try:
        value = parse_numeral(text)
    except KaiwuError:
        return
    if value.denominator == 1 and "点" not in text:
        assert parse_numeral(format_numeral(int(value))) == value


@pytest.mark.parametrize("number", [-1, 10**16])
def test_numbers_without_a_numeral_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="no numeral"):
        format_numeral(number)
