"""No module of the program needs itself: the graph of imports has no circle, imports inside functions included."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"

Graph = dict[str, set[str]]

LATE = {
    "kaiwu.rating.award": {"kaiwu.rating.award_explanation"},
    "kaiwu.rating.index.phrase": {"kaiwu.rating.index.advice"},
}
"""Imports inside functions that still close a circle: an object that says its own sentences. Nothing may be added."""


def read_modules(root: Path) -> dict[str, str]:
    """Module -> source; a package is named as its folder."""
    found = {}
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def build_graph(modules: Mapping[str, str]) -> Graph:
    """Module -> modules of the same program that it imports, without those that only type checkers import."""
    return {name: set(_targets(ast.parse(text), modules.keys())) - {name} for name, text in modules.items()}


def _targets(node: ast.AST, known: Set[str]) -> Iterator[str]:
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield from (name for name in (inner if inner in known else node.module,) if name in known)
    for child in ast.iter_child_nodes(node):
        yield from _targets(child, known)


def find_circle(graph: Graph) -> list[str]:
    """The modules of one circle, or none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("import b", {"a", "b"}),
        ("from b import name", {"a", "b"}),
        ("def later():\n    from b import name", {"a", "b"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b", set()),
        ("import c", set()),
    ],
)
def test_a_circle_is_seen_wherever_the_import_stands(text: str, circle: set[str]) -> None:
    assert set(find_circle(build_graph({"a": text, "b": "import a", "c": ""}))) == circle


def test_no_module_of_the_program_imports_itself_by_way_of_others() -> None:
    graph = build_graph(read_modules(SOURCE))
    assert len(graph) > 400
    assert find_circle({name: targets - LATE.get(name, set()) for name, targets in graph.items()}) == []
