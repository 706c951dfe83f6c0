"""Deeds of an evaluation (年度评价办理): begin, take a run, ask again those whom it changed, send sheets, confirm.

Owns what each deed asks for. Every deed is one transaction with its event. Disputes are ``dispute``, what leaves the house is ``issue``.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.case.need import Move
from kaiwu.web.case.services import open_case
from kaiwu.web.evaluation.deed import sheet_deed, year_deed
from kaiwu.web.evaluation.models import Cause, Dispute, DisputeState, Evaluation, Sheet, SheetState
from kaiwu.web.evaluation.queries import evaluation_of, find_changed, run_of
from kaiwu.web.event.services import Actor, record, record_many
from kaiwu.web.job.models import Job
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import RunRow
from kaiwu.web.run.services import ask_rerun, ask_run
from kaiwu.web.workspace import workspace

BULK = 500
PROCEDURE = "permu_year"
ANSWERED = ("confirm", "notice")
"""Stages in which firms answer."""


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
    record(actor, year_deed(made, "begin", after={"job": job, "scheme": scheme}))
    return made


def ask_for_run(actor: Actor, evaluation: Evaluation) -> Job:
    """Ask for the first run, or for the run that follows the upheld disputes."""
    return ask_rerun(actor, evaluation.run) if evaluation.run else ask_run(actor, evaluation.job)


@transaction.atomic
def take_run(actor: Actor, evaluation: Evaluation, number: str) -> int:
    """Let a finished run count; firms whose own result it changed are asked again. Returns how many.

    Raises ``KaiwuError`` where the run is of another job, does not follow the run that counts, lacks a correction that was upheld
    meanwhile, where the final list is out, or where somebody was quicker.
    """
    before = evaluation.run
    row = _find_follower(evaluation, number)
    taken = Evaluation.objects.filter(pk=evaluation.pk, run=before).update(
        run=number, first_run=evaluation.first_run or number
    )
    if taken != 1:
        raise KaiwuError(Problem("W-MOVED", "刚被他人更新, 请刷新", "somebody was quicker: look again"))
    if late := _find_late_corrections(evaluation, before, number):
        zh = f"第 {number} 号测算之后又有异议成立({'、'.join(late)}), 请按更正重新测算"
        en = f"disputes were upheld after run {number} was made ({', '.join(late)}): run again"
        raise KaiwuError(Problem("W-RUN", zh, en, where=number))
    evaluation.refresh_from_db()
    after = {"run": number, "digest": row.result_digest}
    record(actor, year_deed(evaluation, "take_run", before={"run": before}, after=after))
    return _ask_again(actor, evaluation, before) if before else 0


def _find_follower(evaluation: Evaluation, number: str) -> RunRow:
    """The row of a run that may count next."""
    row = RunRow.objects.filter(number=number).first()
    if row is None or row.job != evaluation.job or row.rated != evaluation.rated:
        zh, en = f"第 {number} 号不是本任务的测算", f"run {number} is not of this job"
    elif evaluation.run and row.corrects != evaluation.run:
        zh, en = f"第 {number} 号不是第 {evaluation.run} 号的更正", f"run {number} does not follow run {evaluation.run}"
    elif evaluation.publications.filter(kind="final").exists():
        zh, en = "结果已印发, 不能再换测算", "the final list is issued: its run stays"
    else:
        return row
    raise KaiwuError(Problem("W-RUN", zh, en, where=number))


def _find_late_corrections(evaluation: Evaluation, before: str, number: str) -> list[str]:
    """Disputes that were upheld against the run before, whose corrected figures the new run did not read."""
    upheld = (
        Dispute.objects.filter(sheet__evaluation=evaluation, state=DisputeState.UPHELD, run=before) if before else ()
    )
    if not upheld:
        return []
    state = workspace().state
    batches = {o.number: o.batch for o in state.objections(before)}
    read = set(state.run(number).batches)
    return [made.number for made in upheld if batches.get(made.objection or 0) not in read]


def _ask_again(actor: Actor, evaluation: Evaluation, before: str) -> int:
    """Send the sheets anew whose own figures or class the run that counts now changed: what a firm confirmed was something else.

    The code of such a sheet is a new one. A sheet with an open dispute stays with it and is sent when that is settled.
    """
    causes = find_changed(evaluation, before, evaluation.run)
    firms = dict(evaluation.sheets.filter(firm__entity__in=causes).values_list("firm_id", "firm__entity"))
    for cause in Cause:
        for keys in _in_parts([key for key, entity in firms.items() if causes[entity] is cause]):
            sheets = evaluation.sheets.filter(firm_id__in=keys)
            sheets.filter(state=SheetState.DISPUTED).update(asked_for=cause)
            sheets.exclude(state=SheetState.DISPUTED).update(
                state=SheetState.SENT, asked_for=cause, asked=F("asked") + 1, answered_by="", answered_at=None
            )
    sheets = evaluation.sheets.filter(firm_id__in=firms).select_related("firm", "evaluation__case")
    return record_many(actor, (sheet_deed(s, "ask_again", cause=s.asked_for) for s in sheets.iterator()))


def _in_parts(keys: list[int]) -> Iterator[list[int]]:
    return (keys[i : i + BULK] for i in range(0, len(keys), BULK))


@transaction.atomic
def set_signer(actor: Actor, evaluation: Evaluation, signer: str, issuer: str) -> None:
    """Name who answers for content that is not well attested, and who issues the notice."""
    before = {"signer": evaluation.signer, "issuer": evaluation.issuer}
    evaluation.signer, evaluation.issuer = signer.strip()[:100], issuer.strip()[:100]
    evaluation.save(update_fields=["signer", "issuer"])
    record(
        actor,
        year_deed(evaluation, "sign", before=before, after={"signer": evaluation.signer, "issuer": evaluation.issuer}),
    )


@transaction.atomic
def send_sheets(actor: Actor, evaluation: Evaluation) -> int:
    """One sheet for every firm that the run rates; returns how many are new."""
    decisions = run_of(evaluation).result(evaluation.scheme).decisions
    if "status" in decisions.columns:
        decisions = decisions.filter(decisions["status"] != "out_of_scope")
    rated = set(decisions["entity"])
    known = set(evaluation.sheets.values_list("firm__entity", flat=True))
    firms = [f for f in Firm.objects.filter(is_current=True) if f.entity in rated and f.entity not in known]
    made = Sheet.objects.bulk_create((Sheet(evaluation=evaluation, firm=firm) for firm in firms), batch_size=BULK)
    record_many(actor, (sheet_deed(sheet, "send_sheet") for sheet in made))
    return len(firms)


def produce_sheets(actor: Actor, move: Move) -> None:
    """The step sends one sheet to each firm."""
    send_sheets(actor, evaluation_of(move.case))


@transaction.atomic
def confirm(actor: Actor, sheet: Sheet, *, asked: int | None = None) -> None:
    """The firm confirms its figures; ``asked`` tells the how-manieth asking it looked at, by default that of ``sheet``.

    Raises ``KaiwuError`` where they are confirmed already, a dispute is open, a correction changed the sheet since, or firms are not
    asked any more.
    """
    check_answerable(sheet)
    seen = sheet.asked if asked is None else asked
    changed = Sheet.objects.filter(pk=sheet.pk, state=SheetState.SENT, asked=seen).update(
        state=SheetState.CONFIRMED, asked_for="", answered_by=actor.login, answered_at=timezone.now()
    )
    if changed != 1:
        zh, en = (
            "这张单子已经答复过, 或数据刚有更正; 请重新打开再看",
            "this sheet is answered, or was just corrected: open it again",
        )
        raise KaiwuError(Problem("W-SHEET", zh, en, where=str(sheet)))
    sheet.refresh_from_db()
    record(actor, sheet_deed(sheet, "confirm"))


def check_answerable(sheet: Sheet) -> None:
    """Raises ``KaiwuError`` where firms are not asked any more: at another stage, or after the last day of the notice. Who is asked
    again after a correction answers as long as the stage lasts."""
    case = sheet.evaluation.case
    notice = sheet.evaluation.publications.filter(kind="notice").first() if case.stage == "notice" else None
    is_over = notice is not None and notice.last_day is not None and timezone.localdate() > notice.last_day
    if case.stage not in ANSWERED or case.is_closed or (is_over and not sheet.asked_for):
        zh, en = "现在不是核对和受理异议的时间", "figures are neither confirmed nor disputed at this time"
        raise KaiwuError(Problem("W-LATE", zh, en, where=case.number))
