"""Deeds on jobs (任务办理): ask for one, claim the next, tell its progress, end it, cancel it.

Owns who may work on what: a claim is one conditional UPDATE, so two workers never hold the same job; a worker that has died is
noticed by its last sign of life and its job is given again, at most ``TRIES`` times.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kaiwu.quantity import KaiwuError
from kaiwu.web.event.services import Actor, Deed, record
from kaiwu.web.job.models import Job, JobState, WorkerBeat

TRIES = 3
LIFE = timedelta(seconds=90)
WAIT = timedelta(seconds=10)
TELL_EVERY = 0.5


class CancelledError(Exception):
    """Somebody asked to stop, or another worker took the job over."""


@transaction.atomic
def ask(actor: Actor, kind: str, title: str, words: Mapping[str, Any], *, after: timedelta = timedelta()) -> Job:
    """Put a job into the queue, to be begun after a while. The same job that is still open is not put there twice."""
    told = json.dumps(words, ensure_ascii=False, sort_keys=True)
    open_ = Job.objects.filter(kind=kind, words=told, state__in=(JobState.QUEUED, JobState.RUNNING)).first()
    if open_ is not None:
        return open_
    job = Job.objects.create(
        kind=kind, title=title[:200], words=told, not_before=timezone.now() + after, asked_by=actor.login
    )
    record(actor, Deed("job.ask", "job", str(job.pk), after={"kind": kind, **words}))
    return job


def claim(worker: str) -> Job | None:
    """Take the oldest job that waits, or ``None``. Exactly one worker gets it."""
    _give_again()
    now = timezone.now()
    waiting = Job.objects.filter(state=JobState.QUEUED, not_before__lte=now).order_by("pk").values_list("pk", flat=True)
    for key in waiting[:10]:
        taken = Job.objects.filter(pk=key, state=JobState.QUEUED).update(
            state=JobState.RUNNING, worker=worker, beat_at=now, tries=F("tries") + 1, done=0, note=""
        )
        if taken == 1:
            return Job.objects.get(pk=key)
    return None


def _give_again() -> None:
    """Jobs whose worker has died go back into the queue, or fail after the last try."""
    dead = Job.objects.filter(state=JobState.RUNNING, beat_at__lt=timezone.now() - LIFE)
    dead.filter(tries__lt=TRIES).update(state=JobState.QUEUED, worker="")
    zh, en = "工作进程中断, 多次重试未成", "the worker died several times"
    for job in dead.filter(tries__gte=TRIES):
        _end(job, JobState.FAILED, error_zh=zh, error_en=en)


def beat(worker: str) -> None:
    """A worker's sign of life, for itself and for the job that it holds; workers not seen for a day are forgotten."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(name=worker, defaults={"seen_at": now})
    WorkerBeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    Job.objects.filter(worker=worker, state=JobState.RUNNING).update(beat_at=now)


def worker_age() -> int | None:
    """Whole seconds since any worker was seen, or ``None`` where none was."""
    seen = WorkerBeat.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    return None if seen is None else max(0, int((timezone.now() - seen).total_seconds()))


class Progress:
    """What a job tells while it works; also its sign of life. Raises ``CancelledError`` when it has to stop."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told = 0.0

    def tell(self, done: int, total: int, note: str = "") -> None:
        """So many of so many; written at most twice a second."""
        now = time.monotonic()
        if now - self._told < TELL_EVERY and done < total:
            return
        self._told = now
        mine = Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, worker=self.job.worker)
        if mine.update(done=done, total=total, note=note[:200], beat_at=timezone.now()) != 1:
            raise CancelledError
        if Job.objects.filter(pk=self.job.pk, is_cancel_asked=True).exists():
            raise CancelledError


def finish(job: Job, result: Mapping[str, Any], url: str = "") -> None:
    """The job is done."""
    _end(job, JobState.DONE, result=json.dumps(result, ensure_ascii=False, sort_keys=True, default=str), url=url)


def fail(job: Job, error: Exception) -> None:
    """The job went wrong: a mistake in its input fails at once, anything else is tried again after a while."""
    if isinstance(error, CancelledError):
        _end(job, JobState.CANCELLED)
    elif isinstance(error, KaiwuError):
        zh, en = ("\n".join(texts) for texts in zip(*((p.zh, p.en) for p in error.problems), strict=True))
        _end(job, JobState.FAILED, error_zh=zh, error_en=en)
    elif job.tries < TRIES:
        Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING).update(
            state=JobState.QUEUED, worker="", not_before=timezone.now() + WAIT * job.tries, note=type(error).__name__
        )
    else:
        _end(
            job,
            JobState.FAILED,
            error_zh=f"系统出错: {type(error).__name__}",
            error_en=f"internal error: {type(error).__name__}",
        )


def _end(job: Job, state: JobState, **values: Any) -> None:
    mine = Job.objects.filter(pk=job.pk, worker=job.worker, state=JobState.RUNNING)
    with transaction.atomic():
        if mine.update(state=state, ended_at=timezone.now(), **values) == 1:
            record(Actor(job.asked_by), Deed(f"job.{state}", "job", str(job.pk)))


@transaction.atomic
def cancel(actor: Actor, job: Job) -> None:
    """Ask a job to stop; one that only waits is cancelled at once, one that has ended stays as it is."""
    now, same = timezone.now(), Job.objects.filter(pk=job.pk)
    is_stopped = same.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED, ended_at=now) == 1
    if is_stopped or same.filter(state=JobState.RUNNING).update(is_cancel_asked=True) == 1:
        record(actor, Deed("job.cancel", "job", str(job.pk)))
