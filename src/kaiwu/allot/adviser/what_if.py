"""What a change would do (假如): other rules, quotas or thresholds with winners and losers, and supply that comes on top.

Owns the comparison of fates and the rule of increments: what was granted stays granted (已给的不动), new supply is allotted on
top. It tries changes; it makes none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.adviser.case import NONE, AdviceCase, use_of
from kaiwu.allot.adviser.search import fill, lay_table
from kaiwu.allot.kernel import Whole
from kaiwu.quantity import KaiwuError, Problem

Rule = Callable[[AdviceCase], Whole]
"""A rule gives each applicant an option or ``NONE``."""


@dataclass(frozen=True, slots=True)
class Fates:
    """Applicants by what a change does to them: every one stands in exactly one list."""

    winners: tuple[int, ...]
    losers: tuple[int, ...]
    moved: tuple[int, ...]
    unchanged: tuple[int, ...]

    def tell(self) -> tuple[str, str]:
        """The counts in both languages."""
        w, lost, m, u = len(self.winners), len(self.losers), len(self.moved), len(self.unchanged)
        return (
            f"新得 {w} 家, 失去 {lost} 家, 换地 {m} 家, 不变 {u} 家",
            f"{w} win, {lost} lose, {m} move, {u} stay as they are",
        )


def rank_rule(order: Whole) -> Rule:
    """The plain priority rule: in the order given, each takes the first of its options that still fits."""

    def place(case: AdviceCase) -> Whole:
        table = lay_table(case)
        options = [np.arange(case.start[a], case.start[a + 1]) for a in order.tolist()]
        fill(table, np.concatenate(options) if options else np.zeros(0, dtype=np.int64))
        return table.chosen

    return place


def compare_fates(before: AdviceCase, had: Whole, after: AdviceCase, has: Whole) -> Fates:
    """What became of each applicant; places are compared by their labels, since a change may renumber options."""
    lists: tuple[list[int], ...] = ([], [], [], [])
    for a, (one, two) in enumerate(zip(had.tolist(), has.tolist(), strict=True)):
        if (one == NONE) != (two == NONE):
            lists[0 if one == NONE else 1].append(a)
        else:
            is_same = one == NONE or before.label[one] == after.label[two]
            lists[3 if is_same else 2].append(a)
    return Fates(*(tuple(each) for each in lists))


def try_change(rule: Rule, before: AdviceCase, after: AdviceCase, other_rule: Rule | None = None) -> Fates:
    """Winners and losers of other options, capacities or another rule."""
    return compare_fates(before, rule(before), after, (other_rule or rule)(after))


def add_supply(case: AdviceCase, granted: Whole, extra: Whole, rule: Rule) -> Whole:
    """Allot ``extra`` (resources,) on top: those with a grant keep exactly it, the others compete for what is left and new.

    Raises ``KaiwuError`` (A-ADVICE-EXTRA) where an extra is negative: taking supply away is a cut, not an increment.
    """
    if extra.min(initial=0) < 0:
        raise KaiwuError(Problem("A-ADVICE-EXTRA", "增量不能为负; 减少供给请用限额变化试算", "an increment may not be negative: try a cut as a change of capacities"))  # fmt: skip
    rest, kept = case.without(np.flatnonzero(granted != NONE).tolist())
    added = rule(rest.with_capacity(case.capacity + extra - use_of(case, granted)))
    out = granted.copy()
    for a in np.flatnonzero(added != NONE).tolist():
        out[a] = kept[added[a]]
    return out
