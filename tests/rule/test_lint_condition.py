"""Conditions that cannot hold, always hold or contradict themselves are found, and sound ones are left alone."""

from __future__ import annotations

import pytest
from explain_district import condition
from hypothesis import HealthCheck, given, settings
from strategies import Case, cases

from kaiwu.rule import expression as x
from kaiwu.rule.domain import Search, range_of
from kaiwu.rule.lint import LintItem
from kaiwu.rule.lint_condition import inspect_condition
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference


def inspect(text: str) -> list:
    tree = condition(text)
    return inspect_condition(LintItem(tree=tree, text=text, where="a.yaml:3:5", article="二", item="c1"), tree)


def codes(text: str) -> list[str]:
    return [finding.code for finding in inspect(text)]


SOUND = [
    "研发费用 >= 100万元 且 研发费用 / 营业收入 >= 3%",
    "营业收入 >= 1000万元 或 股权融资 >= 2000万元",
    "营业收入 >= 5000万元 且 营业收入 < 1亿元",
    "营业收入 < 5000万元 或 营业收入 >= 1亿元",
    "职工人数 > 5人 且 职工人数 < 7人",
    "亩均评价 in (A, B) 且 非 重大事故 且 有研发机构",
    "规上企业 且 近两年每年(研发费用占比 >= 3%)",
    "如果(营业收入 <= 5000万元, 研发费用占比 >= 5%, 如果(营业收入 <= 2亿元, 研发费用占比 >= 4%, 研发费用占比 >= 3%))",
    "如果(已知(研发费用占比), 研发费用占比 >= 3%, 研发费用 >= 100万元)",
    "利润总额 > 0 且 上年 利润总额 < 0",
    "基准日 - 成立日期 >= 1年",
    "true",
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_condition_has_no_finding(text: str) -> None:
    assert inspect(text) == []


def test_two_comparisons_that_exclude_each_other_are_named() -> None:
    (finding,) = inspect("研发费用 >= 5万元 且 研发费用 < 3万元 且 有研发机构")
    assert (finding.code, finding.severity, finding.where) == ("L-CONTRADICT", "error", "a.yaml:3:5")
    assert finding.zh == "“研发费用 >= 5万元”与“研发费用 < 3万元”不可能同时成立; 是否应为“或”?"
    assert "“R&D expense ≥ 50,000 yuan”" in finding.en


def test_a_gap_of_less_than_one_step_is_a_contradiction() -> None:
    assert codes("评价得分 > 60分 且 评价得分 < 60.000001分") == ["L-CONTRADICT"]
    assert codes("研发费用 / 营业收入 > 3% 且 研发费用 / 营业收入 < 3.000001%") == []


def test_the_same_ratio_cannot_be_in_two_places() -> None:
    assert codes("研发费用 / 营业收入 >= 5% 且 研发费用 / 营业收入 < 3%") == ["L-CONTRADICT"]
    assert codes("研发费用 / 营业收入 >= 5% 且 研发费用占比 < 3%") == []


def test_classes_and_flags_that_exclude_each_other() -> None:
    assert codes("亩均评价 = A 且 亩均评价 in (C, D)") == ["L-CONTRADICT"]
    assert codes("重大事故 且 非 重大事故") == ["L-CONTRADICT"]


def test_alternatives_that_leave_nothing_out_are_named() -> None:
    (finding,) = inspect("营业收入 >= 5万元 或 营业收入 < 10万元")
    assert finding.code == "L-COVERS" and "是否应为“且”" in finding.zh
    assert codes("亩均评价 in (A, B, C) 或 亩均评价 in (C, D)") == ["L-COVERS"]


def test_a_comparison_decided_by_the_bounds_alone() -> None:
    (finding,) = inspect("营业收入 >= 0元 且 研发费用 >= 1万元")
    assert finding.code == "L-ALWAYS" and finding.severity == "warning" and "总是成立" in finding.zh
    assert codes("研发费用 / 营业收入 >= 0%") == ["L-ALWAYS"]
    (finding,) = inspect("营业收入 < 0元")
    assert finding.code == "L-NEVER" and "取值范围" in finding.zh


def test_a_whole_that_can_never_hold_though_no_pair_excludes() -> None:
    found = inspect("(亩均评价 = A 或 亩均评价 = B) 且 亩均评价 in (C, D)")
    assert [f.code for f in found] == ["L-NEVER"]
    assert codes("营业收入 >= 5万元 或 (营业收入 < 5万元 且 研发费用 >= 0元)") == ["L-ALWAYS"]


def test_a_branch_that_the_rest_rules_out_is_dead() -> None:
    (finding,) = inspect("营业收入 < 3万元 且 (营业收入 >= 5万元 或 有研发机构)")
    assert finding.code == "L-DEAD" and "营业收入 >= 5万元" in finding.zh


def test_a_case_that_an_earlier_case_contains_is_dead() -> None:
    assert "L-DEAD" in codes(
        "如果(营业收入 <= 5万元, 研发费用 >= 1元, 如果(营业收入 <= 3万元, 研发费用 >= 2元, 研发费用 >= 3元))"
    )


def test_cases_of_one_choice_are_judged_like_nested_ones() -> None:
    sound = "如果(营业收入 <= 5000万元, 研发费用 >= 1元, 营业收入 <= 2亿元, 研发费用 >= 2元, 研发费用 >= 3元)"
    assert codes(sound) == []
    assert codes(sound.replace("2亿元", "3000万元")) == ["L-DEAD"]


def test_a_constant_beyond_the_bound_is_left_to_the_inspection_of_scale() -> None:
    assert codes("营业收入 >= 10000000亿元") == []


QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(cases(conditions_count=2))
def test_nothing_is_called_impossible_that_happens(case: Case) -> None:
    for tree in case.conditions:
        can_pass, can_fail = Search().can_hold([(tree, False)]), Search().can_hold([(tree, True)])
        inspect_condition(LintItem(tree=tree, text="", article="一"), tree)
        for row in case.rows:
            outcome = Reference(row).outcome(tree)
            assert can_pass or outcome is not Outcome.PASS
            assert can_fail or outcome is not Outcome.FAIL


@QUICK
@given(cases(conditions_count=2))
def test_every_value_lies_in_its_range(case: Case) -> None:
    for tree in case.conditions:
        for node in x.walk(tree):
            if isinstance(node, x.Num):
                whole = range_of(node)
                for row in case.rows:
                    value = Reference(row).number(node)
                    if not isinstance(value, int | float) and hasattr(value, "numerator"):
                        assert whole.low is None or whole.low <= value
                        assert whole.high is None or value <= whole.high
