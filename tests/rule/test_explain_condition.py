"""Conditions are explained atom by atom: value, threshold, verdict, gap, figures, what is missing."""

from __future__ import annotations

import datetime as dt

from explain_district import MU, YUAN, condition, firm

from kaiwu.quantity import date_index
from kaiwu.rule.decision import Reason
from kaiwu.rule.explain import explain_condition, missing_slots, open_findings
from kaiwu.rule.outcome import Outcome


def explain(text: str, row: dict, **options) -> list[Reason]:
    return explain_condition(condition(text), row, **options)


def only(text: str, row: dict, **options) -> Reason:
    (reason,) = explain(text, row, **options)
    return reason


# -- values and thresholds ----------------------------------------------------------------------------------


def test_a_figure_is_shown_in_its_own_unit_beside_the_threshold_as_written() -> None:
    reason = only("营业收入 >= 1亿元", firm(revenue=8_000_000 * YUAN), article="第三条")
    assert reason.zh == "2024年营业收入为800万元, 要求 ≥ 1亿元: 不符合, 差9,200万元"
    assert (
        reason.en
        == "operating revenue 2024 is 8,000,000 yuan; ≥ 100,000,000 yuan is required: not met, 92,000,000 yuan short"
    )
    assert (reason.outcome, reason.article, reason.slots, reason.gap) == (
        Outcome.FAIL, "第三条", ("revenue",), "营业收入差9,200万元",
    )  # fmt: skip


def test_a_ratio_is_printed_with_as_many_decimals_as_show_the_difference() -> None:
    reason = only("研发费用 / 营业收入 >= 3%", firm(rd=1_000_000 * YUAN, revenue=33_340_000 * YUAN))
    assert reason.zh.startswith("研发费用 / 营业收入为约2.9994%, 要求 ≥ 3%: 不符合, 差约0.00060个百分点")
    assert "2024年研发费用 100万元、2024年营业收入 3,334万元" in reason.zh
    assert reason.slots == ("rd", "revenue") and reason.gap == "研发费用差200元"


def test_a_ratio_exactly_on_the_line_is_exact() -> None:
    reason = only("研发费用 / 营业收入 >= 3%", firm(rd=3_000_000, revenue=100_000_000))
    assert reason.zh.startswith("研发费用 / 营业收入为3%, 要求 ≥ 3%: 符合") and "约" not in reason.zh


def test_a_value_on_a_line_that_does_not_count_says_so() -> None:
    reason = only("评价得分 > 70分", firm(score=70 * 10**6))
    assert reason.zh == "2024年评价得分为70分, 要求 > 70分: 不符合, 恰为该数, 不含本数"
    assert reason.gap == "评价得分差0.000001分"


def test_a_threshold_on_the_left_is_read_from_the_right() -> None:
    reason = only("1000万元 <= 营业收入", firm(revenue=8_000_000 * YUAN))
    assert reason.zh == "2024年营业收入为800万元, 要求 ≥ 1000万元: 不符合, 差200万元"


def test_a_computed_threshold_shows_its_value() -> None:
    reason = only("研发费用 >= 2 * 上年 研发费用", firm(rd=10**8, rd__1=10**8))
    assert "要求 ≥ 2 * 上年 研发费用(200万元): 不符合, 差100万元" in reason.zh
    assert "≥ 2 × R&D expense 2023 (2,000,000 yuan) is required" in reason.en


def test_an_excess_is_named_as_such() -> None:
    reason = only("资产负债率 <= 70%", firm(debt_ratio=70_100_000))
    assert reason.zh == "2024年资产负债率为70.1%, 要求 ≤ 70%: 不符合, 超出0.1个百分点"
    assert reason.gap == "资产负债率高出0.1个百分点"


def test_months_are_read_as_years_and_months_and_no_date_is_advised() -> None:
    row = firm(founded=date_index(dt.date(2023, 9, 1)))
    reason = only("基准日 - 成立日期 >= 2年", row)
    assert (
        reason.zh == "基准日 - 成立日期为1年9个月, 要求 ≥ 2年: 不符合, 差3个月 (成立日期 2023-09-01、基准日 2025-06-30)"
    )
    assert "is 1 year 9 months; ≥ 2 years is required: not met, 3 months short" in reason.en
    assert reason.gap == ""


def test_a_per_mu_value_has_a_per_mu_unit() -> None:
    reason = only("营业收入 / 用地面积 >= 400万元/亩", firm(revenue=33_340_000 * YUAN, land=20 * MU))
    assert reason.zh.startswith("营业收入 / 用地面积为166.7万元/亩, 要求 ≥ 400万元/亩: 不符合, 差233.3万元/亩")


def test_categories_flags_and_findings_are_named_by_their_values() -> None:
    row = firm(grade=1, accident=0, organised=1)
    zh = [r.zh for r in explain("亩均评价 in (A, C) 且 非 重大事故 且 有研发机构", row)]
    assert zh == [
        "2024年亩均评价为B, 要求属于 A、C: 不符合",
        "2024年重大事故: 否, 要求为否: 符合",
        "2024年有研发机构: 人工认定为是, 要求为是: 符合",
    ]
    assert only("亩均评价 not in (C, D)", row).zh == "2024年亩均评价为B, 要求不属于 C、D: 符合"


# -- time ---------------------------------------------------------------------------------------------------


def test_every_year_of_a_period_is_named() -> None:
    reasons = explain("近两年每年(研发费用 >= 100万元)", firm(rd=10**8, rd__1=9 * 10**7))
    assert [r.zh[:10] for r in reasons] == ["2024年研发费用为", "2023年研发费用为"]
    assert [r.outcome for r in reasons] == [Outcome.PASS, Outcome.FAIL]


def test_without_a_rated_year_offsets_are_named() -> None:
    row = {"rd@-1": 9 * 10**7}
    assert only("上年 研发费用 >= 100万元", row).zh.startswith("研发费用(评价年度-1年)为90万元")
    assert only("上年 研发费用 >= 100万元", row, rated=2020).zh.startswith("2019年研发费用为90万元")


def test_compound_growth_is_shown_as_a_rate() -> None:
    row = firm(revenue=1331, revenue__3=1000)
    assert "年均复合增长率为10%, 要求 ≥ 10%: 符合" in only("近三年复合增长 营业收入 >= 10%", row).zh
    row = firm(revenue=1330, revenue__3=1000)
    assert "年均复合增长率为约9.97%, 要求 ≥ 10%: 不符合" in only("近三年复合增长 营业收入 >= 10%", row).zh


# -- groups, cases, derived variables -----------------------------------------------------------------------


def test_alternatives_are_announced_and_those_that_do_not_matter_give_no_advice() -> None:
    row = firm(revenue=9_000_000 * YUAN, tax=10**9)
    head, first, second, third = explain("营业收入 >= 1000万元 或 股权融资 >= 2000万元 或 实缴税收 >= 1元", row)
    assert (head.zh, head.kind, head.outcome) == ("以下3项有一项符合即可: 符合", "note", Outcome.PASS)
    assert first.outcome is Outcome.FAIL and first.gap == ""
    assert second.outcome is Outcome.MISSING and second.zh.endswith("(不影响结论)") and second.kind == "missing"
    assert third.outcome is Outcome.PASS
    assert missing_slots(condition("营业收入 >= 1000万元 或 股权融资 >= 2000万元 或 实缴税收 >= 1元"), row) == ()


def test_a_missing_figure_that_matters_is_asked_for() -> None:
    text = "营业收入 >= 1000万元 或 股权融资 >= 2000万元"
    row = firm(revenue=1)
    assert missing_slots(condition(text), row) == ("equity",)
    assert explain(text, row)[-1].zh == "缺2024年股权融资, 不能判断 股权融资 >= 2000万元"
    assert explain(text, row)[-1].en.startswith(
        "missing: equity raised 2024; cannot tell whether equity raised 2024 ≥ 20,000,000"
    )


def test_a_failed_condition_asks_for_nothing() -> None:
    assert missing_slots(condition("营业收入 >= 1000万元 且 股权融资 >= 2000万元"), firm(revenue=1)) == ()


def test_only_the_case_that_applies_is_explained() -> None:
    text = "如果(营业收入 <= 5000万元, 研发费用占比 >= 5%, 如果(营业收入 <= 2亿元, 研发费用占比 >= 4%, 研发费用占比 >= 3%))"
    row = firm(revenue=6 * 10**9, rd=3 * 10**8)
    zh = [r.zh for r in explain(text, row)]
    assert len(zh) == 3
    assert zh[0].startswith("适用“2024年营业收入 > 5000万元”的情形 (2024年营业收入 6,000万元)")
    assert zh[1].startswith("适用“营业收入 <= 2亿元”的情形")
    assert zh[2].startswith("2024年研发费用占比为5%, 要求 ≥ 4%: 符合")


def test_of_several_cases_the_one_that_applies_is_explained() -> None:
    text = "如果(营业收入 <= 5000万元, 研发费用占比 >= 5%, 营业收入 <= 2亿元, 研发费用占比 >= 4%, 研发费用占比 >= 3%)"
    zh = [r.zh for r in explain(text, firm(revenue=6 * 10**9, rd=3 * 10**8))]
    assert len(zh) == 2 and zh[0].startswith("适用“营业收入 <= 2亿元”的情形") and "要求 ≥ 4%: 符合" in zh[1]
    zh = [r.zh for r in explain(text, firm(revenue=3 * 10**10, rd=3 * 10**8))]
    assert len(zh) == 2 and "的情形" in zh[0] and "要求 ≥ 3%: 不符合" in zh[1]


def test_where_the_case_is_not_known_all_that_are_possible_are_shown() -> None:
    text = "如果(营业收入 <= 5000万元, 研发费用 >= 1元, 营业收入 <= 2亿元, 研发费用 >= 2元, 研发费用 >= 3元)"
    zh = [r.zh for r in explain(text, firm(rd=10**8))]
    assert zh[0].startswith("缺2024年营业收入")
    assert [z for z in zh if z.startswith(("若", "否则"))] == [
        "若“营业收入 <= 5000万元”:",
        "若“营业收入 <= 2亿元”:",
        "否则:",
    ]
    assert missing_slots(condition(text), firm(rd=10**8)) == ("revenue",)


def test_a_case_that_hangs_on_a_derived_flag_is_still_one_case() -> None:
    zh = [
        r.zh for r in explain("如果(规上企业, 研发费用 >= 100万元, 研发费用 >= 10万元)", firm(rd=10**7, revenue=10**8))
    ]
    assert len(zh) == 2 and zh[0].startswith("适用") and "要求 ≥ 10万元: 符合" in zh[1]


def test_it_says_whether_the_figure_or_the_formula_answered() -> None:
    by_formula = only("亩均税收 >= 20万元/亩", firm(tax=5 * 10**8, land=20 * MU))
    assert "2024年亩均税收由公式算出: 实缴税收 / 用地面积; 2024年实缴税收 500万元、用地面积 20亩" in by_formula.zh
    assert by_formula.slots == ("tax", "land")
    by_figure = only("亩均税收 >= 20万元/亩", firm(tax_per_mu=25 * 10**6, tax=1, land=1))
    assert by_figure.zh.endswith("符合 (2024年亩均税收采用填报数据, 未用公式)") and by_figure.slots == ("tax_per_mu",)


def test_a_derived_flag_is_explained_by_what_answered() -> None:
    note, atom = explain("规上企业", firm(revenue=3 * 10**9))
    assert note.zh == "2024年规上企业没有填报, 按公式判断: 营业收入 >= 2000万元" and note.kind == "note"
    assert atom.zh.startswith("2024年营业收入为3,000万元")
    assert only("规上企业", firm(large=0, revenue=3 * 10**9)).zh == "2024年规上企业: 否, 要求为是: 不符合"


# -- undefined and human ------------------------------------------------------------------------------------


def test_a_ratio_over_zero_needs_a_finding_and_says_why() -> None:
    reason = only("研发费用 / 营业收入 >= 3%", firm(rd=5, revenue=0))
    assert reason.zh.startswith("2024年营业收入为0, 研发费用 / 营业收入无定义, 要求 ≥ 3%: 需认定")
    assert reason.en.startswith(
        "operating revenue 2024 is 0, so R&D expense 2024 / operating revenue 2024 is undefined"
    )
    assert (reason.outcome, reason.kind) == (Outcome.HUMAN, "human")


def test_growth_from_a_base_that_is_not_positive_has_no_value() -> None:
    reason = only("比上年增长 利润总额 >= 10%", firm(profit=100, profit__1=-500))
    assert reason.zh.startswith("基数2023年利润总额为-0.0005万元, 不大于0, 比上年增长 利润总额无定义")
    reason = only("近三年复合增长 利润总额 >= 10%", firm(profit=100, profit__3=0))
    assert reason.outcome is Outcome.HUMAN and "基数2021年利润总额为0万元" in reason.zh


def test_a_value_that_hangs_on_a_finding_names_it() -> None:
    reason = only("研发费用 >= 如果(有研发机构, 100万元, 200万元)", firm(rd=10**8))
    assert "取决于尚未作出的认定(2024年有研发机构)" in reason.zh and reason.outcome is Outcome.HUMAN


def test_open_findings_are_listed_only_while_they_matter() -> None:
    tree = condition("有研发机构 且 研发费用 >= 100万元")
    assert open_findings(tree, firm(rd=10**8)) == ("organised",)
    assert open_findings(tree, firm(rd=1)) == ()
    reason = explain("有研发机构 且 研发费用 >= 100万元", firm(rd=10**8))[0]
    assert reason.zh == "2024年有研发机构: 尚待人工认定, 要求为是" and reason.kind == "human"


def test_whether_a_figure_is_there_can_itself_be_required() -> None:
    assert only("已知(研发费用)", firm()).zh == "2024年研发费用没有数据, 要求有数据: 不符合"
    assert only("非 已知(研发费用)", firm(rd=1)).zh == "2024年研发费用有数据, 要求没有数据: 不符合"


# -- titles -------------------------------------------------------------------------------------------------


def test_a_named_condition_carries_its_name() -> None:
    title = ("上年度研发费用", "R&D of the year")
    assert only("研发费用 >= 100万元", firm(rd=10**8), title=title).zh.startswith(
        "上年度研发费用: 2024年研发费用为100万元"
    )
    head, *lines = explain(
        "研发费用 >= 100万元 且 营业收入 >= 1元", firm(rd=10**8, revenue=0), title=title, article="二"
    )
    assert (head.zh, head.en, head.kind, head.article) == (
        "上年度研发费用: 不符合",
        "R&D of the year: not met",
        "note",
        "二",
    )
    assert len(lines) == 2


def test_a_title_that_the_line_already_says_is_not_said_twice() -> None:
    assert only("有研发机构", firm(), title=("有研发机构", "R&D organisation")).zh.startswith("2024年有研发机构: 尚待")


def test_a_named_group_of_alternatives_has_one_heading() -> None:
    head, *lines = explain("营业收入 >= 1元 或 研发费用 >= 1元", firm(revenue=100, rd=0), title=("规模", "size"))
    assert head.zh == "规模: 以下2项有一项符合即可: 符合" and len(lines) == 2
