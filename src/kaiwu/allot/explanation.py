"""Why (解释): for one applicant its place, its cut-off, who set it, what was used up, and the parts of the difference.

Owns the facts of an explanation. How they read is ``phrase``. Nothing is computed a second way: the line is ``cutoff``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.cutoff import Cutoff
from kaiwu.allot.pairing import Pairing, try_constraint
from kaiwu.allot.quota import Cell
from kaiwu.allot.result import WAITING, Allotment
from kaiwu.allot.round import Round


@dataclass(frozen=True, slots=True)
class Line:
    """The line that a waiting applicant missed. ``gap`` is what its score lacks of ``needed``, in steps; ``behind`` what it lacks
    of the winner's (0 in a tie). ``differences`` are own minus winner's parts by code, the most negative first."""

    needed: int
    gap: int
    is_reachable: bool
    binding: str
    supply: str
    stage: str
    cell: Cell | None = None
    winner: str = ""
    winner_place: int | None = None
    winner_score: int = 0
    behind: int = 0
    differences: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Barrier:
    """Why no supply of a kind was ever within reach: how many there are, and how many each reason rules out first."""

    kind: str
    supplies: int
    reasons: tuple[tuple[str, int], ...]  # code of a constraint, "owner", "condition", "reserved", "quota" or "before"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One applicant. ``place`` is its place in line (of ``entered``), absent for those who may not enter."""

    applicant: str
    status: str
    score: int
    place: int | None
    entered: int
    supply: str = ""
    stage: str = ""
    order: int | None = None  # place in the order of supply
    line: Line | None = None
    barriers: tuple[Barrier, ...] = ()


def explain(placed: Allotment, applicant: str) -> Explanation:
    """Explain one applicant (某一项目为什么). Raises ``KaiwuError`` ``A-WHO`` where it is not in the round."""
    placed.round.applicant(applicant)
    return _explain(placed, placed.positions[applicant])


def explain_all(placed: Allotment) -> list[Explanation]:
    """Explain everybody, in the order of the round."""
    return [_explain(placed, i) for i in range(len(placed.round.applicants))]


def _explain(placed: Allotment, at: int) -> Explanation:
    applicant, status = placed.round.applicants[at], placed.status(at)
    place, entered = placed.priority.places.get(at), len(placed.priority.order)
    number = placed.grant_of.get(at)
    if number is not None:
        grant = placed.placement.grants[number]
        return Explanation(applicant.id, status, applicant.score, place, entered, placed.supply_of(grant).id, grant.stage, number + 1)  # fmt: skip
    cutoff = placed.cutoffs.get(at) if status == WAITING else None
    line = _line(placed, at, cutoff) if cutoff is not None else None
    barriers = tuple(_barriers(placed, at)) if status == WAITING and cutoff is None else ()
    return Explanation(applicant.id, status, applicant.score, place, entered, line=line, barriers=barriers)


def _line(placed: Allotment, at: int, cutoff: Cutoff) -> Line:
    own, highest = placed.round.applicants[at], placed.round.rule.scale.highest
    supply = placed.pairing.supplies[cutoff.supply].id
    cell = None if cutoff.cell is None else placed.cell(cutoff.cell)
    common = (
        cutoff.needed,
        cutoff.needed - own.score,
        cutoff.needed <= highest,
        cutoff.binding,
        supply,
        cutoff.stage,
        cell,
    )
    if cutoff.grant is None:
        return Line(*common)
    grant = placed.placement.grants[cutoff.grant]
    winner = placed.applicant_of(grant)
    parts = [(code, own.items.get(code, 0) - winner.items.get(code, 0)) for code, _, _ in placed.round.rule.items]
    differences = (
        sorted((part for part in parts if part[1]), key=lambda part: part[1]) if own.items and winner.items else []
    )
    return Line(
        *common, winner=winner.id, winner_place=placed.priority.places[grant.applicant], winner_score=winner.score,
        behind=winner.score - own.score, differences=tuple(differences),
    )  # fmt: skip


def _barriers(placed: Allotment, at: int) -> Iterator[Barrier]:
    """Per kind that it may enter: which reason rules out how many supplies, in the order in which a rule states them."""
    round_, pairing = placed.round, placed.pairing
    for k in pairing.accepts[at]:
        part = pairing.slices[k]
        left = np.ones(part.stop - part.start, bool)
        counts = []
        for code, is_kept in _tests(round_, pairing, placed, at, part):
            lost = int((left & ~is_kept).sum())
            left &= is_kept
            if lost:
                counts.append((code, lost))
        yield Barrier(round_.rule.kinds[k].code, part.stop - part.start, tuple(counts))


def _tests(round_: Round, pairing: Pairing, placed: Allotment, at: int, part: slice) -> Iterator[tuple[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:  # fmt: skip
    own, supplies = round_.applicants[at], pairing.supplies[part]
    yield "owner", np.array([s.owner in ("", own.firm) for s in supplies], bool)
    yield "condition", np.array([own.id not in s.barred for s in supplies], bool)
    for constraint in round_.rule.constraints:
        yield constraint.code, try_constraint(constraint, [own], supplies)[0]
    passes = [p for p in round_.rule.passes if not p.pool or p.pool in own.pools]
    usable = [pairing.usable(p)[part] for p in passes]
    yield "reserved", np.any(usable, axis=0) if usable else np.zeros(len(supplies), bool)
    quotas = pairing.quotas
    room = (quotas.capacity[quotas.demand_cell] >= quotas.demand[at]).all(1)[pairing.park[part]]
    yield "quota", room & (quotas.taken[part] <= quotas.capacity[quotas.taken_cell[part]]).all(1)
    yield "before", np.zeros(len(supplies), bool)
