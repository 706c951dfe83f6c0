"""The workbook that goes back: reasons at the cells, nothing that could run, ready to be corrected and sent again."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.error_workbook import FORMULA_STARTS, REPORT_SHEET, make_styles, write_cell
from kaiwu.figure.intake import IntakeResult, intake
from kaiwu.figure.sheet import Cell, CellKind
from kaiwu.figure.workbook import read_workbook

from .import_example import VARIABLES, code, make_csv, make_template, make_xlsx

TITLE = ["2024年度税收情况表"]
HEAD = ["序号", "企业名称", "统一社会信用代码", "入库税收", "研发占比(%)"]


def take(data: bytes, name: str = "a.xlsx") -> IntakeResult:
    return intake(data, make_template(), VARIABLES, name=name)


def write_back(result: IntakeResult, folder: Path) -> Path:
    path = folder / "错误.xlsx"
    result.report.write_error_workbook(path)
    return path


def test_every_reason_stands_at_its_cell_and_in_its_row(tmp_path: Path) -> None:
    rows = [TITLE, HEAD, ["1", "甲", code(1), "约5", 3], ["2", "乙", code(2), 7, "x"], ["3", "丙", code(3), 8, 4]]
    page = openpyxl.load_workbook(write_back(take(make_xlsx(rows)), tmp_path))["表"]
    assert "Q-QUANTITY-INEXACT" in page["D3"].comment.text
    assert page["D3"].value == "约5"
    assert page["D3"].fill.fgColor.rgb.endswith("FFC7CE")
    assert page["E4"].comment is not None
    assert page["D5"].comment is None
    assert page["G2"].value == "原因"
    assert page["G3"].value.startswith("D3: ")
    assert page["G5"].value is None


def test_the_sheet_of_problems_lists_everything(tmp_path: Path) -> None:
    result = take(make_xlsx([TITLE, [*HEAD, "瞎写"], ["1", "甲", None, "约5", 3, "z"]]))
    listed = openpyxl.load_workbook(write_back(result, tmp_path))[REPORT_SHEET]
    assert listed.max_row == len(result.report.findings) + 1


def test_values_kinds_and_merged_ranges_are_rebuilt(tmp_path: Path) -> None:
    rows = [TITLE, HEAD, ["1", "甲", code(1), 1200.5, (0.03, "0.00%")], ["2", "乙", "x", True, 3]]
    result = take(make_xlsx(rows, merged=[(0, 0, 0, 4)]))
    page = openpyxl.load_workbook(write_back(result, tmp_path))["表"]
    assert [str(m) for m in page.merged_cells.ranges] == ["A1:E1"]
    assert page["D3"].value == 1200.5
    assert (page["E3"].value, page["E3"].number_format) == (0.03, "0.00%")
    assert page["D4"].value is True


@pytest.mark.parametrize("evil", ["=cmd|'/c calc'!A1", "+1+1", "-1+cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_what_looks_like_a_formula_goes_back_as_text(evil: str, tmp_path: Path) -> None:
    result = take(make_csv([TITLE, HEAD, ["1", evil, code(1), evil, "3"]]), "a.csv")
    path = write_back(result, tmp_path)
    page = openpyxl.load_workbook(path)["CSV"]
    for place in ("B3", "D3"):
        assert page[place].data_type == "s"
        assert page[place].quotePrefix
    for sheet in openpyxl.load_workbook(path):
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


@settings(max_examples=25, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Cc")), max_size=30),
    st.sampled_from(FORMULA_STARTS),
)
def test_no_text_becomes_a_formula_or_is_changed(text: str, start: str) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        write_cell(book.add_worksheet(), 0, 0, Cell(CellKind.TEXT, start + text), make_styles(book))
    cell = openpyxl.load_workbook(buffer).active["A1"]
    assert cell.data_type == "s"
    assert read_workbook(buffer.getvalue(), name="a.xlsx")[0].cell(0, 0).text.strip() == (start + text).strip()


def test_a_corrected_workbook_comes_in_again(tmp_path: Path) -> None:
    rows = [TITLE, HEAD, ["1", "甲", code(1), "约5", (0.03, "0.00%")], ["合计", None, None, 5, None]]
    path = write_back(take(make_xlsx(rows)), tmp_path)
    book = openpyxl.load_workbook(path)
    book["表"]["D3"].value = 5
    book.save(path)
    again = intake(path, make_template(), VARIABLES)
    assert again.report.is_accepted, again.report.to_text()
    assert again.figures["value"].to_list() == [5_000_000, 3_000_000]
    assert [f.problem.code for f in again.report.warnings] == ["IN-COLUMN-ABSENT"] * 2


def test_a_number_of_many_digits_goes_back_unchanged(tmp_path: Path) -> None:
    rows = [TITLE, HEAD, ["1", "甲", "913301090000000123", "123456789012345678", "x"]]
    path = write_back(take(make_csv(rows), "a.csv"), tmp_path)
    assert read_workbook(path)[0].cell(2, 3).text == "123456789012345678"
    assert read_workbook(path)[0].cell(2, 3).kind == CellKind.TEXT


def test_sheet_names_that_excel_refuses_are_replaced(tmp_path: Path) -> None:
    result = take(make_csv([TITLE, HEAD]), "a.csv")
    result.report.sheets[0].name = "a/b[c]" * 10
    path = write_back(result, tmp_path)
    assert len(openpyxl.load_workbook(path).sheetnames[0]) <= 31


def test_a_refused_file_still_gives_the_list_of_problems(tmp_path: Path) -> None:
    path = write_back(take(b"%PDF-1.4", "a.pdf"), tmp_path)
    assert openpyxl.load_workbook(path).sheetnames == [REPORT_SHEET]


def test_the_dangerous_beginnings_cover_both_widths() -> None:
    assert {"=", "+", "-", "@", "\t", "\r"} <= set(FORMULA_STARTS)
