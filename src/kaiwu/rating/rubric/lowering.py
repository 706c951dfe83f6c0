"""Lowers a rubric to integer and truth nodes: per item, block and total the lowest and highest points and why they differ.

Owns the meaning of caps, given points and marks under missing facts. Every evaluator runs the nodes; the same is said
once more, plainly, in ``plain.py``.

A part's ``state`` is 符合 where its points are certain, 缺数据 where a figure is missing that moves them, else 需认定.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.figure.variable import Variable
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.reader import POINT
from kaiwu.rating.rubric.book import Block, Condition, Form, Item, Mark, Route, RubricBook
from kaiwu.rule import expression as x
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Op, Program

LEAST = -(10**9) * POINT
"""Below any points: a comparison with it only asks whether there is a value."""


@dataclass(frozen=True, slots=True)
class Score:
    """Nodes of one part: lowest and highest points in 10^-6 分, and whether they are certain."""

    low: int
    high: int
    state: int


@dataclass(slots=True)
class RubricLowering:
    """A program with the nodes of every part and route of a rubric, by code."""

    book: RubricBook
    program: Program = field(default_factory=Program)
    scores: dict[str, Score] = field(default_factory=dict)
    routes: dict[str, int] = field(default_factory=dict)
    lowering: Lowering = field(init=False)
    amounts: IntervalLowering = field(init=False)

    def __post_init__(self) -> None:
        self.lowering = Lowering(self.program)
        self.amounts = IntervalLowering(self.lowering)
        self._block(self.book.root)
        for route in self.book.routes:
            self.routes[route.code] = self._route(route)

    # -- points ------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> Score:
        p = self.program
        parts = [self._block(c) if isinstance(c, Block) else self._item(c) for c in block.children]
        low = high = p.const(0)
        for part in parts:
            low, high = p.add(low, part.low), p.add(high, part.high)
        low, high = self._capped(low, block.most), self._capped(high, block.most)
        state = self._settled(low, high, p.conjunction(Op.AND, [part.state for part in parts]))
        if block.given is not None:
            given = self._points_of(block.given)
            low, high = p.coalesce(given, low), p.coalesce(given, high)
            state = p.conjunction(Op.OR, [p.is_known(given), state])
        self.scores[block.code] = Score(low, high, state)
        return self.scores[block.code]

    def _item(self, item: Item) -> Score:
        low, high = self._ends(item.form)
        low, high = self._capped(low, item.most), self._capped(high, item.most)
        state = self._settled(low, high, self._why(item.form))
        if item.given is not None:
            low, high, state = self._with_given(item.given, low, high, state)
        self.scores[item.code] = Score(low, high, state)
        return self.scores[item.code]

    def _ends(self, form: Form) -> tuple[int, int]:
        one = Fraction(1)
        low, high = self.amounts.steps(form.low, one, "half_up")
        return (low, self.amounts.steps(form.high, one, "half_up")[1]) if form.is_range else (low, high)

    def _capped(self, node: int, most: Fraction | None) -> int:
        return node if most is None else self.program.pick(Op.MIN, node, self._const(most))

    def _const(self, points: Fraction) -> int:
        return self.program.const(int(points * POINT))

    def _why(self, form: Form) -> int:
        """Never true: 缺数据 where a figure is missing, 需认定 where only a human can settle the points."""
        probe = x.Compare(op=">=", left=form.low, right=x.Literal(value=Fraction(LEAST), dimension=SCORE))
        return self.program.conjunction(Op.AND, [self.lowering.condition(probe), self.program.needs_human()])

    def _settled(self, low: int, high: int, why: int) -> int:
        """True where both ends are equal, else why they are not."""
        p = self.program
        return p.conjunction(Op.OR, [p.truth(True) if low == high else p.compare(Op.EQ, low, high), why])

    def _points_of(self, variable: Variable) -> int:
        ratio = self.lowering.number(x.Ref(variable=variable, dimension=SCORE))
        return self.program.mul(self.program.const(int(ratio.scale)), ratio.n)

    def _with_given(self, variable: Variable, low: int, high: int, state: int) -> tuple[int, int, int]:
        """Points that a human gave settle an item where they lie within what its table allows; else both are shown."""
        p = self.program
        given = self._points_of(variable)
        fits = p.conjunction(Op.AND, [p.compare(Op.LE, low, given), p.compare(Op.LE, given, high)])
        least = p.coalesce(p.select(fits, given, p.pick(Op.MIN, low, given)), low)
        most = p.coalesce(p.select(fits, given, p.pick(Op.MAX, high, given)), high)
        known = p.is_known(given)
        open_ = p.conjunction(Op.AND, [p.negate(known), state])
        clash = p.conjunction(Op.AND, [known, p.negate(fits), p.needs_human()])
        settled = p.conjunction(Op.AND, [known, fits])
        return least, most, p.conjunction(Op.OR, [settled, open_, clash])

    # -- verdicts ----------------------------------------------------------------------------------------

    def _route(self, route: Route) -> int:
        p = self.program
        parts = [self.lowering.condition(self.book.scope)] if self.book.scope is not None else []
        parts += [self.condition(gate) for gate in route.gates]
        direct = [self.condition(way) for way in route.direct]
        if route.marks or direct:
            reached = (
                p.conjunction(Op.AND, [self.mark(mark) for mark in route.marks]) if route.marks else p.truth(False)
            )
            parts.append(p.conjunction(Op.OR, [reached, *direct]))
        elif not route.gates:
            parts.append(self.scores[self.book.root.code].state)
        return p.conjunction(Op.AND, parts)

    def condition(self, condition: Condition) -> int:
        """The truth node of a named condition."""
        return self.lowering.condition(condition.tree)

    def mark(self, mark: Mark) -> int:
        """Reached surely, surely not, or why that is open."""
        p, score = self.program, self.scores[mark.of]
        op, at = (Op.LT if mark.is_strict else Op.LE), self._const(mark.at)
        maybe = p.conjunction(Op.AND, [p.compare(op, at, score.high), score.state])
        return p.conjunction(Op.OR, [p.compare(op, at, score.low), maybe])
