"""What a loser reads: place, who set the line, the parts of the difference, what would have been enough."""

from __future__ import annotations

from dataclasses import replace

from invented_round import MONTHS
from small_round import applicant, plots, small_round

from kaiwu.allot.explanation import explain
from kaiwu.allot.phrase import tell
from kaiwu.allot.result import allot
from kaiwu.allot.round import Round
from kaiwu.allot.supply import FLOOR, LAND_SALE
from kaiwu.rule.outcome import Outcome


def words(round_: Round, name: str) -> str:
    return "。".join(zh for zh, _ in tell(round_.rule, explain(allot(round_), name)))


def test_a_loser_reads_the_difference_to_the_one_who_set_the_line_part_by_part() -> None:
    round_ = small_round(
        (applicant("甲", 500, 300), applicant("乙", 450, 250), applicant("丙", 430, 237)), plots(20, 30)
    )
    told = words(round_, "丙")
    assert "得分 66.7, 排第 3 名(共 3 个)" in told
    assert "与第 2 名(乙)差 3.3 分, 其中亩均税收 2.0、研发 1.3" in told
    assert "最后一宗合适的 P2 由 乙 取得" in told
    assert "得分到 70.1(高 3.4 分)即可安排" in told


def test_the_earlier_filing_wins_a_tie_and_the_later_reads_so() -> None:
    round_ = small_round((applicant("甲", 500, 300, day=2), applicant("乙", 400, 400, day=1)), plots(20))
    assert "与第 1 名(乙)同分, 按规则排在其后" in words(round_, "甲")
    assert "得分到 80.1(高 0.1 分)即可安排" in words(round_, "甲")


def test_a_used_up_month_is_named_with_its_park() -> None:
    heavy = {"energy": dict.fromkeys(MONTHS, 60)}
    round_ = small_round(
        (applicant("甲", 500, 300, demand=heavy), applicant("乙", 450, 250, demand=heavy)), plots(20, 30), energy=100
    )
    assert "甲 安排后, north 2027-01 能耗不够" in words(round_, "乙")


def test_a_score_below_the_threshold_is_told_as_such() -> None:
    round_ = small_round((applicant("甲", 200, 100, accepts=(FLOOR,)),), plots(20, kind=FLOOR))
    rule = replace(
        round_.rule, kinds=tuple(replace(k, threshold=600) if k.code == FLOOR else k for k in round_.rule.kinds)
    )
    assert "未达到门槛 60.0 分" in words(replace(round_, rule=rule), "甲")


def test_a_project_that_no_plot_fits_reads_which_constraint_rules_out_how_many() -> None:
    round_ = small_round((applicant("甲", 500, 300, needs={"area": 50, "zone": 2}),), plots(20, 30, 60))
    told = words(round_, "甲")
    assert "工业用地出让 3 宗: 面积不足 2、用途不在允许范围 1" in told


def test_a_second_project_of_one_firm_reads_that_each_firm_has_one() -> None:
    round_ = small_round((applicant("甲", 500, 300), applicant("乙", 450, 250, firm="firm of 甲")), plots(20, 30))
    assert "本企业(集团)的 甲 已安排, 每家一宗" in words(round_, "乙")


def test_who_is_missing_a_figure_is_not_in_line() -> None:
    unknown = {LAND_SALE: Outcome.MISSING}
    round_ = small_round((applicant("甲", 500, 300, admitted=unknown),), plots(20))
    assert words(round_, "甲") == "缺数据: 未进入排序"
