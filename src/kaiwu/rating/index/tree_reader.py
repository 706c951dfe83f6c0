"""Reads an indicator tree from a CSV table (指标体系表), one node a row.

Owns columns and their spelling. What makes a tree whole is checked in ``tree.py``; a tree inside a rulebook is read by ``loader.py``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.tree import HIGHER, INSIDE, LOWER, NEAR, Direction, Node, Tree, make_tree

COLUMNS = (
    "code", "zh", "en", "parent", "level", "weight", "direction", "unit", "denominator", "low", "high", "base", "target", "owner",
)  # fmt: skip
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_TWO_SIDED = re.compile(
    rf"(?:near\s+({_NUMBER})|inside\s+({_NUMBER})\s*\.\.\s*({_NUMBER}))(?:\s+span\s+({_NUMBER}))?\Z"
)


def read_tree(path: Path, *, weights_sum: Fraction | int | None = None) -> Tree:
    """Read a tree from UTF-8 CSV with the columns ``COLUMNS``; only ``code``, ``parent`` and ``direction`` must be there.

    ``direction`` is ``higher``, ``lower``, ``near 100`` or ``inside 40..60``, the last two also with ``span 20``. Raises ``KaiwuError``
    with file, line and column of every mistake.
    """
    problems: list[Problem] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        heads = reader.fieldnames or []
        for column in heads:
            if column not in COLUMNS:
                problems.append(Problem(
                    "IX-TREE-COLUMN", f"不认识的列“{column}”; 可用: {', '.join(COLUMNS)}", f"unknown column “{column}”; there are {', '.join(COLUMNS)}",
                    where=f"{path.name}:1",
                ))  # fmt: skip
        for column in ("code", "parent", "direction"):
            if column not in heads:
                problems.append(
                    Problem(
                        "IX-TREE-LACKS",
                        f"缺少列“{column}”",
                        f"the column “{column}” is missing",
                        where=f"{path.name}:1",
                    )
                )
        nodes = [_Row(f"{path.name}:{reader.line_num}", row, problems).node() for row in reader] if not problems else []
    if problems:
        raise KaiwuError(problems)
    return make_tree(nodes, weights_sum=weights_sum)


class _Row:
    def __init__(self, where: str, cells: Mapping[str, str | None], problems: list[Problem]) -> None:
        self.where, self.problems = where, problems
        self.cells = {key: (value or "").strip() for key, value in cells.items() if key is not None}

    def node(self) -> Node:
        """The node of the row; what is wrong in it is recorded."""
        text = self.cells.get
        weight, level = self.number("weight"), self.number("level")
        if not text("code"):
            self.complain("code", "代码不能为空", "the code must not be empty")
        return Node(
            text("code", ""), text("zh", ""), text("en", ""), text("parent") or None, Fraction(1) if weight is None else weight,
            self.direction(), text("unit", ""), text("denominator", ""), text("owner", ""), self.decimal("target"), self.decimal("base"),
            self.decimal("low"), self.decimal("high"), None if level is None else int(level), where=self.where,
        )  # fmt: skip

    def number(self, column: str) -> Fraction | None:
        """An exact number, None where the cell is empty."""
        text = self.cells.get(column, "")
        try:
            return Fraction(text) if text else None
        except (ValueError, ZeroDivisionError):
            self.complain(column, f"“{text}”不是数字", f"“{text}” is no number")
            return None

    def decimal(self, column: str) -> float | None:
        value = self.number(column)
        return None if value is None else float(value)

    def direction(self) -> Direction | None:
        text = self.cells.get("direction", "")
        if not text:
            return None
        if text in (HIGHER, LOWER):
            return Direction(text)
        found = _TWO_SIDED.match(text)
        if found is None:
            self.complain(
                "direction", f"“{text}”不是方向; 写 higher、lower、near 100 或 inside 40..60",
                f"“{text}” is no direction; write higher, lower, near 100 or inside 40..60",
            )  # fmt: skip
            return None
        near, low, high, span = (None if g is None else float(g) for g in found.groups())
        if near is not None:
            return Direction(NEAR, near, near, span)
        return Direction(INSIDE, low or 0.0, high or 0.0, span)

    def complain(self, column: str, zh: str, en: str) -> None:
        self.problems.append(Problem("IX-TREE-CELL", zh, en, where=f"{self.where} {column}"))
