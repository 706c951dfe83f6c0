"""Sheets of people (申报表、他处兑付清单、银行回单): heads, rows and cells of a CSV or Excel file, each with its place.

Owns reading a plain table whose first filled row has the heads. What the columns mean is told by the caller.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kaiwu.figure.sheet import CellKind, Sheet
from kaiwu.figure.workbook import choose_sheet, read_workbook
from kaiwu.procedure.claim.invoice import read_fen
from kaiwu.quantity import KaiwuError, Problem

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\Z|(\d{4})(\d{2})(\d{2})\Z")
_NUMBER = re.compile(r"\d+(\.\d+)?\Z")


@dataclass(slots=True)
class Row:
    """One row: text by the code of its column, other columns by their heads, and the place of every cell."""

    place: str
    texts: Mapping[str, str]
    others: Mapping[str, str]
    places: Mapping[str, str]
    problems: list[Problem]

    def text(self, code: str) -> str:
        """The text of a column, empty where it has none."""
        return self.texts.get(code, "")

    def day(self, code: str) -> dt.date | None:
        """A date such as 2025-03-01, 2025/3/1, 2025年3月1日; a problem otherwise."""
        text = self.text(code)
        match = _DAY.match(text.split(" ")[0]) if text else None
        try:
            if match:
                return dt.date(*(int(p) for p in match.groups() if p))
        except ValueError:
            match = None
        if text and not match:
            self.complain(code, "CL-DAY", "日期看不懂, 请写成 2025-03-01", "no date: write it as 2025-03-01", text)
        return None

    def fen(self, code: str) -> int | None:
        """Fen from yuan as written; the head says 元 or 万元."""
        text = self.text(code)
        if not text:
            return None
        try:
            fen = read_fen(text, self.where(code))
        except KaiwuError as error:
            self.problems += error.problems
            return None
        if fen <= 0:
            self.complain(code, "CL-NEGATIVE", f"金额不能为零或负: {text}", f"an amount cannot be zero or negative: {text}", text)  # fmt: skip
            return None
        return fen

    def where(self, code: str) -> str:
        """The place of a cell, or of the row where the column is absent."""
        return self.places.get(code, self.place)

    def complain(self, code: str, problem: str, zh: str, en: str, text: str = "") -> None:
        """A problem at a cell."""
        self.problems.append(Problem(problem, zh, en, where=self.where(code), text=text))


def read_rows(
    source: Path | bytes,
    heads: Mapping[str, tuple[str, ...]],
    required: Collection[str],
    *,
    name: str = "",
    problems: list[Problem],
    others: Collection[str] | None = None,
) -> Iterator[Row]:
    """Rows of the one filled sheet. ``heads``: column code -> heads that mean it. ``others``: further heads that are allowed,
    None for any. Mistakes are added to ``problems``; raises ``KaiwuError`` where there is no such table."""
    sheet = choose_sheet(read_workbook(source, name=name), name or getattr(source, "name", ""))
    first = min(sheet.rows)
    columns, further = _read_heads(sheet, first, heads, others, problems)
    absent = [heads[code][0] for code in required if code not in columns.values()]
    if absent:
        zh, en = f"缺少列: {'、'.join(absent)}", f"columns are missing: {', '.join(absent)}"
        problems.append(Problem("CL-HEAD-MISSING", zh, en, where=sheet.print_where(first, sheet.left)))
        return
    for number in sorted(sheet.rows):
        if number > first and any(not c.is_blank for c in sheet.rows[number]):
            yield _row(sheet, number, columns, further, required, problems, heads)


def _read_heads(
    sheet: Sheet,
    first: int,
    heads: Mapping[str, tuple[str, ...]],
    others: Collection[str] | None,
    problems: list[Problem],
) -> tuple[dict[int, str], dict[int, str]]:
    by_head = {head: code for code, names in heads.items() for head in names}
    columns: dict[int, str] = {}
    further: dict[int, str] = {}
    for column in sheet.columns:
        head = unicodedata.normalize("NFKC", re.sub(r"\s+", "", sheet.cell(first, column).text))
        head = head.removesuffix("(元)")
        if not head:
            continue
        if head in by_head and by_head[head] not in columns.values():
            columns[column] = by_head[head]
        elif head not in by_head and (others is None or head in others) and head not in further.values():
            further[column] = head
        else:
            zh, en = f"不认识或重复的列“{head}”", f"unknown or repeated column “{head}”"
            problems.append(Problem("CL-HEAD", zh, en, where=sheet.print_where(first, column), text=head))
    return columns, further


def _row(
    sheet: Sheet, number: int, columns: Mapping[int, str], further: Mapping[int, str], required: Collection[str],
    problems: list[Problem], heads: Mapping[str, tuple[str, ...]],
) -> Row:  # fmt: skip
    texts: dict[str, str] = {}
    others: dict[str, str] = {}
    places: dict[str, str] = {}
    for column, name in {**columns, **further}.items():
        cell = sheet.cell(number, column)
        places[name] = sheet.print_where(number, column)
        if cell.kind in (CellKind.ERROR, CellKind.FORMULA):
            zh, en = "单元格是错误值或没有结果的公式", "the cell has an error or a formula without a result"
            problems.append(Problem("CL-CELL", zh, en, where=places[name], text=cell.text))
        elif not cell.is_blank:
            (texts if column in columns else others)[name] = cell.text.strip()
    row = Row(sheet.print_where(number, sheet.left), texts, others, places, problems)
    for code in required:
        if not row.text(code):
            row.complain(code, "CL-CELL-EMPTY", f"“{heads[code][0]}”要填", f"“{heads[code][0]}” must be filled")
    return row
