"""The series of monthly growth rates (增速序列) and its streaks.

Owns computing the rate of every month that the store holds. How a streak is counted is ``series_streak``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Period, Problem, round_half_up
from kaiwu.rating.operation.contribution import PERCENT
from kaiwu.rating.operation.declaration import GrowthStreak
from kaiwu.rating.operation.growth import measure_growth
from kaiwu.rating.operation.reading import MonthReader
from kaiwu.rating.series_streak import Observation, SeriesStreak, count_streak

STATUS_OF = {"first": "flash", "latest": "revised", "final": "final"}


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """The growth of a period under one revision policy; ``rate`` is ``None`` with the ``problems`` that forbid it."""

    period: Period
    revision: str
    rate: Fraction | None
    known_at: dt.date
    problems: tuple[Problem, ...] = ()


def list_growth(
    reader: MonthReader, *, is_cumulative: bool, revision: str = "latest", until: tuple[int, int] | None = None, is_nominal: bool = False
) -> list[GrowthPoint]:  # fmt: skip
    """The rate of every month of the store up to ``until`` (各月增速), in order of time."""
    points = []
    for year, month in reader.months():
        if until is not None and (year, month) > until:
            break
        period = reader.period(year, month, is_cumulative=is_cumulative)
        rate: Fraction | None = None
        problems: tuple[Problem, ...] = ()
        try:
            firms = reader.read(
                year, month, is_cumulative=is_cumulative, revision=revision, is_nominal=is_nominal, is_bare=True
            )
            rate = measure_growth(firms).rate
        except KaiwuError as error:
            problems = error.problems
        points.append(GrowthPoint(period, revision, rate, reader.newest(period), problems))
    return points


def count_growth_streak(
    streak: GrowthStreak, points: Sequence[GrowthPoint], end: Period, decimals: int
) -> SeriesStreak:
    """The streak of a growth series up to ``end`` (连续月数); a month without a rate leaves its length open.

    ``points`` of one period under several policies stand from the first to the latest. Printed rates are rounded to
    ``decimals`` of a per cent before they are compared, as a published streak compares published rates.
    """
    seen = [Observation(p.period, _rate(p.rate, streak, decimals), STATUS_OF[p.revision], p.known_at) for p in points]
    return count_streak(streak.rule, seen, end)


def _rate(rate: Fraction | None, streak: GrowthStreak, decimals: int) -> Fraction | None:
    if rate is None or not streak.is_printed:
        return rate
    return round_half_up(rate, decimals + PERCENT)
