"""What is said of a firm is what was computed."""

from __future__ import annotations

import polars as pl
from hypothesis import HealthCheck, given, settings
from rulers import districts, rulers

from district import HEAD, SIX, facts, rating
from kaiwu.rule.outcome import Outcome


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulers(), districts())
def test_every_entity_is_explained_as_it_was_decided(text: str, rows: dict) -> None:
    scheme, district = rating(text), facts(rows)
    result = scheme.decide(district)
    for row in result.decisions.iter_rows(named=True):
        (decision,) = scheme.explain(district, row["entity"], result)
        assert (decision.outcome, decision.label or None, decision.rank) == (row["outcome"], row["class"], row["rank"])
        assert decision.reasons
        if decision.outcome is Outcome.MISSING:
            assert decision.missing, [r.zh for r in decision.reasons]
        for slot in decision.missing:
            assert (
                slot not in district.table.columns
                or district.table.filter(pl.col("entity") == row["entity"])[slot][0] is None
                or row["unit"] is not None
            )


def test_a_pending_firm_says_that_it_is_pending_and_names_the_figure() -> None:
    scheme = rating(HEAD + SIX.replace("missing: mean_of_item", "missing: data_missing"))
    row = {"above": True, "tax": "24.097万元", "land": "1亩", "value_added": "136.16万元", "energy": "50吨标煤(等价值)"}
    (decision,) = scheme.explain(
        facts({"甲": {**row, "staff": "8人", "research": "3万元", "revenue": "100万元"}}), "甲"
    )
    assert (decision.outcome, decision.missing) == (Outcome.MISSING, ("emission",))
    assert [r.kind for r in decision.reasons].count("pending") == 1
    assert any(r.zh == "单位排放增加值: 缺2022年主要污染物排放量; 不能计分: 缺数据" for r in decision.reasons)


def test_every_point_is_told_with_value_benchmark_and_figures() -> None:
    scheme = rating(HEAD + SIX.replace("missing: mean_of_item", "missing: {points: 0分}"))
    row = {"above": True, "tax": "30万元", "land": "1亩", "value_added": "136.16万元", "energy": "50吨标煤(等价值)"}
    (decision,) = scheme.explain(
        facts({"甲": {**row, "staff": "8人", "research": "3万元", "revenue": "100万元"}}), "甲"
    )
    # 30 / 24.097 × 30 = 37.349…
    told = next(r for r in decision.reasons if r.zh.startswith("亩均税收"))
    assert told.zh == (
        "亩均税收: 实缴税金 / 用地面积 = 30万元/亩 (2022年实缴税金 300,000元; 2022年用地面积 1亩); "
        "基准值 24.097万元/亩, 权重 30 分, 得 37.35 分"
    )
    assert (told.slots, told.article) == (("tax", "land"), "第五条")
    assert "37.35 points" in told.en
    assert any("按办法计 0.00 分" in r.zh for r in decision.reasons)
    assert decision.score == "96.88"  # 37.35 + 20 + 20.22 (2.7232/2.694) + 0 + 9.38 (17.02/18.14) + 9.93 (3/3.02)


def test_a_member_is_not_told_the_figures_of_another_tenant() -> None:
    text = HEAD + SIX.replace("missing: mean_of_item", "missing: {points: 0分}")
    text += "veto: [{code: acc, zh: 事故, en: accident, when: 发生重大事故}]\n"
    text += (
        "unit: {merge: 宗地, without: alone, sum: [实缴税金, 工业增加值, 综合能耗, 主要污染物排放量, 平均职工人数, 研发费用, 营业收入], "
        "sum_known: [用地面积]}\n"
    )
    row = {"above": True, "plot": "P1", "tax": "30万元", "land": "1亩", "accident": False}
    district = facts({"甲": row, "乙": {**row, "accident": True}})
    mine, other = (rating(text).explain(district, e)[0] for e in ("甲", "乙"))
    assert mine.outcome is other.outcome is Outcome.PASS
    assert any(r.zh == "由同一单元的其他主体引起" for r in mine.reasons)
    assert not any("发生重大事故: 是" in r.zh for r in mine.reasons)
    assert any("发生重大事故: 是" in r.zh for r in other.reasons)
