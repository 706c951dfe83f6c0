"""Pages of an evaluation (年度评价页面): the year, a firm's sheet, disputes, notices, lists for departments, answers by code."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.procedure.claim.calendar import is_workday
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column
from kaiwu.report.printed import EXCEL, Printed, write_book
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.case.views import case_context
from kaiwu.web.evaluation.code import make_code, open_sheet
from kaiwu.web.evaluation.models import (
    Consequence,
    Dispute,
    DisputeState,
    Evaluation,
    Publication,
    Sheet,
)
from kaiwu.web.evaluation.queries import block_of, classes_of, listing_of, moved_firms, progress_counts
from kaiwu.web.evaluation.screens import SHEET_STATES, ConsequenceScreen, DisputeScreen, SheetScreen
from kaiwu.web.evaluation.services import (
    ask_for_run,
    begin,
    confirm,
    decide,
    dispute_shown,
    forward,
    set_signer,
    take_receipt,
    take_run,
    withdraw,
)
from kaiwu.web.event.services import Actor
from kaiwu.web.paper.kind import EVALUATION, PUBLICATION, SHEET
from kaiwu.web.paper.views import paper_buttons
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import RunRow
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, address_of, person_of, refuse, show_message
from kaiwu.web.wording import pick
from kaiwu.web.workspace import is_synthetic, workspace

MOVED_SHOWN = 200


def _for(request: HttpRequest, *roles: Role) -> Person:
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
    person = _for(request, *OFFICE, Role.AUDIT)
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
        "disputes": Dispute.objects.filter(sheet__evaluation=made).select_related("sheet__firm"),
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
    _for(request, Role.OFFICER)
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
    made = _evaluation(_for(request, Role.OFFICER), number)
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


# -- one firm's sheet ------------------------------------------------------------------------------------------------


def _sheet(person: Person, key: int) -> Sheet:
    found = SheetScreen().rows(person).filter(pk=key).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@require_GET
def show_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet of a firm, for itself, its town and the bureau."""
    person = person_of(request)
    sheet = _sheet(person, int(key)) if key.isdecimal() and len(key) < 19 else None
    if sheet is None:
        raise Http404
    context = record_context(request, SheetScreen(), sheet)
    context |= _sheet_context(sheet)
    context |= {
        "can_answer": person.holds(Role.CLERK)
        and sheet.firm.entity == person.organisation.entity
        and sheet.evaluation.case.stage in ("confirm", "notice")
    }
    context |= {
        "can_print": person.holds(Role.OFFICER, Role.TOWN),
        "answer_url": reverse("sheet-answer", args=[sheet.pk]),
        "papers": paper_buttons(person, SHEET, str(sheet.pk)),
    }
    return render(request, "kaiwu/sheet.html", context)


def _sheet_context(sheet: Sheet) -> dict[str, Any]:
    block = block_of(sheet)
    return {
        "sheet": sheet, "told": block, "figures": block.figures, "disputes": list(sheet.disputes.all()),
        "status": {"text": pick(*SHEET_STATES[sheet.state]), "tag": {"sent": "warn", "confirmed": "ok", "disputed": "bad", "settled": "info"}[sheet.state]},
    }  # fmt: skip


@require_POST
def answer_sheet(request: HttpRequest, key: int) -> HttpResponse:
    """The firm confirms, disputes a figure or takes a dispute back."""
    person = _for(request, Role.CLERK)
    sheet = _sheet(person, key)
    if sheet.firm.entity != person.organisation.entity:
        raise Http404
    try:
        _answer(request, actor_of(request), sheet)
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("sheet-detail", args=[key]))


def _answer(request: HttpRequest, actor: Actor, sheet: Sheet) -> None:
    """What the form of a sheet says."""
    if request.POST.get("deed") == "confirm":
        confirm(actor, sheet)
        return
    if request.POST.get("deed") == "withdraw":
        withdraw(actor, _own_dispute(sheet, request.POST.get("number", "")))
        return
    dispute_shown(
        actor,
        sheet,
        request.POST.get("slot", ""),
        request.POST.get("claimed", ""),
        request.POST.get("reason", "")[:4000],
    )


def _own_dispute(sheet: Sheet, number: str) -> Dispute:
    found = sheet.disputes.filter(number=number).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def answer_by_code(request: HttpRequest, key: int, code: str) -> HttpResponse:
    """The sheet without an account: the code on the paper opens this one sheet, until it is answered."""
    sheet = open_sheet(key, code)
    if sheet is None:
        title = pick("打不开这张单子", "This sheet cannot be opened")
        return show_message(
            request,
            title,
            pick(
                "验证码不对, 或单子已经答复; 请核对后重试",
                "The code is wrong, or the sheet is answered; check and try again",
            ),
            404,
        )
    if request.method == "POST":
        try:
            _answer(request, Actor("code", sheet.firm.name, sheet.firm.entity, address_of(request)), sheet)
        except KaiwuError as error:
            return refuse(request, error)
        return show_message(
            request,
            pick("已收到", "Received"),
            pick("答复已记录, 可以关闭本页", "Your answer is recorded; you may close this page"),
        )
    context = {
        "title": sheet.firm.name,
        "subtitle": sheet.evaluation.case.title,
        "can_answer": True,
        "answer_url": request.path,
    }
    return render(request, "kaiwu/sheet.html", context | _sheet_context(sheet))


@require_GET
def print_sheet(request: HttpRequest, key: int) -> HttpResponse:
    """The sheet as paper, with its QR, code and the text of a message."""
    sheet = _sheet(_for(request, Role.OFFICER, Role.TOWN), key)
    code = make_code(sheet)
    url = request.build_absolute_uri(reverse("sheet-code", args=[sheet.pk, code]))
    context = _sheet_context(sheet) | {
        "title": f"{sheet.firm.name} {sheet.evaluation.case.title}", "code": code, "url": url,
        "qr": segno.make(url, error="m").svg_data_uri(scale=4, border=2, dark="#12264a"), "message": _message(sheet, url, code),
    }  # fmt: skip
    return render(request, "kaiwu/paper/sheet.html", context)


def _message(sheet: Sheet, url: str, code: str) -> str:
    due = sheet.evaluation.case.due
    until = f"请于{due:%Y年%m月%d日}前" if due else "请尽快"
    return f"【{sheet.evaluation.issuer or '经信局'}】{sheet.firm.name}: {sheet.evaluation.case.title}数据已出, {until}打开 {url} 核对, 验证码 {code}。"


# -- disputes ----------------------------------------------------------------------------------------------------------


@require_GET
def show_dispute(request: HttpRequest, key: str) -> HttpResponse:
    """One dispute with what this person can do about it."""
    person = person_of(request)
    made = _dispute(person, key)
    context = record_context(request, DisputeScreen(), made)
    context |= {
        "dispute": made,
        "can_forward": person.holds(Role.TOWN) and made.state == DisputeState.RAISED,
        "can_decide": person.holds(Role.OFFICER) and made.state == DisputeState.FORWARDED,
        "sheet_url": reverse("sheet-detail", args=[made.sheet.pk]),
    }
    return render(request, "kaiwu/dispute.html", context)


def _dispute(person: Person, number: str) -> Dispute:
    found = DisputeScreen().rows(person).filter(number=number).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@require_POST
def change_dispute(request: HttpRequest, number: str) -> HttpResponse:
    """The town forwards, the bureau decides."""
    person = _for(request, Role.TOWN, Role.OFFICER)
    made, deed, note = _dispute(person, number), request.POST.get("deed", ""), request.POST.get("note", "")[:4000]
    try:
        if deed == "forward" and person.holds(Role.TOWN):
            forward(actor_of(request), made, note)
        elif deed in ("uphold", "reject") and person.holds(Role.OFFICER):
            decide(actor_of(request), person, made, is_upheld=deed == "uphold", note=note)
        else:
            raise Http404
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("dispute-detail", args=[number]))


# -- notices and consequences ---------------------------------------------------------------------------------------


@require_GET
def show_publication(request: HttpRequest, number: str) -> HttpResponse:
    """A notice or final list, for everybody."""
    made = Publication.objects.select_related("evaluation__case").filter(number=number).first()
    if made is None:
        raise Http404
    context = {
        "title": made.title, "publication": made, "heads": json.loads(made.heads), "rows": json.loads(made.rows), "counts": json.loads(made.counts),
        "facts": made.facts.splitlines(), "days_left": _days_left(made), "total": sum(n for _, n in json.loads(made.counts)),
        "papers": paper_buttons(request.user, PUBLICATION, number) if isinstance(request.user, Person) else [],
    }  # fmt: skip
    return render(request, "kaiwu/publication.html", context)


def _days_left(made: Publication) -> int | None:
    """Working days until the window closes, today not counted; ``None`` where it is over or has none."""
    today, calendar = timezone.localdate(), workspace().library.calendar
    if made.last_day is None or today > made.last_day:
        return None
    days = range(1, (made.last_day - today).days + 1)
    return sum(is_workday(today + timedelta(days=n), calendar.holidays, calendar.workdays) for n in days)


@require_GET
def send_consequence(request: HttpRequest, key: int) -> HttpResponse:
    """The list of a department as Excel: only the classes that it is for."""
    made = ConsequenceScreen().rows(_for(request, *OFFICE, Role.AUDIT)).filter(pk=key).first()
    if made is None:
        raise Http404
    with TemporaryDirectory() as folder:
        file = write_book(Path(folder) / "list.xlsx", [_print_consequence(made)])
        response = HttpResponse(file.read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{made.code}-{made.evaluation.rated}.xlsx"'
    return response


def _print_consequence(made: Consequence) -> Printed:
    wanted = made.classes.split(",")
    classes = {entity: label for entity, label in classes_of(made.evaluation).items() if label in wanted}
    firms = Firm.objects.filter(entity__in=classes).select_related("town").order_by("name")
    until = f"至 {made.effective_to}" if made.effective_to else "(截止时间由主管部门文件定)"
    return Printed(
        name=made.zh, title=f"{made.zh}({made.evaluation.rated}年度)",
        facts=[f"接收部门: {made.department}", f"生效: 自 {made.effective_from} {until}", f"依据: {made.publication.number}, 摘要 {made.publication.digest[:16]}",
               f"测算编号: {made.evaluation.run}; 档次: {made.classes}; 共 {made.firms:,} 家", *made.publication.facts.splitlines()],
        columns=[Column("代码", "code", 22), Column("企业名称", "firm", 36), Column("镇街", "town", 14), Column("档次", "class", 8)],
        rows=[(f.entity, f.name, f.town.name if f.town else None, classes[f.entity]) for f in firms], is_synthetic=is_synthetic(),
    )  # fmt: skip


@require_POST
def receive_consequence(request: HttpRequest, key: int) -> HttpResponse:
    """Note a department's receipt."""
    made = ConsequenceScreen().rows(_for(request, Role.OFFICER)).filter(pk=key).first()
    if made is None:
        raise Http404
    try:
        take_receipt(actor_of(request), made, request.POST.get("by", ""), request.POST.get("receipt", ""))
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("evaluation", args=[made.evaluation.case.number]))
