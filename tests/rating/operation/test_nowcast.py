"""The year from its first months: one stated method, an interval from past errors, or a refusal."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.operation import YearPath, nowcast_year

HISTORY = [YearPath(2021, 50, 100), YearPath(2022, 48, 100), YearPath(2023, 52, 100)]


def test_the_year_is_the_months_over_their_mean_share() -> None:
    found = nowcast_year(2024, 6, 60, HISTORY)
    assert (found.share, found.total) == (Fraction(1, 2), 120)
    assert found.errors[0] == (2021, Fraction(0))
    assert found.errors[1][1] == Fraction(100) / (48 / Fraction(51, 100)) - 1
    assert found.low < 120 < found.high
    assert "不代表概率" in found.method[0] and "2021—2023" in found.method[1]
    assert found.growth_over(100)[0] == Fraction(1, 5)


def test_two_years_of_history_are_too_few() -> None:
    with pytest.raises(KaiwuError, match=r"S-OP-HISTORY.*2021, 2022"):
        nowcast_year(2024, 6, 60, HISTORY[:2])


def test_later_years_are_no_history() -> None:
    with pytest.raises(KaiwuError, match="S-OP-HISTORY"):
        nowcast_year(2023, 6, 60, HISTORY)


@pytest.mark.parametrize(
    ("months", "amount", "code"), [(0, 5, "S-OP-MONTHS"), (13, 5, "S-OP-MONTHS"), (6, 0, "S-OP-BASE")]
)
def test_what_makes_no_sense_is_refused(months: int, amount: int, code: str) -> None:
    with pytest.raises(KaiwuError, match=code):
        nowcast_year(2024, months, amount, HISTORY)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)), min_size=3, max_size=8))
def test_every_left_out_year_lies_within_the_interval_of_its_own_forecast(paths: list[tuple[int, int]]) -> None:
    history = [YearPath(2000 + i, min(pair), max(pair)) for i, pair in enumerate(paths)]
    found = nowcast_year(2100, 6, 10**6, history)
    assert found.low <= found.total <= found.high
    for (year, _), path in zip(found.errors, history, strict=True):
        rest = [p for p in history if p.year != year]
        forecast = path.cumulative / (sum((Fraction(p.cumulative, p.total) for p in rest), Fraction(0)) / len(rest))
        assert forecast * found.low / found.total <= path.total <= forecast * found.high / found.total
