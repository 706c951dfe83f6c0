"""What holds for every settlement: pots are paid out exactly, caps hold, order of rows is immaterial, raising a claim does no harm."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan import make_claims, make_plan
from test_two_settlements_agree import ends, plans, priors, rows, run

from kaiwu.benefit.settlement import settle

SHARES = [
    "exhaustion: pro_rata",
    "exhaustion: water_filling",
    "exhaustion: first_come, tie: [lot], last: partial",
    "exhaustion: ranked, last: partial",
]
FEW = settings(max_examples=80, deadline=None)


@FEW
@given(st.sampled_from(SHARES), st.lists(st.integers(0, 10**12), min_size=1, max_size=12), st.integers(0, 10**12))
def test_what_a_pot_pays_is_the_demand_or_the_pot_to_the_fen(rule: str, amounts: list[int], pot: int):
    plan = make_plan(f"{{step: pot, code: p, {rule}}}")
    settled = settle(plan, make_claims([{"amount": a} for a in amounts]), pots={("p", 2025): pot})
    assert settled.awards["low"].sum() == min(sum(amounts), pot)
    assert (settled.awards["low"] <= pl.Series(amounts)).all()


@FEW
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=12), st.integers(0, 10**7), st.integers(1, 3))
def test_rounding_by_largest_remainder_keeps_the_pot_to_the_yuan(amounts: list[int], yuan: int, firms: int):
    plan = make_plan(
        """{step: firm_cap, amount: 100万元}
        {step: pot, code: p, exhaustion: pro_rata}
        {step: round, to: 1元, mode: largest_remainder}"""
    )
    claims = make_claims([{"amount": a, "entity": f"f{i % firms}"} for i, a in enumerate(amounts)])
    settled = settle(plan, claims, pots={("p", 2025): yuan * 100})
    assert (settled.awards["low"] % 100 == 0).all()
    by_firm = settled.awards.group_by("entity").agg(pl.col("low").sum())
    assert (by_firm["low"] <= 100_000_000).all()
    demand = settled.pots["demand_low"][0]
    if demand >= yuan * 100 and firms >= len(amounts):
        assert settled.awards["low"].sum() == yuan * 100


@FEW
@given(plans(), rows(), priors(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    steps: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]], random: Any
):
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert run(steps, claims, prior).digest() == run(steps, shuffled, prior[::-1]).digest()


@FEW
@given(plans(), rows(is_open=True), priors())
def test_no_claim_is_paid_more_than_asked_and_low_never_passes_high(
    steps: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]]
):
    for claim in claims:
        low, high = ends(run(steps, claims, prior))[claim["claim"]]
        up = (
            99 if "half_up" in steps or "largest" in steps else 0
        )  # half up and largest remainder may lift an award to the next yuan
        assert 0 <= low <= high <= claim["high"] + up


MONOTONE = [
    "{step: item_cap, amount: 500元}", "{step: same_matter, keep: highest, paid_before: deduct}", "{step: same_matter, keep: difference}",
    "{step: either_or, groups: [[A, B], [C]], choose: highest}", "{step: firm_cap, amount: 700元}", "{step: all_level_cap, rate: 70%, of: basis}",
    "{step: pot, code: p, amount: 900元, exhaustion: first_come, tie: [lot], last: partial}",
    "{step: pot, code: p, amount: 900元, exhaustion: ranked, last: partial}", "{step: minimum, amount: 30元}", "{step: round, to: 1元, mode: down}",
]  # fmt: skip


@pytest.mark.parametrize("step", MONOTONE)
@settings(max_examples=30, deadline=None)
@given(claims=rows(), prior=priors(), raised=st.integers(0, 8), by=st.integers(1, 50_000))
def test_raising_a_claim_never_lowers_the_firm(
    step: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]], raised: int, by: int
):
    at = raised % len(claims)
    more = [{**c, "low": c["low"] + by, "high": c["high"] + by} if i == at else c for i, c in enumerate(claims)]
    firm = claims[at]["entity"]
    assert total(step, more, prior, firm) >= total(step, claims, prior, firm)


@FEW
@given(
    st.sampled_from(SHARES[:2]),
    st.lists(st.integers(0, 10**6), min_size=2, max_size=8),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
)
def test_raising_the_only_claim_of_a_firm_never_lowers_its_share(rule: str, amounts: list[int], pot: int, by: int):
    plan = make_plan(f"{{step: pot, code: p, {rule}}}")
    before, after = (
        settle(
            plan,
            make_claims([{"amount": a + (by if i == 0 and is_more else 0)} for i, a in enumerate(amounts)]),
            pots={("p", 2025): pot},
        )
        for is_more in (False, True)
    )
    assert after.awards["low"][0] >= before.awards["low"][0]


@FEW
@given(
    st.sampled_from(SHARES[:2]),
    st.lists(st.integers(0, 10**4), min_size=3, max_size=8),
    st.integers(1, 10**4),
    st.integers(1, 10**3),
    st.integers(2, 3),
)
def test_with_several_claims_in_one_pot_rounding_costs_at_most_a_fen_for_each(
    rule: str, amounts: list[int], pot: int, by: int, own: int
):
    plan = make_plan(f"{{step: pot, code: p, {rule}}}")
    sums = []
    for is_more in (False, True):
        rows = [
            {"claim": f"c{i}", "entity": "f" if i < own else f"g{i}", "amount": a + (by if i == 0 and is_more else 0)}
            for i, a in enumerate(amounts)
        ]
        awards = settle(plan, make_claims(rows), pots={("p", 2025): pot}).awards
        sums.append(awards.filter(pl.col("entity") == "f")["low"].sum())
    assert sums[1] >= sums[0] - (own - 1 if "pro_rata" in rule else 0)


def total(step: str, claims: list[dict[str, Any]], prior: list[dict[str, Any]], firm: str) -> int:
    awards = run(step, claims, prior).awards
    return int(awards.filter(pl.col("entity") == firm)["low"].sum())


# -- the documented exceptions: a higher claim may bring less --------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "claims", "raised"),
    [
        # the higher claim wins its matter and then stands before an empty pot
        ("{step: same_matter, keep: highest}\n{step: pot, code: p, clauses: [B], amount: 0元, exhaustion: pro_rata}",
         [{"claim": "a", "clause": "A", "entity": "f", "matter": "m", "amount": 100}, {"claim": "b", "clause": "B", "entity": "f", "matter": "m", "amount": 90}], "b"),
        # a claim that no longer fits is passed over as a whole
        ("{step: pot, code: p, amount: 1元, exhaustion: first_come, last: skip}", [{"claim": "a", "entity": "f", "amount": 100}], "a"),
        # smaller claims come first
        ("{step: pot, code: p, amount: 1元, exhaustion: first_come, tie: [smaller], last: partial}",
         [{"claim": "a", "entity": "f", "filed": 1, "amount": 90}, {"claim": "b", "entity": "g", "filed": 1, "amount": 95}], "a"),
        # a small claim under the clause that goes first displaces a large one
        ("{step: either_or, groups: [[B], [A]], choose: first}",
         [{"claim": "a", "clause": "A", "entity": "f", "amount": 100}, {"claim": "b", "clause": "B", "entity": "f", "amount": 0}], "b"),
        # what an earlier claim takes pushes a later one below the least payment
        ("{step: firm_cap, amount: 1元}\n{step: minimum, amount: 0.5元}",
         [{"claim": "a", "entity": "f", "amount": 30}, {"claim": "b", "entity": "f", "amount": 70}], "a"),
    ],
)  # fmt: skip
def test_the_documented_exceptions_do_occur(steps: str, claims: list[dict[str, Any]], raised: str):
    more = [{**c, "amount": c["amount"] + 15} if c["claim"] == raised else c for c in claims]
    before, after = (
        settle(make_plan(steps), make_claims(c)).awards.filter(pl.col("entity") == "f")["low"].sum()
        for c in (claims, more)
    )
    assert after < before
