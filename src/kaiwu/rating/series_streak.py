"""Streaks of a published series (连续月数): how many months in a row a growth rate has held a line, and since when.

Owns the conventions that make two honest counts differ: single month or cumulative, ``>`` or ``>=``, January and February
merged, which revision counts. Counting runs in a plain list is ``streak.py``. It reads no store.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.quantity import KaiwuError, Problem, format_decimal
from kaiwu.quantity.period import Period, PeriodKind

MEASURES = ("single", "cumulative")
MERGING = ("two_months", "one_month", "separate")
REVISIONS = ("latest", "first", "final")
OPS = (">", ">=")
STATUSES = ("flash", "revised", "final")
MAX_MONTHS = 1200


@dataclass(frozen=True, slots=True)
class Claim:
    """A streak as it was printed: so many months up to a month; ``source`` is where."""

    months: int
    to: Period
    source: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class StreakRule:
    """What counts as a month that holds the line (连续口径).

    ``january_february``: ``two_months`` (one published figure that counts as two), ``one_month`` (it counts once) or
    ``separate`` (both months are published). ``revision``: the ``latest`` figure, the ``first`` published, or ``final`` ones
    only. ``standing`` tells whether the conventions were read or are inferred.
    """

    code: str
    zh: str
    en: str
    series: str
    threshold: Fraction  # as a plain number: 10 % is 1/10
    op: str
    measure: str
    january_february: str
    revision: str
    claims: tuple[Claim, ...] = ()
    standing: str = "attested"
    article: str = ""

    def holds(self, value: Fraction) -> bool:
        """Whether a value holds the line."""
        return value > self.threshold if self.op == ">" else value >= self.threshold


@dataclass(frozen=True, slots=True)
class Observation:
    """One published figure of the series (期): growth as a plain number, ``None`` where it was published as not available."""

    period: Period
    value: Fraction | None
    status: str = "final"
    known_at: dt.date = dt.date.min


@dataclass(frozen=True, slots=True)
class Term:
    """One step of the series: the period, the months that it counts as, the figure that counts, and what it was at first."""

    period: Period
    months: int
    value: Fraction | None
    first: Fraction | None


@dataclass(frozen=True, slots=True)
class SeriesStreak:
    """At least ``low`` and at most ``high`` months (they differ where figures are missing).

    ``start`` is the first period of the certain run; ``broken_by`` the period before it that did not hold, where the series
    reaches back that far. ``turned`` are periods in which a revision changed whether the line was held.
    """

    low: int
    high: int
    start: Period | None
    end: Period
    broken_by: Period | None = None
    turned: tuple[Period, ...] = field(default=())

    @property
    def is_certain(self) -> bool:
        """Whether no missing figure can change the length."""
        return self.low == self.high


def periods_back(rule: StreakRule, end: Period, months: int) -> list[tuple[Period, int]]:
    """The periods of a series from ``end`` backwards with the months that each counts as, until ``months`` are counted.

    Raises ``KaiwuError`` where ``end`` is no period of the series.
    """
    found: list[tuple[Period, int]] = []
    year, month = end.year, end.number
    if period_of(rule, year, month) != end:
        raise KaiwuError(Problem(
            "S-STREAK-PERIOD", f"“{end.code}”不是“{rule.zh}”序列中的期间", f"“{end.code}” is no period of the series “{rule.en}”",
        ))  # fmt: skip
    counted = 0
    while counted < min(months, MAX_MONTHS):
        period = period_of(rule, year, month)
        if period is not None:
            weight = 2 if month == 2 and _is_merged(rule) and rule.january_february == "two_months" else 1
            found.append((period, weight))
            counted += weight
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def _is_merged(rule: StreakRule) -> bool:
    return rule.january_february != "separate"


def period_of(rule: StreakRule, year: int, month: int) -> Period | None:
    """The period under which a month is published; ``None`` for a January that comes with February."""
    if month == 1 and _is_merged(rule):
        return None
    is_sum = rule.measure == "cumulative" or (month == 2 and _is_merged(rule))
    if is_sum and month > 1:
        return Period(PeriodKind.CUMULATIVE, year, month)
    return Period(PeriodKind.MONTH, year, month)


def start_of(rule: StreakRule, claim: Claim) -> Period:
    """The first period of a streak as claimed. Raises ``KaiwuError`` where the months do not end on a period."""
    steps = periods_back(rule, period_of(rule, claim.to.year, claim.to.number) or claim.to, claim.months)
    if sum(weight for _, weight in steps) != claim.months:
        raise KaiwuError(Problem(
            "S-STREAK-CLAIM", f"{claim.months} 个月(至 {claim.to.code})落在合并的1—2月中间, 与口径不符",
            f"{claim.months} months to {claim.to.code} end inside the merged January and February", text=claim.text,
        ))  # fmt: skip
    return steps[-1][0]


def check_claims(rule: StreakRule) -> Period | None:
    """The one start that all claims of a rule agree on; ``None`` without claims. Raises ``KaiwuError`` where they do not."""
    starts = {claim: start_of(rule, claim) for claim in rule.claims}
    if len(set(starts.values())) > 1:
        listed = "; ".join(f"{c.months} 个月至 {c.to.code} → {s.code}" for c, s in starts.items())
        english = "; ".join(f"{c.months} months to {c.to.code} → {s.code}" for c, s in starts.items())
        raise KaiwuError(Problem("S-STREAK-CLAIM", f"各处所说的连续月数起点不同: {listed}", f"the claims begin at different months: {english}"))  # fmt: skip
    return next(iter(starts.values()), None)


def read_series(
    rule: StreakRule, observations: Iterable[Observation], end: Period, known_at: dt.date | None = None
) -> list[Term]:
    """The terms of a series in order of time up to ``end``, by the rule's revision policy.

    ``known_at`` leaves out what was published later. Missing periods between the first and ``end`` are terms without value.
    """
    by_period: dict[Period, list[Observation]] = {}
    for seen in observations:
        if seen.period <= end and (known_at is None or seen.known_at <= known_at):
            by_period.setdefault(seen.period, []).append(seen)
    if not by_period:
        return []
    first = min(by_period)
    months = (end.year - first.year) * 12 + end.number - first.number + 2
    terms = []
    for period, weight in periods_back(rule, end, months + 1):
        if period < first:
            break
        known = sorted(by_period.get(period, []), key=lambda o: (o.known_at, STATUSES.index(o.status)))
        terms.append(Term(period, weight, _value(rule, known), known[0].value if known else None))
    return terms[::-1]


def _value(rule: StreakRule, known: Sequence[Observation]) -> Fraction | None:
    if rule.revision == "final":
        known = [o for o in known if o.status == "final"]
    if not known:
        return None
    return known[0].value if rule.revision == "first" else known[-1].value


def count_streak(
    rule: StreakRule, observations: Iterable[Observation], end: Period, known_at: dt.date | None = None
) -> SeriesStreak:
    """The streak (截至某月连续月数) that reaches up to ``end``."""
    terms = read_series(rule, observations, end, known_at)
    low, high, start, broken = 0, 0, None, None
    is_sure = True
    for term in reversed(terms):
        if term.value is not None and not rule.holds(term.value):
            broken = term.period
            break
        is_sure = is_sure and term.value is not None
        high += term.months
        if is_sure:
            low, start = low + term.months, term.period
    turned = tuple(
        t.period for t in terms
        if t.value is not None and t.first is not None and rule.holds(t.value) != rule.holds(t.first)
    )  # fmt: skip
    return SeriesStreak(low, high, start, end, broken, turned)


def describe(rule: StreakRule) -> tuple[str, str]:
    """The conventions in one sentence: ``累计同比 ≥10%, 1—2月合并计两个月, 按最新修订数``."""
    sign = {">": ">", ">=": "≥"}[rule.op]
    percent = f"{format_decimal(rule.threshold * 100)}%"
    measure = {"single": ("当月同比", "single months"), "cumulative": ("累计同比", "cumulative")}[rule.measure]
    merged = {
        "two_months": ("1—2月合并, 计两个月", "January–February merged, counted as two"),
        "one_month": ("1—2月合并, 计一个月", "January–February merged, counted once"),
        "separate": ("1月、2月分列", "January and February apart"),
    }[rule.january_february]
    revision = {
        "latest": ("按最新修订数", "latest revision"), "first": ("按首次公布数", "as first published"), "final": ("只按最终数", "final figures only"),
    }[rule.revision]  # fmt: skip
    return (
        f"{measure[0]} {sign}{percent}, {merged[0]}, {revision[0]}",
        f"{measure[1]}, {sign}{percent}, {merged[1]}, {revision[1]}",
    )
