"""Bounds (上界): prices of resources that prove how much any plan can be worth.

Owns the proof in whole numbers and where its prices come from: the linear relaxation, solved by HiGHS in SciPy. A bound is
valid for any prices: the value of all capacity, and for every applicant the best option after paying. So a wrong or early
answer of the solver can make a bound weaker, never false.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.optimize as so
import scipy.sparse as sp

from kaiwu.allot.adviser.case import AdviceCase
from kaiwu.allot.land.sine import Floats

FINE = 1 << 16
"""Prices are kept in parts of this of a point."""
Prices = list[int]


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan is worth more than ``value`` points; ``prices`` (in 1/65536 point for a unit of each resource) prove it."""

    value: int
    prices: tuple[int, ...]


def prove_bound(case: AdviceCase, prices: Prices | tuple[int, ...]) -> Bound:
    """The bound that prices prove, in exact whole numbers of any size. Negative prices count as nothing."""
    paid = [max(int(p), 0) for p in prices]
    total = sum(p * int(c) for p, c in zip(paid, case.capacity.tolist(), strict=True))
    cost = np.array(paid, dtype=object)[case.resource] * case.amount.astype(object) if len(case.resource) else np.array([], dtype=object)  # fmt: skip
    sums = np.concatenate([np.array([0], dtype=object), np.cumsum(cost)]) if len(cost) else np.array([0], dtype=object)
    left = case.value.astype(object) * FINE - (sums[case.use[1:]] - sums[case.use[:-1]])
    for a in range(case.applicants):
        own = left[case.start[a] : case.start[a + 1]]
        total += max(0, int(max(own))) if len(own) else 0
    return Bound(total // FINE, tuple(paid))


def bound_case(case: AdviceCase) -> Bound:
    """The bound of the linear relaxation (线性松弛), within rounding of its prices."""
    if not len(case.value):
        return Bound(0, (0,) * len(case.capacity))
    options = len(case.value)
    owner = np.repeat(np.arange(case.applicants), np.diff(case.start))
    column = np.repeat(np.arange(options), np.diff(case.use))
    rows = sp.vstack([
        sp.csr_array((case.amount.astype(np.float64), (case.resource, column)), shape=(len(case.capacity), options)),
        sp.csr_array((np.ones(options), (owner, np.arange(options))), shape=(case.applicants, options)),
    ])  # fmt: skip
    limits = np.concatenate([case.capacity.astype(np.float64), np.ones(case.applicants)])
    answer = so.linprog(-case.value.astype(np.float64), A_ub=rows, b_ub=limits, bounds=(0, None), method="highs")
    prices = (
        [0] * len(case.capacity) if answer.ineqlin is None else _to_prices(answer.ineqlin.marginals, len(case.capacity))
    )
    return prove_bound(case, prices)


def _to_prices(marginals: Floats, count: int) -> Prices:
    return [max(round(-float(m) * FINE), 0) for m in marginals[:count]]


def gap_of(value: int, bound: int) -> float:
    """How far a value is below a bound, as a share of the bound; for people only, it decides nothing."""
    return (bound - value) / bound if bound > 0 else 0.0
