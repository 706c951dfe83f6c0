"""What would close a gap of points (补差): changes of figures and open items, each proven by evaluating everything anew.

Owns the search over items. Which figures may be moved, and which way, is the law of ``kaiwu.rule.gap``; nothing is proposed for
flags, titles or findings, and nothing for a settled year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.reader import POINT
from kaiwu.rating.rubric.book import Block, Form, Item, Mark, Route, Row
from kaiwu.rating.rubric.plain import PlainRubric
from kaiwu.rule import expression as x
from kaiwu.rule.gap import Change, near_misses
from kaiwu.rule.outcome import Outcome

MAX_STEPS = 40
"""Steps of items that are combined with each other; the best ones per figure moved."""
MAX_TRIES = 60
MAX_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class Step:
    """Changes that lift one item; ``gain`` is what the whole score gains by them alone, ``effort`` their size relative to the figures."""

    item: str
    changes: tuple[Change, ...]
    gain: Fraction
    effort: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes that together reach a mark; ``after`` is the evaluation with them."""

    changes: tuple[Change, ...]
    after: PlainRubric


@dataclass(frozen=True, slots=True)
class Way:
    """An open item that alone would reach a mark: the least points that do, and the row that gives them, where there is one."""

    item: Item
    points: Fraction
    row: Row | None


def items_below(plain: PlainRubric, mark: Mark) -> list[Item]:
    """The items that a mark is about."""
    part = plain.book.part(mark.of)
    return list(part.items()) if isinstance(part, Block) else [part]


def open_ways(plain: PlainRubric, mark: Mark) -> list[Way]:
    """For a mark still open: every open item that alone would reach it, by the least points that do."""
    found = []
    for item in items_below(plain, mark):
        points = plain.points[item.code]
        if points.is_certain:
            continue
        for level in sorted({p for p in levels(item.form) if points.low < p <= points.high} | {points.high}):
            if _after(plain, {item.code: level}).mark(mark) is Outcome.PASS:
                row = next((r for r in _rows(item.form) if r.low <= level <= r.high), None)
                found.append(Way(item, level, row))
                break
    return found


def _after(plain: PlainRubric, assumed: Mapping[str, Fraction]) -> PlainRubric:
    return PlainRubric(plain.book, plain.row, {**plain.assumed, **assumed})


def levels(form: Form) -> set[Fraction]:
    """The points that the rows of a form can give."""
    found = {end for row in form.rows for end in (row.low, row.high)}
    for part in form.parts:
        found |= levels(part)
    return found


def _rows(form: Form) -> list[Row]:
    return [*form.rows, *(row for part in form.parts for row in _rows(part))]


def find_plans(plain: PlainRubric, route: Route, limit: int = 3) -> list[Plan]:
    """The smallest changes of figures that reach all marks of a route, best first: few figures, then little change."""
    failing = [mark for mark in route.marks if plain.mark(mark) is Outcome.FAIL]
    if not failing:
        return []
    steps = sorted(_steps(plain, failing), key=lambda s: (s.effort, s.item))[:MAX_STEPS]
    need = max(mark.at - plain.points[mark.of].high for mark in failing)
    plans: list[Plan] = []
    for count in range(1, MAX_TOGETHER + 1):
        chosen = [c for c in combinations(steps, count) if _is_plausible(c, need)]
        for together in sorted(chosen, key=lambda c: sum((s.effort for s in c), Fraction(0)))[:MAX_TRIES]:
            plan = _try(plain, route, together)
            if plan is not None and not any(_is_beyond(plan, found) for found in plans):
                plans.append(plan)
            if len(plans) >= limit:
                return plans
        if plans:
            return plans
    return plans


def _is_beyond(plan: Plan, found: Plan) -> bool:
    """Whether a plan asks for all that another asks for, and as much of each or more."""
    grains = {change.slot: change.grains for change in plan.changes}
    return all(c.slot in grains and c.grains * (grains[c.slot] - c.grains) >= 0 for c in found.changes)


def _is_plausible(steps: tuple[Step, ...], need: Fraction) -> bool:
    items, slots = [s.item for s in steps], [c.slot for s in steps for c in s.changes]
    if len(set(items)) < len(items) or len(set(slots)) < len(slots):
        return False
    return sum((s.gain for s in steps), Fraction(0)) >= need


def _try(plain: PlainRubric, route: Route, steps: tuple[Step, ...]) -> Plan | None:
    changes = tuple(sorted((c for step in steps for c in step.changes), key=lambda c: c.slot))
    after = PlainRubric(plain.book, {**plain.row, **{c.slot: c.after for c in changes}}, plain.assumed)
    if after.marks(route) is not Outcome.PASS:
        return None
    broken = [
        gate for gate in route.gates
        if after.reference.outcome(gate.tree) is Outcome.FAIL and plain.reference.outcome(gate.tree) is not Outcome.FAIL
    ]  # fmt: skip
    return None if broken else Plan(changes, after)


def _steps(plain: PlainRubric, marks: list[Mark]) -> Iterator[Step]:
    """Every row of every item that would give more, with the smallest change of figures that reaches it."""
    items = {item.code: item for mark in marks for item in items_below(plain, mark)}
    for item in items.values():
        points = plain.points[item.code]
        if not points.is_certain or points.high >= item.most or plain.given(item.given) is not None:
            continue
        for target in _targets(item.form, points.high):
            for miss in near_misses(target, plain.row, 1):
                after = PlainRubric(plain.book, {**plain.row, **{c.slot: c.after for c in miss.changes}}, plain.assumed)
                gain = max(after.points[mark.of].low - plain.points[mark.of].low for mark in marks)
                if miss.outcome is Outcome.PASS and gain > 0:
                    yield Step(item.code, miss.changes, gain, miss.rank[2])


def _targets(form: Form, now: Fraction) -> Iterator[x.Bool]:
    """Conditions that would give more points than now."""
    for part in form.parts:
        yield from _targets(part, now)
    if form.kind in ("bands", "levels"):
        yield from (row.when for row in form.rows if row.low > now)
    elif form.kind in ("each", "any"):
        yield from (row.when for row in form.rows)
    elif form.kind == "formula":
        for more in range(1, 6):
            at = x.Literal(value=(now + more) * POINT, dimension=SCORE)
            yield x.Compare(op=">=", left=form.low, right=at)
