"""What one claim's page shows (一件一页): payment → approvals → clause and document → invoices → facts, and the findings.

Owns the officer's view of a claim. The firm's own sheet is made from ``firm_view`` alone and has no finding on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kaiwu.ledger.chart import invoice_account
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim import Case, CheckReport, Event, EventKind, State
from kaiwu.procedure.claim.event import LABELS
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.sandbox import settle_year
from kaiwu.procedure.claim.view import trace_claim
from kaiwu.quantity import KaiwuError
from kaiwu.report.claim_record import ClaimRecord
from kaiwu.report.label import standing_words


def show_claim(record: ClaimRecord, programme: Programme, case: Case) -> dict[str, Any]:
    """All that the officer's page of a claim needs."""
    events = record.events(case.number)
    leaves = record.leaves(case.number, len(events))
    trace = trace_claim(programme, case, events)
    funds = {f.code: (f.zh, f.en) for f in programme.funds}
    instalments = {i.code: (i.zh, i.en) for i in programme.instalments}
    steps = [
        {"number": i, "day": e.day, "by": e.by, "label": LABELS[e.kind], "leaf": leaf, "told": _told(e)}
        for i, (e, leaf) in enumerate(zip(events, leaves, strict=True))
    ]
    return {
        "trace": trace, "funds": funds, "instalments": instalments, "steps": steps, "reasons": trace["reasons"],
        "payments": [{**p, "fund": p["line"].partition("/")[2], "part": p["line"].partition("/")[0], "event": made.event} for p, made in zip(trace["payments"], case.payments, strict=True)],
        "due": [{**d, "fund": d["line"].partition("/")[2], "part": d["line"].partition("/")[0]} for d in trace["due"]],
        "document_mark": standing_words(programme.document.standing), "programme_mark": standing_words(programme.ground.standing),
        "invoices": [_show_invoice(record, i) for i in trace["invoices"]], "facts": _show_facts(record, programme, case, events),
        "findings": _show_findings(events), "coverage": _coverage(events), "question": ask_again(record, programme, case),
    }  # fmt: skip


def _told(event: Event) -> str:
    """What an event says in words: a reason, a reference, the number of minutes."""
    data = event.data
    words = (data.get("reason"), data.get("stage"), data.get("department"), data.get("minutes"), data.get("reference"), data.get("notice"))  # fmt: skip
    return " · ".join(str(w) for w in words if w)


def _show_invoice(record: ClaimRecord, invoice: dict[str, Any]) -> dict[str, Any]:
    """An invoice with what its account says: how much may be subsidised, how much is used."""
    balance = record.book.balance(invoice_account(invoice["key"]).id)
    kept = record.evidence(invoice["digest"]) if invoice["digest"] else None
    used = balance.debits_posted + balance.debits_pending
    return {**invoice, "most": balance.credits_posted, "used": used, "file": kept.name if kept else ""}


def _show_facts(record: ClaimRecord, programme: Programme, case: Case, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Facts as filed or found, each with who gave it, when, and whose figure it is by the catalogue."""
    origin: dict[str, Event] = {}
    for event in events:
        origin |= dict.fromkeys(event.data.get("facts", {}), event)
    variables = {v.zh: v for v in record.workspace.library.variables.values()}
    made = list(_own_facts(programme, case))
    for name, value in case.facts.items():
        variable, given = variables.get(name), origin.get(name)
        made.append({
            "name": name, "en": variable.en if variable else name, "value": value, "owner": variable.owner if variable else "",
            "by": given.by if given else "", "day": given.day if given else None, "label": LABELS[given.kind] if given else ("", ""),
        })  # fmt: skip
    return made


def _own_facts(programme: Programme, case: Case) -> Iterator[dict[str, Any]]:
    """Facts that the case itself answers: what was paid and signed, with the papers that prove it."""
    paid = ", ".join(str(p.get("reference", "")) for p in case.payments_made)
    days = ", ".join(str(p.get("day", "")) for p in case.payments_made)
    proofs = {
        "paid": (case.paid_by_firm, paid, days, ("付款凭证", "proof of payment")),
        "signed": (int(case.contract.get("amount", 0)), case.contract.get("number", ""), case.contract.get("signed_on", ""), ("合同", "contract")),
    }  # fmt: skip
    for name, origin in programme.facts.items():
        if origin in proofs and proofs[origin][0]:
            fen, paper, day, label = proofs[origin]
            yield {"name": name, "en": name, "value": yuan(fen), "owner": "", "by": paper, "day": day, "label": label}


def _show_findings(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Findings of the last check with their evidence and the officer's answers; a refused claim keeps them here."""
    report: dict[str, Any] = {}
    answers: dict[str, Event] = {}
    for event in events:
        if event.kind == EventKind.CHECK:
            report, answers = event.data["report"], {}
        elif event.kind == EventKind.ANSWER:
            answers[event.data["finding"]] = event
    found = CheckReport.from_data(report).findings if report else ()
    return [{"finding": f, "id": f.id, "answer": answers.get(f.id)} for f in found]


def _coverage(events: Sequence[Event]) -> dict[str, Any] | None:
    """What the last check looked at."""
    reports = [e.data["report"] for e in events if e.kind == EventKind.CHECK]
    return dict(reports[-1]["coverage"]) if reports else None


def ask_again(record: ClaimRecord, programme: Programme, case: Case) -> list[tuple[str, str]]:
    """Why a checked claim has no award yet: the year settled again, as it stands now. Nothing is recorded."""
    if case.state is not State.CHECKED or case.open_findings:
        return []
    others = record.cases(programme.code)
    made: list[tuple[str, str]] = []
    try:
        settled = record.keep(
            ("settled", programme.code), lambda: settle_year(record.workspace.library, programme, others)
        )
    except KaiwuError as error:
        return [(p.zh, p.en) for p in error.problems]
    for row in settled.asks.iter_rows(named=True):
        if str(row["claim"]).partition("/")[0] == case.number:
            made.append((f"{row['article']}: {row['zh']}", f"{row['article']}: {row['en']}"))
    before = [c.number for c in others if c.state is State.CHECKED and c.number < case.number]
    if before:
        zh = f"{before[0]} 等 {len(before)} 件先申报的还待认定; 次序未声明, 不先付后来的"
        en = f"{len(before)} earlier claims from {before[0]} on wait; nothing says that later ones go first"
        made.append((zh, en))
    return made
