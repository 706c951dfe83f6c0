"""Looking up one entity in a result (结果索引): its rows, its unit, the scores around it.

Owns reading the tables by entity, so that a sheet for every firm does not filter every table for every firm. It computes
nothing new.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from kaiwu.rating.standing import Status
from kaiwu.rule.decision import Result

Row = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """Scores of the ranked units of one league, ascending, and how many vetoed units there are."""

    scores: list[int]
    vetoed: int

    def above(self, score: int, own: int) -> int:
        """Units above a score, one unit with the score ``own`` left aside."""
        return len(self.scores) - bisect_right(self.scores, score) - (own > score)

    def alike(self, score: int, own: int) -> int:
        """Units at a score, one unit with the score ``own`` left aside."""
        return bisect_right(self.scores, score) - bisect_left(self.scores, score) - (own == score)

    def at(self, place: int, own: int) -> int | None:
        """The score on a place (from 1) among the others; ``None`` where there are fewer."""
        if place < 1 or place > len(self.scores) - 1:
            return None
        found = self.scores[-place]
        # From its own place on the others move up by one.
        return found if found > own else self.scores[-place - 1]


class Lookup:
    """A result by entity. Build it by ``look_up``."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self._values: dict[tuple[str, str | None], list[Fraction]] = {}

    @cached_property
    def decisions(self) -> dict[str, Row]:
        """The row of every entity."""
        return {row["entity"]: row for row in self.result.decisions.iter_rows(named=True)}

    @cached_property
    def items(self) -> dict[str, list[Row]]:
        """The rows of items by entity."""
        return self._by_entity("items")

    @cached_property
    def adjustments(self) -> dict[str, list[Row]]:
        """The rows of adjustments by entity."""
        return self._by_entity("adjustments")

    def _by_entity(self, table: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.result.tables[table].iter_rows(named=True):
            found[row["entity"]].append(row)
        return found

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Entities by unit, in order of name."""
        found: dict[str, list[str]] = defaultdict(list)
        for entity, row in sorted(self.decisions.items()):
            if row["unit"] is not None:
                found[row["unit"]].append(entity)
        return found

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every league: scores of its ranked units, those held up by a tie among them, and vetoed ones counted."""
        scores: dict[str, dict[str, int]] = defaultdict(dict)
        vetoed: dict[str, set[str]] = defaultdict(set)
        for row in self.decisions.values():
            if row["league"] is None or row["unit"] is None:
                continue
            if row["status"] == Status.RATED.value or row["cause"] == "tie":
                scores[row["league"]][row["unit"]] = row["score"]
            elif row["status"] == Status.VETOED.value:
                vetoed[row["league"]].add(row["unit"])
        return {league: Field(sorted(scores[league].values()), len(vetoed[league])) for league in {*scores, *vetoed}}

    @cached_property
    def bases(self) -> dict[tuple[str, str], dict[str, Fraction]]:
        """What relative methods measured against, by item and league."""
        found: dict[tuple[str, str], dict[str, Fraction]] = defaultdict(dict)
        for row in self.result.tables["bases"].iter_rows(named=True):
            found[row["item"], row["league"]][row["role"]] = Fraction(row["numerator"], row["denominator"])
        return found

    def values(self, item: str, league: str | None) -> list[Fraction]:
        """Measured values of an item, one per unit, ascending; of one league, or of all."""
        if (item, league) not in self._values:
            table = self.result.tables["items"].filter((pl.col("item") == item) & (pl.col("treatment") == "measured"))
            joined = table.join(self.result.decisions.select("entity", "unit", "league"), on="entity").unique("unit")
            if league is not None:
                joined = joined.filter(pl.col("league") == league)
            found = [Fraction(n, d) for n, d in joined.select("numerator", "denominator").iter_rows()]
            self._values[item, league] = sorted(found)
        return self._values[item, league]


@dataclass(frozen=True, eq=False)
class _Same:
    """A result as a key: the same object is equal, nothing else."""

    result: Result

    def __hash__(self) -> int:
        return id(self.result)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.result is self.result


@lru_cache(maxsize=2)
def _lookup(same: _Same) -> Lookup:
    return Lookup(same.result)


def look_up(result: Result) -> Lookup:
    """The lookup of a result; the last two are kept, because sheets are made for one result after another."""
    return _lookup(_Same(result))
