"""What may be shown of a claim, and to whom (查看): the firm's own page, the exported row, the officer's whole trace.

Owns the line between them: findings, answers and other firms' data are the officer's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.advance import next_steps
from kaiwu.procedure.claim.approval import stage_due
from kaiwu.procedure.claim.case import STATES, Case
from kaiwu.procedure.claim.event import LABELS, Event, EventKind
from kaiwu.procedure.claim.posting import fund_account

INSIDE = frozenset({EventKind.CHECK, EventKind.ANSWER, EventKind.ASSESS})
"""Steps of the office that a firm sees as one: 审核中."""


def firm_view(programme: Programme, case: Case, events: Sequence[Event]) -> dict[str, Any]:
    """What the claiming firm sees: its own data, the state, the award and payments; no finding, answer or signer."""
    steps = [
        {"day": e.day.isoformat(), "zh": LABELS[e.kind][0], "en": LABELS[e.kind][1], **_told(e)}
        for e in events
        if EventKind(e.kind) not in INSIDE
    ]
    return {
        "claim": case.number, "programme": programme.code, "zh": programme.zh, "en": programme.en, "state": list(STATES[case.state]),
        "contract": dict(case.contract), "paid_by_firm_fen": case.paid_by_firm, "invoices": [i.number for i in case.invoices],
        "amount_fen": case.amount if case.notice else None, "notice": case.notice,
        "window_ends": case.window_ends.isoformat() if case.window_ends else None,
        "objections": dict(case.objections), "payments": [_payment(p) for p in case.payments], "steps": steps,
    }  # fmt: skip


def _told(event: Event) -> dict[str, str]:
    """The reason of a return or refusal is told to the firm as the officer wrote it."""
    if event.kind in (EventKind.RETURN, EventKind.REFUSE, EventKind.BANK_RETURN, EventKind.CLAW_BACK):
        return {"reason": str(event.data.get("reason", ""))}
    return {}


def list_row(programme: Programme, case: Case) -> dict[str, Any]:
    """A row of a list that may leave the office: no finding, no account number."""
    zh, en = STATES[case.state]
    due = stage_due(programme, case)
    has_stage = case.award is not None and case.stage < len(programme.stages)
    return {
        "claim": case.number, "programme": programme.code, "firm": case.firm, "firm_name": case.firm_name, "state": case.state.value,
        "zh": zh, "en": en, "paid_by_firm_fen": case.paid_by_firm, "amount_fen": case.amount or None, "paid_fen": case.paid,
        "claimed_on": case.claimed_on.isoformat() if case.claimed_on else None, "is_synthetic": programme.is_synthetic,
        "stage": programme.stages[case.stage].code if has_stage else None, "due": due.isoformat() if due else None,
    }  # fmt: skip


def _payment(payment: Any) -> dict[str, Any]:
    return {"line": payment.line, "amount_fen": payment.amount, "day": payment.day.isoformat(), "reference": payment.reference,
            "is_returned": payment.is_returned}  # fmt: skip


def trace_claim(programme: Programme, case: Case, events: Sequence[Event]) -> dict[str, Any]:
    """For the officer: payment → approvals → clause and article → document → invoices, and the findings with evidence."""
    document = programme.document
    award = case.award
    return {
        **list_row(programme, case),
        "next": [str(kind) for kind in next_steps(case)],
        "frozen_by": list(case.open_objections),
        "payments": [_payment(p) for p in case.payments],
        "due": [{"line": line.code, "amount_fen": line.amount} for line in case.due],
        "claw_backs": [{"rule": c.rule, "amount_fen": c.amount, "recovered_fen": c.recovered} for c in case.claw_backs],
        "accounts": {f.code: fund_account(programme, f).available.id for f in programme.funds},
        "approvals": [_approval(programme, s) for s in case.signatures],
        "notice": case.notice or None,
        "window_ends": case.window_ends.isoformat() if case.window_ends else None,
        "checkpoint": {k: case.checkpoint[k] for k in ("size", "root", "key") if k in case.checkpoint},
        "clause": None if award is None else {"id": award.clause, "article": award.article, "zh": award.zh, "en": award.en},
        "version": None if award is None else dict(award.version),
        "reasons": _reasons(events, award.clause if award else ""),
        "document": {
            "title": document.title, "number": document.number, "issuer": document.issuer, "date": document.date, "page": document.page,
            "source": document.source, "standing": document.standing,
        },
        "contract": dict(case.contract),
        "invoices": [i.to_data() | {"key": i.key} for i in case.invoices],
        "materials": dict(case.materials),
        "facts": dict(case.facts),
        "checks": None if case.report is None else case.report.to_data() | {
            "answers": dict(case.answers), "open": list(case.open_findings), "ids": [f.id for f in case.report.findings],
        },
        "survey": dict(case.survey),
        "events": [{"kind": str(e.kind), "zh": LABELS[e.kind][0], "en": LABELS[e.kind][1], "day": e.day.isoformat(), "by": e.by} for e in events],
    }  # fmt: skip


def _approval(programme: Programme, signed: Any) -> dict[str, Any]:
    stage = next((s for s in programme.stages if s.code == signed.stage), None)
    return {"stage": signed.stage, "zh": stage.zh if stage else signed.stage, "en": stage.en if stage else signed.stage, "by": signed.by,
            "day": signed.day.isoformat(), "department": signed.department, "minutes": signed.minutes, "article": signed.article}  # fmt: skip


def _reasons(events: Sequence[Event], clause: str) -> list[list[Any]]:
    for event in reversed(events):
        if event.kind == EventKind.ASSESS:
            return next((c["reasons"] for c in event.data["candidates"] if c["clause"] == clause), [])
    return []
