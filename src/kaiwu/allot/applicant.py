"""Applicants (申请项目): what one project brings into a round, all of it whole numbers.

Owns their data and how they stand before any order is made. It does not own scores' making or the conditions of entry: both
arrive as answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from kaiwu.rule.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Applicant:
    """One project of one firm.

    ``score`` is in steps of the round's scale and ``items`` are its parts (they sum to it where given). ``accepts`` are kinds of
    supply, the most wanted first; ``prefers`` names single supplies that are tried before these. ``admitted`` is the answer
    of the conditions by kind. ``needs`` are held against the offers of supplies; ``demand`` is resource -> month
    (``2027-03``, or ``""`` for the round) -> amount. ``pools`` are reserves that it belongs to.
    """

    id: str
    firm: str
    filed: dt.date
    score: int
    accepts: tuple[str, ...]
    admitted: Mapping[str, Outcome]
    group: str = ""
    items: Mapping[str, int] = field(default_factory=dict)
    prefers: tuple[str, ...] = ()
    needs: Mapping[str, int | None] = field(default_factory=dict)
    demand: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    pools: frozenset[str] = frozenset()
    is_rated: bool = True  # False: a figure behind the score is missing, so that nobody can order it
    zh: str = ""
    where: str = ""

    @property
    def standing(self) -> Outcome:
        """The best answer over the kinds that it accepts, in the order 不符合 < 需认定 < 缺数据 < 符合; without a score it is at
        best 缺数据."""
        best = max((self.admitted.get(k, Outcome.FAIL) for k in self.accepts), key=_BETTER.index, default=Outcome.FAIL)
        return Outcome.MISSING if best == Outcome.PASS and not self.is_rated else best

    @property
    def is_entered(self) -> bool:
        """Whether it may be placed at all."""
        return self.standing == Outcome.PASS


_BETTER = (Outcome.FAIL, Outcome.HUMAN, Outcome.MISSING, Outcome.PASS)
