"""Periods: reading, printing, order, the same period a year earlier, and what contains what."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError, Period, PeriodKind, parse_period, point_period

years = st.integers(1810, 2199)
periods = st.one_of(
    st.builds(lambda year: Period(PeriodKind.YEAR, year), years),
    st.builds(lambda year, n: Period(PeriodKind.HALF, year, n), years, st.integers(1, 2)),
    st.builds(lambda year, n: Period(PeriodKind.QUARTER, year, n), years, st.integers(1, 4)),
    st.builds(lambda year, n: Period(PeriodKind.MONTH, year, n), years, st.integers(1, 12)),
    st.builds(lambda year, n: Period(PeriodKind.CUMULATIVE, year, n), years, st.integers(1, 12)),
    st.builds(point_period, st.dates(date(1810, 1, 1), date(2199, 12, 31))),
)


@given(periods)
def test_code_and_chinese_name_read_back(period: Period) -> None:
    assert parse_period(period.code) == period
    assert parse_period(period.zh) == period
    assert str(period) == period.code


@given(periods)
def test_a_period_contains_its_first_and_last_day_and_itself(period: Period) -> None:
    assert period.first_day <= period.last_day
    assert period.contains(period.first_day) and period.contains(period.last_day) and period.contains(period)
    assert Period(PeriodKind.YEAR, period.year).contains(period)


@given(periods, periods)
def test_order_is_total_and_follows_the_last_day(a: Period, b: Period) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert (a <= b) == (not a > b) and (a >= b) == (not a < b)
    if a < b:
        assert a.last_day <= b.last_day


@given(periods)
def test_the_same_period_a_year_earlier_keeps_its_kind_and_number(period: Period) -> None:
    earlier = period.previous()
    assert (earlier.kind, earlier.number, earlier.year) == (period.kind, period.number, period.year - 1)
    assert period.previous(10) < period


def test_a_leap_day_has_the_last_of_february_as_its_day_a_year_earlier() -> None:
    assert parse_period("2024-02-29").previous().code == "2023-02-28"
    assert parse_period("2024-02-29").previous(4).code == "2020-02-29"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024年", "2024"),
        ("2024年度", "2024"),
        ("２０２４年", "2024"),
        ("2024年全年", "2024"),
        ("二〇二四年", "2024"),
        ("2024年1-8月", "2024-01..08"),
        ("2024年1—8月", "2024-01..08"),
        ("2024年1–8月份", "2024-01..08"),
        ("2024年1至8月", "2024-01..08"),
        ("2024年1月至8月", "2024-01..08"),
        ("2024年前8个月", "2024-01..08"),
        ("2024年前三季度", "2024-01..09"),
        ("2024年一至三季度", "2024-01..09"),
        ("2024年1-3季度", "2024-01..09"),
        ("2024Q1", "2024Q1"),
        ("2024年Q1", "2024Q1"),
        ("2024年一季度", "2024Q1"),
        ("2024年第一季度", "2024Q1"),
        ("2024年上半年", "2024H1"),
        ("2024H2", "2024H2"),
        ("2024-06", "2024-06"),
        ("2024年6月份", "2024-06"),
        ("2024年十二月", "2024-12"),
        ("202406", "2024-06"),
        ("2024年6月末", "2024-06-30"),
        ("2024年2月底", "2024-02-29"),
        ("2024年末", "2024-12-31"),
        ("截至2024年6月30日", "2024-06-30"),
        ("2024-06-30", "2024-06-30"),
    ],
)
def test_periods_are_read_as_bureaus_write_them(text: str, code: str) -> None:
    assert parse_period(text).code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("24年", "Q-PERIOD-AMBIGUOUS"),
        ("2024.1", "Q-PERIOD-AMBIGUOUS"),
        ("6-2024", "Q-PERIOD-AMBIGUOUS"),
        ("2024年13月", "Q-PERIOD-RANGE"),
        ("2024-00", "Q-PERIOD-RANGE"),
        ("2024年13月末", "Q-PERIOD-RANGE"),
        ("2024年3-8月", "Q-PERIOD-RANGE"),
        ("9999年", "Q-PERIOD-RANGE"),
        ("2024年6月31日", "Q-DATE-NO-SUCH-DAY"),
        ("2023-2024", "Q-PERIOD-FORMAT"),
        ("2024年五季度", "Q-PERIOD-FORMAT"),
        ("", "Q-PERIOD-FORMAT"),
        ("年" * 100_000, "Q-PERIOD-FORMAT"),
    ],
)
def test_an_unclear_period_is_refused(text: str, code: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        parse_period(text)
    assert caught.value.problems[0].code == code
    assert len(str(caught.value)) < 600


@given(st.text(alphabet="0123456789年月日季度上下半前末底-./Q一二三四至", max_size=14))
def test_any_text_is_a_period_or_a_known_error(text: str) -> None:
    try:
        assert isinstance(parse_period(text), Period)
    except KaiwuError as error:
        assert error.problems[0].code.startswith(("Q-PERIOD", "Q-DATE"))


def test_cumulative_months_lie_between_their_months_and_the_year() -> None:
    cumulative = parse_period("2024年1-8月")
    assert cumulative.contains(parse_period("2024年8月"))
    assert cumulative.contains(parse_period("2024年上半年"))
    assert not cumulative.contains(parse_period("2024年前三季度"))
    assert not cumulative.contains(date(2024, 9, 1))


def test_names_in_english() -> None:
    assert [parse_period(code).en for code in ("2024", "2024H1", "2024Q3", "2024-06", "2024-01..08", "2024-06-30")] == [
        "2024",
        "first half of 2024",
        "Q3 2024",
        "June 2024",
        "January–August 2024",
        "30 June 2024",
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period(PeriodKind.YEAR, 2024, 1),
        lambda: Period(PeriodKind.QUARTER, 2024, 5),
        lambda: Period(PeriodKind.MONTH, 2024, 0),
        lambda: Period(PeriodKind.MONTH, 2024, 6, 30),
        lambda: Period(PeriodKind.POINT, 2023, 2, 29),
        lambda: Period(PeriodKind.POINT, 2023, 2),
        lambda: Period(PeriodKind.YEAR, 24),
    ],
)
def test_an_impossible_period_cannot_be_made(make: object) -> None:
    with pytest.raises(KaiwuError, match="Q-PERIOD-RANGE"):
        make()  # type: ignore[operator]
