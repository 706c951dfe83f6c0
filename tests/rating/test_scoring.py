"""Points of an item: benchmarks, treatments of what is missing, caps, and the other methods."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from district import HEAD, SIX, decision_of, facts, rating, score_of
from kaiwu.quantity import KaiwuError
from kaiwu.rule.outcome import Outcome

# 用地 1 亩, 税 24.097 万元, 增加值 136.16 万元: the other three benchmarks met by figures that divide evenly.
AT_BENCHMARK = {
    "above": True, "tax": "24.097万元", "land": "1亩", "value_added": "136.16万元", "research": "3.02万元", "revenue": "100万元",
}  # fmt: skip

ONE = """
full: 10分
defaults: {round: {to: 0.01分, mode: half_up}}
indicators:
  - {code: a, zh: 亩均税收, en: tax per mu, value: 实缴税金 / 用地面积, weight: 10分, %s}
"""


def points(result: Any, item: str = "a") -> list[Fraction | None]:
    table = result.tables["items"].filter(pl.col("item") == item)
    return [None if p is None else Fraction(p, 10**d) for p, d in table.select("points", "decimals").iter_rows()]


def taxes(*amounts: str | None, land: str = "1亩") -> dict[str, dict[str, Any]]:
    return {f"F{i}": {"above": True, "tax": amount, "land": land} for i, amount in enumerate(amounts)}


def scored(rule: str, *amounts: str | None, land: str = "1亩") -> list[Fraction | None]:
    return points(rating(HEAD + ONE % rule).decide(facts(taxes(*amounts, land=land))))


def test_all_six_values_at_their_benchmarks_give_100() -> None:
    # Each item alone against its own firm: one firm cannot meet all six to the last digit with whole persons.
    text = HEAD + SIX
    cells = {
        "tax_mu": {"tax": "24.097万元", "land": "1亩"},
        "value_mu": {"value_added": "136.16万元", "land": "1亩"},
        "energy_va": {"value_added": "2.694万元", "energy": "1吨标煤(等价值)"},
        "emission_va": {"value_added": "4929.81万元", "emission": "1吨"},
        "productivity": {"value_added": "18.14万元", "staff": "1人"},
        "research_share": {"research": "3.02万元", "revenue": "100万元"},
    }
    result = rating(text).decide(facts({code: {"above": True, **row} for code, row in cells.items()}))
    table = result.tables["items"].filter(pl.col("entity") == pl.col("item"))
    assert dict(table.select("item", "points").iter_rows()) == {
        "tax_mu": 3000, "value_mu": 2000, "energy_va": 2000, "emission_va": 1000, "productivity": 1000, "research_share": 1000,
    }  # fmt: skip


def test_missing_emission_takes_the_mean_score_of_that_item_and_not_zero() -> None:
    text = HEAD + SIX
    full = {**AT_BENCHMARK, "energy": "50吨标煤(等价值)", "staff": "8人"}
    result = rating(text).decide(facts({
        "甲": {**full, "emission": "0.1吨"}, "乙": {**full, "emission": "0.05吨"}, "丙": {**full, "emission": None},
    }))  # fmt: skip
    rows = result.tables["items"].filter(pl.col("item") == "emission_va").select("points", "treatment").rows()
    # 136.16/0.1/4929.81×10 = 2.7620, twice that is 5.5239; the mean of 2.76 and 5.52 is 4.14.
    assert rows == [(276, "measured"), (552, "measured"), (414, "mean")]
    assert decision_of(result, "丙")["status"] == "rated"


def test_a_mean_of_nobody_leaves_the_item_pending() -> None:
    result = rating(HEAD + SIX).decide(facts({"甲": {**AT_BENCHMARK, "energy": "50吨标煤(等价值)", "staff": "8人"}}))
    assert (decision_of(result, "甲")["status"], decision_of(result, "甲")["outcome"]) == ("pending", Outcome.MISSING)


@pytest.mark.parametrize(
    ("rule", "amounts", "expected"),
    [
        ("score: {benchmark: 20万元/亩}, direction: higher, missing: data_missing", ["30万元"], [15]),
        ("score: {benchmark: 20万元/亩}, direction: higher, missing: data_missing, cap: 12分", ["30万元"], [12]),
        ("score: {benchmark: 20万元/亩}, direction: lower, missing: data_missing", ["40万元"], [5]),
        ("score: {benchmark: {mean: participants, round: {to: 1万元/亩, mode: half_up}}}, direction: higher, missing: data_missing",
         ["10万元", "21万元"], ["6.25", "13.13"]),  # mean 15.5 → 16
        ("score: {best: participants}, direction: higher, missing: data_missing", ["10万元", "40万元"], ["2.5", 10]),
        ("score: {best: participants}, direction: lower, missing: data_missing", ["10万元", "40万元"], [10, "2.5"]),
        ("score: {cost: 20万元/亩}, direction: lower, missing: data_missing", ["10万元", "20万元", "40万元", "50万元"], [15, 10, 0, 0]),
        ("score: {cost: {mean: participants, round: {to: 0.01万元/亩, mode: half_up}}}, direction: lower, missing: data_missing",
         ["10万元", "30万元"], [15, 5]),
        ("score: {goalposts: [10万元/亩, 30万元/亩]}, direction: higher, missing: data_missing",
         ["5万元", "10万元", "20万元", "35万元"], [0, 0, 5, 10]),
        ("score: {goalposts: [10万元/亩, 30万元/亩], reach: [50%, 100%]}, direction: lower, missing: data_missing",
         ["10万元", "20万元", "30万元"], [10, "7.5", 5]),
        ("score: {minmax: participants}, direction: higher, missing: data_missing", ["10万元", "20万元", "50万元"], [0, "2.5", 10]),
        ("score: {rank: participants}, direction: higher, missing: data_missing",
         ["10万元", "20万元", "20万元", "50万元"], [0, "6.67", "6.67", 10]),
        ("score: {bands: {edges: '[)', rows: [{to: 10万元/亩, points: 0分}, {from: 10万元/亩, points: 8分}]}}, missing: data_missing",
         ["9万元", "10万元"], [0, 8]),
        ("score: {benchmark: 20万元/亩}, direction: higher, missing: {points: -3分}", [None], [-3]),
        ("score: {benchmark: 20万元/亩}, direction: higher, missing: {neutral: 50%}", [None], [5]),
        ("score: {benchmark: 20万元/亩}, direction: higher, missing: {points: 0分}", [None], [0]),
        ("score: {benchmark: 30万元/亩}, direction: higher, missing: data_missing, round: {to: 0.1分, mode: down}", ["20万元"], ["6.6"]),
        ("score: {benchmark: 30万元/亩}, direction: higher, missing: data_missing, round: {to: 0.1分, mode: up}", ["20万元"], ["6.7"]),
    ],
)  # fmt: skip
def test_each_method_gives_the_points_of_its_formula(rule: str, amounts: list[str | None], expected: list[Any]) -> None:
    assert scored(rule, *amounts) == [Fraction(e) for e in expected]


def test_a_zero_divisor_needs_a_finding_unless_the_rulebook_says_otherwise() -> None:
    rule = "score: {benchmark: 20万元/亩}, direction: higher, missing: data_missing"
    result = rating(HEAD + ONE % rule).decide(facts(taxes("30万元", land="0亩")))
    assert decision_of(result, "F0")["outcome"] == Outcome.HUMAN
    assert scored(rule + ", undefined: {points: -3分}", "30万元", land="0亩") == [-3]


def test_equal_participants_leave_no_range_to_score_in() -> None:
    rule = "score: {minmax: participants}, direction: higher, missing: data_missing"
    result = rating(HEAD + ONE % rule).decide(facts(taxes("30万元", "30万元")))
    assert result.decisions["outcome"].to_list() == [Outcome.HUMAN, Outcome.HUMAN]


def test_an_excluded_item_hands_its_weight_to_the_others() -> None:
    text = (
        HEAD
        + """
defaults: {round: {to: 0.01分, mode: half_up}}
indicators:
  - {code: a, zh: 税, en: tax, value: 实缴税金 / 用地面积, weight: 60分, direction: higher, score: {benchmark: 20万元/亩}, missing: exclude}
  - {code: b, zh: 值, en: value, value: 工业增加值 / 用地面积, weight: 40分, direction: higher, score: {benchmark: 20万元/亩}, missing: exclude}
"""
    )
    rows = taxes("10万元", None)
    rows["F0"]["value_added"], rows["F1"]["value_added"] = None, None
    result = rating(text).decide(facts(rows))
    assert score_of(result, "F0") == 50  # 30 of 60 points, carried to 100
    assert decision_of(result, "F1")["outcome"] == Outcome.MISSING


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([
        "score: {benchmark: 24.097万元/亩}", "score: {best: participants}", "score: {minmax: participants}",
        "score: {rank: participants}", "score: {goalposts: [10万元/亩, 30万元/亩]}",
    ]),
    st.lists(st.integers(0, 10**9), min_size=2, max_size=6),
    st.integers(1, 10**9),
)  # fmt: skip
def test_more_of_a_good_thing_never_lowers_the_points(score: str, fen: list[int], more: int) -> None:
    scheme = rating(HEAD + ONE % f"{score}, direction: higher, missing: data_missing")
    land = "3.7亩"
    before = points(scheme.decide(facts({f"F{i}": {"above": True, "tax": t, "land": land} for i, t in enumerate(fen)})))
    raised = [fen[0] + more, *fen[1:]]
    after = points(
        scheme.decide(facts({f"F{i}": {"above": True, "tax": t, "land": land} for i, t in enumerate(raised)}))
    )
    if before[0] is not None and after[0] is not None:
        assert after[0] >= before[0]


def test_points_beyond_belief_are_refused_and_not_stored() -> None:
    rule = "score: {benchmark: 0.0001元/亩}, direction: higher, missing: data_missing"
    with pytest.raises(KaiwuError) as error:
        scored(rule, "1000亿元", land="0.001亩")
    assert [p.code for p in error.value.problems] == ["S-POINTS-RANGE"]
