"""Books written as .xlsx (写工作簿): merged titles and heads, dates, and nothing that depends on the day of writing.

Owns the file. It does not own what stands in it (``table``). The same book gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import xlsxwriter

from kaiwu.synth.dirt import Cell
from kaiwu.synth.table import Book, Page

CREATED = dt.datetime(2000, 1, 1)
"""A fixed day, so that the bytes do not tell when they were written."""
WIDTH = 16


def write_book(book: Book, folder: Path, label: str) -> Path:
    """Write a book into a folder; ``label`` stands in its properties. Returns the file."""
    path = folder / book.file
    workbook = xlsxwriter.Workbook(str(path))
    workbook.set_properties(
        {"title": f"{Path(book.file).stem}({label})", "subject": label, "comments": label, "created": CREATED}
    )
    formats = {
        "title": workbook.add_format({"bold": True, "font_size": 14, "align": "center"}),
        "head": workbook.add_format({"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}),
        "day": workbook.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for page in book.pages:
        sheet = workbook.add_worksheet(page.name)
        sheet.set_column(0, len(page.heads) - 1, WIDTH)
        sheet.set_header(f"&C{label}")
        top = _write_lines(sheet, page, formats)
        top = _write_heads(sheet, page, top, formats)
        _write_rows(sheet, page, top, formats)
    workbook.close()
    return path


def _write_lines(sheet: Any, page: Page, formats: dict[str, Any]) -> int:
    """The title over the whole width, further lines at the left; returns the next row."""
    last = max(len(page.heads) - 1, 1)
    for row, line in enumerate(page.lines):
        if row == 0:
            sheet.merge_range(row, 0, row, last, line, formats["title"])
        else:
            sheet.write_string(row, 0, line)
    return len(page.lines)


def _write_heads(sheet: Any, page: Page, top: int, formats: dict[str, Any]) -> int:
    """One row of heads, or two with groups merged above; returns the next row."""
    if not any(upper for upper, _ in page.heads):
        for column, (_, lower) in enumerate(page.heads):
            sheet.write_string(top, column, lower, formats["head"])
        return top + 1
    column = 0
    while column < len(page.heads):
        upper, lower = page.heads[column]
        if not upper:
            sheet.merge_range(top, column, top + 1, column, lower, formats["head"])
            column += 1
            continue
        end = column
        while end + 1 < len(page.heads) and page.heads[end + 1][0] == upper:
            end += 1
        if end > column:
            sheet.merge_range(top, column, top, end, upper, formats["head"])
        else:
            sheet.write_string(top, column, upper, formats["head"])
        for each in range(column, end + 1):
            sheet.write_string(top + 1, each, page.heads[each][1], formats["head"])
        column = end + 1
    return top + 2


def _write_rows(sheet: Any, page: Page, top: int, formats: dict[str, Any]) -> None:
    for row, cells in enumerate(zip(*page.columns, strict=True), start=top):
        for column, cell in enumerate(cells):
            _write_cell(sheet, row, column, cell, formats)
    if page.total is not None:
        for column, cell in enumerate(page.total):
            _write_cell(sheet, top + len(page.columns[0]), column, cell, formats)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, cell, formats["day"])
    else:
        sheet.write_number(row, column, cell)
