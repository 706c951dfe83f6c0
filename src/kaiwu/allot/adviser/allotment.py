"""A placed round as a case of the adviser (批次转参谋案例).

Owns the step from a round's arrays to options and resources. Reserves, the order of priority and preferences are left out on
purpose: what they cost is what the adviser prices. Conditions, thresholds, hard constraints, quotas and one grant for each
holder stay.
"""

from __future__ import annotations

import numpy as np

from kaiwu.allot.adviser.case import NONE, AdviceCase
from kaiwu.allot.kernel import Whole
from kaiwu.allot.result import Allotment


def lay_case(placed: Allotment) -> AdviceCase:
    """The case of a round: options are its open pairs, worth the applicant's score in steps; resources are the supplies, the
    cells of the quotas and the holders (one grant for each firm or group)."""
    pairing, quotas = placed.pairing, placed.pairing.quotas
    thresholds = np.array([kind.threshold for kind in placed.round.rule.kinds], dtype=np.int64)
    entered = np.array([a.is_entered for a in placed.round.applicants], dtype=np.bool_)
    is_open = pairing.fits & entered[:, None] & (pairing.score[:, None] >= thresholds[pairing.kind])
    supplies, cells = len(pairing.supplies), len(quotas.cells)
    holders = {h: supplies + cells + i for i, h in enumerate(sorted({h for own in pairing.holders for h in own}))}
    applicant, supply = np.nonzero(is_open)
    resource: list[int] = []
    amount: list[int] = []
    use = [0]
    for a, s in zip(applicant.tolist(), supply.tolist(), strict=True):
        used = {s: 1} | {holders[h]: 1 for h in pairing.holders[a]}
        cell = [*quotas.demand_cell[pairing.park[s]].tolist(), *quotas.taken_cell[s].tolist()]
        for c, n in zip(cell, [*quotas.demand[a].tolist(), *quotas.taken[s].tolist()], strict=True):
            if n:
                used[supplies + c] = used.get(supplies + c, 0) + n
        resource += used.keys()
        amount += used.values()
        use.append(len(resource))
    capacity = [*[1] * supplies, *quotas.capacity.tolist(), *[1] * len(holders)]
    start = np.searchsorted(applicant, np.arange(len(pairing.score) + 1)).astype(np.int64)
    return AdviceCase(
        start, pairing.score[applicant].astype(np.int64), np.array(use, dtype=np.int64), np.array(resource, dtype=np.int64),
        np.array(amount, dtype=np.int64), np.array(capacity, dtype=np.int64), supply.astype(np.int64),
    )  # fmt: skip


def read_grants(placed: Allotment, case: AdviceCase) -> Whole:
    """The rule's result as options of the case, ``NONE`` for those who got nothing."""
    chosen = np.full(case.applicants, NONE, dtype=np.int64)
    for grant in placed.placement.grants:
        own = slice(int(case.start[grant.applicant]), int(case.start[grant.applicant + 1]))
        at = np.flatnonzero(case.label[own] == grant.supply)
        if len(at):  # a grant by an exception of a meeting need not be an option
            chosen[grant.applicant] = own.start + int(at[0])
    return chosen
