"""A case of the adviser: applicants, their options, what each option is worth and uses, and how much there is.

Owns the shape and its checks. Plots, floors, energy by month and money are all resources with a capacity; a plot that one
applicant takes whole is a resource of capacity 1. That one shape holds allotment, generalised assignment and the
multidimensional knapsack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kaiwu.allot.kernel import Whole
from kaiwu.quantity import KaiwuError, Problem

NONE = -1
MOST = 10**12
"""The most that values and uses may add up to, so that no sum of the search passes 64 bits."""


@dataclass(frozen=True, eq=False)
class AdviceCase:
    """Options by applicant: those of applicant ``a`` are ``start[a]:start[a + 1]``, each worth ``value`` (points).

    Option ``o`` uses ``amount[e]`` of ``resource[e]`` for ``e`` in ``use[o]:use[o + 1]``; ``capacity`` by resource. All int64.
    ``label`` names each option for people, for example by its plot.
    """

    start: Whole
    value: Whole
    use: Whole
    resource: Whole
    amount: Whole
    capacity: Whole
    label: Whole

    def __post_init__(self) -> None:
        """Raises ``KaiwuError`` (A-ADVICE-CASE) for negative uses or capacities, and for sums that are too large."""
        checks = (
            (self.amount.min(initial=0) >= 0 and self.capacity.min(initial=0) >= 0, "占用量和限额不能为负", "uses and capacities may not be negative"),
            (len(self.use) == len(self.value) + 1 and int(self.start[-1]) == len(self.value), "选项与占用表长度不符", "options and uses differ in number"),
            (int(np.abs(self.value).max(initial=0)) * max(self.applicants, 1) <= MOST and int(self.amount.max(initial=0)) <= MOST, f"数值过大, 请换大一级单位(合计不超过 {MOST})", f"numbers are too large: use a larger unit (sums up to {MOST})"),
        )  # fmt: skip
        problems = [
            Problem("A-ADVICE-CASE", f"参谋案例不成立: {zh}", f"no case for the adviser: {en}")
            for is_right, zh, en in checks
            if not is_right
        ]
        if problems:
            raise KaiwuError(problems)

    @property
    def applicants(self) -> int:
        """Number of applicants."""
        return len(self.start) - 1

    def uses_of(self, option: int) -> tuple[Whole, Whole]:
        """Resources and amounts of an option."""
        at = slice(int(self.use[option]), int(self.use[option + 1]))
        return self.resource[at], self.amount[at]

    def with_capacity(self, capacity: Whole) -> AdviceCase:
        """The same case with other capacities."""
        return replace(self, capacity=np.asarray(capacity, dtype=np.int64))

    def without(self, applicants: Sequence[int]) -> tuple[AdviceCase, Whole]:
        """The same case where some applicants have no option, and the old numbers of the options that remain."""
        owner = np.repeat(np.arange(self.applicants), np.diff(self.start))
        kept = ~np.isin(owner, list(applicants))
        entries = np.repeat(kept, np.diff(self.use))
        start = np.concatenate([[0], np.cumsum(np.bincount(owner[kept], minlength=self.applicants))])
        use = np.concatenate([[0], np.cumsum(np.diff(self.use)[kept])])
        smaller = AdviceCase(start, self.value[kept], use, self.resource[entries], self.amount[entries], self.capacity, self.label[kept])  # fmt: skip
        return smaller, np.flatnonzero(kept)


@dataclass(frozen=True, eq=False)
class Plan:
    """An option for each applicant (``chosen``, ``NONE`` for none) and their value. ``moves`` counts the work."""

    chosen: Whole
    value: int
    moves: int = 0


def make_case(
    value: Whole, fits: NDArray[np.bool_], place_capacity: Whole, common: Whole, capacity: Whole, place_use: Whole | None = None
) -> AdviceCase:  # fmt: skip
    """A case of applicants × places (plots, floors).

    ``value`` (applicants, places) or (applicants,) points; ``fits`` (applicants, places) says which pairs are open;
    ``place_use`` (applicants, places) what a pair uses of the place (1 where not given) within ``place_capacity`` (places,);
    ``common`` (applicants, kinds) what an applicant uses of shared resources within ``capacity`` (kinds,).
    """
    n, places = fits.shape
    kinds = common.shape[1]
    a, p = np.nonzero(fits)
    values = np.broadcast_to(value.reshape(n, -1), fits.shape)[a, p].astype(np.int64)
    uses = np.ones(len(a), dtype=np.int64) if place_use is None else place_use[a, p]
    resource = np.column_stack([p, np.broadcast_to(places + np.arange(kinds), (len(a), kinds))]).ravel()
    amount = np.column_stack([uses, common[a]]).ravel()
    is_used = amount > 0
    per_option = is_used.reshape(-1, kinds + 1).sum(axis=1)
    return AdviceCase(
        np.searchsorted(a, np.arange(n + 1)).astype(np.int64), values, np.concatenate([[0], np.cumsum(per_option)]).astype(np.int64),
        resource[is_used].astype(np.int64), amount[is_used].astype(np.int64), np.concatenate([place_capacity, capacity]).astype(np.int64), p.astype(np.int64),
    )  # fmt: skip


def use_of(case: AdviceCase, chosen: Whole) -> Whole:
    """How much of each resource a plan uses."""
    used = np.zeros(len(case.capacity), dtype=np.int64)
    for option in chosen[chosen != NONE].tolist():
        resource, amount = case.uses_of(option)
        np.add.at(used, resource, amount)
    return used


def check_plan(case: AdviceCase, plan: Plan) -> tuple[Problem, ...]:
    """Everything in which a plan breaks its case; empty for a right one. Shares no code with the search."""
    problems = []
    for a, option in enumerate(plan.chosen.tolist()):
        if option != NONE and not case.start[a] <= option < case.start[a + 1]:
            problems.append(Problem("A-ADVICE-PLAN", f"申请人 {a} 得到别人的选项", f"applicant {a} has the option of another"))  # fmt: skip
    over = np.flatnonzero(use_of(case, plan.chosen) > case.capacity)
    problems += [Problem("A-ADVICE-PLAN", f"资源 {r} 超过限额", f"resource {r} is overdrawn") for r in over.tolist()]
    if int(case.value[plan.chosen[plan.chosen != NONE]].sum()) != plan.value:
        problems.append(Problem("A-ADVICE-PLAN", "总分与所选不符", "the value is not that of the options"))
    return tuple(problems)
