"""Promises of a pool's contracts (用地承诺): entered after signing, checked on their days, shortfalls entered as debts.

Owns the order of steps and the table of firms' delivery ratios that a land round may read.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from kaiwu.allot.pool.promise import KEPT, SHORT, Check, Promise, check_promises, delivery_ratio, list_due, make_debt
from kaiwu.procedure.docket import Event
from kaiwu.procedure.pool.desk import PoolDesk
from kaiwu.procedure.pool.event import PoolEventKind as Kind
from kaiwu.procedure.pool.file import read_promises
from kaiwu.procedure.pool.state import promise_data
from kaiwu.quantity import KaiwuError, Problem

DELIVERY_COLUMNS = ("firm", "ratio")


@dataclass(frozen=True, slots=True)
class PromiseDesk:
    """The promises of one pool."""

    desk: PoolDesk

    def read(self, path: Path) -> list[Promise]:
        """Promises from a table, for projects that have signed."""
        state = self.desk.state()
        firms = {p.id: p.firm for p in state.projects.values()}
        return read_promises(path, self.desk.rule, firms, state.day_of("signed"))

    def enter(self, promises: Sequence[Promise], day: dt.date, by: str) -> Event:
        """Enter promises (登记承诺). Raises ``KaiwuError`` for doubled or negative ones."""
        check_promises([*self.desk.state().promises, *promises], {}, dt.date.min)
        return self.desk.add(Kind.PROMISE, day, by, {"promises": [promise_data(p) for p in promises]})

    def due(self, since: dt.date, until: dt.date) -> tuple[Promise, ...]:
        """Promises whose check day lies after ``since``, up to ``until``."""
        return list_due(self.desk.state().promises, since, until)

    def check(self, measured: Mapping[tuple[str, str], int], day: dt.date, by: str) -> tuple[Check, ...]:
        """Check what is due by a day and was not decided before (承诺核查); shortfalls become debts in the ledger, with the clause.

        Raises ``KaiwuError`` where a measure belongs to no promise. A figure that is missing leaves its promise to be checked later.
        """
        state = self.desk.state()
        known = {(p.contract, p.code) for p in state.promises}
        if strange := sorted(set(measured) - known):
            raise KaiwuError([Problem("A-PROMISE", f"没有这项承诺: {c} {p}", f"no such promise: {c} {p}", where=c) for c, p in strange])  # fmt: skip
        decided = {c.promise.id for c in state.checks if c.outcome in (KEPT, SHORT)}
        due = [p for p in state.promises if p.due <= day and p.id not in decided]
        checks = check_promises(due, {p.id: measured.get((p.contract, p.code)) for p in due}, day)
        if checks:
            debts = [make_debt(c, day.year) for c in checks if c.debt]
            rows = [[c.promise.id, c.outcome, c.measured, c.short, c.debt] for c in checks]
            self.desk.docket.add(self.desk.code, Event(Kind.CHECK, day, by, {"checks": rows}), debts)
        return checks

    def ratios(self) -> dict[str, Fraction]:
        """The delivery ratio of every firm with a decided promise (履约率)."""
        state = self.desk.state()
        found = {firm: delivery_ratio(state.checks, firm) for firm in sorted({c.promise.firm for c in state.checks})}
        return {firm: ratio for firm, ratio in found.items() if ratio is not None}

    def write_deliveries(self, path: Path) -> int:
        """Write the ratios as ``deliveries.csv`` of a land round; how many firms it names."""
        ratios = self.ratios()
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(DELIVERY_COLUMNS)
            writer.writerows((firm, str(ratio)) for firm, ratio in ratios.items())
        return len(ratios)
