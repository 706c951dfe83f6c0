"""Dates: the sortable index, full months, and what bureaus type."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaiwu.quantity import (
    KaiwuError,
    date_index,
    excel_serial_date,
    format_numeral,
    full_months,
    index_date,
    parse_date,
)

days = st.dates(date(1800, 1, 1), date(2199, 12, 31))


def count_full_months_naively(earlier: date, later: date) -> int:
    """Walk month by month: a month is full when its day number is reached again."""
    months, year, month = 0, earlier.year, earlier.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if (year, month, earlier.day) > (later.year, later.month, later.day):
            return months
        months += 1


@given(days)
def test_an_index_gives_its_date_back(day: date) -> None:
    assert index_date(date_index(day)) == day


@given(days, days)
def test_the_index_keeps_the_order_of_dates(a: date, b: date) -> None:
    assert (a < b) == (date_index(a) < date_index(b))


@given(days, st.integers(0, 5000))
@example(date(2024, 1, 31), 29)
@example(date(2023, 2, 28), 365)
@example(date(2024, 2, 29), 366)
def test_a_difference_of_indices_counts_full_months(earlier: date, gap: int) -> None:
    later = min(earlier + timedelta(days=gap), date(2199, 12, 31))
    assert full_months(earlier, later) == count_full_months_naively(earlier, later)
    assert full_months(earlier, later) == (date_index(later) - date_index(earlier)) // 31


def test_the_index_of_a_day_that_never_was_is_refused() -> None:
    for index in (date_index(date(2024, 2, 29)) + 1, -1, 10**30):
        with pytest.raises(KaiwuError, match="Q-DATE-INDEX"):
            index_date(index)


@given(days)
def test_every_way_of_typing_a_date_reads_alike(day: date) -> None:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    for text in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year} 年 {day.month:02d} 月 {day.day:02d} 号",
        f"{day:%Y%m%d}",
        f"{day.isoformat()} 00:00:00",
        f"{year}年{day.month}月{format_numeral(day.day)}日",
        f"{year}年{format_numeral(day.month)}月{format_numeral(day.day)}日",
    ):
        assert parse_date(text) == day, text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("24/6/30", "Q-DATE-AMBIGUOUS"),
        ("6/30/2024", "Q-DATE-AMBIGUOUS"),
        ("24年6月30日", "Q-DATE-AMBIGUOUS"),
        ("2024-02-30", "Q-DATE-NO-SUCH-DAY"),
        ("2023年2月29日", "Q-DATE-NO-SUCH-DAY"),
        ("1024-01-01", "Q-DATE-NO-SUCH-DAY"),
        ("45473", "Q-DATE-SERIAL"),
        ("45473.0", "Q-DATE-SERIAL"),
        ("2024-6", "Q-DATE-FORMAT"),
        ("2024-6/30", "Q-DATE-FORMAT"),
        ("2024-06-30 08:15", "Q-DATE-FORMAT"),
        ("２０２４年六月", "Q-DATE-FORMAT"),
        ("2024-06-30" + " " * 40 + "x", "Q-DATE-FORMAT"),
        ("", "Q-DATE-FORMAT"),
        ("9" * 100_000, "Q-DATE-FORMAT"),
    ],
)
def test_an_unclear_date_is_refused(text: str, code: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        parse_date(text)
    assert caught.value.problems[0].code == code
    assert len(str(caught.value)) < 500


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_known_error(text: str) -> None:
    try:
        assert isinstance(parse_date(text), date)
    except KaiwuError as error:
        assert error.problems[0].code.startswith("Q-DATE")


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
        (45473, date(2024, 6, 30)),
        (2_958_465, date(9999, 12, 31)),
    ],
)
def test_an_excel_serial_gives_the_date_that_excel_shows(serial: int, day: date) -> None:
    assert excel_serial_date(serial) == day


def test_the_leap_day_that_excel_invented_is_refused() -> None:
    for serial in (60, 0, -1, 2_958_466):
        with pytest.raises(KaiwuError, match="Q-DATE-SERIAL"):
            excel_serial_date(serial)


def test_an_old_macintosh_workbook_counts_from_1904() -> None:
    assert excel_serial_date(0, is_1904=True) == date(1904, 1, 1)
    assert excel_serial_date(45473 - 1462, is_1904=True) == date(2024, 6, 30)


def test_a_serial_beyond_the_last_day_is_refused_in_1904_workbooks_too() -> None:
    with pytest.raises(KaiwuError, match="Q-DATE-SERIAL"):
        excel_serial_date(2_958_465, is_1904=True)
