"""Highest of several (就高): only the largest counts; one with ``when`` counts only where its condition holds."""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.mechanism.grant import read_items


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``highest``; mistakes are recorded at their keys."""
    items = read_items(spec, context, path)
    return f"较大值({', '.join(item.or_nothing for item in items)})" if items else context.nothing
