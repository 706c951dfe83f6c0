"""Import of one file (数据导入): every cell judged, one report, all or nothing.

Owns the way from a file to accepted figures: sheets, rows, keys, duplicates, counts. It does not own reading
the file (``workbook``), finding the table (``layout``), binding columns (``binding``), reading cells
(``cell_value``) or keeping the figures (``store``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.figure.binding import Binding, bind_columns
from kaiwu.figure.error_workbook import REPORT_SHEET
from kaiwu.figure.figure import FIGURE_SCHEMA
from kaiwu.figure.finding import Finding, find_at, find_in
from kaiwu.figure.head_index import HeadIndex, Role
from kaiwu.figure.import_template import ImportTemplate, implicit_template, list_variables
from kaiwu.figure.intake_report import Report, SheetCount
from kaiwu.figure.layout import Layout, find_layout
from kaiwu.figure.reading.fault import Limits
from kaiwu.figure.row_kind import RowKind, classify_row
from kaiwu.figure.row_read import Row, RowReader
from kaiwu.figure.sheet import Sheet
from kaiwu.figure.totals import check_totals
from kaiwu.figure.variable import Variable
from kaiwu.figure.workbook import read_workbook
from kaiwu.quantity.period import Period
from kaiwu.quantity.problem import KaiwuError, Problem

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


@dataclass(slots=True)
class IntakeResult:
    """What a file brought (导入结果): figures in ``FIGURE_SCHEMA``, declared entities, the report.

    ``figures`` and ``entities`` are empty when anything was wrong. ``entities`` has ``entity``, ``kind``,
    ``name``, the template's attributes, ``place``; all text.
    """

    figures: pl.DataFrame
    entities: pl.DataFrame
    report: Report


@dataclass(slots=True)
class _Gathered:
    """What has been read so far."""

    figures: list[dict[str, Any]] = field(default_factory=list)
    entities: list[dict[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    counts: list[SheetCount] = field(default_factory=list)


def intake(
    path: Path | bytes,
    template: ImportTemplate | None,
    variables: Mapping[str, Variable] | Iterable[Variable],
    *,
    register: Mapping[str, str] | None = None,
    period: Period | None = None,
    source: str = "",
    name: str = "",
    synthetic: bool | None = None,
    limits: Limits | None = None,
    on_progress: Progress | None = None,
) -> IntakeResult:
    """Import one file (导入), all or nothing.

    Without a ``template`` columns are bound by Chinese name, alias or code of the ``variables``. ``register`` gives
    the name of every known entity by its code; a code outside it is an error (unless the sheet itself registers).
    ``period``, ``source`` and ``synthetic`` go before the template's. ``path`` may be the bytes of a file called
    ``name``. Never raises for what is in the file: that is in ``report``, with every problem.
    """
    name = name or (path.name if isinstance(path, Path) else "")
    template = template or implicit_template(list_variables(variables), source or name)
    template = replace(template, source=source or template.source)
    if synthetic is not None:
        template = replace(template, synthetic=synthetic)
    report = Report(name, template.code)
    try:
        report.sheets = read_workbook(path, name=name, limits=limits)
        report.sha256 = _hash_file(path)
    except KaiwuError as flaw:
        report.findings = [Finding(problem) for problem in flaw.problems]
        return _finish(_Gathered(), template, report)
    gathered = _Gathered()
    _Intake(template, register, period, gathered, on_progress).read(report.sheets)
    return _finish(gathered, template, report)


def _hash_file(path: Path | bytes) -> str:
    if isinstance(path, bytes):
        return hashlib.sha256(path).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class _Intake:
    """One import under way."""

    def __init__(
        self,
        template: ImportTemplate,
        register: Mapping[str, str] | None,
        period: Period | None,
        gathered: _Gathered,
        on_progress: Progress | None,
    ) -> None:
        self._template, self._register, self._period = template, register, period
        self._index = HeadIndex(template)
        self._gathered = gathered
        self._on_progress = on_progress
        self._done = self._all = 0

    def read(self, sheets: list[Sheet]) -> None:
        """Read all sheets that the template or their visibility calls for."""
        wanted = [sheet for sheet in sheets if self._is_wanted(sheet)]
        self._check_sheets(sheets)
        self._all = sum(len(sheet.rows) for sheet in wanted)
        found = [self._read_sheet(sheet) for sheet in wanted]
        if not any(found):
            self._complain_headless(wanted)
        self._check_figures_twice()

    def _check_sheets(self, sheets: list[Sheet]) -> None:
        """Every sheet that the template names has to be there; a CSV file is the one sheet, whatever its name."""
        present = {sheet.name for sheet in sheets}
        absent = [name for name in self._template.sheets if name not in present]
        if absent and not any(sheet.is_text_file for sheet in sheets):
            listed, there = "、".join(absent), "、".join(present)
            zh = f"没有表页“{listed}”(现有: {there}); 请核对表页名"
            self._note(Finding(Problem("IN-SHEET-ABSENT", zh, f"there is no sheet “{listed}” (there are: {there})")))

    def _is_wanted(self, sheet: Sheet) -> bool:
        if sheet.name == REPORT_SHEET or not sheet.rows:
            return False
        if self._template.sheets:
            return sheet.name in self._template.sheets or sheet.is_text_file
        if not sheet.is_visible:
            zh, en = "隐藏的表页未读取; 如需导入请取消隐藏", "a hidden sheet is not read; unhide it to import it"
            self._note(find_in(sheet, Problem("IN-SHEET-HIDDEN", zh, en), is_error=False))
        return sheet.is_visible

    def _note(self, *findings: Finding) -> None:
        self._gathered.findings.extend(findings)

    def _complain_headless(self, wanted: list[Sheet]) -> None:
        heads = "、".join(self._template.entity_heads[:4])
        zh = f"没有找到表头: 没有一行含有 {heads} 之一; 请核对列名或选用正确的模板"
        en = f"no head was found: no row holds one of {heads}; check the columns or choose the right template"
        problem = Problem("IN-HEAD-NONE", zh, en)
        kept = [f for f in self._gathered.findings if f.problem.code != "IN-HEAD-NONE"]
        self._gathered.findings[:] = kept + [find_in(sheet, problem) for sheet in wanted]
        if not wanted:
            zh, en = "没有可读的表页", "there is no sheet to read"
            self._note(Finding(Problem("IN-SHEET-NONE", zh, en)))

    def _read_sheet(self, sheet: Sheet) -> bool:
        """Read one sheet; whether it has a table."""
        try:
            layout = find_layout(sheet, self._index)
        except KaiwuError as flaw:
            self._note(*(Finding(problem, True, sheet.name) for problem in flaw.problems))
            return True
        if layout is None:
            zh, en = "这个表页没有可识别的表头, 未读取", "no head was recognised in this sheet; it is not read"
            self._note(find_in(sheet, Problem("IN-HEAD-NONE", zh, en), is_error=bool(self._template.sheets)))
            return False
        binding = bind_columns(sheet, layout, self._template, self._index, self._period)
        self._note(*binding.findings)
        if sheet.hidden_rows:
            zh, en = f"{sheet.hidden_rows} 个隐藏行也已读取", f"{sheet.hidden_rows} hidden rows were read as well"
            self._note(find_in(sheet, Problem("IN-ROWS-HIDDEN", zh, en), is_error=False))
        self._read_rows(sheet, layout, binding)
        return True

    def _read_rows(self, sheet: Sheet, layout: Layout, binding: Binding) -> None:
        reader = RowReader(sheet, layout, binding, self._template, self._register, self._period)
        kinds = {row: classify_row(sheet, row, binding) for row in sorted(sheet.rows) if row > layout.last_head_row}
        rows = []
        for row, kind in kinds.items():
            if kind == RowKind.DATA:
                rows.append(reader.read(row))
            self._done += 1
            if self._on_progress:
                self._on_progress(self._done, self._all)
        self._check_keys_twice(sheet, binding, rows)
        self._note(*(finding for row in rows for finding in row.findings))
        self._note(*check_totals(sheet, binding, kinds, {row.number: row for row in rows}))
        self._count(sheet, kinds, rows)
        self._gathered.figures += [figure for row in rows for figure in row.figures]
        self._gathered.entities += [row.entity for row in rows if row.entity]

    def _check_keys_twice(self, sheet: Sheet, binding: Binding, rows: list[Row]) -> None:
        """One entity, one row (for each period): otherwise both rows are refused."""
        key = binding.only(Role.ENTITY)
        assert key is not None, "a layout has a key column"
        seen: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            if row.code:
                seen.setdefault((row.code, row.period), []).append(row)
        for (code, _), twins in seen.items():
            if len(twins) < 2:
                continue
            listed = "、".join(str(row.number + 1) for row in twins)
            zh = f"代码 {code} 在第 {listed} 行重复, 不知以哪行为准; 请只留一行"
            en = f"code {code} stands in rows {listed}; keep one of them"
            for row in twins:
                row.findings.append(find_at(sheet, row.number, key.index, Problem("IN-ROW-TWICE", zh, en, text=code)))

    def _count(self, sheet: Sheet, kinds: dict[int, RowKind], rows: list[Row]) -> None:
        found = list(kinds.values())
        count = SheetCount(
            sheet=sheet.name,
            rows_in=len(kinds),
            accepted=sum(1 for row in rows if not row.is_rejected),
            rejected=sum(1 for row in rows if row.is_rejected),
            totals=sum(found.count(k) for k in (RowKind.TOTAL, RowKind.SUBTOTAL, RowKind.AVERAGE)),
            notes=found.count(RowKind.NOTE) + found.count(RowKind.HEAD),
            blank=found.count(RowKind.BLANK),
            cells_missing=sum(row.missing for row in rows),
            cells_rounded=sum(row.rounded for row in rows),
            figures=sum(len(row.figures) for row in rows if not row.is_rejected),
        )
        count.check()
        self._gathered.counts.append(count)

    def _check_figures_twice(self) -> None:
        """The same value of the same entity and period from two sheets: equal is a note, different an error."""
        seen: dict[tuple[str, str, str], dict[str, Any]] = {}
        kept = []
        for figure in self._gathered.figures:
            key = (figure["entity"], figure["variable"], figure["period"])
            first = seen.setdefault(key, figure)
            if first is figure:
                kept.append(figure)
            elif _sheet_of(first) != _sheet_of(figure):
                self._note(_two_values(first, figure))
        self._gathered.figures[:] = kept


def _sheet_of(figure: dict[str, Any]) -> str:
    return str(figure["place"]).rsplit("|", 1)[0]


def _two_values(first: dict[str, Any], other: dict[str, Any]) -> Finding:
    is_same = (first["value"], first["text"]) == (other["value"], other["text"])
    cell = f"{first['entity']} {first['variable']} {first['period']}".rstrip()
    zh = f"{cell} 在 {first['place']} 也有" + (", 值相同, 只取一次" if is_same else ", 值不同; 请只留一个")
    en = f"{cell} stands at {first['place']} too" + (", the same value" if is_same else ", another value; keep one")
    problem = Problem("IN-FIGURE-TWICE", zh, en, where=other["place"], text=other["raw"])
    return Finding(problem, is_error=not is_same, sheet=_sheet_of(other).rpartition("|")[2])


def _finish(gathered: _Gathered, template: ImportTemplate, report: Report) -> IntakeResult:
    """Close the report; with any error nothing at all is handed on."""
    report.findings += gathered.findings
    report.counts = gathered.counts
    columns = ["entity", "kind", "name", *template.attributes, "place"]
    figures = gathered.figures if report.is_accepted else []
    entities = gathered.entities if report.is_accepted else []
    report.figures, report.entities = len(figures), len(entities)
    return IntakeResult(
        pl.DataFrame(figures, schema=FIGURE_SCHEMA),
        pl.DataFrame(entities, schema=dict.fromkeys(columns, pl.String)),
        report,
    )
