"""Mistakes in ``settlement:`` and in claims are named with their place, in both languages."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from plan import make_claims, make_plan

from kaiwu.benefit.settlement import settle
from kaiwu.quantity import KaiwuError


def refused(steps: str) -> KaiwuError:
    with pytest.raises(KaiwuError) as error:
        make_plan(steps)
    return error.value


@pytest.mark.parametrize(
    ("steps", "code", "where"),
    [
        ("{step: firm_cap, amount: 8元, clauses: [Z]}", "BS-CLAUSE", "settlement.steps[0].clauses"),
        ("{step: pot, code: p, amount: 8元}\n{step: item_cap, amount: 8元}", "BS-ORDER", "settlement.steps[0].step"),
        ("{step: instalments, shares: [50%, 50%], when: [a, b]}\n{step: round, to: 1元, mode: down}", "BS-ORDER", "settlement.steps[0].step"),
        ("{step: instalments, shares: [50%, 40%], when: [a, b]}", "BS-SHARES", "settlement.steps[0].shares"),
        ("{step: instalments, shares: [50%, 50%], when: [a]}", "BS-SHARES", "settlement.steps[0].shares"),
        ("{step: firm_cap}", "BS-LIMIT", "settlement.steps[0].amount"),
        ("{step: firm_cap, amount: -8元}", "BS-AMOUNT", "settlement.steps[0].amount"),
        ("{step: firm_cap, amount: 8亩}", "R-DIMENSION", "settlement.steps[0].amount"),
        ("{step: firm_cap, amount: 8元, over: 3}", "BS-OVER", "settlement.steps[0].over"),
        ("{step: same_matter}", "BS-KEEP", "settlement.steps[0].keep"),
        ("{step: either_or, groups: [[A]], choose: highest}", "BS-GROUPS", "settlement.steps[0].groups"),
        ("{step: either_or, groups: [[A], [A, B]], choose: highest}", "BS-GROUPS", "settlement.steps[0].groups"),
        ("{step: either_or, groups: [[A], [B]]}", "BS-CHOOSE", "settlement.steps[0].choose"),
        ("{step: pot, code: p, exhaustion: quota}", "BS-QUOTA", "settlement.steps[0].quota"),
        ("{step: pot, code: p, exhaustion: lottery}", "F-KEY-WORD", "settlement.steps[0].exhaustion"),
        ("{step: pot, code: p, exhaustion: pro_rata, last: skip}", "BS-LAST", "settlement.steps[0].last"),
        ('{step: pot, code: p, filed_by: "13-45"}', "BS-DAY", "settlement.steps[0].filed_by"),
        ("{step: pot, code: p}\n{step: pot, code: p}", "BS-TWICE", "settlement.steps[1].code"),
        ("{step: contribution_cap, of: 地方贡献, exempt: [A, B, C]}", "BS-EXEMPT", "settlement.steps[0].exempt"),
        ("{step: firm_cap, amount: 8元, placed_by: 一}\n{step: same_matter, keep: highest, paid_before: deduct}", "BS-DEDUCTED", "settlement.steps[1]"),
        ("{step: squeeze}", "BS-STEP", "settlement.steps[0].step"),
        ("{step: firm_cap, amount: 8元, applies_to: 没有这个词 > 3}", "R-WORD", "settlement.steps[0].applies_to"),
        ("{step: round, to: 1元}", "F-KEY-MISSING", "settlement.steps[0].mode"),
        ("{step: firm_cap, ammount: 8元}", "F-KEY-UNKNOWN", "settlement.steps[0].ammount"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_step_is_a_load_error_at_its_key(steps: str, code: str, where: str):
    problems = [
        p for p in refused(steps).problems if p.code == code or (code.startswith("R-") and p.where.endswith(where))
    ]
    assert problems, [str(p) for p in refused(steps).problems]
    assert problems[0].where.startswith("x.yaml:") and problems[0].where.endswith(where)
    assert problems[0].zh and problems[0].en


def test_every_mistake_of_a_settlement_is_told_at_once():
    assert len(refused("{step: same_matter}\n{step: firm_cap}\n{step: squeeze}").problems) == 3


def test_a_step_may_stand_early_where_an_article_puts_it():
    assert (
        make_plan("{step: pot, code: p, amount: 8元, placed_by: 第五条}\n{step: item_cap, amount: 8元}")
        .steps[0]
        .term.number
        == 1
    )


def test_a_pot_without_a_rule_is_allowed():
    assert make_plan("{step: pot, code: p, amount: 8元, exhaustion: null}").steps


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"amount": -1}, "BS-NEGATIVE"),
        ({"low": 5, "high": 4}, "BS-ENDS"),
        ({"amount": None}, "BS-EMPTY"),
        ({"amount": 1, "clause": "Z"}, "BS-CLAUSE"),
        ({"amount": 1, "entity": None}, "BS-EMPTY"),
        ({"amount": 2**62}, "BS-WIDE"),
        ({"amount": 1, "basis": -1}, "BS-NEGATIVE"),
        ({"amount": 1, "filed": (2025 * 12 + 11) * 31 + 1}, "BS-LATE"),  # 2025-12-02
        ({"amount": 1, "version": "2019-01-01"}, "BS-VERSION"),
    ],
)  # fmt: skip
def test_a_wrong_claim_is_refused_with_its_place(row: dict[str, Any], code: str):
    plan = make_plan('{step: pot, code: p, amount: 8元, filed_by: "12-01"}')
    with pytest.raises(KaiwuError) as error:
        settle(plan, make_claims([{"amount": 1}, row]), source="申报.csv")
    assert [p.code for p in error.value.problems] == [code]
    assert error.value.problems[0].where.startswith("申报.csv")


def test_a_claim_number_may_stand_once():
    with pytest.raises(KaiwuError, match="BS-TWICE"):
        settle(
            make_plan("{step: minimum, amount: 1元}"),
            make_claims([{"claim": "a", "amount": 1}, {"claim": "a", "amount": 1}]),
        )


def test_a_missing_column_is_named_with_the_variable():
    plan = make_plan("{step: contribution_cap, of: 地方贡献}")
    with pytest.raises(KaiwuError, match="地方贡献") as error:
        settle(plan, make_claims([{"amount": 1}]).drop("contribution"))
    assert error.value.problems[0].code == "BS-COLUMN"


def test_a_key_that_the_earlier_awards_lack_is_named():
    plan = make_plan("{step: firm_cap, amount: 8元, per: [project], counts: all}")
    prior = pl.DataFrame({"entity": ["f0"], "year": [2025], "paid": [1]})
    with pytest.raises(KaiwuError, match="project"):
        settle(plan, make_claims([{"amount": 1, "project": "x"}]), prior)


def test_negative_earlier_awards_are_refused():
    with pytest.raises(KaiwuError, match="BS-NEGATIVE"):
        settle(
            make_plan("{step: minimum, amount: 1元}"),
            make_claims([{"amount": 1}]),
            pl.DataFrame({"entity": ["f0"], "year": [2025], "paid": [-1]}),
        )


def test_claims_of_one_group_with_different_caps_are_refused():
    plan = make_plan("{step: all_level_cap, rate: 50%, of: basis, per: [firm]}")
    rows = [{"claim": c, "entity": "f", "amount": 10, "basis": b} for c, b in (("a", 10), ("b", 20))]
    with pytest.raises(KaiwuError, match="BS-CAP-DIFFERS"):
        settle(plan, make_claims(rows))


def test_a_cap_over_years_wants_one_year_at_a_time():
    plan = make_plan("{step: firm_cap, amount: 8元, per: [firm], over: 3}")
    with pytest.raises(KaiwuError, match="BS-YEARS"):
        settle(
            plan, make_claims([{"entity": "f", "amount": 1, "year": 2024}, {"entity": "f", "amount": 1, "year": 2025}])
        )
