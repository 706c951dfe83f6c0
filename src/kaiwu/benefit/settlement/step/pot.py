"""A pot (资金池) and what happens when it runs out: first come, ranked, pro rata, water-filling, quota; or a question.

Owns the order of claims, ties, and what is set aside for claims that are not decided yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from kaiwu.benefit.settlement.line import Line, money
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.share import divide_pro_rata, divide_wide, fill_water, water_level
from kaiwu.benefit.settlement.tally import (
    FAR,
    NONE,
    Ask,
    Bools,
    Effect,
    Guard,
    Ints,
    Scope,
    Tally,
    drawn_before,
    integers,
    plain_effect,
)
from kaiwu.benefit.settlement.term import Term
from kaiwu.figure.entry import Entry

TITLE = ("资金池", "pot")
EXHAUSTION = ("first_come", "ranked", "pro_rata", "water_filling", "quota")
PERIODS = ("year", "total")
LAST = ("partial", "stop", "skip", "ask")
TIE_WORDS = ("claim", "lot", "smaller", "larger")
PURSE = "purse"
"""A column of whole numbers which, where the claims have it, parts the pot instead of the year: claims tried each with what was left."""
ORDERS = {"first_come": "filed", "ranked": "rank", "quota": "rank"}
PAID, PART, EMPTY, NO_RULE, RESERVED, TIED, UNORDERED, NO_AMOUNT, EDGE, UNDATED = range(10)


class Drawn(NamedTuple):
    """Amounts of the claims of one pot after it, reason codes and what was left before each."""

    low: Ints
    high: Ints
    code: Ints
    left: Ints


@dataclass(frozen=True, slots=True)
class Pot:
    """A pot of ``amount`` fen (None: not known) for each ``period``; see the keys in ``read``."""

    term: Term
    code: str
    amount: int | None
    period: str
    exhaustion: str | None
    order: str
    tie: tuple[str, ...]
    last: str
    quota: int | None
    by: str
    filed_by: str

    def columns(self) -> Sequence[str]:
        """The order, the ties and the weights, where they are columns."""
        order = [self.order] if self.exhaustion in ORDERS else []
        return [*order, *(t for t in self.tie if t not in TIE_WORDS), *([self.by] if self.by else [])]

    def deadline(self, year: int) -> dt.date | None:
        """The last day of filing for the pot of a year."""
        if not self.filed_by:
            return None
        return dt.date.fromisoformat(self.filed_by if len(self.filed_by) > 5 else f"{year:04d}-{self.filed_by}")

    # -- carrying out ------------------------------------------------------------------------------------

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Draw the claims of each period on its pot."""
        years = tally.claims["year"].to_numpy()[scope.rows].astype(np.int64)
        if PURSE in tally.claims.columns:
            years = tally.claims[PURSE].to_numpy()[scope.rows].astype(np.int64)
        is_parted = self.period == "year" or PURSE in tally.claims.columns
        group = years if is_parted else np.zeros(len(scope), np.int64)
        low, high = scope.low.copy(), scope.high.copy()
        code = np.zeros(len(scope), np.uint8)
        value = np.full(len(scope), NONE, np.int64)
        limit = np.full(len(scope), FAR, np.int64)
        place = self._places(tally, scope)
        undated = self._undated(tally, scope)
        certain = np.where(undated, 0, scope.low)  # whether it came in time is not known
        asks: list[Ask] = []
        pots = []
        for key in np.unique(group).tolist():
            at = np.flatnonzero(group == key)
            part = Scope(scope.rows[at], certain[at], scope.high[at], scope.doubtful[at])
            total = tally.pots.get((self.code, key if is_parted else 0), self.amount)
            drawn = self._draw(tally, part, total, place[at])
            drawn = drawn._replace(code=np.where(undated[at] & (drawn.low < drawn.high), UNDATED, drawn.code))
            low[at], high[at], code[at], value[at] = drawn.low, drawn.high, drawn.code, drawn.left
            limit[at] = FAR if total is None else total
            asks += self._questions(part, drawn)
            pots.append((self.code, key if is_parted else None, total, int(part.low.sum()), int(part.high.sum()), int(drawn.low.sum()), int(min(drawn.high.sum(), FAR if total is None else total))))  # fmt: skip
        table = pl.DataFrame(pots, schema={"pot": pl.String, "year": pl.Int64, **dict.fromkeys(("amount", "demand_low", "demand_high", "granted_low", "granted_high"), pl.Int64)}, orient="row")  # fmt: skip
        turn = place if self.exhaustion in ORDERS else None
        guard = Guard(scope.rows, group, limit)
        return plain_effect(scope, low=low, high=high, code=code, value=value, group=group, turn=turn, asks=tuple(asks), guards=(guard,), tables={"pots": table})  # fmt: skip

    def _undated(self, tally: Tally, scope: Scope) -> Bools:
        """Claims without a day of filing where the pot has a last day."""
        if not self.filed_by:
            return np.zeros(len(scope), bool)
        known: Bools = integers(tally.claims["filed"])[1][scope.rows]
        return ~known & (scope.high > 0)

    def _draw(self, tally: Tally, part: Scope, total: int | None, place: Ints) -> Drawn:
        zeros = np.zeros(len(part), np.int64)
        if total is None and self.exhaustion != "quota":
            return Drawn(zeros, part.high, np.where(part.high > 0, NO_AMOUNT, PAID), np.full(len(part), NONE, np.int64))
        if self.exhaustion == "quota":
            return self._by_quota(part, place, FAR if total is None else total)
        assert total is not None
        full = np.full(len(part), total, np.int64)
        if self.by:
            return self._by_weight(tally, part, total)
        if int(part.high.sum()) <= total:
            return Drawn(part.low, part.high, zeros, full)
        match self.exhaustion:
            case "first_come" | "ranked":
                return self._in_order(part, place, total)
            case "pro_rata":
                return self._pro_rata(tally, part, total)
            case "water_filling":
                return self._water(tally, part, total)
        return Drawn(zeros, np.minimum(part.high, total), np.where(part.high > 0, NO_RULE, PAID), full)

    # -- in order ----------------------------------------------------------------------------------------

    def _places(self, tally: Tally, scope: Scope) -> Ints:
        """The place of each claim in the declared order; equals share a place, −1 where the order is not known."""
        if self.exhaustion not in ORDERS:
            return np.zeros(len(scope), np.int64)
        values, known = integers(tally.claims[self.order])
        keys = [values[scope.rows]]
        for word in self.tie:
            keys.append(self._tie_key(tally, scope, word))
        order = np.lexsort(tuple(reversed(keys)))
        new = np.zeros(len(scope), bool)
        for key in keys:
            new[1:] |= key[order][1:] != key[order][:-1]
        place = np.empty(len(scope), np.int64)
        place[order] = np.cumsum(new)
        return np.where(known[scope.rows], place, NONE)

    def _tie_key(self, tally: Tally, scope: Scope, word: str) -> Ints:
        match word:
            case "claim":
                return scope.rows  # claims stand in the order of their numbers
            case "lot":
                return tally.mark(scope.rows)
            case "smaller":
                return scope.high
            case "larger":
                return -scope.high
        column = tally.claims[word]
        if column.dtype == pl.String:
            ranked = column.rank("dense").cast(pl.Int64).fill_null(FAR)  # in the order of the words
            return ranked.to_numpy()[scope.rows]
        return column.fill_null(FAR).to_numpy().astype(np.int64)[scope.rows]

    def _before(self, part: Scope, place: Ints) -> tuple[Ints, Ints]:
        """What is surely and what is possibly drawn before each claim; claims without a place may come before everybody."""
        floating = place < 0
        surely, possibly = drawn_before(np.zeros(len(part), np.int64), place, np.where(floating, 0, part.low), np.where(floating, 0, part.high))  # fmt: skip
        loose = int(part.high[floating].sum())
        everything = int(part.high.sum())
        return np.where(floating, 0, surely), np.where(floating, everything - part.high, possibly + loose)

    def _in_order(self, part: Scope, place: Ints, total: int) -> Drawn:
        surely, possibly = self._before(part, place)
        surely, possibly = np.minimum(surely, total), np.minimum(possibly, total)
        if self.last == "partial":
            low, high = np.minimum(part.low, total - possibly), np.minimum(part.high, total - surely)
        else:
            fits = possibly + part.high <= total
            may_fit = surely + part.low <= total
            low = np.where(fits, part.low, 0)
            high = np.where(may_fit, np.minimum(part.high, total - surely), 0)
            if self.last == "ask":
                high = np.minimum(part.high, total - np.minimum(surely, self._settled(part, place, fits)))
            elif self.last == "skip":
                low, high = self._skipping(part, place, low, total)
        code = np.where(low == part.high, PAID, np.where(high == 0, EMPTY, np.where(low < high, RESERVED, PART)))
        code = np.where((low == high) & (high == part.high), PAID, code)
        tied = (low < high) & self._is_tied(place)
        edge = (low < high) & (self.last == "ask") & (part.low == part.high) & ~tied & (possibly == surely)
        code = np.where(tied, TIED, np.where(edge, EDGE, code))
        code = np.where((place < 0) & (low < high), UNORDERED, code)
        return Drawn(low, high, code, total - surely)

    def _settled(self, part: Scope, place: Ints, fits: Bools) -> Ints:
        """What claims before each one draw in any case: those that surely fit."""
        sure = np.where(fits & (place >= 0), part.low, 0)
        return drawn_before(np.zeros(len(part), np.int64), place, sure, sure)[0]

    def _skipping(self, part: Scope, place: Ints, low: Ints, total: int) -> tuple[Ints, Ints]:
        """A claim that does not fit is passed over, a later one may still be paid: one walk in order.

        Exact as long as everything before is decided and has its own place; from then on only bounds are known.
        """
        lows, highs, places, sure = (
            part.low.tolist(),
            np.minimum(part.high, total).tolist(),
            place.tolist(),
            low.tolist(),
        )
        open_rows = (part.low != part.high).tolist()
        order = np.lexsort((np.arange(len(place)), place)).tolist()
        drawn, is_exact = 0, not (place < 0).any()
        for k, i in enumerate(order):
            is_equal = (k > 0 and places[order[k - 1]] == places[i]) or (
                k + 1 < len(order) and places[order[k + 1]] == places[i]
            )
            is_exact = is_exact and not is_equal and not open_rows[i]
            if is_exact:
                sure[i] = highs[i] = lows[i] if drawn + lows[i] <= total else 0
                drawn += sure[i]
            else:
                highs[i] = min(highs[i], total - drawn) if drawn + lows[i] <= total else 0
        return np.array(sure, np.int64), np.array(highs, np.int64)

    def _is_tied(self, place: Ints) -> Bools:
        values, counts = np.unique(place[place >= 0], return_counts=True)
        return np.isin(place, values[counts > 1])

    def _by_quota(self, part: Scope, place: Ints, total: int) -> Drawn:
        """The first ``quota`` claims of the order are paid in full."""
        assert self.quota is not None
        ones = Scope(part.rows, (part.low > 0).astype(np.int64), (part.high > 0).astype(np.int64), part.doubtful)
        surely, possibly = self._before(ones, place)
        low = np.where(possibly < self.quota, part.low, 0)
        high = np.where(surely < self.quota, part.high, 0)
        code = np.where(high == 0, np.where(part.high == 0, PAID, EMPTY), np.where(low == part.low, PAID, RESERVED))
        unsure = (high > 0) & (low < part.low)
        code = np.where(unsure & self._is_tied(place), TIED, np.where(unsure & (place < 0), UNORDERED, code))
        if int(high.sum()) > total:  # who is cut is not declared
            low, high = np.zeros(len(part), np.int64), np.minimum(high, total)
            code = np.where(low < high, NO_RULE, code)
        return Drawn(low, high, code, np.full(len(part), NONE, np.int64))

    # -- by shares ---------------------------------------------------------------------------------------

    def _pro_rata(self, tally: Tally, part: Scope, total: int) -> Drawn:
        if part.is_decided:
            share = divide_pro_rata(part.low, total, tally.marker(part.rows))
            return Drawn(share, share, _cut(share, part), np.full(len(part), total, np.int64))
        low_sum, high_sum = int(part.low.sum()), int(part.high.sum())
        low, high = part.low.copy(), part.high.copy()
        for i, (a, b) in enumerate(zip(part.low.tolist(), part.high.tolist(), strict=True)):
            others = high_sum - b
            if a + others > total:
                low[i] = a * total // (a + others)
            others = low_sum - a
            if b + others > total:
                high[i] = -(-b * total // (b + others))
        return Drawn(low, high, np.where(part.high > 0, RESERVED, PAID), np.full(len(part), total, np.int64))

    def _water(self, tally: Tally, part: Scope, total: int) -> Drawn:
        if part.is_decided:
            share = fill_water(part.low, total, tally.marker(part.rows))
            return Drawn(share, share, _cut(share, part), np.full(len(part), total, np.int64))
        low = np.minimum(part.low, water_level(part.high, total)[0])
        high = part.high if int(part.low.sum()) <= total else np.minimum(part.high, water_level(part.low, total)[1])
        high = np.minimum(high, total)
        code = np.where(low < high, RESERVED, _cut(low, part))
        return Drawn(low, high, code, np.full(len(part), total, np.int64))

    def _by_weight(self, tally: Tally, part: Scope, total: int) -> Drawn:
        """Shares of the whole pot by a column (统一比例): never more than the claim; what a cap leaves is not shared again."""
        column = tally.claims[self.by]
        weight = np.maximum(column.fill_null(0).to_numpy().astype(np.int64)[part.rows], 0)
        known = ~column.is_null().to_numpy()[part.rows]
        left = np.full(len(part), total, np.int64)
        if part.is_decided and bool((known | (part.high == 0)).all()):
            counted = np.where(part.high > 0, weight, 0)
            share = divide_pro_rata(counted, total, tally.marker(part.rows), part.low)
            return Drawn(share, share, _cut(share, part), left)
        if not bool((known | (part.high == 0)).all()):
            high = np.minimum(part.high, total)
            return Drawn(np.zeros(len(part), np.int64), high, np.where(high > 0, RESERVED, PAID), left)
        possible, sure = np.where(part.high > 0, weight, 0), np.where(part.low > 0, weight, 0)
        low = np.minimum(part.low, divide_wide(possible, total, max(int(possible.sum()), 1))[0])
        most = [
            -(-w * total // max(s, 1))
            for w, s in zip(weight.tolist(), (int(sure.sum()) - sure + weight).tolist(), strict=True)
        ]
        high = np.minimum(part.high, np.array(most, np.int64))
        return Drawn(np.minimum(low, high), high, np.where(low < high, RESERVED, _cut(high, part)), left)

    # -- questions and sentences -------------------------------------------------------------------------

    def _questions(self, part: Scope, drawn: Drawn) -> Iterator[Ask]:
        where_zh, where_en = self.term.zh, self.term.en
        said = {
            NO_RULE: ("no_exhaustion", f"“{where_zh}”不够付, 原文没有写先到先得、排序还是按比例, 请认定; 认定前不支付", f"“{where_en}” cannot pay all and the text has no rule for that: decide one; nothing is paid before"),
            NO_AMOUNT: ("no_amount", f"“{where_zh}”没有总额, 请认定", f"“{where_en}” has no amount: decide one"),
            TIED: ("tie", f"“{where_zh}”: 次序相同的申报跨过了界线, 没有声明如何分先后", f"“{where_en}”: equal claims stand across the edge and no tie is declared"),
            UNORDERED: ("no_order", f"“{where_zh}”: 申报没有{self.order}, 排不出次序", f"“{where_en}”: claims without “{self.order}” have no place in the order"),
            UNDATED: ("no_date", f"“{where_zh}”: 申报没有日期, 不知是否晚于截止日 {self.filed_by}; 补上日期再付", f"“{where_en}”: claims without a day of filing may be later than {self.filed_by}: state it"),
            EDGE: ("last", f"“{where_zh}”: 余额不够付足的一笔, 没有声明付一部分还是不付(last)", f"“{where_en}”: it is not declared whether the claim that no longer fits is paid in part (last)"),
        }  # fmt: skip
        for number, (code, zh, en) in said.items():
            rows = part.rows[drawn.code == number]
            if len(rows):
                yield Ask(code, zh, en, rows)

    def phrase(self, line: Line) -> tuple[str, str]:
        """What the pot did to the claim."""
        left = money(max(line.value, 0))
        how, how_en = _HOW[self.exhaustion]
        match line.code:
            case 1:
                zh, en = self._left(left)
                return f"不够付, {how}{zh}", f"it cannot pay all: {how_en}{en}"
            case 2:
                return f"已付完({how})", f"nothing is left ({how_en})"
            case 3:
                return "不够付而没有耗尽规则, 需认定", "it cannot pay all and has no rule for that: a finding is needed"
            case 4:
                return "为未定的申报留出余额", "it reserves for claims that are not decided"
            case 5:
                return "与其他申报次序相同而跨过界线, 需认定", "tied across the edge: a finding is needed"
            case 6:
                return f"没有{self.order}, 需认定", f"no “{self.order}”: a finding is needed"
            case 7:
                return "没有总额, 需认定", "it has no amount: a finding is needed"
            case 8:
                return (
                    f"余额{left[0]}, 付一部分还是不付需认定",
                    f"{left[1]} left, whether a part is paid needs a finding",
                )
            case 9:
                return (
                    f"没有申报日期, 不知是否晚于截止日 {self.filed_by}",
                    f"no day of filing: it may be later than {self.filed_by}",
                )
        return "够付", "it can pay"

    def _left(self, left: tuple[str, str]) -> tuple[str, str]:
        return (
            (f", 轮到时余{left[0]}", f", {left[1]} left in turn")
            if self.exhaustion in ("first_come", "ranked")
            else ("", "")
        )


_HOW: dict[str | None, tuple[str, str]] = {
    "first_come": ("先到先得", "first come, first served"), "ranked": ("按排序", "by rank"), "pro_rata": ("按比例折算", "pro rata"),
    "water_filling": ("注水分配", "water-filling"), "quota": ("名额", "quota"), None: ("需认定", "a finding is needed"),
}  # fmt: skip


def _cut(share: Ints, part: Scope) -> Ints:
    return np.where(share == part.high, PAID, np.where(share == 0, EMPTY, PART))


KEYS = ("code", "amount", "period", "exhaustion", "order", "tie", "last", "quota", "by", "filed_by")


def read(reader: StepReader, entry: Entry, term: Term) -> Pot:
    """``{step: pot, code: voucher_2025, amount: 25000万元, period: year, exhaustion: first_come, tie: [lot], last: partial}``."""
    entry.check_keys((*TERM_KEYS, *KEYS))
    exhaustion = entry.choice("exhaustion", EXHAUSTION, "") if entry.data.get("exhaustion") is not None else None
    quota = reader.count(entry, "quota")
    if (exhaustion == "quota") != (quota is not None):
        entry.complain("BS-QUOTA", "quota: 名额数与 exhaustion: quota 要一起写", "“quota” and “exhaustion: quota” belong together", "quota")  # fmt: skip
    if entry.data.get("by") is not None and exhaustion != "pro_rata":
        entry.complain("BS-BY", "by 只用于 exhaustion: pro_rata", "“by” belongs to exhaustion: pro_rata", "by")
    if entry.data.get("last") is not None and exhaustion not in ("first_come", "ranked"):
        entry.complain("BS-LAST", "last 只用于先到先得或排序", "“last” belongs to first_come or ranked", "last")
    return Pot(
        term, entry.text("code", required=True), reader.fen(entry, "amount"), entry.choice("period", PERIODS, "year"), exhaustion,
        reader.column(entry, "order", ORDERS.get(exhaustion or "", "")), tuple(reader.column_name(t) for t in entry.texts("tie")),
        entry.choice("last", LAST, "ask"), quota, reader.column(entry, "by", ""), reader.day_of_year(entry, "filed_by"),
    )  # fmt: skip
