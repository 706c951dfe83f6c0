"""Sheets as departments would send them (部门报表): titles, heads of one or two rows, labelled rows, totals.

Owns the content of every cell. It does not own spelling values (``dirt``) nor writing files (``workbook``). What a
head is called is read from the import template, so that what is written is what can be taken in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.figure.import_template import ImportTemplate
from kaiwu.figure.variable import Variable
from kaiwu.quantity import KaiwuError, Problem, find_unit
from kaiwu.quantity.unit import Unit
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.dirt import Cell, Scribe, Spelled
from kaiwu.synth.district import District, Roster
from kaiwu.synth.draw import Mask, Whole
from kaiwu.synth.naming import spell_code, spell_name
from kaiwu.synth.section import model_unit
from kaiwu.synth.sheet_setting import ColumnSpec, SheetSpec

NUMBER_HEAD, TOTAL = "序号", "合计"
KEY_PLACE = 2
"""The column of the key, behind the running number and the label."""
LAYOUTS = ("once", "wide", "heads", "sheets", "files")


@dataclass(slots=True)
class Page:
    """One sheet: lines above, heads as (upper, lower) where ``upper`` may be empty, columns of equal length."""

    name: str
    lines: tuple[str, ...]
    heads: list[tuple[str, str]]
    columns: list[list[Cell]]
    total: list[Cell] | None = None


@dataclass(slots=True)
class Book:
    """One file (工作簿). ``missing`` of ``applicable`` cells were left empty; cells that never are do not count."""

    file: str
    template: str
    pages: list[Page] = field(default_factory=list)
    applicable: int = 0
    missing: int = 0

    @property
    def rows(self) -> int:
        """Rows of data over all pages."""
        return sum(len(page.columns[0]) for page in self.pages)


def make_books(district: District, spec: SheetSpec, template: ImportTemplate) -> list[Book]:
    """The file, or the files by year, of one department. Raises ``KaiwuError`` for a column without a template."""
    if spec.layout not in LAYOUTS:
        listed = ", ".join(LAYOUTS)
        raise KaiwuError(
            Problem("Y-LAYOUT", f"没有版式“{spec.layout}”; 可用: {listed}", f"no layout “{spec.layout}”; use {listed}")
        )
    return _Desk(district, spec, template).make()


class _Desk:
    """Where one department's sheets are made."""

    def __init__(self, district: District, spec: SheetSpec, template: ImportTemplate) -> None:
        self.calibration: Calibration = district.calibration
        self.roster: Roster = district.roster(spec.rows)
        self.pool = self.roster.pools[spec.rows]
        self.spec, self.template = spec, template
        self.rng = district.streams.open(f"sheet {spec.template}")
        self.scribe = Scribe(self.calibration.settings.dirt, self.rng, is_clean=spec.clean)
        self.rules = {rule.variable.code: rule for rule in template.columns}

    def make(self) -> list[Book]:
        years = self.roster.years
        if self.spec.layout in ("sheets", "files"):
            books = [self._book(f"{year}年度" if self.spec.layout == "files" else "") for year in years]
            if self.spec.layout == "sheets":
                books = [books[0]]
            for place, year in enumerate(years):
                book = books[place % len(books)]
                self._add_page(book, f"{year}年", place)
            return books
        book = self._book("")
        self._add_page(book, "Sheet1", None)
        return [book]

    def _book(self, suffix: str) -> Book:
        return Book(f"{self.template.zh}{f'_{suffix}' if suffix else ''}.xlsx", self.template.code)

    def _add_page(self, book: Book, name: str, year: int | None) -> None:
        member = self.pool.any(axis=1) if year is None else self.pool[:, year]
        if self.spec.layout == "once":
            member = self.pool[:, -1] if self.spec.rows != "all" else member
        order = self.rng.permutation(np.flatnonzero(member))
        heads, columns, totals = self._identify(order)
        for spec in self.spec.columns:
            if spec.show:
                continue
            for head, spelled in self._measure(spec, order, year):
                heads.append(head)
                columns.append(spelled.cells)
                totals.append(spelled.total if _is_additive(self._rule(spec)) and not spec.always else None)
                book.applicable += 0 if self.spec.clean or spec.always else spelled.applicable
                book.missing += spelled.missing
        total = [TOTAL if i == KEY_PLACE else v for i, v in enumerate(totals)] if self.spec.total else None
        book.pages.append(_side_by_side(Page(name, self._lines(year), heads, columns, total)))

    def _lines(self, year: int | None) -> tuple[str, ...]:
        settings = self.calibration.settings
        years = self.roster.years
        shown = years[-1] if year is None else years[year]
        title = self.spec.title.format(year=shown, first=years[0], last=years[-1])
        sender = settings.name.sender.format(mark=settings.name.mark, sender=self.spec.sender)
        unit = f"    单位: {self.spec.unit_in_title}" if self.spec.unit_in_title else ""
        return (f"{title}({settings.name.label})", f"报送部门: {sender}    填报日期: {shown + 1}年3月20日{unit}")

    # -- columns that say who ---------------------------------------------------------------------------------------

    def _identify(self, order: Whole) -> tuple[list[tuple[str, str]], list[list[Cell]], list[Cell]]:
        """Running number, label, and the columns of the key and the name or those that the sheet asks for."""
        name = self.calibration.settings.name
        heads = [("", NUMBER_HEAD), ("", name.column)]
        columns: list[list[Cell]] = [list(range(1, len(order) + 1)), [name.label] * len(order)]
        shown = [c for c in self.spec.columns if c.show] or [
            ColumnSpec(head=self.template.entity_heads[0], show="code"),
            ColumnSpec(head=self.template.name_heads[0], show="name"),
        ]
        for column in shown:
            heads.append(("", column.head))
            columns.append(self._texts(column.show, order))
        totals: list[Cell] = [None, name.label, *[None] * len(shown)]
        return heads, columns, totals

    def _texts(self, show: str, order: Whole) -> list[Cell]:
        texts, dirt = self.roster.texts, self.calibration.settings.dirt
        if self.spec.clean or show not in ("code", "name"):
            return [texts[show][i] or None for i in order]
        if show == "code":
            return [spell_code(self.rng, texts["code"][i], dirt.codes) for i in order]
        spell = partial(spell_name, self.rng, shares=dirt.names)
        return [spell(texts["name"][i], texts["short"][i], texts["former"][i]) for i in order]

    # -- columns of figures -----------------------------------------------------------------------------------------

    def _rule(self, spec: ColumnSpec) -> Variable:
        rule = self.rules.get(spec.variable)
        if rule is None:
            known = ", ".join(self.rules)
            raise KaiwuError(Problem("Y-COLUMN", f"导入模板 {self.template.code} 没有变量“{spec.variable}”的列; 有: {known}",
                                     f"template {self.template.code} has no column for “{spec.variable}”; it has: {known}"))  # fmt: skip
        return rule.variable

    def _measure(self, spec: ColumnSpec, order: Whole, year: int | None) -> Iterator[tuple[tuple[str, str], Spelled]]:
        """One column, or one for each year."""
        variable, measures = self._rule(spec), self.roster.measures
        if spec.measure not in measures:
            known = ", ".join(measures)
            raise KaiwuError(
                Problem(
                    "Y-MEASURE",
                    f"模型没有“{spec.measure}”; 有: {known}",
                    f"the model has no “{spec.measure}”; it has: {known}",
                )
            )
        values = measures[spec.measure]
        unit = find_unit(spec.unit, dimension=variable.unit.dimension) if spec.unit and variable.unit else None
        factor = _factor(unit) if unit else 1.0
        head = self._head(spec, unit)
        spell = partial(self.scribe.spell, variable=variable, factor=factor, decimals=spec.decimals, always=spec.always)
        years = range(len(self.roster.years)) if values.ndim == 2 and self.spec.layout in ("wide", "heads") else None
        if years is None:
            column = values if values.ndim == 1 else values[:, -1 if year is None else year]
            yield ((spec.group, head), spell(column[order]))
            return
        for place in years:
            label = f"{self.roster.years[place]}年"
            # In a sheet over several years a firm has figures only for the years in which it belongs there.
            column = _masked(values[:, place], self.pool[:, place])
            upper = label if self.spec.layout == "wide" else spec.group
            yield ((upper, head if self.spec.layout == "wide" else f"{label}{head}"), spell(column[order]))

    def _head(self, spec: ColumnSpec, unit: Unit | None) -> str:
        head = self.rules[spec.variable].heads[0]
        if not spec.unit or spec.unit == self.spec.unit_in_title:
            return head
        return f"{head}（{spec.unit}）" if "(" in spec.unit else f"{head}({spec.unit})"


def _side_by_side(page: Page) -> Page:
    """Columns under one upper head next to each other, in the order of their first."""
    first: dict[str, int] = {}
    for place, (upper, _) in enumerate(page.heads):
        first.setdefault(upper, place)
    order = sorted(range(len(page.heads)), key=lambda i: (first[page.heads[i][0]] if page.heads[i][0] else i, i))
    page.heads = [page.heads[i] for i in order]
    page.columns = [page.columns[i] for i in order]
    page.total = [page.total[i] for i in order] if page.total is not None else None
    return page


def _masked(values: NDArray[Any], inside: Mask) -> NDArray[Any]:
    found = values.copy() if values.dtype == object else values.astype(np.float64)
    found[~inside] = None if values.dtype == object else np.nan
    return found


def _factor(unit: Unit) -> float:
    """From the unit of the model to the unit of a sheet."""
    return float(model_unit(unit).factor / unit.factor)


def _is_additive(variable: Variable) -> bool:
    """Whether a totals row shows a sum; rates, points and numbers of plots have none."""
    powers = variable.unit.dimension.powers if variable.unit else ()
    is_amount = len(powers) == 1 and powers[0][1] == 1
    return is_amount and variable.kind.value in ("money", "quantity", "count")
