"""From values to points (计分): one item for all units at once, exactly.

Owns the methods of ``Scoring`` on arrays. Every linear method is ``(A·n + B·d) / (C·d)`` of the weight with exact A, B, C
per group, so that one rounding is made and it is made on whole numbers. ``reference.py`` states the same methods plainly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.batch import Mask, Outcomes, Ratios
from kaiwu.rating.book import Base, Indicator, Scoring
from kaiwu.rating.points import LIMIT, Integers, Objects, divide, round_ratio, stored_points
from kaiwu.rule.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Peers:
    """Whose figures a relative method looks at: a group number per unit (-1: none), and who takes part."""

    groups: NDArray[np.int64]
    taking: Mask
    count: int

    def members(self, group: int, known: Mask) -> NDArray[np.int64]:
        """Units of a group that take part and have a value."""
        return np.flatnonzero((self.groups == group) & self.taking & known)


@dataclass(frozen=True, slots=True)
class Line:
    """``share of the weight = slope × value + offset``; the share is kept within ``low`` and ``high`` where given."""

    slope: Fraction
    offset: Fraction
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class ItemPoints:
    """Points of one item in stored units where ``state`` is PASS; ``bases`` say what each group was measured against."""

    points: Integers
    state: Outcomes
    bases: tuple[tuple[Fraction, ...], ...] = ()  # by group; empty where there is none


def score_values(
    indicator: Indicator, values: Ratios, parts: tuple[Ratios, Ratios] | None, peers: Peers, decimals: int
) -> ItemPoints:
    """Points of every unit that has a value (before any treatment of missing ones).

    ``parts`` are numerator and denominator of the value, needed for a base that is the mean of totals.
    """
    scoring = indicator.scoring
    state = values.state.copy()
    n, d = values.n, values.d
    bases: tuple[tuple[Fraction, ...], ...] = ()
    if scoring.method == "rank":
        top, bottom, state = _ranked(indicator, values, peers, state)
    elif scoring.method == "bands":
        top, bottom, state = _banded(scoring, n, d, state)
    elif scoring.method == "as_is":
        top, bottom = n, d * 10**6
    else:
        if indicator.direction == "lower" and scoring.method in ("benchmark", "best"):
            n, d, state = _inverted(n, d, state)
        shown = Ratios(n, d, state)
        own = peers if scoring.is_relative else Peers(np.zeros(len(n), dtype=np.int64), peers.taking, 1)
        lines, bases = _lines(indicator, shown, parts, own)
        top, bottom, state = _on_lines(lines, shown, own.groups, indicator.weight)
    points = np.asarray(round_ratio(top, bottom, indicator.rounding, decimals))
    points = limit_points(points, indicator.cap, indicator.floor, decimals)
    points = np.where(state == Outcome.PASS, points, 0)
    return ItemPoints(to_int64(points, indicator.zh, indicator.en), state, bases)


def limit_points(points: Objects, cap: Fraction | None, floor: Fraction | None, decimals: int) -> Objects:
    """Apply a cap (封顶) and a floor."""
    if cap is not None:
        points = np.minimum(points, stored_points(cap, decimals))
    if floor is not None:
        points = np.maximum(points, stored_points(floor, decimals))
    return np.asarray(points, dtype=object)


def to_int64(points: Objects, zh: str, en: str) -> Integers:
    """Points as int64. More than a billion times any weight is a slip in a figure, and refused."""
    if len(points) and np.abs(points).max() > LIMIT:
        raise KaiwuError(
            Problem(
                "S-POINTS-RANGE", f"“{zh}”有企业的得分超过 10^9 分; 请核对该项数据与基准的单位, 或设封顶",
                f"“{en}” gives a unit more than 10^9 points: check the figures and the benchmark, or set a cap",
            )
        )  # fmt: skip
    return points.astype(np.int64)


def _inverted(n: Objects, d: Objects, state: Outcomes) -> tuple[Objects, Objects, Outcomes]:
    """1 / value; there is none for a value of zero or less."""
    positive = np.asarray(n > 0, dtype=bool)
    state = np.where((state == Outcome.PASS) & ~positive, np.uint8(Outcome.HUMAN), state)
    return np.where(positive, d, 0), np.where(positive, n, 1), state


# -- linear methods --------------------------------------------------------------------------------------------------


def _lines(
    indicator: Indicator, values: Ratios, parts: tuple[Ratios, Ratios] | None, peers: Peers
) -> tuple[list[Line | None], tuple[tuple[Fraction, ...], ...]]:
    """The line of every group, and what it was drawn from."""
    scoring = indicator.scoring
    ends: Callable[[int], tuple[Fraction, ...] | None]
    match scoring.method:
        case "goalposts":
            ends = lambda _: (scoring.low or Fraction(0), scoring.high or Fraction(0))  # noqa: E731
        case "minmax" | "best":
            keys = values.order_keys()
            ends = lambda group: _extremes(values, keys, peers.members(group, values.known))  # noqa: E731
        case _:
            assert scoring.base is not None
            base, inverted = scoring.base, indicator.direction == "lower" and scoring.method == "benchmark"
            ends = lambda group: base_of(base, values, parts, peers, group, inverted)  # noqa: E731
    found = [ends(group) for group in range(peers.count)]
    lines = [None if end is None else _line(indicator, end) for end in found]
    if not scoring.is_relative:
        return lines, ()
    if scoring.method == "best" and indicator.direction == "lower":
        return lines, tuple(tuple(1 / end for end in ends or ()) for ends in found)  # as figures, not inverted
    return lines, tuple(ends or () for ends in found)


def _line(indicator: Indicator, ends: tuple[Fraction, ...]) -> Line | None:
    scoring = indicator.scoring
    low, high = ends[0], ends[-1]
    match scoring.method:
        case "benchmark":
            # A lower-is-better value arrives inverted, and base / value is base × (1 / value).
            return Line(low if indicator.direction == "lower" else 1 / low, Fraction(0)) if low > 0 else None
        case "best":
            return Line(1 / high, Fraction(0)) if high > 0 else None
        case "cost":
            return Line(-1 / low, Fraction(2), low=Fraction(0)) if low > 0 else None
    if low == high:
        return None  # every participant is alike: no line can be drawn
    worst, best = scoring.reach
    slope = (best - worst) / (high - low)
    if indicator.direction == "lower":
        return Line(-slope, worst + slope * high, worst, best)
    return Line(slope, worst - slope * low, worst, best)


def _extremes(values: Ratios, keys: Objects, members: NDArray[np.int64]) -> tuple[Fraction, ...] | None:
    if not len(members):
        return None
    own = keys[members]
    worst, best = values.at(int(members[int(np.argmin(own))])), values.at(int(members[int(np.argmax(own))]))
    assert worst is not None and best is not None
    return worst, best


def base_of(
    base: Base, values: Ratios, parts: tuple[Ratios, Ratios] | None, peers: Peers, group: int, inverted: bool
) -> tuple[Fraction, ...] | None:
    """The base of one group: declared, or a mean over its members, rounded as declared; none if it is not above zero."""
    if not base.mean:
        return (base.value,) if base.value is not None else None
    members = peers.members(group, values.known)
    if not len(members):
        return None
    assert base.step is not None
    if base.mean == "total":
        assert parts is not None
        above, below = (_total(p, members) for p in parts)
        if below <= 0:
            return None
        mean = above / below
        n, d = mean.numerator, mean.denominator
    else:
        pairs = [
            (int(values.d[m]), int(values.n[m])) if inverted else (int(values.n[m]), int(values.d[m])) for m in members
        ]
        n, d = sum_pairs(pairs)
        d *= len(members)
    rounded = int(divide(n * base.step.denominator, d * base.step.numerator, base.mode)) * base.step
    return (rounded,) if rounded > 0 else None


def _total(values: Ratios, members: NDArray[np.int64]) -> Fraction:
    return Fraction(*sum_pairs([(int(values.n[m]), int(values.d[m])) for m in members]))


def sum_pairs(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """Sum of many fractions by halves and without reducing: the denominators differ in every firm, and one running sum
    would reduce a number of 10^5 bits thousands of times."""
    while len(pairs) > 1:
        nexts = [
            (a * q + p * b, b * q) if b != q else (a + p, b)
            for (a, b), (p, q) in zip(pairs[::2], pairs[1::2], strict=False)
        ]
        pairs = nexts + ([pairs[-1]] if len(pairs) % 2 else [])
    return pairs[0] if pairs else (0, 1)


def _on_lines(
    lines: list[Line | None], values: Ratios, groups: NDArray[np.int64], weight: Fraction
) -> tuple[Objects, Objects, Outcomes]:
    """Share of the weight on each unit's line, times the weight: numerator, denominator, state."""
    size = len(values.n)
    a, b, c = np.zeros(size, dtype=object), np.zeros(size, dtype=object), np.ones(size, dtype=object)
    has_line = np.zeros(size, dtype=bool)
    for group, line in enumerate(lines):
        rows = groups == group
        if line is not None:
            common = lcm(line.slope.denominator, line.offset.denominator)
            a[rows], b[rows], c[rows] = int(line.slope * common), int(line.offset * common), common
            has_line |= rows
    top, bottom = a * values.n + b * values.d, c * values.d
    for bound, pick in (("low", np.maximum), ("high", np.minimum)):
        limits = {g: getattr(line, bound) for g, line in enumerate(lines) if line is not None}
        for group, limit in limits.items():
            if limit is not None:
                rows = groups == group
                # top / bottom against p / q, over the common denominator bottom·q
                p, q = limit.numerator, limit.denominator
                top[rows] = pick(top[rows] * q, bottom[rows] * p)
                bottom[rows] = bottom[rows] * q
    state = np.where((values.state == Outcome.PASS) & ~has_line, np.uint8(Outcome.HUMAN), values.state)
    return top * weight.numerator, bottom * weight.denominator, state


# -- ranks and bands -------------------------------------------------------------------------------------------------


def _ranked(indicator: Indicator, values: Ratios, peers: Peers, state: Outcomes) -> tuple[Objects, Objects, Outcomes]:
    """Linear in the rank inside the group; equal values share the better rank. One alone takes the best."""
    size = len(values.n)
    top, bottom = np.zeros(size, dtype=object), np.ones(size, dtype=object)
    state = np.where((state == Outcome.PASS) & ~(peers.taking & (peers.groups >= 0)), np.uint8(Outcome.HUMAN), state)
    worst, best = (share * indicator.weight for share in indicator.scoring.reach)
    keys = values.order_keys() * (-1 if indicator.direction == "higher" else 1)
    for group in range(peers.count):
        members = peers.members(group, values.known)
        ordered = sorted(int(k) for k in keys[members])
        first: dict[int, int] = {}
        for place, key in enumerate(ordered):
            first.setdefault(key, place)
        steps = max(len(members) - 1, 1)
        for member in members:
            share = best - (best - worst) * Fraction(first[int(keys[member])], steps)
            top[member], bottom[member] = share.numerator, share.denominator
    return top, bottom, state


def _banded(scoring: Scoring, n: Objects, d: Objects, state: Outcomes) -> tuple[Objects, Objects, Outcomes]:
    """The points of the band; a value in no band has none."""
    size = len(n)
    top, bottom = np.zeros(size, dtype=object), np.ones(size, dtype=object)
    found = np.zeros(size, dtype=bool)
    for band in scoring.bands:
        inside = np.ones(size, dtype=bool)
        for end, is_low in ((band.low, True), (band.high, False)):
            if end is not None:
                sign = np.asarray(n * end.denominator - d * end.numerator, dtype=object)
                takes = scoring.edges == ("[)" if is_low else "(]")
                sign = sign if is_low else -sign
                inside &= np.asarray(sign >= 0 if takes else sign > 0, dtype=bool)
        top[inside], bottom[inside] = band.points.numerator, band.points.denominator
        found |= inside
    return top, bottom, np.where((state == Outcome.PASS) & ~found, np.uint8(Outcome.HUMAN), state)
