"""The workbook as printed: titles, units, exact money, text that stays text, page set-up, long lists."""

from __future__ import annotations

from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.report import Column, Printed, print_cell, write_book


@pytest.fixture(scope="module")
def book(county, run):
    return openpyxl.load_workbook(county.runs_folder / run.record.number / "lists.xlsx")


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def texts(sheet) -> str:
    return "\n".join(str(v) for row in cells(sheet) for v in row if v is not None)


def test_the_workbook_holds_summary_lists_clauses_and_missing_data(book):
    assert book.sheetnames == ["汇总", "亩均评价", "研发奖补", "征求意见稿", "条款计数", "缺数据清单", "缺数据明细"]


def test_every_sheet_carries_title_label_date_run_number_and_footer(book, run):
    for sheet in book:
        lines = texts(sheet)
        assert "合成数据, 非真实企业" in lines
        assert "评价年度: 2023年  基准日: 2024-06-30" in lines
        assert f"测算编号: {run.record.number}" in lines
        assert run.record.result_digest[:16] in sheet.oddFooter.left.text
        assert "合成数据" in sheet.oddFooter.center.text


def test_a_list_says_its_unit_version_standing_and_counts(book):
    lines = texts(book["研发奖补"])
    assert "版本: 2023-01-01  【待核实(仅一处来源)】" in lines
    assert "单位: 金额为万元; 空格表示缺数据, 不是零" in lines
    assert "合计 48 = 条款数 × 范围 24" in lines


def test_every_sheet_prints_on_a4_with_heads_repeated(book):
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0  # one page wide, as many high as it takes
        assert sheet.print_title_rows
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref


def test_a_name_that_looks_like_a_formula_stays_text(book):
    found = [c for row in book["亩均评价"].iter_rows() for c in row if c.value == "=1+1公司"]
    assert [c.data_type for c in found] == ["s"]


def test_money_is_a_number_of_wan_with_the_decimals_that_it_needs(tmp_path):
    column = Column("金额", "amount", kind="money")
    values = [0, 1_000_000, 1_234_567, 50, None, -30_000_000]
    path = write_book(tmp_path / "b.xlsx", [Printed("表", "表", [], [column], [(v,) for v in values])])
    sheet = openpyxl.load_workbook(path).active
    shown = [sheet.cell(row=i, column=1) for i in range(3, 9)]
    assert [c.value for c in shown] == [0, 1, 1.234567, 0.00005, None, -30]
    assert [c.number_format for c in shown[:4]] == ["#,##0", "#,##0", "#,##0.000000", "#,##0.00000"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-(10**16), 10**16), min_size=1, max_size=30))
def test_every_amount_reads_back_to_the_fen(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("money") / "b.xlsx"
    write_book(path, [Printed("表", "表", [], [Column("金额", "amount", kind="money")], [(v,) for v in values])])
    sheet = openpyxl.load_workbook(path).active
    read = [sheet.cell(row=3 + i, column=1).value for i in range(len(values))]
    assert [int(Fraction(str(v).replace(",", "")) * 1_000_000) for v in read] == values


def test_more_rows_than_a_sheet_holds_go_on_in_further_sheets(tmp_path):
    rows = [(str(i),) for i in range(25)]
    path = write_book(tmp_path / "b.xlsx", [Printed("表", "长表", [], [Column("项", "item")], rows)], max_rows=10)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["表", "表(2)", "表(3)"]
    assert [row[0] for name in book.sheetnames for row in cells(book[name])[2:]] == [str(i) for i in range(25)]
    assert cells(book["表(2)"])[0][0] == "长表(续 2)"


def test_sheet_names_that_excel_forbids_or_repeats_are_changed(tmp_path):
    tables = [Printed(name, "x", [], [Column("项", "item")], []) for name in ["a/b" * 20, "a/b" * 20, "", "A·B" * 20]]
    names = openpyxl.load_workbook(write_book(tmp_path / "b.xlsx", tables)).sheetnames
    assert len({n.casefold() for n in names}) == 4
    assert all(0 < len(n) <= 31 and not set(n) & set("[]:*?/\\") for n in names)


def test_a_book_that_fails_leaves_no_half_written_file(tmp_path):
    def rows():
        yield (1,)
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        write_book(tmp_path / "b.xlsx", [Printed("表", "表", [], [Column("项", "item", kind="whole")], rows())])
    assert not (tmp_path / "b.xlsx").exists()


def test_a_cell_prints_its_word_in_either_language():
    column = Column("结论", "answer", words={1: ("符合", "met")})
    assert [print_cell(column, 1), print_cell(column, 1, "en"), print_cell(column, 7), print_cell(column, None)] == [
        "符合",
        "met",
        "7",
        "",
    ]
