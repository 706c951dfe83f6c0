"""A whole file: every row accounted for, every problem told once, all or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.figure import FIGURE_SCHEMA, shape_figures, validate_figures
from kaiwu.figure.intake import IntakeResult, intake
from kaiwu.quantity.format import format_decimal
from kaiwu.quantity.period import Period, PeriodKind
from kaiwu.quantity.problem import KaiwuError

from .import_example import TEMPLATE_TEXT, VARIABLES, code, fill_sheet, make_csv, make_template, make_xlsx

OLD_WORKBOOK = Path(__file__).parent / "data" / "old_workbook.xls"
TITLE = ["2024年度税收情况表"]
HEAD = ["序号", "企业名称", "统一社会信用代码", "入库税收", "上年入库税收", "营业收入（元）", "研发占比(%)"]
YEAR = Period(PeriodKind.YEAR, 2024)


def row(number: int, *values: object) -> list[object]:
    return [str(number), f"企业{number}", code(number), *values]


def take(rows: Sequence[Sequence[object]], as_csv: bool = False, **options: Any) -> IntakeResult:
    data = (
        make_csv(rows, options.pop("encoding", "utf-8"))
        if as_csv
        else make_xlsx(rows, merged=options.pop("merged", ()))
    )
    template = options.pop("template", make_template())
    return intake(data, template, VARIABLES, name="a.csv" if as_csv else "a.xlsx", **options)


def codes(result: IntakeResult) -> list[str]:
    return [finding.problem.code for finding in result.report.findings]


def errors(result: IntakeResult) -> list[tuple[str, str]]:
    return [(f.problem.code, f.problem.where.rpartition(" ")[2]) for f in result.report.errors]


def values(result: IntakeResult) -> list[tuple[str, str, str, int | None]]:
    return list(result.figures.select("entity", "variable", "period", "value").iter_rows())


GOOD = [TITLE, HEAD, row(1, 1200.5, 100, 1_200_000, 3.5), row(2, "-", "无", 300, (0.04, "0.00%"))]


@pytest.mark.parametrize(("as_csv", "encoding"), [(False, ""), (True, "utf-8"), (True, "utf-8-sig"), (True, "gb18030")])
def test_a_good_file_gives_its_figures(as_csv: bool, encoding: str) -> None:
    rows = [[*r[:6], "4%" if isinstance(r[6], tuple) else r[6]] if len(r) > 6 else r for r in GOOD] if as_csv else GOOD
    result = take(rows, as_csv, **({"encoding": encoding} if as_csv else {}))
    assert result.report.is_accepted, result.report.to_text()
    assert values(result) == [
        (code(1), "tax_paid", "2024", 1_200_500_000),
        (code(1), "tax_paid", "2023", 100_000_000),
        (code(1), "revenue", "2024", 120_000_000),
        (code(1), "rd_share", "2024", 3_500_000),
        (code(2), "revenue", "2024", 30_000),
        (code(2), "rd_share", "2024", 4_000_000),
    ]


def test_figures_fit_the_store_and_carry_what_the_template_says() -> None:
    result = take(GOOD)
    assert result.figures.schema == FIGURE_SCHEMA
    assert validate_figures(shape_figures(result.figures), VARIABLES) == []
    first = result.figures.row(0, named=True)
    assert (first["raw"], first["unit"], first["place"]) == ("1200.5", "万元", "a.xlsx|表|D3")
    assert (first["source"], first["status"], first["scope"]) == ("区税务局", "final", "legal_entity")
    assert (first["legal_basis"], first["purposes"], first["synthetic"]) == ("数据共享协议", "permu,policy", False)


def test_invented_data_are_labelled() -> None:
    assert take(GOOD, synthetic=True).figures["synthetic"].all()


def test_missing_cells_give_no_figure_and_are_counted() -> None:
    (count,) = take(GOOD).report.counts
    assert count.cells_missing == 2
    assert count.figures == 6


def test_totals_notes_blanks_and_repeated_heads_are_told_apart() -> None:
    rows = [
        *GOOD,
        HEAD,
        row(3, 1, 1, 1, 1),
        ["3", None, None, None],
        ["合  计", None, None, 1201.5, 101, 1_200_301, None],
        ["注：数据来自征管系统"],
        ["填表人：张三", None, "审核人：李四"],
    ]
    result = take(rows)
    assert result.report.is_accepted, result.report.to_text()
    (count,) = result.report.counts
    assert (count.rows_in, count.accepted, count.rejected) == (8, 3, 0)
    assert (count.totals, count.notes, count.blank) == (1, 3, 1)
    assert "IN-TOTAL-DIFFERS" not in codes(result)


def test_a_total_that_is_not_the_sum_is_a_warning() -> None:
    result = take([*GOOD, ["合计", None, None, 9999, 100, 1_200_300, None]])
    assert result.report.is_accepted
    assert [f.problem.code for f in result.report.warnings] == ["IN-TOTAL-DIFFERS"]
    assert "1,200.5" in result.report.warnings[0].problem.zh


@pytest.mark.parametrize("at_top", [False, True])
def test_subtotals_and_totals_may_stand_above_or_below(at_top: bool) -> None:
    group1 = [row(1, 1, 1, 1, 1), row(2, 2, 2, 2, 2)]
    group2 = [row(3, 3, 3, 3, 3)]
    sub1, sub2 = [None, "小计", None, 3, 3, 3], [None, "小计", None, 3, 3, 3]
    total = ["总计", None, None, 6, 6, 6]
    rows = [total, sub1, *group1, sub2, *group2] if at_top else [*group1, sub1, *group2, sub2, total]
    result = take([TITLE, HEAD, *rows])
    assert result.report.is_accepted, result.report.to_text()
    assert result.report.warnings == []
    assert result.report.counts[0].totals == 3


def test_an_average_row_is_no_sum() -> None:
    result = take([*GOOD, [None, "平均", None, 1, 1, 1, 1]])
    assert result.report.is_accepted
    assert result.report.warnings == []


def test_a_code_in_two_rows_refuses_both() -> None:
    result = take([TITLE, HEAD, row(1, 1, 1, 1, 1), row(2, 1, 1, 1, 1), row(1, 2, 2, 2, 2)])
    assert errors(result) == [("IN-ROW-TWICE", "C3"), ("IN-ROW-TWICE", "C5")]
    assert "3、5" in result.report.errors[0].problem.zh
    assert result.report.counts[0].rejected == 2
    assert result.figures.is_empty()


def test_one_wrong_cell_leaves_nothing_behind() -> None:
    result = take([TITLE, HEAD, row(1, 1, 1, 1, 1), row(2, "约5", 1, 1, 1)])
    assert errors(result) == [("Q-QUANTITY-INEXACT", "D4")]
    assert result.figures.is_empty()
    assert result.figures.schema == FIGURE_SCHEMA
    assert result.report.figures == 0
    assert result.report.counts[0].accepted == 1


def test_every_problem_of_a_file_is_in_one_report() -> None:
    rows = [
        TITLE,
        HEAD,
        row(1, "1200/1300", "5亩", "12元", "x"),
        ["2", "企业2", "91330109MA2ABCDE0X", 1, 1, 1, 1],
        ["3", "企业3", None, 1, 1, 1, 1],
        row(4, 1.23456789, 1, 1, 1),
    ]
    found = errors(take(rows))
    assert {where for _, where in found} == {"D3", "E3", "G3", "C4", "C5", "D6"}
    assert ("IN-CODE-MISSING", "C5") in found
    assert ("Q-GRAIN-LOSSY", "D6") in found


def test_a_code_that_excel_made_a_number_is_told() -> None:
    result = take([TITLE, HEAD, ["1", "企业", 913301090000000123.0, 1, 1, 1, 1]])
    assert errors(result) == [("IN-CODE-NUMBER", "C3")]


def test_formulas_without_result_and_error_values_are_errors_not_missing() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        fill_sheet(book, sheet, [TITLE, HEAD, row(1, None, None, 1, 1)])
        sheet.write_formula(2, 3, "=SUM(F3:F3)", None, "")
        sheet.write_formula(2, 4, "=1/0", None, "#DIV/0!")
    result = intake(buffer.getvalue(), make_template(), VARIABLES, name="a.xlsx")
    assert errors(result) == [("IN-CELL-FORMULA", "D3"), ("IN-CELL-ERROR", "E3")]


def test_a_value_merged_over_two_rows_belongs_to_nobody() -> None:
    rows = [TITLE, HEAD, row(1, 5, 1, 1, 1), row(2, None, 1, 1, 1)]
    result = take(rows, merged=[(2, 3, 3, 3)])
    assert errors(result) == [("IN-CELL-MERGED", "D3"), ("IN-CELL-MERGED", "D4")]


def test_a_comma_that_shifted_a_csv_is_an_error() -> None:
    data = ("2024年度税收表\n" + ",".join(HEAD) + "\n" + f"1,甲,{code(1)},1,200,100,300,4\n").encode()
    result = intake(data, make_template(), VARIABLES, name="a.csv")
    assert ("IN-COLUMN-HEADLESS", "H3") in errors(result)


def test_without_a_template_names_of_variables_bind() -> None:
    rows = [["统一社会信用代码", "入库税收（万元）", "营业收入(元)"], [code(1), 1, 2]]
    result = take(rows, template=None, period=YEAR, source="税务局")
    assert result.report.is_accepted, result.report.to_text()
    assert [v[1:] for v in values(result)] == [("tax_paid", "2024", 1_000_000), ("revenue", "2024", 200)]
    assert result.figures["source"].to_list() == ["税务局"] * 2


def test_a_column_of_years_gives_each_row_its_period() -> None:
    rows = [
        ["统一社会信用代码", "年度", "入库税收（元）"],
        [code(1), 2023, 1],
        [code(1), "2024年", 2],
        [code(1), 2024, 3],
    ]
    result = take(rows, template=None)
    assert errors(result) == [("IN-ROW-TWICE", "A3"), ("IN-ROW-TWICE", "A4")]
    result = take(rows[:3], template=None)
    assert [v[2:] for v in values(result)] == [("2023", 100), ("2024", 200)]
    assert errors(take(rows[:3], template=None, period=YEAR)) == [("IN-PERIOD-DIFFERS", "B2")]


def test_a_missing_period_is_told_once_for_a_column() -> None:
    rows = [["统一社会信用代码", "入库税收（元）"], [code(1), 1], [code(2), 2]]
    assert errors(take(rows, template=None)) == [("IN-PERIOD-MISSING", "B1")]


def test_an_entity_that_is_not_registered_is_refused() -> None:
    result = take(GOOD, register={code(1): "企业1"})
    assert errors(result) == [("IN-CODE-UNKNOWN", "C4")]


def test_another_name_than_the_registered_one_is_a_warning() -> None:
    result = take(GOOD, register={code(1): "企业1", code(2): "别的企业"})
    assert result.report.is_accepted
    assert [f.problem.code for f in result.report.warnings] == ["IN-NAME-DIFFERS"]


REGISTER_TEMPLATE = """
import: register
zh: 企业名录
en: register of firms
entity: {column: [统一社会信用代码], kind: firm, name_column: [企业名称]}
source: 市场监管局
scope: legal_entity
columns: [{head: 成立日期, variable: founded}]
register: true
attributes: {town: [所属镇街], industry: [行业代码]}
"""


def test_a_register_declares_entities_with_merged_towns() -> None:
    rows = [
        ["统一社会信用代码", "企业名称", "所属镇街", "行业代码", "成立日期"],
        [code(1), "甲公司", "衙前", "1751", "2015-03-01"],
        [code(2), "乙公司", None, 1752, "2016年1月2日"],
    ]
    result = take(rows, template=make_template(REGISTER_TEMPLATE), merged=[(1, 2, 2, 2)], register={})
    assert result.report.is_accepted, result.report.to_text()
    assert result.entities.to_dicts() == [
        {
            "entity": code(1),
            "kind": "firm",
            "name": "甲公司",
            "town": "衙前",
            "industry": "1751",
            "place": "a.xlsx|表|A2",
        },
        {
            "entity": code(2),
            "kind": "firm",
            "name": "乙公司",
            "town": "衙前",
            "industry": "1752",
            "place": "a.xlsx|表|A3",
        },
    ]
    assert [v[2] for v in values(result)] == ["", ""]


def test_towns_are_known_by_their_only_name() -> None:
    text = REGISTER_TEMPLATE.replace("firm,", "town,").replace("register: true", "").replace("统一社会信用代码", "镇街")
    template = replace(make_template(text), name_heads=(), attributes={})
    result = take([["镇街", "成立日期"], ["衙前镇", "2001-01-01"]], template=template, register={"330109101": "衙前镇"})
    assert result.report.is_accepted, result.report.to_text()
    assert result.figures["entity"].to_list() == ["330109101"]


def test_two_sheets_that_disagree_are_refused_and_that_agree_are_told() -> None:
    def both(second: float) -> IntakeResult:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            for name, tax in (("一", 1.0), ("二", second)):
                fill_sheet(book, book.add_worksheet(name), [TITLE, HEAD, row(1, tax, None, None, None)])
        return intake(buffer.getvalue(), make_template(), VARIABLES, name="a.xlsx")

    assert [e[0] for e in errors(both(2.0))] == ["IN-FIGURE-TWICE"]
    same = both(1.0)
    assert same.report.is_accepted
    assert same.figures.height == 1
    assert codes(same) == ["IN-FIGURE-TWICE"]


def test_a_sheet_that_the_template_names_has_to_be_there() -> None:
    result = take(GOOD, template=replace(make_template(), sheets=("表", "另表")))
    assert [f.problem.code for f in result.report.errors] == ["IN-SHEET-ABSENT"]
    assert result.figures.is_empty()
    assert take(GOOD, template=replace(make_template(), sheets=("表",))).report.is_accepted


def test_hidden_sheets_are_told_and_not_read() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill_sheet(book, book.add_worksheet("一"), GOOD)
        hidden = book.add_worksheet("旧")
        fill_sheet(book, hidden, GOOD)
        hidden.hide()
    result = intake(buffer.getvalue(), make_template(), VARIABLES, name="a.xlsx")
    assert result.report.is_accepted
    assert codes(result) == ["IN-SHEET-HIDDEN"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", "没有表头\n1\n".encode(), make_xlsx([["a"], [1]])])
def test_a_file_without_a_table_is_an_error(data: bytes) -> None:
    result = intake(data, make_template(), VARIABLES, name="a.xlsx" if data[:2] == b"PK" else "a.csv")
    assert not result.report.is_accepted
    assert result.figures.is_empty()


def test_a_missing_file_is_an_error_in_the_report(tmp_path: Path) -> None:
    result = intake(tmp_path / "none.xlsx", make_template(), VARIABLES)
    assert codes(result) == ["IN-FILE-UNREADABLE"]


def test_the_report_speaks_both_languages_and_counts_long_runs() -> None:
    result = take([TITLE, HEAD, *(row(n, "约5", 1, 1, 1) for n in range(1, 31))])
    zh, en = result.report.to_text(), result.report.to_text("en")
    assert "全部不入库" in zh
    assert "all or nothing" in en
    assert "同列还有 10 处" in zh
    assert len(result.report.to_dict()["problems"]) == 30


def test_progress_ends_with_all_rows() -> None:
    calls: list[tuple[int, int]] = []
    take(GOOD, on_progress=lambda done, total: calls.append((done, total)))
    assert len(calls) == 2
    assert calls[-1][0] <= calls[-1][1]


CELL = st.one_of(
    st.none(),
    st.sampled_from(["-", "无", "约5", "1,200", "１２", "3%", "合计", "x", "5亩", "1/2", "2024-01-01"]),
    st.integers(-1000, 10**6),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda f: round(f, 3)),
    st.booleans(),
)
KEY = st.one_of(st.integers(1, 8).map(code), st.none(), st.sampled_from(["合计", "小计", "abc", "注：某某"]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.none() | st.sampled_from(["甲", "合计"]), KEY, CELL, CELL, CELL, CELL), max_size=10))
def test_rows_in_are_rows_accepted_rejected_or_skipped(table: list[tuple[Any, ...]]) -> None:
    rows = [TITLE, HEAD, *(["1", *cells] for cells in table)]
    result = take(rows)
    (count,) = result.report.counts
    assert count.rows_in == len(table)
    assert count.accepted + count.rejected + count.totals + count.notes + count.blank == len(table)
    assert result.report.is_accepted == (result.figures.height > 0 or not result.report.errors)
    if result.report.errors:
        assert result.figures.is_empty()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-(10**11), 10**11), st.none() | st.integers(0, 10**12)), min_size=1, max_size=12),
    st.sampled_from(["xlsx", "utf-8", "utf-8-sig", "gb18030"]),
    st.sampled_from([("元", 100), ("万元", 10**6), ("亿元", 10**10)]),
)
def test_money_written_to_any_file_comes_back_to_the_fen(
    table: list[tuple[int, int | None]], form: str, unit: tuple[str, int]
) -> None:
    name, size = unit
    wanted = []
    rows: list[list[object]] = [["统一社会信用代码", f"入库税收（{name}）", f"营业收入（{name}）"]]
    for number, (tax, revenue) in enumerate(table, start=1):
        given_cells = [("tax_paid", tax), ("revenue", revenue)]
        wanted += [(code(number), variable, "2024", fen) for variable, fen in given_cells if fen is not None]
        spelled = [
            None if fen is None else format_decimal(Fraction(fen, size), grouping=False) for _, fen in given_cells
        ]
        cells = [float(text) if text and form == "xlsx" else text for text in spelled]
        rows.append([code(number), *cells])
    result = take(rows, form != "xlsx", template=None, period=YEAR, **({} if form == "xlsx" else {"encoding": form}))
    assert result.report.is_accepted, result.report.to_text()
    assert values(result) == wanted


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20), st.booleans())
def test_a_damaged_file_is_a_report_and_never_a_crash(changes: list[tuple[int, int]], is_old: bool) -> None:
    data = bytearray(OLD_WORKBOOK.read_bytes() if is_old else make_xlsx(GOOD))
    for at, byte in changes:
        data[at % len(data)] = byte
    result = intake(bytes(data), make_template(), VARIABLES, name="a.xls" if is_old else "a.xlsx")
    assert result.report.is_accepted == (not result.report.errors)
    assert result.figures.is_empty() or result.report.is_accepted


def test_a_remark_behind_the_key_head_does_no_harm() -> None:
    rows = [["统一社会信用代码（18位）", "入库税收(元)"], [code(1), 1]]
    assert take(rows, template=None, period=YEAR).report.is_accepted


def test_merged_ranges_that_overlap_are_refused() -> None:
    buffer = io.BytesIO(make_xlsx(GOOD))
    merges = "<mergeCells>" + '<mergeCell ref="A1:G4"/>' * 3 + "</mergeCells>"
    changed = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", b"</sheetData>" + merges.encode())
            target.writestr(name, content)
    result = intake(changed.getvalue(), make_template(), VARIABLES, name="a.xlsx")
    assert codes(result) == ["IN-MERGED-OVERLAP"]


def test_a_sheet_of_a_thousand_columns_is_refused() -> None:
    assert codes(take([[f"列{n}" for n in range(1100)]])) == ["IN-SHEET-WIDE"]


def test_firms_may_have_numbers_of_the_senders_own_where_the_template_says_so() -> None:
    text = TEMPLATE_TEXT.replace("kind: firm,", "kind: firm, code: own,")
    rows = [["统一社会信用代码", "入库税收(元)"], ["F-001", 100]]
    assert take(rows, template=make_template(text), period=YEAR).figures["entity"].to_list() == ["F-001"]
    assert not take(rows, template=make_template(), period=YEAR).report.is_accepted


def test_a_kind_of_code_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KaiwuError, match="own"):
        make_template(TEMPLATE_TEXT.replace("kind: firm,", "kind: firm, code: mine,"))
