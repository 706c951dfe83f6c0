"""The chain of approvals and the public notice (审批、公示、异议) as steps of a claim.

Owns signatures by stage, the window of the notice, and the freezing by an objection. Pure, like ``advance``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from kaiwu.identity import normalise_name
from kaiwu.pack.programme import Programme, Stage
from kaiwu.procedure.claim.calendar import end_of_window
from kaiwu.procedure.claim.case import Case, State, move_to
from kaiwu.procedure.claim.event import Event
from kaiwu.procedure.claim.refusal import Refusal, name_all, refuse

Step = Event | Refusal


def approve(programme: Programme, case: Case, event: Event) -> Step:
    """Sign the next stage; it is done when all that have to sign have signed."""
    data = event.data
    if case.open_findings:
        return refuse("CL-FINDING", ", ".join(case.open_findings))
    stage = programme.stages[case.stage]
    if data.get("stage") and data["stage"] != stage.code:
        return refuse("CL-STAGE", name_all([stage]), data["stage"])
    if _is_among(event.by, case.handlers):
        return refuse("CL-SELF-APPROVAL", event.by)
    if stage.has_minutes and not str(data.get("minutes", "")).strip():
        return refuse("CL-MINUTES", name_all([stage]))
    signed = [s for s in case.signatures if s.stage == stage.code]
    refusal = _check_signer(stage, signed, event)
    if refusal is not None:
        return refusal
    is_done = len(signed) + 1 >= max(len(stage.departments), 2 if stage.is_two_person else 1)
    after = case.stage + is_done
    state = _state_after(programme, case, after) if is_done else _waiting(case)
    return move_to(event, state, stage=stage.code, article=stage.ground.article, next=after)


def _check_signer(stage: Stage, signed: list[Any], event: Event) -> Refusal | None:
    if stage.departments:
        left = [d for d in stage.departments if d not in {s.department for s in signed}]
        department = event.data.get("department", "")
        if department not in left:
            return refuse("CL-DEPARTMENT", name_all([stage]), "、".join(stage.departments), department)
    if stage.is_two_person and _is_among(event.by, (s.by for s in signed)):
        return refuse("CL-SAME-SIGNER", name_all([stage]), event.by)
    return None


def _is_among(person: str, others: Iterable[str]) -> bool:
    """A blank or another width in a name makes no second person."""
    return normalise_name(person) in map(normalise_name, others)


def stage_due(programme: Programme, case: Case) -> dt.date | None:
    """The day by which the next stage should be signed (办理时限), where the programme declares its days."""
    if case.award is None or case.stage >= len(programme.stages) or case.last_day is None:
        return None
    stage = programme.stages[case.stage]
    if stage.days is None or stage.kind == "notice":
        return None
    return end_of_window(
        case.last_day, stage.days, is_working=stage.is_working, holidays=programme.holidays, workdays=programme.workdays
    )


def _waiting(case: Case) -> State:
    return State.RELEASED if case.state == State.RELEASED else State.APPROVING


def _state_after(programme: Programme, case: Case, stage: int) -> State:
    match programme.stages[stage].kind:
        case "treasury":
            return State.PAYABLE
        case "notice":
            return State.DECIDED
    return _waiting(case)


def publish(programme: Programme, case: Case, event: Event) -> Step:
    """公示: only with a signed checkpoint that covers the decision; the window begins the day after."""
    data = event.data
    checkpoint = data.get("checkpoint") or {}
    if not checkpoint.get("text") or not int(data.get("leaf", -1)) < int(checkpoint.get("size", 0)):
        return refuse("CL-CHECKPOINT")
    rule = programme.notice
    days = rule.days if rule.days is not None else data.get("days")
    if not days or (rule.days is None and not str(data.get("ground", "")).strip()):
        return refuse("CL-NOTICE-DAYS")
    ends = end_of_window(
        event.day, int(days), is_working=rule.is_working, holidays=programme.holidays, workdays=programme.workdays
    )
    return move_to(
        event, State.PUBLISHED, days=int(days), ends=ends.isoformat(), article=rule.ground.article, next=case.stage + 1
    )


def release(programme: Programme, case: Case, event: Event) -> Step:
    """公示期满: the day after the window, and with no open objection to this claim."""
    assert case.window_ends is not None, "a published claim has a window"
    if event.day <= case.window_ends:
        return refuse("CL-WINDOW-OPEN", case.window_ends, ("公示期满", "release"))
    state = State.PAYABLE if programme.stages[case.stage].kind == "treasury" else State.RELEASED
    return move_to(event, state)


def object_to(programme: Programme, case: Case, event: Event) -> Step:
    """异议: freezes this claim and no other."""
    if not str(event.data.get("reason", "")).strip():
        return refuse("CL-REASON")
    return move_to(event, case.state, objection=str(len(case.objections) + 1))


def close_objection(programme: Programme, case: Case, event: Event) -> Step:
    """异议办结: rejected, the claim goes on; upheld, the award falls and the claim is complete again, to be checked anew.

    What was paid is claimed back first; until then the objection stays open and the rest is frozen.
    """
    data = event.data
    if data.get("objection") not in case.open_objections:
        return refuse("CL-OBJECTION-NONE", data.get("objection"))
    if not str(data.get("reason", "")).strip():
        return refuse("CL-REASON")
    if data["is_upheld"] and case.state == State.PAYING:
        return refuse("CL-OBJECTION-PAID")
    falls = data["is_upheld"] and case.state != State.CLAWED_BACK
    return move_to(event, State.COMPLETE if falls else case.state)
