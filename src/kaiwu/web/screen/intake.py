"""Excel into a screen (Excel 导入): reading a sheet by the declared columns, checking all of it, taking in all or nothing.

Owns the step from cells to records of a screen. The file is read by the limited child process of ``kaiwu.figure``; figures of
firms do not come in here but through the import templates of the packs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db import connection, models, transaction

from kaiwu.figure.cell_value import NO, YES
from kaiwu.figure.finding import Finding, find_at, find_in
from kaiwu.figure.head import fold_head
from kaiwu.figure.sheet import Cell, CellKind, Sheet
from kaiwu.figure.workbook import choose_sheet, read_workbook
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.quantity.date import parse_date
from kaiwu.quantity.number import fold_text, is_missing_token
from kaiwu.quantity.parse import parse_quantity
from kaiwu.quantity.unit import find_unit
from kaiwu.web.account.models import Person
from kaiwu.web.event.services import Actor, Deed, record_many
from kaiwu.web.screen.column import Column
from kaiwu.web.screen.screen import Screen

MAX_ROWS = 20_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,18})(?:\.[0-9]{1,9})?", re.ASCII)
HEAD_ROWS = 30
"""Rows in which the heads are looked for: a printed list has its title block above them."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A column that comes in: the model's field that it fills; of a relation also the look-up of its text."""

    column: Column
    field: Any
    lookup: str = ""

    @property
    def is_required(self) -> bool:
        """Whether a row must have it."""
        return not (self.field.null or self.field.blank or self.field.has_default())


@dataclass(slots=True)
class Checked:
    """A sheet as checked: the values of every row by field, the record that a row changes, and what is wrong."""

    sheets: list[Sheet]
    slots: list[Slot] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    known: list[Any] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        """Whether everything may come in."""
        return not any(f.is_error for f in self.findings)

    @property
    def changed(self) -> int:
        """How many rows change a record that there is."""
        return sum(record is not None for record in self.known)


def slots_of(screen: Screen) -> list[Slot]:
    """The importable columns with their fields. ``town__name`` fills the relation ``town`` by the name of a town."""
    slots = []
    for code in screen.importable:
        name, _, lookup = code.partition("__")
        slots.append(Slot(screen.column(code), screen.model._meta.get_field(name), lookup))
    return slots


def check_file(screen: Screen, person: Person, content: bytes, name: str) -> Checked:
    """Read and check a whole file; nothing is written. Raises ``KaiwuError`` where it is no readable workbook."""
    sheets = read_workbook(content, name=name)
    named = [s for s in sheets if s.is_visible and s.name == screen.zh and s.rows]
    sheet = named[0] if len(named) == 1 else choose_sheet(sheets, name)
    checked = Checked([sheet])
    found = _find_heads(sheet, slots_of(screen))
    if found is None:
        checked.findings.append(find_in(sheet, _no_heads(screen)))
        return checked
    head, places = found
    checked.slots = list(places)
    _read_rows(_Reading(screen, person, sheet, checked), head, list(places.items()))
    return checked


def _find_heads(sheet: Sheet, slots: list[Slot]) -> tuple[int, dict[Slot, int]] | None:
    """The first row that names every required column, and where each column stands."""
    for row in sorted(sheet.rows)[:HEAD_ROWS]:
        heads = {
            fold_head(sheet.cell(row, c).text): c for c in reversed(sheet.columns) if not sheet.cell(row, c).is_blank
        }
        places = {}
        for slot in slots:
            at = next((heads[h] for h in map(fold_head, (slot.column.zh, slot.column.en)) if h in heads), None)
            if at is not None:
                places[slot] = at
        if places and all(slot in places for slot in slots if slot.is_required):
            return row, places
    return None


@dataclass(slots=True)
class _Reading:
    screen: Screen
    person: Person
    sheet: Sheet
    checked: Checked
    links: dict[tuple[str, str], Any] = field(default_factory=dict)


def _read_rows(reading: _Reading, head: int, places: list[tuple[Slot, int]]) -> None:
    sheet, checked, screen = reading.sheet, reading.checked, reading.screen
    key = [screen.importable[0]] if not screen.import_key else list(screen.import_key)
    known = {_key_of(screen, r, key): r for r in screen.rows(reading.person)}
    first_row: dict[tuple[Any, ...], int] = {}
    filled = [r for r in sorted(sheet.rows) if r > head and any(not sheet.cell(r, c).is_blank for _, c in places)]
    if len(filled) > MAX_ROWS or not filled:
        zh = f"一次导入 1 到 {MAX_ROWS:,} 行, 现有 {len(filled):,} 行"
        checked.findings.append(
            find_in(
                sheet,
                Problem("W-IMPORT-ROWS", zh, f"between 1 and {MAX_ROWS:,} rows at a time, there are {len(filled):,}"),
            )
        )
        return
    for row in filled:
        values = {slot.field.name: _read(reading, slot, row, column) for slot, column in places}
        mark = tuple(values.get(code.partition("__")[0]) for code in key)
        if mark in first_row and None not in mark:
            zh, en = f"与第 {first_row[mark] + 1} 行重复", f"the same as row {first_row[mark] + 1}"
            checked.findings.append(find_at(sheet, row, places[0][1], Problem("W-IMPORT-TWICE", zh, en)))
        first_row.setdefault(mark, row)
        checked.rows.append(values)
        checked.known.append(known.get(mark))


def _key_of(screen: Screen, record: Any, key: Iterable[str]) -> tuple[Any, ...]:
    return tuple(getattr(record, code.partition("__")[0]) for code in key)


def _read(reading: _Reading, slot: Slot, row: int, column: int) -> Any:
    """The value of a cell; ``None`` where it is missing or wrong, and then the finding is kept."""
    cell = reading.sheet.cell(row, column)
    try:
        value = _link(reading, slot, cell) if slot.lookup else _plain(slot, cell)
    except KaiwuError as error:
        reading.checked.findings += [find_at(reading.sheet, row, column, p) for p in error.problems]
        return None
    if value is None and slot.is_required:
        wanted = Problem("W-IMPORT-MISSING", f"“{slot.column.zh}”必填", f"“{slot.column.en}” is required")
        reading.checked.findings.append(find_at(reading.sheet, row, column, wanted))
    return value


def _link(reading: _Reading, slot: Slot, cell: Cell) -> Any:
    """The record that a text names, among those in this person's reach."""
    text = _text(cell)
    if text is None:
        return None
    mark = (slot.column.code, text)
    if mark not in reading.links:
        manager = slot.field.related_model._default_manager
        found = list(manager.visible_to(reading.person).filter(**{slot.lookup: text})[:2])
        reading.links[mark] = found[0] if len(found) == 1 else None
    if reading.links[mark] is None:
        zh, en = (
            f"{slot.column.zh}“{text}”不在您的范围内, 请写主体库里的全称",
            f"no {slot.column.en} “{text}” in your reach: write its full name",
        )
        raise KaiwuError(Problem("W-IMPORT-LINK", zh, en, text=text))
    return reading.links[mark]


def _plain(slot: Slot, cell: Cell) -> Any:
    if cell.kind in (CellKind.ERROR, CellKind.FORMULA):
        raise _wrong(slot, cell, "公式没有结果或出错, 请改填数值", "a formula without a result: write the value")
    column = slot.column
    if column.words is not None:
        return _word(slot, cell)
    return _READERS[column.kind](slot, cell)


def _text(cell: Cell) -> str | None:
    text = cell.text.strip()
    return None if cell.is_blank or (cell.kind == CellKind.TEXT and is_missing_token(text)) else text


def _read_text(slot: Slot, cell: Cell) -> str | None:
    text = _text(cell)
    longest = getattr(slot.field, "max_length", None)
    if text is not None and longest and len(text) > longest:
        raise _wrong(slot, cell, f"最多 {longest} 字", f"at most {longest} characters")
    return text


def _read_number(slot: Slot, cell: Cell) -> int | None:
    """Exact: an integer in the column's smallest unit, or a problem."""
    if (text := _text(cell)) is None:
        return None
    column = slot.column
    if column.kind == "money":
        unit = find_unit("万元")
        value = parse_quantity(text, default_unit=unit, dimension=unit.dimension).base
    elif found := _NUMBER.fullmatch(fold_text(text)):
        value = Fraction(found.group().replace(",", "")) * (1 if column.kind == "whole" else 10**column.decimals)
    else:
        raise _wrong(slot, cell, "请写一个数值, 不带单位", "write one number without a unit")
    if value.denominator != 1:
        raise _wrong(slot, cell, "小数位太多", "too many decimals")
    low, high = connection.ops.integer_field_range(slot.field.get_internal_type())
    if not low <= value <= high:
        raise _wrong(slot, cell, "数值超出范围", "the number is out of range")
    return int(value)


def _read_date(slot: Slot, cell: Cell) -> dt.date | None:
    text = _text(cell)
    return None if text is None else dt.date.fromisoformat(text) if cell.kind == CellKind.DATE else parse_date(text)


def _word(slot: Slot, cell: Cell) -> Any:
    if (text := _text(cell)) is None:
        return None
    words = slot.column.words or {}
    if set(words) <= {True, False}:
        word = text.casefold()
        if word in YES | NO:
            return word in YES
    for code, names in words.items():
        if fold_head(text) in map(fold_head, (str(code), *names)):
            return code
    listed = "、".join(zh for zh, _ in words.values())
    raise _wrong(slot, cell, f"只能填: {listed}", "one of: " + ", ".join(en for _, en in words.values()))


_READERS: dict[str, Callable[[Slot, Cell], Any]] = {
    "text": _read_text, "whole": _read_number, "money": _read_number, "decimal": _read_number, "date": _read_date,
}  # fmt: skip


def _wrong(slot: Slot, cell: Cell, zh: str, en: str) -> KaiwuError:
    column = slot.column
    return KaiwuError(
        Problem(
            "W-IMPORT-VALUE",
            f"列“{column.zh}”的“{cell.text}”: {zh}",
            f"“{cell.text}” in column “{column.en}”: {en}",
            text=cell.text,
        )
    )


def _no_heads(screen: Screen) -> Problem:
    wanted = [s.column for s in slots_of(screen) if s.is_required]
    zh = f"没有找到表头; 至少要有: {'、'.join(c.zh for c in wanted)}"
    return Problem("W-IMPORT-HEAD", zh, f"no heads found; at least: {', '.join(c.en for c in wanted)}")


@transaction.atomic
def take_in(actor: Actor, person: Person, screen: Screen, checked: Checked) -> int:
    """Write the rows of an accepted sheet, each with its event; returns how many records are new or changed.

    Raises ``KaiwuError`` where the sheet has errors or a row would end outside this person's reach; nothing is kept then.
    """
    if not checked.is_accepted:
        raise KaiwuError([f.problem for f in checked.findings if f.is_error])
    deeds, written = [], []
    for values, known in zip(checked.rows, checked.known, strict=True):
        given = {name: _stored(screen, name, value) for name, value in values.items()}
        target = known if known is not None else screen.model()
        before = {} if known is None else {name: getattr(known, name) for name in given}
        if known is not None and before == given:
            continue
        for name, value in given.items():
            setattr(target, name, value)
        target.save()
        written.append(target.pk)
        changed = {name: value for name, value in given.items() if before.get(name) != value}
        deeds.append(_deed(screen, target, {name: before[name] for name in changed if name in before}, changed))
    if screen.rows(person).filter(pk__in=written).count() != len(written):
        zh, en = "有的行不在您的范围内", "some rows are out of your reach"
        raise KaiwuError(Problem("W-IMPORT-REACH", zh, en, where=screen.code))
    record_many(actor, deeds)
    return len(written)


def _stored(screen: Screen, name: str, value: Any) -> Any:
    """What is kept for a blank cell: the field's default, an empty text, or nothing."""
    field_: Any = screen.model._meta.get_field(name)
    if value is not None or field_.null:
        return value
    return (
        field_.get_default()
        if field_.has_default()
        else ""
        if isinstance(field_, models.CharField | models.TextField)
        else value
    )


def _deed(screen: Screen, target: Any, before: dict[str, Any], after: dict[str, Any]) -> Deed:
    firm = getattr(target, "firm", None)
    return Deed(
        "record.import",
        screen.code,
        screen.key_of(target),
        firm=firm.entity if firm else "",
        before=before,
        after=after,
    )
