"""The settlement (兑付规则) of a rulebook as declared: an ordered list of steps and what they read.

Owns the shapes that all steps share. What a kind of step means stands in its own file under ``step``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from kaiwu.rule import expression as x
from kaiwu.rule.decision import Need, Source
from kaiwu.rule.program import Program

if TYPE_CHECKING:
    from kaiwu.benefit.settlement.line import Line
    from kaiwu.benefit.settlement.tally import Effect, Scope, Tally

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


class Step(Protocol):
    """One declared step."""

    @property
    def term(self) -> Term:
        """What it says of itself."""
        ...

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Amounts after the step for the claims that it reaches."""
        ...

    def phrase(self, line: Line) -> tuple[str, str]:
        """The reason of one line in Chinese and English, without the amounts."""
        ...

    def columns(self) -> Sequence[str]:
        """Columns of the claims that it reads beside the standard ones."""
        ...


@dataclass(frozen=True, slots=True)
class Settlement:
    """The declared order (结算顺序) of one rulebook, checked: what ``settle`` carries out."""

    scheme: str
    family: str
    version: str
    zh: str
    en: str
    article: str
    standing: str
    document: Source
    clauses: tuple[str, ...]
    clause_titles: Mapping[str, tuple[str, str, str]]
    steps: tuple[Step, ...]
    program: Program = field(default_factory=Program)
    needs: tuple[Need, ...] = ()
    replaces: tuple[str, ...] = ()
    columns_from: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> tuple[str, ...]:
        """Columns of the claims beside the standard ones, in order of first use."""
        slots = [need.slot for need in self.needs if need.slot not in self.columns_from.values()]
        return tuple(dict.fromkeys([c for step in self.steps for c in step.columns()] + slots))
