"""A composite index, compiled (综合指数方案): exact figures in, whole scores and places out.

Owns the tables of the rulebook kind ``index``. Inside, values are analysis floats; the declared rounding stands between them and every
table. How scores are made is in ``model.py``, reading a rulebook in ``loader.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import polars as pl

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import KaiwuError, Problem, Unit
from kaiwu.quantity.dimension import RATIO_ONE
from kaiwu.rating.batch import Answers, Batch
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.rank import MISSING, Rank, round_scores
from kaiwu.rating.index.tree import Node, Tree
from kaiwu.rating.index.values import Values
from kaiwu.rating.standing import Status
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Result
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.rulebook import Head, Headed

KEYS = {"decisions": ("entity", "item"), "items": ("entity", "item"), "weights": ("item",)}
WEIGHT_DECIMALS = 6
SCHEMAS: dict[str, dict[str, type[pl.DataType]]] = {
    "decisions": {
        "entity": pl.String, "item": pl.String, "outcome": pl.UInt8, "status": pl.String, "league": pl.String, "score": pl.Int64,
        "decimals": pl.Int64, "rank": pl.Int64, "ranked": pl.Int64, "class": pl.String,
        "computed_class": pl.String, "filled": pl.Int64,
    },
    "items": {
        "entity": pl.String, "item": pl.String, "outcome": pl.UInt8, "treatment": pl.String, "points": pl.Int64, "decimals": pl.Int64,
    },
    "weights": {"item": pl.String, "weight": pl.Int64, "decimals": pl.Int64},
}  # fmt: skip
Standings = tuple[Mapping[str, Outcome], Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its formula and the unit in which its value is read."""

    code: str
    zh: str
    en: str
    article: str
    formula: x.Num
    unit: Unit
    owner: str = ""

    def read(self, value: Fraction) -> float:
        """A value of the formula as a number in the indicator's unit."""
        shares = self.unit.dimension.power_of("ratio")  # formulas hold ratios as plain numbers
        one = self.unit.factor / Fraction(RATIO_ONE) ** shares
        return float(value / one)


@dataclass(frozen=True, slots=True)
class IndexBook:
    """A checked rulebook of kind ``index``; a template has no tree, but may name ``slots`` whose content is unknown."""

    head: Head
    tree: Tree | None
    indicators: Mapping[str, Indicator]
    method: Method
    league: x.Ref | None = None
    scope: x.Bool | None = None
    slots: tuple[Node, ...] = ()

    @property
    def decimals(self) -> int:
        """Decimals of printed scores; 6 where places are given on unrounded ones."""
        rank = next((s for s in self.method.steps if isinstance(s, Rank)), Rank())
        return 6 if rank.decimals is None else rank.decimals


@dataclass(frozen=True, eq=False)
class Rated:
    """One execution: the model with the values in the indicators' units, how it came out, and where everybody stands."""

    model: IndexModel
    result: IndexResult
    outcome: Mapping[str, Outcome]
    league: Mapping[str, str | None]

    @property
    def values(self) -> Values:
        """Values of everybody rated, by code of the entity."""
        return self.model.values


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
        self.batch = Batch(conditions, {code: item.formula for code, item in self.book.indicators.items()})
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
        _refuse_empty(model, result, self.code)
        return Rated(model, result, outcome, league)

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

    def decide(self, facts: Facts) -> Result:
        """Score and rank a population.

        ``decisions``: entity, item, outcome, status, league, score (10^-decimals), decimals, rank, ranked (how many in its league),
        class and computed_class (null: an index has none of its own), filled (cells that were imputed). ``items``: entity, item, outcome, treatment, points,
        decimals. ``weights``: item, weight,
        decimals (effective weight in the whole). Averaged ties print the better place. Whole numbers and texts only.
        """
        try:
            rated = self.rate(facts)
        except Nobody as nobody:
            return self._nobody(facts, nobody.rated)
        tables = {
            "decisions": self._decisions(facts, rated),
            "items": self._items(rated),
            "weights": self._weights(rated),
        }
        return Result(tables, KEYS)

    def _nobody(self, facts: Facts, standing: Standings) -> Result:
        """Tables where nobody is known to take part: everybody is pending or outside."""
        rows = [_decision_row(name, self, standing, None, None) for name in facts.table["entity"]]
        tables = {"decisions": rows, "items": [], "weights": []}
        return Result(
            {name: pl.DataFrame(table, schema=SCHEMAS[name], orient="row") for name, table in tables.items()}, KEYS
        )

    def _decisions(self, facts: Facts, rated: Rated) -> pl.DataFrame:
        result = rated.result
        place = {unit: i for i, unit in enumerate(result.units)}
        filled: dict[str, int] = {}
        for cell in result.sheet.cells:
            if cell.kind == "imputed":
                filled[cell.unit] = filled.get(cell.unit, 0) + 1
        standing, sizes = (rated.outcome, rated.league), _sizes(result)
        rows = []
        for name in facts.table["entity"]:
            at = place.get(name)
            found = None
            if at is not None and result.printed[at] != MISSING:
                found = (int(result.printed[at]), int(np.floor(result.ranks[at])), sizes[result.leagues[at]])
            rows.append(_decision_row(name, self, standing, found, filled.get(name, 0)))
        return pl.DataFrame(rows, schema=SCHEMAS["decisions"], orient="row")

    def _items(self, rated: Rated) -> pl.DataFrame:
        tree, result, decimals = rated.result.tree, rated.result, self.book.decimals
        kinds = {(cell.unit, cell.code): cell.kind for cell in result.sheet.cells}
        rows = []
        for code in (node.code for node in tree.nodes if node.code in tree.leaves or node.code in result.sheet.scores):
            for unit, score in zip(result.units, round_scores(result.score_of(code), decimals), strict=True):
                known = score != MISSING
                rows.append((
                    unit, code, int(Outcome.PASS if known else Outcome.MISSING), kinds.get((unit, code), ""), int(score) if known else None, decimals,
                ))  # fmt: skip
        return pl.DataFrame(rows, schema=SCHEMAS["items"], orient="row").sort("entity", maintain_order=True)

    def _weights(self, rated: Rated) -> pl.DataFrame:
        weights = rated.result.weights()
        rows = [
            (n.code, round(weights[n.code] * 10**WEIGHT_DECIMALS), WEIGHT_DECIMALS) for n in rated.result.tree.nodes
        ]
        return pl.DataFrame(rows, schema=SCHEMAS["weights"], orient="row")

    def produced(self, result: Result) -> pl.DataFrame:
        """``entity`` and ``value``: the score or, for a count, the place; null where not rated."""
        variable = self.product
        if variable is None:
            raise KeyError("the rulebook produces no variable")
        if variable.kind is Kind.COUNT:
            value = pl.col("rank")
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


def _refuse_empty(model: IndexModel, result: IndexResult, where: str) -> None:
    """An indicator that nobody has must not vanish from the index unsaid, its weight given to the others."""
    step = next(s for s in model.method.steps if isinstance(s, Aggregate))
    tree, x = result.tree, result.sheet.x
    if np.isnan(x).all():
        return  # nobody has a score then, and all are told so
    empty = [
        tree.by_code[code] for i, code in enumerate(tree.leaves)
        if np.isnan(x[:, i]).all() and result.weights()[code] > 0 and step.overrides.get(tree.by_code[code].parent or "", step).missing == "skip"
    ]  # fmt: skip
    if empty:
        raise KaiwuError([
            Problem(
                "IX-VALUES-EMPTY", f"指标“{n.zh}”没有一个单位有数据, 不能悄悄略去; 剔除该指标, 或补数据",
                f"nobody has a value of “{n.en}”; it is not left out unsaid: drop the indicator or supply values", where=n.where or where,
            ) for n in empty
        ])  # fmt: skip


def _sizes(result: IndexResult) -> dict[str, int]:
    """How many have a score in each league that places keep to."""
    out: dict[str, int] = {}
    for league, score in zip(result.leagues, result.printed, strict=True):
        out[league] = out.get(league, 0) + int(score != MISSING)
    return out


def _decision_row(
    name: str, scheme: IndexScheme, standing: Standings, found: tuple[int, int, int] | None, filled: int | None
) -> tuple[str | int | None, ...]:
    outcome, league = standing[0][name], standing[1][name]
    status = Status.OUT_OF_SCOPE if outcome is Outcome.FAIL else Status.PENDING if found is None else Status.RATED
    if outcome is Outcome.PASS and found is None:
        outcome = Outcome.MISSING
    score, rank, ranked = found or (None, None, None)
    return (
        name, scheme.code, int(outcome), status.value, league, score, scheme.book.decimals, rank, ranked, None, None,
        None if found is None else filled,
    )  # fmt: skip
