"""Claims, earlier awards and pots that no honest office sends: each is a named error, and no sum leaves 64 bits."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from plan import make_claims, make_plan

from kaiwu.benefit.settlement import PRIOR_COLUMNS, settle
from kaiwu.quantity import KaiwuError

CAP = "{step: firm_cap, amount: 8元}"
PRO_RATA = "{step: pot, code: p, amount: 1元, exhaustion: pro_rata}"
HUGE = 2**62


def prior(*paid: Any) -> pl.DataFrame:
    rows = [{"entity": "f0", "clause": "A", "year": 2025, "paid": fen} for fen in paid]
    kept = {c: t for c, t in PRIOR_COLUMNS.items() if c in rows[0] and c != "paid"}
    return pl.DataFrame(rows, schema_overrides=kept)


def code_of(*arguments: Any, **options: Any) -> str:
    with pytest.raises(KaiwuError) as error:
        settle(*arguments, **options)
    assert all(p.zh and p.en and p.where for p in error.value.problems)
    return error.value.problems[0].code


def test_earlier_awards_whose_sum_leaves_64_bits_are_refused_and_never_count_as_nothing():
    assert code_of(make_plan(CAP), make_claims([{"amount": 500}]), prior(HUGE, HUGE, HUGE, HUGE)) == "BS-WIDE"


def test_weights_whose_sum_leaves_64_bits_are_refused_and_never_make_awards_negative():
    plan = make_plan("{step: pot, code: p, amount: 1元, exhaustion: pro_rata, by: basis}")
    assert code_of(plan, make_claims([{"amount": 90, "basis": HUGE - 1}, {"amount": 90, "basis": 9}])) == "BS-WIDE"


@pytest.mark.parametrize("left", [-1, 2**64, 1.5])
def test_what_is_left_in_a_pot_is_whole_fen_from_zero(left: Any):
    assert code_of(make_plan(PRO_RATA), make_claims([{"amount": 90}]), pots={("p", 2025): left}) == "BS-POT"


@pytest.mark.parametrize("amount", [10.7, float("nan"), "10"])
def test_amounts_that_are_no_whole_numbers_are_refused_and_not_cut_off(amount: Any):
    claims = make_claims([{"amount": 1}]).with_columns(pl.lit(amount).alias("low"), pl.lit(amount).alias("high"))
    assert code_of(make_plan(CAP), claims) == "BS-TYPE"


@pytest.mark.parametrize("year", [-5, 0, 99999])
def test_a_year_without_four_digits_is_refused(year: int):
    plan = make_plan('{step: pot, code: p, amount: 1元, exhaustion: pro_rata, filed_by: "11-30"}')
    assert code_of(plan, make_claims([{"amount": 90, "year": year}])) == "BS-YEAR"


def test_blanks_around_a_key_make_no_second_matter_and_blanks_alone_are_no_key():
    plan = make_plan("{step: same_matter, keep: highest}")
    rows = [("x", 49), (" x", 29), ("", 7), (" ", 5)]
    settled = settle(plan, make_claims([{"entity": "f", "matter": m, "amount": a} for m, a in rows]))
    assert settled.awards["low"].to_list() == [49, 0, 7, 5]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("{step: firm_cap, amount: 99999999999999亿元}", "BS-WIDE"),
        ("{step: pot, code: p, amount: 99999999999999亿元, exhaustion: pro_rata}", "BS-WIDE"),
        ("{step: round, to: 99999999999999亿元, mode: down}", "BS-WIDE"),
        ("{step: claw_back, when: 迁出本区, share: 200%}", "BS-SHARES"),
        ('{step: pot, code: p, amount: 1元, exhaustion: pro_rata, filed_by: "02-29"}', "BS-DAY"),
    ],
)
def test_a_rulebook_with_numbers_beyond_all_measure_does_not_load(step: str, code: str):
    with pytest.raises(KaiwuError) as error:
        make_plan(step)
    assert error.value.problems[0].code == code


def test_places_that_cost_more_than_the_pot_are_a_question_whatever_the_numbers_of_the_claims():
    plan = make_plan("{step: pot, code: p, amount: 1元, exhaustion: quota, quota: 2}")
    rows = [{"claim": "a", "amount": 90, "rank": 2}, {"claim": "z", "amount": 90, "rank": 1}]
    settled = settle(plan, make_claims(rows))
    assert settled.awards["low"].to_list() == [0, 0]
    assert settled.asks["code"].to_list() == ["no_exhaustion", "no_exhaustion"]


def test_a_claim_without_a_date_does_not_pass_the_last_day_of_a_pot():
    plan = make_plan('{step: pot, code: p, amount: 1元, exhaustion: pro_rata, filed_by: "11-30"}')
    settled = settle(plan, make_claims([{"amount": 90, "filed": None}, {"amount": 90, "filed": 1}]))
    assert settled.awards.select("low", "high").rows() == [(0, 50), (50, 90)]
    assert settled.asks.select("claim", "code").rows() == [("c00", "no_date")]
    assert "截止日 11-30" in settled.explain("c00")[0]["zh"]
