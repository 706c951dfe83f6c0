"""Finds every place where a loader checks the keys of a mapping, and which keys it allows there.

Owns reading the loaders' source; the allowed keys themselves are evaluated in the loader's module, so that they are
the program's own.
"""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path

PACKAGES = ("figure", "rule", "benefit", "rating", "match", "pack", "allot")
"""Packages with loaders of pack content; the keys of ``synth`` belong to its own page of a pack."""

SKIPPED = frozenset({"kaiwu.rule.mechanism.example", "kaiwu.benefit.settlement.example"})
"""Example files of mechanisms and settlement steps are no pack content."""


@cache
def scan_keys(root: Path) -> dict[str, tuple[str, ...]]:
    """``module:function`` (``#2`` for a second call) -> allowed keys; empty where they are put together at run time."""
    found: dict[str, tuple[str, ...]] = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            module = ".".join(path.relative_to(root.parent).with_suffix("").parts)
            if module not in SKIPPED:
                found |= _scan_file(module, ast.parse(path.read_text(encoding="utf-8")))
    return found


def _scan_file(module: str, tree: ast.Module) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    count: Counter[str] = Counter()
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and _is_check(n)]
        for call in sorted(calls, key=lambda n: n.lineno):
            place = f"{module}:{function.name}"
            count[place] += 1
            name = place if count[place] == 1 else f"{place}#{count[place]}"
            found[name] = _evaluate(call.args[0], module)
    return found


def _is_check(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "check_keys" and bool(call.args)


def _evaluate(expression: ast.expr, module: str) -> tuple[str, ...]:
    names = {n.id for n in ast.walk(expression) if isinstance(n, ast.Name)}
    space = vars(import_module(module))
    if not names <= set(space):
        return ()
    return tuple(eval(compile(ast.Expression(expression), module, "eval"), dict(space)))
