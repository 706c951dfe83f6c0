"""One sheet per firm (一企一单): every decision about one entity with reasons, figures and sources.

Owns what a sheet shows and in which order. It prints well and is one HTML file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kaiwu.figure import REASONS, Variable, print_value
from kaiwu.procedure import Run
from kaiwu.quantity import format_quantity
from kaiwu.quantity.unit import find_unit
from kaiwu.report.page import render
from kaiwu.rule.decision import Decision, Reason
from kaiwu.rule.outcome import Outcome

_ORDER = {Outcome.PASS: 0, Outcome.HUMAN: 1, Outcome.MISSING: 2, Outcome.FAIL: 3}
MANY = 12  # decisions in one block beyond which the 不符合 ones are only counted


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure behind a reason, as printed."""

    label: str
    period: str
    value: str
    source: str
    place: str
    status: str
    figure: str
    standing: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason with its figures, and the figures that exist but may not answer."""

    reason: Reason
    figures: tuple[ShownFigure, ...]
    withheld: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision on a sheet."""

    decision: Decision
    reasons: tuple[ShownReason, ...]
    money: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Block:
    """The decisions of one run."""

    title: str
    facts: tuple[str, ...]
    decisions: tuple[ShownDecision, ...]
    left_out: str = ""


class Evidence:
    """The figures of one entity in one run, by slot."""

    def __init__(self, run: Run, entity: str, language: str = "zh") -> None:
        self.language = language
        needs = [need for code in run.execution.results for need in run.scheme(code).needs()]
        self.variables: dict[str, Variable] = {need.slot: need.variable for need in needs}
        self.sources = {
            r["slot"]: r for r in run.frame.sources.filter(pl.col("entity") == entity).iter_rows(named=True)
        }
        self.withheld: dict[str, list[dict[str, Any]]] = {}
        for row in run.frame.withheld.filter(pl.col("entity") == entity).iter_rows(named=True):
            self.withheld.setdefault(row["slot"], []).append(row)

    def label(self, slot: str) -> str:
        """The name of a slot's variable; the year stands beside it."""
        variable = self.variables.get(slot)
        if variable is None:
            return slot
        return variable.zh if self.language == "zh" else variable.en or variable.code

    def figures(self, slots: Sequence[str]) -> tuple[ShownFigure, ...]:
        """The figures behind slots, where there are any."""
        found = []
        for slot in slots:
            row, variable = self.sources.get(slot), self.variables.get(slot)
            if row is None or variable is None or row["value"] is None:
                continue
            found.append(
                ShownFigure(self.label(slot), row["period"], print_value(variable, row["value"]), row["source"], row["place"],
                            row["status"], row["figure"], row["standing"], bool(row["synthetic"]))
            )  # fmt: skip
        return tuple(found)

    def refused(self, slots: Sequence[str]) -> tuple[dict[str, str], ...]:
        """Figures that exist and may not answer, with the reason (口径不符 …)."""
        language = 0 if self.language == "zh" else 1
        return tuple(
            {"label": self.label(slot), "reason": REASONS[row["reason"]][language], "figure": row["figure"]}
            for slot in slots
            if slot not in self.sources
            for row in self.withheld.get(slot, [])
        )


def print_money(low: int | None, high: int | None) -> str:
    """``15.3万元``, ``0元 – 800万元``, or nothing where a decision grants no money."""
    if high is None:
        return ""
    unit = find_unit("万元")
    ends = ["0元" if not v else format_quantity(unit.to_base(0) + v, unit) for v in (low, high)]
    return ends[1] if low == high else f"{ends[0]} – {ends[1]}"


def show_decision(decision: Decision, evidence: Evidence, is_open: bool = False) -> ShownDecision:
    """A decision with figures beside its reasons."""
    reasons = tuple(ShownReason(r, evidence.figures(r.slots), evidence.refused(r.slots)) for r in decision.reasons)
    money = print_money(decision.low, decision.high) if decision.outcome is not Outcome.FAIL else ""
    return ShownDecision(decision, reasons, money, is_open)


def make_block(run: Run, entity: str, codes: Sequence[str] = (), language: str = "zh") -> tuple[Block, list[str]]:
    """The block of one run and the names of figures that are missing and still matter."""
    evidence = Evidence(run, entity, language)
    facts = run.execution.facts
    chosen = [c for c in run.execution.results if not codes or c in codes]
    decisions = [d for c in chosen for d in run.scheme(c).explain(facts, entity, run.result(c))]
    decisions.sort(key=lambda d: (_ORDER[d.outcome], -(d.high or 0)))
    left_out = ""
    if len(decisions) > MANY and not codes:
        failed = sum(d.outcome is Outcome.FAIL for d in decisions)
        decisions = [d for d in decisions if d.outcome is not Outcome.FAIL]
        left_out = f"另有 {failed} 条不符合, 未列" if language == "zh" else f"{failed} more are not met and left out"
    missing = list(dict.fromkeys(evidence.label(slot) for d in decisions for slot in d.missing))
    record = run.record
    lines = (
        f"第 {record.number} 号测算" if language == "zh" else f"run {record.number}",
        f"评价年度 {record.rated}" if language == "zh" else f"rated year {record.rated}",
        f"基准日 {record.as_of}" if language == "zh" else f"as of {record.as_of}",
        f"数据截至 {record.known_at}" if language == "zh" else f"known at {record.known_at}",
    )
    shown = tuple(show_decision(d, evidence, is_open=len(decisions) <= 2) for d in decisions)
    return Block(record.zh if language == "zh" else record.en, lines, shown, left_out), missing


def render_sheet(
    runs: Sequence[Run],
    entity: str,
    names: Mapping[str, str],
    *,
    codes: Sequence[str] = (),
    language: str = "zh",
    **page: Any,
) -> str:
    """The sheet of an entity over several runs, as one HTML text."""
    blocks, missing = [], []
    for run in runs:
        block, lacking = make_block(run, entity, codes, language)
        blocks.append(block)
        missing += lacking
    values = {"facts": (), "lang": language, **page}
    return render(
        "sheet.html", title=names.get(entity) or entity, name=names.get(entity, ""), entity=entity, blocks=blocks,
        missing=list(dict.fromkeys(missing)), is_synthetic=any(r.record.is_synthetic for r in runs), **values,
    )  # fmt: skip
