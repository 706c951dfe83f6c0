"""An allotment rulebook, compiled (see ``kaiwu.rule.decision.Scheme``): who may enter, by kind of supply.

Owns the answers of the conditions for many projects at once, and their compiled form for the decision record. Scores and
placements are not here: they need a round (``round_reader``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from kaiwu.allot.entry import EntryRule
from kaiwu.allot.rule import Rule
from kaiwu.figure.variable import Variable
from kaiwu.quantity import date_index
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Reason, Result
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.explain import explain_condition, explain_misses, missing_slots
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Op, Program
from kaiwu.rule.reference import Reference
from kaiwu.rule.rulebook import Head, Headed
from kaiwu.rule.vocabulary import Vocabulary

CONTEXT = ("#as_of", "#rated")


@dataclass(frozen=True, slots=True)
class Pair:
    """The two figures of a constraint: the need of a project, the offer of a supply."""

    need: Variable
    offer: Variable


@dataclass(frozen=True, slots=True)
class AllotmentBook:
    """A checked rulebook of kind ``allotment``."""

    head: Head
    rule: Rule
    entries: Mapping[str, EntryRule]  # by kind of supply
    pools: Mapping[str, EntryRule]  # by reserve
    score: Variable | None
    items: Mapping[str, Variable]
    pairs: Mapping[str, Pair]  # by constraint
    vocabulary: Vocabulary
    sees: frozenset[str]
    ruler: str = ""  # code of the rating whose indicators are the items
    standard_conditions: tuple[tuple[str, str], ...] = ()
    discount: tuple[Variable, ...] = ()  # promised figures that count times the firm's delivery ratio


@dataclass(slots=True)
class AllotmentScheme(Headed):
    """Scheme of kind ``allotment``: one decision for each project and kind of supply."""

    book: AllotmentBook
    program: Program = field(default_factory=Program)
    roots: dict[str, int] = field(default_factory=dict)
    pool_roots: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lowering = Lowering(self.program)
        self.roots = {kind: lowering.condition(entry.tree) for kind, entry in self.book.entries.items()}
        self.pool_roots = {pool: lowering.condition(entry.tree) for pool, entry in self.book.pools.items()}

    @property
    def kind(self) -> str:
        """``allotment``."""
        return "allotment"

    @property
    def rule(self) -> Rule:
        """The rule of its rounds."""
        return self.book.rule

    def needs(self) -> Sequence[Need]:
        """Every figure of a project that entry, reserves and the score read; what it needs of a site is given with a round."""
        refs: dict[str, x.Ref] = {}
        for entry in (*self.book.entries.values(), *self.book.pools.values()):
            refs |= x.slots_of(entry.tree)
        scores = [v for v in (self.book.score, *self.book.items.values()) if v is not None]
        return [*(Need(ref.variable, ref.offset) for ref in refs.values()), *map(Need, scores)]

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of every kind of supply."""
        return {k.code: (k.zh, k.en, k.article) for k in self.rule.kinds}

    def produced(self, result: Result) -> pl.DataFrame:
        """It answers no variable of other schemes."""
        return pl.DataFrame({"entity": result.decisions["entity"].unique(maintain_order=True), "value": None}, schema_overrides={"value": pl.Int64})  # fmt: skip

    def decide(self, facts: Facts) -> Result:
        """``decisions``: entity, item (kind of supply), outcome (UInt8)."""
        answers = self._evaluate(facts, self.roots)
        parts = [pl.DataFrame({"entity": facts.table["entity"], "item": kind, "outcome": found}) for kind, found in answers.items()]  # fmt: skip
        empty = pl.DataFrame(schema={"entity": pl.String, "item": pl.String, "outcome": pl.UInt8})
        return Result({"decisions": pl.concat([empty, *parts])}, {"decisions": ("entity", "item")})

    def pools_of(self, facts: Facts) -> dict[str, frozenset[str]]:
        """The reserves that each project is known to belong to."""
        answers = self._evaluate(facts, self.pool_roots)
        return {
            entity: frozenset(pool for pool, found in answers.items() if found[i] == Outcome.PASS)
            for i, entity in enumerate(facts.table["entity"])
        }

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """Every kind of supply for one project, with reasons."""
        row = {**facts.row(entity), "#as_of": date_index(facts.as_of), "#rated": facts.rated}
        return [self._explain(kind, entry, entity, row, facts) for kind, entry in self.book.entries.items()]

    def _explain(self, kind: str, entry: EntryRule, entity: str, row: dict[str, Any], facts: Facts) -> Decision:
        declared = self.rule.kind(kind)
        outcome = Reference(row).outcome(entry.tree)
        reasons: list[Reason] = []
        for part in entry.parts:
            reasons += explain_condition(part.tree, row, article=part.article or declared.article, rated=facts.rated, title=(part.zh, part.en))  # fmt: skip
        if outcome is Outcome.FAIL:
            reasons += explain_misses(entry.tree, row, article=declared.article, rated=facts.rated)
        missing = tuple(missing_slots(entry.tree, row)) if outcome is Outcome.MISSING else ()
        return Decision(
            entity=entity, scheme=self.code, item=kind, zh=declared.zh, en=declared.en, outcome=outcome, article=declared.article,
            reasons=tuple(reasons), missing=missing, document=self.document, version=self.version,
        )  # fmt: skip

    def _evaluate(self, facts: Facts, roots: Mapping[str, int]) -> dict[str, pl.Series]:
        if not roots:
            return {}
        planes = evaluate_numpy(self.program, list(roots.values()), [], self._columns(facts))
        return {name: pl.Series(planes.outcome(node), dtype=pl.UInt8) for name, node in roots.items()}

    def _columns(self, facts: Facts) -> dict[str, pl.Series]:
        height = facts.table.height
        given = {"#as_of": date_index(facts.as_of), "#rated": facts.rated}
        blank = pl.Series([None] * height, dtype=pl.Int64)
        columns = {slot: facts.table[slot] if slot in facts.table.columns else blank for slot in self.program.slots}
        return {**columns, **{slot: pl.Series([value] * height, dtype=pl.Int64) for slot, value in given.items()}}

    def conditions_data(self, facts: Facts) -> dict[str, Any]:
        """The compiled conditions and the figures behind them, so that a checker can answer them again.

        Constants and figures stand as text: some are too large for readers of JSON.
        """
        p = self.program
        columns = self._columns(facts)
        rows = {
            entity: {slot: str(value) for slot in p.slots if (value := columns[slot][i]) is not None}
            for i, entity in enumerate(facts.table["entity"])
        }
        return {
            "nodes": [[Op(op).name, a, b, c] for op, a, b, c in zip(p.op, p.a, p.b, p.c, strict=True)],
            "constants": [str(c) for c in p.constants], "slots": list(p.slots), "sets": [list(s) for s in p.sets],
            "roots": dict(self.roots), "pools": dict(self.pool_roots), "facts": rows,
        }  # fmt: skip
