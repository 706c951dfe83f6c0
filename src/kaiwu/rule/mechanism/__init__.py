"""Mechanisms (机制) of amounts: each rewrites a small YAML mapping into a formula of the rule language.

Owns the way in. A mechanism is one file with one function ``rewrite(spec, context, path) -> text`` and one YAML
file of worked examples under ``examples/``; what it produced can be printed, checked and explained like any formula.
"""

from __future__ import annotations

from typing import Any

from kaiwu.rule.mechanism.context import MechanismContext, Path
from kaiwu.rule.mechanism.registry import MECHANISMS


def expand(spec: Any, context: MechanismContext, path: Path) -> str:
    """The formula text of an amount: text stands for itself, a mapping with one key for a mechanism.

    Mistakes are added to ``context.entry.problems`` with their key path, all of them in one pass; the text ``0元`` then stands
    in for the whole, so that a mistake is reported once, where it was made.
    """
    return context.value(spec, path)


__all__ = ["MECHANISMS", "MechanismContext", "expand"]
