"""Totals rows (合计行) compared with the rows that they sum: a difference is told, and changes nothing.

Owns the comparison for amounts and counts that may be added. Rates, scores and per-mu values have no sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from kaiwu.figure.binding import Binding, Column
from kaiwu.figure.cell_value import read_value
from kaiwu.figure.figure import print_value
from kaiwu.figure.finding import Finding, find_at
from kaiwu.figure.head_index import Role
from kaiwu.figure.row_kind import RowKind
from kaiwu.figure.row_read import Row
from kaiwu.figure.sheet import Cell, CellKind, Sheet
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity.grain import INT64_MAX
from kaiwu.quantity.problem import KaiwuError, Problem


def check_totals(
    sheet: Sheet, binding: Binding, kinds: Mapping[int, RowKind], rows: Mapping[int, Row]
) -> list[Finding]:
    """A warning for every total that is not the sum of its rows (合计不符).

    A total holds for all rows, or for those since the last total (one per printed page); a subtotal for the
    rows since the last one or until the next one. A column with an unread cell is not compared.
    """
    columns = [c for c in binding.all(Role.VALUE) if _is_additive(c)]
    findings = []
    for number, kind in kinds.items():
        if kind not in (RowKind.TOTAL, RowKind.SUBTOTAL):
            continue
        groups = _groups(number, kind, list(kinds.items()))
        for column in columns:
            finding = _compare(sheet, column, number, groups, rows)
            if finding is not None:
                findings.append(finding)
    return findings


def _is_additive(column: Column) -> bool:
    variable = column.variable
    if variable.kind not in (Kind.MONEY, Kind.QUANTITY, Kind.COUNT) or variable.unit is None:
        return False
    powers = variable.unit.dimension.powers
    return len(powers) == 1 and powers[0][1] == 1


def _groups(number: int, kind: RowKind, kinds: list[tuple[int, RowKind]]) -> list[list[int]]:
    """The sets of rows that a total may be the sum of."""
    at = [row for row, _ in kinds].index(number)
    before = _until(kinds[:at][::-1], kind)
    after = _until(kinds[at + 1 :], kind)
    everything = [row for row, k in kinds if k == RowKind.DATA]
    return [everything, before, after] if kind == RowKind.TOTAL else [before, after]


def _until(kinds: list[tuple[int, RowKind]], kind: RowKind) -> list[int]:
    found = []
    for row, each in kinds:
        if each == kind or (each == RowKind.TOTAL and kind == RowKind.SUBTOTAL):
            break
        if each == RowKind.DATA:
            found.append(row)
    return found


def _compare(
    sheet: Sheet, column: Column, number: int, groups: list[list[int]], rows: Mapping[int, Row]
) -> Finding | None:
    total = _total_grains(sheet.cell(number, column.index), column)
    if total is None:
        return None
    sums = [_sum(group, column, rows) for group in groups if group]
    if not sums or None in sums or any(s is not None and abs(s - total) <= _slack(sheet, number, column) for s in sums):
        return None
    shown = print_value(column.variable, sums[0] or 0)
    zh = f"合计 {sheet.cell(number, column.index).text} 与各行之和 {shown} 不符; 请核对是否漏行或串列"
    en = f"the total differs from the sum of the rows, {shown}; is a row missing or a column shifted?"
    problem = Problem("IN-TOTAL-DIFFERS", zh, en, text=sheet.cell(number, column.index).text)
    return find_at(sheet, number, column.index, problem, is_error=False)


def _total_grains(cell: Cell, column: Column) -> int | None:
    """The number of a totals row, which may lie beyond the bounds of one entity and be finer than its grain."""
    if cell.kind not in (CellKind.NUMBER, CellKind.TEXT) or column.unit is None:
        return None
    try:
        return read_value(cell, _unbounded(column), column.unit, rounds=True).grains
    except KaiwuError:
        return None


def _unbounded(column: Column) -> Variable:
    return replace(column.variable, low=-INT64_MAX, high=INT64_MAX)


def _sum(group: list[int], column: Column, rows: Mapping[int, Row]) -> int | None:
    """The sum of a column over rows; None where a cell could not be read."""
    values = [rows[number].values.get(column.index) for number in group]
    if any(value is None for value in values):
        return None
    return sum(value.grains or 0 for value in values if value is not None)


def _slack(sheet: Sheet, number: int, column: Column) -> Fraction:
    """Half of the last digit that the total shows, in grains: a total may be rounded for print."""
    decimals = len(sheet.cell(number, column.index).text.strip().partition(".")[2])
    assert column.unit is not None
    return column.unit.factor / column.variable.grain / Fraction(2 * 10 ** min(decimals, 18))
