"""Facts as people write them in YAML, on a command line or in a cell, turned into stored integers.

Owns the reading of one value for one variable. It does not own tables (``intake``) or storage (``store``).
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import (
    KaiwuError,
    Problem,
    date_index,
    is_missing_token,
    parse_date,
    parse_quantity,
    to_grain,
)

TRUE_WORDS = frozenset({"是", "true", "y", "yes", "√", "有", "1"})
FALSE_WORDS = frozenset({"否", "false", "n", "no", "×", "0"})


def read_value(variable: Variable, value: Any) -> int | None:
    """The stored integer of a value (grains, date index, category index …); ``None`` where it is missing.

    ``value`` is text, int, Fraction, bool, date or None. Numbers need their unit in the text unless the variable
    has none. Raises ``KaiwuError`` for anything unclear or outside the declared bounds; nothing is guessed.
    """
    if value is None or (isinstance(value, str) and is_missing_token(value)):
        return None
    stored = _READERS.get(variable.kind, _read_number)(variable, value)
    if not variable.low <= stored <= variable.high:
        raise KaiwuError(
            Problem("F-BOUND", f"{variable.zh}“{value}”超出声明的范围", f"{variable.en} “{value}” lies outside the declared bound",
                    text=str(value))
        )  # fmt: skip
    return stored


def _wrong(variable: Variable, value: Any, zh: str, en: str) -> KaiwuError:
    return KaiwuError(
        Problem(
            "F-FACT-KIND",
            f"{variable.zh}要写{zh}, 不是“{value}”",
            f"{variable.en} wants {en}, not “{value}”",
            text=str(value),
        )
    )


def _read_flag(variable: Variable, value: Any) -> int:
    word = str(value).strip().casefold()
    if value is True or word in TRUE_WORDS:
        return 1
    if value is False or word in FALSE_WORDS:
        return 0
    raise _wrong(variable, value, "是或否", "yes or no")


def _read_category(variable: Variable, value: Any) -> int:
    word = str(value).strip()
    if word in variable.values:
        return variable.values.index(word)
    for index, labels in enumerate(variable.value_labels):
        if word in labels:
            return index
    listed = "、".join(variable.values[:12])
    raise _wrong(variable, value, f"以下之一: {listed}", f"one of {listed}")


def _read_date(variable: Variable, value: Any) -> int:
    if isinstance(value, dt.date):
        return date_index(value)
    return date_index(parse_date(str(value)))


def _read_year(variable: Variable, value: Any) -> int:
    text = str(value).strip().removesuffix("年度").removesuffix("年")
    if text.isdigit() and len(text) == 4:
        return int(text)
    raise _wrong(variable, value, "四位年份, 如 2024", "a four-digit year such as 2024")


def _read_text(variable: Variable, value: Any) -> int:
    raise _wrong(variable, value, "文字(不能用于规则)", "text, which no rule reads")


def _read_number(variable: Variable, value: Any) -> int:
    unit = variable.unit
    if unit is None:
        raise _wrong(variable, value, "有单位的变量", "a variable with a unit")
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        if value == 0:
            return 0
        if unit.dimension.powers:
            raise KaiwuError(
                Problem("F-FACT-UNIT", f"{variable.zh}“{value}”没有单位, 请写成如“{value}{unit.zh}”",
                        f"{variable.en} “{value}” has no unit; write it as “{value}{unit.zh}”", text=str(value))
            )  # fmt: skip
        return to_grain(Fraction(value), variable.grain)
    quantity = parse_quantity(str(value), dimension=unit.dimension)
    return to_grain(quantity.base, variable.grain)


_READERS = {
    Kind.FLAG: _read_flag,
    Kind.JUDGEMENT: _read_flag,
    Kind.CATEGORY: _read_category,
    Kind.DATE: _read_date,
    Kind.YEAR: _read_year,
    Kind.TEXT: _read_text,
}

__all__ = ["FALSE_WORDS", "TRUE_WORDS", "read_value"]
