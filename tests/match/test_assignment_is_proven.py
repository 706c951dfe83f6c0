"""The plan is the best one: against brute force, against the other solver, and by its own prices."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.match.assignment import Limits, Market, Plan, assign
from kaiwu.match.assignment.network import build_network
from kaiwu.match.assignment.ortools_flow import has_ortools
from kaiwu.match.assignment.price import price_flow
from kaiwu.quantity import KaiwuError

needs_ortools = pytest.mark.skipif(not has_ortools(), reason="OR-Tools is the extra “match”")


def make_market(draw: st.DrawFn, most_needs: int, most_suppliers: int, most_edges: int, most_score: int) -> Market:
    needs, suppliers = draw(st.integers(1, most_needs)), draw(st.integers(1, most_suppliers))
    pairs = draw(st.sets(st.tuples(st.integers(0, needs - 1), st.integers(0, suppliers - 1)), max_size=most_edges))
    edges = np.array(sorted(pairs), np.int64).reshape(-1, 2)

    def numbers(count: int, low: int, high: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(low, high), min_size=count, max_size=count)), np.int64)

    share = Fraction(draw(st.integers(0, 4)), 4)
    per_buyer = draw(st.sampled_from([None, 1, 2]))
    return Market(
        [f"N{i}" for i in range(needs)], ["B0", "B1"], [f"S{i}" for i in range(suppliers)], numbers(needs, 0, 1), numbers(needs, 1, 2),
        numbers(suppliers, 1, 2), numbers(suppliers, 0, 1).astype(bool), edges[:, 0], edges[:, 1], numbers(len(edges), 1, most_score), Limits(share, per_buyer),
    )  # fmt: skip


@st.composite
def small_markets(draw: st.DrawFn) -> Market:
    return make_market(draw, 4, 4, 9, draw(st.sampled_from([2, 1000])))


@st.composite
def larger_markets(draw: st.DrawFn) -> Market:
    return make_market(draw, 12, 8, 60, draw(st.sampled_from([3, 10**6])))


def is_allowed(market: Market, chosen: np.ndarray) -> bool:
    """Every limit, straight from its definition."""
    need, supplier = market.need[chosen], market.supplier[chosen]
    if any((need == n).sum() > market.places[n] for n in range(len(market.needs))):
        return False
    if any((supplier == s).sum() > market.capacity[s] for s in range(len(market.suppliers))):
        return False
    if market.limits.per_buyer is not None:
        for b, s in product(range(len(market.buyers)), range(len(market.suppliers))):
            if ((market.buyer[need] == b) & (supplier == s)).sum() > market.limits.per_buyer:
                return False
    large = int((~market.is_small[supplier]).sum())
    return large <= (1 - market.limits.small_share) * int(market.places.sum())


def best_total(market: Market) -> int:
    found = 0
    for picked in product([False, True], repeat=len(market.need)):
        chosen = np.array(picked, bool)
        if is_allowed(market, chosen):
            found = max(found, int(market.score[chosen].sum()))
    return found


def with_capacity(market: Market, supplier: int, more: int) -> Market:
    capacity = market.capacity.copy()
    capacity[supplier] += more
    return Market(
        market.needs, market.buyers, market.suppliers, market.buyer, market.places, capacity, market.is_small,
        market.need, market.supplier, market.score, market.limits,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(small_markets())
def test_the_plan_has_as_many_points_as_any_choice_of_pairs(market: Market) -> None:
    plan = assign(market, solver="plain")
    assert is_allowed(market, plan.chosen)
    assert plan.total == int(market.score[plan.chosen].sum()) == best_total(market)


@needs_ortools
@settings(max_examples=60, deadline=None)
@given(larger_markets(), st.sampled_from(["", "2026-11"]))
def test_both_solvers_give_the_same_plan_and_prices(market: Market, draw: str) -> None:
    plain, quick = assign(market, solver="plain", draw=draw), assign(market, solver="ortools", draw=draw)
    assert not plain.undecided.any()
    assert plain.total == quick.total
    assert plain.chosen.tolist() == quick.chosen.tolist()
    assert plain.tied.tolist() == quick.tied.tolist()
    assert plain.next_place.tolist() == quick.next_place.tolist()


@settings(max_examples=40, deadline=None)
@given(larger_markets())
def test_one_more_place_adds_exactly_its_price(market: Market) -> None:
    plan = assign(market, solver="plain")
    for supplier in range(len(market.suppliers)):
        more = assign(with_capacity(market, supplier, 1), solver="plain")
        assert more.total - plan.total == plan.next_place[supplier]
        assert plan.next_place[supplier] <= plan.place_price[supplier]


@settings(max_examples=40, deadline=None)
@given(larger_markets())
def test_who_has_places_left_costs_nothing(market: Market) -> None:
    plan = assign(market, solver="plain")
    assert plan.prices.is_optimal
    assert not plan.place_price[plan.taken < market.capacity].any()


@settings(max_examples=40, deadline=None)
@given(larger_markets())
def test_pairs_are_tied_only_where_another_plan_is_as_good(market: Market) -> None:
    """Forbidding a chosen pair, or forcing an unchosen one, costs points unless the pair is tied."""
    plan = assign(market, solver="plain")
    for edge in range(min(len(market.need), 12)):
        keep = np.arange(len(market.need)) != edge
        if plan.chosen[edge]:
            rest = assign(_cut(market, keep), solver="plain").total
            assert (rest == plan.total) == bool(plan.tied[edge])


def _cut(market: Market, keep: np.ndarray) -> Market:
    return Market(
        market.needs, market.buyers, market.suppliers, market.buyer, market.places, market.capacity, market.is_small,
        market.need[keep], market.supplier[keep], market.score[keep], market.limits,
    )  # fmt: skip


def two_needs_one_place(first: int = 50, second: int = 80) -> Market:
    ones = np.ones(2, np.int64)
    return Market(
        ["甲需求", "乙需求"], ["买方"], ["供方"], np.zeros(2, np.int64), ones, np.array([1]), np.array([False]), np.array([0, 1]), np.array([0, 0]),
        np.array([first, second]) * 1_000_000,
    )  # fmt: skip


def test_a_flow_that_can_be_improved_is_refused() -> None:
    built = build_network(two_needs_one_place())
    worse = assign(two_needs_one_place(80, 50), solver="plain").flow
    with pytest.raises(KaiwuError, match="MA-NOT-OPTIMAL"):
        price_flow(built.network, worse)


def test_a_flow_beyond_a_capacity_is_refused() -> None:
    built = build_network(two_needs_one_place())
    with pytest.raises(KaiwuError, match="MA-FLOW"):
        price_flow(built.network, np.ones_like(built.network.capacity))


def test_the_draw_is_the_same_in_any_order_and_another_under_another_name() -> None:
    def winners(draw: str) -> list[bool]:
        out = []
        for i in range(30):
            market = two_needs_one_place(50, 50)
            named = Market([f"甲{i}", f"乙{i}"], market.buyers, market.suppliers, *(getattr(market, k) for k in ("buyer", "places", "capacity", "is_small", "need", "supplier", "score")))  # fmt: skip
            plan = assign(named, solver="plain", draw=draw)
            assert plan.tied.all()
            out.append(bool(plan.chosen[0]))
        return out

    assert winners("一") == winners("一") != winners("二")
    assert 5 < sum(winners("一")) < 25


def test_the_reserve_leaves_places_empty_rather_than_give_them_to_larger_firms() -> None:
    edges = np.array([0, 1, 2, 3])
    market = Market(
        [f"N{i}" for i in edges], ["B"], [f"S{i}" for i in edges], np.zeros(4, np.int64), np.ones(4, np.int64), np.ones(4, np.int64), np.zeros(4, bool),
        edges, edges, np.array([10, 20, 30, 40]), Limits(Fraction(1, 2)),
    )  # fmt: skip
    plan = assign(market, solver="plain")
    assert market.most_large == 2
    assert plan.edges["need"].to_list() == ["N2", "N3"]
    assert plan.reserve_price == 20


def test_a_large_market_without_ortools_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kaiwu.match.assignment.plan.MOST_PLAIN", 1)
    with pytest.raises(KaiwuError, match=r"MA-SIZE.*kaiwu\[match\]"):
        assign(two_needs_one_place(), solver="plain")


def test_an_unknown_solver_is_refused_by_name() -> None:
    with pytest.raises(KaiwuError, match=r"MA-SOLVER.*ortools, plain"):
        assign(two_needs_one_place(), solver="magic")


def test_a_market_without_edges_has_an_empty_plan() -> None:
    none = np.zeros(0, np.int64)
    market = Market(
        ["N"], ["B"], [], np.zeros(1, np.int64), np.ones(1, np.int64), none, none.astype(bool), none, none, none
    )
    plan: Plan = assign(market, solver="plain")
    assert plan.total == 0
    assert plan.edges.is_empty()
