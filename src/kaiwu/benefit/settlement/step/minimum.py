"""Least amount that is paid (起付): below it nothing, and what is not paid is not shared again.

Owns nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.tally import Effect, Scope, Tally, plain_effect
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("起付", "least payment")


@dataclass(frozen=True, slots=True)
class Minimum:
    """Awards below ``amount`` fen become nothing."""

    term: Term
    amount: int

    def columns(self) -> Sequence[str]:
        """None."""
        return ()

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Drop what is too small."""
        low = np.where(scope.low < self.amount, 0, scope.low)
        high = np.where(scope.high < self.amount, 0, scope.high)
        return plain_effect(scope, low=low, high=high, code=((scope.high > 0) & (low == 0)).astype(np.uint8))

    def phrase(self, line: Line) -> tuple[str, str]:
        """Whether it was too small."""
        least = money(self.amount)
        if line.code:
            return f"不足{least[0]}的不支付", f"less than {least[1]} is not paid"
        return f"不低于起付{least[0]}", f"not below {least[1]}"


def read(reader: StepReader, entry: Entry, term: Term) -> Minimum:
    """``{step: minimum, amount: 1000元, below: nothing}``."""
    entry.check_keys((*TERM_KEYS, "amount", "below"))
    entry.choice("below", ("nothing",), "nothing")
    amount = reader.fen(entry, "amount")
    if amount is None:
        entry.complain("F-KEY-MISSING", "缺少“amount”, 请补上", "“amount” is missing; add it", "amount")
    return Minimum(term, amount or 0)
