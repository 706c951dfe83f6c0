"""The adviser at 500 applicants × 300 plots: a plan by counted moves, its proven bound, and the priority rule's price.

The market is drawn (synthetic): zones, areas and three shared resources (energy, emission, money). Plans are compared over eight
seeds; the same seed gives the same plan on every machine, which the digest shows.
"""

from __future__ import annotations

import hashlib
import time

import numpy as np

from kaiwu.allot.adviser.bound import bound_case, gap_of
from kaiwu.allot.adviser.case import AdviceCase, check_plan, make_case
from kaiwu.allot.adviser.price import price_rule
from kaiwu.allot.adviser.search import search_plan
from kaiwu.allot.adviser.what_if import rank_rule
from kaiwu.allot.kernel import Whole

SEEDS = 8


def make_market(applicants: int = 500, plots: int = 300, seed: int = 1) -> tuple[AdviceCase, Whole]:
    """A drawn market and its scores (0.01 point)."""
    rng = np.random.default_rng(seed)
    score = rng.integers(3000, 9500, applicants)
    wanted, area = rng.integers(8, 60, applicants), rng.integers(8, 60, plots)
    zone, may = rng.integers(0, 6, plots), rng.random((applicants, 6)) < 0.4
    fits = (area * 10 >= wanted[:, None] * 7) & (area * 10 <= wanted[:, None] * 18) & may[:, zone]
    used = rng.integers(5, 300, (applicants, 3))
    return make_case(score, fits, np.ones(plots, dtype=np.int64), used, used.sum(axis=0) * 35 // 100), score


def main() -> None:
    case, score = make_market()
    search_plan(case, moves=1)  # compile
    began = time.perf_counter()
    bound = bound_case(case)
    bound_time = time.perf_counter() - began
    times, plans = [], []
    for seed in range(1, SEEDS + 1):
        began = time.perf_counter()
        plans.append(search_plan(case, seed))
        times.append(time.perf_counter() - began)
        assert check_plan(case, plans[-1]) == ()
    granted = rank_rule(np.lexsort((np.arange(len(score)), -score)))(case)
    price = price_rule(case, granted, plans[0], bound, score)
    worst, best = min(p.value for p in plans), max(p.value for p in plans)
    digest = hashlib.sha256(plans[0].chosen.astype("<i8").tobytes()).hexdigest()[:12]
    print("| what | value |")
    print("|---|---:|")
    print(f"| applicants × plots, open pairs | {case.applicants} × 300, {len(case.value):,} |")
    print(f"| proven bound (points), seconds of HiGHS | {bound.value / 100:,.0f}, {bound_time:.2f} |")
    print(
        f"| plan below the bound, worst and best of {SEEDS} seeds | {gap_of(worst, bound.value):.2%}, {gap_of(best, bound.value):.2%} |"
    )
    print(f"| seconds of a plan ({plans[0].moves:,} moves), longest | {max(times):.2f} |")
    print(f"| priority rule below the bound | {gap_of(price.rule, bound.value):.2%} |")
    print(f"| better-scored applicants passed over: plan, rule | {len(price.plan_envies)}, {len(price.rule_envies)} |")
    print(f"| digest of the first plan | `{digest}` |")


if __name__ == "__main__":
    main()
