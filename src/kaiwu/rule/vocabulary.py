"""The vocabulary of rules: which words a rule may use and what they stand for.

Owns connectives, functions, period words and the look-up of names. Variables come from a catalogue, period
words from the pack: their meaning is declared there, never assumed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kaiwu.figure.variable import Variable

CONNECTIVES: dict[str, str] = {
    "且": "and", "并且": "and", "and": "and",
    "或": "or", "或者": "or", "or": "or",
    "非": "not", "not": "not",
    "between": "between", "介于": "between", "in": "in", "属于": "in", "不属于": "not in",
}  # fmt: skip

FUNCTIONS: dict[str, str] = {
    "min": "min", "较小值": "min", "取小": "min",
    "max": "max", "较大值": "max", "取大": "max",
    "if": "if", "如果": "if",
    "round": "round", "四舍五入": "round",
    "floor": "floor", "舍去": "floor",
    "ceil": "ceil", "进位": "ceil",
    "known": "known", "已知": "known",
    "abs": "abs", "绝对值": "abs",
    "year": "year", "年份": "year",
    "sign_positive": "positive", "为正": "positive",
}  # fmt: skip

# Words that say on which side of an edge the number itself lies. The Civil Code includes it in 以上, 以下, 以内, 不低于
# and excludes it in 超过, 不满, 以外, but statistics standards read 以下 strictly: a rulebook declares each word it uses.
EDGE_WORDS: dict[str, tuple[str, str]] = {
    "以上": (">=", ">"), "以下": ("<=", "<"), "以内": ("<=", "<"), "以外": (">", ">="),
    "不低于": (">=", ">="), "不少于": (">=", ">="), "不高于": ("<=", "<="), "不超过": ("<=", "<="), "至少": (">=", ">="),
    "超过": (">", ">="), "高于": (">", ">"), "低于": ("<", "<"), "少于": ("<", "<"), "不满": ("<", "<"), "不足": ("<", "<"),
}  # fmt: skip
EDGE_SUFFIXES = frozenset({"以上", "以下", "以内", "以外"})

CONSTANTS: dict[str, bool] = {"true": True, "是": True, "false": False, "否": False}

BASIS_DATE = "基准日"  # the date as of which a run decides
RATED_YEAR = "评价年度"  # the year whose figures a run rates
CONTEXT: dict[str, str] = {
    BASIS_DATE: "as_of", "申报日": "as_of", "as_of": "as_of",
    RATED_YEAR: "rated", "rated": "rated",
}  # fmt: skip


class PeriodKind(StrEnum):
    """What a period word does to the expression behind it."""

    VALUE = "value"  # the expression in one other year
    MEAN = "mean"  # arithmetic mean over the years, all of which must be known
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    EACH = "each"  # a condition that must hold in every year
    ANY = "any"  # a condition that must hold in at least one year
    INCREASE = "increase"  # last year of the list minus the first one named
    GROWTH = "growth"  # (new - old) / old; a base of zero or less has no growth
    MEAN_GROWTH = "mean_growth"  # mean of yearly growth rates, each rounded to 10^-8
    COMPOUND_GROWTH = "compound_growth"  # only comparable with a rate, by whole powers


@dataclass(frozen=True, slots=True)
class Period:
    """A declared period word (``上年``, ``近两年均`` …).

    ``years`` are offsets from the rated year (0 is the rated year itself), newest first. For increase and growth
    the first is the new year and the last is the base.
    """

    word: str
    kind: PeriodKind
    years: tuple[int, ...]


@dataclass(slots=True)
class Vocabulary:
    """All words of a rulebook. ``longest(text, at)`` finds the longest declared word that begins there."""

    variables: Mapping[str, Variable]
    periods: Mapping[str, Period] = field(default_factory=dict)
    edges: Mapping[str, str] = field(default_factory=dict)  # declared edge word -> comparison
    _by_first: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = {w.casefold() if w.isascii() else w for w in self._all_words()}
        for word in sorted(words, key=len, reverse=True):
            self._by_first.setdefault(word[0].casefold(), []).append(word)

    def _all_words(self) -> Iterable[str]:
        yield from self.variables
        yield from self.periods
        for table in (CONNECTIVES, FUNCTIONS, CONSTANTS, CONTEXT, EDGE_WORDS):
            yield from table

    def longest(self, text: str, at: int) -> str | None:
        """The longest declared word at ``text[at:]``; ASCII words match without regard to case and end at a word edge."""
        first = text[at]
        candidates = self._by_first.get(first.casefold(), ())
        for word in candidates:
            piece = text[at : at + len(word)]
            if (piece.casefold() if word.isascii() else piece) != word:
                continue
            if word[-1].isascii() and _continues(text, at + len(word)):
                continue
            return word
        return None

    def variable(self, word: str) -> Variable | None:
        """The variable of a name, Chinese or code."""
        return self.variables.get(word)


def _continues(text: str, at: int) -> bool:
    return at < len(text) and text[at].isascii() and (text[at].isalnum() or text[at] == "_")
