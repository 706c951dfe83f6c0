"""Reads one node of an indicator tree from a mapping (指标行): of a ruler's file or of a rulebook.

Owns the keys that both have. Which further keys a file knows is its own reader's; what makes a tree whole is in ``tree.py``.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.figure.entry import Entry
from kaiwu.rating.index.step_reader import read_number
from kaiwu.rating.index.tree import DIRECTIONS, HIGHER, INSIDE, LOWER, NEAR, Direction, Node

NODE_KEYS = ("code", "zh", "en", "parent", "weight", "unit", "direction", "low", "high", "base", "target", "owner")
DIRECTION_KEYS = ("near", "inside", "span")


def read_node(row: Entry) -> Node:
    """The node of a row; mistakes are recorded, keys are checked by the caller."""
    code = row.text("code", required=True)
    weight = read_number(row, "weight")
    return Node(
        code, row.text("zh", code), row.text("en", code), row.text("parent") or None, Fraction(1) if weight is None else weight,
        read_direction(row), row.text("unit"), row.text("denominator"), row.text("owner"), read_decimal(row, "target"),
        read_decimal(row, "base"), read_decimal(row, "low"), read_decimal(row, "high"), where=row.where,
    )  # fmt: skip


def read_direction(row: Entry) -> Direction | None:
    """``higher``, ``lower``, ``{near: 100, span: 40}`` or ``{inside: [40, 60], span: 20}``, in the indicator's unit."""
    spec = row.data.get("direction")
    if spec is None or spec in (HIGHER, LOWER):
        return None if spec is None else Direction(str(spec))
    inner = Entry(row.document, (*row.path, "direction"), spec if isinstance(spec, dict) else {}, row.problems)
    inner.check_keys(DIRECTION_KEYS)
    span, near, ends = read_decimal(inner, "span"), read_decimal(inner, "near"), inner.data.get("inside")
    if near is not None:
        return Direction(NEAR, near, near, span)
    if isinstance(ends, list) and len(ends) == 2 and all(isinstance(v, (int, Fraction)) for v in ends):
        return Direction(INSIDE, float(ends[0]), float(ends[1]), span)
    row.complain(
        "IX-TREE-DIRECTION", f"direction 要写 {'、'.join(DIRECTIONS[:2])}、{{near: 值}} 或 {{inside: [下限, 上限]}}",
        "direction is higher, lower, {near: VALUE} or {inside: [LOW, HIGH]}", "direction",
    )  # fmt: skip
    return None


def read_decimal(row: Entry, key: str) -> float | None:
    """The number of a key as an analysis float; None where absent or wrong (recorded)."""
    value = read_number(row, key)
    return None if value is None else float(value)
