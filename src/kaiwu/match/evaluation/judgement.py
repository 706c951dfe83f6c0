"""Judged pairs (判定): which offers somebody looked at for a need, and how good they were.

Owns the shape. A pair that nobody judged is not irrelevant: it is unknown, and every metric says how it treats it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kaiwu.match.text import FieldText
from kaiwu.table import digest_value


@dataclass(frozen=True, slots=True)
class JudgedNeed:
    """A need with the grades (0 of no use … 3 exactly this) of the offers that were judged for it."""

    code: str
    text: FieldText
    grades: Mapping[str, int]

    @property
    def is_scorable(self) -> bool:
        """Whether any judged offer is of use; without one every order is as good as any other."""
        return any(grade > 0 for grade in self.grades.values())


@dataclass(frozen=True, slots=True)
class Judgements:
    """All needs of an evaluation and the offers that they are looked for in, by code."""

    needs: tuple[JudgedNeed, ...]
    offers: Mapping[str, FieldText]

    @property
    def scorable(self) -> tuple[JudgedNeed, ...]:
        """The needs that metrics are taken over."""
        return tuple(need for need in self.needs if need.is_scorable)

    @property
    def pairs(self) -> int:
        """Judged pairs in all."""
        return sum(len(need.grades) for need in self.needs)

    @property
    def digest(self) -> str:
        """SHA-256 of needs, offers and grades: what a permit for a stage was given on."""
        return digest_value(
            {
                "needs": {n.code: [n.text.title, n.text.body, dict(n.grades)] for n in self.needs},
                "offers": {code: [text.title, text.body] for code, text in self.offers.items()},
            }
        )
