"""Jobs of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kaiwu.procedure import Run
from kaiwu.procedure import rerun as rerun_after
from kaiwu.procedure import run_job as run_standing_job
from kaiwu.web.event.services import Actor
from kaiwu.web.job.services import Progress
from kaiwu.web.run.services import keep_rows
from kaiwu.web.workspace import forget, workspace

STEPS = 3


def run_job(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """Run a standing job as known today."""
    forget()
    home = workspace()
    progress.tell(1, STEPS, home.job(words["job"]).zh)
    run = run_standing_job(
        home, home.job(words["job"]), known_at=timezone.localdate(), created_at=timezone.now().isoformat()
    )
    return _end(run, progress)


def rerun(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """The run after upheld objections."""
    forget()
    home = workspace()
    progress.tell(1, STEPS, words["run"])
    known_at = max(timezone.localdate(), home.state.run(words["run"]).known_at)
    run = rerun_after(home, words["run"], known_at=known_at, created_at=timezone.now().isoformat())
    return _end(run, progress)


def _end(run: Run, progress: Progress) -> tuple[Mapping[str, Any], str]:
    progress.tell(2, STEPS)
    keep_rows(Actor(progress.job.asked_by))
    return {"run": run.record.number, "digest": run.record.result_digest}, reverse(
        "run-detail", args=[run.record.number]
    )
