"""The workbook that goes back to the sender (错误工作簿): the same cells, the reasons beside them.

Owns rebuilding it from the parsed values, never from the sender's file, so that no macro, link or formula comes
along. What begins like a formula is written as text with Excel's quote mark (公式注入). Row and column numbers are
those of the sender, who corrects the sheet and sends it again; the column 原因 and the sheet of problems are not
read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter

from kaiwu.figure.finding import Finding
from kaiwu.figure.number_text import read_format
from kaiwu.figure.reading.sheet_scan import print_reference
from kaiwu.figure.sheet import Cell, CellKind, Sheet

REPORT_SHEET = "问题汇总"
"""Name of the sheet of problems; it is not read when the workbook comes in again."""
REASON_HEAD = "原因"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A text that begins so may run as a formula once it is edited or saved as CSV."""

MAX_COMMENT = 1_000
"""Characters of one cell comment; the column of reasons has the whole text."""
_ILLEGAL_NAME = re.compile(r"[\[\]:*?/\\']")
_EXACT = 10**15
"""Excel keeps 15 digits; a longer number goes back as text so that it is not changed."""


def write_error_workbook(path: Path, sheets: Iterable[Sheet], findings: Iterable[Finding]) -> None:
    """Write the sheets with their problems to an .xlsx file.

    A cell with a problem is coloured and carries the reason as a comment; the last column 原因 repeats the
    reasons of its row; a last sheet lists everything, with problems that belong to no cell.
    """
    found = list(findings)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        styles = make_styles(book)
        used: set[str] = {REPORT_SHEET}
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name, used))
            if not sheet.is_visible:
                page.hide()
            _write_sheet(page, sheet, [f for f in found if f.sheet == sheet.name], styles)
        _write_list(book.add_worksheet(REPORT_SHEET), found, styles)


def make_styles(book: Any) -> dict[str, Any]:
    """The cell formats of a workbook by severity (empty, error, warning) and kind."""
    red, yellow = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}, {"bg_color": "#FFEB9C"}
    styles = {}
    for name, colour in (("", {}), ("error", red), ("warning", yellow)):
        styles[name] = book.add_format(colour)
        styles[name + "percent"] = book.add_format({"num_format": "0.00%", **colour})
        styles[name + "date"] = book.add_format({"num_format": "yyyy-mm-dd", **colour})
        # The quote mark keeps Excel from reading the text as a formula when somebody edits the cell.
        styles[name + "quoted"] = book.add_format({"quote_prefix": True, **colour})
        styles[name + "text"] = book.add_format({"num_format": "@", **colour})
    styles["wrap"] = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    styles["bold"] = book.add_format({"bold": True})
    return styles


def _write_sheet(page: Any, sheet: Sheet, findings: list[Finding], styles: dict[str, Any]) -> None:
    marks: dict[tuple[int, int], list[Finding]] = {}
    for finding in findings:
        if finding.row is not None and finding.column is not None:
            marks.setdefault((finding.row, finding.column), []).append(finding)
    for top, left, bottom, right in sheet.merged:
        if (top, left) != (bottom, right):
            page.merge_range(top, left, bottom, right, "")
    for row, column, cell in sheet.cells():
        write_cell(page, row, column, cell, styles, _severity(marks.get((row, column), [])))
    for (row, column), noted in marks.items():
        if sheet.cell(row, column).is_blank and not sheet.is_merged(row, column):
            page.write_blank(row, column, None, styles[_severity(noted)])
        comment = "\n".join(f"[{f.problem.code}] {f.problem.zh}" for f in noted)
        page.write_comment(row, column, comment[:MAX_COMMENT], {"x_scale": 2})
    _write_reasons(page, sheet, marks, styles)


def _write_reasons(
    page: Any, sheet: Sheet, marks: dict[tuple[int, int], list[Finding]], styles: dict[str, Any]
) -> None:
    by_row: dict[int, list[str]] = {}
    for (row, column), noted in sorted(marks.items()):
        place = print_reference(row, column)
        by_row.setdefault(row, []).extend(f"{place}: {f.problem.zh}" for f in noted)
    reasons = sheet.columns.stop + 1
    if by_row and min(by_row) > 0:
        page.write_string(min(by_row) - 1, reasons, REASON_HEAD, styles["bold"])
    for row, texts in by_row.items():
        page.write_string(row, reasons, "; ".join(texts), styles["wrap"])
    page.set_column(reasons, reasons, 60)


def _write_list(page: Any, findings: list[Finding], styles: dict[str, Any]) -> None:
    heads = ("级别 level", "代码 code", "位置 where", "内容 text", "问题", "problem")
    for column, (head, width) in enumerate(zip(heads, (10, 22, 34, 24, 60, 60), strict=True)):
        page.write_string(0, column, head, styles["bold"])
        page.set_column(column, column, width)
    for row, finding in enumerate(findings, start=1):
        problem = finding.problem
        level = "错误 error" if finding.is_error else "提醒 warning"
        for column, text in enumerate((level, problem.code, problem.where, problem.text, problem.zh, problem.en)):
            page.write_string(row, column, text, styles["wrap"])


def write_cell(page: Any, row: int, column: int, cell: Cell, styles: dict[str, Any], severity: str = "") -> None:
    """Write one parsed cell with its kind kept: numbers exactly, dates, percent; anything else as text."""
    if cell.kind == CellKind.NUMBER and _is_exact(cell.text):
        meaning = read_format(cell.format)
        if meaning.letters:
            page.write_string(row, column, cell.text + meaning.letters, styles[severity + "text"])
            return
        suffix = "percent" if meaning.is_percent else ""
        page.write_number(row, column, float(cell.text), styles[severity + suffix])
    elif cell.kind == CellKind.DATE:
        page.write_datetime(row, column, dt.date.fromisoformat(cell.text), styles[severity + "date"])
    elif cell.kind == CellKind.FLAG:
        page.write_boolean(row, column, cell.text == "1", styles[severity])
    elif cell.text.lstrip(" ").startswith(FORMULA_STARTS):
        page.write_string(row, column, cell.text, styles[severity + "quoted"])
    else:
        page.write_string(row, column, cell.text, styles[severity + "text"])


def _is_exact(text: str) -> bool:
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    return len(digits) <= len(str(_EXACT)) - 1


def _severity(findings: list[Finding]) -> str:
    if not findings:
        return ""
    return "error" if any(f.is_error for f in findings) else "warning"


def _sheet_name(name: str, used: set[str]) -> str:
    """A lawful and unused sheet name of at most 31 characters."""
    base = (_ILLEGAL_NAME.sub("_", name) or "Sheet")[:31]
    candidate, number = base, 2
    while candidate.casefold() in {u.casefold() for u in used}:
        candidate, number = f"{base[:27]}({number})", number + 1
    used.add(candidate)
    return candidate
