"""The four answers (结论) and the algebra that combines them.

AND is the minimum under 不符合 < 缺数据 < 需认定 < 符合, OR the maximum under 不符合 < 需认定 < 缺数据 < 符合: a
missing figure matters as long as it can still change the result, a human finding only after that.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Outcome(IntEnum):
    """What a rule says of one entity. The numbers are the storage form."""

    FAIL = 0
    PASS = 1
    MISSING = 2
    HUMAN = 3

    @property
    def zh(self) -> str:
        """The word on lists and sheets."""
        return ("不符合", "符合", "缺数据", "需认定")[self]

    @property
    def en(self) -> str:
        """The English word."""
        return ("not met", "met", "data missing", "needs a finding")[self]


_AND_ORDER = (Outcome.FAIL, Outcome.MISSING, Outcome.HUMAN, Outcome.PASS)
_OR_ORDER = (Outcome.PASS, Outcome.MISSING, Outcome.HUMAN, Outcome.FAIL)


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Combine by AND; nothing at all is 符合."""
    seen = set(outcomes)
    return next((o for o in _AND_ORDER[:3] if o in seen), Outcome.PASS)


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Combine by OR; nothing at all is 不符合."""
    seen = set(outcomes)
    return next((o for o in _OR_ORDER[:3] if o in seen), Outcome.FAIL)


def negated(outcome: Outcome) -> Outcome:
    """NOT swaps the two known answers and keeps the two unknown ones."""
    return {Outcome.FAIL: Outcome.PASS, Outcome.PASS: Outcome.FAIL}.get(outcome, outcome)


def known(truth: bool) -> Outcome:
    """符合 or 不符合."""
    return Outcome.PASS if truth else Outcome.FAIL
