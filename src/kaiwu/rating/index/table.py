"""The tables of an index (综合指数结果表): who stands where, every part of every score, the weights; whole numbers and words only.

Owns columns and their meaning. The declared rounding stands between the model's floats and every column here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kaiwu.rating.batch import Ratios
from kaiwu.rating.index.book import IndexBook
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.placing import Placed, is_relative, place_units
from kaiwu.rating.index.step.rank import MISSING, round_scores
from kaiwu.rating.index.values import Values
from kaiwu.rating.standing import Status
from kaiwu.rule.outcome import Outcome

KEYS = {
    "decisions": ("entity", "item"),
    "items": ("entity", "item"),
    "weights": ("item",),
    "classes": ("league", "class"),
}
WEIGHT_DECIMALS = 6
SCHEMAS: dict[str, dict[str, type[pl.DataType]]] = {
    "decisions": {
        "entity": pl.String, "item": pl.String, "outcome": pl.UInt8, "status": pl.String, "league": pl.String, "score": pl.Int64,
        "decimals": pl.Int64, "rank": pl.Int64, "tied": pl.Int64, "ranked": pl.Int64, "class": pl.String,
        "computed_class": pl.String, "provisional": pl.Boolean, "filled": pl.Int64,
    },
    "items": {
        "entity": pl.String, "item": pl.String, "outcome": pl.UInt8, "treatment": pl.String, "points": pl.Int64, "decimals": pl.Int64,
    },
    "weights": {"item": pl.String, "weight": pl.Int64, "decimals": pl.Int64},
}  # fmt: skip
Standings = tuple[Mapping[str, Outcome], Mapping[str, str | None]]
"""By entity: whether it takes part, and its league."""


@dataclass(frozen=True, eq=False)
class Rated:
    """One execution: the model with the values in the indicators' units, how it came out, and where everybody stands."""

    model: IndexModel
    result: IndexResult
    outcome: Mapping[str, Outcome]
    league: Mapping[str, str | None]
    tie_keys: tuple[Ratios, ...] = ()  # by unit of the result

    @property
    def values(self) -> Values:
        """Values of everybody rated, by code of the entity."""
        return self.model.values


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one rated unit; without place and class where a tie tears it."""

    score: int
    rank: int
    tied: int
    ranked: int
    label: str | None
    is_torn: bool
    is_provisional: bool
    filled: int


def list_decisions(book: IndexBook, entities: pl.Series, rated: Rated) -> pl.DataFrame:
    """One row for each entity of the population."""
    result = rated.result
    place = {unit: i for i, unit in enumerate(result.units)}
    filled: dict[str, int] = {}
    for cell in result.sheet.cells:
        if cell.kind == "imputed":
            filled[cell.unit] = filled.get(cell.unit, 0) + 1
    standing, sizes = (rated.outcome, rated.league), _sizes(result)
    placed, codes = _placed(book, entities, rated), book.classes.codes() if book.classes else ()
    rows = []
    for name in entities:
        at = place.get(name)
        found = None
        if at is not None and result.printed[at] != MISSING:
            label = codes[placed.index[at]] if placed.index[at] >= 0 else None
            found = Found(
                int(result.printed[at]), int(placed.rank[at]), int(placed.tied[at]), sizes[result.leagues[at]], label,
                bool(placed.torn[at]), bool(placed.provisional[at]), filled.get(name, 0),
            )  # fmt: skip
        rows.append(_decision_row(name, book, standing, found))
    return pl.DataFrame(rows, schema=SCHEMAS["decisions"], orient="row")


def list_nobody(book: IndexBook, entities: pl.Series, standing: Standings) -> dict[str, pl.DataFrame]:
    """Tables where nobody is known to take part: everybody is pending or outside."""
    rows = [_decision_row(name, book, standing, None) for name in entities]
    tables = {"decisions": rows, "items": [], "weights": []}
    return {name: pl.DataFrame(table, schema=SCHEMAS[name], orient="row") for name, table in tables.items()}


def list_items(book: IndexBook, rated: Rated) -> pl.DataFrame:
    """One row for each rated unit and node below the whole tree, with what was done to the figure."""
    tree, result, decimals = rated.result.tree, rated.result, book.decimals
    kinds = {(cell.unit, cell.code): cell.kind for cell in result.sheet.cells}
    rows = []
    for code in (node.code for node in tree.nodes if node.code in tree.leaves or node.code in result.sheet.scores):
        for unit, score in zip(result.units, round_scores(result.score_of(code), decimals), strict=True):
            known = score != MISSING
            rows.append((
                unit, code, int(Outcome.PASS if known else Outcome.MISSING), kinds.get((unit, code), ""), int(score) if known else None, decimals,
            ))  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMAS["items"], orient="row").sort("entity", maintain_order=True)


def list_weights(rated: Rated) -> pl.DataFrame:
    """The effective weight of every node in the whole."""
    weights = rated.result.weights()
    rows = [(n.code, round(weights[n.code] * 10**WEIGHT_DECIMALS), WEIGHT_DECIMALS) for n in rated.result.tree.nodes]
    return pl.DataFrame(rows, schema=SCHEMAS["weights"], orient="row")


def _placed(book: IndexBook, entities: pl.Series, rated: Rated) -> Placed:
    """Places and classes, with those who wait for figures or a finding counted by the league in which they would stand."""
    result = rated.result
    assert book.tree is not None
    scored = {u for u, printed in zip(result.units, result.printed, strict=True) if printed != MISSING}
    waiting = Counter(
        rated.league[name] if result.rank.within else ""
        for name in entities if name not in scored and rated.outcome[name] is not Outcome.FAIL
    )  # fmt: skip
    return place_units(
        result, book.classes, book.ties, rated.tie_keys, waiting, is_relative=is_relative(book.method, book.tree)
    )


def _sizes(result: IndexResult) -> dict[str, int]:
    """How many have a score in each league that places keep to."""
    out: dict[str, int] = {}
    for league, score in zip(result.leagues, result.printed, strict=True):
        out[league] = out.get(league, 0) + int(score != MISSING)
    return out


def _decision_row(
    name: str, book: IndexBook, standing: Standings, found: Found | None
) -> tuple[str | int | bool | None, ...]:
    outcome, league = standing[0][name], standing[1][name]
    head = (name, book.head.code)
    if found is None:
        status = Status.OUT_OF_SCOPE if outcome is Outcome.FAIL else Status.PENDING
        outcome = Outcome.MISSING if outcome is Outcome.PASS else outcome
        return (
            *head, int(outcome), status.value, league, None, book.decimals, None, None, None, None, None, False, None,
        )  # fmt: skip
    outcome, status = (Outcome.HUMAN, Status.PENDING) if found.is_torn else (outcome, Status.RATED)
    return (
        *head, int(outcome), status.value, league, found.score, book.decimals, found.rank or None, found.tied or None, found.ranked,
        found.label, found.label, found.is_provisional, found.filled,
    )  # fmt: skip
