"""Blocks (连片): K connected sets of plots that are renewed together, within a budget.

Owns the case, the plan, what a plan is worth, and the checks that a plan is a right one. It does not search (``block_search``,
``block_exact``). A block is advice to an officer: it takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kaiwu.allot.kernel import Whole
from kaiwu.allot.land.contiguity import Contiguity
from kaiwu.quantity import KaiwuError, Problem

FREE = -1
MOST = 10**12
"""The most that gains, costs and areas of a case may add up to, so that no sum of the search passes 64 bits."""


@dataclass(frozen=True, eq=False)
class BlockCase:
    """What may be joined to blocks: arrays (plots,) int64.

    ``gain`` and ``cost`` in any whole unit each (万元 a year, 万元), ``area`` in 10^-3 mu, ``perimeter`` in mm; ``is_movable`` is
    False for plots whose owners will not move (不愿搬迁). At most ``most`` blocks of at least ``least_area`` each, their cost
    within ``budget``; every metre of a block's outer boundary takes ``penalty`` thousandths of a unit of gain, so that compact
    blocks come first.
    """

    gain: Whole
    cost: Whole
    area: Whole
    perimeter: Whole
    touching: Contiguity
    is_movable: Whole
    most: int
    budget: int
    least_area: int
    penalty: int = 0

    def __post_init__(self) -> None:
        """Raises ``KaiwuError`` (A-BLOCK-CASE) for negative costs, areas or limits, and for sums that are too large."""
        checks = (
            (self.most >= 1, "片数至少为 1", "at least one block"),
            (self.budget >= 0 and self.least_area >= 0 and self.penalty >= 0, "预算、最小面积和形状惩罚不能为负", "budget, least area and penalty may not be negative"),
            (len(self.gain) == self.touching.count, "收益与地块数不符", "gains and plots differ in number"),
            (min(self.cost.min(initial=0), self.area.min(initial=0)) >= 0, "成本和面积不能为负", "costs and areas may not be negative"),
            (max(int(np.abs(a).sum()) for a in (self.gain, self.cost, self.area, self.perimeter)) <= MOST, f"合计超过 {MOST}, 请换大一级单位", f"a sum passes {MOST}: use a larger unit"),
        )  # fmt: skip
        problems = [
            Problem("A-BLOCK-CASE", f"连片案例不成立: {zh}", f"no case of blocks: {en}")
            for is_right, zh, en in checks
            if not is_right
        ]
        if problems:
            raise KaiwuError(problems)

    @property
    def count(self) -> int:
        """Number of plots."""
        return len(self.gain)

    @cached_property
    def worth(self) -> Whole:
        """A thousand gains less the penalty on the whole boundary of each plot alone: what it brings as a block of its own."""
        return 1000 * self.gain - self.penalty * self.perimeter // 1000

    @cached_property
    def bonus(self) -> tuple[Whole, Whole, Whole]:
        """Neighbours by plot with what both together save by their common boundary: ``start``, ``neighbour``, ``saving``."""
        start, neighbour, shared = self.touching.rows
        return start, neighbour, 2 * self.penalty * shared // 1000

    def with_budget(self, budget: int) -> BlockCase:
        """The same case with another budget."""
        return replace(self, budget=budget)

    def with_movable(self, plots: Sequence[int] | Whole, is_movable: bool) -> BlockCase:
        """The same case where the owners of some plots will, or will not, move."""
        movable = self.is_movable.copy()
        movable[np.asarray(plots, dtype=np.int64)] = is_movable
        return replace(self, is_movable=movable)


@dataclass(frozen=True, eq=False)
class BlockPlan:
    """Which block each plot belongs to (``label``, ``FREE`` for none) and what the whole is worth, in thousandths of a gain.

    ``bound`` is a proven upper limit of the worth where an exact method gave one; ``moves`` counts the work of a search.
    """

    label: Whole
    worth: int
    moves: int = 0
    bound: int | None = None

    @property
    def blocks(self) -> tuple[tuple[int, ...], ...]:
        """Plots by block, the block with the lowest plot first."""
        found: dict[int, list[int]] = {}
        for plot, k in enumerate(self.label.tolist()):
            if k != FREE:
                found.setdefault(k, []).append(plot)
        return tuple(tuple(plots) for plots in found.values())


def weigh_plan(case: BlockCase, label: Whole) -> int:
    """What a plan is worth (thousandths of a gain), from nothing but the declaration."""
    start, neighbour, saving = case.bonus
    chosen = np.flatnonzero(label != FREE)
    total = int(case.worth[chosen].sum())
    for p in chosen.tolist():
        at = slice(start[p], start[p + 1])
        is_mate = (label[neighbour[at]] == label[p]) & (neighbour[at] > p)
        total += int(saving[at][is_mate].sum())
    return total


def check_plan(case: BlockCase, plan: BlockPlan) -> tuple[Problem, ...]:
    """Everything in which a plan breaks its case; empty for a right one. Shares no code with the searches."""
    problems: list[Problem] = []
    chosen = plan.label != FREE
    blocks = plan.blocks

    def tell(is_broken: bool, zh: str, en: str) -> None:
        if is_broken:
            problems.append(Problem("A-BLOCK-PLAN", f"连片方案{zh}", f"the plan of blocks: {en}"))

    tell(
        len(blocks) > case.most, f"片数 {len(blocks)} 超过 {case.most}", f"{len(blocks)} blocks, more than {case.most}"
    )
    spent = int(case.cost[chosen].sum())
    tell(spent > case.budget, f"成本 {spent} 超过预算 {case.budget}", f"cost {spent} passes the budget {case.budget}")
    tell(bool((chosen & (case.is_movable == 0)).any()), "含不愿搬迁的地块", "holds plots whose owners will not move")
    for number, block in enumerate(blocks, 1):
        area = int(case.area[list(block)].sum())
        tell(area < case.least_area, f"第 {number} 片面积不足", f"block {number} is too small")
        tell(not is_connected(case.touching, block), f"第 {number} 片不连片", f"block {number} is not connected")
    tell(weigh_plan(case, plan.label) != plan.worth, "价值与地块不符", "the worth is not that of its plots")
    return tuple(problems)


def is_connected(touching: Contiguity, plots: Sequence[int]) -> bool:
    """Whether a set of plots hangs together (连片)."""
    start, neighbour, _ = touching.rows
    wanted, reached, open_ = set(plots), set(plots[:1]), list(plots[:1])
    while open_:
        p = open_.pop()
        for q in neighbour[start[p] : start[p + 1]].tolist():
            if q in wanted and q not in reached:
                reached.add(q)
                open_.append(q)
    return reached == wanted
