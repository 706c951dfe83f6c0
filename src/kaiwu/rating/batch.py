"""Conditions and formulas of a rating for all rows of a table at once.

Owns the passage from typed trees to arrays of answers and of exact ratios. It knows nothing of points. This is
the one place that chooses an engine of ``kaiwu.rule``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.quantity import date_index
from kaiwu.rating.points import Objects
from kaiwu.rule import expression as x
from kaiwu.rule.engine_numpy import Planes, evaluate_numpy
from kaiwu.rule.lower import Lowering, Ratio
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import INT64, Program, WidthError

Outcomes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_AND_RANK = np.array([0, 3, 1, 2], dtype=np.uint8)  # by outcome code: F < M < H < T
_OR_RANK = np.array([0, 3, 2, 1], dtype=np.uint8)  # F < H < M < T
_AND_BACK = np.array([0, 2, 3, 1], dtype=np.uint8)
_OR_BACK = np.array([0, 3, 2, 1], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Ratios:
    """One exact value per row: ``n / d`` with ``d > 0`` where ``state`` is PASS.

    ``state`` is PASS (known), MISSING (a figure is not there) or HUMAN (the formula has no value, as with a
    divisor of zero). ``n`` and ``d`` are Python integers; where the value is not known they are 0 and 1.
    """

    n: Objects
    d: Objects
    state: Outcomes

    @property
    def known(self) -> Mask:
        """Rows that have a value."""
        return np.asarray(self.state == Outcome.PASS)

    def at(self, row: int) -> Fraction | None:
        """The value of one row, reduced."""
        return Fraction(int(self.n[row]), int(self.d[row])) if self.state[row] == Outcome.PASS else None

    def order_keys(self) -> Objects:
        """Integers that order as the values do and are equal where they are equal (floor of n·2^k / d).

        Two different fractions are at least 1/(d·d') apart, so 2^k above d·d' keeps them apart.
        """
        widest = max((int(d).bit_length() for d in self.d), default=1)
        return np.asarray((self.n * (1 << (2 * widest + 1))) // self.d, dtype=object)


def all_answers(rows: int, parts: list[Outcomes]) -> Outcomes:
    """AND over arrays of answers; nothing at all is 符合."""
    rank = np.full(rows, 3, dtype=np.uint8)
    for part in parts:
        rank = np.minimum(rank, _AND_RANK[part])
    return _AND_BACK[rank]


def any_answers(rows: int, parts: list[Outcomes]) -> Outcomes:
    """OR over arrays of answers; nothing at all is 不符合."""
    rank = np.zeros(rows, dtype=np.uint8)
    for part in parts:
        rank = np.maximum(rank, _OR_RANK[part])
    return _OR_BACK[rank]


def any_in_groups(outcomes: Outcomes, groups: NDArray[np.int64], count: int) -> Outcomes:
    """OR over the rows of each group; ``groups`` gives a group number per row, rows with -1 are left out."""
    rank = np.zeros(count, dtype=np.uint8)
    inside = groups >= 0
    np.maximum.at(rank, groups[inside], _OR_RANK[outcomes[inside]])
    return _OR_BACK[rank]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a batch found: answers of its conditions and values of its formulas, by key."""

    outcomes: Mapping[str, Outcomes]
    ratios: Mapping[str, Ratios]


@dataclass(slots=True)
class Batch:
    """Compiled conditions and formulas, by key. ``too_wide`` lists those whose bounds may pass 128 bits; they cannot run."""

    conditions: Mapping[str, x.Bool] = field(default_factory=dict)
    values: Mapping[str, x.Num] = field(default_factory=dict)
    program: Program = field(default_factory=Program)
    _truths: dict[str, int] = field(default_factory=dict)
    _ratios: dict[str, Ratio] = field(default_factory=dict)
    too_wide: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lowering = Lowering(self.program)
        for key, tree in self.conditions.items():
            try:
                self._truths[f"condition {key}"] = lowering.condition(tree)
            except WidthError as error:
                self.too_wide[key] = str(error)
        for key, value in self.values.items():
            # Comparing with zero answers whether there is a value: MISSING and HUMAN come out of the lowering itself.
            probe = x.Compare(op=">=", left=value, right=x.Literal(value=Fraction(0), dimension=value.dimension))
            try:
                ratio, truth = lowering.number(value), lowering.condition(probe)
                self._ratios[key], self._truths[f"value {key}"] = ratio, truth
            except WidthError as error:
                self.too_wide[key] = str(error)

    def refs(self) -> dict[str, x.Ref]:
        """Every frame column that is read, by slot."""
        found: dict[str, x.Ref] = {}
        for tree in (*self.conditions.values(), *self.values.values()):
            found |= x.slots_of(tree)
        return found

    def evaluate(self, table: pl.DataFrame, as_of: dt.date, rated: int) -> Answers:
        """Evaluate all of them for every row of a table of stored integers."""
        context = {"#as_of": date_index(as_of), "#rated": rated}
        columns = {slot: _column(slot, table, context) for slot in {*self.program.slots, "#as_of"}}
        integers = [node for ratio in self._ratios.values() for node in (ratio.n, ratio.d)]
        planes = evaluate_numpy(self.program, list(self._truths.values()), integers, columns)
        return Answers(
            {key: planes.outcome(self._truths[f"condition {key}"]) for key in self.conditions},
            {key: _read(planes, ratio, self._truths[f"value {key}"]) for key, ratio in self._ratios.items()},
        )

    def is_narrow(self, key: str) -> bool:
        """Whether 64 bits hold numerator and denominator of a value, reduced, whatever the figures are."""
        ratio, p = self._ratios[key], self.program
        tops = [max(abs(p.low[node]), abs(p.high[node])) for node in (ratio.n, ratio.d)]
        return tops[0] * ratio.scale.numerator <= INT64 and tops[1] * ratio.scale.denominator <= INT64


def _column(slot: str, table: pl.DataFrame, context: Mapping[str, int]) -> pl.Series:
    if slot in table.columns:
        return table[slot]
    return pl.Series(slot, [context.get(slot)], dtype=pl.Int64).new_from_index(0, table.height)


def _read(planes: Planes, ratio: Ratio, truth: int) -> Ratios:
    state = planes.outcome(truth)
    known = state <= Outcome.PASS
    n, d = (
        np.where(known, planes.integers(node)[0].astype(object), default)
        for node, default in ((ratio.n, 0), (ratio.d, 1))
    )
    return Ratios(
        np.where(known, n * ratio.scale.numerator, 0),
        np.where(known, d * ratio.scale.denominator, 1),
        np.where(known, np.uint8(Outcome.PASS), state).astype(np.uint8),
    )
