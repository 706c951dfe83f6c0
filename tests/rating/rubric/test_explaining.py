"""What a firm is told: every item with its row, what is open, and what would close the gap."""

from __future__ import annotations

import re
from typing import Any

from test_forms import FULL, without
from town import CATALOGUE, HEAD, TABLE, VERDICT, facts, rubric

from kaiwu.rule.decision import Decision, Facts
from kaiwu.rule.outcome import Outcome

SCHEME = rubric(HEAD + TABLE + VERDICT)


def explain(given: dict[str, Any], frame: Facts | None = None) -> Decision:
    return SCHEME.explain(frame or facts({"a": given}), "a")[0]


def lines(decision: Decision) -> str:
    return "\n".join(f"{r.zh} | {r.en}" for r in decision.reasons)


def test_an_open_score_is_told_as_an_interval_with_what_would_reach_the_mark() -> None:
    decision = explain({**without("镇自设得分"), "研发费用": "0元"})
    assert (decision.outcome, decision.score, decision.missing) == (Outcome.MISSING, "26–36", ("local",))
    told = lines(decision)
    assert "总分 26–36 分; 需 ≥ 30 分: 缺数据, 最少的情形差 4 分" in told
    assert "若 镇自设 得 10 分 则达到" in told
    assert "“2024年镇自设得分”尚未填写" in told
    assert "reached if Set by the town gives 10" in told


def test_points_of_an_expert_are_asked_for_as_a_finding() -> None:
    decision = explain({**without("专家给分"), "镇自设得分": "2分", "研发费用": "0元"})
    assert (decision.outcome, decision.score, decision.missing) == (Outcome.HUMAN, "27–31", ())
    assert "由专家在档内给分; 可得 6–10 分 (满分 10 分): 需认定" in lines(decision)


def test_a_known_item_is_told_with_value_row_and_points() -> None:
    told = lines(explain(FULL))
    assert (
        "研发占比: 研发费用 / 营业收入 = 5% (2024年研发费用 50万元; 2024年营业收入 1,000万元), ≥ 5%; 得 10 分 (满分 10 分)"
        in told
    )
    assert "各种证书: 满足 品牌; 得 3 分 (满分 5 分)" in told
    assert "总分 40 分; 需 ≥ 30 分: 符合" in told


def test_points_beyond_what_the_table_allows_are_pointed_out() -> None:
    assert "已给 7 分, 但按表只能是 0–0 分, 请核对" in lines(explain({**FULL, "专利数": "0项"}))


def test_a_gap_is_closed_by_changes_that_were_proven() -> None:
    given = {
        **FULL,
        "研发费用": "0元",
        "所选口径": "sales",
        "营业收入": "999万元",
        "镇自设得分": "0分",
        "专家给分": "6分",
    }  # 15
    decision = explain(given)
    plans = [r for r in decision.reasons if r.zh.startswith("若")]
    assert decision.outcome is Outcome.FAIL
    assert plans
    assert any("差" in r.gap for r in decision.reasons)
    for plan in plans:
        changed = dict(given)
        for name, value in re.findall(
            r"(?:2024年)?(营业收入|研发费用|资产|专利数|从业年限)由 \S+ (?:增加|减少) \S+ 到 ([\d,.]+[^\s;]+?)(?=;|, 总分)",
            plan.zh,
        ):
            changed[name] = value.replace(",", "")
        assert changed != given
        assert explain(changed).outcome is Outcome.PASS, plan.zh


def test_nothing_is_advised_for_a_settled_year() -> None:
    frame = facts({"a": {**FULL, "研发费用": "0元", "所选口径": "assets"}})
    old = Facts(frame.table, frame.as_of, 2020)
    told = lines(explain({}, old))
    assert "所评年度已定" in told
    assert "若2020年" not in told


def test_a_given_total_stands_for_all_items() -> None:
    decision = explain({**FULL, "平台得分": "29.5分"})
    assert (decision.outcome, decision.score) == (Outcome.FAIL, "29.5")
    assert "采用给定得分 29.5 分" in lines(decision)


def test_out_of_scope_says_so_and_no_more() -> None:
    decision = explain({**FULL, "在本镇": "否"})
    assert (decision.outcome, decision.score) == (Outcome.FAIL, "")
    assert "不在评分范围" in lines(decision)
    assert "研发占比" not in lines(decision)


def test_every_missing_figure_that_is_asked_for_can_change_the_answer() -> None:
    decision = explain({k: v for k, v in FULL.items() if k in ("在本镇", "fit")})
    assert decision.outcome is Outcome.MISSING
    assert {"revenue", "offence", "patents", "local"} <= set(decision.missing)
    known = {variable.code for variable in CATALOGUE}
    assert set(decision.missing) <= known
