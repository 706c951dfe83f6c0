"""Months in a row: conventions, missing months, revisions, and the streaks that were printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.pack import open_library
from kaiwu.quantity import KaiwuError, parse_period
from kaiwu.rating import AwardScheme, Observation, StreakRule, count_streak
from kaiwu.rating.series_streak import Claim, check_claims, describe, period_of, read_series

RULE = StreakRule("x", "增速", "growth", "某增速", Fraction(1, 10), ">=", "single", "two_months", "latest")


def per_cent(**values: str | None) -> list[Observation]:
    """``m2024_03="12.5"`` or, for merged months, ``c2024_02="11"``."""
    seen = []
    for name, value in values.items():
        year, month = name[1:].split("_")
        code = f"{year}-{month}" if name[0] == "m" else f"{year}-01..{month}"
        seen.append(Observation(parse_period(code), None if value is None else Fraction(value) / 100))
    return seen


YEAR = per_cent(
    m2023_10="9.9", m2023_11="10", m2023_12="11", c2024_02="12", m2024_03="10", m2024_04="15", m2024_05="10.01", m2024_06="10"
)  # fmt: skip
JUNE = parse_period("2024-06")


def test_the_count_runs_back_to_the_month_that_broke_it() -> None:
    found = count_streak(RULE, YEAR, JUNE)
    assert (found.low, found.high, found.start, found.broken_by) == (
        8,
        8,
        parse_period("2023-11"),
        parse_period("2023-10"),
    )


def test_above_the_line_is_not_at_the_line() -> None:
    found = count_streak(replace(RULE, op=">"), YEAR, JUNE)
    assert (found.low, found.broken_by) == (0, JUNE)
    assert count_streak(replace(RULE, op=">"), YEAR, parse_period("2024-05")).low == 2


def test_january_and_february_count_as_the_rule_says() -> None:
    assert count_streak(replace(RULE, january_february="one_month"), YEAR, JUNE).low == 7
    apart = per_cent(m2023_12="11", m2024_01="12", m2024_02="9", m2024_03="10")
    assert count_streak(replace(RULE, january_february="separate"), apart, parse_period("2024-03")).low == 1


def test_a_missing_month_leaves_the_length_open() -> None:
    seen = [o for o in YEAR if o.period != parse_period("2024-04")]
    found = count_streak(RULE, seen, JUNE)
    assert (found.low, found.high, found.is_certain, found.start) == (2, 8, False, parse_period("2024-05"))


def test_a_value_that_was_published_as_not_available_is_missing_too() -> None:
    assert count_streak(RULE, [*YEAR[:-1], *per_cent(m2024_06=None)], JUNE).low == 0


def revised() -> list[Observation]:
    april, may = parse_period("2024-04"), parse_period("2024-05")
    return [
        Observation(april, Fraction(11, 100), "flash", dt.date(2024, 5, 10)),
        Observation(april, Fraction(9, 100), "final", dt.date(2025, 1, 20)),
        Observation(may, Fraction(12, 100), "flash", dt.date(2024, 6, 10)),
    ]


def test_the_revision_policy_decides_which_figure_counts() -> None:
    may = parse_period("2024-05")
    assert count_streak(RULE, revised(), may).low == 1
    assert count_streak(replace(RULE, revision="first"), revised(), may).low == 2
    final = count_streak(replace(RULE, revision="final"), revised(), may)
    assert (final.low, final.high) == (0, 1)


def test_what_was_known_at_a_day_is_counted_and_a_turning_revision_is_named() -> None:
    may = parse_period("2024-05")
    assert count_streak(RULE, revised(), may, known_at=dt.date(2024, 12, 31)).low == 2
    assert count_streak(RULE, revised(), may).turned == (parse_period("2024-04"),)


def test_cumulative_growth_begins_the_year_with_two_months() -> None:
    rule = replace(RULE, measure="cumulative")
    seen = per_cent(c2023_12="10", c2024_02="11", c2024_03="10")
    assert [t.period.code for t in read_series(rule, seen, parse_period("2024-01..03"))] == [
        "2023-01..12",
        "2024-01..02",
        "2024-01..03",
    ]
    assert count_streak(rule, seen, parse_period("2024-01..03")).low == 4
    assert period_of(rule, 2024, 1) is None


def test_a_period_that_the_series_does_not_have_is_refused() -> None:
    with pytest.raises(KaiwuError, match="S-STREAK-PERIOD"):
        count_streak(RULE, YEAR, parse_period("2024-01..06"))


def test_claims_that_begin_at_different_months_are_refused() -> None:
    rule = replace(RULE, claims=(Claim(58, parse_period("2025-04")), Claim(62, parse_period("2025-07"))))
    with pytest.raises(KaiwuError, match="S-STREAK-CLAIM"):
        check_claims(rule)


def test_a_claim_that_ends_inside_the_merged_months_is_refused() -> None:
    with pytest.raises(KaiwuError, match="S-STREAK-CLAIM"):
        check_claims(replace(RULE, claims=(Claim(2, parse_period("2024-03")),)))


def test_the_printed_streaks_of_the_pack_agree_and_begin_where_the_note_says() -> None:
    """58 months to April 2025 and 61 to July 2025 are one streak; 11 months to July 2025 begin in September 2024."""
    scheme = open_library(["xiaoshan"]).scheme("xs_streak_series")
    assert isinstance(scheme, AwardScheme)
    starts = {rule.code: check_claims(rule) for rule in scheme.book.series}
    assert {code: start.code for code, start in starts.items() if start is not None} == {
        "investment_two_months": "2020-01..07", "investment_one_month": "2020-01..02", "value_added_six": "2024-01..09",
    }  # fmt: skip
    assert all(rule.standing == "inferred" for rule in scheme.book.series)
    assert describe(scheme.book.series[0])[0] == "累计同比 ≥10%, 1—2月合并, 计两个月, 按最新修订数"


def test_sixty_one_months_are_reproduced_and_break_on_the_right_month() -> None:
    rule = next(r for r in open_library(["xiaoshan"]).scheme("xs_streak_series").book.series)  # type: ignore[attr-defined]
    values = {}
    for year in range(2020, 2026):
        for month in range(2, 13):
            if (year, month) <= (2025, 7):
                values[f"c{year}_{month:02}"] = "9.9" if (year, month) < (2020, 7) else "10"
    july = parse_period("2025-01..07")
    found = count_streak(rule, per_cent(**values), july)
    assert (found.low, found.high, found.broken_by) == (61, 61, parse_period("2020-01..06"))
    assert count_streak(rule, per_cent(**values), parse_period("2025-01..04")).low == 58
    broken = {**values, "c2023_05": "9.99"}
    assert count_streak(rule, per_cent(**broken), july).start == parse_period("2023-01..06")


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 20)), min_size=1, max_size=30))
def test_a_streak_is_never_longer_than_what_filling_the_gaps_could_make_it(values: list[int | None]) -> None:
    months = [
        period_of(replace(RULE, january_february="separate"), 2022 + i // 12, i % 12 + 1) for i in range(len(values))
    ]
    rule = replace(RULE, january_february="separate")

    def count(given: list[int | None]) -> tuple[int, int]:
        seen = [
            Observation(p, None if v is None else Fraction(v, 100))
            for p, v in zip(months, given, strict=True)
            if p is not None
        ]
        found = count_streak(rule, seen, seen[-1].period)
        return found.low, found.high

    low, high = count(values)
    assert count([0 if v is None else v for v in values])[0] == low
    assert count([20 if v is None else v for v in values])[0] == high


def test_of_two_figures_published_on_one_day_the_final_one_is_the_latest_whatever_their_order() -> None:
    period, day = parse_period("2025-01..03"), dt.date(2025, 4, 20)
    flash = Observation(period, Fraction(12, 100), "flash", day)
    final = Observation(period, Fraction(8, 100), "final", day)
    rule = StreakRule("r", "", "", "s", Fraction(1, 10), ">=", "cumulative", "two_months", "latest")
    assert [count_streak(rule, seen, period).high for seen in ([flash, final], [final, flash])] == [0, 0]
