"""Jobs: exactly one worker gets one, a dead worker's job is given again, a mistake is told, a cancelled one stops."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from kaiwu.quantity import KaiwuError, Problem


@pytest.fixture
def work(db, monkeypatch):
    """Jobs of kind ``test`` do what the test says."""
    from kaiwu.web.job import work as module

    def install(function):
        monkeypatch.setattr(module, "_work_of", lambda kind: function)
        return module.work_once

    return install


def ask(**words):
    from kaiwu.web.event.services import Actor
    from kaiwu.web.job.services import ask

    return ask(Actor("officer"), "test", "a test", words)


def test_a_job_is_done_and_tells_its_result(work):
    once = work(lambda words, progress: ({"sum": words["a"] + 1}, "/firm/"))
    ask(a=1)
    job = once("w1")
    assert (job.state, job.result, job.url) == ("done", '{"sum": 2}', "/firm/")
    assert once("w1") is None


def test_the_same_open_job_is_not_asked_twice(db):
    assert ask(a=1).pk == ask(a=1).pk
    assert ask(a=1).pk != ask(a=2).pk


def test_a_mistake_of_the_input_fails_at_once_in_both_languages(work):
    def wrong(words, progress):
        raise KaiwuError(Problem("X", "单位不对", "wrong unit"))

    once = work(wrong)
    ask()
    job = once("w1")
    assert (job.state, job.error_zh, job.error_en, job.tries) == ("failed", "单位不对", "wrong unit", 1)


def test_anything_else_is_tried_again_and_fails_in_the_end(work):
    from django.utils import timezone

    from kaiwu.web.job.models import Job

    def broken(words, progress):
        raise OSError("disk")

    once = work(broken)
    key = ask().pk
    for _ in range(3):
        Job.objects.filter(pk=key).update(not_before=timezone.now())
        job = once("w1")
    assert (job.state, job.tries) == ("failed", 3)
    assert "disk" not in job.error_zh


def test_the_job_of_a_dead_worker_is_given_again(work):
    from django.utils import timezone

    from kaiwu.web.job.models import Job
    from kaiwu.web.job.services import LIFE, CancelledError, Progress, claim

    key = ask().pk
    first = claim("dead")
    assert claim("w2") is None
    Job.objects.filter(pk=key).update(beat_at=timezone.now() - LIFE - timedelta(seconds=1))
    assert claim("w2").pk == key
    with pytest.raises(CancelledError):
        Progress(first).tell(1, 2)


def test_a_cancelled_job_stops_at_its_next_word(work):
    from kaiwu.web.event.services import Actor
    from kaiwu.web.job.services import cancel

    def long(words, progress):
        progress.tell(1, 10)
        cancel(Actor("officer"), progress.job)
        progress.tell(10, 10)
        raise AssertionError("went on")

    once = work(long)
    ask()
    assert once("w1").state == "cancelled"


def test_sixteen_workers_take_every_job_exactly_once(platform):
    from django.db import connection

    from kaiwu.web.job.models import Job
    from kaiwu.web.job.services import claim

    keys = [ask(n=n).pk for n in range(40)]
    taken: list[int] = []

    def work():
        while (job := claim(threading.current_thread().name)) is not None:
            taken.append(job.pk)
        connection.close()

    threads = [threading.Thread(target=work, name=f"w{i}") for i in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(taken) == keys
    Job.objects.filter(pk__in=keys).delete()
