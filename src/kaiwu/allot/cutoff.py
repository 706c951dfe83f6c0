"""The cut-off (入围线) of everybody who was not placed: how far the score would have to rise, and who set that line.

Owns the arithmetic, all losers at once. It rests on one fact: who takes nothing changes nothing for others, so had a loser
stood earlier in line, it would have seen exactly the states that the walk went through. Its last state in which some supply
fitted names the grant to come before. ``docs/allotment.md`` has the proof; the tests run it again just above and just below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.pairing import Pairing, Whole
from kaiwu.allot.placement import Placement, Span
from kaiwu.allot.priority import Priority
from kaiwu.allot.round import Round

NEVER = -1
_FAR = 2**62
_BLOCK = 512
"""Losers explained at a time: bounds the memory of one (losers, supplies) array."""

TAKEN, QUOTA, PASS, HOLDER, THRESHOLD = "taken", "quota", "pass", "holder", "threshold"
BINDINGS = (TAKEN, QUOTA, PASS, HOLDER, THRESHOLD)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The least score that would have been granted, everything else equal.

    ``grant`` is the grant to come before (``None``: only the threshold stands in the way), ``supply`` the position of what would
    then have been free, ``binding`` what that grant used up, ``cell`` the quota cell where it was one.
    """

    needed: int
    grant: int | None
    supply: int
    stage: str
    binding: str
    cell: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Last states in which something still fits; large where it never ends."""

    taken: Whole  # (L,) the supply is free
    takes: Whole  # (L,) quotas have what the supply itself takes
    demand: Whole  # (A, P) quotas of a park have what the applicant demands
    holder: Whole  # (A,) neither firm nor group has a grant


def find_cutoffs(round_: Round, pairing: Pairing, placement: Placement, priority: Priority) -> dict[int, Cutoff]:
    """The cut-off of every applicant in line who has no grant; none where no score would have helped."""
    served = {g.applicant for g in placement.grants}
    losers = [a for a in priority.order if a not in served]
    ends = _find_ends(pairing, placement)
    search = _Search(round_, pairing, placement, _rank_ties(priority, len(round_.applicants)), ends)
    found: dict[int, Cutoff] = {}
    for start in range(0, len(losers), _BLOCK):
        found |= search.run(np.array(losers[start : start + _BLOCK], np.int64))
    return found


def _rank_ties(priority: Priority, count: int) -> Whole:
    """The place of each applicant if all had the same score; equal where nothing orders them."""
    ranks = np.zeros(count, np.int64)
    numbers = {key: n for n, key in enumerate(sorted(set(priority.keys.values())))}
    for a, key in priority.keys.items():
        ranks[a] = numbers[key]
    return ranks


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks, for a block of losers, through every pass and kind for the least score that is granted."""

    round: Round
    pairing: Pairing
    placement: Placement
    ties: Whole
    ends: _Ends

    def run(self, rows: Whole) -> dict[int, Cutoff]:
        """Cut-offs of some losers by position."""
        lasts = self._lasts(rows)
        needed = np.full(len(rows), _FAR, np.int64)
        grant, supply, stage = (np.full(len(rows), NEVER, np.int64) for _ in range(3))
        limits = [_pass_ends(self.pairing, self.placement, span) for span in self.placement.spans]
        for s, span in enumerate(self.placement.spans):
            members, usable = self.pairing.members(span.stage)[rows], self.pairing.usable(span.stage)
            seen = np.where(usable[None, :], np.minimum(lasts, limits[s][None, :]), NEVER)
            # Of supplies that last equally long, one that is still free shows what really ran out.
            weighed = 2 * seen + (self.ends.taken[None, :] > seen)
            for k, part in enumerate(self.pairing.slices):
                if part.start == part.stop:
                    continue
                at = part.start + weighed[:, part].argmax(1)
                last = seen[np.arange(len(rows)), at]
                wanted, ahead_of = self._score(rows, span, k, last)
                better = members & (last >= span.first) & (wanted < needed)
                for target, value in ((needed, wanted), (grant, ahead_of), (supply, at), (stage, np.full_like(at, s))):
                    target[better] = value[better]
        return {
            int(rows[i]): self._describe(int(rows[i]), int(needed[i]), int(grant[i]), int(supply[i]), int(stage[i]), limits)
            for i in np.flatnonzero(needed < _FAR)
        }  # fmt: skip

    def _lasts(self, rows: Whole) -> Whole:
        """The last state in which each supply would have served each loser, limits of passes aside; shape (rows, L)."""
        common = np.minimum(self.ends.taken, self.ends.takes)
        lasts = np.minimum(self.ends.demand[rows][:, self.pairing.park], common[None, :])
        np.minimum(lasts, self.ends.holder[rows][:, None], out=lasts)
        lasts[~self.pairing.fits[rows]] = NEVER
        return lasts

    def _score(self, rows: Whole, span: Span, kind: int, last: Whole) -> tuple[Whole, Whole]:
        """The least score for a supply of a kind that fits up to state ``last`` of a pass, and the grant to come before."""
        threshold = self.round.rule.kinds[kind].threshold
        blocked = (last >= span.first) & (last < span.last)
        if not blocked.any():
            return np.full(len(rows), threshold, np.int64), np.full(len(rows), NEVER, np.int64)
        winners = np.array([g.applicant for g in self.placement.grants], np.int64)[np.where(blocked, last, span.first)]
        wanted = self.pairing.score[winners] + (self.ties[rows] >= self.ties[winners])
        decides = blocked & (wanted >= threshold)
        return np.where(decides, wanted, threshold), np.where(decides, last, NEVER)

    def _describe(self, a: int, needed: int, grant: int, at: int, stage: int, limits: Sequence[Whole]) -> Cutoff:
        """Name what the decisive grant used up: the supply itself, the firm's one grant, the limit of the pass, or a quota."""
        code = self.placement.spans[stage].stage.code
        if grant == NEVER:
            return Cutoff(needed, None, at, code, THRESHOLD)
        for end, binding in ((self.ends.taken[at], TAKEN), (self.ends.holder[a], HOLDER), (limits[stage][at], PASS)):
            if end == grant:
                return Cutoff(needed, grant, at, code, binding)
        return Cutoff(needed, grant, at, code, QUOTA, _short_cell(self.pairing, self.placement, a, at, grant))


def _short_cell(pairing: Pairing, placement: Placement, a: int, at: int, grant: int) -> int:
    """The first cell in which the state behind a grant is too small."""
    quotas, left, park = pairing.quotas, placement.remaining[grant + 1], pairing.park[at]
    for cells, amounts in ((quotas.demand_cell[park], quotas.demand[a]), (quotas.taken_cell[at], quotas.taken[at])):
        short = np.flatnonzero((amounts > 0) & (left[cells] < amounts))
        if short.size:
            return int(cells[short[0]])
    raise AssertionError("a grant that ended a supply leaves some quota short")


def _find_ends(pairing: Pairing, placement: Placement) -> _Ends:
    never_ends = len(placement.grants)
    taken = np.full(len(pairing.supplies), never_ends, np.int64)
    holder = np.full(len(pairing.holders), never_ends, np.int64)
    used: dict[str, int] = {}
    for g, grant in enumerate(placement.grants):
        taken[grant.supply] = g
        for name in pairing.holders[grant.applicant]:
            used.setdefault(name, g)
    for a, names in enumerate(pairing.holders):
        holder[a] = min((used[n] for n in names if n in used), default=never_ends)
    quotas = pairing.quotas
    demand = _last_states(placement, quotas.demand_cell, quotas.demand, len(pairing.parks))
    takes = np.full(len(pairing.supplies), never_ends, np.int64)
    for k in range(quotas.taken.shape[1]):
        for cell in np.unique(quotas.taken_cell[:, k]):
            rows = quotas.taken_cell[:, k] == cell
            takes[rows] = np.minimum(takes[rows], _enough(placement.remaining[:, cell], quotas.taken[rows, k]))
    return _Ends(taken, takes, demand, holder)


def _last_states(placement: Placement, cells: Whole, amounts: Whole, parks: int) -> Whole:
    """The last state in which each park has all that each applicant demands; shape (A, P)."""
    out = np.full((amounts.shape[0], parks), len(placement.grants), np.int64)
    for p in range(parks):
        for q in range(amounts.shape[1]):
            rows = np.flatnonzero(amounts[:, q])
            found = _enough(placement.remaining[:, cells[p, q]], amounts[rows, q])
            out[rows, p] = np.minimum(out[rows, p], found)
    return out


def _enough(left: Whole, amounts: Whole) -> Whole:
    """The last state in which a cell still has each amount; ``NEVER`` where not even the first has. ``left`` never rises."""
    return np.searchsorted(-left, -amounts, side="right") - 1


def _pass_ends(pairing: Pairing, placement: Placement, span: Span) -> Whole:
    """The last state in which the limits of a pass leave room for each supply; shape (L,)."""
    limit = np.full(len(pairing.supplies), len(placement.grants), np.int64)
    if span.stage.most is not None:
        limit[:] = span.first + span.stage.most - 1
    if span.stage.most_area is not None:
        areas = [int(pairing.area[g.supply]) for g in placement.grants[span.first : span.last]]
        left = span.stage.most_area - np.cumsum([0, *areas])
        limit = np.minimum(limit, span.first + _enough(left, pairing.area))
    return limit
