"""Blocks of plots: right, as good as the proof on small cases, and the same from machine code and plain Python."""

import numpy as np
import pytest
from plot_grid import block_case

from kaiwu.allot import kernel
from kaiwu.allot.kernel import plain
from kaiwu.allot.land import block_search
from kaiwu.allot.land.block import FREE, BlockPlan, check_plan, weigh_plan
from kaiwu.allot.land.block_exact import enumerate_blocks, solve_blocks
from kaiwu.allot.land.block_frontier import find_pivots, trace_frontier
from kaiwu.allot.land.block_search import search_blocks
from kaiwu.quantity import KaiwuError


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_enumerated_best_of_small_cases(seed):
    case = block_case(4, 3, seed=seed)
    exact, found = enumerate_blocks(case), search_blocks(case, moves=20_000, starts=3)
    assert check_plan(case, exact) == () and check_plan(case, found) == ()
    assert found.worth == exact.worth


def test_the_mixed_integer_programme_agrees_with_the_enumeration():
    case = block_case(4, 3, seed=3)
    solved = solve_blocks(case, seconds=20)
    assert check_plan(case, solved) == ()
    assert solved.worth == enumerate_blocks(case).worth <= solved.bound


def test_a_larger_plan_breaks_no_rule_and_seeds_differ_little():
    case = block_case(12, 10, most=3, share=5)
    plans = [search_blocks(case, seed=s) for s in range(1, 4)]
    assert all(check_plan(case, plan) == () for plan in plans)
    assert min(p.worth for p in plans) >= max(p.worth for p in plans) * 97 // 100


def test_the_same_seed_gives_the_same_plan_with_and_without_machine_code(monkeypatch):
    case = block_case(5, 4)
    compiled = search_blocks(case, moves=2000, starts=1)
    for module in (kernel, block_search):
        for name, value in list(vars(module).items()):
            if callable(getattr(value, "py_func", None)):
                monkeypatch.setattr(module, name, plain(value))
    assert not hasattr(block_search.anneal, "py_func")
    assert search_blocks(case, moves=2000, starts=1).label.tolist() == compiled.label.tolist()


def test_a_plan_to_begin_with_is_never_made_worse():
    case = block_case(6, 5)
    first = search_blocks(case, moves=50_000)
    assert search_blocks(case, seed=9, moves=100, starts=1, first=first.label).worth >= first.worth


@pytest.mark.parametrize(
    ("change", "text"),
    [("stubborn", "不愿搬迁"), ("broken", "不连片"), ("small", "面积不足"), ("budget", "超过预算"), ("worth", "价值")],
)
def test_the_checker_names_every_kind_of_forgery(change, text):
    case = block_case(4, 3, seed=1)
    label = np.full(case.count, FREE, dtype=np.int64)
    label[{"broken": [0, 11], "small": [0]}.get(change, [0, 1, 2, 3])] = 0
    if change == "stubborn":
        case = case.with_movable([0], False)
    if change == "budget":
        case = case.with_budget(1)
    plan = BlockPlan(label, weigh_plan(case, label) + (change == "worth"))
    assert any(text in p.zh and p.en for p in check_plan(case, plan))


def test_more_budget_never_buys_less_and_pivots_are_ordered():
    case = block_case(5, 4)
    points = trace_frontier(case, [case.budget // 2, case.budget, case.budget * 2], moves=10_000)
    assert [p.worth for p in points] == sorted(p.worth for p in points)
    assert all(p.spent <= p.budget for p in points)
    plan = points[1].plan
    pivots = find_pivots(case, plan, {p: f"owner {p}" for p in range(case.count)}, moves=10_000)
    assert pivots and [p.worth for p in pivots] == sorted((p.worth for p in pivots), reverse=True)
    assert all(p.tell()[0] and p.tell()[1] for p in pivots)
    mover = next(p for p in pivots if p.moves)
    assert set(mover.plots) <= set(np.flatnonzero(plan.label != FREE).tolist())


def test_a_case_with_negative_cost_is_refused():
    case = block_case(3, 3)
    with pytest.raises(KaiwuError, match="A-BLOCK-CASE"):
        type(case)(case.gain, -case.cost, case.area, case.perimeter, case.touching, case.is_movable, 2, 10, 0)
