"""Bad rulebooks get located, bilingual errors, all at once; nothing is guessed."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from district import HEAD, SIX, facts, rating, score_of
from kaiwu.quantity import KaiwuError

GOOD = HEAD + SIX
ITEM = "value: 实缴税金 / 用地面积, direction: higher, weight: 30分"
SHARES = "classes: {by: share, rounding: floor, rows: [{class: A, share: 20%}, {class: B}]}\n"
EACH_BLOCK = """
blocks:
  - {code: q, zh: 质量, en: quality, weight: 60%, standing: inferred}
  - {code: e, zh: 效率, en: efficiency, weight: 40%, standing: inferred}
defaults: {round: {to: 0.01分, mode: half_up}, missing: data_missing}
indicators:
  - {code: a, zh: 甲, en: a, block: q, value: 实缴税金 / 用地面积, weight: {points: equal, standing: inferred}, direction: higher,
     score: {goalposts: [0万元/亩, 10万元/亩]}}
  - {code: b, zh: 乙, en: b, block: q, value: 工业增加值 / 用地面积, weight: equal, direction: higher,
     score: {goalposts: [0万元/亩, 10万元/亩]}}
  - {code: c, zh: 丙, en: c, block: q, value: 研发费用 / 用地面积, weight: equal, direction: higher,
     score: {goalposts: [0万元/亩, 10万元/亩]}}
  - {code: d, zh: 丁, en: d, block: e, value: 营业收入 / 用地面积, weight: 100分, direction: lower,
     score: {goalposts: [0万元/亩, 10万元/亩]}}
"""


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(KaiwuError) as error:
        rating(text)
    assert all(p.zh and p.en and p.where.startswith("ruler.yaml:") for p in error.value.problems)
    return [(p.code, p.where.partition(" ")[2]) for p in error.value.problems]


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        (GOOD.replace("missing: data_missing}", "}"), "S-MISSING", "indicators[0]"),
        (GOOD.replace("defaults: {round: {to: 0.01分, mode: half_up}, ", "defaults: {"), "S-ROUND", "indicators[0]"),
        (GOOD.replace(ITEM, ITEM.replace("direction: higher, ", "")), "S-DIRECTION", "indicators[0]"),
        (GOOD.replace("24.097万元/亩", "24.097万元"), "R-DIMENSION", "indicators[0].score.benchmark"),
        (GOOD.replace("24.097万元/亩", "24.097"), "S-UNIT", "indicators[0].score.benchmark"),
        (GOOD.replace("benchmark: 3.02%", "benchmark: 0.0302"), "S-UNIT", "indicators[5].score.benchmark"),
        (GOOD.replace("24.097万元/亩", "0万元/亩"), "S-BASE", "indicators[0].score.benchmark"),
        (GOOD.replace("weight: 30分", "weight: 30"), "S-UNIT", "indicators[0].weight"),
        (GOOD.replace("weight: 30分", "weight: 25分"), "S-WEIGHTS", "indicators"),
        (GOOD.replace("{benchmark: 24.097万元/亩}", "{mark: 24.097万元/亩}"), "S-METHOD", "indicators[0].score"),
        (GOOD.replace("missing: mean_of_item", "missing: zero"), "S-MISSING", "indicators[3].missing"),
        (GOOD.replace("missing: mean_of_item", "missing: neutral"), "S-MISSING", "indicators[3].missing"),
        (GOOD.replace("missing: mean_of_item", "missing: {points: 0}, cap: 10.005分"), "S-STEP", "indicators[3].cap"),
        (GOOD.replace("code: value_mu", "code: tax_mu"), "S-TWICE", "indicators[1].code"),
        (GOOD.replace("total: {round", "total: {rund"), "F-KEY-UNKNOWN", "total.rund"),
        (GOOD.replace("mode: half_up}}\n", "mode: bankers}}\n", 1), "S-MODE", "total.round.mode"),
        (GOOD.replace("scope: 规上企业", "scope: 营业收入 >= 2000"), "R-UNIT", "scope"),
        (GOOD + SHARES.replace(", rounding: floor", ""), "S-CLASS-ROUNDING", "classes"),
        (GOOD + SHARES.replace("share: 20%", "share: 120%"), "S-SHARE", "classes.rows[0].share"),
        (GOOD + SHARES.replace("{class: B}", "{class: B, share: 70%}"), "S-CLASS-SHARES", "classes.rows"),
        (GOOD + SHARES.replace("share: 20%", ""), "S-CLASS", "classes.rows[0]"),
        (GOOD + "veto: [{zh: 事故, when: 发生重大事故, class: A}]\n" + SHARES, "S-VETOED", "classes"),
        (GOOD + "veto: [{zh: 事故, when: 发生重大事故, class: E}]\n" + SHARES, "S-CLASS", "veto[0].class"),
        (GOOD + "classes: {by: cutoff, rows: [{class: A, from: 60分}, {class: B}]}\n", "S-EDGES", "classes"),
        (GOOD + "classes: {by: cutoff, edges: '[)', rows: [{class: A, from: 60分}, {class: B, from: 70分}, {class: C}]}\n",
         "S-CLASS", "classes.rows"),
        (GOOD + "leagues: {by: 行业组}\n", "S-WITHIN", "indicators[3]"),
        (GOOD + "leagues: {by: 营业收入}\n", "S-CATEGORY", "leagues.by"),
        (GOOD + "unit: {merge: 宗地, sum: [实缴税金]}\n", "S-WITHOUT", "unit"),
        (GOOD + "unit: {merge: 宗地, without: alone, sum: [实缴税金]}\n", "S-MERGE", "unit"),
        (GOOD + "unit: {merge: 宗地, without: alone, sum: [行业组]}\n", "S-MERGE", "unit.sum[0]"),
        (GOOD + "adjust: [{zh: 加分, when: 获质量奖, points: 2万元}]\n", "R-DIMENSION", "adjust[0].points"),
        (GOOD + "ties: {rule: [纳税额]}\n", "R-NAME", "ties.rule[0]"),
        (GOOD + "changes: {steps: 1}\n", "S-CHANGES", "changes"),
        (GOOD.replace("kind: rating", "kind: rating\nproduces: 档") + SHARES, "S-VARIABLE", "produces"),
        (GOOD.replace("kind: rating", "kind: rating\nproduces: tax") + SHARES, "S-PRODUCES", "produces"),
        (HEAD + EACH_BLOCK.replace("weight: 60%", "weight: 50%"), "S-WEIGHTS", "blocks"),
        (HEAD + EACH_BLOCK.replace("block: e", "block: z"), "S-BLOCK", "indicators[3]"),
        (HEAD + EACH_BLOCK.replace("goalposts: [0万元/亩, 10万元/亩]", "goalposts: [10万元/亩, 0万元/亩]", 1), "S-GOALPOSTS",
         "indicators[0].score.goalposts"),
    ],
)  # fmt: skip
def test_a_slip_is_refused_at_its_key(text: str, code: str, key: str) -> None:
    assert (code, key) in problems(text)


def test_three_mistakes_are_reported_together() -> None:
    text = GOOD.replace("weight: 30分", "weight: 30").replace("missing: mean_of_item", "missing: zero")
    text = text.replace("24.097万元/亩", "24.097万元")
    assert {"S-UNIT", "S-MISSING", "R-DIMENSION"} <= {code for code, _ in problems(text)}


def test_weights_that_are_meant_to_sum_to_less_are_declared() -> None:
    text = GOOD.replace("weight: 30分", "weight: 25分").replace("kind: rating", "kind: rating\nfull: 95分")
    assert sum(i.weight for i in rating(text).book.indicators) == 95


def test_blocks_weigh_their_items_and_equal_parts_are_exact() -> None:
    scheme = rating(HEAD + EACH_BLOCK)
    assert [i.weight for i in scheme.book.indicators] == [Fraction(100, 3)] * 3 + [100]
    row = {
        "above": True,
        "tax": "10万元",
        "value_added": "10万元",
        "research": "5万元",
        "revenue": "5万元",
        "land": "1亩",
    }
    district = facts({"甲": row})
    result = scheme.decide(district)
    # 33.33 + 33.33 + 16.67 = 83.33; 60 % of it + 40 % of 50
    assert score_of(result, "甲") == Fraction("70.00")
    (decision,) = scheme.explain(district, "甲", result)
    assert any("(33.33 + 33.33 + 16.67) × 0.6" in r.zh for r in decision.reasons)
    assert any("待核实" in r.zh for r in decision.reasons)


def test_a_template_loads_and_refuses_to_run() -> None:
    text = (
        HEAD.replace("kind: rating", "kind: rating\nstatus: template")
        + "indicators: [{code: x1, zh: 指标一, en: one}]\n"
    )
    scheme = rating(text)
    with pytest.raises(KaiwuError, match="S-TEMPLATE"):
        scheme.decide(facts({"甲": {"above": True}}))


def test_a_rating_says_what_it_reads_and_what_it_answers() -> None:
    text = GOOD.replace("kind: rating", "kind: rating\nproduces: grade").replace(
        "missing: mean_of_item", "missing: {points: 0分}"
    )
    classes = "classes: {by: cutoff, edges: '[)', rows: [{class: A, from: 60分}, {class: B}]}\n"
    scheme = rating(text + classes)
    assert {n.slot for n in scheme.needs()} == {
        "above", "tax", "land", "value_added", "energy", "emission", "staff", "research", "revenue",
    }  # fmt: skip
    assert scheme.titles()["tax_mu"] == ("亩均税收", "tax per mu", "第五条")
    row = {"above": True, "tax": "70万元", "land": "1亩", "value_added": "100万元", "energy": "50吨标煤(等价值)", "staff": "8人",
           "research": "3万元", "revenue": "100万元"}  # fmt: skip
    produced = scheme.produced(scheme.decide(facts({"甲": row, "乙": {**row, "tax": None}})))
    assert produced.rows() == [("甲", 0), ("乙", None)]


def test_a_score_is_produced_in_grains_of_its_variable() -> None:
    text = GOOD.replace("kind: rating", "kind: rating\nproduces: points").replace(
        "missing: mean_of_item", "missing: {points: 0分}"
    )
    row = {"above": True, "tax": "24.097万元", "land": "1亩", "value_added": "0元", "energy": "50吨标煤(等价值)", "staff": "8人",
           "research": "0元", "revenue": "100万元"}  # fmt: skip
    scheme = rating(text)
    result = scheme.decide(facts({"甲": row}))
    assert scheme.produced(result)["value"].to_list() == [30_000_000]  # 30 分 in 10^-6 分


def test_tables_hold_no_floats() -> None:
    result = rating(GOOD).decide(facts({"甲": {"above": True, "tax": "1万元", "land": "3亩"}}))
    assert not any(dtype.is_float() for table in result.tables.values() for dtype in table.dtypes)
    assert all(isinstance(table, pl.DataFrame) for table in result.tables.values())
