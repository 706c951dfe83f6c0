"""An evaluation of the small county in which firms answer their sheets, and the deeds that tests of it share."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kept_state import kept_state

if TYPE_CHECKING:
    from kaiwu.web.case.models import Case
    from kaiwu.web.evaluation.models import Dispute, Evaluation


@contextmanager
def begun(folder: Path, kept: Path, person: Callable[[str], Any]) -> Iterator[Evaluation]:
    """An evaluation whose firms have their sheets. The workspace's runs and figures are put back afterwards."""
    with kept_state(folder), _begun(folder, kept, person) as made:
        yield made


@contextmanager
def _begun(folder: Path, kept: Path, person: Callable[[str], Any]) -> Iterator[Evaluation]:
    from kaiwu.web import workspace
    from kaiwu.web.evaluation.services import begin
    from kaiwu.web.event.services import Actor

    shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("*.db*"))
    made = begin(Actor("officer"), "year", "ruler", issuer="小县经信局")
    advance(person, "officer", made.case, "land_notice", evidence="用地清单")
    late(made.case)
    advance(person, "officer", made.case, "run")
    run_now(made)
    advance(person, "officer", made.case, "confirm")
    try:
        yield made
    finally:
        for name in ("figures", "runs", "log"):
            target, source = folder / name, kept / name
            shutil.rmtree(target, ignore_errors=True)
            if source.is_dir():
                shutil.copytree(source, target)
        workspace._runs.clear()  # the numbers are given again
        workspace.forget()


def advance(person: Callable[[str], Any], login: str, case: Case, to: str, **more: Any) -> Case:
    """A step, taken by somebody."""
    from kaiwu.web.case.services import advance
    from kaiwu.web.event.services import Actor

    return advance(Actor(login), person(login), case, to, **more)


def late(case: Case) -> None:
    """The day of the stage has passed."""
    from kaiwu.web.case.models import Case

    Case.objects.filter(pk=case.pk).update(due=dt.date(2020, 1, 1))
    case.refresh_from_db()


def run_now(made: Evaluation) -> None:
    """Ask for a run, let the worker do it, and let it count."""
    from kaiwu.web.evaluation.services import take_run
    from kaiwu.web.event.services import Actor

    take_run(Actor("officer"), made, compute_run(made))


def compute_run(made: Evaluation) -> str:
    """Ask for a run and let the worker do it; its number."""
    from kaiwu.web.evaluation.services import ask_for_run
    from kaiwu.web.event.services import Actor
    from kaiwu.web.job.work import work_once

    ask_for_run(Actor("officer"), made)
    job = work_once("test")
    assert job is not None
    assert job.state == "done", (job.error_zh, job.note)
    number: str = json.loads(job.result)["run"]
    return number


def dispute_tax(browse: Any, made: Evaluation, value: str = "150万元") -> Any:
    """F01 disputes its tax in the browser."""
    from kaiwu.web.evaluation.models import Sheet

    sheet = Sheet.objects.get(evaluation=made, firm__entity="F01")
    told = {"deed": "dispute", "slot": "tax", "claimed": value, "reason": "税单附后"}
    return sheet, browse("clerk01").post(f"/sheet/{sheet.pk}/answer/", told)


def forwarded(made: Evaluation, entity: str, value: str = "150万元") -> Dispute:
    """A dispute of a firm's tax that its town has forwarded."""
    from kaiwu.web.evaluation.dispute import dispute_shown, forward
    from kaiwu.web.evaluation.models import Sheet
    from kaiwu.web.event.services import Actor

    sheet = Sheet.objects.select_related("evaluation__case", "firm").get(evaluation=made, firm__entity=entity)
    raised = dispute_shown(Actor("clerk"), sheet, "tax", value, "税单附后")
    if raised.state == "raised":
        forward(Actor("town"), raised, "已核税单")
    return raised
