"""Deeds on runs (测算办理): ask for a run or for the run after objections, and keep rows of all runs."""

from __future__ import annotations

from django.db import transaction

from kaiwu.procedure import RunRecord
from kaiwu.web.event.services import Actor, Deed, record_many
from kaiwu.web.job.models import Job
from kaiwu.web.job.services import ask
from kaiwu.web.run.models import RunRow
from kaiwu.web.workspace import workspace


def ask_run(actor: Actor, code: str) -> Job:
    """Ask for a run of a standing job of the workspace. Raises ``KaiwuError`` where there is none of that code."""
    job = workspace().job(code)
    return ask(actor, "run", job.zh, {"job": code})


def ask_rerun(actor: Actor, number: str) -> Job:
    """Ask for the run that follows a run after its upheld objections. Raises ``KaiwuError`` where there is no such run."""
    before = workspace().state.run(number)
    return ask(actor, "rerun", f"{before.zh}(更正 {number})", {"run": number})


@transaction.atomic
def keep_rows(actor: Actor) -> int:
    """Bring the rows to what the workspace keeps; returns how many are new."""
    known = set(RunRow.objects.values_list("number", flat=True))
    fresh = [_row(r, actor.login) for r in workspace().state.runs() if r.number not in known]
    RunRow.objects.bulk_create(fresh, batch_size=200)
    record_many(
        actor,
        (Deed("run.keep", "run", row.number, after={"job": row.job, "digest": row.result_digest}) for row in fresh),
    )
    return len(fresh)


def _row(record_: RunRecord, asked_by: str) -> RunRow:
    return RunRow(
        number=record_.number, job=record_.job, zh=record_.zh, en=record_.en, as_of=record_.as_of, rated=record_.rated,
        known_at=record_.known_at, purpose=record_.purpose, corrects=record_.corrects, population=record_.population,
        schemes="\n".join(record_.schemes), result_digest=record_.result_digest, pack_digest=record_.pack_digest, engine=record_.engine,
        is_synthetic=record_.is_synthetic, created_at=record_.created_at, asked_by=asked_by,
    )  # fmt: skip
