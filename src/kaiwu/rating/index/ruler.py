"""A ruler in one file (一把尺): tree, method, quota, classes and levers, as ``kaiwu rate`` reads them, and the values beside it.

Owns the keys of the file and the reading of tables of values. The steps' keys are in ``method.py``; rulebooks of packs, whose figures come
from a frame, are in ``loader.py``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

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
FLAG = ":flag"


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


def read_values(path: Path, ruler: Ruler) -> Values:
    """Values of a CSV (UTF-8) or Excel table with one row per unit; heads are codes or Chinese names of indicators.

    ``CODE:flag`` columns hold flags (``statistical``). Empty cells are missing. Raises ``KaiwuError`` naming row and column of every bad cell.
    """
    rows = _table(path)
    problems: list[Problem] = []
    heads = [str(h).strip() for h in rows[0]] if rows else []
    codes = _codes(ruler)
    known = {node.zh: node.code for node in ruler.tree.nodes} | {code: code for code in codes}
    place = {known.get(h, h): i for i, h in enumerate(heads)}
    for wanted in (ruler.units, *([ruler.names] if ruler.names else []), *ruler.groups, *codes):
        if wanted not in place:
            problems.append(Problem("IX-VALUES-ABSENT", f"数据表没有“{wanted}”这一列", f"the values have no column “{wanted}”", where=path.name))  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    body = [row for row in rows[1:] if any(str(cell).strip() for cell in row)]
    x = np.full((len(body), len(codes)), np.nan)
    for r, row in enumerate(body):
        for c, code in enumerate(codes):
            x[r, c] = _cell(row[place[code]], f"{path.name}: {r + 2}, {heads[place[code]]}", problems)
    if problems:
        raise KaiwuError(problems)
    units = tuple(str(row[place[ruler.units]]).strip() for row in body)
    flags = {
        (units[r], code): str(row[place[code + FLAG]]).strip()
        for code in codes if code + FLAG in place for r, row in enumerate(body) if str(row[place[code + FLAG]]).strip()
    }  # fmt: skip
    return Values(
        units, codes, x, groups={g: tuple(str(row[place[g]]).strip() for row in body) for g in ruler.groups},
        names={u: str(row[place[ruler.names]]).strip() for u, row in zip(units, body, strict=True)} if ruler.names else {}, flag=flags,
    )  # fmt: skip


def _codes(ruler: Ruler) -> tuple[str, ...]:
    nodes = ruler.tree.by_code
    more = [nodes[c].denominator for c in ruler.tree.leaves if nodes[c].denominator] + ([ruler.size] if ruler.size else [])  # fmt: skip
    return tuple(dict.fromkeys([*ruler.tree.leaves, *more]))


def _table(path: Path) -> list[list[Any]]:
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def _cell(value: Any, where: str, problems: list[Problem]) -> float:
    text = str(value).strip().replace(",", "")
    if not text:
        return float("nan")
    try:
        number = float(text)
    except ValueError:
        number = float("inf")
    if not np.isfinite(number):
        problems.append(Problem("IX-VALUES-NUMBER", f"“{text}”不是数字; 缺失请留空", f"“{text}” is no number; leave a missing cell empty", where=where))  # fmt: skip
        return float("nan")
    return number
