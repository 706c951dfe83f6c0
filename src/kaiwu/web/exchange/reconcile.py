"""Pages where sources are compared (对数页面): by variable, then firm by firm; the officer decides, others look."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kaiwu.figure import Variable
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column
from kaiwu.report.printed import Printed, write_book
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import GOVERNMENT, Role
from kaiwu.web.evaluation.models import OPEN_DISPUTES, Dispute
from kaiwu.web.exchange.disagreement import Disagreement, count_by_variable, find_cells, list_disagreements, of_source
from kaiwu.web.exchange.services import rule
from kaiwu.web.exchange.views import person_for
from kaiwu.web.registry.models import Firm
from kaiwu.web.screen.export import EXCEL
from kaiwu.web.shell import actor_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import is_synthetic, workspace

READERS = GOVERNMENT | {Role.AUDIT}
SHOWN = 50
"""Firms on one page."""
ORDER = (
    "先看口径, 再看获知日(后者优先), 再看终值、修订、快报, 最后看入库先后",
    "scope first, then the day it was known (the later), then final, revised, flash, then the later in the store",
)


def cells_for(person: Person) -> pl.DataFrame:
    """What a person sees: the bureau and audit all, a town its firms, a department the cells in which its own figures take part."""
    cells = find_cells()
    if person.holds(Role.DEPARTMENT):
        return of_source(cells, person.organisation.name)
    if person.holds(Role.TOWN):
        own = list(Firm.objects.visible_to(person).values_list("entity", flat=True))
        return cells.filter(pl.col("entity").is_in(own))
    return cells


@require_GET
def show_variables(request: HttpRequest) -> HttpResponse:
    """Variables in which sources disagree, most firms first."""
    person = person_for(request, *READERS)
    heads = (
        (pick("指标", "Variable"), "left"),
        (pick("期间", "Period"), "left"),
        (pick("不一致企业", "Firms"), "right"),
        (pick("来源", "Sources"), "left"),
        (pick("数据部门", "Department"), "left"),
    )
    columns = [{"code": str(i), "label": label, "align": side} for i, (label, side) in enumerate(heads)]
    rows = []
    for variable, period, n, sources in count_by_variable(cells_for(person)):
        texts = (
            pick(variable.zh, variable.en or variable.code),
            period or pick("不分期", "constant"),
            f"{n:,}",
            sources,
            variable.owner,
        )
        url = reverse("reconcile-variable", args=[variable.code, period or "-"])
        rows.append({"url": url, "cells": [{**c, "text": t} for c, t in zip(columns, texts, strict=True)]})
    empty = {
        "text": pick("各来源没有不一致", "No two sources disagree"),
        "hint": pick("导入第二个来源的同一指标后在这里比对", "import the same variable from another source to compare"),
    }
    section = {
        "code": "variables",
        "title": pick("不一致的指标", "Variables"),
        "count": len(rows),
        "table": {"columns": columns, "rows": rows, "empty": empty},
    }
    context = {
        "title": pick("对数", "Reconciliation"),
        "subtitle": pick(f"取数顺序: {ORDER[0]}", f"Order of precedence: {ORDER[1]}"),
        "sections": [section],
    }
    return render(request, "kaiwu/detail.html", context)


def _variable(code: str) -> Variable:
    found = workspace().library.variables.get(code)
    if found is None:
        raise Http404
    return found


def _period(text: str) -> str:
    return "" if text == "-" else text


@require_GET
def show_variable(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """One variable: firm by firm what each source says, the difference, which one answers now."""
    person, variable = person_for(request, *READERS), _variable(code)
    found = list_disagreements(cells_for(person), variable, _period(period))
    asked = request.GET.get("page", "1")
    pages = max(1, -(-len(found) // SHOWN))
    page = min(max(int(asked) if asked.isdecimal() and len(asked) < 7 else 1, 1), pages)
    shown = found[(page - 1) * SHOWN : page * SHOWN]
    names = dict(Firm.objects.filter(entity__in=[d.entity for d in shown]).values_list("entity", "name"))
    claims = _claims(variable)
    context: dict[str, Any] = {
        "title": f"{pick('对数', 'Reconciliation')}: {pick(variable.zh, variable.en or variable.code)}", "period": period, "code": code, "count": len(found),
        "owner": variable.owner, "order": pick(*ORDER), "rows": [{"d": d, "name": names.get(d.entity, d.entity), "claim": claims.get(d.entity, "")} for d in shown],
        "is_officer": person.holds(Role.OFFICER), "page": page, "pages": pages, "next": page + 1 if page < pages else 0, "previous": page - 1,
        "crumbs": [{"label": pick("对数", "Reconciliation"), "url": reverse("reconcile")}, {"label": pick(variable.zh, variable.en or variable.code), "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/exchange/reconcile.html", context)


def _claims(variable: Variable) -> dict[str, str]:
    """What firms claim in open disputes on a variable."""
    made = Dispute.objects.filter(variable=variable.code, state__in=OPEN_DISPUTES)
    return dict(made.values_list("sheet__firm__entity", "claimed"))


@require_GET
def send_variable(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The same as Excel: one row for each firm and source."""
    person, variable = person_for(request, *READERS), _variable(code)
    found = list_disagreements(cells_for(person), variable, _period(period))
    names = dict(Firm.objects.values_list("entity", "name"))
    columns = [Column("代码", "code", 22), Column("企业", "firm", 34), Column("来源", "source", 20), Column("数值", "value", 18), Column("口径", "scope", 12),
               Column("获知日", "known at", 12), Column("现在采用", "answers", 10), Column("差额", "difference", 16)]  # fmt: skip
    rows = [
        (d.entity, names.get(d.entity, d.entity), s.source, s.printed, s.scope, str(s.known_at), "是" if s.answers else "", d.gap)
        for d in found for s in d.sides
    ]  # fmt: skip
    facts = [f"指标: {variable.zh}; 期间: {period}; 数据部门: {variable.owner or '未写明'}", f"取数顺序: {ORDER[0]}",
             f"范围: {person.organisation.name}可见; 数据截至: {timezone.localdate()}"]  # fmt: skip
    with TemporaryDirectory() as folder:
        table = Printed("对数", f"对数: {variable.zh}", facts, columns, rows, is_synthetic=is_synthetic())
        response = HttpResponse(write_book(Path(folder) / "list.xlsx", [table]).read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="reconcile-{code}.xlsx"'
    return response


@require_POST
def decide_source(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The officer decides which source stands for one firm; the place of the side is checked against its source."""
    person, variable = person_for(request, Role.OFFICER), _variable(code)
    found = _one(person, variable, _period(period), request.POST.get("entity", ""))
    side = next((s for s in found.sides if s.source == request.POST.get("source") and s.scope), None)
    if side is None:
        raise Http404
    try:
        rule(actor_of(request), found, side, request.POST.get("reason", "")[:2000])
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("reconcile-variable", args=[code, period]))


def _one(person: Person, variable: Variable, period: str, entity: str) -> Disagreement:
    found = list_disagreements(cells_for(person), variable, period, [entity])
    if not found:
        raise Http404
    return found[0]
