"""The cheapest feasible change that reaches a score, class or rank (改进建议), in an open period, by real action only.

Owns the search and its verification: nothing is advised that the model itself, run again, does not confirm. A statistical figure is
never moved: of those only the gap is told. The curves are in ``response.py``, the programme in ``cheapest.py``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.cheapest import Lever, solve
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.response import Piece, Scale, normalise_field, present_weights, scale_of, trace_curve
from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.step.rank import MISSING

STATISTICAL = "statistical"  # the flag of a cell that no advice may move
ROUNDS = 8  # how often a target is moved because others moved with it
CLOSED = ("已定, 不可更改", "settled and not to be changed")
KINDS = ("score", "class", "rank")


@dataclass(frozen=True, slots=True)
class Line:
    """A class (档次): reached from the score ``least`` on, or by the first ``first`` places."""

    code: str
    zh: str
    en: str
    least: float | None = None
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: a ``score`` as printed, a place (``rank``), or the ``class`` of a line."""

    kind: str
    value: float = 0.0
    line: Line | None = None

    def settled(self) -> Target:
        """A class as the score or place that it asks for."""
        if self.kind != "class":
            return self
        if self.line is None or (self.line.least is None) == (self.line.first is None):
            raise KaiwuError(
                Problem("IX-ADVICE-CLASS", "档次要写 least 或 first 之一", "a class has one of least and first")
            )
        if self.line.least is not None:
            return Target("score", self.line.least)
        return Target("rank", float(self.line.first or 1))


@dataclass(frozen=True, slots=True)
class Change:
    """One advised change of one indicator, in its unit, with its cost."""

    code: str
    zh: str
    en: str
    unit: str
    before: float
    after: float
    cost: float
    action_zh: str
    action_en: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """An indicator on which no advice is given because it is a statistical figure: what the best score in it would add."""

    code: str
    zh: str
    en: str
    points: int


@dataclass(frozen=True, slots=True)
class Advice:
    """``status``: reached, feasible, infeasible, closed or withheld. ``before`` and ``after`` are printed scores in 10^-decimals.

    Where infeasible ``after`` and ``rank_after`` are the best that all levers together reach.
    """

    unit: str
    status: str
    target: Target
    decimals: int
    before: int
    rank_before: float
    after: int
    rank_after: float
    cost: float = 0.0
    changes: tuple[Change, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def tell(self) -> list[tuple[str, str]]:
        """Sentences, zh and en."""
        from kaiwu.rating.index.phrase import tell_advice  # sentences are only needed when somebody reads

        return tell_advice(self)


def advise(
    model: IndexModel, unit: str, target: Target, levers: Sequence[Lever], *, closes: dt.date | None = None,
    today: dt.date | None = None, result: IndexResult | None = None,
) -> Advice:  # fmt: skip
    """The cheapest verified change of ``levers`` by which ``unit`` reaches ``target``.

    After the day ``closes`` the period is closed. Raises ``KaiwuError`` for an unknown unit or indicator, a lever without an action, bounds
    that leave out the present value, or a method of another form than one weighted mean.
    """
    found = result or model.run()
    row = _row(found, unit)
    search = _Search(model, unit, target, found, row)
    if closes is not None and today is not None and today > closes:
        return search.answer("closed")
    usable = _usable(model, unit, levers)
    search.withheld = _withheld(model, found, unit, row, [lever for lever in levers if lever not in usable])
    wanted = target.settled()
    if search.holds(found, wanted):
        return search.answer("reached")
    if not usable:
        return search.answer("withheld")
    search.prepare(usable, with_others=wanted.kind == "rank")
    return search.score(wanted.value) if wanted.kind == "score" else search.rank(int(wanted.value))


class _Search:
    """The state of one search: curves, weights, and the model to verify with."""

    def __init__(self, model: IndexModel, unit: str, target: Target, result: IndexResult, row: int) -> None:
        self.model, self.unit, self.target, self.result, self.row = model, unit, target, result, row
        self.decimals = 6 if result.rank.decimals is None else result.rank.decimals
        self.withheld: tuple[Withheld, ...] = ()
        self.levers: tuple[Lever, ...] = ()
        self.raw = model.values.select(model.tree.leaves)[model.values.units.index(unit)]

    def prepare(self, levers: Sequence[Lever], *, with_others: bool) -> None:
        """Trace the curves of all levers, for the others too where they are to be passed."""
        self.levers = tuple(levers)
        self.scale: Scale = scale_of(self.model)
        self.watched = [self.row, *(self._others() if with_others else [])]
        leaves = self.model.tree.leaves
        table = np.zeros((len(self.watched), len(leaves)))
        for k, row in enumerate(self.watched):
            weights = present_weights(self.model, self.result, self.result.units[row])
            table[k] = [weights.get(code, 0.0) for code in leaves]
        now = self.scale.into(normalise_field(self.model, self.unit, self.raw[None])[0][self.watched])
        moved = [leaves.index(lever.code) for lever in levers]
        still = [i for i in range(len(leaves)) if i not in moved]
        with np.errstate(invalid="ignore"):
            self.fixed = np.where(table[:, still] > 0, table[:, still] * now[:, still], 0.0).sum(axis=1)
        self.weights = table[:, moved]
        self.curves = [
            trace_curve(self.model, self.unit, lever.code, lever.low, lever.high, self.scale, self.watched)
            for lever in levers
        ]

    def _others(self) -> list[int]:
        """Rows of those among whom places are given."""
        result, league = self.result, self.result.leagues[self.row]
        return [
            i for i, p in enumerate(result.printed)
            if i != self.row and p != MISSING and (not result.rank.within or result.leagues[i] == league)
        ]  # fmt: skip

    def answer(self, status: str, after: IndexResult | None = None, x: Array | None = None) -> Advice:
        """What is said, with the changes from the present values to ``x``."""
        end = after or self.result
        at = end.units.index(self.unit)
        changes = () if x is None else tuple(self._changes(x))
        return Advice(
            self.unit, status, self.target, self.decimals, int(self.result.printed[self.row]), float(self.result.ranks[self.row]),
            int(end.printed[at]), float(end.ranks[at]), sum(c.cost for c in changes), changes, self.withheld,
        )  # fmt: skip

    def _changes(self, x: Array) -> list[Change]:
        out = []
        for lever, value in zip(self.levers, x, strict=True):
            node, now = self.model.tree.by_code[lever.code], self.now(lever)
            if value != now:
                out.append(Change(
                    lever.code, node.zh or lever.code, node.en or lever.code, node.unit, now, float(value),
                    lever.fixed + lever.cost * abs(float(value) - now), lever.action_zh, lever.action_en,
                ))  # fmt: skip
        return out

    def now(self, lever: Lever) -> float:
        """The present value of a lever."""
        return float(self.raw[self.model.tree.leaves.index(lever.code)])

    def run(self, x: Array) -> IndexResult:
        """The model with the levers at ``x``."""
        table = self.model.values.x.copy()
        here = self.model.values.units.index(self.unit)
        for lever, value in zip(self.levers, x, strict=True):
            table[here, self.model.values.codes.index(lever.code)] = value
        return replace(self.model, values=replace(self.model.values, x=table), memory={}).run()

    def holds(self, result: IndexResult, wanted: Target) -> bool:
        """Whether a result reaches the target."""
        at = result.units.index(self.unit)
        if result.printed[at] == MISSING:
            return False
        if wanted.kind == "rank":
            return bool(result.ranks[at] <= wanted.value)
        return int(result.printed[at]) >= self._units(wanted.value)

    def _units(self, score: float) -> int:
        return math.ceil(score * 10.0**self.decimals - 1e-6)

    def score(self, value: float) -> Advice:
        """Reach a printed score."""
        printed, more = self._units(value), 0.0
        least = (printed - (0.5 if self.result.rank.decimals is not None else 0.0)) / 10**self.decimals
        for _ in range(ROUNDS):
            goal = float(self.scale.into(np.array([least + more + 1e-9]))[0])
            found = self._solve(goal, None)
            if found is None:
                break
            x, after = found
            if self.holds(after, Target("score", value)):
                return self.answer("feasible", after, x)
            more += max(least - float(after.scores[after.units.index(self.unit)]), 0.0) + 10.0 ** (-self.decimals - 4)
        return self._best(Target("score", value))

    def rank(self, place: int) -> Advice:
        """Reach a place: leave at most ``place − 1`` others in front, wherever they then stand."""
        grain = 10.0**-self.decimals
        own = float(self.result.scores[self.row])
        step = float(self.scale.into(np.array([own + grain]))[0] - self.scale.into(np.array([own]))[0])
        start = 0.0 if self.result.rank.ties in ("min", "dense") else 1.0
        for more in (0.0, 0.1, 0.5, 1.0, 2.0):
            found = self._solve((start + more) * step + 1e-9, place)
            if found is None:
                break
            x, after = found
            if self.holds(after, Target("rank", place)):
                return self.answer("feasible", after, x)
        return self._best(Target("rank", place))

    def _solve(self, goal: float, place: int | None) -> tuple[Array, IndexResult] | None:
        now = [self.now(lever) for lever in self.levers]
        x = solve(self.levers, self.curves, self.weights, self.fixed, goal, now, place)
        if x is None:
            return None
        x = self._printable(x)
        return x, self.run(x)

    def _printable(self, x: Array) -> Array:
        """Values to the decimals in which advice is given, away from the present ones and inside the bounds."""
        out = np.array(x, dtype=np.float64)
        for i, (lever, value) in enumerate(zip(self.levers, x, strict=True)):
            now, grain = self.now(lever), 10.0**lever.decimals
            if abs(value - now) <= 1e-9 * max(1.0, abs(now)):
                out[i] = now
            elif value > now:
                out[i] = min(math.ceil(value * grain - 1e-7) / grain, lever.high)
            else:
                out[i] = max(math.floor(value * grain + 1e-7) / grain, lever.low)
        return out

    def _best(self, wanted: Target) -> Advice:
        """All levers where they help most; that may still be enough where rounding decides."""
        x = np.array([_top(curve, self.now(lever)) for lever, curve in zip(self.levers, self.curves, strict=True)])
        after = self.run(x)
        return self.answer("feasible", after, x) if self.holds(after, wanted) else self.answer("infeasible", after)


def _top(curve: Sequence[Piece], now: float) -> float:
    ends = [
        (float(y[0]), -abs(x - now), x) for piece in curve for x, y in ((piece.a, piece.low), (piece.b, piece.high))
    ]
    return max(ends)[2] if ends else now


def _row(result: IndexResult, unit: str) -> int:
    if unit not in result.units or result.printed[result.units.index(unit)] == MISSING:
        raise KaiwuError(Problem("IX-UNIT-UNKNOWN", f"“{unit}”不在评价结果中或没有得分", f"“{unit}” is not rated or has no score", where=unit))  # fmt: skip
    return result.units.index(unit)


def _usable(model: IndexModel, unit: str, levers: Sequence[Lever]) -> list[Lever]:
    """Levers that may be advised on; refuses those that say nothing real or cannot be."""
    problems, out = [], []
    row = model.values.units.index(unit)
    for lever in levers:
        if lever.code not in model.tree.leaves:
            problems.append(Problem("IX-ADVICE-CODE", f"没有指标“{lever.code}”", f"there is no indicator “{lever.code}”", where=lever.code))  # fmt: skip
            continue
        if lever.is_statistical or model.values.flag.get((unit, lever.code)) == STATISTICAL:
            continue
        now = float(model.values.column(lever.code)[row])
        if np.isnan(now):
            continue
        if not (lever.action_zh and lever.action_en):
            problems.append(Problem(
                "IX-ADVICE-ACTION", f"“{lever.code}”没有写明行动; 只就实际行动提建议", f"“{lever.code}” names no action; advice is on real action only", where=lever.code,
            ))  # fmt: skip
        elif not lever.low <= now <= lever.high or lever.cost < 0 or lever.fixed < 0:
            problems.append(Problem(
                "IX-ADVICE-BOUNDS", f"“{lever.code}”现值 {now:g} 不在 {lever.low:g} 到 {lever.high:g} 之间, 或成本为负",
                f"“{lever.code}” is now {now:g}, not between {lever.low:g} and {lever.high:g}, or its cost is negative", where=lever.code,
            ))  # fmt: skip
        else:
            out.append(lever)
    if problems:
        raise KaiwuError(problems)
    return out


def _withheld(
    model: IndexModel, result: IndexResult, unit: str, row: int, levers: Sequence[Lever]
) -> tuple[Withheld, ...]:
    """Gaps of the statistical figures: what the best score in each would add at its weight."""
    if not levers:
        return ()
    weights: Mapping[str, float] = present_weights(model, result, unit)
    scale = 10 ** (6 if result.rank.decimals is None else result.rank.decimals)
    out = []
    for lever in levers:
        node, scores = model.tree.by_code[lever.code], result.score_of(lever.code)
        gap = float(np.nanmax(scores) - scores[row]) if not np.isnan(scores[row]) else 0.0
        out.append(Withheld(lever.code, node.zh or lever.code, node.en or lever.code, round(weights.get(lever.code, 0.0) * gap * scale)))  # fmt: skip
    return tuple(out)
