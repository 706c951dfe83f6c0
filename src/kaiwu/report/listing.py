"""Lists of a run (名单) as printed tables: one for each scheme, with counts that sum to the scope.

Owns which columns a list of each kind shows. Tables hold codes; a column knows the words for them, so that one list
serves both languages. The Excel form is ``book``, the page is ``site``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from kaiwu.procedure import Run
from kaiwu.report.cell import Column
from kaiwu.report.label import OUTCOMES, RULEBOOK_STATUSES, STATUSES, Words, class_words, league_words, standing_words
from kaiwu.rule.decision import Scheme
from kaiwu.rule.outcome import Outcome

_ANSWER_ORDER = {Outcome.PASS: 0, Outcome.HUMAN: 1, Outcome.MISSING: 2, Outcome.FAIL: 3}


@dataclass(frozen=True, slots=True)
class ItemCount:
    """One clause of a scheme with its four counts, and what those who meet it are granted (fen; null: no money).

    ``highest`` adds what 缺数据 and 需认定 may still grant.
    """

    item: str
    zh: str
    en: str
    article: str
    counts: tuple[int, int, int, int]  # by outcome code: 不符合, 符合, 缺数据, 需认定
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True)
class Listing:
    """The list of one scheme: columns for people, and counts by answer or class over the whole scope."""

    scheme: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    make: Callable[[], pl.DataFrame]
    counts: tuple[tuple[str, int], ...]  # Chinese label and number
    scope: int
    expected: int  # scope times clauses: what the counts must sum to
    items: tuple[ItemCount, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def table(self) -> pl.DataFrame:
        """Codes in the order of the columns; the first column is the entity, one column per ``Column.en``."""
        return self.make()

    @property
    def total(self) -> int:
        """The sum of the counts."""
        return sum(n for _, n in self.counts)

    def rows(self) -> Iterator[Sequence[Any]]:
        """Rows of codes."""
        return self.table.iter_rows()

    def index(self, name: str) -> int | None:
        """The place of a column by its English head."""
        return next((i for i, column in enumerate(self.columns) if column.en == name), None)


def facts_of_run(run: Run, scheme: Scheme, language: str = "zh") -> list[str]:
    """The lines under every title: document, version, date, scope, known-at, run number, standing."""
    record, document = run.record, scheme.document
    second = 1 if language == "en" else 0
    marks = [
        standing_words(document.standing)[second],
        RULEBOOK_STATUSES[run.library.heads[scheme.code][2].status][second],
    ]
    mark = "".join(f"  【{m}】" for m in marks if m)
    title = f"{document.title} {document.number}".strip()
    if language == "en":
        return [
            f"Rests on: {title}  version: {scheme.version or '-'}{mark}",
            f"Rated year: {record.rated}  as of: {record.as_of}  known at: {record.known_at}  scope: {record.population}",
            f"Run: {record.number}  result digest: {record.result_digest[:16]}  engine: {record.engine}",
        ]
    return [
        f"依据: {title}  版本: {scheme.version or '-'}{mark}",
        f"评价年度: {record.rated}年  基准日: {record.as_of}  数据截至: {record.known_at}  范围: {record.population} 个主体",
        f"测算编号: {record.number}  结果摘要: {record.result_digest[:16]}  引擎: {record.engine}",
    ]


def list_scheme(run: Run, code: str, names: Mapping[str, str]) -> Listing:
    """The list of one scheme of a run. ``names`` are names of entities by id."""
    scheme = run.scheme(code)
    table = run.result(code).decisions
    who = _who(names)
    if "score" in table.columns and "status" in table.columns:
        return _list_rating(run, scheme, table, who)
    if "low" in table.columns:
        return _list_clauses(run, scheme, table, who)
    return _list_classes(run, scheme, table, who)


def _who(names: Mapping[str, str]) -> tuple[Column, Column]:
    return Column("代码", "code", 22), Column("名称", "name", 34, words={e: (n, n) for e, n in names.items()})


def _item_words(scheme: Scheme) -> tuple[Words, Words]:
    titles = scheme.titles()
    articles: dict[object, tuple[str, str]] = {code: (article, article) for code, (_, _, article) in titles.items()}
    return {code: (zh, en) for code, (zh, en, _) in titles.items()}, articles


def count_items(scheme: Scheme, table: pl.DataFrame) -> tuple[ItemCount, ...]:
    """The four counts of every clause, in the order of the document."""
    money = [pl.col("low"), pl.col("high")] if "low" in table.columns else []
    passed = pl.col("outcome") == int(Outcome.PASS)
    sums = [money[0].filter(passed).sum().alias("lowest"), money[1].sum().alias("highest")] if money else []
    grants = [money[1].is_not_null().any().alias("grants")] if money else []
    counted = table.group_by("item").agg(
        *((pl.col("outcome") == code).sum().alias(f"n{code}") for code in range(4)), *sums, *grants
    )
    rows = {row["item"]: row for row in counted.iter_rows(named=True)}
    titles = scheme.titles()
    out = []
    for item in [*(i for i in titles if i in rows), *sorted(i for i in rows if i not in titles)]:
        row, (zh, en, article) = rows[item], titles.get(item, (scheme.zh, scheme.en, ""))
        ends = (row["lowest"], row["highest"]) if row.get("grants") else (None, None)
        out.append(ItemCount(item, zh, en, article, (row["n0"], row["n1"], row["n2"], row["n3"]), *ends))
    return tuple(out)


def _sum_outcomes(items: Sequence[ItemCount]) -> tuple[tuple[str, int], ...]:
    return tuple((o.zh, sum(i.counts[o] for i in items)) for o in _ANSWER_ORDER)


def _list_clauses(run: Run, scheme: Scheme, table: pl.DataFrame, who: tuple[Column, Column]) -> Listing:
    """Everybody who is not known to be 不符合, clause by clause; the counts cover all."""
    titles, articles = _item_words(scheme)
    items = count_items(scheme, table)
    columns = (
        *who, Column("条款", "clause", 10), Column("事项", "matter", 26, words=titles), Column("依据", "article", 16, words=articles),
        Column("结论", "answer", 10, words=OUTCOMES), Column("金额下限(万元)", "lowest", 15, "money"), Column("金额上限(万元)", "highest", 15, "money"),
    )  # fmt: skip

    def make() -> pl.DataFrame:
        place = {item.item: i for i, item in enumerate(items)}
        kept = table.lazy().filter(pl.col("outcome") != int(Outcome.FAIL))
        ordered = kept.with_columns(
            pl.col("item").replace_strict(place, return_dtype=pl.Int32).alias("#item"),
            pl.col("outcome")
            .replace_strict({int(o): n for o, n in _ANSWER_ORDER.items()}, return_dtype=pl.Int8)
            .alias("#order"),
        ).sort("#item", "#order", "high", "entity", descending=[False, False, True, False], nulls_last=True)
        entity, item = pl.col("entity"), pl.col("item")
        shown = [entity, entity.alias("name"), item.alias("clause"), item.alias("matter"), item.alias("article")]
        return ordered.select(*shown, pl.col("outcome").alias("answer"), pl.col("low").alias("lowest"), pl.col("high").alias("highest")).collect()  # fmt: skip

    failed = sum(item.counts[Outcome.FAIL] for item in items)
    scope = run.record.population
    note = f"名单列出符合、需认定与缺数据者; 不符合 {failed} 条不列。合计 {table.height} = {len(items)} 条款 × {scope} 个主体。"
    return Listing(
        scheme.code,
        scheme.zh,
        scheme.en,
        columns,
        make,
        _sum_outcomes(items),
        scope,
        scope * len(items),
        items,
        (note,),
    )


def _list_rating(run: Run, scheme: Scheme, table: pl.DataFrame, who: tuple[Column, Column]) -> Listing:
    """Rank, class and score with the points of every item; who was moved by a signed change, from where and why."""
    decimals = int(table["decimals"][0]) if table.height else 0
    classes = class_words(run, scheme.code)
    has_leagues = table["league"].drop_nulls().ne("*").any()
    has_classes = table["class"].is_not_null().any()
    columns = [
        *who, *([Column("组别", "league", 12, words=league_words(run, scheme.code))] if has_leagues else []), Column("状态", "status", 10, words=STATUSES),
        Column("名次", "rank", 7, "whole"), *([Column("等级", "class", 7, words=classes)] if has_classes else []),
        Column("得分", "score", 10, "decimal", decimals),
    ]  # fmt: skip
    changes = [c for c in run.record.changes if c.scheme == scheme.code]
    if changes:
        why = {c.entity: (f"{c.article}; {c.signer}; {c.reason}",) * 2 for c in changes}
        columns += [
            Column("调整前等级", "computed class", 10, words=classes),
            Column("调档依据、签批人与理由", "change", 30, words=why),
        ]
    plain = tuple(columns)
    items = run.result(scheme.code).tables.get("items")
    if items is not None and items.height:
        titles, points = scheme.titles(), int(items["decimals"][0])
        for code in items["item"].unique(maintain_order=True):
            zh, en, _ = titles.get(code, (code, code, ""))
            columns.append(Column(zh, en, 12, "decimal", points))

    def make() -> pl.DataFrame:
        moved = pl.col("entity").is_in([c.entity for c in changes])
        shown = table.with_columns(
            pl.when(pl.col("league") != "*").then(pl.col("league")), pl.col("entity").alias("name"),
            pl.when(moved).then(pl.col("computed_class")).alias("computed class"), pl.when(moved).then(pl.col("entity")).alias("change"),
        )  # fmt: skip
        chosen = ["entity", *(c.en for c in plain[1:])]
        if items is not None and items.height:
            named = items.select("entity", "item", "points").with_columns(pl.format("item.{}", "item").alias("item"))
            wide = named.pivot("item", index="entity", values="points", maintain_order=True)
            shown = shown.join(wide, on="entity", how="left", maintain_order="left")
            chosen += wide.columns[1:]
        return shown.sort("league", "rank", "entity", nulls_last=True).select(chosen)

    counts = _class_counts(table, classes)
    scope = run.record.population
    notes = (f"其中提档、降档 {len(changes)} 家, 依据与签批人见表。",) if changes else ()
    return Listing(scheme.code, scheme.zh, scheme.en, tuple(columns), make, counts, scope, scope, (), notes)


def _class_counts(table: pl.DataFrame, words: Words) -> tuple[tuple[str, int], ...]:
    """Counts by class for those rated or vetoed, by status for the rest; they sum to the scope."""
    has_class = pl.col("status").is_in(["rated", "vetoed"]) & pl.col("class").is_not_null()
    keyed = table.select(
        pl.when(has_class).then(pl.col("class")).alias("class"), pl.when(~has_class).then("status").alias("status")
    )
    counted = keyed.group_by("class", "status").len().sort("class", "status", nulls_last=True)
    return tuple(
        ((words.get(c) or (c,))[0] if c is not None else STATUSES.get(s, (s,))[0], n) for c, s, n in counted.iter_rows()
    )


def _list_classes(run: Run, scheme: Scheme, table: pl.DataFrame, who: tuple[Column, Column]) -> Listing:
    """The class of everybody under every item, or the answer where there is none."""
    titles, articles = _item_words(scheme)
    items = count_items(scheme, table)
    is_single = len(items) <= 1
    classes: Words = {**titles, **class_words(run, scheme.code)}
    columns = list(who)
    if not is_single:
        columns += [
            Column("条款", "clause", 12),
            Column("事项", "matter", 24, words=titles),
            Column("依据", "article", 16, words=articles),
        ]
    columns += [Column("结论", "answer", 10, words=OUTCOMES), Column("类别", "class", 18, words=classes)]
    extra = [
        ("league", "组别", "league", "text"),
        ("rank", "名次", "rank", "whole"),
        ("length", "连续年数", "years in a row", "whole"),
    ]
    chosen = [e for e in extra if e[0] in table.columns]
    leagues = league_words(run, scheme.code)
    columns += [Column(zh, en, 10, kind, words=leagues if en == "league" else None) for _, zh, en, kind in chosen]
    ends = [("low_score", "最低得分", "lowest score"), ("high_score", "最高得分", "highest score")]
    ends = [end for end in ends if end[0] in table.columns]
    stored, places = _decimals(table, [source for source, _, _ in ends])
    columns += [Column(zh, en, 10, "decimal", places) for _, zh, en in ends]

    def make() -> pl.DataFrame:
        place = {item.item: i for i, item in enumerate(items)}
        order = {int(o): n for o, n in _ANSWER_ORDER.items()}
        shown = table.with_columns(
            pl.col("entity").alias("name"), pl.col("item").alias("clause"), pl.col("item").alias("matter"), pl.col("item").alias("article"),
            pl.col("outcome").alias("answer"), pl.col("outcome").replace_strict(order, return_dtype=pl.Int8).alias("#order"),
            pl.col("item").replace_strict(place, default=0, return_dtype=pl.Int32).alias("#item"),
        )  # fmt: skip
        ordered = shown.sort("#item", "#order", "class", "entity", nulls_last=True)
        scores = [(pl.col(source) // 10 ** (stored - places)).alias(en) for source, _, en in ends]
        sources = {en: source for source, _, en, _ in chosen}
        plain = columns[1 : len(columns) - len(ends)]
        return ordered.select("entity", *(pl.col(sources.get(c.en, c.en)).alias(c.en) for c in plain), *scores)

    counts = _label_counts(table, classes) if is_single else _sum_outcomes(items)
    scope = run.record.population
    return Listing(
        scheme.code,
        scheme.zh,
        scheme.en,
        tuple(columns),
        make,
        counts,
        scope,
        scope * len(items),
        () if is_single else items,
    )


def _decimals(table: pl.DataFrame, sources: Sequence[str]) -> tuple[int, int]:
    """In how many decimals scores are stored, and how many of them are needed to print every one exactly."""
    stored = int(table["decimals"][0]) if sources and table.height else 0
    for places in range(stored):
        if not any((table[source] % 10 ** (stored - places) != 0).any() for source in sources):
            return stored, places
    return stored, stored


def _label_counts(table: pl.DataFrame, words: Words) -> tuple[tuple[str, int], ...]:
    """Counts by class where there is one, by answer for the rest."""
    label = pl.col("class") if "class" in table.columns else pl.lit(None, dtype=pl.String)
    without = pl.when(label.is_null()).then(pl.col("outcome"))
    counted = table.select(label.alias("class"), without.alias("outcome")).group_by("class", "outcome").len()
    rows = counted.sort("class", "outcome", nulls_last=True).iter_rows()
    return tuple(((words.get(c) or (c,))[0] if c is not None else OUTCOMES[o][0], n) for c, o, n in rows)
