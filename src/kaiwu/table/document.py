"""Content files (YAML) read into plain data together with the place of every key.

Owns reading: duplicate keys, exact decimals, size limits, places. It does not know what any key means.
Scalars: whole numbers are ``int``, decimals are exact ``Fraction``, ``true``/``false`` are ``bool``,
``2024-06-30`` is a ``date``, nothing is ``None``; all else is text. A float never appears.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from kaiwu.quantity.problem import KaiwuError, Problem

KeyPath = tuple[str | int, ...]

MAX_BYTES = 64 * 1024 * 1024  # a pack of 6,000 policies is about 30 MB in one file
MAX_DEPTH = 40  # content is at most about eight levels deep; deeper is an attack or a slip

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """A content file: ``data`` as plain values, ``places`` from key path to (line, column), both from 1."""

    name: str
    data: Any
    places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    text: str = ""

    def where(self, *path: str | int) -> str:
        """``file:line:column keys`` of a key path; the nearest known ancestor gives the line."""
        known = path
        while known and known not in self.places:
            known = known[:-1]
        line, column = self.places.get(known, (1, 1))
        return f"{self.name}:{line}:{column} {print_path(path)}".rstrip()

    def problem(self, code: str, zh: str, en: str, *path: str | int, text: str = "") -> Problem:
        """A problem at a key path."""
        return Problem(code, zh, en, where=self.where(*path), text=text)


def print_path(path: KeyPath) -> str:
    """``clauses[0].when`` for ``("clauses", 0, "when")``."""
    out = ""
    for key in path:
        out += f"[{key}]" if isinstance(key, int) else (f".{key}" if out else str(key))
    return out


def read_document(path: Path, name: str | None = None) -> Document:
    """Read one YAML file (UTF-8, with or without BOM). Errors: ``KaiwuError`` with the line and column."""
    name = name or path.name
    if path.stat().st_size > MAX_BYTES:
        raise KaiwuError(
            Problem("T-YAML-SIZE", "文件过大, 请拆分", f"file larger than {MAX_BYTES} bytes: split it", where=name)
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise KaiwuError(
            Problem("T-YAML-UTF8", "不是 UTF-8, 请另存为 UTF-8", "not UTF-8: save the file as UTF-8", where=name)
        ) from e
    return parse_document(text, name)


def parse_document(text: str, name: str = "<text>") -> Document:
    """Parse YAML text; one document per file, no aliases, no duplicate keys."""
    document = Document(name=name, data=None, text=text)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise KaiwuError(
            Problem("T-YAML-SYNTAX", f"YAML 语法错误: {e.__class__.__name__}", str(e).replace("\n", " "), where=where)
        ) from e
    if node is not None:
        problems: list[Problem] = []
        document.data = _build(node, (), document, problems, set())
        if problems:
            raise KaiwuError(problems)
    return document


def _build(node: Any, path: KeyPath, doc: Document, problems: list[Problem], seen: set[int]) -> Any:
    doc.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in seen or len(path) > MAX_DEPTH:
        problems.append(
            doc.problem("T-YAML-ALIAS", "不允许别名(*)或过深的嵌套", "aliases and deep nesting are not allowed", *path)
        )
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, doc, problems)
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_build(n, (*path, i), doc, problems, seen) for i, n in enumerate(node.value)]
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        here = (*path, key)
        if key in out:
            line = key_node.start_mark.line + 1
            problems.append(
                doc.problem(
                    "T-YAML-TWICE", f"键“{key}”在第 {line} 行重复", f"key “{key}” occurs again on line {line}", *here
                )
            )
        out[key] = _build(value_node, here, doc, problems, seen)
    return out


def _scalar(node: Any, path: KeyPath, doc: Document, problems: list[Problem]) -> Any:
    text: str = node.value
    if node.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _INT.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return Fraction(text)
    if m := _DATE.match(text):
        try:
            return dt.date(int(m[1]), int(m[2]), int(m[3]))
        except ValueError:
            problems.append(doc.problem("T-YAML-DATE", f"没有这一天: {text}", f"no such day: {text}", *path))
            return None
    return text
