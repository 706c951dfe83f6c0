"""Sections of a content file read into dataclasses: the fields are the keys, their types say what may stand there.

Owns that passage. It does not own what the keys mean. Amounts are written with their unit and become floats in the
unit of the model: 万元, 亩, 万千瓦时, shares of one, years; counts are plain.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError, Unit, find_unit
from kaiwu.quantity.dimension import Dimension
from kaiwu.quantity.parse import parse_quantity
from kaiwu.table import Document

T = TypeVar("T")

MODEL_UNITS: dict[Dimension, Unit] = {
    unit.dimension: unit
    for unit in map(find_unit, ("万元", "亩", "万千瓦时", "倍", "年", "吨", "吨标煤(等价值)", "卡时", "千瓦", "立方米"))
}
"""The units in which the model computes, by dimension."""


def model_unit(unit: Unit) -> Unit:
    """The unit of the model for what ``unit`` measures; counts, points and compounds stay as they are."""
    return MODEL_UNITS.get(unit.dimension, unit)


def model_number(value: int | Fraction | str) -> float:
    """A number, or an amount with its unit in the unit of the model: ``60亿元`` is 600000.0, ``6%`` is 0.06.

    Raises ``KaiwuError`` where the text is no amount.
    """
    if not isinstance(value, str):
        return float(value)
    quantity = parse_quantity(value)
    return float(model_unit(quantity.unit).from_base(quantity.base))


def read_whole(document: Document, kind: type[T]) -> T:
    """A file as the dataclass of its keys. Raises ``KaiwuError`` with every mistake."""
    entry = Entry(document, (), document.data if isinstance(document.data, dict) else {}, [])
    made = read_section(entry, kind)
    if entry.problems:
        raise KaiwuError(entry.problems)
    return made


def read_section(entry: Entry, kind: type[T]) -> T:
    """Read a mapping into a dataclass; unknown, missing and wrong keys are complained of, and defaults stand in."""
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    entry.check_keys(hints)
    for spec in fields(cast(Any, kind)):
        value = entry.data.get(spec.name)
        if value is not None:
            given[spec.name] = _convert(entry, value, hints[spec.name], spec.name)
        elif spec.default is MISSING and spec.default_factory is MISSING:
            entry.complain("Y-KEY-MISSING", f"缺少“{spec.name}”, 请补上", f"“{spec.name}” is missing; add it")
            given[spec.name] = _nothing(entry, hints[spec.name], spec.name)
    return kind(**given)


def _nothing(entry: Entry, hint: Any, *keys: str | int) -> Any:
    """What stands in for a value that was complained of."""
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return cast(Any, hint)(**{s.name: _nothing(entry, hints[s.name]) for s in fields(hint)})
    return {float: 0.0, int: 0, str: "", bool: False}.get(hint, {} if get_origin(hint) is dict else ())


def _convert(entry: Entry, value: Any, hint: Any, *keys: str | int) -> Any:
    """A value as its field wants it."""
    inner = get_args(hint)
    if isinstance(hint, types.UnionType):
        hint = inner[0]
    if is_dataclass(hint) and isinstance(value, dict):
        return read_section(Entry(entry.document, (*entry.path, *keys), value, entry.problems), cast(Any, hint))
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_convert(entry, item, inner[0], *keys, i) for i, item in enumerate(value))
    if get_origin(hint) is dict and isinstance(value, dict):
        return {key: _convert(entry, item, inner[1], *keys, key) for key, item in value.items()}
    if hint is float and isinstance(value, int | Fraction | str) and not isinstance(value, bool):
        return _number(entry, value, *keys)
    if hint is str and isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    if (hint is bool and isinstance(value, bool)) or (hint is int and type(value) is int):
        return value
    wanted = getattr(hint, "__name__", str(hint))
    entry.complain("Y-KEY-TYPE", f"“{keys[-1]}”的写法不对, 应为 {wanted}", f"“{keys[-1]}” must be {wanted}", *keys)
    return _nothing(entry, hint, *keys)


def _number(entry: Entry, value: int | Fraction | str, *keys: str | int) -> float:
    try:
        return model_number(value)
    except KaiwuError as flaw:
        entry.problems += [p.located(entry.document.where(*entry.path, *keys)) for p in flaw.problems]
        return 0.0
