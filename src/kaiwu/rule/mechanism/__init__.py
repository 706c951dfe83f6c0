"""Mechanisms (机制) of amounts: each rewrites a small YAML mapping into a formula of the rule language.

Owns the table of mechanisms and the way they nest. A mechanism is one file with one function and one YAML file
of worked examples under ``examples/``; what it produced can be printed, checked and explained like any formula.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path

MECHANISMS: dict[str, str] = {
    "tiers": "kaiwu.rule.mechanism.tier:rewrite",
    "marginal": "kaiwu.rule.mechanism.marginal:rewrite",
    "capped": "kaiwu.rule.mechanism.cap:rewrite",
    "smallest": "kaiwu.rule.mechanism.extreme:rewrite_smallest",
    "highest": "kaiwu.rule.mechanism.extreme:rewrite_highest",
    "sum": "kaiwu.rule.mechanism.total:rewrite",
    "first_time": "kaiwu.rule.mechanism.first_time:rewrite",
    "mean": "kaiwu.rule.mechanism.mean:rewrite",
    "increment": "kaiwu.rule.mechanism.increment:rewrite",
    "top_up": "kaiwu.rule.mechanism.top_up:rewrite",
    "uplift": "kaiwu.rule.mechanism.uplift:rewrite",
    "matching": "kaiwu.rule.mechanism.matching:rewrite",
    "by_value": "kaiwu.rule.mechanism.by_value:rewrite",
}

Rewrite = Callable[[Any, MechanismContext, Path], str]


def expand(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula text of an amount: text stands for itself, a mapping with one key for a mechanism.

    Mistakes are added to ``context.entry.problems`` with their key path; the text ``0元`` stands in for a part that could
    not be read, so that all mistakes of a file are found in one pass.
    """
    if isinstance(spec, str):
        return context.value(spec, path)
    if isinstance(spec, dict) and len(spec) == 1:
        key, inner = next(iter(spec.items()))
        if key in MECHANISMS:
            module, _, function = MECHANISMS[key].partition(":")
            rewrite: Rewrite = getattr(import_module(module), function)
            return rewrite(inner, context, (*path, key))
    context.complain(
        path,
        "R-MECHANISM",
        f"金额要写算式, 或一个机制: {', '.join(MECHANISMS)}",
        f"an amount is a formula or one mechanism of: {', '.join(MECHANISMS)}",
    )
    return context.nothing


__all__ = ["MECHANISMS", "MechanismContext", "expand"]
