"""Published values over time (公布值): which two may be compared, and the growth between them.

Owns the check that two published values are comparable. It does not own streaks or rankings, nor growth of a
firm's own accounts, which rules compute from a frame.

Statistics publish growth on a comparable sample and at constant prices: the above-scale sample changes every
year, and a ratio of two published levels is not the growth of anything. January and February are published as
one value, months mostly as cumulative months. Source: national above-scale industry statistics (W39).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity.period import Period
from kaiwu.quantity.problem import KaiwuError, Problem

SINGLE_SCOPES = frozenset({"legal_entity", "establishment", "group", "plot", "space", "project", "product"})
"""Scopes of one thing. All others add up a sample of things, which must be stated before two are compared."""


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One value as published: ``value`` in grains of the variable; price basis and sample empty if unstated."""

    variable: str
    period: Period
    value: int
    scope: str
    price_basis: str = ""
    sample: str = ""
    source: str = ""


def check_comparable(newer: PublishedValue, older: PublishedValue) -> Problem | None:
    """Say why two published values may not be divided or subtracted; None where they may (可比).

    They must be of one variable and scope, of the same part of two years (January to June with January to
    June, never with January to August), at one price basis and of one sample, both stated for aggregates.
    """
    for en, zh, a, b in (
        ("variable", "指标", newer.variable, older.variable),
        ("scope", "口径", newer.scope, older.scope),
        ("price basis", "价格口径", newer.price_basis, older.price_basis),
        ("sample", "样本", newer.sample, older.sample),
    ):
        if a != b:
            return _word_difference(en, zh, a, b, older)
    if not _is_same_part(newer.period, older.period):
        return _word_difference("part of the year", "时段", newer.period.code, older.period.code, older)
    if newer.scope not in SINGLE_SCOPES and not (newer.price_basis and newer.sample):
        zh = f"两期{newer.variable}未注明价格口径或样本, 不能直接相除; 请用公布的增速"
        en = f"price basis or sample of {newer.variable} is not stated; use the published growth"
        return Problem("F-SERIES-UNSTATED", zh, en, where=newer.source)
    return None


def growth_of_published(newer: PublishedValue, older: PublishedValue) -> Fraction:
    """Growth (增速) from one published value to a later one as an exact ratio: 1/10 is 10 %.

    Raises ``KaiwuError`` with the reason where the two are not comparable, or the base is zero or negative.
    """
    if (problem := check_comparable(newer, older)) is not None:
        raise KaiwuError(problem)
    if older.value <= 0:
        zh, en = "基期为零或负数, 没有增速", "the base is zero or negative: there is no growth"
        raise KaiwuError(Problem("F-SERIES-BASE", zh, en, where=older.source))
    return Fraction(newer.value - older.value, older.value)


def _is_same_part(newer: Period, older: Period) -> bool:
    """Whether the older period is the same part of an earlier year (同期)."""
    years = newer.year - older.year
    return newer.kind is older.kind and years > 0 and newer.previous(years) == older


def _word_difference(en: str, zh: str, a: str, b: str, older: PublishedValue) -> Problem:
    a, b = a or "未注明/unstated", b or "未注明/unstated"
    return Problem(
        "F-SERIES-COMPARABLE",
        f"两期数据的{zh}不同(“{a}”与“{b}”), 不能直接相除; 请用可比口径的数据或公布的增速",
        f"the values differ in {en} (“{a}”, “{b}”); use comparable values or the published growth",
        where=older.source,
    )
