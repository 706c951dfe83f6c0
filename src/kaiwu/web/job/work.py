"""The worker (工作进程): claims jobs and does them, one after the other.

Owns the table of kinds. What a kind does belongs to its app.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from django.db import DatabaseError, close_old_connections, connection

from kaiwu.web.job.models import Job
from kaiwu.web.job.services import LIFE, Progress, beat, claim, fail, finish

KINDS: dict[str, str] = {
    "run": "kaiwu.web.run.work:run_job",
    "rerun": "kaiwu.web.run.work:rerun",
    "replay": "kaiwu.web.run.work:replay",
    "near": "kaiwu.web.run.work:find_near",
    "policy": "kaiwu.web.policy.work:fill_answers",
    "intake": "kaiwu.web.exchange.work:intake",
    "sync": "kaiwu.web.registry.work:sync",
}
"""Kind: the function ``(words, progress) -> (result, url)`` as a dotted name."""

IDLE = 1.0
BEAT = LIFE.total_seconds() / 6
"""Seconds between two signs of life."""
_log = logging.getLogger("kaiwu.job")
Work = Callable[[Mapping[str, Any], Progress], tuple[Mapping[str, Any], str]]


def name_worker() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{threading.get_ident() % 10_000}"


def work_once(worker: str) -> Job | None:
    """Claim one job and do it; returns it as it ended, or ``None`` where none waits. Nothing that a job does raises here."""
    job = claim(worker)
    if job is None:
        return None
    try:
        result, url = _work_of(job.kind)(json.loads(job.words), Progress(job))
        finish(job, result, url)
    except Exception as error:
        _log.exception("job failed", extra={"kaiwu": {"job": job.pk, "kind": job.kind}})
        fail(job, error)
    job.refresh_from_db()
    return job


def _work_of(kind: str) -> Work:
    module, _, name = KINDS[kind].partition(":")
    work: Work = getattr(import_module(module), name)
    return work


def work_until(stop: threading.Event) -> None:
    """Do jobs until told to stop; sleeps while none waits. A second thread gives the signs of life, however long a job takes."""
    worker = name_worker()
    ended = threading.Event()
    threading.Thread(target=_beat_until, args=(ended, worker), name="beat", daemon=True).start()
    try:
        while not stop.is_set():
            close_old_connections()
            try:
                if work_once(worker) is None:
                    stop.wait(IDLE)
            except Exception:  # the database is away for a moment: nothing is lost, the claim was not taken
                _log.exception("worker could not claim")
                stop.wait(IDLE * 5)
    finally:
        ended.set()
        connection.close()


def _beat_until(ended: threading.Event, worker: str) -> None:
    while True:
        close_old_connections()
        try:
            beat(worker)
        except DatabaseError:
            _log.warning("no sign of life was written")
        if ended.wait(BEAT):
            connection.close()
            return
