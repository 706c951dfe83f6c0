"""Uplift (上浮): an amount, a base or a rate raised where conditions hold.

A row raises by a share (``rate: 20%``), to a share (``times: 150%``, 按150%计) or, for rates only, by percentage points
(``points: 5个百分点``). Where several may hold, ``combine`` says how: ``additive``, ``compound`` or ``highest``.
"""

from __future__ import annotations

from typing import Any

from kaiwu.figure.entry import Entry
from kaiwu.quantity import DIMENSIONLESS
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path, broken, choose

REQUIRED = ("of", "by")
OPTIONAL = ("combine",)
COMBINE = ("additive", "compound", "highest")
ROW_KEYS = ("rate", "times", "points")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``uplift``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"))
    rows = [_read_row(row, context) for row in context.rows(entry.data["by"], (*path, "by"), ("when",), ROW_KEYS)]
    combine = _combine(entry, len(rows))
    points = [row for row in rows if row[0] == "points"]
    if points and (len(points) < len(rows) or combine == "compound"):
        entry.complain(
            "R-UPLIFT-MIXED",
            "百分点(points)不能与比例(rate, times)混写, 也不能连乘; 请一层套一层",
            "points mix neither with rate or times nor with compound: put one uplift inside another",
            "by",
        )
    if points and not of.is_broken and of.tree.dimension != DIMENSIONLESS:
        entry.complain(
            "R-UPLIFT-POINTS",
            "百分点只能加在比例上; 金额上浮请写 rate",
            "points are added to a rate only; use rate for amounts",
            "by",
        )
    if not rows:
        return context.nothing
    return _points(of, rows, combine) if points else _shares(of, rows, combine)


def _read_row(row: Entry, context: MechanismContext) -> tuple[str, str, Part]:
    when = context.condition(row.data["when"], (*row.path, "when"))
    given = [key for key in ROW_KEYS if row.data.get(key) is not None]
    if len(given) != 1:
        row.complain(
            "R-UPLIFT-ROW",
            "每行要写且只写一项: rate(上浮多少)、times(按多少计)或 points(加几个百分点)",
            "a row has exactly one of rate (raised by), times (raised to) or points (percentage points)",
        )
        return "rate", when, broken(row.path)
    return given[0], when, context.part(row.data[given[0]], (*row.path, given[0]), DIMENSIONLESS)


def _combine(entry: Entry, rows: int) -> str:
    if rows > 1 and entry.data.get("combine") is None:
        entry.complain(
            "F-KEY-MISSING",
            "缺少“combine”: 几项同时成立时 additive(相加)、compound(连乘)还是 highest(只取最高)",
            "“combine” is missing: additive, compound or highest where several conditions hold",
        )
    return entry.choice("combine", COMBINE, "additive")


def _points(of: Part, rows: list[tuple[str, str, Part]], combine: str) -> str:
    # Points raise a rate that there is: nothing below the first tier stays nothing.
    granted = "" if of.constant else f"{of.raw} > 0"
    steps = [choose([(_both(granted, when), part.raw)], "0") for _, when, part in rows]
    return f"{of.term} + {_joined(steps, combine)}"


def _shares(of: Part, rows: list[tuple[str, str, Part]], combine: str) -> str:
    if combine == "compound" or len(rows) == 1:
        factors = [_factor(kind, when, part) for kind, when, part in rows]
        return " * ".join([of.term, *factors])
    steps = [choose([(when, _raise(kind, part))], "0") for kind, when, part in rows]
    return f"{of.term} * (100% + {_joined(steps, combine)})"


def _factor(kind: str, when: str, part: Part) -> str:
    factor = part.term if kind == "times" else f"(100% + {part.term})"
    return factor if when == "true" else choose([(when, factor)], "100%")


def _both(first: str, when: str) -> str:
    return when if not first else first if when == "true" else f"{first} 且 ({when})"


def _raise(kind: str, part: Part) -> str:
    return f"{part.term} - 100%" if kind == "times" else part.raw


def _joined(steps: list[str], combine: str) -> str:
    if combine == "highest" and len(steps) > 1:
        return f"较大值({', '.join(steps)})"
    return " + ".join(steps)
