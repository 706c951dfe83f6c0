"""The adviser: right plans, proven bounds, published optima, and changes with winners and losers."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from kaiwu.allot import kernel
from kaiwu.allot.adviser import search
from kaiwu.allot.adviser.bound import bound_case, gap_of, prove_bound
from kaiwu.allot.adviser.case import NONE, AdviceCase, Plan, check_plan, make_case, use_of
from kaiwu.allot.adviser.price import find_envies, price_rule
from kaiwu.allot.adviser.search import search_plan
from kaiwu.allot.adviser.what_if import add_supply, rank_rule, try_change
from kaiwu.allot.kernel import plain
from kaiwu.quantity import KaiwuError

SHARED = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "allot"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no instances in {SHARED}; set KAIWU_SHARED_DATA")


def market(seed: int, applicants: int = 60, places: int = 30) -> tuple[AdviceCase, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.integers(3000, 9500, applicants)
    energy = rng.integers(1, 50, (applicants, 2))
    fits = rng.random((applicants, places)) < 0.2
    return make_case(score, fits, np.ones(places, dtype=np.int64), energy, energy.sum(axis=0) // 3), score


def best_by_enumeration(case: AdviceCase) -> int:
    best = 0
    for choice in itertools.product(*([NONE, *range(case.start[a], case.start[a + 1])] for a in range(case.applicants))):  # fmt: skip
        chosen = np.array(choice)
        if (use_of(case, chosen) <= case.capacity).all():
            best = max(best, int(case.value[chosen[chosen != NONE]].sum()))
    return best


@pytest.mark.parametrize("seed", range(5))
def test_plan_enumeration_and_bound_stand_in_order_on_small_cases(seed):
    case, _ = market(seed, applicants=7, places=4)
    plan, best = search_plan(case, moves=5000), best_by_enumeration(case)
    assert check_plan(case, plan) == ()
    assert plan.value == best <= bound_case(case).value


def test_a_plan_of_a_middling_market_is_near_its_bound():
    case, _ = market(1, 200, 120)
    plan = search_plan(case, moves=200_000)
    assert check_plan(case, plan) == ()
    assert gap_of(plan.value, bound_case(case).value) < 0.02


def test_any_prices_prove_a_bound():
    case, _ = market(2, applicants=7, places=4)
    best, rng = best_by_enumeration(case), np.random.default_rng(3)
    for _ in range(20):
        assert prove_bound(case, rng.integers(-10, 2**28, len(case.capacity)).tolist()).value >= best


def test_the_same_seed_gives_the_same_plan_with_and_without_machine_code(monkeypatch):
    case, _ = market(4)
    compiled = search_plan(case, moves=2000)
    for module in (kernel, search):
        for name, value in list(vars(module).items()):
            if callable(getattr(value, "py_func", None)):
                monkeypatch.setattr(module, name, plain(value))
    assert not hasattr(search.anneal, "py_func")
    assert search_plan(case, moves=2000).chosen.tolist() == compiled.chosen.tolist()


def test_the_checker_names_overdrawn_resources_and_strange_options():
    case, _ = market(1)
    greedy = np.array([case.start[a] if case.start[a] < case.start[a + 1] else NONE for a in range(case.applicants)])
    told = [p.zh for p in check_plan(case, Plan(greedy, 1))]
    assert any("超过限额" in t for t in told) and any("总分" in t for t in told)
    strange = np.full(case.applicants, NONE)
    strange[0] = case.start[1]
    assert any("别人的选项" in p.zh for p in check_plan(case, Plan(strange, int(case.value[case.start[1]]))))


def test_negative_uses_are_refused():
    with pytest.raises(KaiwuError, match="A-ADVICE-CASE"):
        make_case(np.array([1]), np.array([[True]]), np.array([1]), np.array([[1]]), np.array([-5]))


def test_the_priority_rule_passes_nobody_over_where_places_are_the_only_bound_and_everybody_fits_everywhere():
    score = np.random.default_rng(1).permutation(40) * 100
    case = make_case(score, np.ones((40, 15), dtype=bool), np.ones(15, dtype=np.int64), np.zeros((40, 0), dtype=np.int64), np.zeros(0, dtype=np.int64))  # fmt: skip
    granted = rank_rule(np.argsort(-score))(case)
    assert list(find_envies(case, granted, score)) == []
    assert set(np.flatnonzero(granted != NONE)) == set(np.argsort(-score)[:15])


def test_an_envy_is_found_where_a_worse_one_holds_what_would_do():
    case = make_case(np.array([50, 90, 70]), np.array([[True], [True], [False]]), np.array([1]), np.zeros((3, 0), dtype=np.int64), np.zeros(0, dtype=np.int64))  # fmt: skip
    (envy,) = find_envies(case, np.array([0, NONE, NONE]), np.array([50, 90, 70]))
    assert (envy.loser, envy.winner, envy.gap) == (1, 0, 40)


def test_the_price_of_the_rule_names_what_each_side_passes_over():
    case, score = market(5)
    granted = rank_rule(np.lexsort((np.arange(len(score)), -score)))(case)
    price = price_rule(case, granted, search_plan(case, moves=50_000), bound_case(case), score)
    assert price.rule <= price.plan <= price.bound
    assert len(price.rule_envies) <= len(price.plan_envies)
    assert all(zh and en for zh, en in price.tell())


def test_everybody_stands_in_one_list_of_a_what_if():
    case, score = market(6)
    rule = rank_rule(np.argsort(-score, kind="stable"))
    fates = try_change(rule, case, case.with_capacity(case.capacity - (np.arange(len(case.capacity)) < 5)))
    lists = (fates.winners, fates.losers, fates.moved, fates.unchanged)
    assert sorted(a for each in lists for a in each) == list(range(case.applicants))
    assert fates.losers and try_change(rule, case, case).unchanged == tuple(range(case.applicants))


def test_extra_supply_leaves_every_grant_and_only_adds():
    case, score = market(7)
    rule = rank_rule(np.argsort(-score, kind="stable"))
    granted = rule(case)
    extra = np.where(np.arange(len(case.capacity)) < 30, 0, 40)
    more = add_supply(case, granted, extra, rule)
    assert (more[granted != NONE] == granted[granted != NONE]).all()
    assert (more != NONE).sum() > (granted != NONE).sum()
    assert (use_of(case, more) <= case.capacity + extra).all()
    with pytest.raises(KaiwuError, match="A-ADVICE-EXTRA"):
        add_supply(case, granted, -extra, rule)


def read_numbers(path: Path) -> list[int]:
    return [int(float(word)) for word in path.read_text().split()]


def gap_instance(path: Path) -> tuple[AdviceCase, int]:
    """A generalised assignment problem of least cost: each cost counts as ``big`` less the cost, so that all are placed."""
    numbers = read_numbers(path)
    m, n = numbers[:2]
    cost = np.array(numbers[2 : 2 + m * n]).reshape(m, n).T
    use = np.array(numbers[2 + m * n : 2 + 2 * m * n]).reshape(m, n).T
    capacity = np.array(numbers[2 + 2 * m * n : 2 + 2 * m * n + m])
    big = 10 * int(cost.max())
    return make_case(big - cost, np.ones((n, m), dtype=bool), capacity, np.zeros((n, 0), dtype=np.int64), np.zeros(0, dtype=np.int64), use), big * n  # fmt: skip


@needs_shared
@pytest.mark.parametrize("name", ["gap1-0", "gap3-1", "gap6-2", "gap12-0"])
def test_published_optima_of_small_generalised_assignment_are_met(name):
    case, offset = gap_instance(SHARED / "gap" / "cattrysse1994" / name)
    optimum = published(f"cattrysse1994/{name}")
    plan = search_plan(case, moves=200_000, starts=3)
    assert check_plan(case, plan) == ()
    assert optimum <= offset - plan.value <= optimum * 101 // 100


def published(path: str) -> int:
    for line in (SHARED / "gap" / "best_known.csv").read_text().splitlines():
        if line.startswith(path + ","):
            return int(line.split(",")[6])
    raise AssertionError(path)


def knapsacks(name: str, count: int):
    """The first instances of a file of the OR-Library: (optimum as stated there, case)."""
    numbers = iter(read_numbers(SHARED / "mkp" / f"{name}.txt"))
    for _ in range(min(next(numbers), count)):
        n, m, optimum = (next(numbers) for _ in range(3))
        value = np.array([next(numbers) for _ in range(n)])
        use = np.array([[next(numbers) for _ in range(n)] for _ in range(m)]).T
        capacity = np.array([next(numbers) for _ in range(m)])
        yield optimum, make_case(value, np.ones((n, 1), dtype=bool), np.array([n]), use, capacity)


@needs_shared
def test_published_optima_of_small_multidimensional_knapsacks_are_met():
    met = 0
    for optimum, case in knapsacks("mknap1", 7):
        plan = search_plan(case, moves=60_000, starts=3)
        assert check_plan(case, plan) == ()
        assert optimum * 99 // 100 <= plan.value <= optimum <= bound_case(case).value
        met += plan.value == optimum
    assert met >= 5


@needs_shared
def test_larger_knapsacks_come_within_one_percent_of_the_best_known():
    lines = (SHARED / "mkp" / "best_known.csv").read_text().splitlines()
    best = [int(line.split(",")[2]) for line in lines if line.startswith("mknapcb1.txt")]
    for known, (_, case) in zip(best, knapsacks("mknapcb1", 3), strict=False):
        plan = search_plan(case, moves=200_000, starts=3)
        assert known * 99 // 100 <= plan.value <= known <= bound_case(case).value
