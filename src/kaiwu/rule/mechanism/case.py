"""Cases (分情形): the grant of the first row whose condition holds, for tiers on several measures at once."""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path, choose
from kaiwu.rule.mechanism.grant import GRANT_KEYS, read_base, read_grant, read_otherwise

REQUIRED = ("rows",)
OPTIONAL = ("base", "otherwise")


def rewrite(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula of ``cases``; mistakes are recorded at their keys."""
    entry = context.mapping(spec, path, REQUIRED, OPTIONAL)
    if entry is None:
        return context.nothing
    base = read_base(entry, context)
    rows = context.rows(entry.data["rows"], (*path, "rows"), ("when",), GRANT_KEYS)
    conditions = [context.condition(row.data["when"], (*row.path, "when")) for row in rows]
    grants = [read_grant(row, context, base).part for row in rows]
    otherwise = read_otherwise(entry, context)
    if not grants:
        return context.nothing
    for part in [*grants[1:], *([otherwise] if otherwise else [])]:
        context.alike(grants[0], part)
    cases = [(condition, grant.raw) for condition, grant in zip(conditions, grants, strict=True)]
    return choose(cases, otherwise.raw if otherwise else "0")
