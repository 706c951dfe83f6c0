"""Pages of cases (办件页面): one case with its next steps, taking a step, opening one, files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.pack.procedure_chart import NEEDS, SUBJECTS, CaseField, Procedure, Step
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column as PrintedColumn
from kaiwu.report.cell import print_cell
from kaiwu.report.label import standing_words
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.role import GOVERNMENT, OFFICE, Role
from kaiwu.web.case.coverage import measure_coverage
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import main_stages, procedure_of, progress_of, stage_name, steps_for
from kaiwu.web.case.screens import CaseScreen
from kaiwu.web.case.services import HANDLERS, advance, attach, file_path, find_handler_problems, open_case
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

WORDED = ("minutes", "amount", "payment")
"""Needs that are answered by a word in the form of the step."""
OWN_PAGES = {"permu_year": "evaluation-new", "data_request": "exchange-new"}
"""Procedures with records of their own are opened on their own pages."""
OPENERS = {"firm": {Role.CLERK, Role.OFFICER, Role.TOWN}, "year": {Role.OFFICER}, "project": {Role.OFFICER}}


def find_case(person: Person, number: str) -> Case:
    """The case of a number in this person's reach; otherwise there is none."""
    case: Case | None = CaseScreen().rows(person).filter(number=number).first()
    if case is None:
        raise Http404
    return case


@require_GET
def show_case(request: HttpRequest, key: str) -> HttpResponse:
    """One case: where it stands, what can be done next, its content, files and events."""
    case = find_case(person_of(request), key)
    if hasattr(case, "evaluation") and person_of(request).holds(*OFFICE, Role.AUDIT):
        return HttpResponseRedirect(reverse("evaluation", args=[key]))
    if hasattr(case, "data_request"):
        return HttpResponseRedirect(reverse("data_request-detail", args=[case.data_request.pk]))
    return render(request, "kaiwu/case.html", case_context(request, key))


def case_context(request: HttpRequest, key: str) -> dict[str, Any]:
    """All that the page of a case needs; a procedure with records of its own adds to it."""
    person = person_of(request)
    case = find_case(person, key)
    context = record_context(request, CaseScreen(), case)
    return context | {
        "steps": progress_of(case),
        "status": {"text": stage_name(case), "tag": "muted" if case.is_closed else "info"},
        "case": case,
        "moves": [_move(case, step) for step in steps_for(case, person)],
        "can_attach": _may_attach(person, case),
    }


def _move(case: Case, step: Step) -> dict[str, Any]:
    return {
        "to": step.to, "label": pick(step.zh, step.en), "url": reverse("case-advance", args=[case.number]),
        "needs": [pick(*NEEDS[need]) for need in step.needs], "asks": [(n, pick(*NEEDS[n])) for n in step.needs if n in WORDED],
        "wants_evidence": "evidence" in step.needs, "article": step.article, "handlers": _handlers(case, step),
    }  # fmt: skip


def _handlers(case: Case, step: Step) -> list[Organisation]:
    """The organisations that may handle the stage that a step leads to, where it needs one and has none."""
    stage = procedure_of(case.procedure).stages[step.to]
    return list(_organisations(stage.owner)) if find_handler_problems(stage, case.department) else []


def _organisations(owner: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind__in=HANDLERS[owner], is_active=True)


def _may_attach(person: Person, case: Case) -> bool:
    """Everybody concerned adds to an open case; who only reads does not."""
    return not case.is_closed and not person.roles.isdisjoint(CaseScreen.viewers - {Role.AUDIT})


def _named_handler(request: HttpRequest, case: Case) -> Organisation | None:
    """The organisation that the form names, where the step asks for one; otherwise a case stays with who handles it."""
    step = procedure_of(case.procedure).step(case.stage, request.POST.get("to", ""))
    offered = _handlers(case, step) if step is not None else ()
    return next((o for o in offered if o.code == request.POST.get("handler", "")), None)


@require_POST
def move_case(request: HttpRequest, number: str) -> HttpResponse:
    """Take a step."""
    person = person_of(request)
    case = find_case(person, number)
    words = {name: request.POST[name][:200] for name in WORDED if request.POST.get(name)}
    try:
        advance(
            actor_of(request),
            person,
            case,
            request.POST.get("to", ""),
            evidence=request.POST.get("evidence", "")[:2000],
            words=words,
            department=_named_handler(request, case),
        )
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("case-detail", args=[number]))


@require_POST
def add_file(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a file with the case."""
    person = person_of(request)
    case = find_case(person, number)
    upload = request.FILES.get("file")
    if not _may_attach(person, case) or upload is None:
        raise Http404
    try:
        attach(actor_of(request), case, upload.name or "file", upload.read())
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("case-detail", args=[number]))


@require_GET
def send_file(request: HttpRequest, number: str, file: int) -> FileResponse:
    """A file of a case, always as a download."""
    case = find_case(person_of(request), number)
    kept = case.files.filter(pk=file).first()
    if kept is None:
        raise Http404
    return FileResponse(
        file_path(kept.sha256).open("rb"),
        as_attachment=True,
        filename=kept.name,
        content_type="application/octet-stream",
    )


class CaseForm(forms.Form):
    """The fields of a procedure; what is known already is never asked."""

    def __init__(self, procedure: Procedure, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if procedure.subject == "firm" and not person.holds(Role.CLERK):
            self.fields["firm"] = forms.CharField(
                label=pick("企业代码或全称", "Code or full name of the firm"), max_length=200
            )
        if procedure.subject == "year":
            self.fields["year"] = forms.IntegerField(label=pick("年度", "Year"), min_value=2000, max_value=2199)
        if procedure.first.owner in HANDLERS:
            listed = [(o.code, o.name) for o in _organisations(procedure.first.owner)]
            self.fields["handler"] = forms.ChoiceField(
                label=pick("承办单位", "Handled by"), choices=[("", "—"), *listed]
            )
        for field in procedure.fields:
            self.fields[field.code] = _form_field(field)


def _form_field(field: CaseField) -> forms.Field:
    label = pick(field.zh, field.en) + (f"({field.unit})" if field.unit else "")
    common: dict[str, Any] = {"label": label, "required": field.is_required}
    if field.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *((c, c) for c in field.choices)], **common)
    if field.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if field.kind == "whole":
        return forms.IntegerField(**common)
    if field.kind == "long_text":
        return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), **common)
    return forms.CharField(max_length=200, **common)


def may_open(person: Person, procedure: Procedure) -> bool:
    """Whether somebody may open a case of a procedure."""
    return not person.roles.isdisjoint(OPENERS[procedure.subject])


@require_GET
def list_procedures(request: HttpRequest) -> HttpResponse:
    """The procedures that this person may open, with what each rests on."""
    person = person_of(request)
    heads = (
        ("程序", "Procedure"),
        ("对象", "Subject"),
        ("环节", "Stages"),
        ("依据", "Rests on"),
        ("可信程度", "Standing"),
        ("覆盖面", "Coverage"),
    )
    columns = [{"code": str(i), "label": pick(*head), "align": "left"} for i, head in enumerate(heads)]
    rows = []
    for procedure in workspace().library.procedures.values():
        if not may_open(person, procedure):
            continue
        texts = (
            pick(procedure.zh, procedure.en), pick(*SUBJECTS[procedure.subject]), " → ".join(pick(s.zh, s.en) for s in main_stages(procedure)),
            procedure.document.title, pick(*standing_words(procedure.document.standing)),
            pick("按镇街、行业", "by town and trade") if procedure.subject == "firm" and person.holds(*GOVERNMENT) else "",
        )  # fmt: skip
        cells = [{**column, "text": text} for column, text in zip(columns, texts, strict=True)]
        cells[0]["url"] = (
            reverse(OWN_PAGES[procedure.code])
            if procedure.code in OWN_PAGES
            else reverse("case-new", args=[procedure.code])
        )
        cells[-1]["url"] = reverse("case-coverage", args=[procedure.code]) if cells[-1]["text"] else ""
        rows.append({"cells": cells})
    if not rows:
        raise Http404
    section = {
        "code": "procedures",
        "title": pick("选择程序", "Choose a procedure"),
        "count": len(rows),
        "table": {"columns": columns, "rows": rows},
    }
    crumbs = [
        {"label": pick("办件", "Cases"), "url": reverse("case-list")},
        {"label": pick("开办", "Open a case"), "url": ""},
    ]
    return render(
        request, "kaiwu/detail.html", {"title": pick("开办", "Open a case"), "sections": [section], "crumbs": crumbs}
    )


@require_GET
def show_coverage(request: HttpRequest, code: str) -> HttpResponse:
    """How many firms of each town and trade have a case of a procedure, and where those cases stand."""
    person, procedure = person_of(request), _procedure(code)
    if not person.holds(*GOVERNMENT, Role.AUDIT) or procedure.subject != "firm":
        raise Http404
    stages = [pick(s.zh, s.en) for s in procedure.stages.values()]
    sections = []
    for by, zh, en in (("town", "镇街", "Town"), ("trade", "行业", "Trade")):
        labels = [
            pick(zh, en),
            pick("企业", "Firms"),
            pick("有办件", "With a case"),
            pick("覆盖率(%)", "Share (%)"),
            *stages,
        ]
        columns = [
            {"code": str(i), "label": label, "align": "right" if i else "left"} for i, label in enumerate(labels)
        ]
        rows = []
        for row in measure_coverage(person, procedure, by):
            share = print_cell(PrintedColumn("", "", kind="decimal", decimals=1), row.share)
            texts = [
                row.name,
                f"{row.firms:,}",
                f"{row.covered:,}",
                share,
                *(f"{n:,}" if n else "" for n in row.stages),
            ]
            rows.append({"cells": [{**column, "text": text} for column, text in zip(columns, texts, strict=True)]})
        sections.append(
            {
                "code": by,
                "title": pick(f"按{zh}", f"By {en.lower()}"),
                "count": len(rows) - 1,
                "table": {"columns": columns, "rows": rows},
            }
        )
    name = pick(procedure.zh, procedure.en)
    title = f"{name} · {pick('覆盖面', 'Coverage')}"
    listed = f"{reverse('case-list')}?procedure={code}"
    exports = [{"label": pick("办件清单 Excel", "Cases as Excel"), "url": f"{reverse('case-export')}?procedure={code}"}]
    crumbs = [{"label": pick("办件", "Cases"), "url": listed}, {"label": title, "url": ""}]
    context = {
        "title": title,
        "subtitle": pick("每家企业按最近一件计", "each firm by its newest case"),
        "sections": sections,
        "crumbs": crumbs,
        "exports": exports,
    }
    return render(request, "kaiwu/detail.html", context)


def _procedure(code: str) -> Procedure:
    try:
        return procedure_of(code)
    except KaiwuError as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
def begin_case(request: HttpRequest, code: str) -> HttpResponse:
    """Open a case of a procedure."""
    person, procedure = person_of(request), _procedure(code)
    if not may_open(person, procedure):
        raise Http404
    if code in OWN_PAGES:
        return HttpResponseRedirect(reverse(OWN_PAGES[code]))
    form = CaseForm(procedure, person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            case = _open(request, procedure, person, form.cleaned_data)
            return HttpResponseRedirect(reverse("case-detail", args=[case.number]))
        except KaiwuError as error:
            for problem in error.problems:
                form.add_error(None, pick(problem.zh, problem.en))
    context = {
        "title": pick(procedure.zh, procedure.en),
        "form": form,
        "submit": pick("提交", "Submit"),
        "cancel_url": reverse("case-list"),
    }
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


def _open(request: HttpRequest, procedure: Procedure, person: Person, data: dict[str, Any]) -> Case:
    fields = {f.code: str(data[f.code]) for f in procedure.fields if data.get(f.code) not in (None, "")}
    firms = Firm.objects.visible_to(person)
    named = person.organisation.entity if person.holds(Role.CLERK) else str(data.get("firm", "")).strip()
    firm = firms.filter(entity=named).first() or firms.filter(name=named).first() if named else None
    handler = Organisation.objects.filter(code=data.get("handler") or "", is_active=True).first()
    return open_case(
        actor_of(request), procedure.code, firm=firm, year=data.get("year"), fields=fields, department=handler
    )
