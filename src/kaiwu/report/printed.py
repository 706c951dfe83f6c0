"""Tables as printed (表格样式): what a bureau expects above and below every list.

Owns the shape of a printed table and its Excel form. It does not know where the rows come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import xlsxwriter

from kaiwu.quantity import format_decimal

MAX_ROWS = 1_000_000  # an Excel sheet holds 1,048,576 rows, titles included
SYNTHETIC_ZH, SYNTHETIC_EN = "合成数据, 非真实企业", "Synthetic data, no real firms"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heads in both languages, width in characters, and what its cells hold.

    ``kind``: text; whole (an integer); money (fen, shown in 万元); decimal (an integer in units of 10^-``decimals``).
    """

    zh: str
    en: str
    width: int = 12
    kind: str = "text"
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """A table with its title block and notes; ``rows`` are plain values in the order of the columns.

    ``facts`` are the lines under the title: unit, scope, as-of date, rule version, run number.
    """

    name: str  # of the sheet
    title: str
    facts: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    notes: Sequence[str] = ()
    is_synthetic: bool = False
    is_landscape: bool = True
    counts: Sequence[tuple[str, int]] = field(default_factory=tuple)


def print_cell(column: Column, value: Any) -> str:
    """The text of a cell, exactly: 万元 with as many decimals as fen need, at least none."""
    if value is None:
        return ""
    if column.kind == "money":
        return format_decimal(Fraction(value, 1_000_000))
    if column.kind == "decimal":
        return format_decimal(Fraction(value, 10**column.decimals), column.decimals)
    return format_decimal(value) if column.kind == "whole" else str(value)


def write_book(path: Path, tables: Sequence[Printed]) -> Path:
    """Write tables as one Excel workbook, one sheet each, ready to print (A4, heads repeated).

    Text never becomes a formula or a link. Money is written as a number of 万元 whose digits are exact.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        formats = _formats(book)
        names: set[str] = set()
        for table in tables:
            _write_sheet(book, table, formats, _sheet_name(table.name, names))
    return path


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    cell = {**base, "border": 1}
    return {
        "title": book.add_format({**base, "font_size": 16, "bold": True, "align": "center"}),
        "fact": book.add_format({**base, "font_color": "#555555"}),
        "mark": book.add_format({**base, "bold": True, "font_color": "#C00000"}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EEF3FA"}),
        "text": book.add_format({**cell, "text_wrap": True}),
        "whole": book.add_format({**cell, "num_format": "#,##0", "align": "right"}),
        "money": book.add_format({**cell, "num_format": "#,##0.######", "align": "right"}),
        **{f"decimal{n}": book.add_format({**cell, "num_format": "#,##0" + ("." + "0" * n if n else ""), "align": "right"}) for n in range(9)},
    }  # fmt: skip


def _sheet_name(name: str, taken: set[str]) -> str:
    """At most 31 characters, none that Excel forbids, no name twice."""
    clean = "".join("·" if c in "[]:*?/\\'" else c for c in name)[:28] or "表"
    unique, n = clean, 2
    while unique in taken:
        unique, n = f"{clean[:26]}_{n}", n + 1
    taken.add(unique)
    return unique


def _write_sheet(book: Any, table: Printed, formats: dict[str, Any], name: str) -> None:
    sheet = book.add_worksheet(name)
    last = max(len(table.columns) - 1, 0)
    for i, column in enumerate(table.columns):
        sheet.set_column(i, i, column.width)
    row = 0
    sheet.set_row(row, 28)
    sheet.write_string(row, 0, table.title, formats["title"])
    if last:
        sheet.merge_range(row, 0, row, last, table.title, formats["title"])
    row += 1
    if table.is_synthetic:
        sheet.write_string(row, 0, f"【{SYNTHETIC_ZH} / {SYNTHETIC_EN}】", formats["mark"])
        row += 1
    for fact in table.facts:
        sheet.write_string(row, 0, fact, formats["fact"])
        row += 1
    head = row
    for i, column in enumerate(table.columns):
        sheet.write_string(row, i, column.zh, formats["head"])
    row += 1
    for values in table.rows:
        if row - head > MAX_ROWS:
            raise ValueError(f"{table.title}: more than {MAX_ROWS} rows do not fit a sheet; split the list")
        for i, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            _write_cell(sheet, row, i, column, value, formats)
        row += 1
    for note in (*(f"{label}: {n}" for label, n in table.counts), *table.notes):
        sheet.write_string(row, 0, note, formats["fact"])
        row += 1
    _set_page(sheet, table, head, last)


def _write_cell(sheet: Any, row: int, i: int, column: Column, value: Any, formats: dict[str, Any]) -> None:
    kind = f"decimal{column.decimals}" if column.kind == "decimal" else column.kind
    if value is None:
        sheet.write_blank(row, i, None, formats[kind])
    elif kind == "text":
        sheet.write_string(row, i, str(value), formats[kind])
    else:
        # XlsxWriter writes the digits it is given; a quotient of integers below 2^53 prints back exactly.
        divisor = {"money": 1_000_000, "whole": 1}.get(kind, 10**column.decimals)
        exact = Fraction(value, divisor)
        if abs(value) < 2**53:
            sheet.write_number(row, i, exact.numerator / exact.denominator, formats[kind])
        else:
            sheet.write_string(row, i, print_cell(column, value), formats[kind])


def _set_page(sheet: Any, table: Printed, head: int, last: int) -> None:
    if table.is_landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.freeze_panes(head + 1, 0)
    sheet.autofilter(head, 0, head, last)
    mark = f"&C【{SYNTHETIC_ZH}】" if table.is_synthetic else ""
    sheet.set_footer(f"&L第 &P 页 共 &N 页{mark}")
