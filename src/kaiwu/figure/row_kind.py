"""What each row below the head is (行类型): data, total, note, a head printed again, or empty.

Owns that decision and nothing else. A row that might be data is data, so that its problems are told.
"""

from __future__ import annotations

import re
from enum import StrEnum

from kaiwu.figure.binding import Binding, Column
from kaiwu.figure.head import fold_head
from kaiwu.figure.head_index import Role
from kaiwu.figure.sheet import Cell, CellKind, Sheet
from kaiwu.quantity.number import is_missing_token


class RowKind(StrEnum):
    """The kinds of row."""

    DATA = "data"
    TOTAL = "total"  # 合计, 总计: the sum of all rows
    SUBTOTAL = "subtotal"  # 小计: the sum of a group
    AVERAGE = "average"  # 平均: no sum
    NOTE = "note"  # 注, 填表人, a section title
    HEAD = "head"  # the head printed again on a new page
    BLANK = "blank"  # nothing but a running number or missing marks


_TOTAL = re.compile(
    r"(?:全[国省市区县]|本[页区市县]|以上|企业|各.{1,6})?(合计|总计|共计|总和|小计|分计|平均|均值|平均值|平均数)数?:?\Z"
)
_SUBTOTALS = ("小计", "分计")
_NOTE = re.compile(
    r"\(?注[\d(:、.)]|※|第\d+页|共\d+页|打印(?:日期|时间)"
    r"|(?:注意|备注|说明|填报|填表|制表|编制|复核|审核|审定|负责人|单位负责|统计负责|联系|电话|数据来源|资料来源|来源"
    r"|附注|签字|签名|盖章|日期)[^:]{0,8}:"
)
_SECTION = re.compile(r"(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+[、.])")


def classify_row(sheet: Sheet, row: int, binding: Binding) -> RowKind:
    """Decide what a row below the head is, by its key, its words and whether bound columns hold anything."""
    key = binding.only(Role.ENTITY)
    assert key is not None, "a layout has a key column"
    if _is_head_again(sheet, row, key):
        return RowKind.HEAD
    is_keyless = _is_missing(sheet.filled(row, key.index)) or _total_word(sheet.filled(row, key.index)) != ""
    words = [_total_word(sheet.cell(row, c)) for c in sheet.columns]
    word = next((w for w in words if w), "")
    if is_keyless and word:
        return _total_kind(word)
    values = [c for c in binding.columns if c.role not in (Role.IGNORED, Role.UNBOUND)]
    if _is_note(sheet, row, values):
        return RowKind.NOTE
    is_empty = all(_is_missing(_content(sheet, row, c)) for c in values)
    return RowKind.BLANK if is_empty else RowKind.DATA


def _content(sheet: Sheet, row: int, column: Column) -> Cell:
    """Merged keys and names count for each of their rows; merged values are judged where they stand."""
    return sheet.cell(row, column.index) if column.role == Role.VALUE else sheet.filled(row, column.index)


def _is_missing(cell: Cell) -> bool:
    return cell.is_blank or (cell.kind == CellKind.TEXT and is_missing_token(cell.text))


def _total_word(cell: Cell) -> str:
    """合计, 小计 … where a cell says nothing else, else empty."""
    found = _TOTAL.match(fold_head(cell.text)) if cell.kind == CellKind.TEXT else None
    return found[1] if found else ""


def _total_kind(word: str) -> RowKind:
    if word in _SUBTOTALS:
        return RowKind.SUBTOTAL
    return RowKind.AVERAGE if word.startswith(("平均", "均值")) else RowKind.TOTAL


def _is_note(sheet: Sheet, row: int, values: list[Column]) -> bool:
    """Remarks and signatures below the table, or a section title alone in its row."""
    texts = [(c, sheet.cell(row, c)) for c in sheet.columns if not sheet.cell(row, c).is_blank]
    if not texts or any(cell.kind != CellKind.TEXT for _, cell in texts):
        return False
    first = texts[0][1].text.strip()
    folded = re.sub(r"\s+", "", first).replace("：", ":").replace("（", "(").replace("）", ")")
    value_columns = {c.index for c in values if c.role == Role.VALUE}
    numbers = [cell for c, cell in texts[1:] if c in value_columns and cell.text.strip()[:1].isdecimal()]
    if _NOTE.match(folded):
        return not numbers
    is_wide = any(
        top <= row <= bottom and (right - left + 1) * 2 >= sheet.width for top, left, bottom, right in sheet.merged
    )
    return len(texts) == 1 and (is_wide or bool(_SECTION.match(folded)))


def _is_head_again(sheet: Sheet, row: int, key: Column) -> bool:
    """The key column repeats one of its heads."""
    cell = sheet.cell(row, key.index)
    return cell.kind == CellKind.TEXT and fold_head(cell.text) in map(fold_head, key.parts)
