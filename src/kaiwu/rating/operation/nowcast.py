"""The year from its first months (全年推算): simple, with an interval from past errors, or refused.

Owns one method, which it names. It knows no model of the economy and claims no probability.

Method: the total of a year is its cumulative amount over the mean share that the same months had in past years. The interval
is the range of relative errors that the same method would have made in each past year, computed without that year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem

LEAST_YEARS = 3
"""With fewer complete years an error left out of itself rests on a single year."""
LAST_MONTH = 12


@dataclass(frozen=True, slots=True)
class YearPath:
    """A past year on its own sample: the cumulative amount after the months and the total of the year, exact, in one unit (fen for money)."""

    year: int
    cumulative: int | Fraction
    total: int | Fraction


@dataclass(frozen=True, slots=True)
class Nowcast:
    """The total of a year, in the unit of the amounts, with the interval that past errors give; ``errors`` are (year, relative error)."""

    year: int
    months: int
    total: Fraction
    low: Fraction
    high: Fraction
    share: Fraction
    errors: tuple[tuple[int, Fraction], ...]

    @property
    def method(self) -> tuple[str, str]:
        """What was done, in both languages; stands beside every printed nowcast."""
        years = f"{self.errors[0][0]}—{self.errors[-1][0]}"
        n = len(self.errors)
        return (
            f"以1—{self.months}月累计除以{years}年同月占全年的平均比重; 区间为同一方法在这{n}年逐年留出检验的误差范围, 不代表概率",
            f"cumulative months 1–{self.months} over their mean share in {years}; the interval is the range of the method's errors "
            f"in these {n} years, each left out in turn, and claims no probability",
        )

    def growth_over(self, base: int) -> tuple[Fraction, Fraction, Fraction]:
        """Growth of the year over the base of the same firms in fen: middle, low, high. Prices are as in the amounts."""
        return self.total / base - 1, self.low / base - 1, self.high / base - 1


def nowcast_year(year: int, months: int, cumulative: int | Fraction, history: Sequence[YearPath]) -> Nowcast:
    """The total of ``year`` from its first ``months`` (累计推全年).

    Raises ``KaiwuError``: ``S-OP-HISTORY`` with fewer than three complete past years, ``S-OP-BASE`` for amounts that are not
    positive, ``S-OP-MONTHS`` for no or more than twelve months.
    """
    past = sorted((p for p in history if p.year < year), key=lambda p: p.year)
    if not 1 <= months <= LAST_MONTH:
        raise KaiwuError(
            Problem("S-OP-MONTHS", "累计月数要在 1 至 12 之间", "between 1 and 12 months, please", text=str(months))
        )
    if len(past) < LEAST_YEARS:
        have = ", ".join(str(p.year) for p in past) or "-"
        zh = f"推算全年至少要 {LEAST_YEARS} 个完整年度的历史(同月累计与全年), 现有: {have}; 不给出推算"
        en = f"a nowcast needs at least {LEAST_YEARS} complete past years (the same months and the year); there are: {have}"
        raise KaiwuError(Problem("S-OP-HISTORY", zh, en))
    if cumulative <= 0 or any(p.cumulative <= 0 or p.total <= 0 for p in past):
        raise KaiwuError(
            Problem("S-OP-BASE", "累计数和全年数要大于零", "cumulative and yearly amounts must be positive")
        )
    share = _mean_share(past)
    errors = tuple(
        (p.year, Fraction(p.total) / (p.cumulative / _mean_share([q for q in past if q is not p])) - 1) for p in past
    )
    middle = cumulative / share
    spread = [error for _, error in errors]
    low, high = min([Fraction(0), *spread]), max([Fraction(0), *spread])
    return Nowcast(year, months, middle, middle * (1 + low), middle * (1 + high), share, errors)


def _mean_share(past: Sequence[YearPath]) -> Fraction:
    return sum((Fraction(p.cumulative) / p.total for p in past), Fraction(0)) / len(past)
