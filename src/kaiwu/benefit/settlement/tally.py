"""The working state of a settlement: amounts as [lowest, highest] in fen, claim by claim, step after step.

Owns arrays, groups, orders and what each step did. It knows no kind of step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.benefit.settlement.line import Line
from kaiwu.benefit.settlement.share import Mark
from kaiwu.benefit.settlement.term import KEY_COLUMNS, Limit, Term
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.engine_numpy import Planes
from kaiwu.rule.outcome import Outcome

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NONE = -1
"""No group, no other claim, no number."""
FAR = 2**62
"""Larger than any sum of claims: stands for no limit."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The claims that a step reaches: positions, amounts on entry, and which of them it may not reach at all (``doubtful``)."""

    rows: Ints
    low: Ints
    high: Ints
    doubtful: Bools

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_decided(self) -> bool:
        """Whether every amount is one number."""
        return bool((self.low == self.high).all())


@dataclass(frozen=True, slots=True)
class Guard:
    """A limit that later roundings must keep: the sum of each group stays within its limit."""

    rows: Ints
    group: Ints
    limit: Ints  # of the group of each row


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that the step cannot answer (需认定): nothing is guessed, the claims concerned stay unpaid."""

    code: str
    zh: str
    en: str
    rows: Ints


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step did: amounts after it, a reason code for each claim, and a number or other claim that the reason names.

    ``group`` tells which claims share a limit (−1: none), ``turn`` in which order they draw on it; both say on whom a claim depends.
    """

    low: Ints
    high: Ints
    code: NDArray[np.uint8]
    value: Ints
    other: Ints
    group: Ints
    turn: Ints | None = None
    asks: tuple[Ask, ...] = ()
    guards: tuple[Guard, ...] = ()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def plain_effect(scope: Scope, **changes: Any) -> Effect:
    """An effect that changes nothing, with the given parts in its place."""
    empty = np.full(len(scope), NONE, np.int64)
    parts: dict[str, Any] = {
        "low": scope.low, "high": scope.high, "code": np.zeros(len(scope), np.uint8),
        "value": empty, "other": empty, "group": empty,
    }  # fmt: skip
    return Effect(**{**parts, **changes})


class Step(Protocol):
    """One declared step."""

    @property
    def term(self) -> Term:
        """What it says of itself."""
        ...

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Amounts after the step for the claims that it reaches."""
        ...

    def phrase(self, line: Line) -> tuple[str, str]:
        """The reason of one line in Chinese and English, without the amounts."""
        ...

    def columns(self) -> Sequence[str]:
        """Columns of the claims that it reads beside the standard ones."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was carried out."""

    step: Step
    scope: Scope
    effect: Effect


class Tally:
    """Amounts of all claims (sorted by claim) while the steps are carried out."""

    def __init__(
        self, clauses: tuple[str, ...], programme: tuple[str, str], claims: pl.DataFrame, prior: pl.DataFrame,
        pots: Mapping[tuple[str, int], int], planes: Planes | None,
    ) -> None:  # fmt: skip
        """``programme``: codes under which an earlier award counts as one of the same. ``planes``: answers of conditions and formulas."""
        self.clauses = clauses
        self.programme = programme
        self.claims = claims
        self.prior_awards = prior
        self.pots = pots
        self.low: Ints = claims["low"].to_numpy().astype(np.int64)
        self.high: Ints = claims["high"].to_numpy().astype(np.int64)
        self.done: list[Done] = []
        self.guards: list[Guard] = []
        self._codes: dict[str, Ints] = {}
        self._planes = planes
        self.clause_at: Ints = claims["clause"].cast(pl.Enum(clauses)).to_physical().to_numpy().astype(np.int64)
        filed, has_date = integers(claims["filed"])
        filed = np.where(has_date, filed, FAR)
        order = np.lexsort((np.arange(len(claims)), self.clause_at, filed))
        self.turn: Ints = np.empty(len(claims), np.int64)
        self.turn[order] = np.arange(len(claims))

    def __len__(self) -> int:
        return len(self.claims)

    # -- steps -------------------------------------------------------------------------------------------

    def scope(self, term: Term) -> Scope:
        """The claims that a step reaches, by clause and by its condition; an undecided condition leaves both ways open."""
        inside = np.ones(len(self), bool)
        if term.clauses:
            inside = np.isin(self.clause_at, [self.clauses.index(c) for c in term.clauses])
        doubtful = np.zeros(len(self), bool)
        if term.applies_to is not None:
            outcome = self.outcome(term.applies_to.node)
            inside &= outcome != Outcome.FAIL
            doubtful = outcome != Outcome.PASS
        rows = np.flatnonzero(inside)
        doubt = doubtful[rows]
        return Scope(rows, np.where(doubt, 0, self.low[rows]), self.high[rows], doubt)

    def carry_out(self, step: Step) -> None:
        """Carry out one step and keep what it did."""
        scope = self.scope(step.term)
        effect = step.apply(self, scope)
        if scope.doubtful.any():
            high = np.where(scope.doubtful, scope.high, effect.high)
            rows = scope.rows[scope.doubtful]
            ask = Ask("doubtful_scope", f"“{step.term.zh}”是否适用于这些申报, 数据不足", f"whether “{step.term.en}” applies to these claims is not known", rows)  # fmt: skip
            effect = Effect(effect.low, high, effect.code, effect.value, effect.other, effect.group, effect.turn, (*effect.asks, ask), effect.guards, effect.tables)  # fmt: skip
            scope = Scope(scope.rows, self.low[scope.rows], scope.high, scope.doubtful)
        self.low[scope.rows] = effect.low
        self.high[scope.rows] = effect.high
        self.guards += effect.guards
        self.done.append(Done(step, scope, effect))

    # -- what steps ask for ------------------------------------------------------------------------------

    def outcome(self, node: int) -> NDArray[np.uint8]:
        """Answers of a condition for all claims."""
        assert self._planes is not None
        return self._planes.outcome(node)

    def limit(self, limit: Limit) -> tuple[Ints, Ints]:
        """Lowest and highest amount in fen for all claims; where the column is empty, from 0 to no limit."""
        if limit.constant is not None:
            same = np.full(len(self), limit.constant, np.int64)
            return same, same
        if limit.tree is not None:
            assert self._planes is not None
            low, high = (self._planes.integers(node)[0].astype(np.int64) for node in (limit.low, limit.high))
            return np.maximum(low, 0), np.maximum(high, 0)
        base, known = integers(self.claims[limit.of])
        base = np.maximum(base, 0)
        n, d = limit.rate.numerator, limit.rate.denominator
        if len(base) and int(base.max()) * n < 2**63:
            amount = base * n // d
        else:
            amount = np.array([min(int(b) * n // d, FAR) for b in base], np.int64)
        return np.where(known, amount, 0), np.where(known, amount, FAR)

    def codes(self, column: str) -> Ints:
        """A number for every value of a column, −1 where it is empty; kept, because several steps ask for it."""
        if column not in self._codes:
            self._codes[column] = _number(self.claims[column])
        return self._codes[column]

    def group(self, per: Sequence[str], rows: Ints) -> Ints:
        """A number for every group of claims that agree in all keys; −1 where a key is empty: such a claim stands alone."""
        name = "\x00".join(per)
        if name not in self._codes:
            code = np.zeros(len(self), np.int64)
            alone = np.zeros(len(self), bool)
            for key in per:
                own = self.codes(KEY_COLUMNS.get(key, key))
                alone |= own < 0
                code = np.unique(code * (int(own.max(initial=0)) + 2) + own + 1, return_inverse=True)[1].astype(
                    np.int64
                )
            self._codes[name] = np.where(alone, NONE, code)
        return self._codes[name][rows]

    def prior(self, per: Sequence[str], rows: Ints, *, clauses: Sequence[str], of: str, years: int = 1) -> Ints:
        """Fen paid before to the group of each claim. ``of``: same (this programme and clauses), all, none.

        ``years`` counts the year of the claim and those before it where ``per`` names no year but the window is limited.
        """
        table = self.prior_awards
        if of == "none" or table.is_empty():
            return np.zeros(len(rows), np.int64)
        if of == "same":
            table = table.filter(pl.col("programme").is_null() | pl.col("programme").is_in(self.programme))
            if clauses:
                table = table.filter(pl.col("clause").is_in(list(clauses)))
        keys = [KEY_COLUMNS.get(key, key) for key in per]
        for key in keys:
            if key not in table.columns:
                raise KaiwuError(Problem("BS-COLUMN", f"已兑付清单缺少列“{key}”", f"the list of prior awards lacks the column “{key}”", where="prior"))  # fmt: skip
        claims = self.claims[rows].select(
            pl.int_range(pl.len()).alias("#at"), "year", *(k for k in keys if k != "year")
        )
        joined = claims.join(table.select("paid", pl.col("year").alias("#paid"), *keys), on=keys, how="inner") if keys else claims.join(table, how="cross")  # fmt: skip
        if years > 1:
            joined = joined.filter((pl.col("#paid") <= pl.col("year")) & (pl.col("#paid") > pl.col("year") - years))
        sums = joined.group_by("#at").agg(pl.col("paid").sum())
        out = np.zeros(len(rows), np.int64)
        out[sums["#at"].to_numpy()] = sums["paid"].to_numpy()
        return out

    def mark(self, rows: Ints) -> Ints:
        """The order of claims by the digests of their numbers (摘要序): a lot that nobody chose and everybody can redraw."""
        names = self.claims["claim"].gather(rows).to_list()
        digests = b"".join([hashlib.sha256(name.encode()).digest() for name in names])
        words = np.frombuffer(digests, ">u8").reshape(-1, 4)
        place = np.empty(len(names), np.int64)
        place[np.lexsort(words.T[::-1])] = np.arange(len(names))
        return place

    def marker(self, rows: Ints) -> Mark:
        """``mark`` for positions within ``rows``: digests are made only for those that are asked for."""
        return lambda at: self.mark(rows[at])


def order_by(group: Ints, turn: Ints) -> Ints:
    """The order by group, then turn; by one sort where both fit into one number. Equal pairs stand in any order."""
    width = int(turn.max(initial=0)) + 2
    if int(np.abs(group).max(initial=0)) < FAR // width and int(turn.min(initial=0)) >= NONE:
        return np.argsort(group * width + turn)
    return np.lexsort((turn, group))


def integers(column: pl.Series) -> tuple[Ints, Bools]:
    """The whole numbers of a column and whether each is there; what stands beside a missing one is 0."""
    if not column.null_count():
        return column.to_numpy().astype(np.int64), np.ones(len(column), bool)
    known = ~column.is_null().to_numpy()
    return column.fill_null(0).to_numpy().astype(np.int64), known


def _number(column: pl.Series) -> Ints:
    """A number for every different value, −1 for none. The numbers say nothing of the order of values."""
    known = ~column.is_null().to_numpy()
    plain = column.cast(pl.Categorical).to_physical() if column.dtype == pl.String else column
    values = plain.fill_null(0).to_numpy().astype(np.int64) if plain.null_count() else plain.to_numpy().astype(np.int64)
    found: Ints = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return np.where(known, found, NONE)


def fill(
    group: Ints, turn: Ints, low: Ints, high: Ints, cap_low: Ints, cap_high: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Draw on a limit one after the other: amounts after it, and how much was surely and possibly drawn before.

    Rows of one group and one ``turn`` are equals: what any of the others may draw counts as possibly before.
    """
    surely, possibly = drawn_before(group, turn, low, high)
    return (
        np.clip(np.minimum(low, cap_low - possibly), 0, None),
        np.clip(np.minimum(high, cap_high - surely), 0, None),
        surely,
        possibly,
    )


def drawn_before(group: Ints, turn: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """For every row the sum of ``low`` over rows surely before it in its group, and of ``high`` over rows possibly before it."""
    size = len(group)
    if size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = order_by(group, turn)
    g, t = group[order], turn[order]
    first_of_group = np.flatnonzero(np.r_[True, g[1:] != g[:-1]])
    first_of_class = np.flatnonzero(np.r_[True, (g[1:] != g[:-1]) | (t[1:] != t[:-1])])
    class_at = np.cumsum(np.r_[True, (g[1:] != g[:-1]) | (t[1:] != t[:-1])]) - 1
    group_at = np.cumsum(np.r_[True, g[1:] != g[:-1]]) - 1
    before_low = np.r_[0, np.cumsum(low[order])[:-1]]
    before_high = np.r_[0, np.cumsum(high[order])[:-1]]
    sure = before_low[first_of_class][class_at] - before_low[first_of_group][group_at]
    sums = np.add.reduceat(high[order], first_of_class)[class_at]
    possible = before_high[first_of_class][class_at] - before_high[first_of_group][group_at] + sums - high[order]
    surely, possibly = np.empty(size, np.int64), np.empty(size, np.int64)
    surely[order], possibly[order] = sure, possible
    return surely, possibly
