"""Lists: what each kind shows, counts that sum to the scope, the list of missing data."""

from __future__ import annotations

import pytest

from kaiwu.report import find_shortage, list_scheme
from kaiwu.report.book import count_line
from kaiwu.report.listing import facts_of_run
from kaiwu.report.shortage import detail_table, shortage_rows
from small_county import FIRMS


def listing(county, run, code):
    return list_scheme(run, code, county.names(run.record.as_of))


@pytest.mark.parametrize("code", ["ruler", "award", "plan"])
def test_the_counts_of_every_list_sum_to_what_is_expected(county, run, code):
    found = listing(county, run, code)
    assert found.total == found.expected
    assert count_line(found).count(str(found.scope))


def test_a_list_of_clauses_leaves_out_who_does_not_qualify_and_says_how_many(county, run):
    found = listing(county, run, "award")
    counts = dict(found.counts)
    assert found.table.height == found.total - counts["不符合"]
    assert f"不符合 {counts['不符合']} 条不列" in found.notes[0]


def test_the_counts_of_clauses_and_their_money_follow_from_the_rules(county, run):
    research = listing(county, run, "award").items[0]
    # shares are i % 6 per cent: at least 3 % for i % 6 in 3, 4, 5, twelve firms; F03 lacks research, F04 turnover
    assert research.counts == (12, 10, 2, 0)
    met = [i for i in range(24) if i % 6 >= 3 and i not in (3, 4)]
    each = {i: min(10**9 * (i + 1) * (i % 6) // 1000, 50_000_000) for i in met}
    assert research.lowest == sum(each.values())
    assert research.highest == sum(each.values()) + 50_000_000 + 20_000_000  # F03 up to the cap, F04 10 % of 200 万元


def test_a_rating_shows_rank_class_score_points_and_signed_changes(county, run):
    found = listing(county, run, "ruler")
    row = dict(
        zip([c.en for c in found.columns], found.table.filter(found.table["entity"] == "F05").row(0), strict=True)
    )
    assert (row["class"], row["computed class"], row["Tax per mu"], row["Research share"]) == ("A", "B", 1800, 6667)
    change = found.columns[found.index("change")]
    assert change.words is not None
    assert change.words["F05"][0] == "第十二条; 亩均办 王某; 省级示范企业"


def test_a_rating_without_leagues_or_classes_has_no_empty_columns(county, run):
    assert listing(county, run, "ruler").index("league") is None


def test_standing_and_draft_are_marked_under_the_title(run):
    assert "待核实(仅一处来源)" in facts_of_run(run, run.scheme("award"))[0]
    assert "征求意见稿, 只供试算" in facts_of_run(run, run.scheme("plan"))[0]
    assert "【" not in facts_of_run(run, run.scheme("ruler"))[0]


def test_missing_data_are_listed_by_department_with_who_lacks_them(run):
    shortage = find_shortage(run)
    rows = {row[6]: row for row in shortage_rows(shortage)}
    assert rows["research"][:6] == ("统计部门", "研发费用", "2023", 1, 1, 0)
    assert rows["turnover"][:6] == (
        "统计部门",
        "营业收入",
        "2023",
        1,
        1,
        1,
    )  # a group's figure exists and may not answer
    assert rows["land"][:6] == ("自然资源部门", "用地面积", "2023", 1, 1, 0)
    assert shortage.owners == ["统计部门", "自然资源部门"]


def test_a_finding_or_the_answer_of_another_scheme_is_no_missing_data(run):
    slots = {lack.slot for lack in find_shortage(run).lacks}
    assert "is_clean" not in slots
    assert "grade" not in slots


def test_the_list_by_name_tells_a_gap_from_a_figure_that_may_not_answer(run):
    table = detail_table(find_shortage(run))
    states = {(row[0], row[3]): row[5] for row in table.iter_rows()}
    assert states == {("research", "F03"): "", ("turnover", "F04"): "scope", ("land", "F06"): ""}


def test_everybody_in_scope_is_on_the_list_of_a_rating(county, run):
    assert sorted(listing(county, run, "ruler").table["entity"]) == FIRMS
