"""Jobs of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from kaiwu.procedure.near_miss import find_near_misses
from kaiwu.web.event.services import Actor
from kaiwu.web.job.services import Progress
from kaiwu.web.policy.services import fill
from kaiwu.web.run.services import keep_near
from kaiwu.web.workspace import find_run


def fill_answers(words: Mapping[str, Any], progress: Progress) -> tuple[Mapping[str, Any], str]:
    """Find the near misses of a run, then put its answers in place."""
    run, actor = find_run(words["run"]), Actor(progress.job.asked_by)
    near = keep_near(actor, run, list(find_near_misses(run, progress.tell)))
    count = fill(actor, run, progress)
    return {"run": words["run"], "near": near, "answers": count}, reverse("clause-list")
