"""Tables of values as files (数据表): one row per unit, and figures of a part of a year beside it.

Owns reading CSV and Excel into ``Values`` and ``PartFigure``. What the columns mean is the ruler's.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
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
    heads, body = _body(path)
    problems: list[Problem] = []
    codes = _codes(ruler)
    known = {node.zh: node.code for node in ruler.tree.nodes} | {code: code for code in codes}
    named = [known.get(h, h) for h in heads]
    place = {h: i for i, h in enumerate(named)}
    for wanted in (ruler.units, *([ruler.names] if ruler.names else []), *ruler.groups, *codes):
        if named.count(wanted) > 1:
            problems.append(Problem("IX-VALUES-HEAD", f"“{wanted}”有 {named.count(wanted)} 列; 只留一列", f"“{wanted}” stands in {named.count(wanted)} columns; keep one", where=path.name))  # fmt: skip
        if wanted not in place:
            problems.append(Problem("IX-VALUES-ABSENT", f"数据表没有“{wanted}”这一列", f"the values have no column “{wanted}”", where=path.name))  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    x = np.full((len(body), len(codes)), np.nan)
    for r, (number, row) in enumerate(body):
        for c, code in enumerate(codes):
            x[r, c] = _cell(row[place[code]], f"{path.name}: {number}, {heads[place[code]]}", problems)
    units = tuple(row[place[ruler.units]] for _, row in body)
    groups = {g: tuple(row[place[g]] for _, row in body) for g in ruler.groups}
    problems += _unit_problems(units, groups, [number for number, _ in body], path.name)
    if problems:
        raise KaiwuError(problems)
    flags = {(row[place[ruler.units]], code): row[place[code + FLAG]] for code in codes if code + FLAG in place for _, row in body if row[place[code + FLAG]]}  # fmt: skip
    names = {row[place[ruler.units]]: row[place[ruler.names]] for _, row in body} if ruler.names else {}
    return Values(units, codes, x, groups=groups, names=names, flag=flags)


def _unit_problems(
    units: Sequence[str], groups: Mapping[str, Sequence[str]], numbers: Sequence[int], name: str
) -> list[Problem]:
    """Rows without a code and units that stand twice, in one league or in two, with their rows."""
    out: list[Problem] = []
    first: dict[str, int] = {}
    for r, unit in enumerate(units):
        at = first.setdefault(unit, r)
        if not unit:
            out.append(
                Problem(
                    "IX-VALUES-UNIT", "没有单位代码", "the row has no code of a unit", where=f"{name}: {numbers[r]}"
                )
            )
            continue
        if at == r:
            continue
        where = f"{name}: {numbers[at]}, {numbers[r]}"
        torn = next((labels for labels in groups.values() if labels[at] != labels[r]), None)
        if torn is not None:
            out.append(Problem(
                "IX-LEAGUE-TWO", f"“{unit}”同时在“{torn[at]}”和“{torn[r]}”两个组; 只留一个", f"“{unit}” is in two leagues, “{torn[at]}” and “{torn[r]}”; keep one",
                where=where,
            ))  # fmt: skip
        else:
            out.append(Problem("IX-VALUES-UNIT", f"单位“{unit}”出现两次", f"unit “{unit}” occurs twice", where=where))
    return out


def read_printed(path: Path, ruler: Ruler, column: str) -> dict[str, float]:
    """A column of printed totals by unit; NaN where it is empty. Raises ``KaiwuError`` for an absent column and for what is no number."""
    heads, body = _body(path)
    if column not in heads:
        raise KaiwuError(Problem("IX-VALUES-ABSENT", f"数据表没有“{column}”这一列", f"the values have no column “{column}”", where=path.name))  # fmt: skip
    problems: list[Problem] = []
    unit, at = heads.index(ruler.units), heads.index(column)
    found = {row[unit]: _cell(row[at], f"{path.name}: {r}, {column}", problems) for r, row in body}
    if problems:
        raise KaiwuError(problems)
    return found


def read_parts(path: Path, ruler: Ruler, year: int) -> list[PartFigure]:
    """Figures of the same months of several years: the ruler's column of units, ``code``, ``year``, ``part`` and ``total`` (empty in ``year``).

    ``code`` is an indicator's code or Chinese name. Raises ``KaiwuError`` naming row and column of every bad cell, a figure that is given
    twice, a past year without its total, and a cell without a figure of ``year``.
    """
    heads, body = _body(path)
    absent = [h for h in (ruler.units, *PART_COLUMNS) if h not in heads]
    if absent:
        raise KaiwuError([Problem("IX-VALUES-ABSENT", f"数据表没有“{h}”这一列", f"the values have no column “{h}”", where=path.name) for h in absent])  # fmt: skip
    at = {h: i for i, h in enumerate(heads)}
    reader = _PartReader(path.name, at, ruler, year)
    for number, row in body:
        reader.read(row, number)
    return reader.figures()


class _PartReader:
    """Gathers the rows of one file by unit and indicator."""

    def __init__(self, name: str, at: dict[str, int], ruler: Ruler, year: int) -> None:
        self.name, self.at, self.ruler, self.year = name, at, ruler, year
        self.codes = {node.zh: node.code for node in ruler.tree.nodes} | {code: code for code in _codes(ruler)}
        self.cells: dict[tuple[str, str], dict[int, tuple[Fraction, Fraction | None]]] = {}
        self.problems: list[Problem] = []

    def read(self, row: Sequence[str], number: int) -> None:
        """One row of the file."""
        unit, told = (row[self.at[h]] for h in (self.ruler.units, "code"))
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

    def number(self, row: Sequence[str], number: int, head: str) -> Fraction | None:
        """An exact number; None where the cell is empty (which only ``total`` may be)."""
        text = row[self.at[head]].replace(",", "")
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


def _body(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Heads, and the rows that are not blank with their numbers, every one as wide as the heads."""
    rows = [[_text(cell) for cell in row] for row in _rows(path)]
    heads = rows[0] if rows else []
    padded = ((number, row[: len(heads)] + [""] * (len(heads) - len(row))) for number, row in enumerate(rows[1:], 2))
    return heads, [(number, row) for number, row in padded if any(row)]


def _text(cell: Any) -> str:
    """A cell as typed; Excel hands over a code of digits as a float."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _rows(path: Path) -> list[list[Any]]:
    if path.suffix.lower() == ".csv":
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                return [list(row) for row in csv.reader(file)]
        except UnicodeDecodeError as error:
            raise KaiwuError(Problem(
                "IX-VALUES-ENCODING", "CSV 不是 UTF-8; 请另存为“CSV UTF-8”或 .xlsx", "the CSV is not UTF-8; save it as “CSV UTF-8” or as .xlsx", where=path.name,
            )) from error  # fmt: skip
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def _cell(value: str, where: str, problems: list[Problem]) -> float:
    text = value.replace(",", "")
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
