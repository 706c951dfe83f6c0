"""The page of a reserve pool (项目库页): counts by stage, batches, who entered and left and why, bundles, promises, events.

Owns what the page shows and the routes of the local site below ``/pool``. It reads; nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kaiwu.allot.pool.bundle import OUTCOMES
from kaiwu.allot.pool.promise import WORDS as CHECKED
from kaiwu.allot.pool.rescore import WORDS as VERDICTS
from kaiwu.allot.pool.stage import MODES, STAGES
from kaiwu.procedure.pool.desk import PoolDesk, list_pools
from kaiwu.procedure.pool.event import LABELS
from kaiwu.procedure.workspace import Workspace
from kaiwu.report.asked import Asked, NotFoundError, Page
from kaiwu.report.page import render

Route = tuple[str, Callable[..., Page]]


@dataclass(frozen=True, slots=True)
class _Words:
    """Labels in both languages by code, for the template."""

    stages = STAGES
    modes = MODES
    verdicts = VERDICTS
    outcomes = OUTCOMES
    checked = CHECKED
    events = LABELS


def render_pool(desk: PoolDesk, language: str = "zh", day: dt.date | None = None, **shared: Any) -> str:
    """The page of a pool at the end of a day, by default that of its last event."""
    state, events = desk.state(), desk.docket.events(desk.code)
    day = day or max((e.day for e in events), default=dt.date(1970, 1, 1))
    scoring = state.scorings[-1] if state.scorings else None
    moved = [(v, desk.reasons(v)) for v in scoring.verdicts if v.outcome in ("enter", "leave")] if scoring else []
    stages = state.stages()
    batches = {p: b for p, d in state.day_of("pooled").items() if (b := desk.rule.batch_of(d)) is not None}
    rows = [(state.projects[p], stages[p], batches.get(p), state.scores().get(p)) for p in sorted(stages)]
    return render(
        "pool.html", lang=language, desk=desk, rule=desk.rule, state=state, events=events, day=day, tallies=desk.tally(day), scoring=scoring,
        moved=moved, rows=rows, words=_Words(), is_synthetic=desk.workspace.is_synthetic, **shared,
    )  # fmt: skip


class PoolSite:
    """Routes below ``/pool``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def routes(self) -> list[Route]:
        """Pattern and action of every page."""
        return [(r"/pool", self._home), (r"/pool/([^/]+)", self._pool)]

    def _home(self, asked: Asked) -> Page:
        return Page(
            render(
                "pools.html",
                desks=list_pools(self.workspace),
                is_synthetic=self.workspace.is_synthetic,
                **asked.shared(),
            ).encode()
        )

    def _pool(self, asked: Asked, code: str) -> Page:
        desk = next((d for d in list_pools(self.workspace) if d.code == code), None)
        if desk is None:
            raise NotFoundError(code)
        shared = asked.shared()
        return Page(render_pool(desk, shared.pop("lang"), **shared).encode())
