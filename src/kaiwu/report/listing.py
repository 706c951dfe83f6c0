"""Lists of a run (名单) as printed tables: one for each scheme, with counts that sum to the scope.

Owns which columns a list of each kind shows. The Excel form is ``printed``, the page is ``site``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kaiwu.procedure import Run
from kaiwu.report.printed import Column, Printed
from kaiwu.rule.decision import Scheme
from kaiwu.rule.outcome import Outcome

STATUS_LABELS: dict[str, tuple[str, str]] = {
    "rated": ("已评价", "rated"),
    "pending": ("待补数据", "pending"),
    "vetoed": ("一票否决", "vetoed"),
    "exempt": ("暂不参评", "exempt"),
    "out_of_scope": ("不在范围", "out of scope"),
}
VERIFY = "待核实"


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of one scheme: columns and rows for people, and counts by answer or class over the whole scope."""

    scheme: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    table: pl.DataFrame  # plain values in the order of the columns, entity id first
    counts: tuple[tuple[str, int], ...]
    scope: int
    expected: int  # scope times clauses: what the counts must sum to
    notes: tuple[str, ...] = ()

    def rows(self) -> Iterator[Sequence[Any]]:
        """Rows of plain values."""
        return self.table.iter_rows()


def facts_of_run(run: Run, scheme: Scheme) -> list[str]:
    """The lines under every title: document, version, date, scope, known-at, run number, standing."""
    record, document = run.record, scheme.document
    standing = "" if document.is_attested else f"  【{VERIFY}: {document.standing}】"
    return [
        f"依据: {document.title} {document.number}  版本: {scheme.version or '-'}{standing}",
        f"评价年度: {record.rated}年  基准日: {record.as_of}  数据截至: {record.known_at}  范围: {record.population} 个主体",
        f"测算编号: {record.number}  结果摘要: {record.result_digest[:16]}  引擎: {record.engine}",
    ]


def list_scheme(run: Run, code: str, names: Mapping[str, str]) -> Listing:
    """The list of one scheme of a run."""
    scheme = run.scheme(code)
    table = run.result(code).decisions
    named = table.with_columns(_name(names))
    if "rank" in table.columns and "score" in table.columns:
        return _list_rating(run, scheme, named)
    if "low" in table.columns:
        return _list_clauses(scheme, named, run.record.population)
    return _list_classes(scheme, named, run.record.population)


def _name(names: Mapping[str, str]) -> pl.Expr:
    return (
        pl.col("entity")
        .replace_strict(list(names), list(names.values()), default="", return_dtype=pl.String)
        .alias("name")
    )


def _outcome_words() -> pl.Expr:
    return (
        pl.col("outcome")
        .cast(pl.Int64)
        .replace_strict([int(o) for o in Outcome], [o.zh for o in Outcome], return_dtype=pl.String)
    )


def _list_clauses(scheme: Scheme, table: pl.DataFrame, scope: int) -> Listing:
    """Everybody who is not known to be 不符合, clause by clause; the counts cover all."""
    titles = scheme.titles()
    ids = list(titles)
    kept = table.filter(pl.col("outcome") != Outcome.FAIL).with_columns(
        pl.col("item").replace_strict(ids, [titles[i][0] for i in ids], return_dtype=pl.String).alias("title"),
        pl.col("item").replace_strict(ids, [titles[i][2] for i in ids], return_dtype=pl.String).alias("article"),
        _outcome_words().alias("answer"),
        pl.col("outcome").replace_strict([1, 3, 2], [0, 1, 2], default=3, return_dtype=pl.Int64).alias("order"),
    )
    columns = (
        Column("代码", "code", 22), Column("名称", "name", 32), Column("条款", "clause", 10), Column("事项", "matter", 26),
        Column("依据", "article", 14), Column("结论", "answer", 10), Column("金额下限(万元)", "lowest", 14, "money"), Column("金额上限(万元)", "highest", 14, "money"),
    )  # fmt: skip
    rows = kept.sort("item", "order", "high", "entity", descending=[False, False, True, False], nulls_last=True)
    counted = table.group_by("outcome").len()
    by = dict(zip(counted["outcome"], counted["len"], strict=True))
    counts = tuple((o.zh, int(by.get(int(o), 0))) for o in Outcome)
    shown = rows.select("entity", "name", "item", "title", "article", "answer", "low", "high")
    note = f"名单列出符合、需认定与缺数据者; 不符合 {by.get(0, 0)} 条不列。合计 {sum(by.values())} = {len(ids)} 条款 × {scope} 个主体。"
    return Listing(scheme.code, scheme.zh, scheme.en, columns, shown, counts, scope, scope * len(ids), (note,))


def _list_rating(run: Run, scheme: Scheme, table: pl.DataFrame) -> Listing:
    """Rank, class and score with the points of every item."""
    items = run.result(scheme.code).tables.get("items")
    titles = scheme.titles()
    decimals = int(table["decimals"][0]) if table.height else 0
    columns = [
        Column("代码", "code", 22), Column("名称", "name", 32), Column("组别", "league", 12), Column("状态", "status", 10),
        Column("名次", "rank", 7, "whole"), Column("等级", "class", 7), Column("得分", "score", 10, "decimal", decimals),
    ]  # fmt: skip
    shown = table.with_columns(
        pl.col("status").replace_strict(
            {k: v[0] for k, v in STATUS_LABELS.items()}, default=pl.col("status"), return_dtype=pl.String
        ),
        pl.when(pl.col("league") == "*").then(pl.lit("")).otherwise(pl.col("league")).alias("league"),
    )
    chosen = ["entity", "name", "league", "status", "rank", "class", "score"]
    if items is not None and items.height:
        wide = items.select("entity", "item", "points").pivot(
            "item", index="entity", values="points", maintain_order=True
        )
        points = int(items["decimals"][0])
        shown = shown.join(wide, on="entity", how="left", maintain_order="left")
        for code in [c for c in wide.columns if c != "entity"]:
            columns.append(Column(titles[code][0] if code in titles else code, code, 12, "decimal", points))
            chosen.append(code)
    shown = shown.sort("league", "rank", "entity", nulls_last=True).select(chosen)
    counts = _class_counts(table)
    return Listing(
        scheme.code, scheme.zh, scheme.en, tuple(columns), shown, counts, run.record.population, run.record.population
    )


def _class_counts(table: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """Counts by class for those rated or vetoed, by status for the rest; they sum to the scope."""
    label = (
        pl.when(pl.col("status").is_in(["rated", "vetoed"]) & pl.col("class").is_not_null())
        .then(pl.col("class"))
        .otherwise(
            pl.col("status").replace_strict(
                {k: v[0] for k, v in STATUS_LABELS.items()}, default=pl.col("status"), return_dtype=pl.String
            )
        )
    )
    counted = table.select(label.alias("label")).group_by("label").len().sort("label")
    return tuple((str(r[0]), int(r[1])) for r in counted.iter_rows())


def _list_classes(scheme: Scheme, table: pl.DataFrame, scope: int) -> Listing:
    """The class of everybody, or the answer where there is none."""
    answer = _outcome_words()
    label = pl.coalesce(pl.col("class"), answer) if "class" in table.columns else answer
    shown = table.with_columns(answer.alias("answer"), label.alias("label"))
    counted = shown.group_by("label").len().sort("label")
    counts = tuple((str(r[0]), int(r[1])) for r in counted.iter_rows())
    columns = (
        Column("代码", "code", 22),
        Column("名称", "name", 32),
        Column("结论", "answer", 10),
        Column("类别", "class", 14),
    )
    rows = shown.sort("label", "entity").select("entity", "name", "answer", "label")
    return Listing(scheme.code, scheme.zh, scheme.en, columns, rows, counts, scope, scope)


def printed_list(run: Run, listing: Listing) -> Printed:
    """A list in its Excel form."""
    scheme = run.scheme(listing.scheme)
    total = sum(n for _, n in listing.counts)
    return Printed(
        name=listing.zh,
        title=listing.zh,
        facts=[*facts_of_run(run, scheme), "单位: 金额为万元; 空格表示缺数据, 不是零"],
        columns=listing.columns,
        rows=listing.rows(),
        notes=(*listing.notes, f"合计: {total}"),
        counts=listing.counts,
        is_synthetic=run.record.is_synthetic,
    )


def summary_table(run: Run, listings: Sequence[Listing]) -> Printed:
    """All schemes of a run with their counts, as the first sheet of its workbook."""
    columns = (
        Column("方案", "scheme", 30),
        Column("代码", "code", 28),
        Column("可信程度", "standing", 12),
        Column("各类计数", "counts", 70),
    )
    rows = []
    for listing in listings:
        standing = run.scheme(listing.scheme).document.standing
        counts = "  ".join(f"{label} {n}" for label, n in listing.counts)
        rows.append((listing.zh, listing.scheme, "" if standing == "attested" else f"{VERIFY}({standing})", counts))
    facts = [f"评价年度: {run.record.rated}年  基准日: {run.record.as_of}  数据截至: {run.record.known_at}  范围: {run.record.population} 个主体",
             f"测算编号: {run.record.number}  结果摘要: {run.record.result_digest}"]  # fmt: skip
    return Printed("汇总", f"{run.record.zh}: 汇总", facts, columns, rows, is_synthetic=run.record.is_synthetic)
