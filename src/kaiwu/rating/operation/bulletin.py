"""Everything about one month (月度运行快报): growth, parts, sample, revisions, streaks, the year; what a bulletin prints.

Owns which of them belong together and that a part which cannot be given is given with its reason. It prints nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kaiwu.quantity import KaiwuError, Period, Problem
from kaiwu.rating.operation.declaration import GrowthStreak, OperationSpec
from kaiwu.rating.operation.growth import Growth, measure_growth
from kaiwu.rating.operation.nowcast import LAST_MONTH, Nowcast, nowcast_year
from kaiwu.rating.operation.published import Bridge, bridge_published
from kaiwu.rating.operation.reading import MonthReader
from kaiwu.rating.operation.series import GrowthPoint, count_growth_streak, list_growth
from kaiwu.rating.series_streak import SeriesStreak


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One month of an operation. ``flash`` is the growth as first known, where it can be computed and another policy is
    shown. ``untold`` are the reasons for what is not given."""

    spec: OperationSpec
    known_at: dt.date
    revision: str
    growth: Growth
    bridge: Bridge
    flash: Growth | None
    points: tuple[GrowthPoint, ...]
    streaks: tuple[tuple[GrowthStreak, SeriesStreak], ...]
    nowcast: Nowcast | None
    untold: tuple[Problem, ...]

    @property
    def period(self) -> Period:
        """The period that it is about."""
        return self.growth.month.period


def make_bulletin(
    reader: MonthReader, year: int, month: int, *, is_cumulative: bool = False, revision: str = "latest", is_nominal: bool = False
) -> Bulletin:  # fmt: skip
    """The bulletin of a month. Raises ``KaiwuError`` where its growth cannot be stated; what else is lacking is told in it."""

    def read(policy: str) -> Growth:
        return measure_growth(
            reader.read(year, month, is_cumulative=is_cumulative, revision=policy, is_nominal=is_nominal)
        )

    growth = read(revision)
    untold: list[Problem] = []
    flash: Growth | None = None
    if revision != "first":
        try:
            flash = read("first")
        except KaiwuError as error:
            untold += error.problems
    points = _Points(reader, (year, month), is_nominal)
    streaks = []
    for streak in reader.spec.streaks:
        try:
            streaks.append((streak, points.count(streak)))
        except KaiwuError as error:
            untold += error.problems
    nowcast = None
    try:
        nowcast = forecast_year(reader, year, month, revision)
    except KaiwuError as error:
        untold += error.problems
    shown = tuple(points.of(is_cumulative, revision))
    return Bulletin(
        reader.spec, reader.known_at, revision, growth, bridge_published(growth.month), flash, shown, tuple(streaks), nowcast,
        tuple(untold),
    )  # fmt: skip


def forecast_year(reader: MonthReader, year: int, month: int, revision: str = "latest") -> Nowcast | None:
    """The amount of the year at current prices from its months (全年推算), over all firms on the list.

    ``None`` where the spec names no history, and for December, whose months are the year. Raises ``KaiwuError``: ``S-OP-HISTORY`` with too little of it, ``S-OP-GAP`` where a
    firm of the list has not reported, because a missing firm is not zero.
    """
    if reader.spec.history is None or month == LAST_MONTH:
        return None
    firms = reader.read(year, month, is_cumulative=True, revision=revision, is_nominal=True, is_bare=True).table
    current = firms.filter(firms["listed"])["current"]
    if current.null_count():
        zh = f"{year}年1—{month}月有 {current.null_count()} 家缺累计数, 不推算全年"
        raise KaiwuError(
            Problem("S-OP-GAP", zh, f"{current.null_count()} firms lack the months 1–{month} of {year}: no nowcast")
        )
    return nowcast_year(year, month, int(current.sum()), reader.history(month, year))


class _Points:
    """Growth series of a reader up to a month, computed once for each measure and policy."""

    def __init__(self, reader: MonthReader, until: tuple[int, int], is_nominal: bool) -> None:
        self.reader, self.until, self.is_nominal = reader, until, is_nominal
        self.made: dict[tuple[bool, str], list[GrowthPoint]] = {}

    def of(self, is_cumulative: bool, policy: str) -> list[GrowthPoint]:
        key = (is_cumulative, policy)
        if key not in self.made:
            self.made[key] = list_growth(
                self.reader, is_cumulative=is_cumulative, revision=policy, until=self.until, is_nominal=self.is_nominal
            )
        return self.made[key]

    def count(self, streak: GrowthStreak) -> SeriesStreak:
        is_cumulative = streak.rule.measure == "cumulative"
        policies = dict.fromkeys(["first", streak.rule.revision])
        points = [
            p for policy in policies for p in self.of(is_cumulative, policy) if p.rate is not None or policy != "first"
        ]
        end = self.reader.period(*self.until, is_cumulative=is_cumulative)
        return count_growth_streak(streak, points, end, self.reader.spec.decimals.growth)
