"""Heads as bureaus write them: units and years in brackets, groups, title lines, rows of units and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kaiwu.figure.binding import Binding, bind_columns
from kaiwu.figure.head import find_periods, find_units, fold_head, read_head
from kaiwu.figure.head_index import HeadIndex, Role
from kaiwu.figure.import_template import PeriodRule, implicit_template, list_variables
from kaiwu.figure.layout import Layout, find_layout
from kaiwu.figure.workbook import read_workbook
from kaiwu.quantity.period import Period, PeriodKind

from .import_example import VARIABLES, make_csv, make_template, make_xlsx

KEY = "统一社会信用代码"
YEAR = Period(PeriodKind.YEAR, 2024)
Area = tuple[int, int, int, int]


def bind(
    rows: Sequence[Sequence[object]], *, merged: Sequence[Area] = (), as_csv: bool = False, groups: tuple[str, ...] = ()
) -> tuple[Layout, Binding]:
    data = make_csv(rows) if as_csv else make_xlsx(rows, merged=merged)
    sheet = read_workbook(data, name="a.csv" if as_csv else "a.xlsx")[0]
    template = replace(implicit_template(list_variables(VARIABLES), "局"), groups=groups)
    index = HeadIndex(template)
    layout = find_layout(sheet, index)
    assert layout is not None
    return layout, bind_columns(sheet, layout, template, index, YEAR)


def meanings(binding: Binding) -> list[tuple[str, str, str]]:
    return [(c.variable.code, c.unit.zh if c.unit else "", c.period or "") for c in binding.all(Role.VALUE)]


def codes(binding: Binding) -> list[str]:
    return [f.problem.code for f in binding.findings]


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("入库税收（万元）", ("tax_paid", "万元", "2024")),
        ("入库税收(元)", ("tax_paid", "元", "2024")),
        ("入库税收【单位：万元】", ("tax_paid", "万元", "2024")),
        ("入库税收，万元", ("tax_paid", "万元", "2024")),
        ("１、 入库 税收 （ 万元 ）*", ("tax_paid", "万元", "2024")),
        ("实缴税金(亿元)", ("tax_paid", "亿元", "2024")),
        ("TAX_PAID（万元）", ("tax_paid", "万元", "2024")),
        ("2023年入库税收（万元）", ("tax_paid", "万元", "2023")),
        ("2023年度入库税收（万元）", ("tax_paid", "万元", "2023")),
        ("入库税收（2023年）（万元）", ("tax_paid", "万元", "2023")),
        ("入库税收（2023）", ("tax_paid", "", "2023")),
        ("tax_paid@-2", ("tax_paid", "", "2022")),
        ("年平均从业人员", ("staff", "人", "2024")),
        ("2023年年平均从业人员（人）", ("staff", "人", "2023")),
        ("从业人员期末人数", ("staff_end", "人", "2024-12-31")),
        ("2023年末从业人员期末人数", ("staff_end", "人", "2023-12-31")),
        ("2024年1-8月工业总产值（亿元）", ("output", "亿元", "2024-01..08")),
        ("2024年上半年工业总产值（亿元）", ("output", "亿元", "2024-01..06")),
        ("综合能耗（吨标煤）", ("energy", "吨标煤(等价值)", "2024")),
        ("综合能耗(吨标煤（等价值）)", ("energy", "吨标煤(等价值)", "2024")),
        ("亩均税收（万元/亩）", ("tax_per_mu", "万元/亩", "2024")),
        ("研发投入占比（%）", ("rd_share", "%", "2024")),
    ],
)
def test_a_head_is_bound_with_its_unit_and_period(head: str, wanted: tuple[str, str, str]) -> None:
    _, binding = bind([[KEY, head], ["x", "1"]])
    assert meanings(binding) == [wanted]


@pytest.mark.parametrize(
    "head", ["集团入库税收", "入库税收同比", "入库税收（预计）", "其中：入库税收", "入库税收增速(%)"]
)
def test_a_head_that_says_more_is_not_bound(head: str) -> None:
    _, binding = bind([[KEY, head, "营业收入(元)"], ["x", "1", "2"]])
    assert [m[0] for m in meanings(binding)] == ["revenue"]
    assert "IN-COLUMN-UNBOUND" in codes(binding)


@pytest.mark.parametrize("as_csv", [False, True])
def test_a_head_of_two_rows_joins_group_and_year(as_csv: bool) -> None:
    rows = [[KEY, "入库税收（万元）", None, "营业收入（元）"], [None, "2023年", "2024年", None], ["x", "1", "2", "3"]]
    merged = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)]
    layout, binding = bind(rows, merged=[] if as_csv else merged, as_csv=as_csv)
    assert (layout.top, layout.bottom) == (0, 1)
    assert meanings(binding) == [
        ("tax_paid", "万元", "2023"),
        ("tax_paid", "万元", "2024"),
        ("revenue", "元", "2024"),
    ]


def test_years_above_and_names_below_join_too() -> None:
    rows = [
        [KEY, "2023年", None, "2024年", None],
        [None, "入库税收(元)", "营业收入(元)", "入库税收(元)", "营业收入(元)"],
    ]
    _, binding = bind([*rows, ["x", 1, 2, 3, 4]], merged=[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)])
    assert [m[0] + m[2] for m in meanings(binding)] == ["tax_paid2023", "revenue2023", "tax_paid2024", "revenue2024"]


def test_a_group_that_says_something_makes_another_head() -> None:
    rows = [[KEY, "集团合并", None], [None, "营业收入(元)", "入库税收(元)"], ["x", 1, 2]]
    merged = [(0, 0, 1, 0), (0, 1, 0, 2)]
    _, binding = bind(rows, merged=merged)
    assert meanings(binding) == []
    _, binding = bind([[KEY, "主要指标", None], *rows[1:]], merged=merged, groups=("主要指标",))
    assert [m[0] for m in meanings(binding)] == ["revenue", "tax_paid"]


@pytest.mark.parametrize("merged", [[], [(0, 1, 0, 2)]])
def test_a_group_just_above_the_heads_is_never_taken_for_a_title(merged: list[Area]) -> None:
    rows = [[None, "集团合并", None, None], [KEY, "营业收入(元)", "入库税收(元)", "用地面积(亩)"], ["x", 1, 2, 3]]
    _, binding = bind(rows, merged=merged)
    assert "revenue" not in [m[0] for m in meanings(binding)]


def test_a_year_above_some_columns_is_theirs_only() -> None:
    rows = [[None, "2023年", None, None], [KEY, "营业收入(元)", "入库税收(元)", "用地面积(亩)"], ["x", 1, 2, 3]]
    _, binding = bind(rows, merged=[(0, 1, 0, 2)])
    assert [m[0] + m[2] for m in meanings(binding)] == ["revenue2023", "tax_paid2023", "land2024"]


@pytest.mark.parametrize(
    "title", [["2024年企业情况"], [None, None, "2024年企业税收情况表"], [None, None, "单位：万元"]]
)
def test_a_title_stands_at_the_left_or_says_what_it_is(title: list[str | None]) -> None:
    layout, binding = bind([title, [KEY, "营业收入(元)", "入库税收(元)"], ["x", 1, 2]])
    assert layout.top == 1
    assert [m[0] for m in meanings(binding)] == ["revenue", "tax_paid"]


def test_a_row_of_units_below_the_head_gives_the_units() -> None:
    layout, binding = bind([[KEY, "入库税收", "年平均从业人员"], ["单位", "万元", "人"], ["x", "1", "2"]])
    assert layout.last_head_row == 1
    assert [m[1] for m in meanings(binding)] == ["万元", "人"]


def test_a_row_that_numbers_the_columns_is_no_data() -> None:
    layout, _ = bind([[KEY, "入库税收(元)", "营业收入(元)"], ["甲", "1", "2"], ["x", "1", "2"]])
    assert layout.last_head_row == 1


def test_a_first_row_of_data_is_no_row_of_numbers() -> None:
    layout, _ = bind([["主体代码", "入库税收(元)", "营业收入(元)"], ["7", "8", "9"]])
    assert layout.last_head_row == 0


def test_title_lines_give_unit_and_period() -> None:
    rows = [["2024年度税收情况表"], ["单位：万元、人"], [KEY, "入库税收", "年平均从业人员"], ["x", "1", "2"]]
    layout, binding = bind(rows)
    assert layout.top == 2
    assert layout.title_periods == (YEAR,)
    assert [m[1] for m in meanings(binding)] == ["万元", "人"]


def test_a_unit_above_the_table_is_not_given_to_another_dimension() -> None:
    _, binding = bind([["单位：万元"], [KEY, "用地面积", "亩均税收"], ["x", "1", "2"]])
    assert [m[1] for m in meanings(binding)] == ["", ""]


def test_two_columns_of_one_meaning_are_refused() -> None:
    _, binding = bind([[KEY, "入库税收(元)", "实缴税金（万元）"], ["x", "1", "2"]])
    assert codes(binding).count("IN-COLUMN-TWICE") == 2


def test_a_unit_of_another_dimension_is_refused() -> None:
    _, binding = bind([[KEY, "入库税收（亩）"], ["x", "1"]])
    assert "Q-UNIT-DIMENSION" in codes(binding)


def test_two_units_in_one_head_are_refused() -> None:
    _, binding = bind([[KEY, "入库税收(元)"], [None, "万元"], ["x", "1"]])
    assert "IN-HEAD-UNITS" in codes(binding)


def test_an_unknown_head_names_the_nearest_one() -> None:
    _, binding = bind([[KEY, "入库税款(元)", "营业收入(元)"], ["x", "1", "2"]])
    (problem,) = [f.problem for f in binding.findings if f.problem.code == "IN-COLUMN-UNBOUND"]
    assert "入库税收" in problem.zh
    assert problem.where == "a.xlsx 表页“表” B1"


def test_a_period_of_another_kind_is_refused() -> None:
    _, binding = bind([[KEY, "2024年6月入库税收(元)"], ["x", "1"]])
    assert codes(binding) == ["IN-PERIOD-KIND"]


def test_the_whole_year_is_january_to_december() -> None:
    _, binding = bind([[KEY, "2024年1-12月入库税收(元)"], ["x", "1"]])
    assert meanings(binding)[0][2] == "2024"


def test_the_head_unit_goes_before_the_template_and_is_told() -> None:
    rows = [["2024年度"], [KEY, "入库税收（元）", "营业收入(元)"], ["x", "1", "2"]]
    sheet = read_workbook(make_xlsx(rows), name="a.xlsx")[0]
    template = make_template()
    index = HeadIndex(template)
    layout = find_layout(sheet, index)
    assert layout is not None
    binding = bind_columns(sheet, layout, template, index)
    assert meanings(binding)[0] == ("tax_paid", "元", "2024")
    assert "IN-HEAD-UNIT-OTHER" in codes(binding)
    assert "IN-COLUMN-ABSENT" in codes(binding)


@pytest.mark.parametrize(("title", "sound"), [("2024年度", True), ("税收表", False), ("2023-2024年度对比", False)])
def test_the_title_must_name_one_period(title: str, sound: bool) -> None:
    sheet = read_workbook(make_xlsx([[title], [KEY, "入库税收（元）"], ["x", "1"]]), name="a.xlsx")[0]
    template = replace(make_template(), period=PeriodRule(from_title=True))
    index = HeadIndex(template)
    layout = find_layout(sheet, index)
    assert layout is not None
    found = codes(bind_columns(sheet, layout, template, index))
    assert ("IN-PERIOD-TITLE" not in found) == sound


def test_the_day_of_filling_in_is_no_period() -> None:
    assert find_periods("2024年度税收表 填报日期：2025年3月1日") == [YEAR]


@pytest.mark.parametrize(
    ("line", "units"),
    [("单位：万元", ["万元"]), ("填报单位：税务局   计量单位: 万元、人", ["万元", "人"]), ("单位名称：甲公司", [])],
)
def test_units_of_a_line_are_found(line: str, units: list[str]) -> None:
    assert [unit.zh for unit in find_units(line)] == units


def test_folding_a_head_twice_changes_nothing() -> None:
    for head in ("１、 营业收入 （万元）*", "R&D经费", "(一)基本情况", "1.5倍"):
        assert fold_head(fold_head(head)) == fold_head(head)


def test_a_head_of_many_brackets_is_read_in_bounded_time() -> None:
    assert read_head("(" * 100 + "万元" + ")" * 100)
    assert read_head("2023" * 50)
