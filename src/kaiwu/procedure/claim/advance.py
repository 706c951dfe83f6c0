"""One step of a claim: ``advance(programme, case, event, today)`` gives the event to store, or a named refusal.

Owns which event may follow which state and what each wants. It is pure: no clock, no store, no ledger. Stages, notice and
payment have their own modules (``approval``, ``payment``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from kaiwu.pack.programme import Programme
from kaiwu.pack.programme_reader import validity_text
from kaiwu.procedure.claim import approval, payment
from kaiwu.procedure.claim.apportion import split_award
from kaiwu.procedure.claim.case import STATES, Case, State, move_to
from kaiwu.procedure.claim.event import LABELS, Event, EventKind
from kaiwu.procedure.claim.invoice import same_party
from kaiwu.procedure.claim.refusal import Refusal, name_all, refuse, yuan
from kaiwu.rule.outcome import Outcome

Step = Event | Refusal
_K, _S = EventKind, State
_UNPAID = (_S.PUBLISHED, _S.RELEASED, _S.PAYABLE)
_DESK = (_S.COMPLETE, _S.CHECKED, _S.ASSESSED, _S.APPROVING)

FOLLOWS: Mapping[EventKind, tuple[State, ...]] = {
    _K.CONTRACT: (_S.NEW,),
    _K.WORK: (_S.FILED,),
    _K.SPENT: (_S.FILED, _S.WORKING, _S.SPENT),
    _K.CLAIM: (_S.NEW, _S.FILED, _S.WORKING, _S.SPENT, _S.RETURNED),
    _K.GRANT: (_S.NEW,),
    _K.COMPLETE: (_S.CLAIMED,),
    _K.RETURN: (_S.CLAIMED, *_DESK, _S.DECIDED),
    _K.CHECK: _DESK[:3],
    _K.ANSWER: _DESK[1:],
    _K.ASSESS: (_S.CHECKED, _S.ASSESSED),
    _K.APPROVE: (_S.ASSESSED, _S.APPROVING, _S.RELEASED),
    _K.REFUSE: (_S.CLAIMED, _S.RETURNED, *_DESK, _S.DECIDED, *_UNPAID),
    _K.WITHDRAW: (_S.FILED, _S.WORKING, _S.SPENT, _S.CLAIMED, _S.RETURNED, *_DESK, _S.DECIDED, *_UNPAID),
    _K.PUBLISH: (_S.DECIDED,),
    _K.RELEASE: (_S.PUBLISHED,),
    _K.OBJECT: (*_UNPAID, _S.PAYING),
    _K.CLOSE_OBJECTION: (*_UNPAID, _S.PAYING, _S.CLAWED_BACK),
    _K.ACCEPT: (_S.PAYABLE, _S.PAYING),
    _K.PAY: (_S.PAYABLE, _S.PAYING),
    _K.BANK_RETURN: (_S.PAYING, _S.PAID, _S.SURVEYED),
    _K.SURVEY: (_S.PAID, _S.CLAWED_BACK),
    _K.CLAW_BACK: (_S.PAYING, _S.PAID, _S.SURVEYED, _S.CLAWED_BACK),
    _K.RECOVER: (_S.CLAWED_BACK,),
}
"""The states in which each event may happen; everything else is ``CL-ORDER``."""

FROZEN = frozenset({_K.RELEASE, _K.APPROVE, _K.PAY, _K.ACCEPT})
"""What an open objection to this claim forbids (冻结); other claims go on."""


def advance(programme: Programme, case: Case, event: Event, today: dt.date) -> tuple[Event, ...] | Refusal:
    """The events to store for a wanted event, completed with what follows from the programme, or a named refusal."""
    kind = EventKind(event.kind)
    refusal = _check_common(programme, case, kind, event, today)
    if refusal is not None:
        return replace(refusal, claim=case.number)
    made = _STEPS[kind](programme, case, event)
    return replace(made, claim=case.number) if isinstance(made, Refusal) else (made,)


def next_steps(case: Case) -> tuple[EventKind, ...]:
    """The events that may follow now."""
    return tuple(kind for kind, states in FOLLOWS.items() if case.state in states)


def _check_common(programme: Programme, case: Case, kind: EventKind, event: Event, today: dt.date) -> Refusal | None:
    if programme.status == "template":
        return refuse("CL-TEMPLATE", name_all([programme]))
    if programme.status == "draft":
        return refuse("CL-DRAFT", name_all([programme]))
    if not event.by.strip():
        return refuse("CL-SIGNER")
    if event.day > today:
        return refuse("CL-DATE-AHEAD", event.day, today)
    if case.last_day is not None and event.day < case.last_day:
        return refuse("CL-DATE-BACK", event.day, case.last_day)
    if case.state not in FOLLOWS[kind] or (kind == EventKind.GRANT) > programme.is_automatic:
        state, label, steps = STATES[case.state], LABELS[kind], next_steps(case)
        zh, en = (", ".join(LABELS[s][i] for s in steps) or "-" for i in (0, 1))
        return refuse("CL-ORDER", state[0], label[0], zh, state[1], label[1], en)
    if kind in FROZEN and case.open_objections:
        return refuse("CL-FROZEN", ", ".join(case.open_objections))
    return None


# -- filing ----------------------------------------------------------------------------------------------


def _contract(programme: Programme, case: Case, event: Event) -> Step:
    amount = (event.data.get("contract") or {}).get("amount", 0)
    if amount <= 0:
        return refuse("CL-NEGATIVE", yuan(amount))
    return _check_stated(event) or move_to(event, State.FILED)


def _work(programme: Programme, case: Case, event: Event) -> Step:
    return move_to(event, State.WORKING)


def _spent(programme: Programme, case: Case, event: Event) -> Step:
    return _check_stated(event) or move_to(event, State.SPENT)


def _check_stated(event: Event) -> Refusal | None:
    """Amounts above zero and days that are days, in whatever a filing states; a contract may leave its amount open."""
    contract, payments, invoices = event.data.get("contract") or {}, event.data.get("payments", ()), event.data.get("invoices", ())  # fmt: skip
    amounts = [*(p["amount"] for p in payments), *(i["total"] for i in invoices)]
    for amount in (*amounts, contract.get("amount", 0) or 1):
        if amount <= 0:
            return refuse("CL-NEGATIVE", yuan(amount))
    for text in (contract.get("signed_on"), *(p.get("day") for p in payments), *(i.get("issued_on") for i in invoices)):
        try:
            dt.date.fromisoformat(text or "2000-01-01")
        except ValueError:
            return refuse("CL-DATE-TEXT", text)
    return None


def _claim(programme: Programme, case: Case, event: Event) -> Step:
    filed = case.claimed_on or event.day  # a claim that was returned counts from the day on which it first came in
    for window in (programme.window, programme.validity):
        if not window.covers(filed):
            return refuse("CL-WINDOW", filed, validity_text(window) or programme.window.repealed)
    if programme.pot.year and filed.year > programme.pot.year:
        return refuse("CL-POT-YEAR", filed, programme.pot.year)
    clause = event.data.get("clause") or case.clause
    if clause and clause not in programme.clauses:
        return refuse("CL-CLAUSE", clause, ", ".join(programme.clauses))
    return _check_stated(event) or move_to(event, State.CLAIMED)


def _grant(programme: Programme, case: Case, event: Event) -> Step:
    """免申即享: the office opens the case itself; nothing is claimed and no material asked for."""
    made = _claim(programme, case, event)
    return made if isinstance(made, Refusal) else move_to(made, State.COMPLETE)


def _complete(programme: Programme, case: Case, event: Event) -> Step:
    has = set(case.materials) | ({"invoice"} if case.invoices else set())
    kinds = {"contract": bool(case.contract), "invoice": bool(case.invoices), "payment": bool(case.payments_made)}
    missing = [m for m in programme.materials if m.is_required and m.code not in has and not kinds.get(m.kind)]
    if missing:
        return refuse("CL-MATERIAL", name_all(missing))
    if programme.is_invoiced:
        total = sum(i.total for i in case.invoices)
        if not case.invoices:
            return refuse("CL-NO-INVOICE")
        for invoice in case.invoices:
            known = invoice.buyer_code or invoice.buyer_name
            if known and not same_party(invoice.buyer_code, invoice.buyer_name, case.firm, case.firm_name):
                return refuse("CL-INVOICE-BUYER", invoice.number, invoice.buyer_name or invoice.buyer_code)
        if case.paid_by_firm > total:
            return refuse("CL-PAID-MORE", yuan(case.paid_by_firm), yuan(total))
    return move_to(event, State.COMPLETE)


def _stop(state: State) -> Callable[[Programme, Case, Event], Step]:
    def step(programme: Programme, case: Case, event: Event) -> Step:
        if not str(event.data.get("reason", "")).strip():
            return refuse("CL-REASON")
        return move_to(event, state)

    return step


# -- checks and amount -----------------------------------------------------------------------------------


def _check(programme: Programme, case: Case, event: Event) -> Step:
    return move_to(event, State.CHECKED)


def _answer(programme: Programme, case: Case, event: Event) -> Step:
    """An answer names its finding by id, or by the check where that found one thing only."""
    found = case.report.findings if case.report else ()
    wanted = event.data.get("finding")
    ids = [f.id for f in found if wanted in (f.id, f.check)]
    if len(ids) != 1:
        return refuse("CL-FINDING-NONE", wanted, ", ".join(f"{f.id} {f.check}" for f in found) or "-")
    if not str(event.data.get("reason", "")).strip():
        return refuse("CL-REASON")
    return move_to(event, case.state, finding=ids[0])


def _assess(programme: Programme, case: Case, event: Event) -> Step:
    """Pick the clause that grants, and split the amount; ``candidates`` are what the clause engine decided."""
    if case.open_findings:
        return refuse("CL-FINDING", ", ".join(case.open_findings))
    chosen = _choose(event.data["candidates"])
    if isinstance(chosen, Refusal):
        return chosen
    amount = _settle_amount(chosen, event.data.get("amount"))
    if isinstance(amount, Refusal):
        return amount
    stated = {code: Fraction(share) for code, share in event.data.get("shares", {}).items()}
    shares = [stated.get(f.code) if f.share is None else f.share for f in programme.funds]
    for fund, share in zip(programme.funds, shares, strict=True):
        if share is None:
            return refuse("CL-SHARE", name_all([fund]))
    known = [share for share in shares if share is not None]
    if sum(known) != 1:
        return refuse("CL-SHARE", name_all(programme.funds[:1]))
    lines = [[line.instalment, line.fund, line.amount] for line in split_award(programme, amount, known)]
    return move_to(event, State.ASSESSED, clause=chosen["clause"], article=chosen["article"], zh=chosen["zh"], en=chosen["en"],
               amount=amount, lines=lines, stage=0)  # fmt: skip


def _choose(candidates: list[dict[str, Any]]) -> dict[str, Any] | Refusal:
    undecided = [c for c in candidates if c["outcome"] in (Outcome.MISSING, Outcome.HUMAN)]
    granted = [c for c in candidates if c["outcome"] == Outcome.PASS]
    if undecided:
        human = [c for c in undecided if c["outcome"] == Outcome.HUMAN]
        code = "CL-HUMAN" if len(human) == len(undecided) else "CL-MISSING"
        names = dict.fromkeys(name for c in undecided for name in c["missing"] or [c["zh"]])
        english = dict.fromkeys(name for c in undecided for name in c["missing_en"] or [c["en"]])
        return refuse(code, ("、".join(names), ", ".join(english)))
    if not granted:
        zh, en = ("; ".join(f"{c['clause']} {c[why]}" for c in candidates) for why in ("why", "why_en"))
        return refuse("CL-FAILED", (zh, en))
    if len(granted) > 1:
        return refuse("CL-CHOOSE", ", ".join(c["clause"] for c in granted))
    return granted[0]


def _settle_amount(chosen: Mapping[str, Any], stated: int | None) -> int | Refusal:
    low, high = chosen["low"] or 0, chosen["high"] or 0
    if stated is None and low != high:
        return refuse("CL-RANGE", yuan(low), yuan(high))
    amount = high if stated is None else stated
    if amount < 0:
        return refuse("CL-NEGATIVE", yuan(amount))
    if amount == 0:
        return refuse("CL-ZERO")
    return amount if low <= amount <= high else refuse("CL-RANGE", yuan(low), yuan(high))


_STEPS: Mapping[EventKind, Callable[[Programme, Case, Event], Step]] = {
    _K.CONTRACT: _contract,
    _K.WORK: _work,
    _K.SPENT: _spent,
    _K.CLAIM: _claim,
    _K.GRANT: _grant,
    _K.COMPLETE: _complete,
    _K.RETURN: _stop(State.RETURNED),
    _K.REFUSE: _stop(State.REFUSED),
    _K.WITHDRAW: _stop(State.WITHDRAWN),
    _K.CHECK: _check,
    _K.ANSWER: _answer,
    _K.ASSESS: _assess,
    _K.APPROVE: approval.approve,
    _K.PUBLISH: approval.publish,
    _K.RELEASE: approval.release,
    _K.OBJECT: approval.object_to,
    _K.CLOSE_OBJECTION: approval.close_objection,
    _K.ACCEPT: payment.accept,
    _K.PAY: payment.pay,
    _K.BANK_RETURN: payment.bank_return,
    _K.SURVEY: payment.survey,
    _K.CLAW_BACK: payment.claw_back,
    _K.RECOVER: payment.recover,
}
