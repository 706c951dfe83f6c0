"""A rulebook of clauses, compiled: decides all clauses for all entities, and explains one entity.

Owns the step from checked clauses to outcomes and amounts. Decisions are integers only.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from kaiwu.benefit.clause import Clause, ClauseBook
from kaiwu.quantity import KaiwuError, Problem, date_index
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Result
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.interval import IntervalLowering
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import INT64, Program, WidthError
from kaiwu.rule.rulebook import Headed

Column = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Lowered:
    """Nodes of one clause: its truth, and its lowest and highest amount in whole steps."""

    truth: int
    low: int | None
    high: int | None


@dataclass(slots=True)
class ClauseScheme(Headed):
    """Scheme of kind ``clauses`` (see ``kaiwu.rule.decision.Scheme``)."""

    book: ClauseBook
    program: Program = field(default_factory=Program)
    nodes: dict[str, Lowered] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        lowering = Lowering(self.program)
        amounts = IntervalLowering(lowering)
        for clause in self.book.clauses:
            try:
                self.nodes[clause.id] = self._lower(clause, lowering, amounts)
            except KaiwuError as error:
                problems += [p.located(clause.where) for p in error.problems]
            except WidthError as error:
                problems.append(_too_wide(clause, error))
        if problems:
            raise KaiwuError(problems)

    def _lower(self, clause: Clause, lowering: Lowering, amounts: IntervalLowering) -> Lowered:
        truth = lowering.condition(clause.condition.tree)
        if clause.amount is None:
            return Lowered(truth, None, None)
        low, high = amounts.steps(clause.amount.tree, clause.amount.step, clause.amount.mode)
        if self.program.high[high] * int(clause.amount.step) > INT64:
            raise WidthError(f"amount up to {self.program.high[high]} × {clause.amount.step} fen")
        return Lowered(truth, low, high)

    # -- what a scheme says of itself --------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """``clauses``."""
        return "clauses"

    def needs(self) -> Sequence[Need]:
        """Every frame column that any clause or the settlement reads, findings included."""
        refs: dict[str, x.Ref] = {}
        for clause in self.book.clauses:
            refs |= x.slots_of(clause.condition.tree)
            if clause.amount is not None:
                refs |= x.slots_of(clause.amount.tree)
        needs = [Need(ref.variable, ref.offset) for ref in refs.values()]
        settled = self.book.settlement.needs if self.book.settlement is not None else ()
        return [*needs, *(need for need in settled if need.slot not in refs)]

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of every clause by id."""
        return {c.id: (c.zh, c.en, c.article) for c in self.book.clauses}

    def produced(self, result: Result) -> pl.DataFrame:
        """1 for an entity that some clause answers with 符合, 0 where all answer 不符合, null otherwise."""
        met = (pl.col("outcome") == Outcome.PASS).any()
        failed = (pl.col("outcome") == Outcome.FAIL).all()
        value = pl.when(met).then(1).when(failed).then(0).cast(pl.Int64).alias("value")
        return result.decisions.group_by("entity", maintain_order=True).agg(value)

    # -- deciding ----------------------------------------------------------------------------------------

    def decide(self, facts: Facts) -> Result:
        """Outcome and amount in fen of every clause for every entity.

        ``decisions``: entity, item (clause id), outcome (UInt8), low and high (Int64 fen; null where the clause grants no
        money). 不符合 grants 0; 缺数据 and 需认定 grant from 0 to the highest.
        """
        columns = program_columns(self.program, facts)
        truths = [n.truth for n in self.nodes.values()]
        ends = [e for n in self.nodes.values() for e in (n.low, n.high) if e is not None]
        planes = evaluate_numpy(self.program, truths, ends, columns)
        parts = []
        for clause in self.book.clauses:
            node = self.nodes[clause.id]
            outcome = planes.outcome(node.truth)
            low = high = None
            if clause.amount is not None and node.low is not None and node.high is not None:
                step = int(clause.amount.step)
                low = np.where(outcome == Outcome.PASS, planes.integers(node.low)[0].astype(np.int64) * step, 0)
                high = np.where(outcome == Outcome.FAIL, 0, planes.integers(node.high)[0].astype(np.int64) * step)
                if clause.amount.is_upper_limit:
                    low = np.zeros_like(low)
            parts.append(_rows(facts.table["entity"], clause.id, outcome, low, high))
        table = (
            pl.concat(parts) if parts else _rows(facts.table["entity"].clear(), "", np.zeros(0, np.uint8), None, None)
        )
        return Result({"decisions": table}, {"decisions": ("entity", "item")})

    def explain(
        self, facts: Facts, entity: str, result: Result | None = None, items: Container[str] | None = None
    ) -> list[Decision]:
        """Every clause for one entity, with reasons; or only the ``items``, because reasons take far longer than answers."""
        from kaiwu.benefit.explanation import explain_clause  # the sentences are only needed when somebody reads

        row = {**facts.row(entity), "#as_of": date_index(facts.as_of), "#rated": facts.rated}
        chosen = [clause for clause in self.book.clauses if items is None or clause.id in items]
        return [explain_clause(self.book.head, clause, entity, row, facts) for clause in chosen]


def program_columns(program: Program, facts: Facts) -> dict[str, pl.Series]:
    """The columns that a program reads; the context of the run stands in every row."""
    height = facts.table.height
    context = {"#as_of": date_index(facts.as_of), "#rated": facts.rated}
    columns = {}
    for slot in {"#as_of": 0, **dict.fromkeys(program.slots)}:  # one column at least: it tells the number of rows
        if slot in context:
            columns[slot] = pl.Series(slot, [context[slot]], dtype=pl.Int64).new_from_index(0, height)
        elif slot in facts.table.columns:
            columns[slot] = facts.table[slot]
        else:
            columns[slot] = pl.Series(slot, [None] * height, dtype=pl.Int64)
    return columns


def _rows(entities: pl.Series, item: str, outcome: Column, low: Column | None, high: Column | None) -> pl.DataFrame:
    empty = pl.Series([None] * len(entities), dtype=pl.Int64)
    return pl.DataFrame(
        {
            "entity": entities,
            "item": pl.Series([item], dtype=pl.String).new_from_index(0, len(entities)),
            "outcome": pl.Series(outcome, dtype=pl.UInt8),
            "low": empty if low is None else pl.Series(low, dtype=pl.Int64),
            "high": empty if high is None else pl.Series(high, dtype=pl.Int64),
        }
    )


def _too_wide(clause: Clause, error: WidthError) -> Problem:
    return Problem(
        "R-WIDTH",
        f"算式的取值范围超过 128 位整数({error}); 请收紧变量的 bound 或先舍入",
        f"the formula may exceed 128-bit integers ({error}): tighten the bounds of its variables or round first",
        where=clause.where,
    )
