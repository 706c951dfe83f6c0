"""Pages of an evaluation (年度评价页面): one year with its deeds, and beginning one.

Owns who is let in. Sheets, disputes and publications have modules of their own.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.case.views import case_context
from kaiwu.web.evaluation.models import Dispute, DisputeState, Evaluation
from kaiwu.web.evaluation.queries import listing_of, moved_firms, progress_counts
from kaiwu.web.evaluation.screens import SHEET_STATES, state_of
from kaiwu.web.evaluation.services import ask_for_run, begin, set_signer, take_run
from kaiwu.web.paper.kind import EVALUATION
from kaiwu.web.paper.views import paper_buttons
from kaiwu.web.run.models import RunRow
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

MOVED_SHOWN = 200


def admit(request: HttpRequest, *roles: Role) -> Person:
    """Who asks, where they hold one of the roles; for others there is no such page."""
    person = person_of(request)
    if not person.holds(*roles):
        raise Http404
    return person


def _evaluation(person: Person, number: str) -> Evaluation:
    found = Evaluation.objects.visible_to(person).select_related("case").filter(case__number=number).first()
    if found is None:
        raise Http404
    return found


@require_GET
def show_year(request: HttpRequest, number: str) -> HttpResponse:
    """One evaluation: where it stands, run and counts, sheets, disputes, what moved, publications, lists."""
    person = admit(request, *OFFICE, Role.AUDIT)
    made = _evaluation(person, number)
    counts = progress_counts(made)
    context: dict[str, Any] = {
        "evaluation": made,
        "kpis": [
            {
                "label": pick(*SHEET_STATES[state]),
                "value": f"{counts.get(state, 0):,}",
                "url": f"{reverse('sheet-list')}?rated={made.rated}&state={state}",
            }
            for state in SHEET_STATES
        ],
        "listing": listing_of(made).counts if made.run else (),
        "fitting_runs": _fitting_runs(made),
        "disputes": _disputes(made),
        "moved": moved_firms(made, made.first_run, made.run)[:MOVED_SHOWN] if made.run != made.first_run else [],
        "publications": made.publications.all(),
        "consequences": made.consequences.all(),
        "waits_for_rerun": Dispute.objects.filter(
            sheet__evaluation=made, state=DisputeState.UPHELD, run=made.run
        ).exists(),
        "is_officer": person.holds(Role.OFFICER),
        "papers": paper_buttons(person, EVALUATION, number) if made.run else [],
    }
    return render(request, "kaiwu/evaluation.html", case_context(request, number) | context)


def _disputes(made: Evaluation) -> list[Dispute]:
    """All disputes of the year with their state in words."""
    disputes = list(Dispute.objects.filter(sheet__evaluation=made).select_related("sheet__firm"))
    for each in disputes:
        each.status = state_of(each)  # type: ignore[attr-defined]
    return disputes


def _fitting_runs(made: Evaluation) -> list[RunRow]:
    """Runs that may count next: of the job where there is none yet, else those that follow the one that counts."""
    rows = RunRow.objects.filter(job=made.job, rated=made.rated)
    return list(rows.filter(corrects=made.run) if made.run else rows.filter(corrects=""))[:10]


class BeginForm(forms.Form):
    """Which standing job, which of its ratings, who issues and who signs."""

    job = forms.ChoiceField()
    issuer = forms.CharField(max_length=100, required=False)
    signer = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = workspace()
        choices = [
            (
                f"{job.code}/{code}",
                f"{pick(job.zh, job.en)} {job.rated} · {pick(home.library.heads[code][2].zh, home.library.heads[code][2].en)}",
            )
            for job in home.jobs
            for code in job.schemes
            if code in home.library.heads and home.library.heads[code][2].kind == "rating"
        ]
        job: Any = self.fields["job"]
        job.choices, job.label = choices, pick("任务与方案", "Job and rating")
        self.fields["issuer"].label = pick("发布单位", "Issued by")
        self.fields["signer"].label = pick("签发人(内容待核实时必填)", "Signer (needed where content is unverified)")


@require_http_methods(["GET", "POST"])
def begin_year(request: HttpRequest) -> HttpResponse:
    """Open the evaluation of a year."""
    admit(request, Role.OFFICER)
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job, _, scheme = form.cleaned_data["job"].partition("/")
        try:
            made = begin(
                actor_of(request), job, scheme, issuer=form.cleaned_data["issuer"], signer=form.cleaned_data["signer"]
            )
            return HttpResponseRedirect(reverse("evaluation", args=[made.case.number]))
        except KaiwuError as error:
            for problem in error.problems:
                form.add_error(None, pick(problem.zh, problem.en))
    context = {"title": pick("开始年度评价", "Begin an evaluation"), "form": form, "cancel_url": reverse("case-list")}
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


@require_POST
def change_year(request: HttpRequest, number: str, deed: str) -> HttpResponse:
    """Ask for a run, take a run, name the signer."""
    made = _evaluation(admit(request, Role.OFFICER), number)
    actor = actor_of(request)
    try:
        if deed == "run":
            job = ask_for_run(actor, made)
            return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
        if deed == "take":
            take_run(actor, made, request.POST.get("run", ""))
        elif deed == "sign":
            set_signer(actor, made, request.POST.get("signer", ""), request.POST.get("issuer", ""))
        else:
            raise Http404
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("evaluation", args=[number]))
