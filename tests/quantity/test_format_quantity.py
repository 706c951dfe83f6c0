"""Printing quantities: what is printed reads back, and rounding is half up by integers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.quantity import (
    Unit,
    choose_unit,
    find_unit,
    format_decimal,
    format_quantity,
    format_ratio,
    known_units,
    parse_quantity,
    round_half_up,
)

NAMED = [unit for unit in known_units() if unit.zh]
COMPOUND = [
    find_unit(name) for name in ("万元/亩", "元/平方米/月", "吨标煤(等价值)/万元", "吨/平方米", "%/年", "件/亿元")
]
units = st.sampled_from(NAMED + COMPOUND)
amounts = st.builds(lambda n, places: Fraction(n, 10**places), st.integers(-(10**15), 10**15), st.integers(0, 8))


@given(units, amounts)
def test_every_unit_reads_back_what_it_prints(unit: Unit, amount: Fraction) -> None:
    text = format_quantity(unit.to_base(amount), unit)
    back = parse_quantity(text, dimension=unit.dimension)
    assert (back.base, back.unit) == (unit.to_base(amount), unit)


@given(units, amounts)
def test_ungrouped_text_reads_back_too(unit: Unit, amount: Fraction) -> None:
    text = format_quantity(unit.to_base(amount), unit, grouping=False)
    assert "," not in text
    assert parse_quantity(text, dimension=unit.dimension).base == unit.to_base(amount)


@given(amounts, st.integers(0, 6))
def test_rounding_agrees_with_decimal_half_up(value: Fraction, places: int) -> None:
    expected = Decimal(format_decimal(value, grouping=False)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert round_half_up(value, places) == Fraction(expected)


@given(st.fractions(), st.integers(-3, 6))
def test_rounding_moves_by_half_a_place_at_most_and_keeps_the_sign(value: Fraction, places: int) -> None:
    rounded = round_half_up(value, places)
    assert abs(rounded - value) <= Fraction(1, 2) / Fraction(10) ** places
    assert round_half_up(-value, places) == -rounded


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.005", 2, "0.01"),
        ("-0.004", 2, "0.00"),
        ("1234567.891", 2, "1,234,567.89"),
        ("1234567", None, "1,234,567"),
        ("0.1", None, "0.1"),
        ("-0.125", None, "-0.125"),
        ("1200", 2, "1,200.00"),
        ("1/3", None, "1/3"),
        ("1/3", 4, "0.3333"),
        ("1251", -2, "1,300"),
    ],
)
def test_decimal_text(value: str, decimals: int | None, text: str) -> None:
    assert format_decimal(Fraction(value), decimals) == text


def test_twelve_million_yuan_read_in_local_units_and_in_english() -> None:
    fen = Fraction(1_200_000_000)
    assert format_quantity(fen, find_unit("万元")) == "1,200万元"
    assert format_quantity(fen, find_unit("万元"), language="en") == "12,000,000 yuan"
    assert format_quantity(fen, find_unit("亿元"), 1) == "0.1亿元"
    assert format_quantity(fen, find_unit("亿元"), 1, language="en") == "10,000,000 yuan"


def test_a_calendar_year_is_never_grouped() -> None:
    assert format_quantity(2024, find_unit("calendar_year")) == "2024年"


def test_a_ratio_prints_as_a_percentage() -> None:
    assert format_ratio(7_000_000) == "7%"
    assert format_ratio(Fraction(12_345_678), 2) == "12.35%"
    assert format_ratio(500_000, unit=find_unit("‰")) == "5‰"


def test_a_ratio_is_not_printed_in_money() -> None:
    with pytest.raises(ValueError, match="no unit of a ratio"):
        format_ratio(1, unit=find_unit("元"))


@pytest.mark.parametrize(
    ("yuan", "unit"),
    [("0", "元"), ("9999.99", "元"), ("10000", "万元"), ("-99999999", "万元"), ("100000000", "亿元")],
)
def test_the_display_unit_of_money_follows_its_size(yuan: str, unit: str) -> None:
    assert choose_unit(find_unit("元").to_base(Fraction(yuan))).zh == unit


def test_other_units_choose_their_own_multiples() -> None:
    assert choose_unit(find_unit("千瓦时").to_base(5 * 10**8), find_unit("万千瓦时")).zh == "亿千瓦时"
    assert choose_unit(find_unit("%").to_base(10**9), find_unit("%")).zh == "%"
    assert choose_unit(find_unit("万元/亩").to_base(3), find_unit("元/亩")).zh == "万元/亩"
