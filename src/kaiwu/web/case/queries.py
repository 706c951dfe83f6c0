"""Reading cases (办件查询): procedures, what can be done next, the inbox."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kaiwu.pack.procedure_chart import CaseStage, Procedure, Step
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace


def procedure_of(code: str) -> Procedure:
    """The procedure of a code. Raises ``KaiwuError`` naming those that exist."""
    procedures = workspace().library.procedures
    if code not in procedures:
        known = ", ".join(procedures) or "-"
        raise KaiwuError(
            Problem("W-PROCEDURE", f"没有程序“{code}”; 现有: {known}", f"no procedure “{code}”; there are: {known}")
        )
    return procedures[code]


def steps_for(case: Case, person: Person) -> list[Step]:
    """The steps that this person may take from where the case is; what they ask for is told when taken."""
    stage = procedure_of(case.procedure).stages[case.stage]
    return [step for step in stage.steps if not person.roles.isdisjoint(step.roles)]


def stage_name(case: Case) -> str:
    """The name of the stage in the reader's language."""
    stage = procedure_of(case.procedure).stages.get(case.stage)
    return case.stage if stage is None else pick(stage.zh, stage.en)


def procedure_name(case: Case) -> str:
    """The name of the procedure in the reader's language."""
    procedure = workspace().library.procedures.get(case.procedure)
    return case.procedure if procedure is None else pick(procedure.zh, procedure.en)


def time_left(case: Case) -> str | None:
    """``late``, ``today`` or days left, or ``None`` where no day is set."""
    if case.is_closed or case.due is None:
        return None
    days = (case.due - timezone.localdate()).days
    return "late" if days < 0 else "today" if days == 0 else str(days)


def main_stages(procedure: Procedure, current: str = "") -> list[CaseStage]:
    """The stages of a procedure with one end: the one where the case is, else the first."""
    ends = [s.code for s in procedure.stages.values() if s.is_end]
    shown = current if current in ends else ends[0]
    return [s for s in procedure.stages.values() if not s.is_end or s.code == shown]


def progress_of(case: Case) -> list[dict[str, Any]]:
    """All stages with whether they are done, current or to come, for the line of steps above a case."""
    stages = main_stages(procedure_of(case.procedure), case.stage)
    at = next((i for i, s in enumerate(stages) if s.code == case.stage), 0)
    return [
        {"label": pick(s.zh, s.en), "state": "done" if i < at else "now" if i == at else "next"}
        for i, s in enumerate(stages)
    ]


def given_fields(case: Case) -> dict[str, Any]:
    """What was filled in when the case was opened."""
    loaded: dict[str, Any] = json.loads(case.fields)
    return loaded


def inbox(person: Person) -> QuerySet[Case]:
    """The open cases on this person's desk: in reach, and in a stage that their role owns; the most urgent first."""
    mine = Case.objects.visible_to(person).filter(is_closed=False, owner__in=[str(r) for r in person.roles])
    return mine.select_related("firm").order_by("due", "pk")


def overdue(person: Person) -> QuerySet[Case]:
    """The open cases in reach whose day has passed."""
    late = Q(is_closed=False, due__lt=timezone.localdate())
    return Case.objects.visible_to(person).filter(late).select_related("firm").order_by("due", "pk")
