"""Deeds on cases (办件办理): open, advance, attach. One transaction each; every deed leaves its event.

Owns the rule that a case moves only along its procedure's steps, by somebody with the role, with every need proved, and that
two people cannot move it at once (a conditional UPDATE decides).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.pack.procedure_chart import CaseStage, Procedure, Step
from kaiwu.procedure.claim.calendar import end_of_window
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.role import OrganisationKind
from kaiwu.web.case.document import produce
from kaiwu.web.case.models import Case, CaseFile, Counter
from kaiwu.web.case.need import Move, find_lacks
from kaiwu.web.case.queries import procedure_of
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.registry.models import Firm
from kaiwu.web.upload import check_size, keep_bytes
from kaiwu.web.workspace import workspace


@transaction.atomic
def open_case(
    actor: Actor,
    code: str,
    *,
    firm: Firm | None = None,
    year: int | None = None,
    title: str = "",
    fields: Mapping[str, Any] | None = None,
    department: Organisation | None = None,
) -> Case:
    """Open a case of a procedure at its first stage. Raises ``KaiwuError`` where a required field or the subject is missing,
    or the same year is open already."""
    procedure, today = procedure_of(code), timezone.localdate()
    given = dict(fields or {})
    number = next_number(
        f"{code}-{today.year}"
    )  # first: it holds the counter, so that a second click finds the first one's case
    problems = _find_field_problems(procedure, given) + _find_subject_problems(procedure, firm, year)
    problems += find_handler_problems(procedure.first, department)
    if problems:
        raise KaiwuError(problems)
    first = procedure.first
    case = Case.objects.create(
        number=number, procedure=code, pack_digest=workspace().library.digest,
        title=(title or _title(procedure, firm, year, given))[:200], firm=firm, year=year,
        stage=first.code, owner=owner_of(first, department), department=department, stage_since=today,
        due=due_day(first, today, given), opened_on=today, opened_by=actor.login,
        moved_by=actor.login, fields=json.dumps(given, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip
    record(actor, _deed(case, "open", {}, {"stage": first.code, **given}))
    return case


def _title(procedure: Procedure, firm: Firm | None, year: int | None, given: Mapping[str, Any]) -> str:
    subject = (
        str(year)
        if year
        else firm.name
        if firm
        else str(given.get(procedure.fields[0].code, ""))
        if procedure.fields
        else ""
    )
    return f"{procedure.zh} {subject}".strip()


def next_number(prefix: str) -> str:
    """The next number under a prefix: ``request-2026-0001``. Needs a transaction around it."""
    Counter.objects.get_or_create(prefix=prefix)
    Counter.objects.filter(prefix=prefix).update(last=F("last") + 1)
    return f"{prefix}-{Counter.objects.get(prefix=prefix).last:04d}"


@transaction.atomic
def advance(
    actor: Actor,
    person: Person,
    case: Case,
    to: str,
    *,
    evidence: str = "",
    words: Mapping[str, Any] | None = None,
    department: Organisation | None = None,
) -> Case:
    """Take a step. Raises ``KaiwuError``: no such step from here, not this role's, something still missing, or somebody was quicker."""
    procedure = procedure_of(case.procedure)
    step = procedure.step(case.stage, to)
    move = Move(case, person, to, evidence, words or {})
    problems = [_no_step(case, to)] if step is None else _find_step_problems(move, step)
    if problems or step is None:
        raise KaiwuError(problems)
    old, target, today = case.stage, procedure.stages[to], timezone.localdate()
    handler = department or case.department
    if lacking := find_handler_problems(target, handler):
        raise KaiwuError(lacking)
    given = json.loads(case.fields)
    values: dict[str, Any] = {
        "stage": to, "owner": owner_of(target, handler), "stage_since": today, "due": due_day(target, today, given), "is_closed": target.is_end,
        "moved_by": actor.login,
    }  # fmt: skip
    if department is not None:
        values["department"] = department
    if Case.objects.filter(pk=case.pk, stage=old).update(**values) != 1:
        raise KaiwuError(
            Problem(
                "W-MOVED",
                "办件刚被他人推进, 请刷新后再办",
                "somebody has just moved this case: look again",
                where=case.number,
            )
        )
    case.refresh_from_db()
    after = {"stage": to, **(words or {})}
    record(actor, _deed(case, f"advance.{to}", {"stage": old}, after, evidence))
    produce(actor, move, step.documents)
    return case


HANDLERS: Mapping[str, frozenset[OrganisationKind]] = {
    "department": frozenset(
        {OrganisationKind.DEPARTMENT, OrganisationKind.SECTION, OrganisationKind.TOWN, OrganisationKind.PLATFORM}
    ),
    "provider": frozenset({OrganisationKind.PROVIDER}),
    "expert": frozenset({OrganisationKind.EXPERT}),
}
"""Stages of these owners need an organisation that handles the case; a town may stand for a department (催报)."""


def find_handler_problems(stage: CaseStage, handler: Organisation | None) -> list[Problem]:
    """What is wrong where a stage needs an organisation that handles it."""
    if stage.owner not in HANDLERS or (handler is not None and handler.kind in HANDLERS[stage.owner]):
        return []
    zh, en = f"“{stage.zh}”要指明承办单位", f"“{stage.en}” needs the organisation that handles it"
    return [Problem("W-HANDLER", zh, en, where=stage.code)]


def owner_of(stage: CaseStage, handler: Organisation | None) -> str:
    """The role on whose desk a stage lies; a department's stage lies with the town where a town handles it."""
    is_town = handler is not None and handler.kind in (OrganisationKind.TOWN, OrganisationKind.PLATFORM)
    return "town" if stage.owner == "department" and is_town else stage.owner


def due_day(stage: CaseStage, since: dt.date, fields: Mapping[str, Any] | None = None) -> dt.date | None:
    """The last day of a stage, or ``None`` where no document sets one or the calendar of the year is not published.

    A stage without days of its own takes the day that the case was given when it was opened (field ``due``).
    """
    if stage.is_end:
        return None
    if stage.days is None:
        agreed = str((fields or {}).get("due") or "")
        return dt.date.fromisoformat(agreed) if agreed else None
    calendar = workspace().library.calendar
    day = end_of_window(
        since, stage.days, is_working=stage.is_working, holidays=calendar.holidays, workdays=calendar.workdays
    )
    return None if stage.is_working and day.year not in calendar.years else day


@transaction.atomic
def attach(actor: Actor, case: Case, name: str, content: bytes, kind: str = "evidence") -> CaseFile:
    """Keep a file with a case. Raises ``KaiwuError`` where it is empty or too large. Files are never opened by the server."""
    check_size(name, content)
    digest = hashlib.sha256(content).hexdigest()
    path = file_path(digest)
    if not path.is_file():
        keep_bytes(path, content)
    kept = CaseFile.objects.create(
        case=case,
        name=Path(name.replace("\\", "/")).name[:200],
        kind=kind,
        sha256=digest,
        size=len(content),
        added_by=actor.login,
    )
    record(actor, _deed(case, "attach", {}, {"file": kept.name, "sha256": digest}))
    return kept


def file_path(sha256: str) -> Path:
    """Where the bytes of a digest lie in the workspace."""
    return Path(settings.KAIWU_WORKSPACE) / "files" / sha256[:2] / sha256


def _deed(case: Case, verb: str, before: Mapping[str, Any], after: Mapping[str, Any], evidence: str = "") -> Deed:
    return Deed(
        f"case.{verb}", "case", case.number, firm=case.firm.entity if case.firm else "", before=before, after=after, evidence=evidence,
        rule_version=case.pack_digest,
    )  # fmt: skip


def _no_step(case: Case, to: str) -> Problem:
    return Problem("W-STEP", f"当前环节不能到“{to}”", f"there is no step to “{to}” from here", where=case.number)


def _find_step_problems(move: Move, step: Step) -> list[Problem]:
    if not any(role in step.roles for role in move.person.roles):
        return [
            Problem(
                "W-ROLE",
                f"此步骤由{'、'.join(step.roles)}办理",
                f"this step is taken by {', '.join(step.roles)}",
                where=move.case.number,
            )
        ]
    return find_lacks(move, step.needs)


def _find_field_problems(procedure: Procedure, given: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for field in procedure.fields:
        value = str(given.get(field.code, "")).strip()
        if field.is_required and not value:
            problems.append(Problem("W-FIELD", f"请填写: {field.zh}", f"please fill in: {field.en}", where=field.code))
        elif value and field.choices and value not in field.choices:
            listed = "、".join(field.choices)
            problems.append(
                Problem("W-FIELD", f"{field.zh}只能是: {listed}", f"{field.en} is one of: {listed}", where=field.code)
            )
    known = {field.code for field in procedure.fields}
    problems += [
        Problem("W-FIELD", f"没有字段“{code}”", f"there is no field “{code}”", where=code)
        for code in given
        if code not in known
    ]
    return problems


def _find_subject_problems(procedure: Procedure, firm: Firm | None, year: int | None) -> list[Problem]:
    if procedure.subject == "firm" and firm is None:
        return [Problem("W-SUBJECT", "要指明企业", "name the firm", where=procedure.code)]
    if procedure.subject == "year":
        if year is None:
            return [Problem("W-SUBJECT", "要指明年度", "name the year", where=procedure.code)]
        if Case.objects.filter(procedure=procedure.code, year=year, is_closed=False).exists():
            return [
                Problem("W-OPEN", f"{year} 年度已在办", f"the case of {year} is open already", where=procedure.code)
            ]
    return []
