"""First-time milestones (首次突破): levels reached now and never before, each paid once.

``before`` is the highest value of all earlier years. ``pays`` says what a jump over several levels earns: only the
highest level (``highest``), every level passed (``sum``), or the highest less what the earlier level earned (``difference``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from kaiwu.quantity.dimension import MONEY
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path, choose

REQUIRED = ("of", "before", "reached", "pays", "levels")
OPTIONAL = ()
PAYS = ("highest", "sum", "difference")
REACHED = {">=": "<", ">": "<="}


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``first_time``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"))
    before = context.part(entry.data["before"], (*path, "before"))
    context.alike(of, before)
    op = entry.choice("reached", REACHED, ">=")
    pays = entry.choice("pays", PAYS, "highest")
    levels = []
    for row in context.rows(entry.data["levels"], (*path, "levels"), ("at", "amount")):
        at = context.bound(of, row.data["at"], (*row.path, "at"))
        levels.append((at, context.part(row.data["amount"], (*row.path, "amount"), MONEY)))
    _check_rising(levels, context)
    if pays == "difference":
        return f"较大值({_level(of, op, levels)} - {_level(before, op, levels)}, 0)"
    passed = [(f"{of.raw} {op} {at.raw} 且 {before.raw} {REACHED[op]} {at.raw}", amount.raw) for at, amount in levels]
    if pays == "highest":
        return choose(passed[::-1], "0")
    return " + ".join(choose([case], "0") for case in passed) or context.nothing


def _level(of: Part, op: str, levels: list[tuple[Part, Part]]) -> str:
    """What the highest level that ``of`` has reached is worth."""
    return choose([(f"{of.raw} {op} {at.raw}", amount.raw) for at, amount in levels[::-1]], "0")


def _check_rising(levels: list[tuple[Part, Part]], context: MechanismContext) -> None:
    for index, what in enumerate((("at", "级别", "levels"), ("amount", "金额", "amounts"))):
        for first, second in pairwise(row[index] for row in levels):
            if first.is_broken or second.is_broken or first.constant is None or second.constant is None:
                continue
            if second.constant <= first.constant:
                context.complain(
                    second.path,
                    "R-FIRST-TIME-ORDER",
                    f"{what[1]}要逐行增大: {first.raw} 之后是 {second.raw}",
                    f"the {what[2]} must rise from row to row: {second.raw} follows {first.raw}",
                )
