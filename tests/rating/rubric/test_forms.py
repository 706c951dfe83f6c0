"""What the forms of a point table mean, with all facts and with some missing."""

from __future__ import annotations

from typing import Any

import pytest
from town import CATALOGUE, HEAD, TABLE, VERDICT, facts, rubric

from kaiwu.rating import Change
from kaiwu.rule.outcome import Outcome

FULL: dict[str, Any] = {
    "营业收入": "1000万元", "研发费用": "50万元", "资产": "400万元", "专利数": "1项", "从业年限": "9年", "获奖": "否", "有品牌": "是",
    "有标准": "否", "在本镇": "是", "有违法": "否", "所选口径": "sales", "专家给分": "7分", "镇自设得分": "4分", "fit": True,
}  # fmt: skip


def points(given: dict[str, Any], code: str) -> tuple[int, int]:
    items = rubric(HEAD + TABLE).decide(facts({"a": given})).tables["items"]
    row = items.filter(items["item"] == code).row(0, named=True)
    return row["low_points"] // 10**6, row["high_points"] // 10**6


def without(*names: str) -> dict[str, Any]:
    return {k: v for k, v in FULL.items() if k not in names}


@pytest.mark.parametrize(
    ("code", "given", "wanted"),
    [
        ("share", FULL, (10, 10)),
        ("share", {**FULL, "研发费用": "49.99万元"}, (6, 6)),
        ("share", without("研发费用"), (0, 10)),
        ("share", {**FULL, "营业收入": "0元"}, (0, 10)),
        ("basis", FULL, (10, 10)),
        ("basis", {**FULL, "所选口径": "assets"}, (0, 0)),
        ("basis", without("所选口径"), (0, 10)),
        ("age", FULL, (4, 4)),
        ("age", {**FULL, "从业年限": "50年"}, (10, 10)),
        ("extra", FULL, (0, 0)),
        ("extra", without("有标准"), (0, 3)),
        ("extra", {**without("有标准"), "获奖": "是"}, (3, 3)),
        ("marks", FULL, (3, 3)),
        ("marks", without("获奖", "有标准"), (3, 5)),
        ("marks", {**without("有标准"), "获奖": "是"}, (5, 5)),
        ("patents", without("专利数"), (0, 5)),
        ("view", FULL, (7, 7)),
        ("view", without("专家给分"), (6, 10)),
        ("view", without("专家给分", "专利数"), (0, 10)),
        ("view", {**FULL, "专利数": "0项"}, (0, 7)),
        ("local", without("镇自设得分"), (0, 10)),
        ("numbers", {**FULL, "从业年限": "50年", "获奖": "是"}, (30, 30)),
    ],
)
def test_the_points_of_a_part_are_an_interval(code: str, given: dict[str, Any], wanted: tuple[int, int]) -> None:
    assert points(given, code) == wanted


def decisions(given: dict[str, Any]) -> dict[str, Any]:
    table = rubric(HEAD + TABLE + VERDICT).decide(facts({"a": given})).decisions
    return {row["item"]: row for row in table.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (FULL, Outcome.PASS),  # 10+10+4 + 3+2+7 + 4 = 40
        ({**FULL, "研发费用": "0元", "所选口径": "assets"}, Outcome.FAIL),  # 4+12+4 = 20
        (without("镇自设得分"), Outcome.PASS),
        ({**without("镇自设得分"), "研发费用": "0元"}, Outcome.MISSING),  # 26 to 36
        ({**without("专家给分"), "镇自设得分": "0分", "研发费用": "0元"}, Outcome.FAIL),  # 25 to 29
        (without("fit"), Outcome.HUMAN),
        (without("有违法"), Outcome.MISSING),
        ({**FULL, "有违法": "是"}, Outcome.FAIL),
        ({**FULL, "研发费用": "0元", "专利数": "5项"}, Outcome.PASS),
        ({**FULL, "在本镇": "否"}, Outcome.FAIL),
        ({**FULL, "平台得分": "29.5分"}, Outcome.FAIL),
        (
            {**without("研发费用", "所选口径", "专利数"), "平台得分": "30分"},
            Outcome.MISSING,
        ),  # floor of the block is open
        ({**FULL, "营业收入": "99万元"}, Outcome.FAIL),
    ],
)
def test_the_verdict_follows_the_interval_and_the_gates(given: dict[str, Any], wanted: Outcome) -> None:
    assert Outcome(decisions(given)["score"]["outcome"]) is wanted


def test_an_expert_who_can_still_lift_the_score_over_the_mark_leaves_a_finding() -> None:
    given = {**without("专家给分"), "镇自设得分": "2分", "研发费用": "0元"}  # 27 to 31
    row = decisions(given)["score"]
    assert (Outcome(row["outcome"]), row["score"]) == (Outcome.HUMAN, None)


def test_a_floor_of_a_block_stops_a_total_that_would_pass() -> None:
    given = {
        **FULL,
        "研发费用": "0元",
        "营业收入": "200万元",
        "所选口径": "assets",
        "从业年限": "8年",
        "平台得分": "90分",
    }
    assert decisions(given)["score"]["outcome"] == Outcome.FAIL  # 规模 4 < 5


def test_grades_are_given_where_the_score_leaves_one() -> None:
    assert decisions(FULL)["score"]["class"] == "high"
    assert decisions({**without("镇自设得分"), "研发费用": "0元"})["score"]["class"] is None


def test_out_of_scope_there_is_no_score() -> None:
    row = decisions({**FULL, "在本镇": "否"})["score"]
    assert (row["score"], row["low_score"], row["class"]) == (None, None, None)


def test_a_signed_change_moves_the_grade_and_only_with_article_signer_and_reason() -> None:
    scheme, frame = rubric(HEAD + TABLE + VERDICT), facts({"a": FULL, "b": FULL})
    signed = Change("a", "low", "第五条", "镇长", "查实虚报")
    table = scheme.decide(frame, [signed]).decisions.filter(item="score")
    assert table.select("class", "computed_class").rows() == [("low", "high"), ("high", "high")]
    assert scheme.explain(frame, "a", scheme.decide(frame, [signed]))[0].label == "low"
    with pytest.raises(Exception, match="S-CHANGE-BARE"):
        scheme.decide(frame, [Change("a", "low", "第五条", "", "")])
    with pytest.raises(Exception, match="S-CHANGE-ARTICLE"):
        scheme.decide(frame, [Change("a", "low", "第六条", "镇长", "x")])


@pytest.mark.parametrize(("produces", "wanted"), [("result", 40 * 10**6), ("grade", 0), ("passes", 1)])
def test_what_a_rubric_produces_is_its_score_its_grade_or_its_answer(produces: str, wanted: int) -> None:
    scheme = rubric(HEAD + f"produces: {produces}" + TABLE + VERDICT)
    table = scheme.produced(scheme.decide(facts({"a": FULL, "b": without("镇自设得分", "研发费用")})))
    first = table.row(0)[1] * (CATALOGUE.get(produces).grain if produces == "result" else 1)
    assert first == wanted
    assert table.height == 2
    assert produces == "passes" or table.row(1)[1] is None
