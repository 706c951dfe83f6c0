"""Executes schemes over one frame in the order of what they produce, and digests the results.

Owns the graph of schemes, the law of completeness and the shape of a finished run. It reads no clock, writes no file and knows no workspace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kaiwu.figure import Frame
from kaiwu.pack import Library
from kaiwu.procedure.class_change import ClassChange, rating_changes
from kaiwu.procedure.record import RunRecord
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating import RatingScheme, RubricScheme
from kaiwu.rating.index.scheme import IndexScheme
from kaiwu.rule.decision import Facts, Need, Result, Scheme
from kaiwu.table import digest_frame, digest_value

OWN_PRODUCT = "streak"
"""The kind whose schemes read what they produce: a streak (连续) ends with the award of the rated year, given or computed."""


@dataclass(frozen=True, slots=True)
class Execution:
    """Results by scheme code, in order of execution, the facts each scheme saw, and the signed changes of class."""

    results: Mapping[str, Result]
    facts: Facts
    changes: tuple[ClassChange, ...] = ()

    def digest(self) -> str:
        """SHA-256 of the logical content of all results: equal on every machine, whatever the file format."""
        parts: dict[str, object] = {code: digest_result(result) for code, result in self.results.items()}
        if self.changes:
            parts["#changes"] = [change.to_data() for change in self.changes]
        return digest_value(parts)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run with everything needed to explain it."""

    record: RunRecord
    frame: Frame
    library: Library
    execution: Execution

    def scheme(self, code: str) -> Scheme:
        """The scheme of a code, as frozen."""
        return self.library.scheme(code)

    def result(self, code: str) -> Result:
        """The result of a scheme."""
        return self.execution.results[code]


def digest_result(result: Result) -> str:
    """SHA-256 of all tables of one result."""
    return digest_value({name: digest_frame(table, list(result.keys[name])) for name, table in result.tables.items()})


def needs_of(schemes: Sequence[Scheme]) -> list[Need]:
    """Every frame column that any of the schemes reads, once, by slot name."""
    needs = {need.slot: need for scheme in schemes for need in scheme.needs()}
    return [needs[slot] for slot in sorted(needs)]


def order_schemes(schemes: Sequence[Scheme]) -> list[Scheme]:
    """Schemes so that each stands behind those whose product it reads. Raises ``KaiwuError`` on a cycle."""
    makers: dict[str, list[Scheme]] = {}
    for scheme in schemes:
        if scheme.produces:
            makers.setdefault(scheme.produces, []).append(scheme)
    ordered: list[Scheme] = []
    state: dict[str, int] = {}

    def visit(scheme: Scheme, path: tuple[str, ...]) -> None:
        if state.get(scheme.code) == 2:
            return
        if state.get(scheme.code) == 1:
            ring = " → ".join((*path, scheme.code))
            raise KaiwuError(Problem("S-CYCLE", f"方案互相依赖: {ring}", f"schemes depend on each other: {ring}"))
        state[scheme.code] = 1
        for need in scheme.needs():
            for maker in makers.get(need.variable.code, []) if need.offset == 0 else []:
                if maker is not scheme or scheme.kind != OWN_PRODUCT:
                    visit(maker, (*path, scheme.code))
        state[scheme.code] = 2
        ordered.append(scheme)

    for scheme in schemes:
        visit(scheme, ())
    return ordered


def execute(schemes: Sequence[Scheme], facts: Facts, changes: Sequence[ClassChange] = ()) -> Execution:
    """Run all schemes. What a scheme produces answers for later ones where no figure is given.

    ``changes`` (提档, 降档) name their rating; a class that was changed is the one that later schemes read.
    """
    results: dict[str, Result] = {}
    for scheme in order_schemes(schemes):
        result = _decide(scheme, facts, changes)
        check_complete(scheme, facts.table["entity"], result)
        results[scheme.code] = result
        if scheme.produces:
            facts = Facts(_with_product(facts.table, scheme, result), facts.as_of, facts.rated)
    return Execution(results, facts, tuple(changes))


def _decide(scheme: Scheme, facts: Facts, changes: Sequence[ClassChange]) -> Result:
    if isinstance(scheme, RatingScheme | RubricScheme | IndexScheme):
        return scheme.decide(facts, rating_changes(changes, scheme.code))
    return scheme.decide(facts)


def check_complete(scheme: Scheme, population: pl.Series, result: Result) -> None:
    """Every entity of the scope has exactly one decision under every item, or the list is refused by name."""
    table = result.decisions
    if table.is_empty() and len(population):
        zh, en = (
            f"{scheme.zh}: 范围 {len(population)} 个, 名单是空的; 不能公布",
            f"{scheme.en}: {len(population)} in scope, the list is empty",
        )
        raise KaiwuError(Problem("S-INCOMPLETE", zh, en))
    counts = table.group_by("item").agg(pl.len().alias("rows"), pl.col("entity").n_unique().alias("entities"))
    for row in counts.iter_rows(named=True):
        listed = table.filter(pl.col("item") == row["item"])["entity"]
        rest = population.filter(~population.is_in(listed.implode()))
        if row["rows"] == row["entities"] == len(population) and rest.is_empty():
            continue
        names = "、".join(rest.head(20).to_list())
        raise KaiwuError(
            Problem(
                "S-INCOMPLETE",
                f"{scheme.zh}({row['item']}): 范围 {len(population)} 个, 名单 {row['rows']} 行, 缺 {len(rest)} 个: {names}; 不能公布",
                f"{scheme.en} ({row['item']}): {len(population)} in scope, {row['rows']} rows, {len(rest)} without a decision: {names}",
            )
        )


def _with_product(table: pl.DataFrame, scheme: Scheme, result: Result) -> pl.DataFrame:
    """The facts with the product of a scheme as a column; a figure that was given stays."""
    code = scheme.produces
    assert code is not None
    product = scheme.produced(result).rename({"value": "#product"})
    joined = table.join(product, on="entity", how="left", maintain_order="left")
    given = pl.col(code) if code in table.columns else pl.lit(None, dtype=pl.Int64)
    return joined.with_columns(pl.coalesce(given, pl.col("#product")).alias(code)).drop("#product")
