"""Reading claims (申报查询): the desk of the workspace, which programme pays a clause, what a claim asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kaiwu.benefit import ClauseScheme
from kaiwu.figure import Variable, print_value
from kaiwu.figure.variable import Kind
from kaiwu.pack.programme import Material, Programme
from kaiwu.procedure import Run
from kaiwu.procedure.claim import Desk, EventKind, next_steps
from kaiwu.report.claim_record import ClaimRecord
from kaiwu.rule import expression as x
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.wording import language
from kaiwu.web.workspace import workspace

TYPED_KINDS = ("contract", "invoice", "payment")
"""Kinds of materials that a claim proves by the fields of its contract, invoice and payment."""


@lru_cache(maxsize=4)
def _record(folder: str) -> ClaimRecord:
    return ClaimRecord(workspace())


def claim_record() -> ClaimRecord:
    """Claims of the workspace as they stand on disk."""
    record = _record(str(workspace().folder))
    record.workspace = workspace()
    return record


def desk() -> Desk:
    """The desk of the workspace, where claims are filed and handled."""
    return Desk(workspace().folder, workspace().library)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact that a clause reads and that the government knows already: it is shown, never asked."""

    name: str
    label: str
    value: str
    source: str


def facts_read(programme: Programme, clause: str) -> list[Variable]:
    """The variables of this year that a clause reads, in reading order; findings of people are not facts."""
    scheme = workspace().library.scheme(programme.rulebook)
    assert isinstance(scheme, ClauseScheme), "a programme pays clauses"
    found = scheme.book.clause(clause)
    refs = x.slots_of(found.condition.tree) | (x.slots_of(found.amount.tree) if found.amount else {})
    return [r.variable for r in refs.values() if r.offset == 0 and r.variable.kind is not Kind.JUDGEMENT]


def known_facts(run: Run, entity: str, programme: Programme, clause: str) -> list[KnownFact]:
    """What the figures of a run already say of a firm about the facts of a clause, with their source."""
    row = run.execution.facts.row(entity)
    sources = {
        r["slot"]: r["source"]
        for r in run.frame.sources.filter(run.frame.sources["entity"] == entity).iter_rows(named=True)
    }
    return [
        KnownFact(
            v.zh, v.zh if language() == "zh" else v.en or v.code, print_value(v, row[v.code]), sources.get(v.code, "")
        )
        for v in facts_read(programme, clause)
        if v.zh not in programme.facts and row.get(v.code) is not None
    ]


def wanted_facts(run: Run, entity: str, programme: Programme, clause: str) -> list[Variable]:
    """Facts of a clause that nobody has and that the case itself does not answer; a firm may state those that are its own."""
    row = run.execution.facts.row(entity)
    return [v for v in facts_read(programme, clause) if v.zh not in programme.facts and row.get(v.code) is None]


def asks_contract(programme: Programme) -> bool:
    """Whether a claim is about a contract that was invoiced and paid."""
    return programme.is_invoiced or any(m.kind in TYPED_KINDS for m in programme.materials if m.is_required)


def uploads(programme: Programme) -> list[Material]:
    """Materials that are handed in as files."""
    return [m for m in programme.materials if m.kind not in TYPED_KINDS]


DEEDS: tuple[tuple[EventKind, frozenset[Role]], ...] = (
    (EventKind.COMPLETE, OFFICE), (EventKind.RETURN, OFFICE), (EventKind.CHECK, OFFICE), (EventKind.ANSWER, OFFICE), (EventKind.ASSESS, OFFICE),
    (EventKind.APPROVE, OFFICE), (EventKind.REFUSE, OFFICE), (EventKind.WITHDRAW, frozenset({Role.CLERK})),
)  # fmt: skip
"""Steps that are taken in the browser, and who takes them; the others are the desk's commands."""


def steps_for(number: str, roles: frozenset[Role]) -> Sequence[EventKind]:
    """The steps that may follow now and that somebody with these roles takes."""
    case = claim_record().case(number)
    if case is None:
        return ()
    possible: set[Any] = set(next_steps(case))
    if not case.open_findings:
        possible.discard(EventKind.ANSWER)
    return [kind for kind, who in DEEDS if kind in possible and not roles.isdisjoint(who)]
