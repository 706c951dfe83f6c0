"""One row of data into figures (读行): its key, its name, its period and every value cell.

Owns what happens within one row. It does not own which rows are data (``row_kind``) nor what rows are to each other
(``intake``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kaiwu.figure.binding import Binding, Column, place_period
from kaiwu.figure.cell_value import Value, ValueReader
from kaiwu.figure.finding import Finding, find_at
from kaiwu.figure.head_index import Role
from kaiwu.figure.import_template import ImportTemplate
from kaiwu.figure.layout import Layout
from kaiwu.figure.sheet import Cell, CellKind, Sheet
from kaiwu.figure.variable import Kind
from kaiwu.identity.entity import EntityKind
from kaiwu.identity.name import normalise_name
from kaiwu.identity.uscc import check_uscc
from kaiwu.quantity.number import is_missing_token
from kaiwu.quantity.period import Period
from kaiwu.quantity.period_text import parse_period
from kaiwu.quantity.problem import KaiwuError, Problem


@dataclass(slots=True)
class Row:
    """What one row says. ``values`` is by column number, for the check of totals; None where it could not be read."""

    number: int
    code: str = ""
    period: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    entity: dict[str, str] | None = None
    findings: list[Finding] = field(default_factory=list)
    values: dict[int, Value | None] = field(default_factory=dict)
    missing: int = 0
    rounded: int = 0

    @property
    def is_rejected(self) -> bool:
        """Whether anything in the row is wrong."""
        return any(finding.is_error for finding in self.findings)


class RowReader:
    """Reads the rows of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        binding: Binding,
        template: ImportTemplate,
        register: Mapping[str, str] | None,
        period: Period | None,
    ) -> None:
        self._sheet, self._binding, self._template, self._layout = sheet, binding, template, layout
        self._given_period = period
        self._register = register
        self._codes_by_name = _unique_names(register) if template.entity_kind != EntityKind.FIRM else {}
        self._values = binding.all(Role.VALUE)
        self._readers = {
            c.index: ValueReader(c.variable, c.unit, rounds=c.rule.rounds if c.rule else False) for c in self._values
        }
        self._key, self._name = binding.only(Role.ENTITY), binding.only(Role.NAME)
        self._constants: dict[str, Any] = {
            "scope": template.scope,
            "price_basis": template.price_basis,
            "sample": template.sample,
            "source": template.source,
            "status": template.status,
            "standing": template.standing,
            "legal_basis": template.legal_basis,
            "purposes": ",".join(template.purposes),
            "synthetic": template.synthetic,
        }

    def read(self, number: int) -> Row:
        """Read one row; its problems are in its findings."""
        row = Row(number)
        row.code = self._attempt(row, self._key, self._read_code) or ""
        self._compare_name(row)
        period = self._read_period(row)
        for column in self._values:
            self._read_cell(row, column, period)
        if self._template.registers and row.code:
            row.entity = self._read_entity(row)
        return row

    def _attempt(self, row: Row, column: Column | None, read: Any) -> Any:
        """Call ``read`` with the cell of a column; a problem becomes a finding."""
        if column is None:
            return None
        try:
            return read(self._sheet.filled(row.number, column.index))
        except KaiwuError as flaw:
            row.findings += [find_at(self._sheet, row.number, column.index, p) for p in flaw.problems]
            return None

    def _read_code(self, cell: Cell) -> str:
        """The key of the row: a checked code for firms unless they have numbers of their own; a code or a name that one
        entity has, for others."""
        if cell.kind in (CellKind.ERROR, CellKind.FORMULA):
            raise KaiwuError(
                Problem(
                    "IN-CELL-ERROR", "代码格是错误值或无结果的公式", "the key is an error or a formula without result"
                )
            )
        text = "".join(cell.text.split())
        if cell.is_blank or is_missing_token(text):
            zh = "没有代码, 无法确定主体(不按名称猜); 请补代码"
            raise KaiwuError(
                Problem("IN-CODE-MISSING", zh, "no code: the entity is unknown and never guessed by name; add it")
            )
        if self._template.entity_kind == EntityKind.FIRM:
            is_own = self._template.entity_code == "own"
            return self._check_known(text if is_own else _read_firm_code(cell, text))
        return self._check_known(self._codes_by_name.get(normalise_name(text), text))

    def _check_known(self, code: str) -> str:
        if self._register is not None and code not in self._register and not self._template.registers:
            zh, en = f"主体库中没有 {code}; 请先登记", f"{code} is not in the register; register it first"
            raise KaiwuError(Problem("IN-CODE-UNKNOWN", zh, en, text=code))
        return code

    def _compare_name(self, row: Row) -> None:
        """Another name than the register's is worth a look: a new name, or a code in the wrong row."""
        known = (self._register or {}).get(row.code, "")
        if not known or self._name is None:
            return
        cell = self._sheet.filled(row.number, self._name.index)
        if not cell.is_blank and normalise_name(cell.text) != normalise_name(known):
            zh = f"名称与主体库的“{known}”不同; 请核对是更名还是串行"
            en = f"the register calls it “{known}”; a new name, or a slip by a row?"
            problem = Problem("IN-NAME-DIFFERS", zh, en, text=cell.text)
            row.findings.append(find_at(self._sheet, row.number, self._name.index, problem, is_error=False))

    def _read_period(self, row: Row) -> Period | None:
        column = self._binding.only(Role.PERIOD)
        if column is None:
            return self._binding.period
        period: Period | None = self._attempt(row, column, _parse_period_cell)
        row.period = period.code if period else ""
        if period and self._given_period and period != self._given_period:
            zh = f"这一行是{period.zh}, 导入时给的是{self._given_period.zh}"
            en = f"the row is of {period.en}, the import was given {self._given_period.en}"
            problem = Problem("IN-PERIOD-DIFFERS", zh, en, text=period.code)
            row.findings.append(find_at(self._sheet, row.number, column.index, problem))
        return period

    def _read_cell(self, row: Row, column: Column, period: Period | None) -> None:
        sheet = self._sheet
        if not column.is_sound:
            row.values[column.index] = None
            return
        try:
            cell = self._single_cell(row.number, column.index)
            value = self._readers[column.index].read(cell)
            row.values[column.index] = value
            if value.warning is not None:
                row.findings.append(find_at(sheet, row.number, column.index, value.warning, is_error=False))
            row.missing += value.is_missing
            row.rounded += value.is_rounded
            if not value.is_missing and row.code and column.is_placed:
                row.figures.append(self._make_figure(row, column, cell, value, period))
        except KaiwuError as flaw:
            row.values[column.index] = None
            row.findings += [find_at(sheet, row.number, column.index, p) for p in flaw.problems]

    def _single_cell(self, number: int, column: int) -> Cell:
        """The cell of a value; one merged over several rows or columns belongs to nobody in particular."""
        cell = self._sheet.filled(number, column)
        if not cell.is_blank and self._sheet.is_merged(number, column):
            zh, en = (
                "合并单元格里的数不知属于哪一格; 请取消合并并逐格填写",
                "a value merged over several cells: whose is it? unmerge it",
            )
            raise KaiwuError(Problem("IN-CELL-MERGED", zh, en, text=cell.text))
        return cell

    def _make_figure(self, row: Row, column: Column, cell: Cell, value: Value, period: Period | None) -> dict[str, Any]:
        variable = column.variable
        text = column.period
        if text is None:
            text = place_period(variable, period, column.years_back, self._template)
        return {
            "entity": row.code,
            "variable": variable.code,
            "period": text,
            "value": None if variable.kind == Kind.TEXT else value.grains,
            "text": value.text,
            "raw": cell.text,
            "unit": value.unit,
            "place": self._sheet.print_place(row.number, column.index),
            **self._constants,
        }

    def _read_entity(self, row: Row) -> dict[str, str]:
        name = self._sheet.filled(row.number, self._name.index).text.strip() if self._name else ""
        if self._name and not name:
            problem = Problem("IN-NAME-MISSING", "登记主体要有名称", "an entity to register needs a name")
            row.findings.append(find_at(self._sheet, row.number, self._name.index, problem))
        entity = {"entity": row.code, "kind": str(self._template.entity_kind), "name": name}
        for column in self._binding.all(Role.ATTRIBUTE):
            text = self._sheet.filled(row.number, column.index).text.strip()
            entity[column.attribute] = "" if is_missing_token(text) else text
        assert self._key is not None
        return {**entity, "place": self._sheet.print_place(row.number, self._key.index)}


def _read_firm_code(cell: Cell, text: str) -> str:
    if cell.kind == CellKind.NUMBER:
        zh = f"代码被 Excel 变成了数字 {text}, 末几位可能已丢失; 请把该列设为文本格式后重填"
        en = f"Excel turned the code into the number {text} and may have lost digits; format the column as text, enter it again"
        raise KaiwuError(Problem("IN-CODE-NUMBER", zh, en, text=text))
    result = check_uscc(text)
    if result.problem is not None:
        raise KaiwuError(result.problem)
    return result.code


def _parse_period_cell(cell: Cell) -> Period:
    return parse_period(cell.text.strip())


def _unique_names(register: Mapping[str, str] | None) -> dict[str, str]:
    """Codes by name, for names that one entity only has: towns and counties are known by name."""
    codes: dict[str, str] = {}
    shared: set[str] = set()
    for code, name in (register or {}).items():
        folded = normalise_name(name)
        if codes.setdefault(folded, code) != code:
            shared.add(folded)
    return {name: code for name, code in codes.items() if name and name not in shared}
