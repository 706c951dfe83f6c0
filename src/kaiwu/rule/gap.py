"""Near misses (差一点): the smallest change of figures that turns a failed condition, each proven anew.

Owns the search and its rules of decency. It does not own how a miss is printed (``explain``).

Which figures may be moved, unless ``moves`` declares otherwise for a variable:

- never dates, years, categories, flags, findings, texts, nor what does not change in time (identity);
- only figures that are known, and only of years still open (``open_from``; by default the newest year that
  the rule reads);
- upwards: all of them but energy use, which is never advised to grow;
- downwards: ratios (资产负债率), energy, mass and volume, and what stands above the line of a ratio that has
  an upper limit (负债/资产 <= 70%); never a divisor or a base of growth, so nobody is told to lower revenue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import partial

from kaiwu.figure.variable import Kind, PeriodType
from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, Row
from kaiwu.rule.turning import bisect, comparisons_of, turning_points

MAX_PLAN = 6
"""More figures than these at once are no near miss."""

_MOVABLE = (Kind.MONEY, Kind.QUANTITY, Kind.RATIO, Kind.COUNT, Kind.SCORE)
_ENERGY = ("coal", "coal_equivalent", "coal_calorific", "electricity")
_MATTER = ("mass", "volume")


class Move(StrEnum):
    """Which way a variable may be advised to go."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"
    NONE = "none"


_STEPS: dict[Move, tuple[int, ...]] = {Move.UP: (1,), Move.DOWN: (-1,), Move.BOTH: (1, -1), Move.NONE: ()}


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that would have to change, in stored grains."""

    ref: x.Ref
    before: int
    after: int

    @property
    def slot(self) -> str:
        """The column of the figure."""
        return self.ref.slot

    @property
    def grains(self) -> int:
        """How far it has to go; negative is down."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Miss:
    """Changes that together turn a condition; none may be left out or be one grain smaller.

    ``outcome`` is what the condition then is: 符合, or what still stands in the way (缺数据, 需认定).
    """

    changes: tuple[Change, ...]
    outcome: Outcome

    @property
    def rank(self) -> tuple[bool, int, Fraction]:
        """Best first: those that reach 符合, then few figures, then little change relative to the figures."""
        effort = sum((_effort(change.before, change.after) for change in self.changes), Fraction(0))
        return self.outcome is not Outcome.PASS, len(self.changes), effort


def near_misses(
    tree: x.Bool,
    row: Row,
    limit: int = 3,
    *,
    is_open: bool = True,
    moves: Mapping[str, Move] | None = None,
    open_from: int | None = None,
) -> list[Miss]:
    """Find the smallest changes that turn a condition from 不符合, best first, at most ``limit``.

    Each miss was re-evaluated: with it the condition is no longer 不符合, with any figure one grain short of
    it the condition is. Single figures are tried first; a set of several only where no single one reaches
    符合. Nothing is advised for a closed period. ``open_from`` is the first offset from the rated year that
    can still change; ``moves`` declares the direction of variables by code.
    """
    if not is_open or limit < 1 or Reference(row).outcome(tree) is not Outcome.FAIL:
        return []
    search = GapSearch(tree, row, moves, open_from)
    found = sorted(search.single(tree), key=lambda miss: miss.rank)[:limit]
    if any(miss.outcome is Outcome.PASS for miss in found):
        return found
    plan = search.joint()
    if plan is None or (found and found[0].rank <= plan.rank):
        return found
    return [plan, *found][:limit]


class GapSearch:
    """The search for one rule and one row; reused for all atoms of the rule."""

    def __init__(
        self,
        tree: x.Bool,
        row: Row,
        moves: Mapping[str, Move] | None = None,
        open_from: int | None = None,
    ) -> None:
        self.tree = tree
        self.row = {slot: row.get(slot) for slot in (*x.slots_of(tree), "#as_of", "#rated")}
        self.levers = _levers(tree, moves or {}, open_from)

    # -- one figure ------------------------------------------------------------------------------------

    def atom(self, atom: x.Bool) -> Miss | None:
        """The best single figure that turns one failed atom of the rule into 符合."""
        if Reference(self.row).outcome(atom) is not Outcome.FAIL:
            return None
        found = [miss for miss in self.single(atom) if miss.outcome is Outcome.PASS]
        return min(found, key=lambda miss: miss.rank, default=None)

    def single(self, target: x.Bool) -> Iterator[Miss]:
        """Every figure that alone turns ``target``, a part of the rule."""
        read = x.slots_of(target)
        for ref, steps in self.levers:
            for step in steps if ref.slot in read else ():
                if (miss := self._turn(target, ref, step, self.row)) is not None:
                    yield miss

    def _turn(self, target: x.Bool, ref: x.Ref, step: int, row: Row) -> Miss | None:
        before = row.get(ref.slot)
        if before is None:
            return None

        def outcome_at(value: int) -> Outcome:
            return Reference({**row, ref.slot: value}).outcome(target)

        for after in turning_points(target, ref, step, before, row):
            if outcome_at(after) is Outcome.FAIL:
                continue
            if outcome_at(after - step) is not Outcome.FAIL:
                after = bisect(lambda value: outcome_at(value) is Outcome.FAIL, before, after)
            return Miss((Change(ref, before, after),), outcome_at(after))
        return None

    # -- several figures -------------------------------------------------------------------------------

    def joint(self) -> Miss | None:
        """A smallest set of several figures along the failing atoms of the cheapest branch, or None."""
        plan = self._plan(self.tree, {})
        if plan is None or not 2 <= len(plan) <= MAX_PLAN:
            return None
        plan = self._trimmed(plan)
        if self._outcome(plan) is Outcome.FAIL or not all(self._is_tight(plan, slot) for slot in plan):
            return None
        refs = {ref.slot: ref for ref, _ in self.levers}
        changes = tuple(Change(refs[slot], self._before(slot), after) for slot, after in plan.items())
        return Miss(changes, self._outcome(plan))

    def _plan(self, node: x.Bool, done: dict[str, int]) -> dict[str, int] | None:
        """Changes on top of ``done`` after which ``node`` is not failed; None where there are none."""
        row = {**self.row, **done}
        if Reference(row).outcome(node) is not Outcome.FAIL:
            return done
        if isinstance(node, x.And):
            return self._plan_of_all(node, done)
        if isinstance(node, x.Or):
            plans = [plan for item in node.items if (plan := self._plan(item, done)) is not None]
        else:
            turns = (self._turn(node, ref, step, row) for ref, steps in self.levers for step in steps)
            changes = [miss.changes[0] for miss in turns if miss is not None]
            plans = [{**done, change.slot: change.after} for change in changes]
        return min(plans, key=self._cost, default=None)

    def _plan_of_all(self, node: x.And, done: dict[str, int]) -> dict[str, int] | None:
        for item in node.items:
            if (more := self._plan(item, done)) is None:
                return None
            done = more
        fails = Reference({**self.row, **done}).outcome(node) is Outcome.FAIL
        return None if fails else done

    def _cost(self, plan: Mapping[str, int]) -> tuple[bool, int, Fraction]:
        effort = sum((_effort(self._before(slot), after) for slot, after in plan.items()), Fraction(0))
        return self._outcome(plan) is not Outcome.PASS, len(plan), effort

    def _trimmed(self, plan: dict[str, int]) -> dict[str, int]:
        """Without changes that turn out to be superfluous, each as small as the others allow."""
        for slot in list(plan):
            rest = {other: after for other, after in plan.items() if other != slot}
            if self._outcome(rest) is not Outcome.FAIL:
                plan = rest
        for slot in list(plan):
            is_failing = partial(self._fails_with, plan, slot)
            plan = {**plan, slot: bisect(is_failing, self._before(slot), plan[slot])}
        return plan

    def _is_tight(self, plan: Mapping[str, int], slot: str) -> bool:
        back = -1 if plan[slot] > self._before(slot) else 1
        return self._fails_with(plan, slot, plan[slot] + back)

    def _fails_with(self, plan: Mapping[str, int], slot: str, value: int) -> bool:
        return self._outcome({**plan, slot: value}) is Outcome.FAIL

    def _outcome(self, plan: Mapping[str, int]) -> Outcome:
        return Reference({**self.row, **plan}).outcome(self.tree)

    def _before(self, slot: str) -> int:
        before = self.row[slot]
        assert before is not None, "only known figures are moved"
        return before


def _effort(before: int, after: int) -> Fraction:
    return Fraction(abs(after - before), max(abs(before), 1))


# -- which figures may move, and which way -----------------------------------------------------------------


def _levers(tree: x.Bool, moves: Mapping[str, Move], open_from: int | None) -> list[tuple[x.Ref, tuple[int, ...]]]:
    """The figures of a rule that may be moved, with the directions (+1, -1) in which they may go."""
    refs = [ref for ref in x.slots_of(tree).values() if _is_movable(ref)]
    years = [ref.offset for ref in refs if ref.variable.period is not PeriodType.POINT]
    first = max(years, default=0) if open_from is None else open_from
    divisors, limited = _divisors(tree), _limited(tree)
    result = []
    for ref in refs:
        code = ref.variable.code
        if ref.offset < first and ref.variable.period is not PeriodType.POINT:
            continue
        steps = _STEPS[_natural_move(ref, code in limited)]
        if code in divisors:
            steps = tuple(step for step in steps if step > 0)
        result.append((ref, _STEPS[moves[code]] if code in moves else steps))
    return result


def _is_movable(ref: x.Ref) -> bool:
    return ref.variable.kind in _MOVABLE and ref.variable.period is not PeriodType.CONSTANT


def _natural_move(ref: x.Ref, is_limited: bool) -> Move:
    unit = ref.variable.unit
    powers = dict(unit.dimension.powers) if unit is not None else {}
    if any(powers.get(name, 0) > 0 for name in _ENERGY):
        return Move.DOWN
    is_burden = ref.variable.kind is Kind.RATIO or any(powers.get(name, 0) > 0 for name in _MATTER)
    return Move.BOTH if is_burden or is_limited else Move.UP


def _divisors(tree: x.Bool) -> frozenset[str]:
    """Codes of the variables that divide, or are the base of growth, anywhere in the rule."""
    below: list[x.Num] = []
    for node in x.walk(tree):
        if isinstance(node, x.Arith) and node.op == "/":
            below.append(node.right)
        elif isinstance(node, x.Rate | x.CompoundCompare):
            below.append(node.old)
    return _codes(below)


def _limited(tree: x.Bool) -> frozenset[str]:
    """Codes of the variables above the line of a ratio that has an upper limit somewhere in the rule."""
    above: list[x.Num] = []
    for node in comparisons_of(tree):
        if not isinstance(node, x.Compare) or node.op == "!=":
            continue
        side = node.right if node.op in (">", ">=") else node.left
        ratios = (n for n in x.walk(side) if isinstance(n, x.Arith) and n.op == "/")
        above += [ratio.left for ratio in ratios if not isinstance(ratio.right, x.Literal)]
    return _codes(above)


def _codes(nodes: Iterable[x.Num]) -> frozenset[str]:
    return frozenset(ref.variable.code for node in nodes for ref in x.slots_of(node).values())
