"""What every check of one rule shares: the text, its words, and errors that point at a character.

Owns the budget of a rule once written out. What makes sense is ``check`` (conditions) and ``check_number`` (numbers).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from difflib import get_close_matches
from typing import Protocol

from kaiwu.figure.variable import Variable
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule import expression as x
from kaiwu.rule import syntax as s
from kaiwu.rule.vocabulary import Vocabulary

MAX_EXPANSION = (
    50_000  # typed nodes of one rule once period words, 如果 and formulas are written out; real ones stay below 500
)


def too_large(text: str, at: int) -> KaiwuError:
    """The error of a rule that grows beyond measure when it is written out."""
    shown = text if len(text) <= 200 else text[:200] + "…"
    return KaiwuError(
        Problem(
            "R-EXPANSION",
            f"条件展开后超过 {MAX_EXPANSION} 个部分(如果、年份词或导出变量层层相套); 请拆成几条",
            f"written out, the rule has more than {MAX_EXPANSION} parts (如果, period words or formulas in one another): split it",
            text=shown,
            at=min(at, len(shown)),
        )
    )


class Keeper(Protocol):
    """What a check asks of the checker of its rulebook."""

    vocabulary: Vocabulary

    def spend(self, text: str, at: int) -> None:
        """Count one node written out."""

    def formula_of(self, variable: Variable, check: Callable[[], x.Expr]) -> x.Expr:
        """Check the formula of a derived variable, refusing one that leads back to itself."""


class Reading(ABC):
    """The check of one rule text."""

    def __init__(self, checker: Keeper, text: str) -> None:
        self.checker = checker
        self.vocabulary = checker.vocabulary
        self.text = text

    # -- errors and wording ------------------------------------------------------------------------------

    def error(self, code: str, zh: str, en: str, node: s.Node) -> KaiwuError:
        """A problem at the first character of a node."""
        return KaiwuError(Problem(code, zh, en, text=self.text, at=node.at))

    def words(self, node: s.Node) -> str:
        """The officer's words of a node."""
        return self.text[node.at : node.end]

    def unknown(self, node: s.Word) -> KaiwuError:
        """A word that nothing declares, with the nearest names."""
        near = get_close_matches(node.text, list(self.vocabulary.variables), n=3, cutoff=0.5)
        zh = f"“{node.text}”不是已声明的名称" + (
            f", 是否指 {'、'.join(near)}?" if near else "; 请先在 variables 中声明"
        )
        en = f"“{node.text}” is no declared name" + (
            f"; did you mean {', '.join(near)}?" if near else "; declare it under variables"
        )
        return self.error("R-NAME", zh, en, node)

    @abstractmethod
    def condition(self, node: s.Node, shift: int, negate: bool) -> x.Bool:
        """Check a condition ``shift`` years away; ``negate`` asks for its contrary."""

    @abstractmethod
    def number(self, node: s.Node, shift: int) -> x.Num:
        """Check a number ``shift`` years away."""
