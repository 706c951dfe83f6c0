"""Who could take what (可配对), before any order: kind, conditions, constraints, owner. One boolean for each pair.

Owns the arrays that placements and explanations run on. Supplies stand in the order in which a rule chooses them: by kind,
then the smallest or the lowest number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.constraint import Comparison, Constraint
from kaiwu.allot.quota import QuotaTable, build_quotas
from kaiwu.allot.round import Round
from kaiwu.allot.rule import FIRM, GROUP, Pass
from kaiwu.allot.supply import Supply
from kaiwu.rule.outcome import Outcome

Truth = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """A round as arrays: A applicants in the order of the round, L supplies in the order of choice."""

    supplies: tuple[Supply, ...]
    fits: Truth  # (A, L)
    kind: Whole  # (L,) position in rule.kinds
    slices: tuple[slice, ...]  # of the supplies of each kind
    park: Whole  # (L,)
    area: Whole  # (L,)
    score: Whole  # (A,)
    accepts: tuple[tuple[int, ...], ...]  # kinds of each applicant, the most wanted first, only those it is admitted to
    prefers: tuple[tuple[int, ...], ...]  # single supplies that come before these
    holders: tuple[tuple[str, ...], ...]  # whom a grant uses up: the firm, its group
    quotas: QuotaTable
    parks: tuple[str, ...]
    pools: tuple[frozenset[str], ...]  # reserves that each applicant belongs to

    def members(self, stage: Pass) -> Truth:
        """Which applicants a pass is open to; shape (A,)."""
        return np.array([not stage.pool or stage.pool in pools for pools in self.pools], bool)

    def usable(self, stage: Pass) -> Truth:
        """Which supplies a pass may give out; shape (L,)."""
        return np.array([not s.is_reserved or stage.pool in s.pools for s in self.supplies], bool)


def pair_up(round_: Round) -> Pairing:
    """Lay out a checked round as arrays."""
    rule = round_.rule
    numbers = {k.code: i for i, k in enumerate(rule.kinds)}
    by_size = rule.choice == "smallest"
    supplies = sorted(round_.supplies, key=lambda s: (numbers[s.kind], s.area if by_size else 0, s.id))
    kind = np.array([numbers[s.kind] for s in supplies], np.int64)
    edges = np.searchsorted(kind, np.arange(len(rule.kinds) + 1)).tolist()
    parks = sorted({s.park for s in supplies})
    at = {s.id: i for i, s in enumerate(supplies)}
    return Pairing(
        supplies=tuple(supplies),
        fits=_admitted(round_.applicants, supplies, kind, numbers) & _constrained(round_, supplies),
        kind=kind,
        slices=tuple(slice(a, b) for a, b in pairwise(edges)),
        park=np.array([parks.index(s.park) for s in supplies], np.int64),
        area=np.array([s.area for s in supplies], np.int64),
        score=np.array([a.score for a in round_.applicants], np.int64),
        accepts=tuple(tuple(numbers[k] for k in _entered_kinds(a)) for a in round_.applicants),
        prefers=tuple(tuple(at[name] for name in a.prefers if name in at) for a in round_.applicants),
        holders=tuple(_holders(a, rule.one_per) for a in round_.applicants),
        quotas=build_quotas(rule, round_.applicants, supplies, parks, round_.quotas),
        parks=tuple(parks),
        pools=tuple(a.pools for a in round_.applicants),
    )


def _entered_kinds(applicant: Applicant) -> list[str]:
    return [k for k in dict.fromkeys(applicant.accepts) if applicant.admitted.get(k, Outcome.FAIL) == Outcome.PASS]


def _holders(applicant: Applicant, one_per: Sequence[str]) -> tuple[str, ...]:
    named = [(FIRM, applicant.firm), (GROUP, applicant.group)]
    return tuple(f"{what}:{name}" for what, name in named if what in one_per and name)


def _admitted(applicants: Sequence[Applicant], supplies: Sequence[Supply], kind: Whole, numbers: dict[str, int]) -> Truth:  # fmt: skip
    """Kind accepted and conditions met; a supply with an owner is for the owner only, one with conditions of its own for those who meet them."""
    by_kind = np.zeros((len(applicants), len(numbers)), bool)
    for a, applicant in enumerate(applicants):
        by_kind[a, [numbers[k] for k in _entered_kinds(applicant)]] = True
    found: Truth = by_kind[:, kind]
    firms = np.array([a.firm for a in applicants], object)
    for at, supply in enumerate(supplies):
        if supply.owner:
            found[:, at] &= firms == supply.owner
        if supply.barred:
            found[:, at] &= [a.id not in supply.barred for a in applicants]
    return found


def _constrained(round_: Round, supplies: Sequence[Supply]) -> Truth:
    found = np.ones((len(round_.applicants), len(supplies)), bool)
    for constraint in round_.rule.constraints:
        found &= try_constraint(constraint, round_.applicants, supplies)
    return found


def try_constraint(constraint: Constraint, applicants: Sequence[Applicant], supplies: Sequence[Supply]) -> Truth:
    """Which pairs keep one constraint; shape (A, L)."""
    need, has_need = _column([a.needs.get(constraint.code) for a in applicants])
    offer, has_offer = _column([s.offers.get(constraint.code) for s in supplies])
    want, give = need[:, None], offer[None, :]
    match constraint.test:
        case Comparison.AT_LEAST:
            kept = give >= want
        case Comparison.AT_MOST:
            kept = give <= want
        case Comparison.EQUAL:
            kept = give == want
        case Comparison.ONE_OF:
            kept = (give >> np.clip(want, 0, 62)) & 1 == 1
    kept &= has_offer[None, :]
    kept = np.where(has_need[:, None], kept, constraint.is_optional)
    unreached = np.array([not constraint.reaches(s.kind) for s in supplies], bool)
    kept[:, unreached] = True
    return kept


def _column(values: Sequence[int | None]) -> tuple[Whole, Truth]:
    known = np.array([v is not None for v in values], bool)
    return np.array([0 if v is None else v for v in values], np.int64), known
