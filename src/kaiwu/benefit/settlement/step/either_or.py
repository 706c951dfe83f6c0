"""Either-or (择一): of several groups of clauses a firm gets one.

Owns the choice between groups: the one that brings more, or the one that the firm declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kaiwu.benefit.settlement.line import Line
from kaiwu.benefit.settlement.reader import TERM_KEYS, StepReader
from kaiwu.benefit.settlement.tally import Ask, Bools, Effect, Ints, Scope, Tally, plain_effect
from kaiwu.benefit.settlement.term import KEY_COLUMNS, Term
from kaiwu.figure.entry import Entry

TITLE = ("择一", "either-or")
CHOOSE = ("highest", "declared", "first")
ALONE, TAKEN, LEFT, OPEN, BARRED = range(5)


@dataclass(frozen=True, slots=True)
class EitherOr:
    """``groups`` of clause ids; ``choose``: highest; first (the first group that has a claim, 特别规定在先); or declared in
    the column ``choice`` (a clause of the chosen group). ``counts``: whether earlier awards of this
    programme for another group bar a claim (same); none by default, because a choice may be made anew each year."""

    term: Term
    groups: tuple[tuple[str, ...], ...]
    choose: str
    per: tuple[str, ...]
    choice: str
    counts: str = "none"

    def columns(self) -> Sequence[str]:
        """Keys, and the declared choice."""
        return [*(KEY_COLUMNS.get(key, key) for key in self.per), *([self.choice] if self.choose == "declared" else [])]

    def apply(self, tally: Tally, scope: Scope) -> Effect:
        """Keep the claims of one group for each firm."""
        rows = scope.rows
        barred = self._barred(tally, rows)
        scope = Scope(rows, np.where(barred, 0, scope.low), np.where(barred, 0, scope.high), scope.doubtful)
        key = tally.group(self.per, rows)
        of_clause = {tally.clauses.index(c): g for g, group in enumerate(self.groups) for c in group}
        group_at = np.zeros(len(tally.clauses), np.int64)
        group_at[list(of_clause)] = list(of_clause.values())
        own = group_at[tally.clause_at[rows]]
        height = int(key.max(initial=0)) + 1
        low, high = (np.zeros((height, len(self.groups)), np.int64) for _ in range(2))
        inside = key >= 0
        np.add.at(low, (key[inside], own[inside]), scope.low[inside])
        np.add.at(high, (key[inside], own[inside]), scope.high[inside])
        rivals = (high > 0).sum(axis=1) > 1
        contested = inside & rivals[key]
        if self.choose == "declared":
            sure, maybe, unknown = self._declared(tally, scope, own, of_clause)
        else:
            sure, maybe = _ahead(low, high) if self.choose == "highest" else _first(low, high)
            sure, maybe, unknown = sure[key, own], maybe[key, own], np.zeros(len(rows), bool)
        sure, maybe = sure | ~contested, maybe | ~contested
        unknown &= contested
        code = np.where(contested, np.where(sure, TAKEN, np.where(maybe, OPEN, LEFT)), ALONE).astype(np.uint8)
        code = np.where(barred, BARRED, code).astype(np.uint8)
        asks = (Ask("choice", f"“{self.term.zh}”: 企业没有声明选哪一项", f"“{self.term.en}”: the firm has not said which it takes", rows[unknown]),) if unknown.any() else ()  # fmt: skip
        return plain_effect(
            scope,
            low=np.where(sure, scope.low, 0),
            high=np.where(maybe, scope.high, 0),
            code=code,
            group=key,
            asks=asks,
        )

    def _barred(self, tally: Tally, rows: Ints) -> Bools:
        """Claims of a group where another group of the same key was paid before."""
        own = np.array([self._group_of(clause) for clause in tally.clauses])[tally.clause_at[rows]]
        found: Bools = np.zeros(len(rows), bool)
        for g, group in enumerate(self.groups):
            found |= (tally.prior(self.per, rows, clauses=group, of=self.counts) > 0) & (own != g)
        return found

    def _group_of(self, clause: str) -> int:
        return next((g for g, group in enumerate(self.groups) if clause in group), -1)

    def _declared(self, tally: Tally, scope: Scope, own: Ints, of_clause: dict[int, int]) -> tuple[Bools, Bools, Bools]:  # fmt: skip
        at = {tally.clauses[c]: g for c, g in of_clause.items()}
        chosen = tally.claims[self.choice].replace_strict(at, default=None, return_dtype=pl.Int64).fill_null(-1)
        wanted = chosen.to_numpy()[scope.rows]
        return wanted == own, (wanted == own) | (wanted < 0), wanted < 0

    def phrase(self, line: Line) -> tuple[str, str]:
        """Which group is taken."""
        by, by_en = {
            "declared": ("按企业声明", "as declared by the firm"), "first": ("按所列先后", "the first that applies"),
            "highest": ("取合计较高的一组", "the group that brings more"),
        }[self.choose]  # fmt: skip
        match line.code:
            case 1:
                return f"择一: 取本组, {by}", f"either-or: this group is taken, {by_en}"
            case 2:
                return f"择一: 已取另一组, {by}", f"either-or: the other group is taken, {by_en}"
            case 3:
                return "择一: 取哪一组未定", "either-or: it is open which group is taken"
            case 4:
                return "择一: 以前已兑付另一组, 不再兑付", "either-or: the other group was paid before, nothing more"
        return "没有须与之择一的申报", "nothing to choose between"


def _ahead(low: Ints, high: Ints) -> tuple[Bools, Bools]:
    """Whether each group surely, and possibly, has the highest sum of its firm; of equals the first declared."""
    height, width = low.shape
    sure, maybe = np.ones((height, width), bool), np.ones((height, width), bool)
    for g in range(width):
        for other in range(width):
            if other != g:
                sure[:, g] &= (low[:, g] >= high[:, other]) if g < other else (low[:, g] > high[:, other])
                maybe[:, g] &= (high[:, g] >= low[:, other]) if g < other else (high[:, g] > low[:, other])
    return sure, maybe


def _first(low: Ints, high: Ints) -> tuple[Bools, Bools]:
    """Whether each group surely, and possibly, is the first with a claim."""
    surely_before: Ints = np.cumsum(low > 0, axis=1) - (low > 0)
    maybe_before: Ints = np.cumsum(high > 0, axis=1) - (high > 0)
    return maybe_before == 0, surely_before == 0


def read(reader: StepReader, entry: Entry, term: Term) -> EitherOr:
    """``{step: either_or, groups: [[A, B], [C]], choose: highest}``."""
    entry.check_keys((*TERM_KEYS, "groups", "choose", "choice", "per", "counts"))
    groups = reader.groups(entry, "groups")
    if entry.data.get("choose") is None:
        entry.complain(
            "BS-CHOOSE", "写明 choose: highest、first 或 declared", "say choose: highest, first or declared", "choose"
        )
    named = tuple(c for group in groups for c in group)
    return EitherOr(
        replace(term, clauses=named), groups, entry.choice("choose", CHOOSE, "highest"), entry.texts("per") or ("firm", "year"),
        entry.text("choice", "choice"), entry.choice("counts", ("none", "same"), "none"),
    )  # fmt: skip
