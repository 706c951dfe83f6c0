"""Tables as printed (表格样式): what a bureau expects above and below every list.

Owns the shape of a printed table and its Excel form. It does not know where the rows come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from kaiwu.quantity import format_decimal
from kaiwu.report.cell import FEN_PER_WAN, MOST_EXACT, Column, clean_text
from kaiwu.report.long_sheet import LongSheet

Rows = Iterable[Sequence[Any]] | pl.DataFrame

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""

MAX_ROWS = 1_000_000  # an Excel sheet holds 1,048,576 rows, titles included
SYNTHETIC_ZH, SYNTHETIC_EN = "合成数据, 非真实企业", "Synthetic data, no real firms"
LONG_ROWS = 2_000  # a table of more rows is spelled by columns


@dataclass(frozen=True, slots=True)
class Printed:
    """A table with its title block and notes; ``rows`` are plain values in the order of the columns.

    ``rows`` may be a Polars table, whose columns stand in the same order; a long one is then written far quicker.
    ``facts`` are the lines under the title: unit, scope, as-of date, rule version, run number. ``footer`` stands at the
    foot of every page. More rows than a sheet holds go on in further sheets.
    """

    name: str  # of the sheet
    title: str
    facts: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] | pl.DataFrame
    notes: Sequence[str] = ()
    is_synthetic: bool = False
    is_landscape: bool = True
    counts: Sequence[tuple[str, int]] = field(default_factory=tuple)
    footer: str = ""


def write_book(path: Path, tables: Sequence[Printed], max_rows: int = MAX_ROWS) -> Path:
    """Write tables as one Excel workbook, ready to print (A4, heads repeated), complete or not at all.

    Text never becomes a formula or a link. Money is written as a number of 万元 whose digits are exact.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    temporary = path.with_name(f".{path.name}.part")
    with xlsxwriter.Workbook(str(temporary), options) as book:
        formats = _formats(book)
        names: set[str] = set()
        for table in tables:
            for part, rows in enumerate(_split(table.rows, max_rows), start=1):
                name = table.name if part == 1 else f"{table.name}({part})"
                _Sheet(book, table, formats, _sheet_name(name, names), part).write(rows)
    temporary.replace(path)
    return path


def _split(rows: Rows, size: int) -> Iterator[Rows]:
    """The rows in parts of at most ``size``; one empty part where there are none."""
    if isinstance(rows, pl.DataFrame):
        yield from (rows.slice(at, size) for at in range(0, max(rows.height, 1), size))
        return
    left = iter(rows)
    first = next(left, None)
    if first is None:
        yield ()
    while first is not None:
        yield chain((first,), islice(left, size - 1))
        first = next(left, None)


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    cell = {**base, "border": 1, "border_color": "#B8C0CC"}
    number = {**cell, "align": "right"}
    decimals = {n: "#,##0" + ("." + "0" * n if n else "") for n in range(9)}
    return {
        "title": book.add_format({**base, "font_name": "黑体", "font_size": 16, "bold": True, "align": "center"}),
        "fact": book.add_format({**base, "font_color": "#444444"}),
        "mark": book.add_format({**base, "bold": True, "font_color": "#C00000"}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#E8EEF7"}),
        "text": book.add_format({**cell, "text_wrap": True}),
        "whole": book.add_format({**number, "num_format": "#,##0"}),
        "money": book.add_format({**number, "num_format": "#,##0"}),
        **{f"money{n}": book.add_format({**number, "num_format": decimals[n]}) for n in range(1, 7)},
        **{f"decimal{n}": book.add_format({**number, "num_format": form}) for n, form in decimals.items()},
    }


def _sheet_name(name: str, taken: set[str]) -> str:
    """At most 31 characters, none that Excel forbids, no name twice."""
    clean = "".join("·" if c in "[]:*?/\\'" else c for c in name)[:28] or "表"
    unique, n = clean, 2
    while unique.casefold() in taken:
        unique, n = f"{clean[:25]}_{n}", n + 1
    taken.add(unique.casefold())
    return unique


class _Sheet:
    """Writes one sheet from top to bottom."""

    def __init__(self, book: Any, table: Printed, formats: dict[str, Any], name: str, part: int) -> None:
        self.table, self.formats, self.part = table, formats, part
        self.sheet = book.add_worksheet(name, LongSheet)
        self.row = 0

    def write(self, rows: Rows) -> None:
        """The title block, the rows, the counts and notes, the page set-up."""
        table, sheet = self.table, self.sheet
        for i, column in enumerate(table.columns):
            sheet.set_column(i, i, column.width)
        self._write_title()
        head = self.row
        sheet.set_row(head, 30)
        for i, column in enumerate(table.columns):
            sheet.write_string(head, i, column.zh, self.formats["head"])
        self.row += 1
        if isinstance(rows, pl.DataFrame) and rows.height > LONG_ROWS:
            self.row = sheet.write_rows(self.row, rows, table.columns, self.formats)
        else:
            self._write_short(rows.iter_rows() if isinstance(rows, pl.DataFrame) else rows)
        last = max(self.row - 1, head)
        for note in (*(f"{label}: {n:,}" for label, n in table.counts), *table.notes):
            self._line(note, "fact")
        self._set_page(head, last)

    def _write_short(self, rows: Iterable[Sequence[Any]]) -> None:
        columns, number = self.table.columns, self.row
        writers = [_writer(self.sheet, i, column, self.formats) for i, column in enumerate(columns)]
        for values in rows:
            for write, value in zip(writers, values, strict=True):
                write(number, value)
            number += 1
        self.row = number

    def _write_title(self) -> None:
        table = self.table
        title = table.title if self.part == 1 else f"{table.title}(续 {self.part})"
        width = len(table.columns) - 1
        self.sheet.set_row(0, 30)
        if width:
            self.sheet.merge_range(0, 0, 0, width, title, self.formats["title"])
        else:
            self.sheet.write_string(0, 0, title, self.formats["title"])
        self.row = 1
        if table.is_synthetic:
            self._line(f"【{SYNTHETIC_ZH} / {SYNTHETIC_EN}】", "mark")
        for fact in table.facts:
            self._line(fact, "mark" if "待核实" in fact or "征求意见稿" in fact else "fact")

    def _line(self, text: str, form: str) -> None:
        self.sheet.write_string(self.row, 0, text, self.formats[form])
        self.row += 1

    def _set_page(self, head: int, last: int) -> None:
        sheet, table = self.sheet, self.table
        if table.is_landscape:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(head)
        sheet.freeze_panes(head + 1, 2 if len(table.columns) > 3 else 0)
        sheet.autofilter(head, 0, last, max(len(table.columns) - 1, 0))
        mark = f"&C【{SYNTHETIC_ZH}】" if table.is_synthetic else ""
        sheet.set_footer(f"&L{table.footer.replace('&', '&&')}{mark}&R第 &P 页 共 &N 页")


def _writer(sheet: Any, i: int, column: Column, formats: dict[str, Any]) -> Callable[[int, Any], None]:
    """A function (row, value) for the cells of one column, chosen once because lists are long."""
    form = formats[column.form]
    text, number, blank = sheet.write_string, sheet.write_number, sheet.write_blank
    if column.kind == "text":
        words = {code: pair[0] for code, pair in column.words.items()} if column.words is not None else {}

        def write_text(row: int, value: Any) -> None:
            if value is None:
                blank(row, i, None, form)
            else:
                text(row, i, clean_text(words.get(value) or str(value)), form)

        return write_text

    divisor = {"money": FEN_PER_WAN, "whole": 1}.get(column.kind, 10**column.decimals)

    def write_amount(row: int, value: int | None) -> None:
        # The nearest double of a decimal with at most 15 digits prints back as that decimal.
        if value is None:
            blank(row, i, None, form)
        elif -MOST_EXACT < value < MOST_EXACT:
            fitting = form if column.kind != "money" or value % FEN_PER_WAN == 0 else formats[f"money{_places(value)}"]
            number(row, i, value / divisor, fitting)
        else:
            text(row, i, format_decimal(Fraction(value, divisor), grouping=False), form)

    return write_amount


def _places(fen: int) -> int:
    """How many decimals an amount needs in 万元."""
    places = 6
    while fen % 10 == 0:
        fen, places = fen // 10, places - 1
    return places
