"""What the events of a pool add up to (库况): projects, steps, scorings, shares, requests with their answers, promises with their checks.

Owns the plain form of each in an event, and the fold over them. It decides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from kaiwu.allot.pool.bundle import Cell, Guarantee, Item, Request
from kaiwu.allot.pool.credit import Share
from kaiwu.allot.pool.promise import Check, Promise
from kaiwu.allot.pool.rescore import Verdict
from kaiwu.allot.pool.stage import STAGES, Project, Step
from kaiwu.procedure.docket import Event
from kaiwu.procedure.pool.event import PoolEventKind as Kind

Data = Mapping[str, Any]
OUTSIDE = ("candidate", "expelled")
"""Stages in which a project is not in the pool."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """One yearly re-scoring: scores, their parts where a rating gave them, and what became of everybody."""

    day: dt.date
    scores: Mapping[str, int | None]
    parts: Mapping[str, Mapping[str, int]]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A guarantee that was given: its answer, the key of its holds, the milestone, and whether it was used or released."""

    guarantee: Guarantee
    key: str
    until: dt.date
    ended: str = ""


@dataclass(slots=True)
class PoolState:
    """Everything that is known of a pool after its events."""

    projects: dict[str, Project] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    scorings: list[Scoring] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    quotas: dict[Cell, int] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    asked: dict[str, tuple[dt.date, int]] = field(default_factory=dict)
    answers: dict[str, Guarantee] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def ordered_steps(self) -> list[Step]:
        """All steps by the day on which they happened, whenever they were entered."""
        return sorted(self.steps, key=lambda s: (s.day, s.project, list(STAGES).index(s.stage)))

    def last_step(self, project: str) -> Step | None:
        """The step that a project stands at."""
        return next((s for s in reversed(self.steps) if s.project == project), None)

    def stages(self) -> dict[str, str]:
        """The stage of every project."""
        return {step.project: step.stage for step in self.steps}

    def members(self) -> frozenset[str]:
        """Projects that are in the pool: pooled, and not put out."""
        return frozenset(project for project, stage in self.stages().items() if stage not in OUTSIDE)

    def day_of(self, stage: str) -> dict[str, dt.date]:
        """When each project reached a stage."""
        return {step.project: step.day for step in self.steps if step.stage == stage}

    def scores(self) -> dict[str, int | None]:
        """The latest score of every project that was ever scored."""
        return {project: score for scoring in self.scorings for project, score in scoring.scores.items()}

    def open_requests(self) -> list[Request]:
        """Requests without a guarantee, the best score first, then the day, then the order of entry. Nobody is tied: entries are."""
        scores = self.scores()
        pending = [r for p, r in self.requests.items() if p not in self.held or self.held[p].ended == "released"]
        return sorted(pending, key=lambda r: (-(scores.get(r.project) or 0), *self.asked[r.project]))


def fold(events: Iterable[Event]) -> PoolState:
    """The state of a pool after its events, oldest first."""
    state = PoolState()
    for number, event in enumerate(events):
        data = event.data
        match event.kind:
            case Kind.ADD:
                state.projects |= {row["id"]: read_project(row) for row in data["projects"]}
                state.steps += map(read_step, data["steps"])
            case Kind.MOVE:
                state.steps += map(read_step, data["steps"])
            case Kind.RESCORE:
                verdicts = tuple(Verdict(*row) for row in data["verdicts"])
                state.scorings.append(Scoring(event.day, data["scores"], data["parts"], verdicts))
                state.steps += map(read_step, data["steps"])
            case Kind.SHARE:
                state.shares += map(read_share, data["shares"])
            case Kind.QUOTA:
                for resource, period, amount in data["quotas"]:
                    state.quotas[resource, period] = state.quotas.get((resource, period), 0) + amount
            case Kind.REQUEST | Kind.SLIP:
                for row in data["requests"]:
                    request = read_request(row)
                    state.requests[request.project] = request
                    state.asked.setdefault(request.project, (event.day, number))
                    _end(state, request.project, "released")
            case Kind.DECIDE:
                for row in data["answers"]:
                    answer = read_guarantee(row)
                    state.answers[answer.project] = answer
                    if answer.drawn:
                        state.held[answer.project] = Held(answer, data["key"], dt.date.fromisoformat(data["until"]))
            case Kind.USE:
                _end(state, data["project"], "used")
            case Kind.PROMISE:
                state.promises += map(read_promise, data["promises"])
            case Kind.CHECK:
                by_id = {p.id: p for p in state.promises}
                state.checks += [Check(by_id[i], outcome, measured, short, debt) for i, outcome, measured, short, debt in data["checks"]]  # fmt: skip
    return state


def _end(state: PoolState, project: str, how: str) -> None:
    held = state.held.get(project)
    if held is not None and not held.ended:
        state.held[project] = Held(held.guarantee, held.key, held.until, how)


# -- the plain form of each ----------------------------------------------------------------------------------


def project_data(project: Project) -> dict[str, Any]:
    """A project as an event keeps it."""
    return {"id": project.id, "firm": project.firm, "origin": project.origin, "investment": project.investment, "modes": dict(project.modes), "zh": project.zh}  # fmt: skip


def read_project(data: Data) -> Project:
    """The inverse of ``project_data``."""
    return Project(data["id"], data["firm"], data["origin"], data["investment"], data["modes"], data["zh"])


def step_data(step: Step) -> list[Any]:
    """A step as an event keeps it."""
    return [step.project, step.stage, step.day.isoformat(), step.document, step.by, step.investment]


def read_step(row: Sequence[Any]) -> Step:
    """The inverse of ``step_data``."""
    project, stage, day, document, by, investment = row
    return Step(project, stage, dt.date.fromisoformat(day), document, by, investment)


def share_data(share: Share) -> list[Any]:
    """A share as an event keeps it."""
    until = share.valid_to.isoformat() if share.valid_to else ""
    return [share.project, share.kind, share.unit, share.role, share.measure, str(share.share), share.valid_from.isoformat(), until]  # fmt: skip


def read_share(row: Sequence[Any]) -> Share:
    """The inverse of ``share_data``."""
    project, kind, unit, role, measure, share, start, end = row
    return Share(
        project,
        kind,
        unit,
        role,
        measure,
        Fraction(share),
        dt.date.fromisoformat(start),
        dt.date.fromisoformat(end) if end else None,
    )


def request_data(request: Request) -> dict[str, Any]:
    """A request as an event keeps it."""
    items = [[i.resource, dict(i.amounts), i.least, i.bundle] for i in request.items]
    return {"project": request.project, "items": items}


def read_request(data: Data) -> Request:
    """The inverse of ``request_data``."""
    return Request(data["project"], tuple(Item(*row) for row in data["items"]))


def guarantee_data(answer: Guarantee) -> dict[str, Any]:
    """An answer as an event keeps it."""
    drawn = [[*cell, amount] for cell, amount in sorted(answer.drawn.items())]
    return {"project": answer.project, "outcome": answer.outcome, "shares": dict(answer.shares), "drawn": drawn, "binding": list(answer.binding or ()), "reason": list(answer.reason)}  # fmt: skip


def read_guarantee(data: Data) -> Guarantee:
    """The inverse of ``guarantee_data``."""
    drawn = {(resource, period): amount for resource, period, amount in data["drawn"]}
    binding = tuple(data["binding"]) or None
    return Guarantee(data["project"], data["outcome"], data["shares"], drawn, binding, tuple(data["reason"]))


def promise_data(promise: Promise) -> list[Any]:
    """A promise as an event keeps it."""
    p = promise
    return [p.contract, p.firm, p.code, p.zh, p.en, p.promised, p.due.isoformat(), str(p.rate), p.article, int(p.is_floor)]  # fmt: skip


def read_promise(row: Sequence[Any]) -> Promise:
    """The inverse of ``promise_data``."""
    contract, firm, code, zh, en, promised, due, rate, article, is_floor = row
    return Promise(
        contract, firm, code, zh, en, promised, dt.date.fromisoformat(due), Fraction(rate), article, bool(is_floor)
    )
