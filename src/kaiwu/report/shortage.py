"""The list of missing data (缺数据清单): per department and variable how many lack it, and who.

Owns what counts as missing: a cell of the frame that is empty. It ``matters`` where some decision of that entity is
缺数据 under a scheme that reads it. A finding that only a human makes (需认定) is not missing data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kaiwu.figure import REASONS
from kaiwu.figure.variable import Kind, PeriodType
from kaiwu.procedure import Run
from kaiwu.report.cell import Column
from kaiwu.report.label import Words
from kaiwu.rule.decision import Need
from kaiwu.rule.outcome import Outcome

NOBODY = ("未写明部门", "no department named")
DETAIL_SCHEMA = pl.Schema({"entity": pl.String(), "slot": pl.String(), "reason": pl.String(), "figure": pl.String()})


@dataclass(frozen=True, slots=True)
class Lack:
    """One variable of one period: how many of the scope lack it, for how many it matters, how many have a figure that may not answer."""

    slot: str
    owner: str
    zh: str
    en: str
    period: str
    lacking: int
    mattering: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """All lacks of a run by department, and ``detail``: one row per entity and slot that matters (``DETAIL_SCHEMA``)."""

    lacks: tuple[Lack, ...]
    detail: pl.DataFrame

    @property
    def owners(self) -> list[str]:
        """Departments that owe something, in the order of the list."""
        return list(dict.fromkeys(lack.owner for lack in self.lacks if lack.mattering))


def find_shortage(run: Run) -> Shortage:
    """What is missing in the frame of a run, most wanted first within each department."""
    table = run.frame.table
    readers = _readers(run)
    withheld = run.frame.withheld.unique(["entity", "slot"], keep="first", maintain_order=True)
    counted = dict(withheld.group_by("slot").len().iter_rows())
    lacks, details = [], []
    for slot, (need, schemes) in readers.items():
        if slot not in table.columns or need.variable.kind is Kind.JUDGEMENT:
            continue
        lacking = table.filter(pl.col(slot).is_null()).select("entity")
        if not lacking.height:
            continue
        waiting = pl.concat([_waiting(run, code) for code in schemes]).unique()
        wanted = lacking.join(waiting, on="entity", how="semi", maintain_order="left")
        details.append(wanted.with_columns(slot=pl.lit(slot)))
        variable = need.variable
        lacks.append(Lack(slot, variable.owner or NOBODY[0], variable.zh, variable.en or variable.code, period_of(run, need),
                          lacking.height, wanted.height, counted.get(slot, 0)))  # fmt: skip
    lacks.sort(key=lambda x: (x.owner == NOBODY[0], x.owner, -x.mattering, -x.lacking, x.slot))
    detail = pl.concat(details) if details else pl.DataFrame(schema={"entity": pl.String, "slot": pl.String})
    place = {lack.slot: i for i, lack in enumerate(lacks)}
    detail = detail.join(withheld, on=["entity", "slot"], how="left", maintain_order="left").select(*DETAIL_SCHEMA)
    order = pl.col("slot").replace_strict(place, default=0, return_dtype=pl.Int32)
    return Shortage(tuple(lacks), detail.sort(order, "entity", maintain_order=True))


def period_of(run: Run, need: Need) -> str:
    """The year that a slot asks for, the date of a state, or nothing for what does not change."""
    match need.variable.period:
        case PeriodType.CONSTANT:
            return ""
        case PeriodType.POINT:
            return run.record.as_of.isoformat()
    return str(run.record.rated + need.offset)


def _readers(run: Run) -> dict[str, tuple[Need, list[str]]]:
    """Slots that are read from figures, with the schemes that read them; what a scheme of the run answers is no figure."""
    produced = {run.scheme(code).produces for code in run.execution.results}
    readers: dict[str, tuple[Need, list[str]]] = {}
    for code in run.execution.results:
        for need in run.scheme(code).needs():
            if need.offset == 0 and need.variable.code in produced:
                continue
            readers.setdefault(need.slot, (need, []))[1].append(code)
    return readers


def _waiting(run: Run, scheme: str) -> pl.DataFrame:
    missing = run.result(scheme).decisions.filter(pl.col("outcome") == int(Outcome.MISSING))
    return missing.select("entity").unique()


def shortage_columns() -> tuple[Column, ...]:
    """Columns of the list by department."""
    return (
        Column("责任部门", "department", 18), Column("数据项", "figure", 30), Column("时期", "period", 12), Column("空缺数", "lacking", 10, "whole"),
        Column("影响结论数", "of these matter", 12, "whole"), Column("有数不能用", "withheld", 12, "whole"), Column("变量代码", "variable", 26),
    )  # fmt: skip


def shortage_rows(shortage: Shortage, language: str = "zh") -> list[tuple[str, str, str, int, int, int, str]]:
    """Rows of the list by department."""
    return [
        (x.owner, x.zh if language == "zh" else x.en, x.period, x.lacking, x.mattering, x.withheld, x.slot)
        for x in shortage.lacks
    ]


def detail_columns(shortage: Shortage, names: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns of the list by name; its rows are those of ``detail_table``."""
    owners: Words = {x.slot: (x.owner, x.owner) for x in shortage.lacks}
    labels: Words = {x.slot: (x.zh, x.en) for x in shortage.lacks}
    periods: Words = {x.slot: (x.period, x.period) for x in shortage.lacks}
    return (
        Column("责任部门", "department", 18, words=owners), Column("数据项", "figure", 30, words=labels), Column("时期", "period", 12, words=periods),
        Column("代码", "code", 22), Column("名称", "name", 34, words={e: (n, n) for e, n in names.items()}),
        Column("状态", "state", 14, words={**REASONS, "": ("空缺", "missing")}), Column("现有数据编号", "existing figure", 14),
    )  # fmt: skip


def detail_table(shortage: Shortage, slots: Sequence[str] = ()) -> pl.DataFrame:
    """Codes for ``detail_columns``, or those of some slots."""
    chosen = shortage.detail.filter(pl.col("slot").is_in(list(slots))) if slots else shortage.detail
    slot, entity = pl.col("slot"), pl.col("entity")
    return chosen.select(
        slot.alias("department"), slot.alias("figure"), slot.alias("period"), entity, entity.alias("name"),
        pl.col("reason").fill_null("").alias("state"), pl.col("figure").alias("existing figure"),
    )  # fmt: skip
