"""Claw-back (追回) of what was paid before, where a condition came true.

Owns the sum to return. It changes no award unless it is declared that nothing is paid meanwhile (``withhold``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.share import divide_wide
from kaiwu.benefit.settlement.tally import Ask, Effect, Scope, Tally, plain_effect
from kaiwu.benefit.settlement.term import KEY_COLUMNS, Term, Test
from kaiwu.figure.entry import Entry
from kaiwu.rule.outcome import Outcome

TITLE = ("追回", "claw-back")


@dataclass(frozen=True, slots=True)
class ClawBack:
    """Where ``test`` holds, ``share`` of what was paid before to the same ``per`` is to be returned."""

    term: Term
    test: Test
    share: Fraction
    per: tuple[str, ...]
    counts: str
    withholds: bool

    def columns(self) -> Sequence[str]:
        """The keys."""
        return [KEY_COLUMNS.get(key, key) for key in self.per]

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """List what is to be returned, once for each group."""
        rows = scope.rows
        outcome = tally.outcome(self.test.node)[rows]
        paid = tally.prior(self.per, rows, clauses=self.term.clauses, of=self.counts)
        back = divide_wide(paid, self.share.numerator, self.share.denominator)[0]
        holds, is_open = outcome == Outcome.PASS, (outcome != Outcome.PASS) & (outcome != Outcome.FAIL)
        unknown = is_open & ((paid > 0) | (self.withholds & (scope.high > 0)))
        group = tally.group(self.per, rows)
        order = np.lexsort((tally.turn[rows], group))
        first = np.zeros(len(rows), bool)
        due = order[(holds & (paid > 0))[order]]
        first[due[np.unique(group[due], return_index=True)[1]]] = True
        at = np.flatnonzero(first)
        table = pl.DataFrame(
            {
                "claim": tally.claims["claim"].gather(rows[at]), "entity": tally.claims["entity"].gather(rows[at]),
                "paid": paid[at], "returned": back[at],
            }
        )  # fmt: skip
        low, high = scope.low, scope.high
        if self.withholds:
            low = np.where(holds | is_open, 0, low)
            high = np.where(holds, 0, high)
        code = np.where(holds, np.where(paid > 0, 1, 2), np.where(unknown, 3, 0)).astype(np.uint8)
        asks = (Ask("claw_back", f"“{self.term.zh}”的条件({self.test.text})数据不足", f"it is not known whether “{self.term.en}” applies ({self.test.text})", rows[unknown]),) if unknown.any() else ()  # fmt: skip
        return plain_effect(
            scope, low=low, high=high, code=code, value=back, group=group, asks=asks, tables={"claw_backs": table}
        )

    def phrase(self, line: Line) -> tuple[str, str]:
        """What is to be returned and why."""
        back = money(max(line.value, 0))
        match line.code:
            case 1:
                return (
                    f"{self.test.text}, 已兑付的应追回{back[0]}",
                    f"{self.test.text}: {back[1]} of earlier awards is to be returned",
                )
            case 2:
                return f"{self.test.text}, 以前没有兑付过", f"{self.test.text}: nothing was paid before"
            case 3:
                return f"是否追回未定({self.test.text})", f"it is open whether to claw back ({self.test.text})"
        return "不涉及追回", "nothing to return"


def read(reader: StepReader, entry: Entry, term: Term) -> ClawBack:
    """``{step: claw_back, when: 迁出本区, share: 100%, per: [firm], withhold: true}``."""
    entry.check_keys((*TERM_KEYS, "when", "share", "per", "counts", "withhold"))
    share = reader.ratio(entry, "share")
    if share > 1:
        zh, en = "追回不能超过已兑付的 100%", "no more than 100 % of what was paid can be returned"
        entry.complain("BS-SHARES", zh, en, "share")
    return ClawBack(
        term, reader.test(entry, "when"), share, entry.texts("per") or ("firm", "clause"),
        entry.choice("counts", ("same", "all"), "same"), entry.flag("withhold", False),
    )  # fmt: skip
