"""Share (按比例): a rate of a base, where either is a mechanism of its own; plain formulas write ``30% * 研发投入``."""

from __future__ import annotations

from typing import Any

from kaiwu.quantity import DIMENSIONLESS
from kaiwu.rule.mechanism.context import MechanismContext, Path

REQUIRED = ("of", "rate")
OPTIONAL = ()


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``share``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"))
    rate = context.part(entry.data["rate"], (*path, "rate"), DIMENSIONLESS)
    return f"{rate.term} * {of.term}"
