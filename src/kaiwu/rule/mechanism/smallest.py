"""Smallest of several (取最小): limits that all apply; one with ``when`` applies only where its condition holds."""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.mechanism.grant import read_items


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``smallest``; mistakes are recorded at their keys."""
    items = read_items(spec, context, path)
    always = [item.part.raw for item in items if not item.when]
    if items and not always:
        context.complain(
            path,
            "R-SMALLEST",
            "至少要有一项没有 when, 否则一个上限都不适用时没有结果",
            "at least one item must have no when, or there is no answer where no condition holds",
        )
    if not always:
        return context.nothing
    common = always[0] if len(always) == 1 else f"较小值({', '.join(always)})"
    # A limit that does not apply is replaced by the others, never by zero.
    limits = [f"如果({item.when}, {item.part.raw}, {common})" for item in items if item.when]
    return f"较小值({', '.join([*always, *limits])})"
