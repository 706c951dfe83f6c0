"""Jobs of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from kaiwu.procedure import Run
from kaiwu.procedure import replay as replay_run
from kaiwu.procedure import rerun as rerun_after
from kaiwu.procedure import run_job as run_standing_job
from kaiwu.procedure.near_miss import find_near_misses
from kaiwu.web.event.services import Actor
from kaiwu.web.job.services import Progress, ask
from kaiwu.web.run.services import keep_near, keep_replay, keep_rows
from kaiwu.web.workspace import find_run, forget, workspace

STEPS = 3
POLICY = "policy"
"""The purpose whose runs answer firms; the answers follow in a job of their own."""


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


def replay(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """Compute a run again from its frozen frame and packs; the digests of then and now are the result."""
    progress.tell(1, 2, words["run"])
    _, report = replay_run(workspace(), words["run"])
    keep_replay(Actor(progress.job.asked_by), report)
    return {
        "run": report.number, "identical": report.is_identical, "then": report.then, "now": report.now,
        "engine_then": report.engine_then, "engine_now": report.engine_now, "differing": list(report.differing),
    }, reverse("run-detail", args=[report.number])  # fmt: skip


def find_near(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """Find the near misses of a run and keep them."""
    run = find_run(words["run"])
    found = list(find_near_misses(run, progress.tell))
    count = keep_near(Actor(progress.job.asked_by), run, found)
    return {"run": words["run"], "near": count}, f"{reverse('near-list')}?run={run.record.number}"


def _end(run: Run, progress: Progress) -> tuple[Mapping[str, Any], str]:
    progress.tell(2, STEPS)
    actor = Actor(progress.job.asked_by)
    keep_rows(actor)
    if run.record.purpose == POLICY:
        ask(actor, "policy", f"更新政策匹配 {run.record.number}", {"run": run.record.number})
    return {"run": run.record.number, "digest": run.record.result_digest}, reverse(
        "run-detail", args=[run.record.number]
    )
