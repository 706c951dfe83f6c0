"""Facts of cases for a decision on the spot (案例数据): CSV, Excel or JSON lines, one row per case, into grains.

Owns reading such a file into one table of slots. It does not own figures (nothing here is stored) nor sheets of
departments (``intake``). Heads are codes or Chinese names, with a unit, a year (``2023年营业收入``, ``营业收入(2023)``) or an
offset (``revenue@-1``); an unknown head is an error, because a misspelt fact would count as missing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from kaiwu.figure.binding import Column, choose_natural_unit, settle_head_unit, word_unbound
from kaiwu.figure.cell_value import ValueReader
from kaiwu.figure.finding import Finding, find_at, find_in
from kaiwu.figure.head_index import HeadIndex, Match, Role
from kaiwu.figure.import_template import (
    FIRM_HEADS,
    NAME_HEADS,
    OTHER_HEADS,
    ColumnRule,
    ImportTemplate,
    list_variables,
)
from kaiwu.figure.json_lines import JSON_SHEET, is_json, read_json_lines
from kaiwu.figure.reading.fault import Limits
from kaiwu.figure.selection import Slot
from kaiwu.figure.sheet import Sheet
from kaiwu.figure.variable import Kind, Variable
from kaiwu.figure.workbook import choose_sheet, read_workbook
from kaiwu.quantity.period import PeriodKind
from kaiwu.quantity.problem import KaiwuError, Problem

CASE_HEADS = ("编号", "案例", "case", "主体")
"""Further heads of the column that tells cases apart."""


@dataclass(slots=True)
class FactSheet:
    """Facts as read. ``table``: ``entity`` (text, different in every row) and an Int64 column of grains for each slot
    (``revenue``, ``revenue@-1``), null where missing; it has no rows when anything was wrong. ``heads`` gives the head
    as written by slot, ``texts`` the text variables by column."""

    table: pl.DataFrame
    texts: pl.DataFrame
    heads: dict[str, str]
    findings: list[Finding] = field(default_factory=list)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What has to be mended before anything can be decided."""
        return tuple(f.problem for f in self.findings if f.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What a person should look at."""
        return tuple(f.problem for f in self.findings if not f.is_error)


def read_facts(
    source: Path | str | bytes | BinaryIO,
    variables: Mapping[str, Variable] | Iterable[Variable],
    *,
    rated_year: int | None = None,
    name: str = "",
    limits: Limits | None = None,
) -> FactSheet:
    """Read facts (案例数据) from a path, bytes, a binary stream, or ``-`` for standard input.

    A year in a head becomes an offset to ``rated_year``, which is then needed. Cells may carry units; amounts and
    ratios without any unit in cell or head are errors. Never raises for what is in the file: see ``problems``.
    """
    findings: list[Finding] = []
    try:
        sheet = _read_sheet(source, name, limits or Limits())
    except KaiwuError as flaw:
        return _close([], [], [], [Finding(problem) for problem in flaw.problems])
    reader = _Reader(sheet, HeadIndex(_case_template(list_variables(variables))), rated_year, findings)
    return reader.read()


def _read_sheet(source: Path | str | bytes | BinaryIO, name: str, limits: Limits) -> Sheet:
    if isinstance(source, str):
        source = sys.stdin.buffer if source == "-" else Path(source)
    if isinstance(source, Path):
        name = name or source.name
        if source.suffix.lower() not in (".json", ".jsonl", ".ndjson"):
            return choose_sheet(read_workbook(source, name=name, limits=limits), name)
        try:
            source = source.read_bytes()
        except OSError as flaw:
            zh, en = f"文件打不开: {flaw.strerror}", f"the file cannot be opened: {flaw.strerror}"
            raise KaiwuError(Problem("IN-FILE-UNREADABLE", zh, en, where=name)) from flaw
    data = source if isinstance(source, bytes) else source.read(limits.file_bytes + 1)
    if is_json(data, name):
        return read_json_lines(data, name or "-", limits)
    return choose_sheet(read_workbook(data, name=name, limits=limits), name or "-")


def _case_template(variables: tuple[Variable, ...]) -> ImportTemplate:
    columns = tuple(ColumnRule(variable.names, variable) for variable in variables)
    taken = {name for variable in variables for name in variable.names}
    keys = tuple(h for h in (*OTHER_HEADS, *CASE_HEADS, *FIRM_HEADS) if h not in taken)
    names = tuple(h for h in NAME_HEADS if h not in taken)
    return ImportTemplate("", "", "", keys, "facts", name_heads=names, columns=columns, is_strict=False)


class _Reader:
    """One sheet of facts under way."""

    def __init__(self, sheet: Sheet, index: HeadIndex, rated_year: int | None, findings: list[Finding]) -> None:
        self._sheet, self._index, self._rated, self._findings = sheet, index, rated_year, findings
        self._head = min(sheet.rows, default=0)

    def read(self) -> FactSheet:
        sheet = self._sheet
        columns = [c for number in sheet.columns if (c := self._bind(number)) is not None]
        slots = self._name_slots([c for c in columns if c.role == Role.VALUE])
        keys = sorted((c for c in columns if c.role in (Role.ENTITY, Role.NAME)), key=lambda c: c.role != Role.ENTITY)
        readers = {c.index: ValueReader(c.variable, c.unit) for c in slots.values()}
        rows, texts, codes = [], [], []
        for number in sorted(sheet.rows):
            # An empty line of a table is nothing; an empty object is a case of which nothing is known.
            if number > self._head and (sheet.name == JSON_SHEET or any(not c.is_blank for c in sheet.rows[number])):
                codes.append(self._read_code(number, keys[0] if keys else None))
                values = {slot: self._read_cell(number, c, readers[c.index]) for slot, c in slots.items()}
                rows.append({slot: v[0] for slot, v in values.items() if slots[slot].variable.kind != Kind.TEXT})
                texts.append({slot: v[1] for slot, v in values.items() if slots[slot].variable.kind == Kind.TEXT})
        self._check_codes(codes)
        if not rows and not any(f.is_error for f in self._findings):
            self._findings.append(find_in(sheet, Problem("IN-FACT-EMPTY", "没有一行数据", "there is no row of facts")))
        records = [{"entity": code, **row} for code, row in zip(codes, rows, strict=True)]
        labels = [{"entity": code, **row} for code, row in zip(codes, texts, strict=True)]
        return _close(records, labels, list(slots.items()), self._findings)

    def _complain(self, row: int, column: int, problem: Problem, *, is_error: bool = True) -> None:
        if self._sheet.name != JSON_SHEET:
            self._findings.append(find_at(self._sheet, row, column, problem, is_error=is_error))
            return
        where = f"{self._sheet.file} #{max(row, 1)} “{self._sheet.cell(0, column).text}”"
        self._findings.append(Finding(problem.located(where), is_error, JSON_SHEET, row, column))

    def _bind(self, number: int) -> Column | None:
        """What a column is; an unknown or ambiguous head is an error."""
        head = self._sheet.filled(self._head, number).text.strip()
        if not head:
            if any(not self._sheet.cell(row, number).is_blank for row in self._sheet.rows):
                zh, en = "这一列没有表头", "this column has no head"
                self._complain(self._head, number, Problem("IN-COLUMN-HEADLESS", zh, en))
            return None
        column = Column(number, (head,), Role.UNBOUND)
        matches = self._index.match((head,))
        if len(matches) != 1:
            self._complain(self._head, number, word_unbound(column, self._index, matches))
            return None
        column.role, column.rule = matches[0].target.role, matches[0].target.rule
        if column.role != Role.VALUE:
            return column if column.role in (Role.ENTITY, Role.NAME) else None
        try:
            column.unit = settle_head_unit(column, matches[0]) or choose_natural_unit(column.variable)
            column.years_back = self._count_years(matches[0])
        except KaiwuError as flaw:
            for problem in flaw.problems:
                self._complain(self._head, number, problem)
            return None
        return column

    def _count_years(self, match: Match) -> int:
        """How many years before the rated one a head speaks of."""
        if not match.periods:
            return match.years_back
        period = match.periods[0]
        is_whole = period.kind == PeriodKind.YEAR or (period.kind == PeriodKind.POINT and period.last_day.month == 12)
        if self._rated is None or len(match.periods) > 1 or not is_whole or period.year > self._rated:
            rated = self._rated or "?"
            zh = f"表头的时期“{period.zh}”要是评价年度({rated})或以前的某一年; 请给出评价年度, 或写成 代码@-1"
            en = f"“{period.en}” in a head must be the rated year ({rated}) or an earlier one; or write code@-1"
            raise KaiwuError(Problem("IN-FACT-YEAR", zh, en, text=period.code))
        return self._rated - period.year + match.years_back

    def _name_slots(self, columns: list[Column]) -> dict[str, Column]:
        slots: dict[str, Column] = {}
        for column in columns:
            slot = Slot(column.variable, -column.years_back).name
            first = slots.setdefault(slot, column)
            if first is not column:
                zh = f"“{first.head}”与“{column.head}”是同一项({slot}); 请只留一列"
                en = f"“{first.head}” and “{column.head}” are the same fact ({slot}); keep one column"
                self._complain(self._head, column.index, Problem("IN-COLUMN-TWICE", zh, en))
        return slots

    def _read_code(self, row: int, key: Column | None) -> str:
        if key is None:
            return str(row + 1)
        code = self._sheet.filled(row, key.index).text.strip()
        if not code:
            problem = Problem("IN-CODE-MISSING", "这一行没有编号或名称", "the row has no id or name")
            self._complain(row, key.index, problem)
        return code

    def _read_cell(self, row: int, column: Column, reader: ValueReader) -> tuple[int | None, str]:
        try:
            value = reader.read(self._sheet.cell(row, column.index))
        except KaiwuError as flaw:
            for problem in flaw.problems:
                self._complain(row, column.index, problem)
            return None, ""
        if value.warning is not None:
            self._complain(row, column.index, value.warning, is_error=False)
        return value.grains, value.text

    def _check_codes(self, codes: list[str]) -> None:
        for code in sorted(code for code, count in Counter(codes).items() if code and count > 1):
            zh, en = f"“{code}”有多行; 每个案例只能一行", f"“{code}” has several rows; one row per case"
            self._findings.append(find_in(self._sheet, Problem("IN-ROW-TWICE", zh, en, text=code)))


def _close(
    records: Sequence[Mapping[str, object]],
    labels: Sequence[Mapping[str, object]],
    slots: Sequence[tuple[str, Column]],
    findings: list[Finding],
) -> FactSheet:
    """Build the tables; a sheet with an error has no rows, so that no unread cell counts as missing."""
    is_sound = not any(f.is_error for f in findings)
    numbers = {s: pl.Int64 for s, c in slots if c.variable.kind != Kind.TEXT}
    words = {s: pl.String for s, c in slots if c.variable.kind == Kind.TEXT}
    return FactSheet(
        pl.DataFrame(records if is_sound else [], schema={"entity": pl.String, **numbers}),
        pl.DataFrame(labels if is_sound else [], schema={"entity": pl.String, **words}),
        {slot: column.head for slot, column in slots},
        findings,
    )
