"""JSON lines (每行一个对象) into a sheet of cells, with numbers exactly as written.

Owns that form of input. It does not own what cells mean (``cell_value``).
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from kaiwu.figure.file_fault import word_fault
from kaiwu.figure.reading.encoding import decode_text
from kaiwu.figure.reading.fault import Fault, Limits
from kaiwu.figure.sheet import BLANK, Cell, CellKind, Sheet
from kaiwu.quantity.problem import KaiwuError, Problem

MAX_EXPONENT = 30
"""1e30 is beyond every figure; a larger exponent would only cost memory."""

MAX_NUMBER_CHARS = 60
JSON_SHEET = "JSON"


class _Number(str):
    """The spelling of a JSON number, kept from becoming a float."""


def is_json(data: bytes, name: str) -> bool:
    """Whether a file is JSON by its name, or, without a name, by its first character."""
    if name.lower().endswith((".json", ".jsonl", ".ndjson")):
        return True
    return "." not in name and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_json_lines(data: bytes, name: str, limits: Limits) -> Sheet:
    """A sheet whose first row holds the keys and each further row one object; a list of objects will do too.

    Raises ``KaiwuError`` with every mistake by line: syntax, a key given twice, a value that is no single one.
    """
    try:
        if len(data) > limits.file_bytes:
            raise Fault("file-size", limit=limits.file_bytes)
        text, encoding = decode_text(data)
    except Fault as fault:
        raise KaiwuError(word_fault(fault.code, fault.particulars, name)) from fault
    problems: list[Problem] = []
    objects = _load(text, name, problems) if text.lstrip().startswith("[") else _read_lines(text, name, problems)
    heads: dict[str, int] = {}
    for _, each in objects:
        for key in each:
            heads.setdefault(key, len(heads))
    sheet = Sheet(JSON_SHEET, name, encoding=encoding, has_formats=False)
    sheet.add_row(0, tuple(Cell(CellKind.TEXT, head) for head in heads))
    for row, (where, each) in enumerate(objects, start=1):
        cells = [BLANK] * len(heads)
        for key, value in each.items():
            cells[heads[key]] = _make_cell(value, f"{where} “{key}”", problems)
        sheet.add_row(row, tuple(cells))
    if problems:
        raise KaiwuError(problems)
    return sheet


def _read_lines(text: str, name: str, problems: list[Problem]) -> list[tuple[str, dict[str, Any]]]:
    objects = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            objects += _load(line, f"{name}:{number}", problems)
    return objects


def _load(text: str, where: str, problems: list[Problem]) -> list[tuple[str, dict[str, Any]]]:
    """The objects of a JSON text; mistakes are noted."""

    def pair(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        for key in sorted({k for k in keys if keys.count(k) > 1}):
            zh, en = f"键“{key}”给了两次", f"key “{key}” is given twice"
            problems.append(Problem("IN-JSON-TWICE", zh, en, where=where))
        return dict(pairs)

    try:
        loaded = json.loads(text, parse_float=_Number, parse_int=_Number, object_pairs_hook=pair)
    except (ValueError, RecursionError) as flaw:
        zh, en = f"不是 JSON 对象: {flaw}", f"no JSON object: {flaw}"
        problems.append(Problem("IN-JSON-SYNTAX", zh, en, where=where, text=text[:80]))
        return []
    listed = loaded if isinstance(loaded, list) else [loaded]
    if not all(isinstance(each, dict) for each in listed):
        zh, en = '要写 {"营业收入": "1200万元"} 这样的对象', 'write an object such as {"revenue": "1200万元"}'
        problems.append(Problem("IN-JSON-SYNTAX", zh, en, where=where, text=text[:80]))
        return []
    return [(where if len(listed) == 1 else f"{where}[{i}]", each) for i, each in enumerate(listed)]


def _make_cell(value: Any, where: str, problems: list[Problem]) -> Cell:
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return Cell(CellKind.FLAG, str(int(value)))
    if isinstance(value, _Number) and (spelled := _spell(value)) is not None:
        return Cell(CellKind.NUMBER, spelled)
    if isinstance(value, str) and not isinstance(value, _Number):
        return Cell(CellKind.TEXT, value)
    zh, en = "要一个数、文字、true/false 或 null", "one number, text, true/false or null is wanted"
    problems.append(Problem("IN-JSON-VALUE", zh, en, where=where, text=str(value)[:80]))
    return BLANK


def _spell(number: str) -> str | None:
    """Plain decimal digits; None for NaN, infinity and numbers beyond every figure."""
    if len(number) > MAX_NUMBER_CHARS:
        return None
    value = Decimal(number)
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        return None
    return format(value, "f")
