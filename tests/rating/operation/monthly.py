"""Firms of a month for the tests of the monthly operation."""

from __future__ import annotations

import polars as pl

Row = tuple[str, str | None, str | None, bool, bool, int | None, int | None, int | None]


def table(*rows: Row) -> pl.DataFrame:
    """(entity, industry, town, listed, listed before, current, base, before), all amounts in fen."""
    names = ("entity", "industry", "town", "listed", "listed_before", "current", "base", "before")
    kinds = (pl.String, pl.String, pl.String, pl.Boolean, pl.Boolean, pl.Int64, pl.Int64, pl.Int64)
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
