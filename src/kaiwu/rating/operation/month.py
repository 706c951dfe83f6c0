"""One month of the firms (企业月度): who is on the list, what each reports for now and for a year ago, prices.

Owns the shape of the table and who is in the comparable sample (可比样本). It computes no growth.

The comparable sample is this year's list of firms with the base that they themselves report for a year ago, never the total
that was published a year ago: the list changes every year (statistics note W39: 2,000万元 main revenue, same set of firms).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import polars as pl

from kaiwu.quantity import KaiwuError, Period, Problem

MONTH_SCHEMA = pl.Schema(
    {
        "entity": pl.String(),
        "name": pl.String(),
        "industry": pl.String(),
        "town": pl.String(),
        "listed": pl.Boolean(),
        "listed_before": pl.Boolean(),
        "current": pl.Int64(),
        "base": pl.Int64(),
        "before": pl.Int64(),
        "figure": pl.String(),
        "base_figure": pl.String(),
    }
)
"""One row for each firm on this year's or last year's list.

``current`` is what it reports for the month, ``base`` what it reports now for a year ago (上年同期), ``before`` what was
published of it a year ago: fen at the prices of the time, null where missing. ``figure`` and ``base_figure`` lead to the
figures of the store. ``industry`` and ``town`` are null where unknown.
"""

OPTIONAL = {"name": "", "figure": "", "base_figure": ""}
UNKNOWN = "?"
"""The key under which firms of unknown industry or town are shown."""
ENTRIES = ("own_base", "both_years")
MAX_LISTED = 20


@dataclass(frozen=True, slots=True)
class Basis:
    """Conventions of a growth rate (口径).

    ``prices`` are declared price indices by industry as plain ratios (上年同期 = 1, 101.3 % is 1013/1000); ``None`` asks for
    growth at current prices, which is then called so. ``rates`` are value-added rates (增加值率) by industry that turn output
    into value added; ``None`` takes the reported amount as it is. ``entries``: a firm that is new on the list and reports a
    base of its own counts (``own_base``), or only firms on both years' lists do (``both_years``).
    """

    prices: Mapping[str, Fraction] | None = None
    rates: Mapping[str, Fraction] | None = None
    entries: str = "own_base"


@dataclass(frozen=True, slots=True)
class Month:
    """The firms of one period (``MONTH_SCHEMA``, by entity) split as the basis says.

    ``sample``: compared. ``entries``: new on the list without a base. ``exits``: off the list. ``gaps``: on the list, and the
    current figure or the base is missing; they are named and never counted as zero.
    """

    period: Period
    basis: Basis
    table: pl.DataFrame
    sample: pl.DataFrame
    entries: pl.DataFrame
    exits: pl.DataFrame
    gaps: pl.DataFrame
    is_synthetic: bool = False
    industries: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    towns: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether every firm on the list has reported."""
        return self.gaps.is_empty()


def make_month(
    period: Period,
    firms: pl.DataFrame,
    basis: Basis,
    *,
    industries: Mapping[str, tuple[str, str]] | None = None,
    towns: Mapping[str, tuple[str, str]] | None = None,
    is_synthetic: bool = False,
) -> Month:
    """Check a table of firms (``MONTH_SCHEMA``; name and figures may be absent) and split it into sample, entries, exits, gaps.

    ``industries`` and ``towns`` give labels (zh, en). Raises ``KaiwuError``: ``S-OP-COLUMN``, ``S-OP-TWICE``,
    ``S-OP-ENTRIES``.
    """
    if basis.entries not in ENTRIES:
        listed = ", ".join(ENTRIES)
        raise KaiwuError(
            Problem("S-OP-ENTRIES", f"entries 要写 {listed}", f"entries is one of {listed}", text=basis.entries)
        )
    table = _shape(firms)
    is_new = ~pl.col("listed_before")
    has_both = pl.col("current").is_not_null() & pl.col("base").is_not_null()
    kind = (
        pl.when(~pl.col("listed"))
        .then(pl.when(pl.col("listed_before")).then(pl.lit("exit")).otherwise(pl.lit("none")))
        .when(is_new & (pl.col("base").is_null() | (basis.entries == "both_years")))
        .then(pl.lit("entry"))
        .when(has_both)
        .then(pl.lit("sample"))
        .otherwise(pl.lit("gap"))
    )
    split = table.with_columns(_kind=kind)
    parts = {k: split.filter(_kind=k).drop("_kind") for k in ("sample", "entry", "exit", "gap")}
    return Month(
        period, basis, table, parts["sample"], parts["entry"], parts["exit"], parts["gap"], is_synthetic, industries or {}, towns or {},
    )  # fmt: skip


def _shape(firms: pl.DataFrame) -> pl.DataFrame:
    lacking = [name for name in MONTH_SCHEMA if name not in firms.columns and name not in OPTIONAL]
    if lacking:
        listed = ", ".join(lacking)
        raise KaiwuError(
            Problem("S-OP-COLUMN", f"月度表缺少列: {listed}", f"columns of the monthly table are missing: {listed}")
        )
    filled = firms.with_columns(
        pl.lit(text).alias(name) for name, text in OPTIONAL.items() if name not in firms.columns
    )
    table = filled.select(pl.col(name).cast(kind) for name, kind in MONTH_SCHEMA.items()).sort("entity")
    table = table.with_columns(pl.col("listed", "listed_before").fill_null(False))
    twice = table.filter(pl.col("entity").is_duplicated())["entity"].unique().sort().head(MAX_LISTED).to_list()
    if twice:
        listed = ", ".join(map(str, twice))
        raise KaiwuError(Problem("S-OP-TWICE", f"同一企业有两行: {listed}", f"firms with two rows: {listed}"))
    return table
