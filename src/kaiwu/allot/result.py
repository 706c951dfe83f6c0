"""A placed round (分配结果): who is served with what, who waits and why, and the counts that sum to the scope.

Owns the verb ``allot`` and the reading of its result. Sentences are ``phrase``, the kept form is ``record``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.cutoff import Cutoff, find_cutoffs
from kaiwu.allot.pairing import Pairing, pair_up
from kaiwu.allot.placement import Grant, Placement, place
from kaiwu.allot.priority import Priority, rank_applicants
from kaiwu.allot.quota import Cell
from kaiwu.allot.round import Round, check_round
from kaiwu.allot.supply import Supply
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.outcome import Outcome

GRANTED, WAITING, REFUSED, MISSING, HUMAN = "granted", "waiting", "refused", "missing", "human"
STATUSES: dict[str, tuple[str, str]] = {
    GRANTED: ("已安排", "placed"),
    WAITING: ("轮候", "waiting"),
    REFUSED: ("不符合条件", "conditions not met"),
    MISSING: ("缺数据", "data missing"),
    HUMAN: ("需认定", "finding needed"),
}
_BY_OUTCOME = {Outcome.FAIL: REFUSED, Outcome.MISSING: MISSING, Outcome.HUMAN: HUMAN, Outcome.PASS: WAITING}


@dataclass(frozen=True, eq=False)
class Allotment:
    """A round with its order, its placement and the cut-offs of all who wait. Equal rounds give equal allotments."""

    round: Round
    pairing: Pairing
    priority: Priority
    placement: Placement

    @cached_property
    def cutoffs(self) -> Mapping[int, Cutoff]:
        """By position in the round."""
        return find_cutoffs(self.round, self.pairing, self.placement, self.priority)

    @cached_property
    def grant_of(self) -> Mapping[int, int]:
        """Number of the grant by position of the applicant."""
        return {g.applicant: n for n, g in enumerate(self.placement.grants)}

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Position of an applicant by id."""
        return {a.id: i for i, a in enumerate(self.round.applicants)}

    def statuses(self) -> dict[str, str]:
        """How each applicant stands, by id, in the order of the round."""
        return {a.id: self.status(i) for i, a in enumerate(self.round.applicants)}

    def status(self, position: int) -> str:
        """One of ``STATUSES``."""
        return GRANTED if position in self.grant_of else _BY_OUTCOME[self.round.applicants[position].standing]

    def counts(self) -> dict[str, int]:
        """How many of each status; they sum to the scope."""
        found = list(self.statuses().values())
        return {status: found.count(status) for status in STATUSES}

    def grants(self) -> dict[str, str]:
        """Supply by applicant, in the order of supply (供地优先序)."""
        return {self.applicant_of(g).id: self.supply_of(g).id for g in self.placement.grants}

    def applicant_of(self, grant: Grant) -> Applicant:
        """Who holds a grant."""
        return self.round.applicants[grant.applicant]

    def supply_of(self, grant: Grant) -> Supply:
        """What a grant gives."""
        return self.pairing.supplies[grant.supply]

    def cell(self, number: int) -> Cell:
        """The quota cell of a number."""
        return self.pairing.quotas.cells[number]

    def left_over(self) -> list[Supply]:
        """Supplies that nobody took: they roll over into the next round."""
        taken = {g.supply for g in self.placement.grants}
        return [s for i, s in enumerate(self.pairing.supplies) if i not in taken]


def allot(round_: Round) -> Allotment:
    """Place a round (分配): check, order, place. Raises ``KaiwuError`` with all that is wrong with it.

    Where a meeting made exceptions, they must name exactly those whom they displace.
    """
    placed = _place(round_)
    named = sorted({name for entry in round_.exceptions for name in entry.displaces})
    displaced = _displaced(placed)
    if named != displaced:
        listed = "、".join(displaced) or "-"
        zh = f"例外事项必须写明被替换的项目, 应为: {listed}"
        en = f"the exceptions must name whom they displace: {listed}"
        raise KaiwuError(Problem("A-DISPLACED", zh, en, where=round_.code, text="、".join(named)))
    return placed


def find_displaced(round_: Round) -> list[str]:
    """Whom the exceptions of a round displace (被替换): placed without them, not placed with them."""
    return _displaced(_place(round_))


def _place(round_: Round) -> Allotment:
    check_round(round_)
    priority = rank_applicants(round_)
    pairing = pair_up(round_)
    return Allotment(round_, pairing, priority, place(round_, pairing, priority.order))


def _displaced(placed: Allotment) -> list[str]:
    if not placed.round.exceptions:
        return []
    without = _place(replace(placed.round, exceptions=()))
    return sorted(set(without.grants()) - set(placed.grants()))
