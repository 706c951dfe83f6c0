"""Explains one entity of a composite index (指数说明): the place, every block, every indicator with what was done to it.

Owns the sentences. All numbers are those of the tables; nothing is computed again here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

from kaiwu.rating.class_explanation import ClassExplainer, tell_change
from kaiwu.rating.lookup import Field
from kaiwu.rating.phrase import say
from kaiwu.rating.points import Rounding, print_points
from kaiwu.rule import expression as x
from kaiwu.rule.decision import Decision, Facts, Need, Reason, Result
from kaiwu.rule.outcome import Outcome

if TYPE_CHECKING:
    from kaiwu.rating.index.scheme import IndexScheme

TREATMENTS = {
    "imputed": ("缺失, 按方法填补", "missing, filled in by the method"),
    "winsorised_high": ("过高, 缩尾", "far above the others, moved in"),
    "winsorised_low": ("过低, 缩尾", "far below the others, moved in"),
    "bent": ("分布偏斜, 取对数类变换", "skewed, put on a bent scale"),
}  # fmt: skip


def explain_index(scheme: IndexScheme, facts: Facts, entity: str, result: Result) -> Decision:
    """The decision for one entity with all its reasons. ``KeyError`` when it is not in the population."""
    found = result.decisions.filter(pl.col("entity") == entity)
    if found.is_empty():
        raise KeyError(entity)
    row = found.row(0, named=True)
    head = scheme.book.head
    outcome = Outcome(row["outcome"])
    reasons = _standing(row) if row["score"] is None else [*_place(row), *_class(scheme, row, result)]
    missing = _missing(scheme, facts, entity)
    if row["score"] is not None:
        reasons += _parts(scheme, entity, result)
    label = row["class"] or ""
    return Decision(
        entity=entity, scheme=head.code, item=head.code, zh=head.zh, en=head.en, outcome=outcome,
        score="" if row["score"] is None else print_points(row["score"], row["decimals"]), rank=row["rank"], label=label,
        reasons=tuple(reasons),
        missing=missing if outcome in (Outcome.MISSING, Outcome.HUMAN) else (), document=head.document, version=head.version,
    )  # fmt: skip


def _standing(row: dict[str, Any]) -> list[Reason]:
    outcome = Outcome(row["outcome"])
    words = {
        Outcome.FAIL: ("不在评价范围", "not in scope"),
        Outcome.HUMAN: ("是否参评需认定", "whether it takes part needs a finding"),
    }.get(outcome, ("数据不足, 不予评价", "too little is known to rate it"))  # fmt: skip
    return [Reason(*words, outcome, kind="condition")]


def _place(row: dict[str, Any]) -> list[Reason]:
    score, among = print_points(row["score"], row["decimals"]), row["ranked"]
    if row["rank"] is None:
        zh = f"总分 {score}, 与他人同分, 跨档, 办法没有同分规则, 需认定"
        return [Reason(zh, f"score {score}, tied across the edge of a class without a rule: a finding is needed", Outcome.HUMAN, kind="score")]  # fmt: skip
    zh = f"总分 {score}, 第 {row['rank']} 名(共 {among} 个)"
    return [Reason(zh, f"score {score}, place {row['rank']} of {among}", Outcome.PASS, kind="score")]


def _class(scheme: IndexScheme, row: dict[str, Any], result: Result) -> list[Reason]:
    """The class, the distance to the next one, a signed change, and whether the class may still move."""
    book = scheme.book
    if row["computed_class"] is None or book.classes is None:
        return []
    table = result.decisions.filter(pl.col("score").is_not_null())
    if book.rank.within:
        table = table.filter(pl.col("league") == row["league"])
    field = Field(sorted(table["score"].to_list()), 0)
    step = Rounding(Fraction(1, 10**book.decimals))
    reasons = ClassExplainer(book.classes, book.ties.shared, step, field, row).reasons() + tell_change(row)
    if row["provisional"]:
        reasons.append(Reason(*say("provisional"), kind="note"))
    return reasons


def _parts(scheme: IndexScheme, entity: str, result: Result) -> list[Reason]:
    """One line for every block and indicator, in the order of the document."""
    tree = scheme.book.tree
    assert tree is not None
    rows = {r["item"]: r for r in result.tables["items"].filter(pl.col("entity") == entity).iter_rows(named=True)}
    weights = {
        r["item"]: r["weight"] / 10 ** (r["decimals"] - 2) for r in result.tables["weights"].iter_rows(named=True)
    }
    titles = scheme.titles()
    out = []
    for node in tree.nodes:
        part = rows.get(node.code)
        if part is None or node.code == tree.root:
            continue
        zh, en, article = titles[node.code]
        score = "—" if part["points"] is None else print_points(part["points"], part["decimals"])
        done = TREATMENTS.get(part["treatment"])
        notes = ("", "") if done is None else (f"; {done[0]}", f"; {done[1]}")
        item = scheme.book.indicators.get(node.code)
        out.append(Reason(
            f"{zh}: {score}, 权重 {weights[node.code]:.2f}%{notes[0]}", f"{en}: {score}, weight {weights[node.code]:.2f} %{notes[1]}",
            Outcome(part["outcome"]), article, tuple(x.slots_of(item.formula)) if item else (), kind="score",
        ))  # fmt: skip
    return out


def _missing(scheme: IndexScheme, facts: Facts, entity: str) -> tuple[str, ...]:
    row = facts.row(entity)
    slots = [Need(ref.variable, ref.offset).slot for ref in scheme.batch.refs().values()]
    if scheme.book.league is not None:
        slots.append(Need(scheme.book.league.variable).slot)
    return tuple(dict.fromkeys(slot for slot in slots if slot in row and row[slot] is None))
