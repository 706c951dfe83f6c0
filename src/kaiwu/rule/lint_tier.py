"""Inspects tiers (分档体检): gaps, overlaps, tiers never reached, and cliffs where more effort earns less.

Owns two inspections: of tier tables as declared (``inspect_tiers``), and of chains of 如果(…) in a formula, where what counts
is what the formula really grants on both sides of every edge (``inspect_chains``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import floor

from kaiwu.figure.variable import Kind
from kaiwu.quantity import DIMENSIONLESS, Dimension, Unit
from kaiwu.rule import expression as x
from kaiwu.rule.domain import Range, Search, constraint_of
from kaiwu.rule.lint_condition import describe
from kaiwu.rule.lint_finding import Finding, LintItem, make_finding
from kaiwu.rule.phrase import Words, plain
from kaiwu.rule.reference import Reference
from kaiwu.rule.wording import Wording, show_money, show_value, unit_of

TYPICAL_AMOUNT = 10
"""Figures that no median is known of are taken as so many of their display units; only the sign of a drop matters."""

CONTEXT = {"#as_of": 2024 * 372, "#rated": 2024}
_WORDING = Wording({})


@dataclass(frozen=True, slots=True)
class Tier:
    """One row of a tier table: ``low`` to ``high`` in the values of a tree, None for no limit.

    It grants ``fixed`` plus ``rate`` times the base; where neither is known only the edges are inspected.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_included: bool = True
    high_included: bool = False
    fixed: Fraction | None = None
    rate: Fraction | None = None
    where: str = ""

    def grants(self, base: Fraction) -> Fraction | None:
        """The amount at a base; None where it is not known."""
        if self.fixed is None and self.rate is None:
            return None
        return (self.fixed or 0) + (self.rate or 0) * base


@dataclass(frozen=True, slots=True)
class Scale:
    """How the base of a tier table is measured: its name, dimension, unit, smallest step and highest value."""

    name: Words = ("", "")
    dimension: Dimension = DIMENSIONLESS
    unit: Unit | None = None
    step: Fraction | None = None  # None: values lie arbitrarily close
    highest: Fraction | None = None

    def show(self, value: Fraction) -> Words:
        """A value of the base in words."""
        return show_value(value, self.dimension, self.unit)


# -- tables -------------------------------------------------------------------------------------------------


def inspect_tiers(tiers: Sequence[Tier], scale: Scale, item: LintItem | None = None) -> list[Finding]:
    """Gaps, overlaps, wrong order, an open top and cliffs of a tier table."""
    found = [_order(tier, scale, item) for tier in tiers if _is_reversed(tier)]
    rows = sorted((t for t in tiers if not _is_reversed(t)), key=lambda t: (t.low is not None, t.low or Fraction(0)))
    for lower, upper in pairwise(rows):
        found += _between(lower, upper, scale, item)
    top = max((t for t in rows), key=lambda t: (t.high is None, t.high or Fraction(0)), default=None)
    if top is not None and top.high is not None and not (scale.highest is not None and top.high >= scale.highest):
        found.append(make_finding("L-TIER-TOP", item, top.where, high=scale.show(top.high)))
    return found


def _is_reversed(tier: Tier) -> bool:
    return tier.low is not None and tier.high is not None and tier.low > tier.high


def _order(tier: Tier, scale: Scale, item: LintItem | None) -> Finding:
    assert tier.low is not None and tier.high is not None
    return make_finding("L-TIER-ORDER", item, tier.where, low=scale.show(tier.low), high=scale.show(tier.high))


def _between(lower: Tier, upper: Tier, scale: Scale, item: LintItem | None) -> Iterator[Finding]:
    """What is wrong where one tier ends and the next begins."""
    end, start = lower.high, upper.low
    if end is None or start is None or start < end:
        low = start if start is not None else Fraction(0)
        high = end if upper.high is None or (end is not None and end < upper.high) else upper.high
        shown = scale.show(high) if high is not None else plain("∞")
        yield make_finding("L-TIER-OVERLAP", item, upper.where, low=scale.show(low), high=shown)
        return
    edge = {"low": scale.show(end), "high": scale.show(start)}
    if start == end and lower.high_included and upper.low_included:
        yield make_finding("L-TIER-OVERLAP", item, upper.where, **edge)
    elif _is_gap(lower, upper, start - end, scale):
        yield make_finding("L-TIER-GAP", item, upper.where, **edge)
    before, after = lower.grants(end), upper.grants(start)
    if before is None or after is None:
        return
    if after < before:
        yield make_finding(
            "L-TIER-DROP", item, upper.where, name=scale.name, before=scale.show(end), after=scale.show(start),
            amount=show_money(before), lower=show_money(after),
        )  # fmt: skip
    elif after > before and upper.rate is not None:
        yield make_finding(
            "L-TIER-JUMP", item, upper.where, name=scale.name, before=scale.show(end), amount=show_money(before),
            higher=show_money(after),
        )  # fmt: skip


def _is_gap(lower: Tier, upper: Tier, width: Fraction, scale: Scale) -> bool:
    if width == 0:
        return not lower.high_included and not upper.low_included
    is_next_step = scale.step is not None and width == scale.step and lower.high_included and upper.low_included
    return not is_next_step


# -- chains of 如果 -----------------------------------------------------------------------------------------


def inspect_chains(item: LintItem, tree: x.Num, typical: Mapping[str, int] | None = None) -> list[Finding]:
    """Tiers never reached, gaps between tiers and cliffs in the 如果 chains of an amount.

    ``typical`` gives stored values by slot for the figures that stay fixed while one moves across its edges.
    """
    found: list[Finding] = []
    inner: set[int] = set()
    for node in x.walk(tree):
        if isinstance(node, x.Choose) and id(node) not in inner:
            cases = _flatten(node, inner)
            found += _dead_tiers(item, cases)
            found += _overlaps(item, cases)
            found += _gaps(item, cases)
    found += _cliffs(item, tree, typical or {})
    return found


def _flatten(node: x.Choose, inner: set[int]) -> list[tuple[x.Bool, x.Num]]:
    """The cases of a chain whose 否则 is the next 如果, as one list."""
    cases = list(node.cases)
    other = node.otherwise
    while isinstance(other, x.Choose):
        inner.add(id(other))
        cases += other.cases
        other = other.otherwise
    return cases


def _dead_tiers(item: LintItem, cases: Sequence[tuple[x.Bool, x.Num]]) -> Iterator[Finding]:
    for i, (test, _) in enumerate(cases):
        earlier = [(other, True) for other, _ in cases[:i]]
        if not Search().can_hold([(test, False), *earlier]):
            yield make_finding("L-TIER-DEAD", item, rule=describe(test))


def _overlaps(item: LintItem, cases: Sequence[tuple[x.Bool, x.Num]]) -> Iterator[Finding]:
    """Bands with both ends written out that share values; chains with one end each overlap on purpose."""
    bands = [band for test, _ in cases if (band := _band(test)) is not None]
    for (ref, one), (other, two) in combinations(bands, 2):
        both = one.meet(two)
        if ref == other and not both.is_empty(ref.scale) and both.low is not None and both.high is not None:
            low, high = (show_value(end, ref.dimension, ref.variable.unit) for end in (both.low, both.high))
            yield make_finding("L-TIER-OVERLAP", item, low=low, high=high)


def _band(test: x.Bool) -> tuple[x.Ref, Range] | None:
    """A test that gives one figure a lower and an upper end."""
    if not isinstance(test, x.And) or not all(isinstance(part, x.Compare) for part in test.items):
        return None
    sides = [constraint_of(part) for part in test.items if isinstance(part, x.Compare)]
    key = sides[0][0]
    if not isinstance(key, x.Ref) or any(other != key for other, _ in sides):
        return None
    band = Range()
    for _, allowed in sides:
        band = band.meet(allowed)
    return None if band.low is None or band.high is None else (key, band)


def _gaps(item: LintItem, cases: Sequence[tuple[x.Bool, x.Num]]) -> Iterator[Finding]:
    """Stretches between two tiers of one figure for which no tier is meant, and so 否则 answers."""
    tests = [test for test, _ in cases]
    slots = {slot: ref for test in tests for slot, ref in x.slots_of(test).items()}
    if len(slots) != 1 or not all(isinstance(n, x.Compare | x.And | x.Or | x.Not) for t in tests for n in _bools(t)):
        return
    (ref,) = slots.values()
    points = sorted({p for edge in _edges(tests, ref) for p in (floor(edge) - 1, floor(edge), floor(edge) + 1)})
    points = [p for p in points if ref.variable.low <= p <= ref.variable.high]
    covered = [any(_holds(test, ref, p) for test in tests) for p in points]
    first, last = _index(covered, True), _index(covered[::-1], True)
    for start, end in _stretches(covered, False, first, len(covered) - 1 - last):
        low, high = (_show(ref, points[i]) for i in (start - 1, end + 1))
        yield make_finding("L-TIER-GAP", item, low=low, high=high)


def _bools(node: x.Bool) -> Iterator[x.Bool]:
    return (n for n in x.walk(node) if isinstance(n, x.Bool))


def _edges(tests: Sequence[x.Bool], ref: x.Ref) -> set[Fraction]:
    """Constants that a figure itself is compared with, in stored steps."""
    found = set()
    for test in tests:
        for node in x.walk(test):
            if isinstance(node, x.Compare):
                key, allowed = constraint_of(node)
                value = allowed.low if allowed.low is not None else allowed.high
                if key == ref and value is not None:
                    found.add(value / ref.scale)
    return found


def _holds(test: x.Bool, ref: x.Ref, stored: int) -> bool:
    return Reference({**CONTEXT, ref.slot: stored}).outcome(test).name == "PASS"


def _index(values: Sequence[bool], wanted: bool) -> int:
    return values.index(wanted) if wanted in values else len(values)


def _stretches(values: Sequence[bool], wanted: bool, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Runs of a value strictly between two places."""
    start = None
    for i in range(first, last + 1):
        if values[i] == wanted and start is None:
            start = i
        elif values[i] != wanted and start is not None:
            yield start, i - 1
            start = None


def _cliffs(item: LintItem, tree: x.Num, typical: Mapping[str, int]) -> Iterator[Finding]:
    """Edges at which one more step of a figure makes the whole amount fall."""
    slots = x.slots_of(tree)
    row = {**CONTEXT, **{slot: typical.get(slot, _typical(ref)) for slot, ref in slots.items()}}
    tests = [test for node in x.walk(tree) if isinstance(node, x.Choose) for test, _ in node.cases]
    for ref in {slot: ref for test in tests for slot, ref in x.slots_of(test).items()}.values():
        for edge in sorted(_edges(tests, ref)):
            for below in (floor(edge) - 1, floor(edge)):
                if ref.variable.low <= below - 1 and below + 1 <= ref.variable.high:
                    yield from _cliff(item, tree, ref, below, row)


def _cliff(item: LintItem, tree: x.Num, ref: x.Ref, below: int, row: Mapping[str, int]) -> Iterator[Finding]:
    values = [Reference({**row, ref.slot: stored}).number(tree) for stored in (below - 1, below, below + 1)]
    earlier, amount, lower = (v if isinstance(v, Fraction) else None for v in values)
    if earlier is None or amount is None or lower is None:
        return
    usual = abs(amount - earlier)  # a formula that falls everywhere has no cliff
    if amount - lower > 100 * usual and lower < amount:
        yield make_finding(
            "L-TIER-DROP", item, name=_WORDING.figure_name(ref), before=_show(ref, below), after=_show(ref, below + 1),
            amount=_show_amount(amount, tree), lower=_show_amount(lower, tree),
        )  # fmt: skip


def _typical(ref: x.Ref) -> int:
    variable = ref.variable
    if variable.kind in (Kind.FLAG, Kind.JUDGEMENT):
        return 1
    if variable.kind is Kind.DATE:
        return 2020 * 372
    if variable.kind is Kind.YEAR:
        return 2020
    unit = variable.unit
    size = int(TYPICAL_AMOUNT * unit.factor / variable.grain) if unit is not None else 0
    return min(max(size, variable.low), variable.high)


def _show(ref: x.Ref, stored: int) -> Words:
    return _WORDING.stored(ref, stored)


def _show_amount(value: Fraction, tree: x.Num) -> Words:
    return show_value(value, tree.dimension, unit_of(tree))
