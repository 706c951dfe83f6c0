"""Constraints (硬约束) as data: what a supply must offer for what a project needs.

Owns the four tests and their wording. Which quantities are compared is declared by a rulebook; nothing here knows a floor
load from a ceiling height.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Comparison(StrEnum):
    """How a need is held against an offer."""

    AT_LEAST = "at_least"  # offer >= need: floor load, height, power, width of a plot
    AT_MOST = "at_most"  # offer <= need: the largest area that is wanted
    EQUAL = "equal"  # offer = need
    ONE_OF = "one_of"  # the need is one of what the offer allows: zoning; the offer is a set of values as bits


WORDS: dict[Comparison, tuple[str, str]] = {
    Comparison.AT_LEAST: ("不足", "too small"),
    Comparison.AT_MOST: ("过大", "too large"),
    Comparison.EQUAL: ("不一致", "different"),
    Comparison.ONE_OF: ("不在允许范围", "not allowed"),
}


@dataclass(frozen=True, slots=True)
class Constraint:
    """One test. ``kinds`` are the kinds of supply that it reaches; none means all.

    Where ``is_optional``, a project that states no need is free of it; otherwise a blank need fits nothing. A blank offer
    never fits a stated need: what is not known is not promised.
    """

    code: str
    zh: str
    en: str
    test: Comparison
    kinds: tuple[str, ...] = ()
    is_optional: bool = False

    def reaches(self, kind: str) -> bool:
        """Whether supplies of a kind are tested."""
        return not self.kinds or kind in self.kinds
