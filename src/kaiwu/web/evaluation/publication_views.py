"""Pages of what is issued (公示与结果运用页面): notices and final lists for everybody, lists for departments with their receipts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kaiwu.procedure.claim.calendar import is_workday
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column
from kaiwu.report.printed import EXCEL, Printed, write_book
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.evaluation.issue import take_receipt
from kaiwu.web.evaluation.models import Consequence, Publication
from kaiwu.web.evaluation.queries import classes_of
from kaiwu.web.evaluation.screens import ConsequenceScreen
from kaiwu.web.evaluation.views import admit
from kaiwu.web.paper.kind import PUBLICATION
from kaiwu.web.paper.views import paper_buttons
from kaiwu.web.registry.models import Firm
from kaiwu.web.shell import actor_of, refuse
from kaiwu.web.workspace import is_synthetic, workspace


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
    made = ConsequenceScreen().rows(admit(request, *OFFICE, Role.AUDIT)).filter(pk=key).first()
    if made is None:
        raise Http404
    with TemporaryDirectory() as folder:
        file = write_book(Path(folder) / "list.xlsx", [_print_consequence(made)])
        response = HttpResponse(file.read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{made.code}-{made.evaluation.rated}.xlsx"'
    return response


def _print_consequence(made: Consequence) -> Printed:
    wanted = made.classes.split(",")
    classes = {
        entity: label for entity, label in classes_of(made.evaluation, made.publication.run).items() if label in wanted
    }
    firms = Firm.objects.filter(entity__in=classes).select_related("town").order_by("name")
    until = f"至 {made.effective_to}" if made.effective_to else "(截止时间由主管部门文件定)"
    return Printed(
        name=made.zh, title=f"{made.zh}({made.evaluation.rated}年度)",
        facts=[f"接收部门: {made.department}", f"生效: 自 {made.effective_from} {until}", f"依据: {made.publication.number}, 摘要 {made.publication.digest[:16]}",
               f"测算编号: {made.publication.run}; 档次: {made.classes}; 共 {made.firms:,} 家", *made.publication.facts.splitlines()],
        columns=[Column("代码", "code", 22), Column("企业名称", "firm", 36), Column("镇街", "town", 14), Column("档次", "class", 8)],
        rows=[(f.entity, f.name, f.town.name if f.town else None, classes[f.entity]) for f in firms], is_synthetic=is_synthetic(),
    )  # fmt: skip


@require_POST
def receive_consequence(request: HttpRequest, key: int) -> HttpResponse:
    """Note a department's receipt."""
    made = ConsequenceScreen().rows(admit(request, Role.OFFICER)).filter(pk=key).first()
    if made is None:
        raise Http404
    try:
        take_receipt(actor_of(request), made, request.POST.get("by", ""), request.POST.get("receipt", ""))
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("evaluation", args=[made.evaluation.case.number]))
