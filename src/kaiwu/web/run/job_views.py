"""Background work on runs (后台测算): start it, watch it, stop it."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.quantity import KaiwuError
from kaiwu.web.job.models import Job, JobState
from kaiwu.web.job.screens import TAGS as JOB_TAGS
from kaiwu.web.job.screens import JobScreen
from kaiwu.web.job.services import cancel
from kaiwu.web.run.queries import row_of
from kaiwu.web.run.screens import RunScreen
from kaiwu.web.run.services import ask_near, ask_replay, ask_rerun, ask_run
from kaiwu.web.run.views import who_runs
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace


class StartForm(forms.Form):
    """Which standing job to run."""

    job = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                j.code,
                f"{pick(j.zh, j.en)} · {pick('评价年度', 'rated year')} {j.rated} · {pick('基准日', 'as of')} {j.as_of}",
            )
            for j in workspace().jobs
        ]
        self.fields["job"] = forms.ChoiceField(label=pick("任务", "Job"), choices=choices)


@require_http_methods(["GET", "POST"])
def begin_run(request: HttpRequest) -> HttpResponse:
    """Start a run of a standing job in the background."""
    who_runs(request)
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _follow(ask_run(actor_of(request), form.cleaned_data["job"]))
        except KaiwuError as error:
            return refuse(request, error)
    notes = [pick("按今天已知的数据测算, 冻结所用数据、规则版本与范围, 可随时重放", "computed with what is known today; data, rules and scope are frozen and can be replayed"),
             pick("在后台进行, 可离开本页", "it works in the background; you may leave this page")]  # fmt: skip
    context = {
        "title": pick("开始测算", "Start a run"),
        "form": form,
        "submit": pick("开始", "Start"),
        "cancel_url": reverse("run-list"),
        "notes": notes,
    }
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


def _follow(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("run-job", args=[job.pk]))


@require_POST
def begin_replay(request: HttpRequest, key: str) -> HttpResponse:
    """Compute a run again in the background and compare the digests."""
    return _follow(ask_replay(actor_of(request), row_of(who_runs(request), key).number))


@require_POST
def begin_near(request: HttpRequest, key: str) -> HttpResponse:
    """Find near misses in the background."""
    return _follow(ask_near(actor_of(request), row_of(who_runs(request), key).number))


@require_POST
def begin_rerun(request: HttpRequest, key: str) -> HttpResponse:
    """The run after upheld objections, in the background."""
    return _follow(ask_rerun(actor_of(request), row_of(who_runs(request), key).number))


def _job_of(request: HttpRequest, number: int) -> Job:
    job: Job | None = JobScreen().rows(person_of(request)).filter(pk=number).first()
    if job is None:
        raise Http404
    return job


@require_GET
def show_job(request: HttpRequest, number: int) -> HttpResponse:
    """How far a job is; the part asks for itself until it has ended, and then leads to the result."""
    job = _job_of(request, number)
    is_over = job.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    state = {"queued": ("排队中", "waiting"), "running": ("进行中", "working"), "done": ("已完成", "done"), "failed": ("未完成", "failed"),
             "cancelled": ("已取消", "cancelled")}[job.state]  # fmt: skip
    steps = f" {job.done:,} / {job.total:,}" if job.total else ""
    progress = {
        "url": reverse("run-job", args=[job.pk]), "finished": is_over, "done": 1 if job.state == JobState.DONE else job.done,
        "total": 1 if job.state == JobState.DONE else job.total or 1, "text": f"{pick(*state)}{steps} {job.note}".strip(),
    }  # fmt: skip
    result = json.loads(job.result) if job.result else {}
    context = {
        "title": job.title, "job": job, "progress": progress, "status": {"text": pick(*state), "tag": str(JOB_TAGS[job.state])}, "is_over": is_over,
        "problem": pick(job.error_zh, job.error_en), "replay": result if job.kind == "replay" else None, "result_url": job.url,
        "crumbs": [{"label": RunScreen().title, "url": reverse("run-list")}, {"label": job.title, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/run/job.html", context)


@require_POST
def stop_job(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a job to stop."""
    job = _job_of(request, number)
    cancel(actor_of(request), job)
    return _follow(job)
