"""Which offers can meet a need (可行性): masks and hard constraints over all offers at once, in the four answers.

Owns the columns of attributes and the combination. Constraints run through the NumPy engine of the rule language; the
words for the few offers that are shown come from the exact reference (``constraint``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kaiwu.match.constraint import Constraint
from kaiwu.match.mask import Mask, MaskTable, Outcomes
from kaiwu.match.record import Need, Offer
from kaiwu.quantity import date_index
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Program


@dataclass(frozen=True, slots=True, eq=False)
class Eligibility:
    """For one need, over all rows: what facts leave out, what wishes and constraints say, and all of it together.

    ``met`` are rows of which everything is known to hold, ``open`` those that nothing rules out but of which something
    is not known. ``wishes`` and ``constraints`` hold ``Outcome`` codes by mask name and by position.
    """

    facts: Mapping[str, Mask]
    wishes: Mapping[str, Outcomes]
    constraints: tuple[Outcomes, ...]
    shown: Mask  # not left out by a fact, and alive
    met: Mask
    open: Mask

    def left_out(self) -> dict[str, int]:
        """How many rows each mask leaves out, each row counted at the first that does."""
        counts: dict[str, int] = {}
        seen: Mask | None = None
        for name, out in (*self.facts.items(), *((n, o == Outcome.FAIL) for n, o in self.wishes.items())):
            fresh = out if seen is None else out & ~seen
            counts[name] = int(np.count_nonzero(fresh))
            seen = out if seen is None else seen | out
        return {name: count for name, count in counts.items() if count}

    def without(self, name: str | int) -> Mask:
        """Rows that would be met if one wish (by name) or one constraint (by position) were given up."""
        kept = [o for n, o in self.wishes.items() if n != name]
        kept += [o for i, o in enumerate(self.constraints) if i != name]
        return self.shown & _all_pass(kept, len(self.shown))


class _Integers:
    """One attribute by row, growing; what was never put is not known."""

    def __init__(self) -> None:
        self._values = np.zeros(16, np.int64)
        self._known = np.zeros(16, np.bool_)

    def put(self, row: int, value: int) -> None:
        self._reserve(row + 1)
        self._values[row], self._known[row] = value, True

    def series(self, name: str, rows: int) -> pl.Series:
        self._reserve(rows)
        values = pl.Series(name, self._values[:rows])
        known = self._known[:rows]
        return values if known.all() else values.set(pl.Series(~known), None)

    def _reserve(self, rows: int) -> None:
        if rows > len(self._values):
            more = max(rows, 2 * len(self._values)) - len(self._values)
            self._values = np.concatenate([self._values, np.zeros(more, np.int64)])
            self._known = np.concatenate([self._known, np.zeros(more, np.bool_)])


class OfferTable:
    """The structured side of offers, by row: masks and attributes."""

    def __init__(self) -> None:
        self.masks = MaskTable()
        self.rows = 0
        self._columns: dict[str, _Integers] = {}

    def append(self, offer: Offer) -> None:
        """Add an offer as the next row."""
        self.masks.append(offer)
        for code, value in offer.fields.items():
            if isinstance(value, int):
                self._columns.setdefault(code, _Integers()).put(self.rows, value)
        self.rows += 1

    def is_stated(self, code: str, rows: Mask) -> bool:
        """Whether some offer among the rows states an attribute."""
        return bool((self.column(code).is_not_null().to_numpy() & rows).any())

    def column(self, code: str) -> pl.Series:
        """The values of an attribute; null where an offer does not state it."""
        return self._columns.get(code, _Integers()).series(code, self.rows)

    def judge(self, need: Need, day: dt.date, alive: Mask) -> Eligibility:
        """Decide every offer for a need."""
        facts = self.masks.facts(need, day)
        shown = alive.copy()
        for out in facts.values():
            shown &= ~out
        wishes = self.masks.wishes(need)
        constraints = self.check(need.constraints, day)
        parts = [*wishes.values(), *constraints]
        met = shown & _all_pass(parts, self.rows)
        possible = shown.copy()
        for part in parts:
            possible &= part != Outcome.FAIL
        return Eligibility(facts, wishes, constraints, shown, met, possible & ~met)

    def check(self, constraints: Sequence[Constraint], day: dt.date) -> tuple[Outcomes, ...]:
        """``Outcome`` codes of each constraint for every row; shape (rows,) each."""
        if not constraints or not self.rows:
            return tuple(np.zeros(self.rows, np.uint8) for _ in constraints)
        program = Program()
        lowering = Lowering(program)
        roots = [lowering.condition(constraint.tree) for constraint in constraints]
        slots = program.slots_of(roots)
        given = {"#as_of": date_index(day), "#rated": day.year}
        columns = {
            slot: pl.Series(slot, [given[slot]] * self.rows, dtype=pl.Int64) if slot in given else self.column(slot)
            for slot in slots
        }
        planes = evaluate_numpy(program, roots, (), columns, threads=1)
        return tuple(planes.outcome(root) for root in roots)


def _all_pass(parts: Sequence[Outcomes], rows: int) -> Mask:
    met = np.ones(rows, np.bool_)
    for part in parts:
        met &= part == Outcome.PASS
    return met
