"""Several claims for one matter (同一事项): the highest only (就高不重复), the difference (补差), or all of them (叠加).

Owns the choice within a matter and what earlier awards for the same matter mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.step.cap import COUNTS
from kaiwu.benefit.settlement.tally import NONE, Ask, Bools, Effect, Ints, Scope, Tally, plain_effect
from kaiwu.benefit.settlement.term import KEY_COLUMNS, Term
from kaiwu.figure.entry import Entry

TITLE = ("同一事项", "same matter")
KEEP = ("highest", "difference", "sum")
PAID_BEFORE = ("deduct", "bar", "ask")
ALONE, KEPT, LOWER, OPEN, BEFORE, TOP_UP, ADDED, BARRED = range(8)


@dataclass(frozen=True, slots=True)
class SameMatter:
    """``keep``: highest, difference or sum. ``paid_before`` (highest only): what an earlier award for the matter means."""

    term: Term
    keep: str
    per: tuple[str, ...]
    counts: str
    paid_before: str

    def columns(self) -> Sequence[str]:
        """The keys."""
        return [KEY_COLUMNS.get(key, key) for key in self.per]

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Keep what the declaration keeps in each matter."""
        group = tally.group(self.per, scope.rows)
        paid = tally.prior(self.per, scope.rows, clauses=self.term.clauses, of=self.counts)
        paid = np.where(group >= 0, paid, 0)
        if self.keep == "sum":
            code = np.where(group >= 0, ADDED, ALONE).astype(np.uint8)
            return plain_effect(scope, code=code)
        if self.keep == "difference":
            return self._top_up(tally, scope, group, paid)
        return self._highest(tally, scope, group, paid)

    def _highest(self, tally: Tally, scope: Scope, group: Ints, paid: Ints) -> Effect:
        turn = tally.turn[scope.rows]
        low, high, rival = keep_highest(group, turn, scope.low, scope.high)
        code = np.where(high == 0, LOWER, np.where(low < scope.low, OPEN, KEPT))
        code = np.where((scope.high == 0) | (group < 0) | ((rival < 0) & (paid == 0)), ALONE, code)
        before = paid > 0
        asks: tuple[Ask, ...] = ()
        if before.any():
            barred = before & (self.paid_before == "bar")
            asked = before & (self.paid_before == "ask") & (high > 0) & (high > paid)
            low = np.where(before, np.where(asked | barred, 0, np.maximum(low - paid, 0)), low)
            high = np.where(before, np.where(barred, 0, np.maximum(high - paid, 0)), high)
            code = np.where(before & (code != LOWER), np.where(barred, BARRED, BEFORE), code)
            if asked.any():
                asks = (Ask("paid_before", "同一事项以前已兑付过, 原文未写补差还是不再兑付", "the matter was paid before, and the text does not say whether the difference is due", scope.rows[asked]),)  # fmt: skip
        other = np.where((rival >= 0) & ((code == LOWER) | (code == OPEN) | (code == KEPT)), scope.rows[rival], NONE)
        return plain_effect(scope, low=low, high=high, code=code.astype(np.uint8), value=paid, other=other, group=group, asks=asks)  # fmt: skip

    def _top_up(self, tally: Tally, scope: Scope, group: Ints, paid: Ints) -> Effect:
        turn = tally.turn[scope.rows]
        frame = pl.DataFrame({"g": group, "t": turn, "low": scope.low, "high": scope.high, "at": np.arange(len(group))})
        ends = frame.sort("g", "t").with_columns(pl.col("low", "high").cum_max().shift(1).over("g").fill_null(0).name.suffix("_before")).sort("at")  # fmt: skip
        least = np.maximum(paid, ends["low_before"].to_numpy())
        most = np.maximum(paid, ends["high_before"].to_numpy())
        inside = group >= 0
        low = np.where(inside, np.maximum(scope.low - most, 0), scope.low)
        high = np.where(inside, np.maximum(scope.high - least, 0), scope.high)
        code = np.where(inside & (most > 0), TOP_UP, ALONE).astype(np.uint8)
        return plain_effect(scope, low=low, high=high, code=code, value=np.where(inside, least, NONE), group=group, turn=turn)  # fmt: skip

    def phrase(self, line: Line) -> tuple[str, str]:
        """Which claim of the matter is kept."""
        amount = money(line.value) if line.value > 0 else ("", "")
        match line.code:
            case 1:
                return f"同一事项就高, 高于 {line.other}", f"the highest of the matter, above {line.other}"
            case 2:
                return f"同一事项就高不重复, 已取 {line.other}", f"highest only: {line.other} is taken"
            case 3:
                return (
                    f"同一事项就高, 与 {line.other} 孰高未定",
                    f"highest only: against {line.other} it is open which is higher",
                )
            case 4:
                return f"同一事项以前已兑付{amount[0]}", f"{amount[1]} was paid for the matter before"
            case 5:
                return f"补差: 在先的一档{amount[0]}", f"the difference over the earlier {amount[1]}"
            case 6:
                return "同一事项可以叠加", "claims of one matter add up"
            case 7:
                return (
                    f"同一事项以前已兑付{amount[0]}, 不再兑付",
                    f"{amount[1]} was paid for the matter before: nothing more",
                )
        return "没有同一事项的其他申报", "no other claim for the matter"


def keep_highest(group: Ints, turn: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints, Ints]:
    """Of each group only the highest, of equals the earliest; with the strongest rival of each row (−1: none)."""
    size = len(group)
    if size == 0:
        return low, high, np.zeros(0, np.int64)
    alone = group < 0
    best_high = _rival(group, turn, high)
    best_low = best_high if np.array_equal(low, high) else _rival(group, turn, low)

    def beats(own: Ints, theirs: Ints, rival: Ints) -> Bools:
        against = theirs[rival]
        ahead: Bools = (rival < 0) | (own > against) | ((own == against) & (turn < turn[rival]))
        return ahead

    surely = beats(low, high, best_high) | alone
    maybe = beats(high, low, best_low) | alone
    return np.where(surely, low, 0), np.where(maybe, high, 0), np.where(alone, NONE, best_high)


def _rival(group: Ints, turn: Ints, amount: Ints) -> Ints:
    """For every row the strongest other row of its group by amount, of equals the earliest; −1 where there is none."""
    order = np.lexsort((turn, -amount, group))
    g = group[order]
    starts = np.flatnonzero(np.r_[True, g[1:] != g[:-1]])
    sizes = np.diff(np.r_[starts, len(g)])
    first = np.repeat(order[starts], sizes)
    second = np.repeat(np.where(sizes > 1, order[np.minimum(starts + 1, len(g) - 1)], NONE), sizes)
    out = np.empty(len(g), np.int64)
    out[order] = np.where(order == first, second, first)
    return out


def read(reader: StepReader, entry: Entry, term: Term) -> SameMatter:
    """``{step: same_matter, keep: highest, per: [firm, matter]}``."""
    entry.check_keys((*TERM_KEYS, "keep", "per", "counts", "paid_before"))
    if entry.data.get("keep") is None:
        entry.complain("BS-KEEP", "写明 keep: highest(就高)、difference(补差)或 sum(叠加)", "say keep: highest, difference or sum", "keep")  # fmt: skip
    return SameMatter(
        term, entry.choice("keep", KEEP, "highest"), entry.texts("per") or ("firm", "matter"),
        entry.choice("counts", COUNTS, "all"), entry.choice("paid_before", PAID_BEFORE, "ask"),
    )  # fmt: skip
