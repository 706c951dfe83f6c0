"""Deeds on disputes (数据异议办理): raise, forward, withdraw, decide.

Owns the way of a dispute from the firm through its town to the bureau. Corrections go through ``kaiwu.procedure.objection``: an
upheld dispute is a corrected figure and a new run, nothing is edited in place.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.figure.fact import read_value
from kaiwu.procedure import Claim, Objection, reject, uphold
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Person
from kaiwu.web.case.services import next_number
from kaiwu.web.evaluation.deed import dispute_deed
from kaiwu.web.evaluation.models import OPEN_DISPUTES, Dispute, DisputeState, Evaluation, Sheet, SheetState
from kaiwu.web.evaluation.queries import block_of, run_of
from kaiwu.web.evaluation.services import check_answerable
from kaiwu.web.event.services import Actor, record
from kaiwu.web.workspace import find_run, forget, workspace


@transaction.atomic
def dispute(actor: Actor, sheet: Sheet, slot: str, claimed: str, reason: str, *, label: str, printed: str) -> Dispute:
    """The firm objects to one figure. Raises ``KaiwuError`` where the value cannot be read, nothing supports it, the figure is
    disputed already, or the evaluation takes no objections any more.

    The dispute of a firm that no town and no park looks after goes to the bureau at once.
    """
    check_answerable(sheet)
    evaluation, firm = sheet.evaluation, sheet.firm
    variable, _, offset = slot.partition("@")
    if problems := _find_claim_problems(slot, variable, claimed, reason, evaluation):
        raise KaiwuError(problems)
    Sheet.objects.filter(
        pk=sheet.pk
    ).update(  # first: it holds the sheet, so that a second click finds the first one's dispute
        state=SheetState.DISPUTED, asked_for="", answered_by=actor.login, answered_at=timezone.now()
    )
    if sheet.disputes.filter(variable=variable, offset=int(offset or 0), state__in=OPEN_DISPUTES).exists():
        raise KaiwuError(Problem("W-TWICE", "这项数据已有异议在办", "this figure is disputed already", where=label))
    made = Dispute.objects.create(
        number=next_number(f"objection-{evaluation.rated}"), sheet=sheet, variable=variable, offset=int(offset or 0), label=label[:200],
        printed=printed[:100], claimed=claimed.strip()[:100], reason=reason.strip(), run=evaluation.run, raised_by=actor.login,
        raised_on=timezone.localdate(), state=DisputeState.RAISED if firm.town_id or firm.park_id else DisputeState.FORWARDED,
    )  # fmt: skip
    sheet.refresh_from_db()
    record(actor, dispute_deed(made, "raise", after={"variable": slot, "claimed": claimed}, evidence=reason))
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
    """The town passes a dispute on with its opinion. Raises ``KaiwuError`` without one, or where somebody was quicker."""
    if not note.strip():
        raise KaiwuError(Problem("W-REASON", "请写明核实意见", "say what you found", where=made.number))
    _move(made, DisputeState.RAISED, DisputeState.FORWARDED, town_note=note.strip())
    record(actor, dispute_deed(made, "forward", after={"note": note}, evidence=note))


@transaction.atomic
def withdraw(actor: Actor, made: Dispute) -> None:
    """The firm takes a dispute back. Raises ``KaiwuError`` where it is decided already."""
    _move(made, made.state if made.state in OPEN_DISPUTES else DisputeState.RAISED, DisputeState.WITHDRAWN)
    record(actor, dispute_deed(made, "withdraw"))
    _settle(made.sheet)


@transaction.atomic
def decide(actor: Actor, person: Person, made: Dispute, *, is_upheld: bool, note: str) -> None:
    """The bureau decides a forwarded dispute. Upheld: the corrected figure is recorded, the evaluation needs a new run.

    Raises ``KaiwuError`` without a note, where somebody was quicker, or where the corrected figure is refused. The workspace keeps
    its objection before this database does; where this database then failed, the next try takes up what the workspace kept.
    """
    if not note.strip():
        raise KaiwuError(Problem("W-REASON", "请写明认定理由", "say why", where=made.number))
    run = _hold_run(made.sheet.evaluation)
    state = DisputeState.UPHELD if is_upheld else DisputeState.REJECTED
    decided = {"decision_note": note.strip(), "decided_by": actor.login, "decided_on": timezone.localdate(), "run": run}
    _move(made, DisputeState.FORWARDED, state, **decided)
    kept = _find_kept(made) or _keep(made, person.name, is_upheld=is_upheld)
    if kept.is_upheld != is_upheld:
        zh = f"这项异议此前已{'认定成立' if kept.is_upheld else '认定不成立'}(第 {kept.number} 号), 请照此办理"
        en = f"this was {'upheld' if kept.is_upheld else 'rejected'} before (no. {kept.number}): decide likewise"
        raise KaiwuError(Problem("W-DECIDED", zh, en, where=made.number))
    Dispute.objects.filter(pk=made.pk).update(objection=kept.number)
    made.refresh_from_db()
    verb = "uphold" if is_upheld else "reject"
    record(actor, dispute_deed(made, verb, after={"objection": kept.number}, evidence=note))
    _settle(made.sheet)


def _hold_run(evaluation: Evaluation) -> str:
    """The run that counts, held until this transaction ends: no other is taken while a dispute is decided against it."""
    run = Evaluation.objects.values_list("run", flat=True).get(pk=evaluation.pk)
    if Evaluation.objects.filter(pk=evaluation.pk, run=run).update(run=run) != 1:
        raise _moved(evaluation.case.number)
    return run


def _find_kept(made: Dispute) -> Objection | None:
    """The workspace's objection of a decision that this database lost: the same figure and claim, and no dispute knows it."""
    known = set(Dispute.objects.filter(run=made.run).exclude(objection=None).values_list("objection", flat=True))
    told = (made.sheet.firm.entity, made.variable, made.claimed, made.reason)
    kept = (o for o in workspace().state.objections(made.run) if (o.entity, o.variable, o.claimed, o.reason) == told)
    return next((o for o in kept if o.number not in known), None)


def _keep(made: Dispute, signer: str, *, is_upheld: bool) -> Objection:
    """Record the decision in the workspace: a corrected figure where it is upheld."""
    claim = Claim(made.sheet.firm.entity, made.variable, made.claimed, made.reason, made.decision_note, made.offset)
    today = timezone.localdate()
    if not is_upheld:
        return reject(workspace(), made.run, claim, signer=signer, decided_on=today)
    decided_on = max(today, find_run(made.run).record.known_at)
    kept = uphold(workspace(), made.run, [claim], signer=signer, decided_on=decided_on)[0]
    forget()
    return kept


def _move(made: Dispute, old: str, new: DisputeState, **values: Any) -> None:
    if Dispute.objects.filter(pk=made.pk, state=old).update(state=new, **values) != 1:
        raise _moved(made.number)
    made.refresh_from_db()


def _moved(where: str) -> KaiwuError:
    zh, en = "异议已在别的环节, 请刷新", "the dispute is at another stage: look again"
    return KaiwuError(Problem("W-MOVED", zh, en, where=where))


def _settle(sheet: Sheet) -> None:
    """A sheet without open disputes is settled; the firm is asked again where all were taken back or a correction changed the sheet."""
    if sheet.disputes.filter(state__in=OPEN_DISPUTES).exists():
        return
    waiting = Sheet.objects.filter(pk=sheet.pk, state=SheetState.DISPUTED)
    is_decided = sheet.disputes.filter(state__in=(DisputeState.UPHELD, DisputeState.REJECTED)).exists()
    waiting.exclude(asked_for="").update(state=SheetState.SENT, asked=F("asked") + 1)
    waiting.update(state=SheetState.SETTLED if is_decided else SheetState.SENT)
