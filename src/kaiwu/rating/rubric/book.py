"""A rubric as declared and checked (打分表), before it is lowered: items in blocks, marks, routes, grades.

Owns the data and nothing else. Points are exact numbers of 分 here and whole 10^-6 分 once evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.figure.variable import Variable
from kaiwu.rating.book import ChangeRule
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Source
from kaiwu.rule.rulebook import Head

TOTAL = "total"
"""The code of the whole score, where a mark names what it is of."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a point table (档): its condition and the points that it gives, ``low`` to ``high`` 分.

    ``low`` and ``high`` differ where an expert gives the points inside the row.
    """

    zh: str
    en: str
    when: x.Bool
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Form:
    """How an item becomes points (计分方式): two formulas of points, equal unless a human has a range to give from.

    ``rows`` are there for printing and for the search of what would close a gap; ``parts`` for forms made of forms.
    ``of`` is the measure that the rows are about, where they are about one.
    """

    kind: str  # bands levels each any formula expert slot higher_of sum_of choose
    low: x.Num
    high: x.Num
    rows: tuple[Row, ...] = ()
    parts: tuple[Form, ...] = ()
    of: x.Num | None = None
    zh: str = ""
    en: str = ""
    most: Fraction | None = None  # the highest points that it can give, where that is plain

    @property
    def is_range(self) -> bool:
        """Whether a human gives points inside a range even where every fact is known."""
        return self.low is not self.high


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the point table (指标). ``given`` is the variable of the points as an expert or the office gave them."""

    code: str
    zh: str
    en: str
    article: str
    most: Fraction
    form: Form
    given: Variable | None = None
    owner: str = ""
    standing: str = "attested"
    source: str = ""
    is_bonus: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Items and blocks whose points are added (一级指标), at most ``most`` and, to pass, at least ``floor``.

    ``given`` is an official score of the whole block: where there is one, it counts and the items do not.
    """

    code: str
    zh: str
    en: str
    children: tuple[Item | Block, ...]
    article: str = ""
    most: Fraction | None = None
    floor: Fraction | None = None
    given: Variable | None = None
    is_bonus: bool = False

    def walk(self) -> Iterator[Item | Block]:
        """The block and all below it, in the order of the document."""
        yield self
        for child in self.children:
            if isinstance(child, Block):
                yield from child.walk()
            else:
                yield child

    def items(self) -> Iterator[Item]:
        """The items below, in the order of the document."""
        return (part for part in self.walk() if isinstance(part, Item))


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that a score must reach (合格线): ``at`` 分 of a block or of the total; ``is_strict`` is above it."""

    of: str
    at: Fraction
    is_strict: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition: a gate (必备条件), a veto known not to apply, a human finding, or a direct pass (直通)."""

    zh: str
    en: str
    tree: x.Bool
    article: str = ""
    role: str = "gate"  # gate veto human direct


@dataclass(frozen=True, slots=True)
class Route:
    """One way to pass (认定途径): all ``gates`` hold and either all ``marks`` are reached or one ``direct`` condition holds."""

    code: str
    zh: str
    en: str
    article: str
    gates: tuple[Condition, ...] = ()
    marks: tuple[Mark, ...] = ()
    direct: tuple[Condition, ...] = ()
    grants: str = ""
    department: str = ""
    document: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Grade:
    """A class by score (等次): from ``low`` to ``high`` 分, an absent end is open."""

    code: str
    zh: str
    en: str
    low: Fraction | None
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class Grades:
    """Grades in order from best to worst; ``edges`` as in bands."""

    rows: tuple[Grade, ...]
    edges: str = "[)"

    def codes(self) -> tuple[str, ...]:
        """The codes, best first."""
        return tuple(row.code for row in self.rows)

    def holds(self, row: Grade, score: Fraction) -> bool:
        """Whether a score lies in a grade."""
        if self.edges == "[)":
            return (row.low is None or score >= row.low) and (row.high is None or score < row.high)
        return (row.low is None or score > row.low) and (row.high is None or score <= row.high)


@dataclass(frozen=True, slots=True)
class RubricBook:
    """A checked rulebook of kind ``rubric``. ``root`` is the block of everything, its code ``total``."""

    head: Head
    root: Block
    routes: tuple[Route, ...]
    full: Fraction
    scope: x.Bool | None = None
    grades: Grades | None = None
    changes: ChangeRule | None = None

    @property
    def classes(self) -> Grades | None:
        """The grades, under the name by which changes of class know them."""
        return self.grades

    def part(self, code: str) -> Item | Block:
        """A block or an item by code; ``KeyError`` where there is none."""
        for part in self.root.walk():
            if part.code == code:
                return part
        raise KeyError(code)

    def route(self, code: str) -> Route:
        """A route by code; ``KeyError`` where there is none."""
        for route in self.routes:
            if route.code == code:
                return route
        raise KeyError(code)
