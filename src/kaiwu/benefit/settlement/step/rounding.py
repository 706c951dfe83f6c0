"""Rounding (取整) of awards: largest remainder within each pot, down, or half up.

Owns that no rounding lifts a cap or overdraws a pot: where it would, the claims concerned are rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.share import raise_largest
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.benefit.settlement.tally import NONE, Bools, Effect, Ints, Scope, Tally, plain_effect
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("取整", "rounding")
MODES = ("largest_remainder", "down", "half_up")


@dataclass(frozen=True, slots=True)
class Rounding:
    """To multiples of ``to`` fen."""

    term: Term
    to: int
    mode: str

    def columns(self) -> Sequence[str]:
        """None."""
        return ()

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Round every award: exactly, but outwards where it shares a cap or pot with one that is open."""
        group = self._groups(tally, scope)
        floor = scope.low // self.to * self.to
        linked = self._linked(tally, scope)
        barred = np.zeros(len(scope), bool)
        while True:
            rounded = self._round(tally, scope, group, floor, barred)
            wrong = self._breaks(tally, scope, rounded) & (rounded > floor) & ~barred & ~linked
            if not wrong.any():
                break
            barred |= wrong
        up = 0 if self.mode == "down" else self.to - 1
        ceiling = (scope.high + up) // self.to * self.to
        code = np.where(linked, 1, np.where(barred & (scope.low % self.to > 0), 2, 0)).astype(np.uint8)
        low, high = np.where(linked, floor, rounded), np.where(linked, ceiling, rounded)
        return plain_effect(scope, low=low, high=high, code=code, group=group)

    def _linked(self, tally: Tally, scope: Scope) -> Bools:
        """Awards that are open, or share a cap or pot with one that is, through however many of them."""
        linked = tally.low != tally.high
        linked[scope.rows] = scope.low != scope.high
        guards = [(g.rows, np.unique(g.group, return_inverse=True)[1]) for g in tally.guards if len(g.rows)]
        count = -1 if linked.any() else 0
        while count != (count := int(linked.sum())):
            for rows, at in guards:
                hit = np.zeros(int(at.max()) + 1, bool)
                hit[at[linked[rows]]] = True
                linked[rows] |= hit[at]
        found: Bools = linked[scope.rows]
        return found

    def _groups(self, tally: Tally, scope: Scope) -> Ints:
        """The pot that each claim was last drawn on; −1 for claims without one."""
        code = np.full(len(tally), NONE, np.int64)
        for n, done in enumerate(tally.done):
            if isinstance(done.step, Pot):
                code[done.scope.rows] = (n + 1) * 100_000 + done.effect.group
        return code[scope.rows]

    def _round(self, tally: Tally, scope: Scope, group: Ints, floor: Ints, barred: Bools) -> Ints:
        rest = scope.low - floor
        if self.mode == "down":
            return floor
        if self.mode == "half_up":
            return np.where((2 * rest >= self.to) & ~barred, floor + self.to, floor)
        rounded = floor.copy()
        for pot in np.unique(group[group >= 0]).tolist():
            at = np.flatnonzero(group == pot)
            units = int(scope.low[at].sum()) // self.to - int(floor[at].sum()) // self.to
            if units:
                part = rounded[at]
                raise_largest(part, rest[at], units, tally.marker(scope.rows[at]), self.to, ~barred[at])
                rounded[at] = part
        return rounded

    def _breaks(self, tally: Tally, scope: Scope, rounded: Ints) -> Bools:
        """Claims in a group whose cap or pot the rounded amounts would exceed."""
        amount = tally.low.copy()
        amount[scope.rows] = rounded
        wrong = np.zeros(len(tally), bool)
        for guard in tally.guards:
            if len(guard.rows) == 0:
                continue
            at = np.unique(guard.group, return_inverse=True)[1]
            total = np.zeros(int(at.max()) + 1, np.int64)
            np.add.at(total, at, amount[guard.rows])
            wrong[guard.rows] |= total[at] > guard.limit
        return wrong[scope.rows]

    def phrase(self, line: Line) -> tuple[str, str]:
        """To what it was rounded."""
        to = money(self.to)
        words = {
            "largest_remainder": ("最大余数", "largest remainder"),
            "down": ("舍去", "down"),
            "half_up": ("四舍五入", "half up"),
        }
        zh, en = f"取整到{to[0]}({words[self.mode][0]})", f"rounded to {to[1]} ({words[self.mode][1]})"
        if line.code == 1:
            return f"{zh}; 还有未定的申报, 暂取两端", f"{en}; claims are open, both ends are kept"
        return (
            (f"{zh}, 不得超过封顶, 故舍去", f"{en}, down because a cap would be exceeded")
            if line.code == 2
            else (zh, en)
        )


def read(reader: StepReader, entry: Entry, term: Term) -> Rounding:
    """``{step: round, to: 1元, mode: largest_remainder}``."""
    entry.check_keys((*TERM_KEYS, "to", "mode"))
    for key in ("to", "mode"):
        if entry.data.get(key) is None:
            entry.complain("F-KEY-MISSING", f"缺少“{key}”, 请补上", f"“{key}” is missing; add it", key)
    return Rounding(term, max(reader.fen(entry, "to") or 1, 1), entry.choice("mode", MODES, "down"))
