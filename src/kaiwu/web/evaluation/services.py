"""Deeds of an evaluation (年度评价办理): begin, take a run, send sheets, confirm, dispute, forward, decide, publish, receipts.

Owns what each deed asks for. Every deed is one transaction with its event. Corrections go through ``kaiwu.procedure.objection``:
an upheld dispute is a corrected figure and a new run, nothing is edited in place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from calendar import monthrange
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaiwu.figure.fact import read_value
from kaiwu.procedure import Claim, Run, reject, uphold
from kaiwu.procedure.claim.calendar import end_of_window
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.listing import facts_of_run
from kaiwu.report.notice import check_notice
from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.case.need import Move
from kaiwu.web.case.services import next_number, open_case
from kaiwu.web.evaluation.models import (
    OPEN_DISPUTES,
    Consequence,
    Dispute,
    DisputeState,
    Evaluation,
    Publication,
    Sheet,
    SheetState,
)
from kaiwu.web.evaluation.queries import block_of, classes_of, listing_of, procedure, public_table, run_of
from kaiwu.web.event.services import Actor, Deed, record, record_many
from kaiwu.web.job.models import Job
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import RunRow
from kaiwu.web.run.services import ask_rerun, ask_run
from kaiwu.web.workspace import find_run, forget, workspace

BULK = 500
PROCEDURE = "permu_year"


@transaction.atomic
def begin(
    actor: Actor, job: str, scheme: str, *, issuer: str = "", signer: str = "", code: str = PROCEDURE
) -> Evaluation:
    """Open the case of a year for a standing job and one rating scheme of it. Raises ``KaiwuError`` where the job has no such
    scheme or the year is open already."""
    standing = workspace().job(job)
    if scheme not in standing.schemes:
        known = ", ".join(standing.schemes)
        raise KaiwuError(
            Problem(
                "W-SCHEME",
                f"任务“{job}”没有方案“{scheme}”; 有: {known}",
                f"job “{job}” has no scheme “{scheme}”; it has: {known}",
            )
        )
    case = open_case(
        actor,
        code,
        year=standing.rated,
        title=f"{standing.rated}年度{standing.zh}",
        fields={"rated": str(standing.rated)},
    )
    made = Evaluation.objects.create(
        case=case, job=job, scheme=scheme, rated=standing.rated, issuer=issuer, signer=signer
    )
    record(actor, _deed(made, "begin", after={"job": job, "scheme": scheme}))
    return made


def ask_for_run(actor: Actor, evaluation: Evaluation) -> Job:
    """Ask for the first run, or for the run that follows the upheld disputes."""
    return ask_rerun(actor, evaluation.run) if evaluation.run else ask_run(actor, evaluation.job)


@transaction.atomic
def take_run(actor: Actor, evaluation: Evaluation, number: str) -> None:
    """Let a finished run count. Raises ``KaiwuError`` where it is of another job, or does not follow the run that counts."""
    row = RunRow.objects.filter(number=number).first()
    if row is None or row.job != evaluation.job or row.rated != evaluation.rated:
        raise KaiwuError(
            Problem("W-RUN", f"第 {number} 号不是本任务的测算", f"run {number} is not of this job", where=number)
        )
    if evaluation.run and row.corrects != evaluation.run:
        zh, en = f"第 {number} 号不是第 {evaluation.run} 号的更正", f"run {number} does not follow run {evaluation.run}"
        raise KaiwuError(Problem("W-RUN", zh, en, where=number))
    before = evaluation.run
    taken = Evaluation.objects.filter(pk=evaluation.pk, run=before).update(
        run=number, first_run=evaluation.first_run or number
    )
    if taken != 1:
        raise KaiwuError(Problem("W-MOVED", "刚被他人更新, 请刷新", "somebody was quicker: look again"))
    evaluation.refresh_from_db()
    record(
        actor, _deed(evaluation, "take_run", before={"run": before}, after={"run": number, "digest": row.result_digest})
    )


@transaction.atomic
def set_signer(actor: Actor, evaluation: Evaluation, signer: str, issuer: str) -> None:
    """Name who answers for content that is not well attested, and who issues the notice."""
    before = {"signer": evaluation.signer, "issuer": evaluation.issuer}
    evaluation.signer, evaluation.issuer = signer.strip()[:100], issuer.strip()[:100]
    evaluation.save(update_fields=["signer", "issuer"])
    record(
        actor,
        _deed(evaluation, "sign", before=before, after={"signer": evaluation.signer, "issuer": evaluation.issuer}),
    )


def send_sheets(actor: Actor, evaluation: Evaluation) -> int:
    """One sheet for every firm that the run rates; returns how many are new."""
    scope = set(run_of(evaluation).frame.table["entity"])
    decisions = run_of(evaluation).result(evaluation.scheme).decisions
    rated = (
        set(decisions.filter(decisions["status"] != "out_of_scope")["entity"])
        if "status" in decisions.columns
        else scope
    )
    known = set(evaluation.sheets.values_list("firm__entity", flat=True))
    firms = [f for f in Firm.objects.filter(is_current=True) if f.entity in rated and f.entity not in known]
    made = Sheet.objects.bulk_create((Sheet(evaluation=evaluation, firm=firm) for firm in firms), batch_size=BULK)
    record_many(actor, (_sheet_deed(sheet, "send_sheet") for sheet in made))
    return len(firms)


@transaction.atomic
def confirm(actor: Actor, sheet: Sheet) -> None:
    """The firm confirms its figures. Raises ``KaiwuError`` where they are confirmed already or a dispute is open."""
    changed = Sheet.objects.filter(pk=sheet.pk, state=SheetState.SENT).update(
        state=SheetState.CONFIRMED, answered_by=actor.login, answered_at=timezone.now()
    )
    if changed != 1:
        raise KaiwuError(
            Problem("W-SHEET", "这张单子已经答复过", "this sheet has been answered already", where=str(sheet))
        )
    sheet.refresh_from_db()
    record(actor, _sheet_deed(sheet, "confirm"))


@transaction.atomic
def dispute(actor: Actor, sheet: Sheet, slot: str, claimed: str, reason: str, *, label: str, printed: str) -> Dispute:
    """The firm objects to one figure. Raises ``KaiwuError`` where the value cannot be read, nothing supports it, the figure is
    disputed already, or the evaluation takes no objections any more."""
    evaluation = sheet.evaluation
    if evaluation.case.stage not in ("confirm", "notice"):
        raise KaiwuError(
            Problem(
                "W-LATE",
                "现在不是受理异议的环节",
                "objections are not taken at this stage",
                where=evaluation.case.number,
            )
        )
    variable, _, offset = slot.partition("@")
    problems = _find_claim_problems(slot, variable, claimed, reason, evaluation)
    if sheet.disputes.filter(variable=variable, offset=int(offset or 0), state__in=OPEN_DISPUTES).exists():
        problems.append(Problem("W-TWICE", "这项数据已有异议在办", "this figure is disputed already", where=label))
    if problems:
        raise KaiwuError(problems)
    made = Dispute.objects.create(
        number=next_number(f"objection-{evaluation.rated}"), sheet=sheet, variable=variable, offset=int(offset or 0), label=label[:200],
        printed=printed[:100], claimed=claimed.strip()[:100], reason=reason.strip(), run=evaluation.run, raised_by=actor.login,
        raised_on=timezone.localdate(),
    )  # fmt: skip
    Sheet.objects.filter(pk=sheet.pk).update(
        state=SheetState.DISPUTED, answered_by=actor.login, answered_at=timezone.now()
    )
    sheet.refresh_from_db()
    record(actor, _dispute_deed(made, "raise", after={"variable": slot, "claimed": claimed}, evidence=reason))
    return made


def dispute_shown(actor: Actor, sheet: Sheet, slot: str, claimed: str, reason: str) -> Dispute:
    """``dispute`` with label and printed value taken from the sheet itself, never from who objects."""
    figure = next((f for f in block_of(sheet).figures if f.slot == slot), None)
    if figure is not None:
        label, printed = f"{figure.label}({figure.period})", figure.value
    else:  # a figure that the sheet says is missing
        variable = workspace().library.variables.get(slot.partition("@")[0])
        label, printed = slot if variable is None else variable.zh, ""
    return dispute(actor, sheet, slot, claimed, reason, label=label, printed=printed)


def _find_claim_problems(slot: str, variable: str, claimed: str, reason: str, evaluation: Evaluation) -> list[Problem]:
    problems = []
    slots = {need.slot for need in run_of(evaluation).scheme(evaluation.scheme).needs()}
    known = workspace().library.variables.get(variable)
    if known is None or slot not in slots:
        problems.append(Problem("W-FIGURE", "单子上没有这项数据", "this figure is not on the sheet", text=slot))
    else:
        try:
            if read_value(known, claimed) is None:
                problems.append(
                    Problem(
                        "W-VALUE",
                        "请写明数值和单位, 如 120.5万元",
                        "write the value with its unit, such as 120.5万元",
                        text=claimed,
                    )
                )
        except KaiwuError as error:
            problems += error.problems
    if not reason.strip():
        problems.append(Problem("W-REASON", "请写明理由和依据", "say why, and on which evidence"))
    return problems


@transaction.atomic
def forward(actor: Actor, made: Dispute, note: str) -> None:
    """The town passes a dispute on with its opinion."""
    _move_dispute(made, DisputeState.RAISED, DisputeState.FORWARDED, town_note=note.strip())
    record(actor, _dispute_deed(made, "forward", after={"note": note}, evidence=note))


@transaction.atomic
def withdraw(actor: Actor, made: Dispute) -> None:
    """The firm takes a dispute back."""
    _move_dispute(made, made.state if made.state in OPEN_DISPUTES else DisputeState.RAISED, DisputeState.WITHDRAWN)
    record(actor, _dispute_deed(made, "withdraw"))
    _settle(made.sheet)


@transaction.atomic
def decide(actor: Actor, person: Person, made: Dispute, *, is_upheld: bool, note: str) -> None:
    """The bureau decides a forwarded dispute. Upheld: the corrected figure is recorded, the evaluation needs a new run.

    Raises ``KaiwuError`` without a note, where somebody was quicker, or where the corrected figure is refused.
    """
    if not note.strip():
        raise KaiwuError(Problem("W-REASON", "请写明认定理由", "say why", where=made.number))
    today = timezone.localdate()
    state = DisputeState.UPHELD if is_upheld else DisputeState.REJECTED
    _move_dispute(
        made, DisputeState.FORWARDED, state, decision_note=note.strip(), decided_by=actor.login, decided_on=today
    )
    claim = Claim(made.sheet.firm.entity, made.variable, made.claimed, made.reason, note.strip(), made.offset)
    if is_upheld:
        decided_on = max(today, find_run(made.sheet.evaluation.run).record.known_at)
        kept = uphold(workspace(), made.sheet.evaluation.run, [claim], signer=person.name, decided_on=decided_on)[0]
        forget()
        Dispute.objects.filter(pk=made.pk).update(objection=kept.number, run=made.sheet.evaluation.run)
    else:
        reject(workspace(), made.sheet.evaluation.run, claim, signer=person.name, decided_on=today)
    made.refresh_from_db()
    record(
        actor,
        _dispute_deed(made, "uphold" if is_upheld else "reject", after={"objection": made.objection}, evidence=note),
    )
    _settle(made.sheet)


def _move_dispute(made: Dispute, old: str, new: DisputeState, **values: Any) -> None:
    if Dispute.objects.filter(pk=made.pk, state=old).update(state=new, **values) != 1:
        raise KaiwuError(
            Problem(
                "W-MOVED", "异议已在别的环节, 请刷新", "the dispute is at another stage: look again", where=made.number
            )
        )
    made.refresh_from_db()


def _settle(sheet: Sheet) -> None:
    """A sheet without open disputes is settled."""
    if not sheet.disputes.filter(state__in=OPEN_DISPUTES).exists():
        Sheet.objects.filter(pk=sheet.pk, state=SheetState.DISPUTED).update(state=SheetState.SETTLED)


def publish(actor: Actor, evaluation: Evaluation, kind: str, *, minutes: str = "") -> Publication:
    """Freeze the public table as a notice or as the final list. Raises ``KaiwuError`` where the list may not be published."""
    check_notice(run_of(evaluation), listing_of(evaluation), evaluation.signer)
    table, policy, today = public_table(evaluation), procedure(evaluation).notice, timezone.localdate()
    listing, run = listing_of(evaluation), find_run(evaluation.run)
    heads, rows = json.dumps(table.heads, ensure_ascii=False), json.dumps(table.rows, ensure_ascii=False)
    made = Publication.objects.create(
        evaluation=evaluation, number=next_number(f"{kind}-{evaluation.rated}"), kind=kind, title=f"{listing.zh}({evaluation.rated}年度)",
        run=evaluation.run, published_on=today, last_day=_last_day(policy.days, policy.is_working, today) if kind == "notice" else None,
        signer=evaluation.signer, issuer=evaluation.issuer, minutes=minutes, facts="\n".join(_facts(evaluation, run)), heads=heads, rows=rows,
        counts=json.dumps(table.counts, ensure_ascii=False), digest=hashlib.sha256(f"{heads}\n{rows}".encode()).hexdigest(),
    )  # fmt: skip
    record(
        actor,
        _deed(evaluation, f"publish_{kind}", after={"number": made.number, "digest": made.digest, "run": made.run}),
    )
    return made


def _facts(evaluation: Evaluation, run: Run) -> list[str]:
    return facts_of_run(run, run.scheme(evaluation.scheme))


def _last_day(days: int | None, is_working: bool, first: dt.date) -> dt.date | None:
    if days is None:
        return None
    calendar = workspace().library.calendar
    day = end_of_window(first, days, is_working=is_working, holidays=calendar.holidays, workdays=calendar.workdays)
    if is_working and day.year not in calendar.years:
        zh, en = (
            f"{day.year} 年节假日安排未公布, 算不出公示期满日",
            f"the holidays of {day.year} are not published: the window cannot be counted",
        )
        raise KaiwuError(Problem("W-CALENDAR", zh, en))
    return day


def draw_consequences(actor: Actor, evaluation: Evaluation) -> int:
    """Make the list of every receiving department from the final list; returns how many lists there are."""
    final = evaluation.publications.filter(kind="final").first()
    if final is None:
        raise KaiwuError(
            Problem("W-FINAL", "还没有印发结果", "the final list is not issued yet", where=evaluation.case.number)
        )
    classes = classes_of(evaluation)
    for rule in procedure(evaluation).consequences:
        made, is_new = Consequence.objects.get_or_create(
            evaluation=evaluation, code=rule.code,
            defaults={
                "zh": rule.zh, "en": rule.en, "department": rule.department, "classes": ",".join(rule.classes), "publication": final,
                "effective_from": final.published_on, "effective_to": _months_later(final.published_on, rule.months),
                "firms": sum(label in rule.classes for label in classes.values()),
            },
        )  # fmt: skip
        if is_new:
            record(actor, _deed(evaluation, "consequence", after={"code": made.code, "firms": made.firms}))
    return evaluation.consequences.count()


def _months_later(day: dt.date, months: int | None) -> dt.date | None:
    if months is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@transaction.atomic
def take_receipt(actor: Actor, made: Consequence, by: str, receipt: str) -> None:
    """A department has received its list. Raises ``KaiwuError`` without a name and a number."""
    if not by.strip() or not receipt.strip():
        raise KaiwuError(
            Problem(
                "W-RECEIPT",
                "请写明收件人和回执编号",
                "name who received it and the number of the receipt",
                where=made.zh,
            )
        )
    if (
        Consequence.objects.filter(pk=made.pk, received_on=None).update(
            received_on=timezone.localdate(), received_by=by.strip()[:100], receipt=receipt.strip()[:200]
        )
        != 1
    ):
        raise KaiwuError(Problem("W-MOVED", "已有回执", "there is a receipt already", where=made.zh))
    made.refresh_from_db()
    record(actor, _deed(made.evaluation, "receipt", after={"code": made.code, "by": by, "receipt": receipt}))


# -- documents that the steps of the procedure produce -------------------------------------------------------------


def produce_sheets(actor: Actor, move: Move) -> None:
    """The step sends one sheet to each firm."""
    send_sheets(actor, evaluation_of(move.case))


def produce_notice(actor: Actor, move: Move) -> None:
    """The step publishes the notice."""
    publish(actor, evaluation_of(move.case), "notice")


def produce_final(actor: Actor, move: Move) -> None:
    """The step issues the final list and the lists of the departments."""
    evaluation = evaluation_of(move.case)
    publish(actor, evaluation, "final", minutes=str(move.words.get("minutes", "")))
    draw_consequences(actor, evaluation)


def evaluation_of(case: Case) -> Evaluation:
    """The evaluation of a case. Raises ``KaiwuError`` where the case has none."""
    found = Evaluation.objects.select_related("case").filter(case=case).first()
    if found is None:
        raise KaiwuError(
            Problem("W-EVALUATION", "这个办件没有关联的评价", "this case has no evaluation", where=case.number)
        )
    return found


def _deed(evaluation: Evaluation, verb: str, *, before: Any = None, after: Any = None) -> Deed:
    return Deed(
        f"evaluation.{verb}",
        "case",
        evaluation.case.number,
        before=before,
        after=after,
        rule_version=evaluation.case.pack_digest,
    )


def _sheet_deed(sheet: Sheet, verb: str) -> Deed:
    made = sheet.evaluation
    return Deed(
        f"evaluation.{verb}",
        "sheet",
        str(sheet.pk),
        firm=sheet.firm.entity,
        after={"run": made.run},
        rule_version=made.case.pack_digest,
    )


def _dispute_deed(made: Dispute, verb: str, *, after: Any = None, evidence: str = "") -> Deed:
    return Deed(
        f"dispute.{verb}", "dispute", made.number, firm=made.sheet.firm.entity, after=after, evidence=evidence,
        rule_version=made.sheet.evaluation.case.pack_digest,
    )  # fmt: skip
