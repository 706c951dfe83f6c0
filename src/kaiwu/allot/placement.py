"""The placement (配置): walk down the order of priority, pass by pass, and give each the first supply that it fits.

Owns the walk and what it leaves behind: grants, and for every grant the state of quotas before it. It is serial dictatorship
with reserves and quotas, so nobody is passed over whom a freed grant would have served (``docs/allotment.md``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.pairing import Pairing, Truth, Whole
from kaiwu.allot.round import Round
from kaiwu.allot.rule import Pass
from kaiwu.quantity import KaiwuError, Problem

BY_MEETING = "meeting"
"""The pass of grants that stand on an exception in the minutes."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant: positions of applicant (in the round) and supply (in the pairing), and the pass that made it."""

    applicant: int
    supply: int
    stage: str


@dataclass(frozen=True, slots=True)
class Span:
    """The grants of one pass: states ``first`` … ``last`` (inclusive) are those that its members saw."""

    stage: Pass
    first: int
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Grants in the order in which they were made. State g is what g grants have left: ``remaining[g]`` of every quota cell."""

    grants: tuple[Grant, ...]
    spans: tuple[Span, ...]
    remaining: Whole  # (G + 1, C)


class _Walk:
    """The state of one walk."""

    def __init__(self, pairing: Pairing) -> None:
        self.pairing = pairing
        self.is_free: Truth = np.ones(len(pairing.supplies), bool)
        self.remaining = pairing.quotas.capacity.copy()
        self.history = [self.remaining.copy()]
        self.grants: list[Grant] = []
        self.served: set[int] = set()
        self.used: set[str] = set()
        self.demanded = [np.flatnonzero(row) for row in pairing.quotas.demand]

    def feasible(self, a: int, usable: Truth) -> Truth:
        """Supplies that an applicant could take in this state, thresholds aside; shape (L,)."""
        pairing, quotas = self.pairing, self.pairing.quotas
        open_: Truth = pairing.fits[a] & usable & self.is_free
        if quotas.taken.shape[1]:
            open_ &= (quotas.taken <= self.remaining[quotas.taken_cell]).all(1)
        columns = self.demanded[a]
        if columns.size:
            has_room = (self.remaining[quotas.demand_cell[:, columns]] >= quotas.demand[a, columns]).all(1)
            open_ &= has_room[pairing.park]
        return open_

    def choose(self, a: int, usable: Truth, thresholds: Sequence[int]) -> int | None:
        """The first supply in the applicant's own order: those it names, then by kind, then by the rule's choice."""
        if a in self.served or not self.used.isdisjoint(self.pairing.holders[a]):
            return None
        open_ = self.feasible(a, usable)
        allowed = [k for k in self.pairing.accepts[a] if self.pairing.score[a] >= thresholds[k]]
        for at in self.pairing.prefers[a]:
            if open_[at] and self.pairing.kind[at] in allowed:
                return at
        for k in allowed:
            part = self.pairing.slices[k]
            if part.start < part.stop and open_[first := int(part.start + open_[part].argmax())]:
                return first
        return None

    def grant(self, a: int, at: int, stage: str) -> None:
        """Give a supply to an applicant and take what it needs from the quotas."""
        quotas = self.pairing.quotas
        np.subtract.at(self.remaining, quotas.demand_cell[self.pairing.park[at]], quotas.demand[a])
        np.subtract.at(self.remaining, quotas.taken_cell[at], quotas.taken[at])
        self.is_free[at] = False
        self.used.update(self.pairing.holders[a])
        self.served.add(a)
        self.grants.append(Grant(a, at, stage))
        self.history.append(self.remaining.copy())


def place(round_: Round, pairing: Pairing, order: Sequence[int]) -> Placement:
    """Place a round: exceptions of meetings first, then every pass in its order. Raises ``KaiwuError`` where an exception
    breaks a hard constraint or a quota."""
    walk = _Walk(pairing)
    _grant_exceptions(round_, walk)
    thresholds = [k.threshold for k in round_.rule.kinds]
    spans = []
    for stage in round_.rule.passes:
        first = len(walk.grants)
        _walk_pass(walk, stage, order, thresholds)
        spans.append(Span(stage, first, len(walk.grants)))
    return Placement(tuple(walk.grants), tuple(spans), np.array(walk.history))


def _walk_pass(walk: _Walk, stage: Pass, order: Sequence[int], thresholds: Sequence[int]) -> None:
    members, usable = walk.pairing.members(stage), walk.pairing.usable(stage)
    area_left, first = stage.most_area, len(walk.grants)
    for a in order:
        if stage.most is not None and len(walk.grants) - first >= stage.most:
            return
        if not members[a]:
            continue
        small = usable if area_left is None else usable & (walk.pairing.area <= area_left)
        at = walk.choose(a, small, thresholds)
        if at is not None:
            walk.grant(a, at, stage.code)
            area_left = None if area_left is None else area_left - int(walk.pairing.area[at])


def _grant_exceptions(round_: Round, walk: _Walk) -> None:
    everywhere = np.ones(len(walk.pairing.supplies), bool)
    supplies = {s.id: i for i, s in enumerate(walk.pairing.supplies)}
    applicants = {a.id: i for i, a in enumerate(round_.applicants)}
    for i, entry in enumerate(round_.exceptions):
        a, at = applicants[entry.applicant], supplies[entry.supply]
        is_free = a not in walk.served and walk.used.isdisjoint(walk.pairing.holders[a])
        if not is_free or not walk.feasible(a, everywhere)[at]:
            zh = (
                f"{entry.supply} 不能给 {entry.applicant}: 例外事项可以改变先后, 不能突破否决项、硬约束、指标和一家一宗"
            )
            en = f"{entry.supply} cannot go to {entry.applicant}: an exception may change the order, no veto, hard constraint, quota or single grant"  # fmt: skip
            raise KaiwuError(Problem("A-EXCEPTION", zh, en, where=f"{round_.code} exceptions[{i}]"))
        walk.grant(a, at, BY_MEETING)
