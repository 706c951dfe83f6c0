"""Increment (增量): what a figure exceeds its base by, the base being an earlier year or a mean of years.

What a fall counts for is always declared: nothing (``negative: zero``) or its negative value (``negative: kept``).
"""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path

REQUIRED = ("of", "base", "negative")
OPTIONAL = ("base_floor", "rate")
NEGATIVE = ("zero", "kept")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``increment``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"))
    base = context.part(entry.data["base"], (*path, "base"))
    context.alike(of, base)
    base_text = base.term
    if entry.data.get("base_floor") is not None:
        floor = context.part(entry.data["base_floor"], (*path, "base_floor"))
        context.alike(base, floor)
        base_text = f"较大值({base.raw}, {floor.raw})"
    text = f"({of.term} - {base_text})"
    if entry.choice("negative", NEGATIVE, "zero") == "zero":
        text = f"较大值({of.term} - {base_text}, 0)"
    if entry.data.get("rate") is None:
        return text
    return f"{context.part(entry.data['rate'], (*path, 'rate')).term} * {text}"
