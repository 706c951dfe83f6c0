"""Cells into values of a variable (单元格取值): grains, or missing, or a problem; never a guess.

Owns what each kind of cell means for each kind of variable. It does not own number syntax and units
(``kaiwu.quantity``), which column a cell is in (``binding``) nor what happens with problems (``intake``).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.figure.figure import print_value
from kaiwu.figure.head import fold_head
from kaiwu.figure.number_text import read_format
from kaiwu.figure.sheet import Cell, CellKind
from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity.date import date_index, index_date, parse_date
from kaiwu.quantity.dimension import RATIO
from kaiwu.quantity.format import round_half_up
from kaiwu.quantity.grain import to_grain
from kaiwu.quantity.number import fold_text, is_missing_token
from kaiwu.quantity.parse import Quantity, parse_quantity
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import Unit, find_unit, has_unit

YES = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓", "✔", "对", "符合"})
NO = frozenset({"否", "没有", "n", "no", "false", "0", "×", "✗", "✘", "x", "不是", "不符合"})
_NUMBERS = (CellKind.NUMBER, CellKind.TEXT)
_PLAIN = re.compile(r"(-?[0-9]{1,18})(?:\.([0-9]{1,18}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says. ``grains`` is None for missing and for text; ``unit`` is the unit that was applied.

    ``is_rounded`` tells that a declared rounding changed the number, ``warning`` what a person should look at.
    """

    grains: int | None = None
    text: str = ""
    unit: str = ""
    is_missing: bool = False
    is_rounded: bool = False
    warning: Problem | None = None


MISSING = Value(is_missing=True)


def read_value(cell: Cell, variable: Variable, unit: Unit | None = None, *, rounds: bool = False) -> Value:
    """The value of a cell for a variable (取值). ``unit`` is what a bare number in its column means.

    ``rounds`` applies the declared rounding (half up, by sign) to numbers finer than the variable's grain.
    Raises ``KaiwuError`` with one problem: error values, formulas without result, unknown or missing units,
    two values, numbers out of bounds or finer than the grain, dates where numbers are wanted …
    """
    if cell.is_blank:
        return MISSING
    if cell.kind == CellKind.ERROR:
        raise KaiwuError(_error_value(cell))
    if cell.kind == CellKind.FORMULA:
        raise KaiwuError(_no_result())
    value = _READERS[variable.kind](cell, variable, unit, rounds)
    if value.grains is not None and not variable.low <= value.grains <= variable.high:
        raise KaiwuError(_out_of_bounds(variable, value.grains, cell.text))
    return value


class ValueReader:
    """``read_value`` for all cells of one column: plain numbers take a short way with the same answer."""

    def __init__(self, variable: Variable, unit: Unit | None, *, rounds: bool = False) -> None:
        self._variable, self._unit, self._rounds = variable, unit, rounds
        self._scale = unit.factor / variable.grain if unit is not None and variable.is_numeric else None

    def read(self, cell: Cell) -> Value:
        """The value of a cell. Raises ``KaiwuError`` as ``read_value`` does."""
        if self._scale is not None and not cell.format and (found := _PLAIN.fullmatch(cell.text)):
            whole, part = found.groups()
            part = part or ""
            count, rest = divmod(int(whole + part) * self._scale.numerator, self._scale.denominator * 10 ** len(part))
            if not rest and self._variable.low <= count <= self._variable.high and cell.kind in _NUMBERS:
                return Value(count, unit=self._unit.zh if self._unit else "")
        return read_value(cell, self._variable, self._unit, rounds=self._rounds)


def _read_number(cell: Cell, variable: Variable, unit: Unit | None, rounds: bool) -> Value:
    if cell.kind == CellKind.TEXT and is_missing_token(cell.text):
        return MISSING
    if cell.kind not in _NUMBERS:
        raise KaiwuError(_wrong_kind(cell, variable))
    quantity = _read_quantity(cell, variable, unit)
    base = quantity.base
    count = base / variable.grain
    if rounds and count.denominator != 1:
        whole = round_half_up(count).numerator
        return Value(whole, unit=quantity.unit.zh, is_rounded=True)
    warning = None
    if unit is not None and quantity.unit != unit and cell.kind == CellKind.TEXT and unit.zh:
        warning = _other_unit(cell, quantity.unit, unit)
    return Value(to_grain(base, variable.grain), unit=quantity.unit.zh, warning=warning)


def _read_quantity(cell: Cell, variable: Variable, unit: Unit | None) -> Quantity:
    dimension = variable.unit.dimension if variable.unit else None
    if cell.kind == CellKind.NUMBER and cell.format:
        meaning = read_format(cell.format)
        if meaning.is_scaled:
            raise KaiwuError(_scaled_format(cell))
        if meaning.is_percent:
            if dimension != RATIO:
                raise KaiwuError(_percent_format(cell, variable))
            return Quantity(Fraction(cell.text) * 100, find_unit("%"))
        if meaning.letters and has_unit(meaning.letters):
            return parse_quantity(cell.text + meaning.letters, dimension=dimension)
    text = cell.text.strip().removeprefix("'")
    return parse_quantity(text, default_unit=unit, dimension=dimension)


def _read_date(cell: Cell, variable: Variable, unit: Unit | None, rounds: bool) -> Value:
    if cell.kind == CellKind.DATE:
        return Value(date_index(dt.date.fromisoformat(cell.text)))
    if cell.kind == CellKind.TEXT and is_missing_token(cell.text):
        return MISSING
    if cell.kind not in (CellKind.TEXT, CellKind.NUMBER):
        raise KaiwuError(_wrong_kind(cell, variable))
    return Value(date_index(parse_date(cell.text.strip())))


def _read_year(cell: Cell, variable: Variable, unit: Unit | None, rounds: bool) -> Value:
    if cell.kind == CellKind.TEXT and is_missing_token(cell.text):
        return MISSING
    if cell.kind not in (CellKind.TEXT, CellKind.NUMBER):
        raise KaiwuError(_wrong_kind(cell, variable))
    quantity = parse_quantity(cell.text.strip().removesuffix("度"), dimension=find_unit("calendar_year").dimension)
    return Value(to_grain(quantity.base, Fraction(1)))


def _read_flag(cell: Cell, variable: Variable, unit: Unit | None, rounds: bool) -> Value:
    if cell.kind == CellKind.FLAG:
        return Value(int(cell.text))
    word = fold_text(cell.text).strip().casefold()
    if cell.kind in (CellKind.TEXT, CellKind.NUMBER) and word in YES | NO:
        return Value(int(word in YES))
    if cell.kind == CellKind.TEXT and is_missing_token(cell.text):
        # 无 may mean “no” here and “not filled in” elsewhere; unknown is the safe reading, and it is told.
        warning = _none_in_flag() if word in ("无", "無") else None
        return Value(is_missing=True, warning=warning)
    raise KaiwuError(_no_flag(cell, variable))


def _read_category(cell: Cell, variable: Variable, unit: Unit | None, rounds: bool) -> Value:
    word = fold_head(cell.text)
    labels = zip(variable.values, variable.value_labels or ((v, v) for v in variable.values), strict=True)
    found = [i for i, (code, names) in enumerate(labels) if word in map(fold_head, (code, *names))]
    if len(found) == 1:
        return Value(found[0])
    if not found and cell.kind == CellKind.TEXT and is_missing_token(cell.text):
        return MISSING
    raise KaiwuError(_no_category(cell, variable))


def _read_text(cell: Cell, variable: Variable, unit: Unit | None, rounds: bool) -> Value:
    text = cell.text.strip()
    return MISSING if cell.kind == CellKind.TEXT and is_missing_token(text) else Value(text=text)


_Reader = Callable[[Cell, Variable, "Unit | None", bool], Value]
_READERS: dict[Kind, _Reader] = {
    Kind.MONEY: _read_number,
    Kind.QUANTITY: _read_number,
    Kind.RATIO: _read_number,
    Kind.COUNT: _read_number,
    Kind.SCORE: _read_number,
    Kind.DATE: _read_date,
    Kind.YEAR: _read_year,
    Kind.FLAG: _read_flag,
    Kind.CATEGORY: _read_category,
    Kind.JUDGEMENT: _read_flag,
    Kind.TEXT: _read_text,
}


def _error_value(cell: Cell) -> Problem:
    zh = f"错误值 {cell.text}; 请修正公式或填写数值"
    return Problem(
        "IN-CELL-ERROR", zh, f"error value {cell.text}; repair the formula or write the value", text=cell.text
    )


def _no_result() -> Problem:
    zh = "公式没有保存计算结果(不等于缺数据); 请用 Excel 打开并保存, 或改填数值"
    en = "a formula without a stored result (which is not a missing value): open and save it in Excel, or write the value"
    return Problem("IN-CELL-FORMULA", zh, en)


def _wrong_kind(cell: Cell, variable: Variable) -> Problem:
    found = {
        CellKind.DATE: ("日期", "a date"),
        CellKind.TIME: ("时间", "a time"),
        CellKind.FLAG: ("TRUE/FALSE", "TRUE/FALSE"),
        CellKind.NUMBER: ("数值", "a number"),
    }.get(cell.kind, ("文字", "text"))
    zh = f"“{variable.zh}”这里是{found[0]} {cell.text}(可能被 Excel 自动改过); 请按文本或正确格式重填"
    en = f"“{variable.en}” has {found[1]}, {cell.text}, perhaps altered by Excel; enter it again as text"
    return Problem("IN-CELL-KIND", zh, en, text=cell.text)


def _scaled_format(cell: Cell) -> Problem:
    zh = f"单元格格式“{cell.format}”使显示的数与存储的 {cell.text} 不同(如显示为万); 请改为常规格式并核对单位"
    en = f"number format “{cell.format}” shows another number than the stored {cell.text}; set it to General, check the unit"
    return Problem("IN-CELL-SCALED", zh, en, text=cell.text)


def _percent_format(cell: Cell, variable: Variable) -> Problem:
    zh = f"“{variable.zh}”不是比率, 单元格却是百分比格式"
    return Problem(
        "IN-CELL-PERCENT", zh, f"“{variable.en}” is no ratio but the cell is formatted as percent", text=cell.text
    )


def _other_unit(cell: Cell, own: Unit, head: Unit) -> Problem:
    zh = f"格内单位{own.zh}与表头{head.zh}不同, 已按格内单位换算, 请核对"
    en = f"the cell says {own.en}, the head {head.en}; converted by the cell, please check"
    return Problem("IN-CELL-UNIT-OTHER", zh, en, text=cell.text)


def _none_in_flag() -> Problem:
    zh = "“无”在是否项中按缺数据处理; 若意思是否, 请填“否”"
    return Problem("IN-CELL-NONE", zh, "无 counts as missing in a yes/no column; write 否 where it means no", text="无")


def _no_flag(cell: Cell, variable: Variable) -> Problem:
    zh = f"“{variable.zh}”要填 是 或 否(没有数据留空)"
    return Problem("IN-CELL-FLAG", zh, f"“{variable.en}” takes 是 or 否 (blank where unknown)", text=cell.text)


def _no_category(cell: Cell, variable: Variable) -> Problem:
    labels = variable.value_labels or tuple((v, v) for v in variable.values)
    shown = "、".join(zh for zh, _ in labels[:20]) + (" …" if len(labels) > 20 else "")
    zh = f"“{cell.text}”不是“{variable.zh}”的取值; 可填: {shown}"
    return Problem("IN-CELL-CATEGORY", zh, f"no value of “{variable.en}”; use one of: {shown}", text=cell.text)


def _out_of_bounds(variable: Variable, grains: int, text: str) -> Problem:
    value, low, high = (_print(variable, n) for n in (grains, variable.low, variable.high))
    zh = f"“{variable.zh}”的值 {value} 超出 {low} 至 {high}; 请检查单位和位数"
    en = f"“{variable.en}”: {value} is outside {low} to {high}; check its unit and digits"
    return Problem("IN-CELL-BOUND", zh, en, text=text)


def _print(variable: Variable, grains: int) -> str:
    return index_date(grains).isoformat() if variable.kind == Kind.DATE else print_value(variable, grains)
