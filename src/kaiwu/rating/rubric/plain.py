"""A rubric for one entity, plainly (直算): rationals on the typed trees, independent of the lowering.

Owns the second opinion on points and verdicts; explanations are made from it. What the words mean is in ``lowering.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.figure.variable import Variable
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.reader import POINT
from kaiwu.rating.rubric.book import Block, Form, Item, Mark, Route, RubricBook
from kaiwu.rating.rubric.lowering import LEAST
from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome, all_of, any_of
from kaiwu.rule.reference import Reference, Row, round_to


@dataclass(frozen=True, slots=True)
class Points:
    """Lowest and highest points in 分, and 符合 where they are certain, else why they are not."""

    low: Fraction
    high: Fraction
    state: Outcome

    @property
    def is_certain(self) -> bool:
        """Whether nothing can move them any more."""
        return self.state is Outcome.PASS


@dataclass(slots=True)
class PlainRubric:
    """All points and verdicts of one row; ``points`` by code of block or item."""

    book: RubricBook
    row: Row
    assumed: Mapping[str, Fraction] = field(default_factory=dict)  # items of which the points are supposed, in 分
    points: dict[str, Points] = field(default_factory=dict)
    reference: Reference = field(init=False)

    def __post_init__(self) -> None:
        self.reference = Reference(self.row)
        self._block(self.book.root)

    @property
    def total(self) -> Points:
        """The points of everything."""
        return self.points[self.book.root.code]

    def _block(self, block: Block) -> Points:
        parts = [self._block(c) if isinstance(c, Block) else self._item(c) for c in block.children]
        low = _capped(sum((p.low for p in parts), Fraction(0)), block.most)
        high = _capped(sum((p.high for p in parts), Fraction(0)), block.most)
        state = Outcome.PASS if low == high else all_of([p.state for p in parts])
        given = self.given(block.given)
        self.points[block.code] = Points(low, high, state) if given is None else Points(given, given, Outcome.PASS)
        return self.points[block.code]

    def _item(self, item: Item) -> Points:
        if item.code in self.assumed:
            supposed = self.assumed[item.code]
            self.points[item.code] = Points(supposed, supposed, Outcome.PASS)
            return self.points[item.code]
        low, high = self.ends(item.form)
        low, high = _capped(low, item.most), _capped(high, item.most)
        state = Outcome.PASS if low == high else self.why(item.form)
        given = self.given(item.given)
        if given is None:
            found = Points(low, high, state)
        elif low <= given <= high:
            found = Points(given, given, Outcome.PASS)
        else:
            found = Points(min(low, given), max(high, given), Outcome.HUMAN)
        self.points[item.code] = found
        return found

    def given(self, variable: Variable | None) -> Fraction | None:
        """The points of a score variable in 分; ``None`` where none were given."""
        stored = self.row.get(variable.code) if variable is not None else None
        return None if stored is None or variable is None else stored * Fraction(variable.grain) / POINT

    def ends(self, form: Form) -> tuple[Fraction, Fraction]:
        """The lowest and highest points of a form, in 分, before any cap."""
        low, high = self.reference.interval(form.low)[0], self.reference.interval(form.high)[1]
        return tuple(round_to(end, Fraction(1), "half_up") / POINT for end in (low, high))  # type: ignore[return-value]

    def why(self, form: Form) -> Outcome:
        """缺数据 where a figure is missing, 需认定 where only a human can settle the points."""
        probe = x.Compare(op=">=", left=form.low, right=x.Literal(value=Fraction(LEAST), dimension=SCORE))
        found = self.reference.outcome(probe)
        return Outcome.HUMAN if found is Outcome.PASS else found

    # -- verdicts ----------------------------------------------------------------------------------------

    def mark(self, mark: Mark) -> Outcome:
        """Whether a line of points is reached."""
        points = self.points[mark.of]
        low, high = ((end > mark.at if mark.is_strict else end >= mark.at) for end in (points.low, points.high))
        return Outcome.PASS if low else points.state if high else Outcome.FAIL

    def marks(self, route: Route) -> Outcome:
        """Whether all lines of a route are reached; 不符合 where it has none."""
        return all_of([self.mark(mark) for mark in route.marks]) if route.marks else Outcome.FAIL

    def scope(self) -> Outcome:
        """Whether the entity is in scope."""
        return Outcome.PASS if self.book.scope is None else self.reference.outcome(self.book.scope)

    def verdict(self, route: Route) -> Outcome:
        """The answer of a route."""
        parts = [self.scope(), *(self.reference.outcome(gate.tree) for gate in route.gates)]
        if route.marks or route.direct:
            ways = [self.reference.outcome(way.tree) for way in route.direct]
            parts.append(any_of([self.marks(route), *ways]))
        elif not route.gates:
            parts.append(self.total.state)
        return all_of(parts)

    def grades(self) -> tuple[str, ...]:
        """The grades that the score still allows, best first."""
        if self.book.grades is None:
            return ()
        rows = self.book.grades.rows
        places = [next(i for i, row in enumerate(rows) if self.book.grades.holds(row, end)) for end in (self.total.high, self.total.low)]  # fmt: skip
        return self.book.grades.codes()[places[0] : places[1] + 1]


def _capped(points: Fraction, most: Fraction | None) -> Fraction:
    return points if most is None else min(points, most)
