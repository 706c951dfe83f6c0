"""The syntax tree of a rule as written, before names and units are checked.

Every node carries ``at``, the offset of its first character, and ``end``, so that errors and explanations can
point at the words of the officer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.quantity import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any piece of a rule; ``at`` and ``end`` are character offsets."""

    at: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A literal with or without a unit."""

    value: Fraction
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """A day."""

    value: dt.date


@dataclass(frozen=True, slots=True)
class YearLiteral(Node):
    """A calendar year (``2023年``)."""

    value: int


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A word that is no declared name: a category value if the context says so, else an error."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A declared variable or context word, as written."""

    text: str


@dataclass(frozen=True, slots=True)
class InPeriod(Node):
    """A period word applied to an expression."""

    word: str
    inner: Node


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-`` or ``not``."""

    op: str
    inner: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``+ - * /``, a comparison, ``and`` or ``or``."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``x between a and b``, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``x in (a, b)``."""

    value: Node
    items: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A whitelisted function."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """``true`` / ``是`` or ``false`` / ``否``."""

    value: bool
