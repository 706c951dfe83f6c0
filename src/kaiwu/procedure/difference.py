"""The difference (差异) of two runs: who changed, from what to what, and why.

Owns the comparison. Causes are found in what went in: changed figures of the same entity, changed rules, or, where
neither changed, the others (a rank or a mean moved).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kaiwu.procedure.execution import Run

_IGNORED = frozenset({"entity", "item"})


@dataclass(frozen=True, slots=True)
class Change:
    """One decision that differs: column values before and after, and the causes."""

    entity: str
    scheme: str
    item: str
    before: dict[str, object]
    after: dict[str, object]
    figures: tuple[str, ...]  # slots whose value differs for this entity
    cause: str  # figure | rule | others | entered | left

    @property
    def zh(self) -> str:
        """The cause in words."""
        return {"figure": f"本主体数据变动: {'、'.join(self.figures)}", "rule": "规则变动", "others": "其他主体变动带来的名次或均值变化",
                "entered": "新进入范围", "left": "退出范围"}[self.cause]  # fmt: skip

    @property
    def en(self) -> str:
        """The cause in English."""
        return {"figure": f"its own figures changed: {', '.join(self.figures)}", "rule": "the rules changed",
                "others": "others changed (rank or mean)", "entered": "entered the scope", "left": "left the scope"}[self.cause]  # fmt: skip


def compare_runs(before: Run, after: Run) -> list[Change]:
    """Every decision that differs between two runs, in order of scheme, item and entity."""
    changed_figures = changed_slots(before.frame.table, after.frame.table)
    is_rule = before.record.pack_digest != after.record.pack_digest
    changes: list[Change] = []
    for code in sorted(set(before.execution.results) & set(after.execution.results)):
        changes += _compare_scheme(code, before, after, changed_figures, is_rule)
    return changes


def changed_slots(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    """Slots whose value differs, by entity."""
    shared = [c for c in before.columns if c in after.columns and c != "entity"]
    joined = before.select("entity", *shared).join(after.select("entity", *shared), on="entity", suffix="#after")
    out: dict[str, list[str]] = {}
    for slot in shared:
        for entity in joined.filter(pl.col(slot).ne_missing(pl.col(slot + "#after")))["entity"]:
            out.setdefault(entity, []).append(slot)
    return {entity: tuple(slots) for entity, slots in out.items()}


def _compare_scheme(
    code: str, before: Run, after: Run, figures: dict[str, tuple[str, ...]], is_rule: bool
) -> list[Change]:
    old, new = before.result(code).decisions, after.result(code).decisions
    columns = [c for c in old.columns if c in new.columns and c not in _IGNORED]
    joined = old.select("entity", "item", *columns, old_row=True).join(
        new.select("entity", "item", *columns, new_row=True),
        on=["entity", "item"],
        how="full",
        coalesce=True,
        suffix="#after",
    )
    differs = pl.any_horizontal([pl.col(c).ne_missing(pl.col(c + "#after")) for c in columns])
    changes = []
    for row in joined.filter(differs).sort("item", "entity").iter_rows(named=True):
        was, now = ({c: row[c + s] for c in columns if row[c] != row[c + "#after"]} for s in ("", "#after"))
        entity = row["entity"]
        cause = _cause(row, figures.get(entity, ()), is_rule)
        changes.append(Change(entity, code, row["item"], was, now, figures.get(entity, ()), cause))
    return changes


def _cause(row: dict[str, object], slots: tuple[str, ...], is_rule: bool) -> str:
    if row["old_row"] is None:
        return "entered"
    if row["new_row"] is None:
        return "left"
    if slots:
        return "figure"
    return "rule" if is_rule else "others"
