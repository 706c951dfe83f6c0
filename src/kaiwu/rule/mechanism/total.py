"""Sum (合计): several amounts added up; one with ``when`` counts only where its condition holds."""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.mechanism.grant import read_items


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``sum``; mistakes are recorded at their keys."""
    items = read_items(spec, context, path)
    return " + ".join(item.or_nothing if item.when else item.part.term for item in items) or context.nothing
