"""Declining schedule (逐年递减): another rate or amount for each year since an event, nothing afterwards.

``since`` is a year (counted against the rated year) or a date (counted in full years against the date of the run).
``first_year`` says whether the first step is for the year of the event itself (``same``) or the one after it (``next``).
"""

from __future__ import annotations

from typing import Any

from kaiwu.quantity.dimension import YEAR
from kaiwu.rule.agreement import DATE
from kaiwu.rule.mechanism.context import MechanismContext, Part, Path, choose
from kaiwu.rule.vocabulary import BASIS_DATE, RATED_YEAR

REQUIRED = ("since", "first_year", "schedule")
OPTIONAL = ("of",)
FIRST_YEAR = {"same": 0, "next": 1}


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``declining``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    since = context.part(entry.data["since"], (*path, "since"))
    passed = _passed(since, context)
    start = FIRST_YEAR[entry.choice("first_year", FIRST_YEAR, "same")]
    steps = [context.part(s, where) for s, where in context.items(entry.data["schedule"], (*path, "schedule"))]
    for step in steps[1:]:
        context.alike(steps[0], step)
    cases = [(f"{passed} < {start}年", "0")]
    cases += [(f"{passed} < {start + n}年", step.raw) for n, step in enumerate(steps, 1)]
    text = choose(cases, "0")
    if entry.data.get("of") is None:
        return text
    return f"{text} * {context.part(entry.data['of'], (*path, 'of')).term}"


def _passed(since: Part, context: MechanismContext) -> str:
    """The time since the event, as a formula."""
    if since.is_broken:
        return "0年"
    if since.tree.dimension == DATE:
        return f"{BASIS_DATE} - {since.term}"
    if since.tree.dimension != YEAR:
        context.complain(
            since.path,
            "R-DECLINING-SINCE",
            f"“{since.raw}”要是年份或日期变量",
            f"“{since.raw}” must be a year or a date",
        )
    return f"{RATED_YEAR} - {since.term}"
