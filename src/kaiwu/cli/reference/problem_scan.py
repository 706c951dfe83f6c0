"""Finds every problem code in the source, with its Chinese and English text as templates.

Owns reading the source as syntax trees; nothing is imported or run. A code stands first of three arguments (code, zh,
en) or in a table of phrases; texts that a variable holds are looked up in the function around them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

CODE = re.compile(r"[A-Z]{1,3}(-[A-Z0-9]+)+\Z")
NOT_CODES = frozenset({"UTF-8", "UTF-16", "GB-18030", "GCJ-02", "BD-09", "SHA-256"})
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class Found:
    """One code: where it is raised, and its texts in the order of the source."""

    code: str
    modules: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)


@cache
def scan_problems(root: Path) -> dict[str, Found]:
    """All codes below a source folder, by code."""
    found: dict[str, Found] = {}
    for path in sorted(root.rglob("*.py")):
        if path.parent.name == "reference":
            continue
        module = ".".join(path.relative_to(root.parent).with_suffix("").parts)
        for code, zh, en in _scan_file(ast.parse(path.read_text(encoding="utf-8"))):
            entry = found.setdefault(code, Found(code))
            if module not in entry.modules:
                entry.modules.append(module)
            if (zh or en) and (zh, en) not in entry.texts:
                entry.texts.append((zh, en))
    return dict(sorted(found.items()))


def _scan_file(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_code(node.value):
            for zh, en in _texts_beside(node, parents):
                yield node.value, zh, en


def _is_code(text: str) -> bool:
    return CODE.match(text) is not None and text not in NOT_CODES


def _texts_beside(node: ast.Constant, parents: dict[ast.AST, ast.AST]) -> list[tuple[str, str]]:
    """The two texts that follow a code among the arguments of its call, or in the table where it is a key."""
    parent = parents.get(node)
    if isinstance(parent, ast.Compare):
        return []
    scope: ast.AST | None = parent
    while scope is not None and not isinstance(scope, ast.FunctionDef | ast.Module):
        scope = parents.get(scope)
    siblings: list[ast.expr] = []
    if isinstance(parent, ast.Call) and node in parent.args:
        siblings = parent.args[parent.args.index(node) + 1 :]
    elif isinstance(parent, ast.Tuple):
        siblings = parent.elts[parent.elts.index(node) + 1 :]
    elif isinstance(parent, ast.Dict):
        value = next((v for k, v in zip(parent.keys, parent.values, strict=True) if k is node), None)
        siblings = list(value.elts) if isinstance(value, ast.Tuple) else _arguments(value)
    top = node if scope is None else _top(scope, parents)
    texts = [_templates(s, inner, s.lineno, top) for one in siblings for s, inner in _unfolded(one, scope, top)]
    pairs = [(zh, en) for zh_list, en_list in pairwise(texts) for zh, en in _pair(zh_list, en_list)]
    return pairs[:6] or [("", "")]


def _top(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    while node in parents:
        node = parents[node]
    return node


def _unfolded(node: ast.expr, scope: ast.AST | None, top: ast.AST) -> list[tuple[ast.expr, ast.AST | None]]:
    """A function that words a problem gives a pair: what a lambda or a named function of the module returns."""
    if isinstance(node, ast.Lambda) and isinstance(node.body, ast.Tuple):
        return [(part, scope) for part in node.body.elts]
    if isinstance(node, ast.Lambda) and isinstance(node.body, ast.Call):
        return _unfolded(node.body.func, scope, top)
    if isinstance(node, ast.Name):
        for other in ast.walk(top):
            if isinstance(other, ast.FunctionDef) and other.name == node.id:
                pairs = [n.value for n in ast.walk(other) if isinstance(n, ast.Return)]
                return [(part, other) for pair in pairs[-1:] if isinstance(pair, ast.Tuple) for part in pair.elts]
    return [(node, scope)]


def _arguments(value: ast.expr | None) -> list[ast.expr]:
    return list(value.args) if isinstance(value, ast.Call) else []


def _pair(zh: list[str], en: list[str]) -> list[tuple[str, str]]:
    """Chinese and English alternatives side by side; nothing where they are no such pair."""
    zh, en = [t for t in zh if _HAN.search(t)], [t for t in en if t]
    if not zh or not en:
        return []
    return list(zip(zh, en, strict=False)) if len(zh) == len(en) else [(zh[0], en[0])]


def _templates(node: ast.expr | None, scope: ast.AST | None, before: int, top: ast.AST) -> list[str]:
    """What a text can be: a constant, a template with its holes in braces, or what a local name was given."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(_piece(part) for part in node.values)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _templates(node.left, scope, before, top), _templates(node.right, scope, before, top)
        return [(left or ["…"])[0] + (right or ["…"])[0]]
    if isinstance(node, ast.IfExp):
        return _templates(node.body, scope, before, top) + _templates(node.orelse, scope, before, top)
    if isinstance(node, ast.Call):
        return ["{…}"]
    if isinstance(node, ast.Name) and scope is not None:
        return _assigned(node.id, scope, before, top)
    return []


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    words = re.findall(r"[A-Za-z_]\w*", ast.unparse(part.value).replace("'", ""))
    return "{" + (words[-1] if isinstance(part.value, ast.Name | ast.Attribute) and words else "…") + "}"


def _assigned(name: str, scope: ast.AST, before: int, top: ast.AST) -> list[str]:
    """The last text given to a name in the function before a line, in either form of assignment."""
    best: tuple[int, ast.expr] | None = None
    for node in ast.walk(scope):
        if not isinstance(node, ast.Assign) or node.lineno > before:
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name) and target.id == name:
            best = max(best or (0, value), (node.lineno, value), key=lambda item: item[0])
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, given in zip(target.elts, value.elts, strict=False):
                if isinstance(one, ast.Name) and one.id == name:
                    best = max(best or (0, given), (node.lineno, given), key=lambda item: item[0])
    if best is None:
        return _handed_in(name, scope, top)
    if isinstance(best[1], ast.Name) and best[1].id == name:
        return []
    return _templates(best[1], scope, best[0], top)


def _handed_in(name: str, scope: ast.AST, top: ast.AST) -> list[str]:
    """The texts that callers in the same module give to a parameter; at most three."""
    if not isinstance(scope, ast.FunctionDef):
        return []
    names = [a.arg for a in scope.args.args if a.arg != "self"]
    if name not in names:
        return []
    calls = [n for n in ast.walk(top) if isinstance(n, ast.Call) and ast.unparse(n.func).split(".")[-1] == scope.name]
    given = [c.args[names.index(name)] for c in calls if len(c.args) > names.index(name)]
    return [t for g in given if isinstance(g, ast.Constant | ast.JoinedStr) for t in _templates(g, None, 0, top)][:3]
