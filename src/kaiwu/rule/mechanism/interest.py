"""Interest (贴息): principal × yearly rate × time; the rate may follow an index such as the LPR, which is a variable."""

from __future__ import annotations

from typing import Any

from kaiwu.quantity import DIMENSIONLESS
from kaiwu.quantity.dimension import DURATION, MONEY
from kaiwu.rule.mechanism.context import MechanismContext, Path

REQUIRED = ("of", "rate", "time")
OPTIONAL = ()


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``interest``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    of = context.part(entry.data["of"], (*path, "of"), MONEY)
    rate = context.part(entry.data["rate"], (*path, "rate"), DIMENSIONLESS)
    time = context.part(entry.data["time"], (*path, "time"), DURATION)
    return f"{of.term} * {rate.term} * {time.term} / 1年"
