"""The rulebook of kind ``index`` as declared and checked (综合指数办法): indicators with formulas, tree, method, classes.

Owns the data. It computes nothing: scores are made in ``model.py``, tables in ``table.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kaiwu.quantity import Unit
from kaiwu.quantity.dimension import RATIO_ONE
from kaiwu.rating.book import ChangeRule, ClassTable, Ties
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.step.rank import Rank
from kaiwu.rating.index.tree import Node, Tree
from kaiwu.rule import expression as x
from kaiwu.rule.rulebook import Head


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its formula and the unit in which its value is read."""

    code: str
    zh: str
    en: str
    article: str
    formula: x.Num
    unit: Unit
    owner: str = ""

    def read(self, value: Fraction) -> float:
        """A value of the formula as a number in the indicator's unit."""
        shares = self.unit.dimension.power_of("ratio")  # formulas hold ratios as plain numbers
        one = self.unit.factor / Fraction(RATIO_ONE) ** shares
        return float(value / one)


@dataclass(frozen=True, slots=True)
class IndexBook:
    """A checked rulebook of kind ``index``; a template has no tree, but may name ``slots`` whose content is unknown."""

    head: Head
    tree: Tree | None
    indicators: Mapping[str, Indicator]
    method: Method
    league: x.Ref | None = None
    scope: x.Bool | None = None
    slots: tuple[Node, ...] = ()
    classes: ClassTable | None = None
    ties: Ties = field(default_factory=Ties)
    changes: ChangeRule | None = None

    @property
    def rank(self) -> Rank:
        """How places are given."""
        return next((s for s in self.method.steps if isinstance(s, Rank)), Rank())

    @property
    def decimals(self) -> int:
        """Decimals of printed scores; 6 where places are given on unrounded ones."""
        return 6 if self.rank.decimals is None else self.rank.decimals
