"""By value (按类别): an amount or a rate for each value of a category such as a level or a grade."""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.mechanism.grant import read_base, read_otherwise
from kaiwu.rule.mechanism.value_table import read_table

REQUIRED = ("of", "table")
OPTIONAL = ("base", "otherwise")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``by_value``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    found = context.category(entry.data["of"], (*path, "of"))
    base = read_base(entry, context)
    table = read_table(entry.data["table"], context, (*path, "table"), read_otherwise(entry, context))
    if found is None or table is None:
        return context.nothing
    of, variable = found
    table.check_values(context, of, variable)
    return table.text(of) if base is None else f"{table.text(of)} * {base.term}"
