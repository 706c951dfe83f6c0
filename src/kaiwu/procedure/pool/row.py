"""Rows of the tables that people hand in for a pool: CSV with named columns, every cell read with its place.

Owns reading of cells; a mistake is collected, so that one pass tells all of them.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kaiwu.quantity import Dimension, KaiwuError, Problem, find_unit, parse_quantity
from kaiwu.quantity.dimension import MONEY

YES, NO = "是", "否"
_NO_DAY = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its place; mistakes go to ``problems``."""

    cells: Mapping[str, str]
    where: str
    problems: list[Problem]

    def complain(self, zh: str, en: str, text: str = "") -> None:
        """Record a mistake of this row."""
        self.problems.append(Problem("A-POOL-ROW", zh, en, where=self.where, text=text))

    def text(self, name: str) -> str:
        """A cell without the space around it; blank where the column is not there."""
        return self.cells.get(name, "").strip()

    def day(self, name: str) -> dt.date:
        """A date as 2025-05-31."""
        try:
            return dt.date.fromisoformat(self.text(name))
        except ValueError:
            self.complain(f"日期“{self.text(name)}”读不出; 请写 2025-05-31", f"the date “{self.text(name)}” cannot be read: write 2025-05-31", self.text(name))  # fmt: skip
            return _NO_DAY

    def day_or_none(self, name: str) -> dt.date | None:
        """A date; ``None`` where the cell is blank."""
        return self.day(name) if self.text(name) else None

    def base(self, name: str, dimension: Dimension | None = None) -> Fraction:
        """A quantity with its unit, in base units."""
        try:
            return parse_quantity(self.text(name), dimension=dimension).base
        except KaiwuError as error:
            self.problems.extend(p.located(self.where) for p in error.problems)
            return Fraction(0)

    def fen(self, name: str) -> int:
        """Money, rounded down to the fen."""
        amount = self.base(name, MONEY)
        return amount.numerator // amount.denominator

    def count(self, name: str, unit: str) -> int:
        """A quantity as a whole number of a unit."""
        wanted = find_unit(unit)
        amount = self.base(name, wanted.dimension) / wanted.factor
        if amount.denominator != 1:
            self.complain(f"“{self.text(name)}”不是整数个 {unit}", f"“{self.text(name)}” is no whole number of {wanted.en}", self.text(name))  # fmt: skip
        return amount.numerator // amount.denominator

    def steps(self, name: str) -> int | None:
        """A whole number; ``None`` where the cell is blank."""
        text = self.text(name)
        if text and not text.removeprefix("-").isdigit():
            self.complain(f"得分“{text}”不是整数; 请按评分尺度写整数", f"the score “{text}” is no whole number of the scale", text)  # fmt: skip
            return None
        return int(text) if text else None

    def share(self, name: str) -> Fraction:
        """A share as 1/3 or 50%."""
        text = self.text(name)
        try:
            return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except (ValueError, ZeroDivisionError):
            self.complain(f"份额“{text}”读不出; 请写 1/3 或 50%", f"the share “{text}” cannot be read: write 1/3 or 50%", text)  # fmt: skip
            return Fraction(0)

    def is_yes(self, name: str) -> bool:
        """是 or 否."""
        if self.text(name) not in (YES, NO):
            self.complain(f"“{name}”只能写 是 或 否, 不是“{self.text(name)}”", f"“{name}” must be 是 or 否, not “{self.text(name)}”", self.text(name))  # fmt: skip
        return self.text(name) == YES


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """All rows of a file; they share one list of problems. Raises ``KaiwuError`` (A-POOL-ROW) where a column is missing or the file
    cannot be read."""
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            absent = [c for c in columns if c not in (reader.fieldnames or ())]
            if absent:
                raise KaiwuError(Problem("A-POOL-ROW", f"缺少列 {', '.join(absent)}; 需要 {', '.join(columns)}", f"columns {', '.join(absent)} are missing; wanted: {', '.join(columns)}", where=path.name))  # fmt: skip
            rows = ({c: v or "" for c, v in row.items() if isinstance(c, str)} for row in reader)
            return [Row(cells, f"{path.name}:{number}", problems) for number, cells in enumerate(rows, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KaiwuError(Problem("A-POOL-ROW", f"读不了文件: {error}", f"the file cannot be read: {error}", where=str(path))) from None  # fmt: skip


def refuse_wrong(rows: Sequence[Row]) -> None:
    """Raises ``KaiwuError`` with every mistake that reading the rows has found."""
    if rows and rows[0].problems:
        raise KaiwuError(rows[0].problems)
