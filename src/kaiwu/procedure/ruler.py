"""One ruler (一把尺子): the points that a rating gives to projects, part by part, for rounds of land and for reserve pools alike.

Owns the passage from a rating's table to points by project. It rounds nothing and knows no origin of a project.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from kaiwu.pack import Library
from kaiwu.rule.decision import Facts


def rate_projects(ruler: str, library: Library, facts: Facts) -> Mapping[str, Mapping[str, Fraction]]:
    """Points of every indicator by project; a project that the rating could not rate is left out. Empty without a ruler."""
    if not ruler:
        return {}
    items = library.scheme(ruler).decide(facts).tables["items"]
    blank = set(items.filter(pl.col("points").is_null())["entity"])
    found: dict[str, dict[str, Fraction]] = {}
    for row in items.filter(~pl.col("entity").is_in(sorted(blank))).iter_rows(named=True):
        found.setdefault(row["entity"], {})[row["item"]] = Fraction(row["points"], 10 ** row["decimals"])
    return found
