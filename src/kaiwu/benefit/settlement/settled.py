"""What a settlement yields: lines, awards, questions, instalments, returns and pots, with one digest over all.

Owns the tables and the way from an award back to its lines. It computes no amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.line import Line, sentence
from kaiwu.benefit.settlement.step.pot import Pot
from kaiwu.benefit.settlement.tally import Done, Tally
from kaiwu.table import digest_frame, digest_value

TABLES: Mapping[str, tuple[str, ...]] = {
    "entries": ("claim", "number"), "awards": ("claim",), "asks": ("number", "code", "claim"), "instalments": ("claim", "instalment"),
    "claw_backs": ("number", "claim"), "pots": ("pot", "year"),
}  # fmt: skip
"""Every table and its identifying columns."""
OPEN = ("", "own", "others", "ask")
"""Why an award is not one number: the claim itself is open, others are, or a question is."""


@dataclass(frozen=True)
class Settled:
    """A finished settlement. Tables hold integers and strings only; amounts are fen."""

    plan: Settlement
    tally: Tally

    # -- tables ------------------------------------------------------------------------------------------

    @cached_property
    def awards(self) -> pl.DataFrame:
        """One row for each claim: claim, entity, clause, matter, year, low, high, pot, ``open`` (why it is not one number)."""
        pot, names = np.zeros(len(self.tally), np.uint32), [""]
        for done in self.tally.done:
            if isinstance(done.step, Pot):
                pot[done.scope.rows] = len(names)
                names.append(done.step.code)
        low, high = self.tally.low, self.tally.high
        own = self.tally.claims["low"].to_numpy() != self.tally.claims["high"].to_numpy()
        asked = np.zeros(len(self.tally), bool)
        for done in self.tally.done:
            for ask in done.effect.asks:
                asked[ask.rows] = True
        why = np.where(low == high, 0, np.where(asked, 3, np.where(own, 1, 2)))
        return pl.DataFrame(
            [
                *(self.tally.claims[c] for c in ("claim", "entity", "clause", "matter", "year")), pl.Series("low", low), pl.Series("high", high),
                pl.Series("pot", names, dtype=pl.String).gather(pot), pl.Series("open", OPEN, dtype=pl.String).gather(why),
            ]
        )  # fmt: skip

    @cached_property
    def entries(self) -> pl.DataFrame:
        """One row for each claim and step that reached it: claim, number, step, before, after, reason code, what it names,
        article and how well it is attested."""
        parts = []
        claims = self.tally.claims["claim"]
        for done in self.tally.done:
            term, scope, effect = done.step.term, done.scope, done.effect
            rows = pl.Series(scope.rows)
            parts.append(
                pl.DataFrame(
                    {
                        "claim": claims.gather(rows),
                        "before_low": scope.low, "before_high": scope.high, "after_low": effect.low, "after_high": effect.high,
                        "code": effect.code.astype(np.int64),
                        "value": effect.value, "other": claims.gather(pl.Series(np.maximum(effect.other, 0))) if len(rows) else claims.clear(),
                        "names": effect.other >= 0,
                    }
                ).select(
                    "claim", pl.lit(term.number, dtype=pl.Int64).alias("number"), pl.lit(term.kind).alias("step"), "before_low", "before_high",
                    "after_low", "after_high", "code", pl.when(pl.col("value") >= 0).then("value").alias("value"),
                    pl.when("names").then("other").alias("other"), pl.lit(term.article).alias("article"), pl.lit(term.standing).alias("standing"),
                )
            )  # fmt: skip
        return pl.concat(parts) if parts else pl.DataFrame()

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The entries with their sentences ``zh`` and ``en``; made when somebody reads them."""
        said = [self._say(row) for row in self.entries.iter_rows(named=True)]
        return self.entries.with_columns(
            pl.Series("zh", [zh for zh, _ in said], dtype=pl.String),
            pl.Series("en", [en for _, en in said], dtype=pl.String),
        )

    @cached_property
    def asks(self) -> pl.DataFrame:
        """What has to be decided by people: number (of the step), code, claim, zh, en, article."""
        rows = [
            (done.step.term.number, ask.code, self.tally.claims["claim"][int(row)], ask.zh, ask.en, done.step.term.article)
            for done in self.tally.done for ask in done.effect.asks for row in ask.rows
        ]  # fmt: skip
        schema = {"number": pl.Int64, **dict.fromkeys(("code", "claim", "zh", "en", "article"), pl.String)}
        return pl.DataFrame(rows, schema=schema, orient="row").unique(
            ("number", "code", "claim"), keep="first", maintain_order=True
        )

    @property
    def instalments(self) -> pl.DataFrame:
        """Parts of awards: claim, instalment, when, status (due, waiting, lapsed), low, high."""
        return self._gathered("instalments", {"claim": pl.String, "instalment": pl.Int64, "when": pl.String, "status": pl.String, "low": pl.Int64, "high": pl.Int64})  # fmt: skip

    @property
    def claw_backs(self) -> pl.DataFrame:
        """Sums to be returned: number, claim, entity, paid, returned."""
        schema = {"number": pl.Int64, "claim": pl.String, "entity": pl.String, "paid": pl.Int64, "returned": pl.Int64}
        return self._gathered("claw_backs", schema, numbered=True)

    @property
    def pots(self) -> pl.DataFrame:
        """Pots: pot, year, amount, demand and what is granted, lowest and highest."""
        columns = ("amount", "demand_low", "demand_high", "granted_low", "granted_high")
        return self._gathered("pots", {"pot": pl.String, "year": pl.Int64, **dict.fromkeys(columns, pl.Int64)})

    def _gathered(self, name: str, schema: Mapping[str, Any], *, numbered: bool = False) -> pl.DataFrame:
        parts = []
        for done in self.tally.done:
            if name in done.effect.tables:
                table = done.effect.tables[name]
                parts.append(
                    table.select(pl.lit(done.step.term.number, dtype=pl.Int64).alias("number"), pl.all())
                    if numbered
                    else table
                )
        return pl.concat(parts) if parts else pl.DataFrame(schema=dict(schema))

    # -- explaining --------------------------------------------------------------------------------------

    def explain(self, claim: str) -> list[dict[str, Any]]:
        """The lines of one claim in order. Raises ``KeyError`` where there is no such claim."""
        if claim not in self.tally.claims["claim"]:
            raise KeyError(claim)
        rows = self.entries.filter(pl.col("claim") == claim).iter_rows(named=True)
        return [{**row, "zh": zh, "en": en} for row in rows for zh, en in [self._say(row)]]

    def _say(self, row: Mapping[str, Any]) -> tuple[str, str]:
        step = self.plan.steps[row["number"] - 1]
        line = Line(
            row["claim"], row["number"], row["step"], (row["before_low"], row["before_high"]), (row["after_low"], row["after_high"]),
            row["code"], -1 if row["value"] is None else row["value"], row["other"] or "",
        )  # fmt: skip
        return sentence(line, (step.term.zh, step.term.en), step.phrase(line))

    def depends_on(self, claim: str) -> tuple[str, ...]:
        """The undecided claims that the award of a claim still depends on, itself included where it is one of them."""
        at = {c: i for i, c in enumerate(self.tally.claims["claim"])}
        row = at[claim]
        if self.tally.low[row] == self.tally.high[row]:
            return ()
        reached = {row}
        for done in reversed(self.tally.done):
            reached |= _members(done, reached)
        open_rows = self.tally.claims["low"].to_numpy() != self.tally.claims["high"].to_numpy()
        names = self.tally.claims["claim"].to_list()
        return tuple(names[i] for i in sorted(reached) if open_rows[i])

    # -- sameness ----------------------------------------------------------------------------------------

    def tables(self) -> dict[str, pl.DataFrame]:
        """All tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    def digest(self) -> str:
        """SHA-256 of the logical content of all tables: equal on every machine and for every order of the claims."""
        return digest_value(
            {name: digest_frame(table, list(TABLES[name])) for name, table in self.tables().items() if table.width}
        )

    def left(self) -> Iterator[tuple[str, int | None, int]]:
        """(pot, year, fen that are surely still free) of every pot with an amount."""
        for row in self.pots.iter_rows(named=True):
            if row["amount"] is not None:
                yield row["pot"], row["year"], row["amount"] - row["granted_high"]


def _members(done: Done, reached: set[int]) -> set[int]:
    """Claims with open amounts that share a limit with the reached ones at a step, and draw on it before them."""
    scope, effect = done.scope, done.effect
    own = np.isin(scope.rows, list(reached)) & (effect.group >= 0) & (effect.low != effect.high)
    if not own.any():
        return set()
    found = (scope.low != scope.high) & np.isin(effect.group, np.unique(effect.group[own]))
    if effect.turn is not None:
        latest = {int(g): int(effect.turn[own & (effect.group == g)].max()) for g in np.unique(effect.group[own])}
        last = np.array([latest.get(int(g), -1) for g in effect.group], np.int64)
        found &= effect.turn <= last
    return set(scope.rows[found].tolist())
