"""What a list rests on that is not well attested (待核实): its document, clauses, other schemes, definitions and figures.

Owns looking through what stands behind the answers that a notice would make public. It refuses nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kaiwu.benefit import Clause, ClauseScheme
from kaiwu.procedure import Run
from kaiwu.rating import RubricScheme
from kaiwu.report.label import standing_words
from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome

SHOWN = 5  # names in one sentence


@dataclass(frozen=True, slots=True)
class Doubt:
    """One ground to say 待核实: what it is and how it is attested, in both languages."""

    zh: str
    en: str


def find_doubts(run: Run, scheme: str) -> list[Doubt]:
    """Everything not well attested behind the answers of a scheme that would be noticed; empty where all is."""
    listed = listed_answers(run, scheme)
    reads = slots_by_item(run, scheme)
    slots = {slot for item in listed["item"].unique() for slot in reads.get(item, ())}
    return [*_documents(run, scheme, listed), *_makers(run, scheme, slots), *_definitions(run, scheme, slots),
            *_figures(run, listed, reads)]  # fmt: skip


def draft_clauses(run: Run, scheme: str) -> list[Clause]:
    """Clauses that somebody meets and that are only a draft."""
    met = set(listed_answers(run, scheme)["item"].unique())
    return [clause for clause in _clauses(run, scheme) if clause.id in met and clause.status == "draft"]


def listed_answers(run: Run, scheme: str) -> pl.DataFrame:
    """``entity`` and ``item`` of the answers that a notice makes public: who is 符合, rated or ranked."""
    table = run.result(scheme).decisions
    chosen = pl.col("outcome") == int(Outcome.PASS)
    for name in ("class", "rank"):
        if name in table.columns:
            chosen |= pl.col(name).is_not_null()
    item = pl.col("item") if "item" in table.columns else pl.lit(scheme).alias("item")
    return table.filter(chosen).select("entity", item)


def slots_by_item(run: Run, scheme: str) -> Mapping[str, tuple[str, ...]]:
    """The frame columns behind every item: those of its clause, or for other kinds all that the scheme reads."""
    clauses = _clauses(run, scheme)
    if clauses:
        return {clause.id: tuple(_clause_slots(clause)) for clause in clauses}
    every = tuple(need.slot for need in run.scheme(scheme).needs())
    table = run.result(scheme).decisions
    items = table["item"].unique().to_list() if "item" in table.columns else [scheme]
    return dict.fromkeys(items, every)


def _clauses(run: Run, scheme: str) -> tuple[Clause, ...]:
    compiled = run.scheme(scheme)
    return compiled.book.clauses if isinstance(compiled, ClauseScheme) else ()


def _clause_slots(clause: Clause) -> dict[str, x.Ref]:
    amount = x.slots_of(clause.amount.tree) if clause.amount is not None else {}
    return x.slots_of(clause.condition.tree) | amount


def _documents(run: Run, scheme: str, listed: pl.DataFrame) -> Iterator[Doubt]:
    own = run.scheme(scheme).document
    if not own.is_attested:
        zh, en = standing_words(own.standing)
        yield Doubt(f"依据{zh}", f"its document is {en}")
    yield from _rows(run, scheme)
    met = set(listed["item"].unique())
    seen = {own}
    for clause in _clauses(run, scheme):
        document = clause.document
        if clause.id in met and document not in seen and not document.is_attested:
            seen.add(document)
            zh, en = standing_words(document.standing)
            yield Doubt(
                f"条款“{clause.zh}”所依据的《{document.title}》{zh}",
                f"the document of {clause.id}, {document.title}, is {en}",
            )


def _rows(run: Run, scheme: str) -> Iterator[Doubt]:
    """Items of a point table whose rows are not well attested, by standing."""
    compiled = run.scheme(scheme)
    if not isinstance(compiled, RubricScheme):
        return
    unsure: dict[str, list[tuple[str, str]]] = {}
    for item in compiled.book.root.items():
        if item.standing != "attested":
            unsure.setdefault(item.standing, []).append((item.zh, item.en))
    for standing, names in unsure.items():
        zh, en = standing_words(standing)
        yield Doubt(
            f"{len(names)} 项的分档{zh}: {_some([n for n, _ in names], '、')}",
            f"the rows of {len(names)} items are {en}: {_some([n for _, n in names], ', ')}",
        )


def _makers(run: Run, scheme: str, slots: set[str]) -> Iterator[Doubt]:
    for code in run.execution.results:
        made = run.scheme(code)
        if code != scheme and made.produces in slots and not made.document.is_attested:
            zh, en = standing_words(made.document.standing)
            yield Doubt(f"所用“{made.zh}”的依据{zh}", f"it uses “{made.en}”, whose document is {en}")


def _definitions(run: Run, scheme: str, slots: set[str]) -> Iterator[Doubt]:
    unsure: dict[str, list[tuple[str, str]]] = {}
    for need in run.scheme(scheme).needs():
        variable = need.variable
        if need.slot in slots and variable.standing != "attested":
            unsure.setdefault(variable.standing, []).append((variable.zh, variable.en or variable.code))
    for standing, names in unsure.items():
        zh, en = standing_words(standing)
        unique = list(dict.fromkeys(names))
        yield Doubt(
            f"{len(unique)} 个变量的定义{zh}: {_some([n for n, _ in unique], '、')}",
            f"the definition of {len(unique)} variables is {en}: {_some([n for _, n in unique], ', ')}",
        )


def _figures(run: Run, listed: pl.DataFrame, reads: Mapping[str, tuple[str, ...]]) -> Iterator[Doubt]:
    """How many figures behind the listed answers are not well attested, by standing."""
    unsure = run.frame.sources.filter(pl.col("standing") != "attested").select("entity", "slot", "standing", "source")
    if unsure.is_empty() or listed.is_empty():
        return
    pairs = pl.DataFrame(
        [(item, slot) for item, slots in reads.items() for slot in slots], schema={"item": pl.String, "slot": pl.String}, orient="row"
    )  # fmt: skip
    used = listed.lazy().join(pairs.lazy(), on="item").select("entity", "slot").unique()
    behind = unsure.lazy().join(used, on=["entity", "slot"], how="semi")
    counts = behind.group_by("standing").agg(
        pl.len().alias("figures"), pl.col("entity").n_unique().alias("entities"), pl.col("source").unique().sort().alias("sources")
    )  # fmt: skip
    for row in counts.sort("standing").collect().iter_rows(named=True):
        zh, en = standing_words(row["standing"])
        origin = _some(row["sources"], "、")
        yield Doubt(
            f"{row['entities']} 个主体的 {row['figures']} 个数据{zh}, 来自: {origin}",
            f"{row['figures']} figures of {row['entities']} entities are {en}, from {origin}",
        )


def _some(names: list[str], joint: str) -> str:
    """The first few names, and a mark where there are more."""
    return joint.join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
