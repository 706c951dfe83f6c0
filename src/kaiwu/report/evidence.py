"""The figures behind the decisions about one entity (证据): values, sources, places, and what may not answer.

Owns looking them up in the frame of a run and printing them. It does not decide what a sheet shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from kaiwu.figure import REASONS, Variable, print_value
from kaiwu.figure.variable import Kind
from kaiwu.procedure import Run
from kaiwu.report.label import FIGURE_STATUSES, standing_words
from kaiwu.report.shortage import NOBODY, period_of
from kaiwu.rule.decision import Need


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure as printed: what, when, how much, from whom, where it stands in the sender's sheet."""

    slot: str
    label: str
    period: str
    value: str
    owner: str
    source: str
    place: str
    status: str
    figure: str
    mark: str  # 待核实 …, empty where well attested
    is_synthetic: bool
    row: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)  # as stored


@dataclass(frozen=True, slots=True)
class WithheldFigure:
    """A figure that exists and may not answer (口径不符 …)."""

    label: str
    period: str
    owner: str
    reason: str
    figure: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that another scheme of the run gave."""

    label: str
    value: str
    title: str


class Evidence:
    """The figures of one entity in one run, by slot."""

    def __init__(self, run: Run, entity: str, language: str = "zh") -> None:
        self.run, self.entity, self.language = run, entity, language
        self._second = 1 if language == "en" else 0
        self.needs: dict[str, Need] = {
            need.slot: need for code in run.execution.results for need in run.scheme(code).needs()
        }
        self._makers: dict[str, list[str]] = {}
        for code in run.execution.results:
            if product := run.scheme(code).produces:
                self._makers.setdefault(product, []).append(code)
        mine = pl.col("entity") == entity
        self.sources: dict[str, dict[str, Any]] = {
            r["slot"]: r for r in run.frame.sources.filter(mine).iter_rows(named=True)
        }
        self._withheld: dict[str, list[dict[str, Any]]] = {}
        for row in run.frame.withheld.filter(mine).iter_rows(named=True):
            self._withheld.setdefault(row["slot"], []).append(row)

    def label(self, slot: str) -> str:
        """The name of a slot's variable; the year stands beside it."""
        need = self.needs.get(slot)
        return slot if need is None else self._name(need.variable)

    def period(self, slot: str) -> str:
        """The year or date that a slot asks for."""
        need = self.needs.get(slot)
        return "" if need is None else period_of(self.run, need)

    def owner(self, slot: str) -> str:
        """The department that gives it."""
        need = self.needs.get(slot)
        return (need.variable.owner if need is not None else "") or NOBODY[self._second]

    def figures(self, slots: Iterable[str]) -> tuple[ShownFigure, ...]:
        """The figures behind slots, where there are any."""
        return tuple(self._show(slot) for slot in slots if slot in self.needs and slot in self.sources)

    def withheld(self, slots: Iterable[str]) -> tuple[WithheldFigure, ...]:
        """Figures that exist and may not answer, with the reason."""
        return tuple(
            WithheldFigure(
                self.label(slot),
                self.period(slot),
                self.owner(slot),
                REASONS[row["reason"]][self._second],
                row["figure"],
            )
            for slot in slots
            if slot not in self.sources
            for row in self._withheld.get(slot, [])
        )

    def makers(self, slot: str) -> Sequence[str]:
        """The schemes of the run that answer a slot."""
        return self._makers.get(slot, ())

    def derived(self, slots: Iterable[str]) -> tuple[Derived, ...]:
        """Values of this entity that came from other schemes of the run."""
        table = self.run.execution.facts.table
        found = []
        for slot in slots:
            makers = self.makers(slot)
            if not makers or slot in self.sources or slot not in self.needs:
                continue
            schemes = [self.run.scheme(code) for code in makers]
            title = "、".join((s.zh, s.en)[self._second] for s in schemes)
            value = table.filter(pl.col("entity") == self.entity)[slot].item() if slot in table.columns else None
            printed = "" if value is None else print_value(self.needs[slot].variable, value, language=self.language)
            found.append(Derived(self.label(slot), printed, title))
        return tuple(found)

    def missing(self, slots: Sequence[str]) -> dict[str, list[str]]:
        """Names of slots with their periods, by department."""
        out: dict[str, list[str]] = {}
        for slot in dict.fromkeys(slots):
            period = self.period(slot)
            name = f"{self.label(slot)}({period})" if period else self.label(slot)
            names = out.setdefault(self.owner(slot), [])
            if name not in names:
                names.append(name)
        return out

    def is_finding(self, slot: str) -> bool:
        """Whether only a human can tell."""
        need = self.needs.get(slot)
        return need is not None and need.variable.kind is Kind.JUDGEMENT

    def _name(self, variable: Variable) -> str:
        return variable.zh if self.language == "zh" else variable.en or variable.code

    def _show(self, slot: str) -> ShownFigure:
        row, variable = self.sources[slot], self.needs[slot].variable
        standing = row["standing"] if row["standing"] != "attested" else variable.standing
        status = FIGURE_STATUSES.get(row["status"], (row["status"],) * 2)[self._second]
        return ShownFigure(
            slot, self._name(variable), row["period"], print_value(variable, row["value"], language=self.language),
            self.owner(slot), row["source"], row["place"], status, row["figure"], standing_words(standing)[self._second],
            bool(row["synthetic"]), row,
        )  # fmt: skip
