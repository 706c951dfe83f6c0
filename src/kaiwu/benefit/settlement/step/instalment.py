"""Instalments (分期兑付): shares of an award, the later ones under conditions.

Owns the split: the parts sum to the award to the fen. It changes no award.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np
import polars as pl

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.share import divide_wide
from kaiwu.benefit.settlement.tally import Effect, Ints, Scope, Tally, plain_effect
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry
from kaiwu.quantity import format_ratio

TITLE = ("分期兑付", "instalments")
DUE, WAITING, LAPSED = "due", "waiting", "lapsed"


@dataclass(frozen=True, slots=True)
class Instalments:
    """``shares`` sum to one; ``when`` says when each is due; ``conditions`` are yes/no columns ("" : none)."""

    term: Term
    shares: tuple[Fraction, ...]
    when: tuple[str, ...]
    conditions: tuple[str, ...]
    to: int

    def columns(self) -> Sequence[str]:
        """The columns of the conditions."""
        return [c for c in self.conditions if c]

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Split every award; parts are cumulative shares rounded down, so that the last one makes up the sum."""
        table = []
        before_low = before_high = np.zeros(len(scope), np.int64)
        for n, reached in enumerate(accumulate(self.shares)):
            low, high = self._part(scope.low, reached), self._part(scope.high, reached)
            table.append(self._rows(tally, scope, n, low - before_low, high - before_high))
            before_low, before_high = low, high
        return plain_effect(scope, tables={"instalments": pl.concat(table)})

    def _part(self, amount: Ints, reached: Fraction) -> Ints:
        if reached == 1:
            return amount
        share = divide_wide(amount, reached.numerator, reached.denominator)[0]
        return share // self.to * self.to

    def _rows(self, tally: Tally, scope: Scope, n: int, low: Ints, high: Ints) -> pl.DataFrame:
        condition = self.conditions[n]
        if condition:
            met = tally.claims[condition].cast(pl.Int64).gather(scope.rows)
            status = met.replace_strict({1: DUE, 0: LAPSED}, default=None, return_dtype=pl.String).fill_null(WAITING)
        else:
            status = pl.Series([DUE], dtype=pl.String).new_from_index(0, len(scope))
        ends = np.sort(np.stack([low, high]), axis=0)
        return pl.DataFrame(
            {
                "claim": tally.claims["claim"].gather(scope.rows),
                "instalment": pl.Series([n + 1], dtype=pl.Int64).new_from_index(0, len(scope)),
                "when": pl.Series([self.when[n]], dtype=pl.String).new_from_index(0, len(scope)),
                "status": status,
                "low": ends[0],
                "high": ends[1],
            }
        )

    def phrase(self, line: Line) -> tuple[str, str]:
        """The shares and when they are due."""
        zh = "、".join(f"{w}{format_ratio(s * 10**8)}" for w, s in zip(self.when, self.shares, strict=True))
        en = ", ".join(f"{format_ratio(s * 10**8)} ({w})" for w, s in zip(self.when, self.shares, strict=True))
        first = money(int(self._part(np.array([line.after[0]], np.int64), self.shares[0])[0]))
        return f"分期: {zh}; 第一期{first[0]}", f"instalments: {en}; the first is {first[1]}"


def read(reader: StepReader, entry: Entry, term: Term) -> Instalments:
    """``{step: instalments, shares: [50%, 50%], when: [公示后, 验收后], conditions: [null, accepted], to: 1元}``."""
    entry.check_keys((*TERM_KEYS, "shares", "when", "conditions", "to"))
    shares = reader.shares(entry, "shares")
    when = entry.texts("when")
    conditions = entry.data.get("conditions")
    listed = conditions if isinstance(conditions, list) else [None] * len(shares)
    if len(when) != len(shares) or len(listed) != len(shares):
        entry.complain("BS-SHARES", "shares、when、conditions 的个数要一样", "shares, when and conditions must be equally many", "shares")  # fmt: skip
    names = tuple(reader.column_name(str(c)) if c is not None else "" for c in listed)
    return Instalments(term, shares, when, names, max(reader.fen(entry, "to") or 1, 1))
