"""Open claims: what can be paid now, on whom it depends, and old rules for those who came before."""

from __future__ import annotations

import polars as pl
from plan import make_claims, make_plan

from kaiwu.benefit.settlement import Settled, settle
from kaiwu.quantity import date_index, parse_date

FIRST = "{step: pot, code: p, amount: 1元, exhaustion: first_come, last: partial}"


def award(settled: Settled, claim: str) -> tuple[int, int]:
    row = settled.awards.row(by_predicate=pl.col("claim") == claim, named=True)
    return row["low"], row["high"]


def test_an_award_names_the_open_claims_that_it_depends_on():
    claims = make_claims(
        [{"claim": "a", "low": 0, "high": 60}, {"claim": "b", "amount": 70}, {"claim": "c", "low": 5, "high": 9}]
    )
    settled = settle(make_plan(FIRST), claims)
    assert award(settled, "b") == (40, 70)
    assert settled.depends_on("b") == ("a",)  # c comes later and cannot matter
    assert settled.depends_on("c") == ("a", "c")
    assert dict(zip(settled.awards["claim"], settled.awards["open"], strict=True)) == {
        "a": "own",
        "b": "others",
        "c": "own",
    }


def test_a_decided_award_depends_on_nobody():
    settled = settle(
        make_plan(FIRST), make_claims([{"claim": "a", "amount": 60}, {"claim": "b", "low": 0, "high": 60}])
    )
    assert settled.depends_on("a") == ()


def test_dependence_reaches_through_several_steps():
    plan = make_plan("{step: firm_cap, amount: 1元}\n" + FIRST)
    claims = make_claims(
        [
            {"claim": "a", "entity": "f", "filed": 1, "low": 0, "high": 50},
            {"claim": "b", "entity": "f", "filed": 2, "amount": 90},
            {"claim": "c", "entity": "g", "filed": 3, "amount": 40},
        ]
    )
    settled = settle(plan, claims)
    assert "a" in settled.depends_on("c")


def test_what_is_paid_now_never_overdraws_a_pot():
    settled = settle(make_plan(FIRST), make_claims([{"low": 10 * i, "high": 30 * i} for i in range(6)]))
    assert settled.awards["low"].sum() <= 100


def test_entrants_before_a_date_keep_the_old_cap():
    plan = make_plan(
        """{step: firm_cap, amount: 9元, applies_to: 入选日期 < 2023-01-01}
        {step: firm_cap, amount: 5元, applies_to: 入选日期 >= 2023-01-01}"""
    )
    days = {"a": "2022-12-31", "b": "2023-01-01"}
    rows = [{"claim": c, "amount": 2000, "entered": date_index(parse_date(d))} for c, d in days.items()]
    settled = settle(plan, make_claims([*rows, {"claim": "c", "amount": 2000, "entered": None}]))
    assert (award(settled, "a"), award(settled, "b")) == ((900, 900), (500, 500))
    assert award(settled, "c") == (0, 2000)  # which cap applies is not known: nothing is paid before it is
    assert settled.asks["claim"].to_list() == ["c", "c"]


def test_amounts_beyond_64_bits_in_between_stay_exact():
    big = 2**60
    settled = settle(
        make_plan("{step: pot, code: p, exhaustion: pro_rata}"),
        make_claims([{"amount": big}, {"amount": big + 1}]),
        pots={("p", 2025): big},
    )
    assert settled.awards["low"].sum() == big


def test_no_claims_settle_to_nothing():
    settled = settle(make_plan(FIRST), make_claims([]))
    assert settled.awards.is_empty() and settled.digest()


def test_a_claim_without_a_date_has_no_place_in_the_line():
    settled = settle(
        make_plan(FIRST), make_claims([{"claim": "a", "amount": 60, "filed": None}, {"claim": "b", "amount": 60}])
    )
    assert award(settled, "a") == (40, 60) and award(settled, "b") == (40, 60)
    assert "no_order" in settled.asks["code"].to_list()


def test_the_cap_of_a_quota_asks_where_the_money_does_not_do():
    plan = make_plan("{step: pot, code: p, amount: 1元, exhaustion: quota, quota: 2}")
    settled = settle(plan, make_claims([{"amount": 60}, {"amount": 60}, {"amount": 10}]))
    assert settled.awards["low"].sum() <= 100 and "no_exhaustion" in settled.asks["code"].to_list()


def test_an_open_claim_of_one_pot_leaves_the_roundings_of_another_exact():
    plan = make_plan(
        """{step: pot, code: p, clauses: [A], amount: 10元, exhaustion: pro_rata}
        {step: pot, code: q, clauses: [B], amount: 10元, exhaustion: pro_rata}
        {step: round, to: 1元, mode: largest_remainder}"""
    )
    decided = [{"claim": f"a{i}", "clause": "A", "amount": 1000} for i in range(3)]
    settled = settle(
        plan,
        make_claims(
            [
                *decided,
                {"claim": "b", "clause": "B", "low": 0, "high": 5000},
                {"claim": "c", "clause": "B", "amount": 1000},
            ]
        ),
    )
    rows = settled.awards.filter(pl.col("clause") == "A")
    assert (rows["low"] == rows["high"]).all() and rows["low"].sum() == 1000
    assert award(settled, "c")[0] < award(settled, "c")[1]
