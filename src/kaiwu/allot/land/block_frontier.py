"""The frontier of a block plan (预算—收益边界) and the owners on whom it turns (关键权利人).

Owns both analyses. They call the search many times; each budget begins with the plan of the one below, so that more money
never buys less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.land.block import FREE, BlockCase, BlockPlan
from kaiwu.allot.land.block_search import search_blocks


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One budget and the best plan found for it: worth in thousandths of a gain."""

    budget: int
    spent: int
    plan: BlockPlan

    @property
    def worth(self) -> int:
        """What the plan is worth."""
        return self.plan.worth


@dataclass(frozen=True, slots=True)
class Pivot:
    """An owner (权利人) on whom the plan turns: what is lost where a mover stays, or won where a stayer moves."""

    owner: str
    plots: tuple[int, ...]
    moves: bool
    worth: int

    def tell(self) -> tuple[str, str]:
        """The sentence in both languages."""
        if self.moves:
            return (
                f"{self.owner} 若不搬迁, 方案少 {self.worth / 1000:.1f}",
                f"if {self.owner} stays, the plan loses {self.worth / 1000:.1f}",
            )
        return (
            f"{self.owner} 若同意搬迁, 方案多 {self.worth / 1000:.1f}",
            f"if {self.owner} moved, the plan would gain {self.worth / 1000:.1f}",
        )


def trace_frontier(
    case: BlockCase, budgets: Sequence[int], seed: int = 1, moves: int | None = None
) -> tuple[FrontierPoint, ...]:
    """The best plan for each budget, the smallest first."""
    points: list[FrontierPoint] = []
    for budget in sorted(budgets):
        cases = case.with_budget(budget)
        plan = search_blocks(cases, seed, moves)
        if points and points[-1].worth > plan.worth:
            plan = search_blocks(cases, seed, moves, first=points[-1].plan.label)
        points.append(FrontierPoint(budget, int(case.cost[plan.label != FREE].sum()), plan))
    return tuple(points)


def find_pivots(
    case: BlockCase, plan: BlockPlan, owners: Mapping[int, str], seed: int = 1, moves: int | None = None
) -> tuple[Pivot, ...]:
    """Owners by how much the plan turns on them, the weightiest first; those who change nothing are left out.

    ``owners`` names the owner of a plot. Asked are the owners of planned plots (what if they stay?) and of plots beside them
    who will not move (what if they did?).
    """
    plots: dict[str, list[int]] = {}
    for plot, owner in sorted(owners.items()):
        plots.setdefault(owner, []).append(plot)
    start, neighbour, _ = case.touching.rows
    inside = set(np.flatnonzero(plan.label != FREE).tolist())
    beside = {int(q) for p in inside for q in neighbour[start[p] : start[p + 1]]}
    out: list[Pivot] = []
    for owner, own in plots.items():
        if inside & set(own):
            stays = search_blocks(case.with_movable(own, False), seed, moves)
            out.append(Pivot(owner, tuple(own), True, plan.worth - min(stays.worth, plan.worth)))
        elif any(p in beside and not case.is_movable[p] for p in own):
            goes = search_blocks(case.with_movable(own, True), seed, moves, first=plan.label)
            out.append(Pivot(owner, tuple(own), False, goes.worth - plan.worth))
    return tuple(sorted((p for p in out if p.worth > 0), key=lambda p: (-p.worth, p.owner)))
