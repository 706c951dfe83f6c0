"""What fairness costs (公平的代价): the declared rule against the best plan and the bound, and whom that plan passes over.

Owns the comparison and its words. The rule's result is given as it stands; nothing here changes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kaiwu.allot.adviser.bound import Bound, gap_of
from kaiwu.allot.adviser.case import NONE, AdviceCase, Plan, use_of
from kaiwu.allot.kernel import Whole


@dataclass(frozen=True, slots=True)
class Envy:
    """A justified envy (有理由的不平): ``loser`` has nothing and a better score than ``winner``, whose place would do for them."""

    loser: int
    winner: int
    gap: int


@dataclass(frozen=True, slots=True)
class Price:
    """Total points of the rule and of the best plan, the bound, and the envies of both; placed applicants of both.

    ``displaced`` are placed by the rule and not by the plan, ``favoured`` the other way round: what the order protects.
    """

    rule: int
    plan: int
    bound: int
    rule_envies: tuple[Envy, ...]
    plan_envies: tuple[Envy, ...]
    rule_placed: int
    plan_placed: int
    displaced: tuple[int, ...]
    favoured: tuple[int, ...]

    def tell(self) -> tuple[tuple[str, str], ...]:
        """The price in sentences of both languages."""
        more = gap_of(self.rule, self.plan) if self.plan > self.rule else 0.0
        return (
            (f"按规则总分 {self.rule}, 安排 {self.rule_placed} 家; 找到的最好方案 {self.plan}, 安排 {self.plan_placed} 家; 任何方案不超过 {self.bound}",
             f"the rule totals {self.rule} points for {self.rule_placed} applicants; the best plan found {self.plan} for {self.plan_placed}; no plan passes {self.bound}"),
            (f"守住名次的代价: 不超过上界的 {gap_of(self.rule, self.bound):.1%}, 比最好方案低 {more:.1%}",
             f"keeping to the order costs at most {gap_of(self.rule, self.bound):.1%} of the bound; {more:.1%} against the best plan"),
            (f"最好方案会撤下规则安排的 {len(self.displaced)} 家, 换上 {len(self.favoured)} 家; 得分更高而被越过的(因预留或分段限额): 规则 {len(self.rule_envies)} 家, 最好方案 {len(self.plan_envies)} 家",
             f"the best plan would drop {len(self.displaced)} that the rule places and take {len(self.favoured)} others; passed over with a better score (by reserves and limits of a pass): {len(self.rule_envies)} by the rule, {len(self.plan_envies)} by the plan"),
        )  # fmt: skip


def price_rule(case: AdviceCase, granted: Whole, plan: Plan, bound: Bound, score: Whole) -> Price:
    """Price a rule's result: ``granted`` an option for each applicant or ``NONE``, ``score`` their points."""
    rule = int(case.value[granted[granted != NONE]].sum())
    envies = tuple(find_envies(case, granted, score)), tuple(find_envies(case, plan.chosen, score))
    by_rule, by_plan = granted != NONE, plan.chosen != NONE
    displaced, favoured = np.flatnonzero(by_rule & ~by_plan).tolist(), np.flatnonzero(by_plan & ~by_rule).tolist()
    return Price(
        rule,
        plan.value,
        bound.value,
        *envies,
        int(by_rule.sum()),
        int(by_plan.sum()),
        tuple(displaced),
        tuple(favoured),
    )


def find_envies(case: AdviceCase, chosen: Whole, score: Whole) -> Iterator[Envy]:
    """Every justified envy of a plan, at most one for a loser: the worst-scored winner whose place would do."""
    rest = case.capacity - use_of(case, chosen)
    winners = np.flatnonzero(chosen != NONE)
    winners = winners[np.lexsort((winners, score[winners]))]
    holders: dict[int, list[int]] = {}
    for w in winners.tolist():
        for r in case.uses_of(int(chosen[w]))[0].tolist():
            holders.setdefault(r, []).append(w)
    for loser in np.flatnonzero(chosen == NONE).tolist():
        found = _find_winner(case, chosen, score, rest, holders, loser)
        if found is not None:
            yield Envy(loser, found, int(score[loser] - score[found]))


def _find_winner(
    case: AdviceCase, chosen: Whole, score: Whole, rest: Whole, holders: dict[int, list[int]], loser: int
) -> int | None:
    """The worst-scored winner with a lower score than the loser, without whom an option of the loser fits."""
    best: int | None = None
    for option in range(int(case.start[loser]), int(case.start[loser + 1])):
        resource, amount = case.uses_of(option)
        short = resource[amount > rest[resource]]
        # Whoever makes room must hold what is short; the shortest list of holders is enough to look through.
        nearest: list[int] = min((holders.get(int(r), []) for r in short), key=len, default=[])
        for winner in nearest:
            if score[winner] >= score[loser] or (best is not None and score[winner] >= score[best]):
                break
            if _makes_room(case, rest, int(chosen[winner]), resource, amount):
                best = winner
                break
    return best


def _makes_room(case: AdviceCase, rest: Whole, given_up: int, resource: Whole, amount: Whole) -> bool:
    freed = dict(zip(*(part.tolist() for part in case.uses_of(given_up)), strict=True))
    return all(a <= rest[r] + freed.get(r, 0) for r, a in zip(resource.tolist(), amount.tolist(), strict=True))
