"""What one declared step is made of: its place and reach, its conditions, its limits.

Owns their shape. Reading them from YAML is ``reader``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.rule import expression as x

KEY_COLUMNS: Mapping[str, str] = {"firm": "entity", "year": "year", "matter": "matter", "clause": "clause"}
"""Words of ``per`` that name a standard column of the claims; any other word is a column of that name (product, person …)."""


@dataclass(frozen=True, slots=True)
class Test:
    """A condition over variables of a claim; ``node`` is its truth in the plan's program."""

    text: str
    tree: x.Bool
    node: int


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount in fen: a formula over variables of a claim, or a ``rate`` of a money column (``basis``: 实际投入)."""

    text: str
    tree: x.Num | None = None
    low: int = 0  # nodes of the plan's program
    high: int = 0
    rate: Fraction = Fraction(0)
    of: str = ""  # column

    @property
    def constant(self) -> int | None:
        """The amount in fen where it is one number."""
        return int(self.tree.value) if isinstance(self.tree, x.Literal) else None


@dataclass(frozen=True, slots=True)
class Term:
    """What every step says of itself: its place, article, reach (``clauses``, ``applies_to``) and how well it is attested."""

    number: int
    kind: str
    zh: str
    en: str
    article: str
    standing: str
    clauses: tuple[str, ...] = ()
    applies_to: Test | None = None
    where: str = ""
