"""Where the table in a sheet begins (表格位置): title lines, head rows, first row of data.

Owns finding the head rows by what the heads mean, heads of several rows, merged heads, rows of units or column
numbers below them. It does not own what two columns mean together (``binding``) nor rows of data (``row_kind``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kaiwu.figure.head import find_periods, find_units, fold_head, read_period_text, read_unit_text
from kaiwu.figure.head_index import HeadIndex, Role
from kaiwu.figure.sheet import CellKind, Sheet
from kaiwu.quantity.number import is_missing_token
from kaiwu.quantity.period import Period
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import Unit

SEARCHED_ROWS = 40
"""Rows in which a head is looked for; more title lines do not occur."""
MAX_HEAD_ROWS = 4
MAX_COLUMNS = 1_000
"""No form is wider; every column costs time to find the head."""

_TITLE = re.compile(r":|(?:表|汇总|一览|明细|清单|台账|名单|名录|附件[0-9]*|情况|统计|数据)(?:\([^()]*\))?$")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_COLUMN_NUMBER = re.compile(r"\(?([0-9]{1,3})\)?\Z")


@dataclass(slots=True)
class Layout:
    """The place of a table: head rows ``top`` … ``bottom`` (from 0, inclusive; data begins below ``skipped``).

    ``heads`` gives for each column its head cells from the upper to the lowest, repeated ones once.
    ``title_units`` and ``title_periods`` are declared in the lines above.
    """

    top: int
    bottom: int
    heads: dict[int, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    title_units: tuple[Unit, ...] = ()
    title_periods: tuple[Period, ...] = ()

    @property
    def last_head_row(self) -> int:
        """The last row that is no data."""
        return max((self.bottom, *self.skipped))


def find_layout(sheet: Sheet, index: HeadIndex) -> Layout | None:
    """Find the head rows of a sheet: those under which the most columns get different meanings, the key among
    them; of equal ones the fewest rows, then the upper. ``None`` where no row names the key column.

    Raises ``KaiwuError`` ``IN-SHEET-WIDE`` beyond ``MAX_COLUMNS`` columns.
    """
    if sheet.width > MAX_COLUMNS:
        zh, en = f"表页超过 {MAX_COLUMNS} 列, 请拆分", f"the sheet has more than {MAX_COLUMNS} columns: split it"
        raise KaiwuError(Problem("IN-SHEET-WIDE", zh, en, where=f"{sheet.file} 表页“{sheet.name}”"))
    rows = sorted(sheet.rows)[:SEARCHED_ROWS]
    keyed = {row for row in rows if any(index.is_key(sheet.filled(row, column).text) for column in sheet.columns)}
    best: tuple[int, int, int] | None = None
    for at, top in enumerate(rows):
        for depth in range(1, MAX_HEAD_ROWS + 1):
            block = rows[at : at + depth]
            if len(block) < depth or block[-1] != top + depth - 1:
                break
            if not keyed.intersection(block):
                continue
            score = _score(read_heads(sheet, top, block[-1]), index)
            rank = (score, -depth, -top)
            if score and (best is None or rank > best):
                best = rank
    if best is None:
        return None
    top, bottom = -best[2], -best[2] - best[1] - 1
    while bottom - top + 1 < MAX_HEAD_ROWS and _is_group_row(sheet, top - 1, top):
        top -= 1
    return _complete(sheet, top, _extend(sheet, top, bottom, index))


def _score(heads: dict[int, tuple[str, ...]], index: HeadIndex) -> int:
    """How many different meanings the heads have; 0 where none is the key."""
    found = {match.key for parts in heads.values() for match in index.match(parts)}
    return len(found) if any(key[0] == Role.ENTITY for key in found) else 0


def read_heads(sheet: Sheet, top: int, bottom: int) -> dict[int, tuple[str, ...]]:
    """The head cells of each column in rows ``top`` to ``bottom``, merged and continued groups filled in."""
    heads = {}
    for column in sheet.columns:
        parts: list[str] = []
        for row in range(top, bottom + 1):
            text = _head_text(sheet, row, column, bottom)
            if text and (not parts or parts[-1] != text):
                parts.append(text)
        if parts:
            heads[column] = tuple(parts)
    return heads


def _head_text(sheet: Sheet, row: int, column: int, bottom: int) -> str:
    cell = sheet.filled(row, column)
    if not cell.is_blank:
        return "".join(cell.text.split())
    if row == bottom or sheet.anchor(row, column) != (row, column) or sheet.cell(bottom, column).is_blank:
        return ""
    return _continued_group(sheet, row, column, bottom)


def _continued_group(sheet: Sheet, row: int, column: int, bottom: int) -> str:
    """A group head written once over several columns without merging (CSV, centred across a selection)."""
    for left in range(column - 1, sheet.left - 1, -1):
        if sheet.filled(bottom, left).is_blank:
            return ""  # a head of one row stands between: the group ended there
        if sheet.is_merged(row, left):
            return ""  # a merged group says itself how far it goes
        if not sheet.cell(row, left).is_blank:
            return "".join(sheet.cell(row, left).text.split())
    return ""


def _is_group_row(sheet: Sheet, row: int, top: int) -> bool:
    """A row just above the heads that stands over some of the columns only (合并, 2023年): it belongs to the heads,
    because it may change what they mean. A title stands at the left, over everything, or says 表."""
    return any(_is_group(sheet, row, column, top) for column in sheet.columns)


def _is_group(sheet: Sheet, row: int, column: int, top: int) -> bool:
    cell = sheet.filled(row, column)
    if cell.is_blank or cell.kind != CellKind.TEXT:
        return False
    area = next((m for m in sheet.merged if m[0] <= row <= m[2] and m[1] <= column <= m[3]), None)
    if area is not None and area[2] >= top:
        return True
    first, last = (column, column) if area is None else (area[1], area[3])
    is_title = _TITLE.search(fold_head(cell.text)) is not None
    is_wide = (last - first + 1) * 5 >= sheet.width * 4
    return not is_title and not is_wide and first > sheet.left


def _extend(sheet: Sheet, top: int, bottom: int, index: HeadIndex) -> int:
    """Take in rows below that hold nothing but units or periods."""
    key = _key_column(sheet, top, bottom, index)
    while bottom - top < MAX_HEAD_ROWS and _is_unit_row(sheet, bottom + 1, key):
        bottom += 1
    return bottom


def _key_column(sheet: Sheet, top: int, bottom: int, index: HeadIndex) -> int:
    heads = read_heads(sheet, top, bottom)
    return next(c for c, parts in heads.items() if any(m.target.role == Role.ENTITY for m in index.match(parts)))


def _is_unit_row(sheet: Sheet, row: int, key: int) -> bool:
    texts = {c: sheet.cell(row, c).text for c in sheet.columns if not sheet.cell(row, c).is_blank}
    key_text = texts.pop(key, "")
    if not texts or not (is_missing_token(key_text) or fold_head(key_text) in ("单位", "计量单位")):
        return False
    telling = [t for t in texts.values() if read_unit_text(t) or read_period_text(t)]
    rest = [t for t in texts.values() if t not in telling]
    return bool(telling) and all(is_missing_token(t) or fold_head(t) in ("单位", "计量单位") for t in rest)


def _complete(sheet: Sheet, top: int, bottom: int) -> Layout:
    titles = tuple(cell.text for row, _, cell in sheet.cells() if row < top)
    skipped = (bottom + 1,) if _is_number_row(sheet, bottom + 1) else ()
    return Layout(
        top,
        bottom,
        read_heads(sheet, top, bottom),
        skipped,
        titles,
        tuple(dict.fromkeys(unit for line in titles for unit in find_units(line))),
        tuple(dict.fromkeys(period for line in titles for period in find_periods(line))),
    )


def _is_number_row(sheet: Sheet, row: int) -> bool:
    """A row that numbers the columns: 甲 乙 1 2 3, or (1) (2) (3) …, without a gap."""
    texts = [fold_head(sheet.cell(row, c).text) for c in sheet.columns if not sheet.cell(row, c).is_blank]
    stems = [t for t in texts if t in _STEMS]
    numbers = [m for m in map(_COLUMN_NUMBER.match, (t for t in texts if t not in _STEMS)) if m]
    if len(stems) + len(numbers) != len(texts) or len(texts) < 3:
        return False
    is_counted = [int(m[1]) for m in numbers] == list(range(1, len(numbers) + 1))
    is_marked = bool(stems) or all(m[0].startswith("(") for m in numbers)
    return is_counted and "".join(stems) == _STEMS[: len(stems)] and (is_marked or len(texts) == sheet.width)
