"""A composite index, compiled (综合指数方案): exact figures in, whole scores and places out.

Owns the passage from facts to the model and on to the tables of ``table.py``. Inside, values are analysis floats. How scores are made is
in ``model.py``, reading a rulebook in ``loader.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import polars as pl

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.batch import Answers, Batch, Ratios
from kaiwu.rating.change import Change, check_changes
from kaiwu.rating.index.book import IndexBook
from kaiwu.rating.index.model import IndexModel
from kaiwu.rating.index.table import KEYS, Rated, Standings, list_decisions, list_items, list_nobody, list_weights
from kaiwu.rating.index.values import Values
from kaiwu.rating.table import count_classes
from kaiwu.rule.decision import Decision, Facts, Need, Result
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.rulebook import Headed


class Nobody(KaiwuError):
    """Nobody is known to take part; ``rated`` says why of each."""

    def __init__(self, code: str, rated: Standings) -> None:
        super().__init__(Problem("IX-VALUES-NOBODY", "没有可评价的单位", "there is nobody to rate", where=code))
        self.rated = rated


@dataclass(slots=True)
class IndexScheme(Headed):
    """Scheme of kind ``index`` (see ``kaiwu.rule.decision.Scheme``)."""

    book: IndexBook
    product: Variable | None = None
    batch: Batch = field(init=False)
    kind: str = "index"

    def __post_init__(self) -> None:
        conditions = {} if self.book.scope is None else {"scope": self.book.scope}
        formulas = {code: item.formula for code, item in self.book.indicators.items()}
        formulas |= {f"tie.{i}": key.value for i, key in enumerate(self.book.ties.keys)}
        self.batch = Batch(conditions, formulas)
        if self.batch.too_wide:
            raise KaiwuError(Problem(
                "S-WIDTH", f"算式的取值范围超过 128 位整数: {', '.join(self.batch.too_wide)}; 请收紧变量的 bound",
                f"a formula may exceed 128-bit integers: {', '.join(self.batch.too_wide)}; tighten the bounds", where=self.code,
            ))  # fmt: skip

    def needs(self) -> Sequence[Need]:
        """Every frame column that it reads, the league included."""
        needs = [Need(ref.variable, ref.offset) for ref in self.batch.refs().values()]
        if self.book.league is not None:
            needs.append(Need(self.book.league.variable))
        return list({need.slot: need for need in needs}.values())

    def titles(self) -> dict[str, tuple[str, str, str]]:
        """(zh, en, article) of the scheme itself and of every node of its tree by code."""
        own = {self.code: (self.zh, self.en, "")}
        if self.book.tree is None:
            return own | {node.code: (node.zh, node.en, "") for node in self.book.slots}
        articles = {code: item.article for code, item in self.book.indicators.items()}
        return own | {n.code: (n.zh, n.en, articles.get(n.code, "")) for n in self.book.tree.nodes}

    def rate(self, facts: Facts) -> Rated:
        """The index over everybody in scope, with all that analysis needs (values in the indicators' units, weights, cells)."""
        book = self.book
        if book.tree is None or book.head.status == "template":
            raise KaiwuError(Problem(
                "S-TEMPLATE", f"“{self.zh}”是空模板, 指标内容未公开, 不能测算", f"“{self.en}” is an empty template and cannot be run", where=self.code,
            ))  # fmt: skip
        answers = self.batch.evaluate(facts.table, facts.as_of, facts.rated)
        outcome, league = self._standing(facts, answers)
        rows = [i for i, name in enumerate(facts.table["entity"]) if outcome[name] is Outcome.PASS]
        if not rows:
            raise Nobody(self.code, (outcome, league))
        names = facts.table["entity"].to_list()
        values = self.values(answers, [names[i] for i in rows], rows, [league[names[i]] or "" for i in rows])
        try:
            model = IndexModel(book.tree, values, book.method)
            result = model.run()
        except KaiwuError as error:
            raise KaiwuError([p.located(self.code) for p in error.problems]) from error
        place = {names[i]: i for i in rows}
        at = np.array([place[unit] for unit in result.units], dtype=np.int64)
        ties = (answers.ratios[f"tie.{i}"] for i in range(len(book.ties.keys)))
        return Rated(model, result, outcome, league, tuple(Ratios(r.n[at], r.d[at], r.state[at]) for r in ties))

    def values(self, answers: Answers, names: Sequence[str], rows: Sequence[int], leagues: Sequence[str]) -> Values:
        """Values of the indicators in their units; what is missing or undefined is NaN."""
        assert self.book.tree is not None
        leaves = self.book.tree.leaves
        table = np.full((len(rows), len(leaves)), np.nan)
        for k, code in enumerate(leaves):
            ratios, item = answers.ratios[code], self.book.indicators[code]
            for at, row in enumerate(rows):
                value = ratios.at(row)
                if value is not None:
                    table[at, k] = item.read(value)
        groups = {"league": tuple(leagues)} if self.book.league is not None else {}
        return Values(tuple(names), leaves, table, groups=groups)

    def _standing(self, facts: Facts, answers: Answers) -> tuple[dict[str, Outcome], dict[str, str | None]]:
        """Who takes part: PASS; FAIL out of scope; otherwise what is missing to say so."""
        names = facts.table["entity"].to_list()
        scope = answers.outcomes.get("scope", np.full(len(names), Outcome.PASS, dtype=np.uint8))
        outcome = {name: Outcome(int(code)) for name, code in zip(names, scope, strict=True)}
        league: dict[str, str | None] = dict.fromkeys(names)
        if self.book.league is not None:
            variable = self.book.league.variable
            for name, value in zip(names, facts.table[Need(variable).slot], strict=True):
                league[name] = None if value is None else variable.values[value]
                if value is None and outcome[name] is Outcome.PASS:
                    outcome[name] = Outcome.MISSING
        return outcome, league

    def decide(self, facts: Facts, changes: Sequence[Change] = ()) -> Result:
        """Score, rank and class a population; ``changes`` are signed changes of class.

        ``decisions``: entity, item, outcome, status, league, score (10^-decimals), decimals, rank, tied (how many share it), ranked (how
        many in its league), class and computed_class (null without classes), provisional (may still move), filled (cells that were
        imputed). ``items``: entity, item, outcome, treatment, points, decimals. ``weights``: item, weight, decimals (effective weight in
        the whole). ``classes``, where declared: league, class, entities, units, lowest, decimals. Averaged ties print the better place.
        A tie across the edge of a class without a rule leaves its units to a human, without place and class. Whole numbers and texts only.
        """
        entities = facts.table["entity"]
        try:
            rated = self.rate(facts)
        except Nobody as nobody:
            return self._with_classes(list_nobody(self.book, entities, nobody.rated), changes)
        tables = {
            "decisions": list_decisions(self.book, entities, rated),
            "items": list_items(self.book, rated),
            "weights": list_weights(rated),
        }
        return self._with_classes(tables, changes)

    def _with_classes(self, tables: dict[str, pl.DataFrame], changes: Sequence[Change]) -> Result:
        """The result with signed changes in place of the classes that were computed, and every class counted."""
        computed = tables["decisions"]
        if changes:
            kept = check_changes(self.book, changes, dict(computed.select("entity", "computed_class").iter_rows()))
            moved = [kept[e].label if e in kept else c for e, c in computed.select("entity", "class").iter_rows()]
            tables["decisions"] = computed.with_columns(pl.Series("class", moved, dtype=pl.String))
        if self.book.classes is not None:
            tables["classes"] = count_classes(tables["decisions"].with_columns(pl.col("entity").alias("unit")))
        return Result(tables, KEYS)

    def produced(self, result: Result) -> pl.DataFrame:
        """``entity`` and ``value``: the score, for a count the place, for a category the class; null where not rated."""
        variable = self.product
        if variable is None:
            raise KeyError("the rulebook produces no variable")
        if variable.kind is Kind.COUNT:
            value = pl.col("rank")
        elif variable.kind is Kind.CATEGORY:
            index = {code: variable.values.index(code) for code in variable.values}
            value = pl.col("class").replace_strict(index, default=None, return_dtype=pl.Int64)
        else:
            step = Fraction(10**6, 1) / variable.grain / 10**self.book.decimals
            if step.denominator != 1:
                raise KaiwuError(Problem(
                    "S-PRODUCES", f"变量“{variable.zh}”的小数位少于总分", f"“{variable.code}” has fewer decimals than the total", where=self.code,
                ))  # fmt: skip
            value = pl.col("score") * step.numerator
        return result.decisions.select("entity", value.alias("value"))

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """Score and place of one entity with every part that made it; ``result`` saves rating the population again."""
        from kaiwu.rating.index.explanation import explain_index  # sentences are only needed when somebody reads

        return [explain_index(self, facts, entity, result or self.decide(facts))]
