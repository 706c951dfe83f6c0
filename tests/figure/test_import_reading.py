"""Workbooks into cells, by a child process that hostile files cannot hurt."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaiwu.figure.number_text import read_format, spell_number
from kaiwu.figure.reading.fault import Limits
from kaiwu.figure.reading.sheet_scan import parse_reference, print_reference
from kaiwu.figure.sheet import Cell, CellKind, Sheet
from kaiwu.figure.workbook import read_workbook
from kaiwu.quantity.problem import KaiwuError

OLD_WORKBOOK = Path(__file__).parent / "data" / "old_workbook.xls"
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def plain_workbook(**options: object) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        book.add_worksheet("表").write(0, 0, "甲")
    return buffer.getvalue()


def with_sheet(xml: str) -> bytes:
    """A lawful workbook whose only sheet is replaced by the given XML."""
    return with_members({"xl/worksheets/sheet1.xml": xml.encode()})


def with_members(replaced: dict[str, bytes]) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(plain_workbook()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in [*source.namelist(), *(n for n in replaced if n not in source.namelist())]:
            target.writestr(name, replaced.get(name) or source.read(name))
    return buffer.getvalue()


def read(data: bytes, name: str = "a.xlsx", **limits: int) -> Sheet:
    return read_workbook(data, name=name, limits=Limits(**limits))[0]


def code_of(data: bytes, name: str = "a.xlsx", **limits: int) -> str:
    with pytest.raises(KaiwuError) as caught:
        read(data, name, **limits)
    (problem,) = caught.value.problems
    assert problem.zh and problem.en and "{" not in problem.zh + problem.en
    return problem.code


def texts(sheet: Sheet) -> list[list[str]]:
    return [[cell.text for cell in sheet.rows[row]] for row in sorted(sheet.rows)]


def test_every_kind_of_cell_keeps_its_kind_and_address() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("数据")
        percent = book.add_format({"num_format": "0.00%"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        chinese_day = book.add_format()
        chinese_day.set_num_format(31)
        sheet.write(2, 1, " 文字 ")
        sheet.write(2, 2, 0.1 + 0.2)
        sheet.write(2, 3, 0.03, percent)
        sheet.write_datetime(2, 4, dt.datetime(2024, 6, 30), day)
        sheet.write_number(2, 5, 45473, chinese_day)
        sheet.write_boolean(2, 6, True)
        sheet.write_formula(2, 7, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 8, "=1+1", None, "")
        sheet.write_formula(2, 9, "=1+1", None, 2)
    sheet = read(buffer.getvalue())
    assert sheet.cell(2, 1) == Cell(CellKind.TEXT, " 文字 ")
    assert sheet.cell(2, 2) == Cell(CellKind.NUMBER, "0.3")
    assert sheet.cell(2, 3) == Cell(CellKind.NUMBER, "0.03", "0.00%")
    assert sheet.cell(2, 4) == Cell(CellKind.DATE, "2024-06-30")
    assert sheet.cell(2, 5) == Cell(CellKind.DATE, "2024-06-30")
    assert sheet.cell(2, 6) == Cell(CellKind.FLAG, "1")
    assert sheet.cell(2, 7) == Cell(CellKind.ERROR, "#DIV/0!")
    assert sheet.cell(2, 8).kind == CellKind.FORMULA
    assert sheet.cell(2, 9) == Cell(CellKind.NUMBER, "2")
    assert sheet.print_place(2, 1) == "a.xlsx|数据|B3"


def test_the_zero_of_a_program_that_never_calculated_is_no_result() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write_formula(0, 0, "=SUM(B1:B9)")
    assert read(buffer.getvalue()).cell(0, 0).kind == CellKind.FORMULA


def test_an_old_xls_shows_errors_percent_and_hidden_sheets() -> None:
    """The fixture was written with xlwt: B4 holds #DIV/0!, C3 3.5 % as percent, B5 a formula never
    calculated."""
    sheets = read_workbook(OLD_WORKBOOK)
    assert [(s.name, s.is_visible) for s in sheets] == [("税收", True), ("隐藏", False)]
    sheet = sheets[0]
    assert sheet.merged == ((0, 0, 0, 5),)
    assert sheet.hidden_rows == 1
    assert sheet.cell(2, 2) == Cell(CellKind.NUMBER, "0.035", "0.00%")
    assert sheet.cell(2, 3) == Cell(CellKind.DATE, "2015-03-01")
    assert sheet.cell(2, 5).format == "0.0,"
    assert sheet.cell(3, 1) == Cell(CellKind.ERROR, "#DIV/0!")
    assert sheet.cell(4, 1).kind == CellKind.FORMULA
    assert sheet.cell(4, 3) == Cell(CellKind.NUMBER, "10000000000")


@pytest.mark.parametrize("cut", [600, 1500, 3000, 5000])
def test_a_cut_xls_is_an_error(cut: int) -> None:
    assert code_of(OLD_WORKBOOK.read_bytes()[:cut], "a.xls") == "IN-FILE-BROKEN"


def test_a_lying_dimension_drops_no_rows() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 51))
    sheet = read(with_sheet(f'{HEAD}<dimension ref="A1:A2"/><sheetData>{rows}</sheetData></worksheet>'))
    assert texts(sheet) == [[str(n)] for n in range(1, 51)]


def test_a_lone_cell_in_the_last_corner_is_refused_fast() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    started = time.monotonic()
    assert code_of(with_sheet(f"{HEAD}<sheetData>{cells}</sheetData></worksheet>")) == "IN-SHEET-SIZE"
    assert time.monotonic() - started < 5


def test_style_without_content_in_the_last_corner_does_no_harm() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    assert texts(read(with_sheet(f"{HEAD}<sheetData>{cells}</sheetData></worksheet>"))) == [["1"]]


def test_cells_without_addresses_stand_where_they_come() -> None:
    cells = (
        '<row><c><v>1</v></c><c t="inlineStr"><is><t>hi</t></is></c></row><row><c t="str"><f>1</f><v>x</v></c></row>'
    )
    sheet = read(with_sheet(f"{HEAD}<sheetData>{cells}</sheetData></worksheet>"))
    assert (sheet.cell(0, 1).text, sheet.cell(1, 0).text) == ("hi", "x")


def test_elements_with_a_prefix_are_read() -> None:
    head = HEAD.replace("<worksheet xmlns=", "<x:worksheet xmlns:x=")
    xml = f'{head}<x:sheetData><x:row r="3"><x:c r="B3"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert read(with_sheet(xml)).cell(2, 1).text == "7"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>7</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c></row><row r="2"><c r="B2"><v>7</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c></row><row r="1"><c r="A1"><v>7</v></c></row>',
        '<row r="2"><c r="A5"><v>1</v></c></row>',
    ],
)
def test_a_cell_given_twice_or_out_of_order_is_refused(rows: str) -> None:
    assert code_of(with_sheet(f"{HEAD}<sheetData>{rows}</sheetData></worksheet>")) == "IN-CELL-TWICE"


def test_a_doctype_is_refused() -> None:
    xml = (
        '<!DOCTYPE a [<!ENTITY b "1">]>'
        + HEAD
        + '<sheetData><row r="1"><c r="A1"><v>&b;</v></c></row></sheetData></worksheet>'
    )
    assert code_of(with_sheet(xml)) == "IN-XML-DOCTYPE"


@pytest.mark.parametrize("cells", ['<c r="A1" t="s"><v>99</v></c>', '<c r="AAAAAAA1"><v>1</v></c>', '<c r="A1"><v>1'])
def test_broken_sheets_are_errors(cells: str) -> None:
    xml = f'{HEAD}<sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    assert code_of(with_sheet(xml)) == "IN-FILE-BROKEN"


def test_infinity_is_an_error_value() -> None:
    xml = f'{HEAD}<sheetData><row r="1"><c r="A1"><v>1e400</v></c></row></sheetData></worksheet>'
    assert read(with_sheet(xml)).cell(0, 0).kind == CellKind.ERROR


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    bomb = with_members({"xl/media/big.bin": b"\0" * 30_000_000})
    assert len(bomb) < 100_000
    assert code_of(bomb) == "IN-ZIP-BOMB"


def test_too_many_members_are_refused() -> None:
    assert code_of(with_members({f"xl/media/{n}": b"x" for n in range(50)}), members=40) == "IN-ZIP-BOMB"


def test_one_long_text_in_many_cells_ends_in_an_error() -> None:
    """The file is small; unfolded it is 20,000 × 32,000 characters."""
    shared = '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_001))
    data = with_members(
        {
            "xl/sharedStrings.xml": (shared + "字" * 32_000 + "</t></si></sst>").encode(),
            "xl/worksheets/sheet1.xml": f"{HEAD}<sheetData>{rows}</sheetData></worksheet>".encode(),
        }
    )
    assert len(data) < 200_000
    assert code_of(data, memory_bytes=400 * 1024 * 1024) in (
        "IN-FILE-MEMORY",
        "IN-FILE-KILLED",
        "IN-FILE-BROKEN",
    )


def test_a_reader_that_takes_too_long_is_killed() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 400_001))
    data = with_sheet(f"{HEAD}<sheetData>{rows}</sheetData></worksheet>")
    assert code_of(data, seconds=1, cells=10**7) == "IN-FILE-KILLED"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        ("企业,税收\n".encode(), "a.xlsx", "IN-FILE-RENAMED"),
        (plain_workbook(), "a.csv", "IN-FILE-RENAMED"),
        (plain_workbook(), "a.xls", "IN-FILE-RENAMED"),
        (b"<html><table><tr><td>1", "a.xls", "IN-FILE-RENAMED"),
        (b"%PDF-1.4", "a.xlsx", "IN-FILE-RENAMED"),
        (b"", "a.csv", "IN-FILE-EMPTY"),
        (b"  \n", "a.csv", "IN-FILE-EMPTY"),
        (b"x", "a.exe", "IN-FILE-EXTENSION"),
        (b"PK\x03\x04rubbish", "a.xlsx", "IN-FILE-BROKEN"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a.xlsx",
            "IN-FILE-ENCRYPTED",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls", "IN-FILE-BROKEN"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_told_so(data: bytes, name: str, code: str) -> None:
    assert code_of(data, name) == code


def test_a_zip_that_is_no_workbook_is_told_so() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    assert code_of(buffer.getvalue()) == "IN-FILE-KIND"


def test_a_missing_file_is_a_located_error(tmp_path: Path) -> None:
    with pytest.raises(KaiwuError) as caught:
        read_workbook(tmp_path / "none.xlsx")
    assert caught.value.problems[0].code == "IN-FILE-UNREADABLE"
    assert caught.value.problems[0].where == "none.xlsx"


CELL = st.one_of(
    st.just(""),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False),
    st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=8),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_what_is_written_into_a_workbook_comes_back(table: list[list[object]], top: int, left: int) -> None:
    buffer = io.BytesIO()
    wanted: dict[tuple[int, int], str] = {}
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for r, row in enumerate(table, start=top):
            for c, value in enumerate(row, start=left):
                wanted[r, c] = write_value(sheet, r, c, value)
    got = read(buffer.getvalue())
    assert {(r, c): cell.text for r, c, cell in got.cells()} == {k: v for k, v in wanted.items() if v.strip()}


def write_value(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> str:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
        return str(int(value))
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value)
        return value
    sheet.write_number(row, column, float(value))  # type: ignore[arg-type]
    return spell_number(repr(float(value))) or ""  # type: ignore[arg-type]


CSV_CELL = st.text(st.characters(codec="gb18030", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")), max_size=10)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(CSV_CELL, min_size=2, max_size=4), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_what_is_written_into_a_csv_comes_back(table: list[list[str]], encoding: str) -> None:
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    data = ("企业,税收,说明\r\n" + "\r\n".join(lines)).encode(encoding)
    sheet = read(data, "a.csv")
    for r, row in enumerate(table, start=1):
        for c, text in enumerate(row):
            if not text.startswith('="'):
                assert sheet.cell(r, c).text == text


@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_addresses_go_there_and_back(row: int, column: int) -> None:
    assert parse_reference(print_reference(row, column)) == (row, column)


@pytest.mark.parametrize(
    ("shortest", "spelled"),
    [
        ("12.0", "12"),
        ("1e-05", "0.00001"),
        ("0.30000000000000004", "0.3"),
        ("1.1000000000000001", "1.1"),
        ("1e+18", "1000000000000000000"),
        ("-0.0", "0"),
        ("inf", None),
        ("nan", None),
    ],
)
def test_floats_are_spelled_as_excel_shows_them(shortest: str, spelled: str | None) -> None:
    assert spell_number(shortest) == spelled


@pytest.mark.parametrize("code", ["0.0,", "0!.0,", "0!.0000", "0\\.0,"])
def test_a_format_that_shows_another_number_is_known(code: str) -> None:
    assert read_format(code).is_scaled


@pytest.mark.parametrize("code", ["#,##0", "#,##0.00_);[Red]\\(#,##0.00\\)", '_ * #,##0.00_ ;_ * "-"??_ ;_ @_ ', "0"])
def test_an_ordinary_format_shows_the_number_itself(code: str) -> None:
    meaning = read_format(code)
    assert not meaning.is_scaled
    assert not meaning.is_percent
    assert not meaning.letters


def test_percent_and_letters_of_a_format_are_known() -> None:
    assert read_format("0.00%").is_percent
    assert not read_format('0"%"').is_percent
    assert read_format('0"%"').letters == "%"
    assert read_format('0"万元"').letters == "万元"
