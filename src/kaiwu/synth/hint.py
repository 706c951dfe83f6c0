"""What a pack's rules say about the size of their inputs (取值线索): numbers next to a variable, and what is excluded.

Owns reading rulebooks for that purpose only: the texts of conditions, never their meaning. It decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kaiwu.figure.variable import Variable
from kaiwu.pack.shelf import Shelf
from kaiwu.quantity import KaiwuError
from kaiwu.rule.token import Token, tokenize
from kaiwu.rule.vocabulary import Vocabulary

PROSE = frozenset({
    "zh", "en", "text", "note", "article", "department", "document", "valid", "application", "id", "rulebook", "family",
    "jurisdiction", "level", "source", "standing", "page", "status", "kind", "population", "owner", "title", "grants", "matter",
})  # fmt: skip
"""Keys whose texts are for people, or say nothing about amounts."""
BARRING = frozenset({"veto", "exempt"})
"""Keys under which a flag speaks against a firm."""
CLOSE = 2
"""A number so many tokens from a name, an operator between them, is what the name is compared with."""


@dataclass(slots=True)
class Hint:
    """Numbers in base units: ``near`` beside the variable, ``around`` elsewhere in its clause; ``is_barred``: yes is bad."""

    near: list[Fraction] = field(default_factory=list)
    around: list[Fraction] = field(default_factory=list)
    is_barred: bool = False

    @property
    def numbers(self) -> list[Fraction]:
        """The better of the two, positive ones only."""
        return [n for n in self.near if n > 0] or [n for n in self.around if n > 0]


def read_hints(shelf: Shelf) -> dict[str, Hint]:
    """Hints by variable code from all rulebooks of a pack."""
    hints: dict[str, Hint] = {}
    for name in shelf.pack.names("rulebooks"):
        data = shelf.pack.document(name).data
        if not isinstance(data, dict):
            continue
        clauses = data.get("clauses")
        for clause in clauses if isinstance(clauses, list) else [data]:
            _Reader(shelf.vocabulary, hints).read(clause)
    return hints


class _Reader:
    """Reads one clause."""

    def __init__(self, vocabulary: Vocabulary, hints: dict[str, Hint]) -> None:
        self._vocabulary, self._hints = vocabulary, hints
        self._named: dict[str, Variable] = {}
        self._numbers: list[Token] = []

    def read(self, clause: Any) -> None:
        self._walk(clause, False)
        for variable in self._named.values():
            if variable.unit is not None:
                found = [b for t in self._numbers if (b := _base(t, variable)) is not None]
                self._hints[variable.code].around += found

    def _walk(self, node: Any, is_barred: bool) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key not in PROSE:
                    self._walk(value, is_barred or key in BARRING)
        elif isinstance(node, list):
            for item in node:
                self._walk(item, is_barred)
        elif isinstance(node, str):
            self._read_text(node, is_barred)

    def _read_text(self, text: str, is_barred: bool) -> None:
        try:
            tokens = tokenize(text, self._vocabulary)
        except KaiwuError:
            return
        self._numbers += [t for t in tokens if t.kind == "number"]
        for at, token in enumerate(tokens):
            variable = self._vocabulary.variable(token.text) if token.kind == "name" else None
            if variable is None:
                continue
            self._named[variable.code] = variable
            hint = self._hints.setdefault(variable.code, Hint())
            hint.is_barred |= is_barred or _is_denied(tokens, at)
            beside = [t for t in tokens[max(at - CLOSE, 0) : at + CLOSE + 1] if t.kind == "number"]
            hint.near += [b for t in beside if (b := _base(t, variable)) is not None]


def _base(token: Token, variable: Variable) -> Fraction | None:
    """A number in base units, where it has the dimension of a variable."""
    if token.unit is None or variable.unit is None or not isinstance(token.value, Fraction):
        return None
    return token.unit.to_base(token.value) if token.unit.dimension == variable.unit.dimension else None


def _is_denied(tokens: list[Token], at: int) -> bool:
    """Whether 非 stands before a name, perhaps with a bracket between."""
    before = [t for t in tokens[max(at - 2, 0) : at] if not (t.kind == "op" and t.text == "(")]
    return bool(before) and before[-1].kind == "connective" and before[-1].text == "not"
