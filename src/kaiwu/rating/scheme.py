"""A rating, compiled: decides for a population, says what it reads, and explains one entity.

Owns the tables that go out. How the findings are made is in ``board.py``, what is said of them in ``explanation.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.quantity.dimension import SCORE
from kaiwu.rating.board import Compiled, make_board
from kaiwu.rating.book import RatingBook
from kaiwu.rating.change import Change
from kaiwu.rating.loader import load_book
from kaiwu.rating.standing import Status
from kaiwu.rating.table import make_result
from kaiwu.rule.decision import Decision, Facts, Need, Result
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.rulebook import Headed
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import Document


def load(document: Document, vocabulary: Vocabulary) -> RatingScheme:
    """Load and compile a rulebook of kind ``rating``. Raises ``KaiwuError`` with every mistake of the file."""
    book = load_book(document, vocabulary)
    scheme = RatingScheme(book, vocabulary.variable(book.head.produces) if book.head.produces else None)
    if problems := scheme.compiled.problems():
        raise KaiwuError(problems)
    return scheme


@dataclass(slots=True)
class RatingScheme(Headed):
    """Scheme of kind ``rating`` (see ``kaiwu.rule.decision.Scheme``)."""

    book: RatingBook
    product: Variable | None = None
    compiled: Compiled = field(init=False)
    kind: str = "rating"

    def __post_init__(self) -> None:
        self.compiled = Compiled(self.book)

    def needs(self) -> Sequence[Need]:
        """Every frame column that it reads, the merging key included."""
        refs = {**self.compiled.of_entities.refs(), **self.compiled.unit_refs}
        needs = [Need(ref.variable, ref.offset) for ref in refs.values()]
        if self.book.merge is not None:
            needs.append(Need(self.book.merge.key))
        return list({need.slot: need for need in needs}.values())

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of every indicator and adjustment by code."""
        items = {i.code: (i.zh, i.en, i.article) for i in self.book.indicators}
        return items | {a.code: (a.zh, a.en, a.article) for a in self.book.adjustments}

    def decide(self, facts: Facts, changes: Sequence[Change] = ()) -> Result:
        """Rate a population; ``changes`` are signed changes of class.

        Tables: ``decisions`` (entity, item, outcome, status, cause, unit, league, score, decimals, rank, tied, ranked, class,
        computed_class, provisional), ``items`` (entity, item, state, treatment, numerator, denominator, points, decimals),
        ``adjustments``, ``classes`` (league, class, entities, units, lowest), ``bases``. Points are whole 10^-decimals 分.
        Raises ``KaiwuError`` for a template, a bad change, a sum beyond the bounds of its variable.
        """
        if self.book.head.status == "template" or not self.book.indicators:
            raise KaiwuError(Problem(
                "S-TEMPLATE", f"“{self.zh}”是空模板, 指标内容未公开, 不能测算", f"“{self.en}” is an empty template and cannot be run",
                where=self.code,
            ))  # fmt: skip
        return make_result(self.compiled, make_board(self.compiled, facts), facts.table["entity"], changes)

    def produced(self, result: Result) -> pl.DataFrame:
        """What the scheme answers for its variable: ``entity`` and ``value``, the stored integer (null: not known).

        A category answers the class, a score the points, a flag whether the entity is rated.
        """
        table, variable = result.decisions, self.product
        if variable is None:
            raise KeyError("the rulebook produces no variable")
        if variable.kind is Kind.CATEGORY:
            index = {code: variable.values.index(code) for code in variable.values}
            value = pl.col("class").replace_strict(index, default=None, return_dtype=pl.Int64)
        elif variable.kind is Kind.SCORE:
            assert variable.unit is not None and variable.unit.dimension == SCORE
            step = 10**6 / variable.grain / 10**self.book.score_decimals
            if step.denominator != 1:
                raise KaiwuError(Problem(
                    "S-PRODUCES", f"变量“{variable.zh}”的小数位少于总分", f"“{variable.code}” has fewer decimals than the total",
                    where=self.code,
                ))  # fmt: skip
            value = pl.when(pl.col("status") == Status.RATED.value).then(pl.col("score") * step.numerator)
        else:
            known = pl.col("outcome").is_in([Outcome.PASS, Outcome.FAIL])
            value = pl.when(known).then((pl.col("outcome") == Outcome.PASS).cast(pl.Int64))
        return table.select("entity", value.alias("value"))

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """Every point of one entity with its reasons; ``result`` saves rating the population again."""
        from kaiwu.rating.explanation import explain_entity  # sentences are only needed when somebody reads

        return [explain_entity(self, facts, entity, result or self.decide(facts))]
