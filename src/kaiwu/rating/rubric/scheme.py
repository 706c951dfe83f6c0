"""A rubric, compiled: decides for a population, says what it reads, and explains one entity.

Owns the tables that go out: one decision per route, the points of every part. Decisions are integers only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem, date_index
from kaiwu.rating.change import Change, check_changes
from kaiwu.rating.reader import POINT
from kaiwu.rating.rubric.book import TOTAL, Block, Grades, Item, RubricBook
from kaiwu.rating.rubric.lowering import RubricLowering
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Result
from kaiwu.rule.engine_numpy import Planes, evaluate_numpy
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import WidthError
from kaiwu.rule.rulebook import Headed

Integers = NDArray[np.int64]
DECIMALS = 6
"""Scores are stored in 10^-6 分."""


@dataclass(slots=True)
class RubricScheme(Headed):
    """Scheme of kind ``rubric`` (see ``kaiwu.rule.decision.Scheme``)."""

    book: RubricBook
    product: Variable | None = None
    lowered: RubricLowering = field(init=False)
    kind: str = "rubric"

    def __post_init__(self) -> None:
        try:
            self.lowered = RubricLowering(self.book)
        except WidthError as error:
            raise KaiwuError(Problem(
                "S-WIDTH", f"取值范围超过 128 位整数({error}); 请收紧变量的 bound",
                f"values may exceed 128-bit integers ({error}): tighten the bounds", where=self.code,
            )) from error  # fmt: skip

    # -- what a scheme says of itself --------------------------------------------------------------------

    def needs(self) -> Sequence[Need]:
        """Every frame column that any item, gate or direct pass reads, given points and findings included."""
        refs: dict[str, x.Ref] = {}
        for part in self.book.root.walk():
            if isinstance(part, Item):
                refs |= x.slots_of(part.form.low) | x.slots_of(part.form.high)
            if part.given is not None:
                refs.setdefault(part.given.code, x.Ref(variable=part.given))
        trees = [c.tree for route in self.book.routes for c in (*route.gates, *route.direct)]
        for tree in (*trees, *([self.book.scope] if self.book.scope is not None else [])):
            refs |= x.slots_of(tree)
        return [Need(ref.variable, ref.offset) for ref in refs.values()]

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of every route, block and item by code; grades under their class."""
        titles = {r.code: (r.zh, r.en, r.article) for r in self.book.routes}
        for part in self.book.root.walk():
            titles.setdefault(part.code, (part.zh, part.en, part.article))
        for grade in self.book.grades.rows if self.book.grades else ():
            titles.setdefault(grade.code, (grade.zh, grade.en, ""))
        return titles

    def produced(self, result: Result) -> pl.DataFrame:
        """``entity`` and ``value``: the class, the certain score, or whether some route passes; null where not known."""
        variable, table = self.product, result.decisions
        if variable is None:
            raise KeyError("the rulebook produces no variable")
        if variable.kind is Kind.CATEGORY:
            index = {code: variable.values.index(code) for code in variable.values}
            value = pl.col("class").replace_strict(index, default=None, return_dtype=pl.Int64).first()
        elif variable.kind is Kind.SCORE:
            step = int(variable.grain)
            exact = pl.col("score").first()
            value = pl.when(exact % step == 0).then(exact // step)
        else:
            met, failed = (pl.col("outcome") == Outcome.PASS).any(), (pl.col("outcome") == Outcome.FAIL).all()
            value = pl.when(met).then(1).when(failed).then(0).cast(pl.Int64)
        return table.group_by("entity", maintain_order=True).agg(value.alias("value"))

    # -- deciding ----------------------------------------------------------------------------------------

    def decide(self, facts: Facts, changes: Sequence[Change] = ()) -> Result:
        """Outcome of every route and points of every part, for every entity; ``changes`` are signed changes of grade.

        ``decisions``: entity, item (route), outcome, score (null unless certain), low_score, high_score, class and
        computed_class (null unless certain), decimals. ``items``: entity, item (block or item), outcome (缺数据 or 需认定 where
        its points are open), low_points, high_points, decimals. Points are whole 10^-6 分; out of scope they are null.
        Raises ``KaiwuError`` for a template and for a change that the rulebook does not allow.
        """
        if self.book.head.status == "template":
            raise KaiwuError(Problem(
                "S-TEMPLATE", f"“{self.zh}”是空模板, 指标内容未公开, 不能测算", f"“{self.en}” is an empty template and cannot be run",
                where=self.code,
            ))  # fmt: skip
        low = self.lowered
        scores = list(low.scores.values())
        scope = [low.lowering.condition(self.book.scope)] if self.book.scope is not None else []
        truths = [*low.routes.values(), *(s.state for s in scores), *scope]
        ends = [node for score in scores for node in (score.low, score.high)]
        planes = evaluate_numpy(low.program, truths, ends, program_columns(low, facts))
        inside = np.ones(facts.table.height, np.bool_)
        if scope:
            inside = planes.outcome(scope[0]) != Outcome.FAIL
        found = {code: self._points(planes, code) for code in low.scores}
        total = found[TOTAL]
        classes = self._classes(facts, total[0], total[1], inside)
        moved = classes
        if changes:
            kept = check_changes(self.book, changes, dict(zip(facts.table["entity"], classes, strict=True)))
            names = facts.table["entity"].to_list()
            moved = [kept[n].label if n in kept else c for n, c in zip(names, classes, strict=True)]
        tables = {
            "decisions": self._decisions(planes, facts, total, inside, classes, moved),
            "items": self._items(planes, facts, found, inside),
        }
        return Result(tables, {"decisions": ("entity", "item"), "items": ("entity", "item")})

    def _points(self, planes: Planes, code: str) -> tuple[Integers, Integers]:
        score = self.lowered.scores[code]
        low, high = (planes.integers(node)[0].astype(np.int64) for node in (score.low, score.high))
        return low, high

    def _decisions(
        self, planes: Planes, facts: Facts, total: tuple[Integers, Integers], inside: NDArray[np.bool_],
        classes: list[str | None], moved: list[str | None],
    ) -> pl.DataFrame:  # fmt: skip
        entities, (low, high) = facts.table["entity"], total
        base = pl.DataFrame({
            "entity": entities, "low_score": low, "high_score": high, "inside": inside,
            "class": pl.Series(moved, dtype=pl.String), "computed_class": pl.Series(classes, dtype=pl.String),
        }).with_columns(
            pl.when("inside").then("low_score").alias("low_score"), pl.when("inside").then("high_score").alias("high_score"),
        ).with_columns(pl.when(pl.col("low_score") == pl.col("high_score")).then("low_score").alias("score"))  # fmt: skip
        parts = []
        for code, node in self.lowered.routes.items():
            outcome = pl.Series("outcome", planes.outcome(node), dtype=pl.UInt8)
            parts.append(base.select(
                "entity", pl.lit(code, dtype=pl.String).alias("item"), outcome, "score", "low_score", "high_score", "class",
                "computed_class", pl.lit(DECIMALS, dtype=pl.Int64).alias("decimals"),
            ))  # fmt: skip
        return pl.concat(parts)

    def _items(
        self, planes: Planes, facts: Facts, found: Mapping[str, tuple[Integers, Integers]], inside: NDArray[np.bool_]
    ) -> pl.DataFrame:
        parts = []
        for part in self.book.root.walk():
            if part.code == TOTAL:
                continue
            low, high = found[part.code]
            parts.append(pl.DataFrame({
                "entity": facts.table["entity"],
                "item": pl.Series([part.code], dtype=pl.String).new_from_index(0, facts.table.height),
                "outcome": pl.Series(planes.outcome(self.lowered.scores[part.code].state), dtype=pl.UInt8),
                "low_points": low, "high_points": high, "inside": inside,
            }))  # fmt: skip
        table = pl.concat(parts)
        shown = [pl.when("inside").then(c).alias(c) for c in ("low_points", "high_points")]
        return table.select("entity", "item", "outcome", *shown, pl.lit(DECIMALS, dtype=pl.Int64).alias("decimals"))

    def _classes(self, facts: Facts, low: Integers, high: Integers, inside: NDArray[np.bool_]) -> list[str | None]:
        grades = self.book.grades
        if grades is None:
            return [None] * facts.table.height
        first, last = (grade_numbers(grades, ends) for ends in (low, high))
        codes = grades.codes()
        return [codes[a] if a == b and ok else None for a, b, ok in zip(first, last, inside, strict=True)]

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """Every route for one entity with the points of every item, by the exact reference."""
        from kaiwu.rating.rubric.explanation import explain_rubric  # sentences are only needed when somebody reads

        row = {**facts.row(entity), "#as_of": date_index(facts.as_of), "#rated": facts.rated}
        return explain_rubric(self.book, entity, row, facts, result)


def grade_numbers(grades: Grades, points: Integers) -> Integers:
    """The place of the grade of each score, 0 the best; points in 10^-6 分."""
    ends = [int(row.low * POINT) for row in grades.rows[:-1] if row.low is not None]
    side = "right" if grades.edges == "[)" else "left"
    lines = np.array(sorted(ends), np.int64)
    found: Integers = len(grades.rows) - 1 - np.searchsorted(lines, points, side=side)  # type: ignore[call-overload]
    return found


def program_columns(lowered: RubricLowering, facts: Facts) -> dict[str, pl.Series]:
    """The columns that the program reads; the context of the run stands in every row."""
    height = facts.table.height
    context = {"#as_of": date_index(facts.as_of), "#rated": facts.rated}
    columns = {}
    for slot in {
        "#as_of": 0,
        **dict.fromkeys(lowered.program.slots),
    }:  # one column at least: it tells the number of rows
        if slot in facts.table.columns:
            columns[slot] = facts.table[slot]
        else:
            columns[slot] = pl.Series(slot, [context.get(slot)], dtype=pl.Int64).new_from_index(0, height)
    return columns


__all__ = ["Block", "RubricScheme"]
