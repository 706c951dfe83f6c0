"""Findings (发现的问题): a problem with the sheet and cell that it is about, and whether it stops the import.

Owns that pairing. It does not own the words of a problem nor how findings are printed (``intake_report``).
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.figure.sheet import Sheet
from kaiwu.quantity.problem import Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in a file. ``row`` and ``column`` count from 0; None means the whole sheet or file.

    An error stops the import; a warning is told and changes nothing.
    """

    problem: Problem
    is_error: bool = True
    sheet: str = ""
    row: int | None = None
    column: int | None = None


def find_at(sheet: Sheet, row: int, column: int, problem: Problem, *, is_error: bool = True) -> Finding:
    """A finding at a cell; the place is added to the problem."""
    return Finding(problem.located(sheet.print_where(row, column)), is_error, sheet.name, row, column)


def find_in(sheet: Sheet, problem: Problem, *, is_error: bool = True) -> Finding:
    """A finding about a whole sheet."""
    return Finding(problem.located(f"{sheet.file} 表页“{sheet.name}”"), is_error, sheet.name)
