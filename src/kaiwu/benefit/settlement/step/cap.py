"""Caps (封顶) over groups of claims: the shape and arithmetic that all kinds of caps share.

Owns drawing on a cap in order of filing. What counts towards it and what it is called is each kind's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import StepReader
from kaiwu.benefit.settlement.tally import FAR, NONE, Ask, Effect, Guard, Ints, Scope, Tally, fill, plain_effect
from kaiwu.benefit.settlement.term import KEY_COLUMNS, Limit, Term
from kaiwu.figure.entry import Entry
from kaiwu.quantity import KaiwuError, Problem

WITHIN, CUT, USED_UP, UNKNOWN, ALONE = range(5)
COUNTS = ("same", "all", "none")
CAP_KEYS = ("amount", "rate", "of", "per", "over", "counts")


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap: ``limit`` for each group of claims that agree in ``per``; ``counts`` says which earlier awards use it up.

    ``over`` is a window of years (三年合计) where ``per`` names no year. No ``per``: each claim by itself.
    """

    term: Term
    limit: Limit
    per: tuple[str, ...]
    counts: str
    over: int = 1

    def columns(self) -> Sequence[str]:
        """Keys and the column that a rate is taken of."""
        keys = [KEY_COLUMNS.get(key, key) for key in self.per]
        return [*keys, *([self.limit.of] if self.limit.of else [])]

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """The claims of a group draw on the cap in order of filing."""
        rows = scope.rows
        group = tally.group(self.per, rows) if self.per else np.arange(len(rows), dtype=np.int64)
        cap_low, cap_high = (end[rows] for end in tally.limit(self.limit))
        inside = group >= 0
        self._check(tally, scope, group, cap_low, cap_high)
        paid = tally.prior(self.per, rows, clauses=self.term.clauses, of=self.counts if self.per else "none", years=self.over)  # fmt: skip
        left_low, left_high = (
            np.maximum(cap_low - paid, 0),
            np.where(cap_high == FAR, FAR, np.maximum(cap_high - paid, 0)),
        )
        turn = tally.turn[rows]
        low, high, surely, possibly = fill(group, turn, scope.low, scope.high, left_low, left_high)
        low, high = np.where(inside, low, scope.low), np.where(inside, high, scope.high)
        unknown = inside & (cap_low != cap_high) & (scope.high > 0) & (possibly + scope.high > left_low)
        left = np.maximum(left_high - surely, 0)
        code = np.where(high < scope.high, np.where(left == 0, USED_UP, CUT), WITHIN)
        code = np.where(unknown, UNKNOWN, np.where(inside, code, ALONE)).astype(np.uint8)
        value = np.where(inside & (left_high < FAR), left, NONE)
        guard = Guard(rows[inside], group[inside], left_low[inside])
        asks = (_ask_base(self, rows[unknown]),) if unknown.any() else ()
        return plain_effect(scope, low=low, high=high, code=code, value=value, group=group, turn=turn, asks=asks, guards=(guard,))  # fmt: skip

    def _check(self, tally: Tally, scope: Scope, group: Ints, low: Ints, high: Ints) -> None:
        """One group has one cap, and one year where the cap runs over several."""
        checks = [(low, high)] if self.limit.constant is None else []
        years = tally.claims["year"].to_numpy()[scope.rows].astype(np.int64)
        if self.over > 1:
            checks.append((years, years))
        for ends in checks:
            for column in ends:
                at = _first_differing(group, column)
                if at is None:
                    continue
                claim = tally.claims["claim"][int(scope.rows[at])]
                if column is years:
                    raise KaiwuError(Problem("BS-YEARS", f"“{self.term.zh}”按 {self.over} 年合计: 请一年一批结算", f"“{self.term.en}” runs over {self.over} years: settle one year at a time", where=f"claim {claim}"))  # fmt: skip
                raise KaiwuError(Problem("BS-CAP-DIFFERS", f"“{self.term.zh}”: 同一组申报的封顶额不一致, 请核对“{self.limit.text}”所用的数据", f"“{self.term.en}”: claims of one group give different caps: check the figures of “{self.limit.text}”", where=f"claim {claim}"))  # fmt: skip

    def phrase(self, line: Line) -> tuple[str, str]:
        """What the cap left to the claim."""
        left = money(line.value) if line.value >= 0 else ("", "")
        text = self.limit.text
        match line.code:
            case 1:
                return f"限额 {text}, 本笔尚可用{left[0]}", f"limit {text}, {left[1]} left for this claim"
            case 2:
                return f"限额 {text} 已用完", f"the limit {text} is used up"
            case 3:
                return f"限额 {text} 所用的数据不明, 待补", f"the figures of the limit {text} are not known"
            case 4:
                return "没有填写分组的键, 单独计算", "no key is given, the claim stands alone"
        return f"未超过限额 {text}", f"within the limit {text}"


def _first_differing(group: Ints, column: Ints) -> int | None:
    """A row whose value differs from another of its group; None where every group agrees."""
    if len(group) == 0:
        return None
    order = np.argsort(group, kind="stable")
    g, c = group[order], column[order]
    wrong = (g[1:] == g[:-1]) & (c[1:] != c[:-1]) & (g[1:] >= 0)
    return int(order[1:][wrong][0]) if wrong.any() else None


def _ask_base(cap: Cap, rows: Ints) -> Ask:
    return Ask("base_unknown", f"“{cap.term.zh}”所用的数据不明({cap.limit.text}), 封顶额未定", f"the cap “{cap.term.en}” is open: its figures are not known ({cap.limit.text})", rows)  # fmt: skip


def read_cap(reader: StepReader, entry: Entry, term: Term, per: tuple[str, ...], counts: str) -> Cap:
    """A cap with its defaults for ``per`` and ``counts``."""
    own = entry.texts("per") or per
    over = entry.whole_number("over", 1, 30) or 1
    if over > 1 and "year" in own:
        entry.complain("BS-OVER", "写了 over(多年合计), per 里就不要写 year", "“over” counts several years: leave “year” out of “per”", "over")  # fmt: skip
    return Cap(term, reader.limit(entry), own, entry.choice("counts", COUNTS, counts), over)
