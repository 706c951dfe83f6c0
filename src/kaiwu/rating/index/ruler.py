"""A ruler in one file (一把尺): tree, method, quota, classes and levers, as ``kaiwu rate`` reads them.

Owns the keys of the file. The steps' keys are in ``method.py``, the tables of values beside it in ``value_table.py``; rulebooks of packs,
whose figures come from a frame, are in ``loader.py``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.advice import Line
from kaiwu.rating.index.cheapest import Lever
from kaiwu.rating.index.method import Method, read_steps
from kaiwu.rating.index.model import IndexModel
from kaiwu.rating.index.node_reader import NODE_KEYS, read_decimal, read_node
from kaiwu.rating.index.tree import Node, Tree, make_tree
from kaiwu.rating.index.values import Values
from kaiwu.table import Document, read_document

RULER_KEYS = (
    "method", "zh", "en", "note", "weights_sum", "steps", "indicators", "units", "names", "groups", "quota", "size", "closes", "classes", "levers",
    "synthetic",
)  # fmt: skip
INDICATOR_KEYS = (*NODE_KEYS, "denominator", "statistical")
LEVER_KEYS = ("code", "zh", "en", "up", "down", "cost", "fixed", "decimals")
CLASS_KEYS = ("code", "zh", "en", "least", "first")


@dataclass(frozen=True, slots=True)
class LeverRule:
    """A lever for every unit: how far its present value can go up and down, in the indicator's unit."""

    code: str
    up: float
    down: float
    cost: float
    fixed: float
    decimals: int
    zh: str
    en: str
    is_statistical: bool


@dataclass(frozen=True, slots=True)
class Ruler:
    """A checked file. ``quota`` is a number for all or by league; ``closes`` the last day on which figures can still move."""

    code: str
    zh: str
    en: str
    tree: Tree
    method: Method
    units: str
    names: str
    groups: tuple[str, ...]
    quota: int | Mapping[str, int]
    size: str
    closes: dt.date | None
    lines: tuple[Line, ...]
    levers: tuple[LeverRule, ...]
    is_synthetic: bool

    def model(self, values: Values) -> IndexModel:
        """The model over some values."""
        return IndexModel(self.tree, values, self.method)

    def levers_of(self, values: Values, unit: str) -> list[Lever]:
        """The levers around a unit's present values."""
        out = []
        for rule in self.levers:
            now = float(values.column(rule.code)[values.units.index(unit)])
            out.append(Lever(rule.code, now - rule.down, now + rule.up, rule.cost, rule.zh, rule.en, rule.fixed, rule.decimals, rule.is_statistical))  # fmt: skip
        return out


def read_ruler(path: Path) -> Ruler:
    """Read the file. Raises ``KaiwuError`` with every mistake and its place."""
    return parse_ruler(read_document(path))


def parse_ruler(document: Document) -> Ruler:
    """The ruler of a document; see ``read_ruler``."""
    problems: list[Problem] = []
    data = document.data if isinstance(document.data, dict) else {}
    entry = Entry(document, (), data, problems)
    entry.check_keys(RULER_KEYS)
    code = entry.text("method", required=True)
    rows = _rows(entry, "indicators", required=True)
    nodes = [_node(row) for row in rows]
    method = read_steps(entry, code, [node.code for node in nodes])
    statistical = {n.code for n, row in zip(nodes, rows, strict=True) if row.flag("statistical", False)}
    lines = tuple(_line(row) for row in _rows(entry, "classes"))
    levers = tuple(_lever(row, nodes, statistical) for row in _rows(entry, "levers"))
    closes, quota = _day(entry, "closes"), _quota(entry)
    tree = None
    try:
        tree = make_tree(nodes, weights_sum=method.weights_sum) if nodes else None
    except KaiwuError as error:
        problems += error.problems
    if problems or tree is None:
        raise KaiwuError(problems)
    return Ruler(
        code, entry.text("zh", code), entry.text("en", code), tree, method, entry.text("units", "unit"), entry.text("names"), entry.texts("groups"),
        quota, entry.text("size"), closes, lines, levers, entry.flag("synthetic", False),
    )  # fmt: skip


def _rows(entry: Entry, key: str, *, required: bool = False) -> list[Entry]:
    listed = entry.data.get(key)
    if listed is None and not required:
        return []
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed) or (required and not listed):
        entry.complain("F-KEY-TYPE", f"“{key}”要写成列表, 每行一个 {{…}}", f"“{key}” is a list of {{…}}", key)
        return []
    return [Entry(entry.document, (*entry.path, key, i), row, entry.problems) for i, row in enumerate(listed)]


def _node(row: Entry) -> Node:
    row.check_keys(INDICATOR_KEYS)
    return read_node(row)


def _line(row: Entry) -> Line:
    row.check_keys(CLASS_KEYS)
    code = row.text("code", required=True)
    return Line(code, row.text("zh", code), row.text("en", code), read_decimal(row, "least"), row.whole_number("first", 1, 10**6))  # fmt: skip


def _lever(row: Entry, nodes: Sequence[Node], statistical: set[str]) -> LeverRule:
    row.check_keys(LEVER_KEYS)
    code = row.text("code", required=True)
    if code not in {node.code for node in nodes}:
        row.complain(
            "IX-METHOD-CODE", f"指标体系里没有“{code}”", f"there is no “{code}” in the tree", "code", text=code
        )
    up, down, cost, fixed = (read_decimal(row, key) or 0.0 for key in ("up", "down", "cost", "fixed"))
    if min(up, down, cost, fixed) < 0:
        row.complain(
            "F-KEY-TYPE", "up、down、cost、fixed 不能为负", "up, down, cost and fixed are not negative", "code"
        )
    decimals = row.whole_number("decimals", 0, 9)
    return LeverRule(
        code, up, down, cost, fixed, 2 if decimals is None else decimals, row.text("zh"), row.text("en"), code in statistical,
    )  # fmt: skip


def _quota(entry: Entry) -> int | dict[str, int]:
    value = entry.data.get("quota", 0)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, dict) and all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in value.values()):  # fmt: skip
        return {str(k): v for k, v in value.items()}
    entry.complain("F-KEY-TYPE", "quota 要写名额数, 或 {组: 名额}", "quota is a number, or {LEAGUE: number}", "quota")
    return 0


def _day(entry: Entry, key: str) -> dt.date | None:
    value: Any = entry.data.get(key)
    if value is None or isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        entry.complain("F-KEY-TYPE", f"“{key}”要写日期, 如 2024-12-31", f"“{key}” is a date such as 2024-12-31", key, text=str(value))  # fmt: skip
        return None
