"""How long a series has held a line."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.rating import current_streak, longest_streak


def test_the_declared_sign_decides_the_month_on_the_line() -> None:
    growth = [Fraction(1), Fraction(0), Fraction(2)]
    assert longest_streak(growth, 0, ">=").low == 3
    assert longest_streak(growth, 0, ">").low == 1


def test_sixty_one_months_break_on_the_right_one() -> None:
    months = [Fraction(-1), *[Fraction(1)] * 61]
    assert current_streak(months, 0, ">").low == 61
    assert (longest_streak(months, 0, ">").start, longest_streak(months, 0, ">").end) == (1, 61)
    assert current_streak([*months, Fraction(0)], 0, ">").low == 0


def test_a_missing_month_is_a_gap_and_not_a_zero() -> None:
    found = longest_streak([1, 1, None, 1, 1, 1], 0, ">")
    assert (found.low, found.high, found.start, found.end) == (3, 6, 3, 5)
    assert not found.is_certain


def test_another_sign_than_the_two_is_refused() -> None:
    with pytest.raises(ValueError, match="declare"):
        longest_streak([1], 0, "<")


@given(
    st.lists(st.one_of(st.none(), st.integers(-2, 2)), max_size=12), st.integers(-2, 2), st.sampled_from([">", ">="])
)
def test_low_and_high_are_the_streaks_with_gaps_filled_worst_and_best(
    values: list[int | None], line: int, op: str
) -> None:
    worst = [line - 1 if v is None else v for v in values]
    best = [line + 1 if v is None else v for v in values]
    for count in (longest_streak, current_streak):
        found = count(values, line, op)
        assert (found.low, found.high) == (count(worst, line, op).low, count(best, line, op).low)
        if found.low:
            assert found.start is not None and found.end is not None
            assert found.end - found.start + 1 == found.low
