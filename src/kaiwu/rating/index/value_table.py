"""Tables of values as files (数据表): one row per unit, and figures of a part of a year beside it.

Owns reading CSV and Excel into ``Values`` and ``PartFigure``. What the columns mean is the ruler's.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.nowcast import PartFigure
from kaiwu.rating.index.ruler import Ruler
from kaiwu.rating.index.values import Values
from kaiwu.rating.operation.nowcast import YearPath

FLAG = ":flag"
PART_COLUMNS = ("code", "year", "part", "total")


def read_values(path: Path, ruler: Ruler) -> Values:
    """Values of a CSV (UTF-8) or Excel table with one row per unit; heads are codes or Chinese names of indicators.

    ``CODE:flag`` columns hold flags (``statistical``). Empty cells are missing. Raises ``KaiwuError`` naming row and column of every bad cell.
    """
    rows = _rows(path)
    problems: list[Problem] = []
    heads = [str(h).strip() for h in rows[0]] if rows else []
    codes = _codes(ruler)
    known = {node.zh: node.code for node in ruler.tree.nodes} | {code: code for code in codes}
    place = {known.get(h, h): i for i, h in enumerate(heads)}
    for wanted in (ruler.units, *([ruler.names] if ruler.names else []), *ruler.groups, *codes):
        if wanted not in place:
            problems.append(Problem("IX-VALUES-ABSENT", f"数据表没有“{wanted}”这一列", f"the values have no column “{wanted}”", where=path.name))  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    body = [row for row in rows[1:] if any(str(cell).strip() for cell in row)]
    x = np.full((len(body), len(codes)), np.nan)
    for r, row in enumerate(body):
        for c, code in enumerate(codes):
            x[r, c] = _cell(row[place[code]], f"{path.name}: {r + 2}, {heads[place[code]]}", problems)
    if problems:
        raise KaiwuError(problems)
    units = tuple(str(row[place[ruler.units]]).strip() for row in body)
    flags = {
        (units[r], code): str(row[place[code + FLAG]]).strip()
        for code in codes if code + FLAG in place for r, row in enumerate(body) if str(row[place[code + FLAG]]).strip()
    }  # fmt: skip
    return Values(
        units, codes, x, groups={g: tuple(str(row[place[g]]).strip() for row in body) for g in ruler.groups},
        names={u: str(row[place[ruler.names]]).strip() for u, row in zip(units, body, strict=True)} if ruler.names else {}, flag=flags,
    )  # fmt: skip


def read_printed(path: Path, ruler: Ruler, column: str) -> dict[str, float]:
    """A column of printed totals by unit; NaN where it is empty. Raises ``KaiwuError`` for an absent column and for what is no number."""
    rows = _rows(path)
    heads = [str(h).strip() for h in rows[0]] if rows else []
    if column not in heads:
        raise KaiwuError(Problem("IX-VALUES-ABSENT", f"数据表没有“{column}”这一列", f"the values have no column “{column}”", where=path.name))  # fmt: skip
    problems: list[Problem] = []
    unit, at = heads.index(ruler.units), heads.index(column)
    body = [(r, row) for r, row in enumerate(rows[1:], 2) if any(str(cell).strip() for cell in row)]
    found = {str(row[unit]).strip(): _cell(row[at], f"{path.name}: {r}, {column}", problems) for r, row in body}
    if problems:
        raise KaiwuError(problems)
    return found


def read_parts(path: Path, ruler: Ruler, year: int) -> list[PartFigure]:
    """Figures of the same months of several years: the ruler's column of units, ``code``, ``year``, ``part`` and ``total`` (empty in ``year``).

    ``code`` is an indicator's code or Chinese name. Raises ``KaiwuError`` naming row and column of every bad cell, a figure that is given
    twice, a past year without its total, and a cell without a figure of ``year``.
    """
    rows = _rows(path)
    heads = [str(h).strip() for h in rows[0]] if rows else []
    absent = [h for h in (ruler.units, *PART_COLUMNS) if h not in heads]
    if absent:
        raise KaiwuError([Problem("IX-VALUES-ABSENT", f"数据表没有“{h}”这一列", f"the values have no column “{h}”", where=path.name) for h in absent])  # fmt: skip
    at = {h: i for i, h in enumerate(heads)}
    reader = _PartReader(path.name, at, ruler, year)
    for r, row in enumerate(rows[1:], 2):
        if any(str(cell).strip() for cell in row):
            reader.read(row, r)
    return reader.figures()


class _PartReader:
    """Gathers the rows of one file by unit and indicator."""

    def __init__(self, name: str, at: dict[str, int], ruler: Ruler, year: int) -> None:
        self.name, self.at, self.ruler, self.year = name, at, ruler, year
        self.codes = {node.zh: node.code for node in ruler.tree.nodes} | {code: code for code in _codes(ruler)}
        self.cells: dict[tuple[str, str], dict[int, tuple[Fraction, Fraction | None]]] = {}
        self.problems: list[Problem] = []

    def read(self, row: Sequence[Any], number: int) -> None:
        """One row of the file."""
        unit, told = (str(row[self.at[h]]).strip() for h in (self.ruler.units, "code"))
        code = self.codes.get(told)
        if code is None:
            self.complain(
                "IX-METHOD-CODE", f"指标体系里没有“{told}”", f"there is no “{told}” in the tree", number, "code"
            )
        year, part, total = (self.number(row, number, h) for h in ("year", "part", "total"))
        if year is None or part is None or code is None:
            return
        if total is None and int(year) != self.year:
            self.complain("IX-NOWCAST-TOTAL", f"{int(year)} 年是往年, 要有全年数", f"{int(year)} is a past year and wants its total", number, "total")  # fmt: skip
        if total is not None and int(year) == self.year:
            self.complain("IX-NOWCAST-KNOWN", f"{self.year} 年的全年数已有, 不必推算; 写进数据表", f"the total of {self.year} is known: put it into the values", number, "total")  # fmt: skip
        years = self.cells.setdefault((unit, code), {})
        if int(year) in years:
            self.complain("IX-VALUES-TWICE", f"“{unit}”的“{code}” {int(year)} 年给了两次", f"“{code}” of “{unit}” is given twice for {int(year)}", number, "year")  # fmt: skip
        years[int(year)] = (part, total)

    def number(self, row: Sequence[Any], number: int, head: str) -> Fraction | None:
        """An exact number; None where the cell is empty (which only ``total`` may be)."""
        text = str(row[self.at[head]]).strip().replace(",", "")
        try:
            if text or head == "total":
                return Fraction(text) if text else None
        except (ValueError, ZeroDivisionError):
            pass
        self.complain("IX-VALUES-NUMBER", f"“{text}”不是数字", f"“{text}” is no number", number, head)
        return None

    def complain(self, code: str, zh: str, en: str, number: int, head: str) -> None:
        """Record a mistake with its row and column."""
        self.problems.append(Problem(code, zh, en, where=f"{self.name}: {number}, {head}"))

    def figures(self) -> list[PartFigure]:
        """What was read. Raises ``KaiwuError`` with every mistake of the file."""
        for (unit, code), years in self.cells.items():
            if self.year not in years:
                self.problems.append(Problem("IX-NOWCAST-PART", f"没有 {self.year} 年的累计数", f"there is no figure of {self.year}", where=f"{self.name}: {unit}, {code}"))  # fmt: skip
        if self.problems:
            raise KaiwuError(self.problems)
        return [
            PartFigure(unit, code, years[self.year][0], tuple(YearPath(y, part, total) for y, (part, total) in sorted(years.items()) if total is not None))
            for (unit, code), years in self.cells.items()
        ]  # fmt: skip


def _codes(ruler: Ruler) -> tuple[str, ...]:
    nodes = ruler.tree.by_code
    more = [nodes[c].denominator for c in ruler.tree.leaves if nodes[c].denominator] + ([ruler.size] if ruler.size else [])  # fmt: skip
    return tuple(dict.fromkeys([*ruler.tree.leaves, *more]))


def _rows(path: Path) -> list[list[Any]]:
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def _cell(value: Any, where: str, problems: list[Problem]) -> float:
    text = str(value).strip().replace(",", "")
    if not text:
        return float("nan")
    try:
        number = float(text)
    except ValueError:
        number = float("inf")
    if not np.isfinite(number):
        problems.append(Problem("IX-VALUES-NUMBER", f"“{text}”不是数字; 缺失请留空", f"“{text}” is no number; leave a missing cell empty", where=where))  # fmt: skip
        return float("nan")
    return number
