"""Lists of claims, earlier awards and payments (申报表, 已兑付清单, 支付清单) read from CSV or Excel.

Owns heads, units and places of such a list. What a list must hold is checked where it is used (``kaiwu.benefit.settlement``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.benefit.settlement import Settlement
from kaiwu.figure.fact import read_value
from kaiwu.figure.reading.sheet_scan import print_reference
from kaiwu.figure.sheet import Cell, CellKind, Sheet
from kaiwu.figure.variable import Variable
from kaiwu.figure.workbook import choose_sheet, read_workbook
from kaiwu.quantity import (
    Dimension,
    KaiwuError,
    Problem,
    Unit,
    date_index,
    find_unit,
    is_missing_token,
    parse_date,
    parse_quantity,
)
from kaiwu.quantity.dimension import MONEY

HEADS: Mapping[str, tuple[str, ...]] = {
    "claim": ("申报号", "申报编号", "claim"),
    "entity": ("主体代码", "统一社会信用代码", "社会信用代码", "信用代码", "entity"),
    "clause": ("条款", "条款编号", "clause"),
    "matter": ("事项", "同一事项", "matter"),
    "year": ("年度", "兑付年度", "year"),
    "filed": ("申报日期", "受理日期", "filed"),
    "rank": ("名次", "排名", "rank"),
    "amount": ("金额", "申报金额", "amount"),
    "low": ("金额下限", "low"),
    "high": ("金额上限", "high"),
    "basis": ("基数", "实际投入", "basis"),
    "version": ("版本", "version"),
    "programme": ("方案", "政策", "programme"),
    "level": ("层级", "level"),
    "paid": ("已兑付", "已兑付金额", "实付金额", "paid"),
    "choice": ("选择", "choice"),
}
"""Heads of the standard columns; a money head carries its unit (金额(万元)) where its cells do not."""
MONEY_COLUMNS = ("amount", "low", "high", "basis", "paid")
WHOLE_COLUMNS = ("year", "rank")
CLAIM_HEADS = ("申报号", "主体代码", "条款", "事项", "年度", "申报日期", "名次", "金额(元)", "基数(元)")
PRIOR_HEADS = ("主体代码", "事项", "条款", "方案", "层级", "年度", "已兑付(元)")
PAID_HEADS = ("申报号", "主体代码", "条款", "事项", "年度", "实付金额(元)")
"""Heads of the lists to be filled in."""
_UNIT = re.compile(r"(.+?)\s*[(（]\s*(?:单位\s*[:：]\s*)?([^()（）]+?)\s*[)）]\Z")
_NAMES = {name.casefold(): column for column, names in HEADS.items() for name in names}


@dataclass(frozen=True, slots=True)
class _Head:
    column: str
    unit: Unit | None
    variable: Variable | None = None


def read_list(source: Path, variables: Mapping[str, Variable] | None = None) -> pl.DataFrame:
    """Read a list: one column for each known head, ``place`` with the row, amounts in fen, dates as date index.

    Heads of variables (names or codes) are read as their figures; any other head is a text column of its own name.
    ``amount`` fills ``low`` and ``high``. Raises ``KaiwuError`` with every cell that cannot be read.
    """
    sheet = choose_sheet(read_workbook(source), source.name)
    problems: list[Problem] = []
    top = min(sheet.rows)
    heads = _read_heads(sheet, top, variables or {}, problems)
    table: dict[str, list[Any]] = {head.column: [] for head in heads.values()}
    places: list[str] = []
    for row in sorted(r for r in sheet.rows if r > top):
        if all(sheet.cell(row, c).is_blank for c in heads):
            continue
        places.append(print_reference(row, sheet.left))
        for column, head in heads.items():
            table[head.column].append(_read_cell(sheet, row, column, head, problems))
    if problems:
        raise KaiwuError(problems)
    return _as_frame(table, places, heads)


def _as_frame(table: dict[str, list[Any]], places: list[str], heads: Mapping[int, _Head]) -> pl.DataFrame:
    texts = {
        h.column
        for h in heads.values()
        if h.variable is None and h.column not in (*MONEY_COLUMNS, *WHOLE_COLUMNS, "filed")
    }
    schema = {column: pl.String if column in texts else pl.Int64 for column in table}
    frame = pl.DataFrame({**table, "place": places}, schema={**schema, "place": pl.String})
    if "amount" not in frame.columns:
        return frame
    ends = [
        pl.coalesce(end, "amount").alias(end) if end in frame.columns else pl.col("amount").alias(end)
        for end in ("low", "high")
    ]
    return frame.with_columns(ends).drop("amount")


def _read_heads(sheet: Sheet, row: int, variables: Mapping[str, Variable], problems: list[Problem]) -> dict[int, _Head]:
    heads: dict[int, _Head] = {}
    named = {name: v for v in variables.values() for name in (v.code, *v.names)}
    for column in sheet.columns:
        text = sheet.cell(row, column).text.strip()
        if not text:
            continue
        head = _read_head(text, named)
        if head.column in {h.column for h in heads.values()}:
            zh, en = f"列“{text}”重复", f"the column “{text}” occurs twice"
            problems.append(Problem("IN-HEAD-TWICE", zh, en, where=sheet.print_where(row, column), text=text))
            continue
        heads[column] = head
    if not heads:
        problems.append(Problem("IN-SHEET-NONE", "表是空的", "the list is empty", where=sheet.file))
    return heads


def _read_head(text: str, named: Mapping[str, Variable]) -> _Head:
    if text.casefold().endswith("_fen") and text[:-4].casefold() in _NAMES:
        return _Head(_NAMES[text[:-4].casefold()], find_unit("fen", dimension=MONEY))
    found = _UNIT.match(text)
    word, unit = (found[1], found[2]) if found is not None and text not in named else (text, "")
    if word.casefold() in _NAMES:
        column = _NAMES[word.casefold()]
        return _Head(column, _unit_of(unit, MONEY) if column in MONEY_COLUMNS else None)
    variable = named.get(word) or named.get(text)
    if variable is None:
        return _Head(text, None)
    return _Head(variable.code, _unit_of(unit, variable.unit.dimension) if variable.unit else None, variable)


def _unit_of(word: str, dimension: Dimension) -> Unit | None:
    try:
        return find_unit(word, dimension=dimension) if word else None
    except KaiwuError:
        return None


def _read_cell(sheet: Sheet, row: int, column: int, head: _Head, problems: list[Problem]) -> Any:
    cell = sheet.cell(row, column)
    if cell.is_blank or (cell.kind == CellKind.TEXT and is_missing_token(cell.text)):
        return None
    try:
        return _value(cell, head)
    except KaiwuError as error:
        problems += [p.located(sheet.print_where(row, column)) for p in error.problems]
        return None


def _value(cell: Cell, head: _Head) -> Any:
    text = cell.text.strip()
    if head.variable is not None:
        is_bare = head.unit is not None and re.fullmatch(r"-?[0-9.,]+", text) is not None
        return read_value(head.variable, f"{text}{head.unit.zh}" if is_bare and head.unit is not None else text)
    if head.column in MONEY_COLUMNS:
        base = parse_quantity(text, default_unit=head.unit, dimension=MONEY).base
        if base.denominator != 1:
            raise KaiwuError(Problem("BS-AMOUNT", "金额不到分", "the amount is finer than a fen", text=text))
        return int(base)
    if head.column in WHOLE_COLUMNS:
        if re.fullmatch(r"\d{1,9}", text) is None:
            raise KaiwuError(Problem("BS-WHOLE", "要写整数", "a whole number is wanted", text=text))
        return int(text)
    return date_index(parse_date(text)) if head.column == "filed" else text


def template(kind: str, plan: Settlement | None = None) -> str:
    """The heads of a list to be filled in, as CSV: ``claims`` (with the columns that a settlement reads), ``prior`` or ``paid``."""
    if kind == "paid":
        return ",".join(PAID_HEADS) + "\n"
    if kind == "prior":
        return ",".join(PRIOR_HEADS) + "\n"
    heads = list(CLAIM_HEADS)
    variables = {need.slot: need.variable for need in (plan.needs if plan is not None else ())}
    for column in plan.columns() if plan is not None else ():
        variable = variables.get(column)
        if variable is not None:
            unit = (
                f"({variable.unit.zh})"
                if variable.is_numeric and variable.unit is not None and variable.unit.zh
                else ""
            )
            heads.append(f"{variable.zh}{unit}")
        elif column not in HEADS:
            heads.append(column)
        elif HEADS[column][0] not in heads:
            heads.append(HEADS[column][0])
    return ",".join(dict.fromkeys(heads)) + "\n"
