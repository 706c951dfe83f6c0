"""Top-up (进档补差): the amount of the level now, less what an earlier level already brought; never below zero."""

from __future__ import annotations

from typing import Any

from kaiwu.quantity.dimension import MONEY
from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.mechanism.grant import read_otherwise
from kaiwu.rule.mechanism.value_table import ValueTable, read_table

REQUIRED = ("level", "table")
OPTIONAL = ("already", "before", "otherwise")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``top_up``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    found = context.category(entry.data["level"], (*path, "level"))
    table = read_table(entry.data["table"], context, (*path, "table"), read_otherwise(entry, context), MONEY)
    if found is None or table is None:
        return context.nothing
    table.check_values(context, *found)
    given = [key for key in ("already", "before") if entry.data.get(key) is not None]
    if len(given) != 1:
        entry.complain(
            "R-TOP-UP",
            "要写且只写一项: already(以前已给的金额)或 before(以前的级别)",
            "write exactly one of already (the amount granted before) or before (the level before)",
        )
        return context.nothing
    granted = _already(entry.data[given[0]], given[0], table, context, (*path, given[0]))
    return f"较大值({table.text(found[0])} - {granted}, 0)"


def _already(spec: Any, key: str, table: ValueTable, context: MechanismContext, path: Path) -> str:
    if key == "already":
        return context.part(spec, path, MONEY).term
    found = context.category(spec, path)
    if found is None:
        return context.nothing
    table.check_values(context, *found)
    return table.text(found[0])
