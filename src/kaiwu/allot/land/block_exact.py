"""Blocks by proof (精确校验): enumeration of a few plots, and a mixed-integer programme that HiGHS solves.

Owns both oracles. They check the search on small cases and give a proven upper bound; neither is fit for a district.
"""

from __future__ import annotations

import numpy as np
import scipy.optimize as so
import scipy.sparse as sp

from kaiwu.allot.land.block import FREE, BlockCase, BlockPlan, is_connected, weigh_plan
from kaiwu.quantity import KaiwuError, Problem

MOST_PLOTS = 16
"""2^16 sets of plots are looked at one by one; more belong to ``solve_blocks``."""


def enumerate_blocks(case: BlockCase) -> BlockPlan:
    """The best plan of a case of up to ``MOST_PLOTS`` plots, by looking at every connected set."""
    if case.count > MOST_PLOTS:
        raise KaiwuError(Problem("A-BLOCK-LARGE", f"逐一枚举最多 {MOST_PLOTS} 个地块", f"at most {MOST_PLOTS} plots can be enumerated"))  # fmt: skip
    sets: list[tuple[int, int, int]] = []
    for mask in range(1, 1 << case.count):
        plots = [p for p in range(case.count) if mask >> p & 1]
        cost = int(case.cost[plots].sum())
        if cost > case.budget or not case.is_movable[plots].all() or int(case.area[plots].sum()) < case.least_area:
            continue
        if is_connected(case.touching, plots):
            label = np.full(case.count, FREE, dtype=np.int64)
            label[plots] = 0
            sets.append((mask, cost, weigh_plan(case, label)))
    value, masks = _pack(sets, case.most, case.budget, 0, len(sets))
    label = np.full(case.count, FREE, dtype=np.int64)
    for k, mask in enumerate(sorted(masks, key=lambda m: m & -m)):
        label[[p for p in range(case.count) if mask >> p & 1]] = k
    return BlockPlan(label, value, bound=value)


def _pack(
    sets: list[tuple[int, int, int]], most: int, budget: int, used: int, until: int
) -> tuple[int, tuple[int, ...]]:
    """The best ``most`` disjoint sets among the first ``until`` within the budget."""
    best: tuple[int, tuple[int, ...]] = (0, ())
    if most == 0:
        return best
    for number in range(until):
        mask, cost, value = sets[number]
        if mask & used or cost > budget:
            continue
        rest, others = _pack(sets, most - 1, budget - cost, used | mask, number) if most > 1 else (0, ())
        if value + rest > best[0]:
            best = (value + rest, (mask, *others))
    return best


def solve_blocks(case: BlockCase, seconds: float) -> BlockPlan:
    """The best plan that HiGHS finds within a limit, with its proven bound.

    Connected by a flow of one good: each block has one root, which sends a unit to every other plot of its block. For
    checks and benchmarks only: the answer may depend on the clock, so that it decides and advises nothing.
    """
    programme = _Programme(case)
    answer = so.milp(
        -programme.value, integrality=programme.integrality, bounds=so.Bounds(0, programme.upper),
        constraints=so.LinearConstraint(programme.matrix(), programme.low, programme.high), options={"time_limit": seconds},
    )  # fmt: skip
    label = np.full(case.count, FREE, dtype=np.int64)
    if answer.x is not None:
        chosen = answer.x[: programme.choices].reshape(case.most, case.count) > 0.5
        for k in range(case.most):
            label[chosen[k]] = k
    bound = None if answer.mip_dual_bound is None else int(np.floor(-answer.mip_dual_bound + 1e-6))
    return BlockPlan(label, weigh_plan(case, label), bound=bound)


class _Programme:
    """Columns: choice (block, plot), root (block, plot), both ends of a pair in a block, flow along each direction in a
    block, and whether a block is there."""

    def __init__(self, case: BlockCase) -> None:
        start, neighbour, saving = case.bonus
        plot = np.repeat(np.arange(case.count), np.diff(start))
        is_low = plot < neighbour
        self.pairs = np.column_stack([plot[is_low], neighbour[is_low]])
        self.arcs = np.column_stack([plot, neighbour])
        n, m, k = case.count, len(self.pairs), case.most
        self.choices = k * n
        self.roots, self.both, self.flow, self.there = (
            k * n,
            2 * k * n,
            2 * k * n + k * m,
            2 * k * n + k * m + k * len(plot),
        )
        self.columns = self.there + k
        self.value = np.zeros(self.columns)
        self.value[: self.choices] = np.tile(case.worth, k)
        self.value[self.both : self.flow] = np.tile(saving[is_low], k)
        self.upper = np.ones(self.columns)
        self.upper[: self.choices] = np.tile(case.is_movable, k)
        self.upper[self.flow : self.there] = n
        self.integrality = np.ones(self.columns)
        self.integrality[self.both : self.there] = 0
        self.entries: list[tuple[int, int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._write(case)

    def matrix(self) -> sp.csr_array:
        """The rows as a sparse matrix."""
        row, column, value = zip(*self.entries, strict=True)
        return sp.csr_array((value, (row, column)), shape=(len(self.low), self.columns))

    def _row(self, low: float, high: float, *terms: tuple[int, float]) -> None:
        self.entries += [(len(self.low), column, value) for column, value in terms]
        self.low.append(low)
        self.high.append(high)

    def _write(self, case: BlockCase) -> None:
        n, m, arcs = case.count, len(self.pairs), len(self.arcs)
        self._row(-np.inf, case.budget, *((k * n + p, int(case.cost[p])) for k in range(case.most) for p in range(n)))
        for p in range(n):
            self._row(-np.inf, 1, *((k * n + p, 1) for k in range(case.most)))
        for k in range(case.most):
            self._row(0, 0, *((self.roots + k * n + p, 1) for p in range(n)), (self.there + k, -1))
            self._row(
                0, np.inf, *((k * n + p, int(case.area[p])) for p in range(n)), (self.there + k, -case.least_area)
            )
            for p in range(n):
                self._row(-np.inf, 0, (self.roots + k * n + p, 1), (k * n + p, -1))
                self._row(-np.inf, 0, (k * n + p, 1), (self.there + k, -1))
            for e, (a, b) in enumerate(self.pairs.tolist()):
                for p in (a, b):
                    self._row(-np.inf, 0, (self.both + k * m + e, 1), (k * n + p, -1))
            incoming: list[list[tuple[int, float]]] = [[] for _ in range(n)]
            for e, (a, b) in enumerate(self.arcs.tolist()):
                column = self.flow + k * arcs + e
                self._row(-np.inf, 0, (column, 1), (k * n + a, -n))
                self._row(-np.inf, 0, (column, 1), (k * n + b, -n))
                incoming[b].append((column, 1))
                incoming[a].append((column, -1))
            for p in range(
                n
            ):  # a chosen plot keeps one unit of what comes in; only the root may send more than it gets
                self._row(0, np.inf, *incoming[p], (k * n + p, -1), (self.roots + k * n + p, n))
