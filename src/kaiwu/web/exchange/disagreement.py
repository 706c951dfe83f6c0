"""Where sources disagree (对数): for a variable and period the firms whose sources give different values.

Owns finding them in the figures of the workspace. Of each source the figure recorded last counts; which one answers follows the
order of ``kaiwu.figure.selection``: recorded last, then the more final, then the later in the store, of the variable's own scope.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from django.utils import timezone

from kaiwu.figure import Variable, print_value
from kaiwu.figure.vocabulary import SCOPES, STATUSES
from kaiwu.web.wording import language
from kaiwu.web.workspace import workspace

CELL = ("variable", "period", "entity")
RULING_SOURCE = "对数认定"
"""Begins the source of a figure by which somebody decided; while it answers, the cell is settled."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one source says: its value, when it was known, and whether it is the one that answers now."""

    source: str
    printed: str
    scope: str
    known_at: dt.date
    status: str
    answers: bool
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One firm, variable and period with its sides. ``gap`` is highest less lowest, printed; blank for words and dates."""

    entity: str
    variable: Variable
    period: str
    sides: tuple[Side, ...]
    gap: str

    @property
    def sources(self) -> frozenset[str]:
        """Who takes part."""
        return frozenset(side.source for side in self.sides)


def find_cells() -> pl.DataFrame:
    """The newest figure of every source of every cell in which sources differ, best first in each cell."""
    home = workspace()
    return _find(timezone.localdate(), home.figures.manifest_digest(timezone.localdate()))


@lru_cache(maxsize=2)
def _find(day: dt.date, digest: str) -> pl.DataFrame:
    rank = pl.col("status").replace_strict({word: i for i, word in enumerate(STATUSES)}, return_dtype=pl.Int64)
    stored = workspace().figures.scan_lazily(None, day).with_row_index("place_in_store").with_columns(rank=rank)
    newest = stored.sort("known_at", "rank", "place_in_store").unique(
        (*CELL, "source", "scope"), keep="last", maintain_order=True
    )
    differing = newest.filter(pl.col("value").is_not_null()).filter(
        (pl.col("value").n_unique().over(CELL) > 1) & (pl.col("source").n_unique().over(CELL) > 1)
    )
    ordered = differing.collect().sort("known_at", "rank", "place_in_store", descending=True, maintain_order=True)
    return ordered.filter(~pl.col("source").first().over(CELL).str.starts_with(RULING_SOURCE))


def count_by_variable(cells: pl.DataFrame) -> list[tuple[Variable, str, int, str]]:
    """Variable, period, number of firms and sources, most firms first."""
    variables = workspace().library.variables
    counts = cells.group_by("variable", "period").agg(
        pl.col("entity").n_unique().alias("n"), pl.col("source").unique().sort()
    )
    rows = counts.sort("n", "variable", "period", descending=[True, False, True]).iter_rows()
    return [(variables[code], period, n, "、".join(sources)) for code, period, n, sources in rows if code in variables]


def of_source(cells: pl.DataFrame, source: str | None) -> pl.DataFrame:
    """The cells in which a source takes part; all of them for ``None``."""
    return cells if source is None else cells.filter((pl.col("source") == source).any().over(CELL))


def list_disagreements(
    cells: pl.DataFrame, variable: Variable, period: str, entities: Sequence[str] | None = None
) -> list[Disagreement]:
    """The disagreements of a variable and period, the largest difference first."""
    rows = cells.filter((pl.col("variable") == variable.code) & (pl.col("period") == period))
    if entities is not None:
        rows = rows.filter(pl.col("entity").is_in(list(entities)))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["entity"], []).append(row)
    ordered = sorted(found.items(), key=lambda item: (-_spread(item[1]), item[0]))
    return [_make(entity, variable, period, sides) for entity, sides in ordered]


def _spread(rows: list[dict[str, Any]]) -> int:
    values: list[int] = [r["value"] for r in rows]
    return max(values) - min(values)


def _make(entity: str, variable: Variable, period: str, rows: list[dict[str, Any]]) -> Disagreement:
    best = next((i for i, r in enumerate(rows) if r["scope"] == variable.scope), None)
    second = language() == "en"
    sides = tuple(
        Side(r["source"], print_value(variable, r["value"], language=language()), SCOPES.get(r["scope"], (r["scope"],) * 2)[second],
             r["known_at"], r["status"], i == best, {k: v for k, v in r.items() if k not in ("place_in_store", "rank")})
        for i, r in enumerate(rows)
    )  # fmt: skip
    gap = print_value(variable, _spread(rows), language=language()) if variable.is_numeric else ""
    return Disagreement(entity, variable, period, sides, gap)
