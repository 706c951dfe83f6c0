"""Pages of data requests (催报页面): ask, remind, template, versions, receipt."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.procedure.intake import templates_of
from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.role import OrganisationKind, Role
from kaiwu.web.case.views import case_context
from kaiwu.web.exchange.models import DataRequest, VersionState
from kaiwu.web.exchange.screens import STAGE_TAGS, STAGES, DataRequestScreen, state_of
from kaiwu.web.exchange.services import ask_for_table, remind, send_version
from kaiwu.web.exchange.template_book import write_template_book
from kaiwu.web.screen.export import EXCEL
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

SENDERS = (OrganisationKind.DEPARTMENT, OrganisationKind.TOWN, OrganisationKind.PLATFORM)
STATES = {
    "checking": (("检查中", "being checked"), "info"),
    "accepted": (("已入库", "taken in"), "ok"),
    "refused": (("未通过", "refused"), "bad"),
}


def person_for(request: HttpRequest, *roles: Role) -> Person:
    """Who asks, where they hold one of the roles; for others there is no such page."""
    person = person_of(request)
    if not person.holds(*roles):
        raise Http404
    return person


def _find(person: Person, key: int) -> DataRequest:
    screen = DataRequestScreen()
    found = screen.rows(person).filter(pk=key).first() if screen.can_view(person) else None
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


class AskForm(forms.Form):
    """Whom, which table, of which period, by when."""

    organisation = forms.ChoiceField()
    template = forms.ChoiceField()
    period = forms.CharField(max_length=40)
    due = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        senders = Organisation.objects.filter(kind__in=SENDERS, is_active=True)
        fields["organisation"].choices = [("", "—"), *((o.code, o.name) for o in senders)]
        fields["template"].choices = [
            ("", "—"),
            *((t.code, pick(t.zh, t.en)) for t in templates_of(workspace()).values()),
        ]
        words = {"organisation": ("报送单位", "From"), "template": ("表(导入模板)", "Table (import template)"), "period": ("期间", "Period"),
                 "due": ("期限", "Due"), "note": ("说明", "Note")}  # fmt: skip
        for name, label in words.items():
            fields[name].label = pick(*label)


@require_http_methods(["GET", "POST"])
def ask_table(request: HttpRequest) -> HttpResponse:
    """Ask an organisation for a table."""
    person_for(request, Role.OFFICER)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        sender = Organisation.objects.get(code=data["organisation"])
        try:
            made = ask_for_table(actor_of(request), sender, data["template"], data["period"], data["due"], data["note"])
            return HttpResponseRedirect(reverse("data_request-detail", args=[made.pk]))
        except KaiwuError as error:
            for problem in error.problems:
                form.add_error(None, pick(problem.zh, problem.en))
    context = {"title": pick("要一张表", "Ask for a table"), "form": form, "cancel_url": reverse("data_request-list")}
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


@require_GET
def show_request(request: HttpRequest, key: int) -> HttpResponse:
    """One request: where it stands, its versions with their reports, what this person can do."""
    person = person_of(request)
    made = _find(person, key)
    state = state_of(made)
    own = record_context(request, DataRequestScreen(), made)
    context = case_context(request, made.case.number) | {
        "title": own["title"], "subtitle": own["subtitle"], "groups": own["groups"], "crumbs": own["crumbs"], "made": made,
        "status": {"text": pick(*STAGES[state]), "tag": str(STAGE_TAGS[state])}, "versions": [_version(v) for v in made.versions.select_related("file", "errors")],
        "is_sender": person.organisation_id == made.organisation_id and made.case.stage == "asked", "can_attach": False,
        "is_officer": person.holds(Role.OFFICER), "case_timeline": own["timeline"],
    }  # fmt: skip
    context["timeline"] = sorted([*context["timeline"], *own["timeline"]], key=lambda e: e["when"], reverse=True)
    return render(request, "kaiwu/exchange/request.html", context)


def _version(version: Any) -> dict[str, Any]:
    words, tag = STATES[version.state]
    return {"version": version, "state": pick(*words), "tag": tag, "report": pick(version.report_zh, version.report_en)}


@require_GET
def send_template(request: HttpRequest, key: int) -> HttpResponse:
    """The empty table."""
    made = _find(person_of(request), key)
    template = templates_of(workspace()).get(made.template)
    if template is None:
        raise Http404
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template_book(path, template, made.period, f"期限: {made.due}")
        response = HttpResponse(path.read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{made.template}.xlsx"'
    return response


@require_POST
def upload_version(request: HttpRequest, key: int) -> HttpResponse:
    """A version from the organisation that owes the table."""
    person = person_for(request, Role.DEPARTMENT, Role.TOWN)
    made, upload = _find(person, key), request.FILES.get("file")
    if person.organisation_id != made.organisation_id or upload is None:
        raise Http404
    try:
        send_version(actor_of(request), made, upload.name or "table.xlsx", upload.read())
    except KaiwuError as error:
        return refuse(request, error)
    messages.success(
        request, pick("已收到, 正在检查; 稍后刷新看结果", "Received and being checked; look again in a moment")
    )
    return HttpResponseRedirect(reverse("data_request-detail", args=[key]))


@require_POST
def remind_one(request: HttpRequest, key: int) -> HttpResponse:
    """Remind of one table."""
    made = _find(person_for(request, Role.OFFICER), key)
    try:
        remind(actor_of(request), made)
    except KaiwuError as error:
        return refuse(request, error)
    messages.success(request, remind_text(made))
    return HttpResponseRedirect(reverse("data_request-detail", args=[key]))


@require_POST
def remind_late(request: HttpRequest) -> HttpResponse:
    """Remind everybody who is late and was not reminded today."""
    person, today = person_for(request, Role.OFFICER), timezone.localdate()
    late = DataRequestScreen().rows(person).filter(case__stage="asked", due__lt=today).exclude(reminded_on=today)
    count = 0
    for made in late:
        remind(actor_of(request), made)
        count += 1
    messages.success(request, pick(f"已催报 {count} 件", f"{count} reminders"))
    return HttpResponseRedirect(reverse("data_request-list"))


def remind_text(made: DataRequest) -> str:
    """The text of a reminder, to be sent by whatever means the bureau has."""
    return f"【催报】{made.organisation.name}: 请于 {made.due:%Y年%m月%d日} 前报送{made.zh}({made.period}), 第 {made.reminders} 次提醒。"


@require_GET
def print_receipt(request: HttpRequest, key: int) -> HttpResponse:
    """The receipt of a table that was taken in, for the organisation that sent it."""
    made = _find(person_of(request), key)
    version = made.versions.filter(state=VersionState.ACCEPTED).select_related("file").first()
    if version is None or made.case.stage != "closed":
        raise Http404
    rows = [
        (pick("报送单位", "From"), made.organisation.name), (pick("表", "Table"), f"{made.zh}({made.template})"), (pick("期间", "Period"), made.period),
        (pick("版本", "Version"), f"{version.number} · {version.file.name}"), (pick("摘要", "Digest"), version.file.sha256),
        (pick("入库批次", "Batch"), str(version.batch or "—")), (pick("数据条数", "Figures"), f"{version.figures:,}"), (pick("报送时间", "Sent"), f"{timezone.localtime(version.sent_at):%Y-%m-%d %H:%M}"),
    ]  # fmt: skip
    context = {
        "title": pick("数据报送回执", "Receipt of data"),
        "number": made.case.number,
        "lines": [made.case.title],
        "rows": rows,
    }
    return render(request, "kaiwu/exchange/receipt.html", context)
