"""The months of a workspace (取月度数): which figure answers for a firm and a period, as known on a day.

Owns that choice for monthly sheets. It writes nothing and computes no growth.

Revision policy: ``latest`` is what was recorded last, of one day the more final (flash < revised < final); ``first`` is what was
recorded first among figures of the least final status that the variable has for the period, so that a firm that reports
after the flash is lacking in the flash; ``final`` is final figures only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import polars as pl

from kaiwu.figure.store import FigureStore
from kaiwu.figure.variable import Variable
from kaiwu.figure.vocabulary import STATUSES
from kaiwu.identity import Register, entity_frame
from kaiwu.identity.entity import RelationKind
from kaiwu.identity.frame import relation_frame
from kaiwu.quantity import RATIO_ONE, KaiwuError, Period, PeriodKind, Problem
from kaiwu.rating.operation.declaration import Amounts, OperationSpec
from kaiwu.rating.operation.month import Basis, Month, make_month
from kaiwu.rating.operation.nowcast import LAST_MONTH, YearPath
from kaiwu.rating.series_streak import REVISIONS

CELL = ("variable", "entity", "period")


@dataclass(frozen=True)
class MonthReader:
    """Reads months by a spec from figures as known on a day; the store is scanned once."""

    spec: OperationSpec
    figures: FigureStore
    register: Register
    known_at: dt.date
    purpose: str = ""

    @cached_property
    def rows(self) -> pl.DataFrame:
        """All figures of the spec's variables that may answer, in the order in which they became known."""
        scopes = pl.DataFrame(
            [(v.code, v.scope) for v in self.spec.variables], schema=["variable", "wanted"], orient="row"
        ).unique()
        permitted = pl.col("purposes").str.replace_all(" ", "").str.split(",").list.contains(self.purpose)
        rank = pl.col("status").replace_strict({word: i for i, word in enumerate(STATUSES)}, return_dtype=pl.Int64)
        stored = self.figures.scan([v.code for v in self.spec.variables], self.known_at)
        return (
            stored.join(scopes, on="variable", maintain_order="left")
            .filter((pl.col("scope") == pl.col("wanted")) & ((pl.col("purposes") == "") | permitted))
            .with_columns(rank=rank, order=pl.int_range(pl.len()))
            .sort("known_at", "rank", "order")
            .select(*CELL, "value", "status", "rank", "known_at", "figure", "synthetic")
        )

    def chosen(self, revision: str) -> pl.DataFrame:
        """One figure for each cell by a revision policy. Raises ``KaiwuError`` ``S-OP-REVISION`` for another policy."""
        if revision not in REVISIONS:
            listed = ", ".join(REVISIONS)
            raise KaiwuError(
                Problem(
                    "S-OP-REVISION", f"修订口径要写 {listed}", f"the revision policy is one of {listed}", text=revision
                )
            )
        return self._chosen[revision]

    @cached_property
    def _chosen(self) -> dict[str, pl.DataFrame]:
        rows = self.rows
        final = rows.filter(pl.col("status") == "final")
        early = rows.filter(pl.col("rank") == pl.col("rank").min().over("variable", "period"))
        return {
            "latest": rows.unique(CELL, keep="last", maintain_order=True),
            "first": early.unique(CELL, keep="first", maintain_order=True),
            "final": final.unique(CELL, keep="last", maintain_order=True),
        }

    @cached_property
    def _parts(self) -> dict[str, dict[tuple[object, ...], pl.DataFrame]]:
        """Chosen figures by policy, variable and period."""
        return {policy: rows.partition_by("variable", "period", as_dict=True) for policy, rows in self._chosen.items()}

    def period(self, year: int, month: int, *, is_cumulative: bool) -> Period:
        """The period of a month as it is published. Raises ``KaiwuError`` ``S-OP-MERGED`` for a January that comes with February."""
        is_merged = self.spec.january_february != "separate"
        if is_merged and month == 1:
            zh = f"{year}年1月与2月合并发布, 请查 {year}-02"
            raise KaiwuError(
                Problem("S-OP-MERGED", zh, f"January {year} is published with February: ask for {year}-02")
            )
        if (is_cumulative and month > 1) or (is_merged and month == 2):
            return Period(PeriodKind.CUMULATIVE, year, month)
        return Period(PeriodKind.MONTH, year, month)

    def months(self) -> list[tuple[int, int]]:
        """Months that have current figures, in order."""
        found = self.rows.filter(pl.col("variable") == self.spec.month.current.code)["period"].unique().to_list()
        return sorted({(int(code[:4]), int(code[-2:])) for code in found})

    def read(
        self, year: int, month: int, *, is_cumulative: bool, revision: str = "latest", is_nominal: bool = False, is_bare: bool = False
    ) -> Month:  # fmt: skip
        """The firms of a month; ``is_bare`` leaves out names and towns. Raises ``KaiwuError`` where the policy or month does not exist."""
        self.chosen(revision)
        period = self.period(year, month, is_cumulative=is_cumulative)
        amounts = self.spec.cumulative if is_cumulative else self.spec.month
        firms = self._firms(revision, amounts, period, self.period(year, month, is_cumulative=False))
        towns: dict[str, tuple[str, str]] = {}
        if is_bare:
            firms = firms.with_columns(pl.lit(None, pl.String).alias("town"))
        else:
            firms = self._name(firms, period.last_day)
            towns = {t: (n, n) for t, n in firms.select("town", "town_name").drop_nulls().unique().iter_rows()}
        prices = None if is_nominal else self._prices(period, revision, is_cumulative)
        used = self._parts[revision].get((amounts.current.code, period.code))
        return make_month(
            period, firms, Basis(prices, self._rates(year, revision), self.spec.entries), industries=self.spec.industry_labels(), towns=towns,
            is_synthetic=used is not None and bool(used["synthetic"].any()),
        )  # fmt: skip

    def _cells(self, revision: str, variable: Variable, period: str, value: str, figure: str = "") -> pl.DataFrame:
        scaled = pl.col("value") * int(variable.grain) if variable.grain.denominator == 1 else pl.col("value")
        columns = [pl.col("entity"), scaled.alias(value), *([pl.col("figure").alias(figure)] if figure else [])]
        found = self._parts[revision].get((variable.code, period))
        return (self.rows.clear() if found is None else found).filter(pl.col("value").is_not_null()).select(columns)

    def _firms(self, revision: str, amounts: Amounts, period: Period, listing: Period) -> pl.DataFrame:
        listed = self._cells(revision, self.spec.listed, listing.code, "listed")
        before = self._cells(revision, self.spec.listed, listing.previous().code, "listed_before")
        table = listed.join(before, on="entity", how="full", coalesce=True)
        for part in (
            self._cells(revision, amounts.current, period.code, "current", "figure"),
            self._cells(revision, amounts.base, period.code, "base", "base_figure"),
            self._cells(revision, amounts.current, period.previous().code, "before"),
            self._industries(),
        ):
            table = table.join(part, on="entity", how="left")
        return table.with_columns(pl.col("listed", "listed_before").cast(pl.Boolean).fill_null(False))

    def _name(self, firms: pl.DataFrame, day: dt.date) -> pl.DataFrame:
        """Names and towns of the firms as of a day."""
        entities = entity_frame(self.register, day)
        names = entities.select(pl.col("id").alias("entity"), "name")
        return firms.join(self._towns(day, entities), on="entity", how="left").join(names, on="entity", how="left")

    def _industries(self) -> pl.DataFrame:
        codes = dict(enumerate(self.spec.industry.values))
        cells = self._cells("latest", self.spec.industry, "", "industry")
        return cells.with_columns(pl.col("industry").replace_strict(codes, default=None, return_dtype=pl.String))

    def _towns(self, day: dt.date, entities: pl.DataFrame) -> pl.DataFrame:
        located = relation_frame(self.register, RelationKind.LOCATED_IN_TOWN, day)
        wanted = located.filter(pl.col("basis") == self.spec.town.value)
        names = entities.select(pl.col("id").alias("to_id"), pl.col("name").alias("town_name"))
        firms = wanted.select(pl.col("from_id").alias("entity"), "to_id").unique("entity", keep="none")
        return firms.join(names, on="to_id", how="left").rename({"to_id": "town"})

    def _prices(self, period: Period, revision: str, is_cumulative: bool) -> dict[str, Fraction]:
        """Declared indices by industry; a spec without any gives none, so that the missing ones are named."""
        if self.spec.prices is None:
            return {}
        variable = self.spec.prices[1 if is_cumulative else 0]
        return self._ratios(variable, self.spec.price_entity, period.code, revision)

    def _rates(self, year: int, revision: str) -> dict[str, Fraction] | None:
        if self.spec.rate is None:
            return None
        return self._ratios(self.spec.rate, self.spec.rate_entity, f"{year:04d}", revision)

    def _ratios(self, variable: Variable, pattern: str, period: str, revision: str) -> dict[str, Fraction]:
        policy = "first" if revision == "first" else "latest"
        cells = dict(self._cells(policy, variable, period, "value").iter_rows())
        scale = Fraction(1) if variable.grain.denominator == 1 else variable.grain
        owners = {pattern.replace("{industry}", code): code for code in self.spec.industry.values}
        return {owners[e]: scale * n / RATIO_ONE for e, n in cells.items() if e in owners}

    def history(self, month: int, before: int) -> list[YearPath]:
        """Past years whose cumulative months and total are known, from the declared series."""
        if self.spec.history is None:
            return []
        rows = self.chosen("latest").filter(
            (pl.col("variable") == self.spec.history.code) & (pl.col("entity") == self.spec.history_entity)
        )
        values = {p: v for p, v in rows.select("period", "value").iter_rows() if v is not None}
        years = sorted({int(p[:4]) for p in values})
        return [
            YearPath(y, values[a], values[b])
            for y in years
            if y < before
            if (a := f"{y}-01..{month:02d}") in values and (b := f"{y}-01..{LAST_MONTH}") in values
        ]

    def newest(self, period: Period) -> dt.date:
        """The last day on which a figure of a period became known."""
        newest = self.rows.filter(pl.col("period") == period.code)["known_at"].max()
        return newest if isinstance(newest, dt.date) else self.known_at
