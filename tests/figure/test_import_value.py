"""Cells into values: exact, missing, or a problem; never a guess."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.figure.cell_value import Value, ValueReader, read_value
from kaiwu.figure.number_text import spell_number
from kaiwu.figure.sheet import Cell, CellKind
from kaiwu.quantity.date import date_index
from kaiwu.quantity.problem import KaiwuError
from kaiwu.quantity.unit import find_unit

from .import_example import VARIABLES

WAN = find_unit("万元")
PERCENT = find_unit("%")


def text(content: str) -> Cell:
    return Cell(CellKind.TEXT, content)


def number(value: float, code: str = "") -> Cell:
    return Cell(CellKind.NUMBER, spell_number(repr(value)) or "", code)


def code_of(cell: Cell, variable: str, unit: str = "") -> str:
    with pytest.raises(KaiwuError) as caught:
        read_value(cell, VARIABLES[variable], find_unit(unit) if unit else None)
    (problem,) = caught.value.problems
    assert problem.zh and problem.en
    return problem.code


@pytest.mark.parametrize("blank", ["", " ", "-", "—", "/", "无", "\u3000", "N/A", "暂无"])
def test_what_stands_for_nothing_is_missing_not_zero(blank: str) -> None:
    value = read_value(text(blank), VARIABLES["tax_paid"], WAN)
    assert value.is_missing
    assert value.grains is None


def test_zero_is_zero() -> None:
    assert read_value(text("0"), VARIABLES["tax_paid"], WAN).grains == 0


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        (number(1200.5), 1_200_500_000),
        (number(0.1 + 0.2), 300_000),
        (text("１，２００.５"), 1_200_500_000),
        (text("1,200.50"), 1_200_500_000),
        (text("'12"), 12_000_000),
        (text("1.2亿元"), 12_000_000_000),
        (text("3000元"), 300_000),
        (text("-5"), -5_000_000),
        (number(5, '0"元"'), 500),
    ],
)
def test_money_is_exact_to_the_fen(cell: Cell, fen: int) -> None:
    assert read_value(cell, VARIABLES["tax_paid"], WAN).grains == fen


def test_a_unit_in_the_cell_that_differs_from_the_head_is_told() -> None:
    value = read_value(text("3000元"), VARIABLES["tax_paid"], WAN)
    assert value.unit == "元"
    assert value.warning is not None


@pytest.mark.parametrize(
    ("cell", "variable", "unit", "code"),
    [
        (number(5), "tax_paid", "", "Q-UNIT-MISSING"),
        (number(5), "land", "", "Q-UNIT-MISSING"),
        (number(0.03), "rd_share", "", "Q-PERCENT-AMBIGUOUS"),
        (number(3, "0.0,"), "tax_paid", "万元", "IN-CELL-SCALED"),
        (number(12345, "0!.0,"), "tax_paid", "元", "IN-CELL-SCALED"),
        (number(0.03, "0%"), "tax_paid", "万元", "IN-CELL-PERCENT"),
        (number(1.2345678901), "tax_paid", "万元", "Q-GRAIN-LOSSY"),
        (number(1e6), "tax_paid", "亿元", "IN-CELL-BOUND"),
        (text("5亩"), "tax_paid", "万元", "Q-UNIT-DIMENSION"),
        (text("约500"), "tax_paid", "万元", "Q-QUANTITY-INEXACT"),
        (text("12万"), "tax_paid", "万元", "Q-QUANTITY-SCALE-AMBIGUOUS"),
        (text("1200/1300"), "tax_paid", "万元", "Q-QUANTITY-TWO-VALUES"),
        (text("1200\n1300"), "tax_paid", "万元", "Q-QUANTITY-SPACE"),
        (Cell(CellKind.ERROR, "#DIV/0!"), "tax_paid", "万元", "IN-CELL-ERROR"),
        (Cell(CellKind.FORMULA, ""), "tax_paid", "万元", "IN-CELL-FORMULA"),
        (Cell(CellKind.DATE, "2024-03-01"), "tax_paid", "万元", "IN-CELL-KIND"),
        (Cell(CellKind.FLAG, "1"), "tax_paid", "万元", "IN-CELL-KIND"),
        (number(45413), "founded", "", "Q-DATE-SERIAL"),
        (text("24/6/30"), "founded", "", "Q-DATE-AMBIGUOUS"),
        (Cell(CellKind.TIME, "2024-06-30T12:30:00"), "founded", "", "IN-CELL-KIND"),
        (text("1850-01-01"), "founded", "", "IN-CELL-BOUND"),
        (text("也许"), "is_high_tech", "", "IN-CELL-FLAG"),
        (number(2), "is_high_tech", "", "IN-CELL-FLAG"),
        (text("五级"), "level", "", "IN-CELL-CATEGORY"),
        (number(1.555), "staff", "人", "Q-GRAIN-LOSSY"),
    ],
)
def test_doubt_is_an_error(cell: Cell, variable: str, unit: str, code: str) -> None:
    assert code_of(cell, variable, unit) == code


def test_a_percent_format_is_percent_whatever_the_head_says() -> None:
    for unit in (None, PERCENT):
        assert read_value(number(0.07, "0.00%"), VARIABLES["rd_share"], unit).grains == 7_000_000


def test_a_bare_number_under_a_head_in_percent_is_percent() -> None:
    assert read_value(number(3), VARIABLES["rd_share"], PERCENT).grains == 3_000_000
    assert read_value(text("3%"), VARIABLES["rd_share"], PERCENT).grains == 3_000_000


@pytest.mark.parametrize("cell", [text("2015-03-01"), text("2015年3月1日"), text("20150301"), text("2015/3/1"),
                                  Cell(CellKind.DATE, "2015-03-01"), number(20150301)])  # fmt: skip
def test_dates_come_in_as_cells_and_as_text(cell: Cell) -> None:
    assert read_value(cell, VARIABLES["founded"]).grains == date_index(dt.date(2015, 3, 1))


@pytest.mark.parametrize(("cell", "grains"), [(text("是"), 1), (text("否"), 0), (text("√"), 1), (text("Ｙ"), 1),
                                              (Cell(CellKind.FLAG, "0"), 0), (number(1), 1)])  # fmt: skip
def test_yes_and_no_are_read(cell: Cell, grains: int) -> None:
    assert read_value(cell, VARIABLES["is_high_tech"]).grains == grains


def test_none_in_a_yes_no_column_is_missing_and_told() -> None:
    value = read_value(text("无"), VARIABLES["is_high_tech"])
    assert value.is_missing
    assert value.warning is not None
    assert read_value(text(""), VARIABLES["is_high_tech"]).warning is None


@pytest.mark.parametrize(("word", "grains"), [("一级", 0), ("l2", 1), ("L2", 1), ("无", 2)])
def test_a_category_is_read_by_code_and_label(word: str, grains: int) -> None:
    assert read_value(text(word), VARIABLES["level"]).grains == grains


def test_text_keeps_its_words() -> None:
    value = read_value(text(" =SUM(A1) "), VARIABLES["product"])
    assert (value.text, value.grains) == ("=SUM(A1)", None)


@pytest.mark.parametrize(("value", "fen"), [(1.23456785, 1_234_568), (-1.23456785, -1_234_568), (2, 2_000_000)])
def test_declared_rounding_is_half_up_by_sign(value: float, fen: int) -> None:
    rounded = read_value(number(value), VARIABLES["tax_paid"], WAN, rounds=True)
    assert rounded.grains == fen
    assert rounded.is_rounded == (fen % 1_000_000 != 0)


@given(st.decimals(-(10**9), 10**9, allow_nan=False), st.sampled_from(["", "元", "万元", "亿元"]), st.booleans())
def test_the_short_way_for_plain_numbers_answers_what_the_long_way_answers(
    value: Decimal, unit: str, rounds: bool
) -> None:
    declared = find_unit(unit) if unit else None
    reader = ValueReader(VARIABLES["revenue"], declared, rounds=rounds)
    for cell in (text(f"{value:f}"), Cell(CellKind.NUMBER, f"{value:f}"), number(float(value))):
        assert answer(lambda c=cell: reader.read(c)) == answer(
            lambda c=cell: read_value(c, VARIABLES["revenue"], declared, rounds=rounds)
        )


def answer(read: Callable[[], Value]) -> Value | str:
    try:
        return read()
    except KaiwuError as flaw:
        return flaw.problems[0].code


@given(st.integers(-(10**12), 10**12))
def test_fen_survive_the_passage_through_an_excel_float(fen: int) -> None:
    yuan = float(Fraction(fen, 100))
    assert read_value(number(yuan), VARIABLES["revenue"], find_unit("元")).grains == fen
