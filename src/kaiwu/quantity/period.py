"""Periods (期间): year, half, quarter, month, cumulative months, and a point in time.

Owns what a period covers, its order, its code and its names. It does not own reading one from text; see
``period_text.py``. Codes are stable: ``2024``, ``2024H1``, ``2024Q1``, ``2024-06``, ``2024-01..06``,
``2024-06-30``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kaiwu.quantity.date import EARLIEST_YEAR, LATEST_YEAR
from kaiwu.quantity.problem import KaiwuError, Problem


class PeriodKind(StrEnum):
    """The kinds of period (期间类型)."""

    YEAR = "year"
    HALF = "half"
    QUARTER = "quarter"
    MONTH = "month"
    CUMULATIVE = "cumulative"
    POINT = "point"


_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_COUNT = {PeriodKind.YEAR: 0, PeriodKind.HALF: 2, PeriodKind.QUARTER: 4}
"""How many there are in a year; a year itself has no number; all other kinds are numbered by months."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period (期间) of one calendar year; ordered by its last day, then by its first.

    ``number`` is the half, quarter or month; of cumulative months (累计) the last month, counted from
    January; of a point (时点) its month, with ``day``. It is 0 for a year.
    """

    kind: PeriodKind
    year: int
    number: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        count = _COUNT.get(self.kind, 12)
        is_valid = EARLIEST_YEAR <= self.year <= LATEST_YEAR and min(count, 1) <= self.number <= count
        last = _month_end(self.year, self.number).day if is_valid and self.kind is PeriodKind.POINT else 0
        if not is_valid or not min(last, 1) <= self.day <= last:
            shown = f"{self.kind.value} {self.year}/{self.number}/{self.day}"
            raise KaiwuError(Problem("Q-PERIOD-RANGE", f"没有这样的期间: {shown}", f"no such period: {shown}"))

    def __str__(self) -> str:
        return self.code

    def __lt__(self, other: Period) -> bool:
        return self._order < other._order

    def __le__(self, other: Period) -> bool:
        return self._order <= other._order

    def __gt__(self, other: Period) -> bool:
        return self._order > other._order

    def __ge__(self, other: Period) -> bool:
        return self._order >= other._order

    @property
    def code(self) -> str:
        """The stable code, such as ``2024-01..06``."""
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.year:04d}"
            case PeriodKind.HALF:
                return f"{self.year:04d}H{self.number}"
            case PeriodKind.QUARTER:
                return f"{self.year:04d}Q{self.number}"
            case PeriodKind.MONTH:
                return f"{self.year:04d}-{self.number:02d}"
            case PeriodKind.CUMULATIVE:
                return f"{self.year:04d}-01..{self.number:02d}"
            case PeriodKind.POINT:
                return self.first_day.isoformat()

    @property
    def zh(self) -> str:
        """The Chinese name, such as 2024年1—6月."""
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.year}年"
            case PeriodKind.HALF:
                return f"{self.year}年{'上下'[self.number - 1]}半年"
            case PeriodKind.QUARTER:
                return f"{self.year}年{'一二三四'[self.number - 1]}季度"
            case PeriodKind.MONTH:
                return f"{self.year}年{self.number}月"
            case PeriodKind.CUMULATIVE:
                return f"{self.year}年1—{self.number}月"
            case PeriodKind.POINT:
                return f"{self.year}年{self.number}月{self.day}日"

    @property
    def en(self) -> str:
        """The English name, such as January–June 2024."""
        month = _MONTHS_EN[self.number - 1]
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.year}"
            case PeriodKind.HALF:
                return f"{'first' if self.number == 1 else 'second'} half of {self.year}"
            case PeriodKind.QUARTER:
                return f"Q{self.number} {self.year}"
            case PeriodKind.MONTH:
                return f"{month} {self.year}"
            case PeriodKind.CUMULATIVE:
                return f"January–{month} {self.year}"
            case PeriodKind.POINT:
                return f"{self.day} {month} {self.year}"

    @property
    def first_day(self) -> date:
        """The first day that belongs to the period."""
        if self.kind is PeriodKind.POINT:
            return date(self.year, self.number, self.day)
        return date(self.year, self._months[0], 1)

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        if self.kind is PeriodKind.POINT:
            return self.first_day
        return _month_end(self.year, self._months[1])

    def previous(self, years: int = 1) -> Period:
        """Return the same period so many years earlier (上年同期); 29 February becomes 28 February."""
        year, day = self.year - years, self.day
        if self.kind is PeriodKind.POINT and (self.number, day) == (2, 29):
            day = _month_end(year, 2).day
        return Period(self.kind, year, self.number, day)

    def contains(self, other: Period | date) -> bool:
        """Say whether a date, or every day of another period, lies within this one."""
        if isinstance(other, Period):
            return self.first_day <= other.first_day and other.last_day <= self.last_day
        return self.first_day <= other <= self.last_day

    @property
    def _months(self) -> tuple[int, int]:
        """First and last month."""
        match self.kind:
            case PeriodKind.YEAR:
                return 1, 12
            case PeriodKind.HALF:
                return self.number * 6 - 5, self.number * 6
            case PeriodKind.QUARTER:
                return self.number * 3 - 2, self.number * 3
            case PeriodKind.CUMULATIVE:
                return 1, self.number
            case _:
                return self.number, self.number

    @property
    def _order(self) -> tuple[date, date, str]:
        return self.last_day, self.first_day, self.kind.value


def point_period(day: date) -> Period:
    """Return a day as a point in time (时点)."""
    return Period(PeriodKind.POINT, day.year, day.month, day.day)


def month_end_period(year: int, month: int) -> Period:
    """Return the last day of a month as a point in time (月末)."""
    return point_period(Period(PeriodKind.MONTH, year, month).last_day)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
