"""Deeds on claims (兑付办理): file one, take a step, and keep rows of all claims.

Owns calling the desk, which decides by itself whether a step may be, in a transaction of its own. The platform's row and event
follow at once; were they lost, the next ``keep_claims`` brings them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim import Case, Event, EventKind, Evidence, Filing, Invoice, keep_evidence, read_invoice_file
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.claim.models import ClaimRow
from kaiwu.web.claim.queries import claim_record, desk
from kaiwu.web.event.services import Actor, Deed, record, record_many
from kaiwu.web.registry.models import Firm
from kaiwu.web.workspace import workspace

BATCH = 500
FOLLOWED = ("clause", "state", "claimed_on", "paid_by_firm", "amount", "paid", "is_noticed", "last_day", "events")


def signer_of(actor: Actor) -> str:
    """How events of a claim name a person: by name and login, so that two of one name are two."""
    return f"{actor.name or actor.login}({actor.login})"


def file_claim(actor: Actor, firm: Firm, filing: Filing, files: Mapping[str, tuple[str, bytes]]) -> str:
    """File a claim of a firm with its files (material code -> name and bytes); returns its number.

    Raises ``KaiwuError`` where a file cannot be read or the desk refuses; nothing is filed then.
    """
    counter = desk()
    now = timezone.localtime()
    kept: list[Evidence] = []
    materials, invoices = dict(filing.materials), filing.invoices
    for code, (name, data) in files.items():
        if code == "invoice":
            evidence, read = read_invoice_file(data, name)
            invoices = _with_file(invoices, read, evidence)
        evidence = keep_evidence(counter.evidence_folder, data, name)
        kept.append(evidence)
        materials[code] = evidence.digest
    with counter.session(now) as session:
        for evidence in kept:
            session.store.add_evidence(evidence)
        whole = replace(filing, firm=firm.entity, firm_name=firm.name, materials=materials, invoices=invoices)
        number, is_known = session.file(whole, day=now.date(), by=signer_of(actor), today=now.date())
    with transaction.atomic():
        keep_claims(actor)
        if not is_known:
            record(
                actor,
                Deed(
                    "claim.file",
                    "claim",
                    number,
                    firm=firm.entity,
                    after={"programme": filing.programme, "clause": filing.clause},
                ),
            )
    return number


def _with_file(stated: Sequence[Invoice], read: Invoice | None, evidence: Evidence) -> tuple[Invoice, ...]:
    """The stated invoice and its file: a structured file answers for its number; another number is refused."""
    if read is None or not stated:
        return tuple(replace(i, digest=evidence.digest) for i in stated)
    if read.number != stated[0].number or read.total != stated[0].total:
        zh, en = (
            f"发票文件是 {read.number}, 与填写的号码或金额不同",
            f"the file is invoice {read.number}: number or total differ from what was typed",
        )
        raise KaiwuError(Problem("CL-INVOICE-FILE", zh, en))
    return (read,)


def take_step(actor: Actor, number: str, kind: EventKind, words: Mapping[str, str]) -> Case:
    """Take a step of a claim. Raises ``KaiwuError`` with the desk's named refusal."""
    now = timezone.localtime()
    today, by = now.date(), signer_of(actor)
    counter = desk()
    with counter.session(now) as session:
        if kind is EventKind.CHECK:
            case = session.check(number, session.around(), day=today, by=by, today=today)
        elif kind is EventKind.ASSESS:
            case = session.assess(
                number, day=today, by=by, today=today, facts=_given(words), shares={}, clause=words.get("clause", "")
            )
        else:
            data = {key: value for key, value in words.items() if value}
            case = session.do(number, Event(kind, today, by, data), today)
    with transaction.atomic():
        keep_claims(actor)
        record(actor, Deed(f"claim.{kind.value}", "claim", number, firm=case.firm, after={"state": case.state.value}))
    return case


def _given(words: Mapping[str, str]) -> dict[str, str]:
    """Findings of people that come with an assessment: ``事实=值``, one a line."""
    pairs = (line.partition("=") for line in words.get("facts", "").splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


@transaction.atomic
def keep_claims(actor: Actor) -> int:
    """Bring the rows to what the desk keeps; returns how many are new or moved on."""
    cases = claim_record().cases()
    known = dict(ClaimRow.objects.values_list("number", "events"))
    firms = dict(Firm.objects.values_list("entity", "pk"))
    changed = [c for c in cases if known.get(c.number) != c.events]
    rows = [_row(c, firms) for c in changed]
    fresh = [r for r in rows if r.number not in known]
    ClaimRow.objects.bulk_create(fresh, batch_size=BATCH)
    keys = (
        dict(ClaimRow.objects.filter(number__in=[r.number for r in rows]).values_list("number", "pk"))
        if len(fresh) < len(rows)
        else {}
    )
    moved = [r for r in rows if r.number in known]
    for row in moved:
        row.pk = keys[row.number]
    ClaimRow.objects.bulk_update(moved, FOLLOWED, batch_size=BATCH)
    record_many(actor, (Deed("claim.keep", "claim", r.number, after={"state": r.state}) for r in rows))
    return len(rows)


def _row(case: Case, firms: Mapping[str, int]) -> ClaimRow:
    programme: Programme | None = workspace().library.programmes.get(case.programme)
    zh, en = (programme.zh, programme.en) if programme else (case.programme, case.programme)
    values: dict[str, Any] = {
        "clause": case.award.clause if case.award else case.clause, "state": case.state.value, "claimed_on": case.claimed_on,
        "paid_by_firm": case.paid_by_firm, "amount": case.amount or None, "paid": case.paid, "is_noticed": bool(case.notice), "last_day": case.last_day,
        "events": case.events,
    }  # fmt: skip
    return ClaimRow(
        number=case.number,
        programme=case.programme,
        zh=zh,
        en=en,
        firm_id=firms.get(case.firm),
        firm_name=case.firm_name or case.firm,
        **values,
    )
