"""One ruler (一把尺子): the points that a rating or rubric gives to projects, part by part, for rounds of land and for reserve pools alike.

Owns the passage from a rating's table to points by project, and the discount of promises before it. It rounds no points and knows no origin of a project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import polars as pl

from kaiwu.allot.pool.promise import discount
from kaiwu.figure.variable import Variable
from kaiwu.pack import Library
from kaiwu.rule.decision import Facts


def rate_projects(ruler: str, library: Library, facts: Facts) -> Mapping[str, Mapping[str, Fraction]]:
    """Points of every indicator by project; a project that the rating could not rate is left out. Empty without a ruler."""
    if not ruler:
        return {}
    items = library.scheme(ruler).decide(facts).tables["items"]
    if "low_points" in items.columns:  # a rubric: points are known where the interval is one number
        is_known = pl.col("low_points") == pl.col("high_points")
        items = items.with_columns(pl.when(is_known).then(pl.col("low_points")).alias("points"))
    blank = set(items.filter(pl.col("points").is_null())["entity"])
    found: dict[str, dict[str, Fraction]] = {}
    for row in items.filter(~pl.col("entity").is_in(sorted(blank))).iter_rows(named=True):
        found.setdefault(row["entity"], {})[row["item"]] = Fraction(row["points"], 10 ** row["decimals"])
    return found


def discount_promises(facts: Facts, promised: Sequence[Variable], firms: Mapping[str, str], ratios: Mapping[str, Fraction]) -> Facts:  # fmt: skip
    """The figures as the ruler reads them: what a firm promises counts times its own delivery ratio (履约率), rounded down to the
    grain; a firm without a record is taken at its word. ``firms`` gives the firm of each project."""
    table = facts.table
    for code in (v.code for v in promised if v.code in table.columns):
        counted = [
            None if value is None else discount(value, ratios.get(firms.get(project, project)))
            for project, value in table.select("entity", code).iter_rows()
        ]
        table = table.with_columns(pl.Series(code, counted, dtype=pl.Int64))
    return replace(facts, table=table)
