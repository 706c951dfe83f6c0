"""Figures of records that were merged into another entity (归并后的数据), read as that entity's.

Owns the renaming while they are read; what is stored stays as it was told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from kaiwu.figure.frame import FigureSource


@dataclass(frozen=True, slots=True)
class MergedFigures:
    """A source of figures in which merged records bear the id of the entity that they are."""

    source: FigureSource
    leads: Mapping[str, str]

    def scan_lazily(self, variables: Iterable[str] | None, known_at: dt.date) -> pl.LazyFrame:
        """Stored figures of the variables recorded by a day, in store order."""
        rows = self.source.scan_lazily(variables, known_at)
        return rows.with_columns(pl.col("entity").replace(dict(self.leads)))


def read_merged(source: FigureSource, leads: Mapping[str, str], scope: Collection[str]) -> FigureSource:
    """The source itself where nothing was merged. A record that stands in the scope, as of an earlier run, keeps its figures."""
    used = {old: new for old, new in leads.items() if old not in scope and new in scope}
    return MergedFigures(source, used) if used else source
