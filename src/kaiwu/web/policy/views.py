"""Pages of policies (政策页面): a firm's own, why a clause answers as it does, material, pushes and visits."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kaiwu.procedure.claim import STATES
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.printed import Printed
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.policy.models import PolicyClause, Push, Title
from kaiwu.web.policy.queries import block_of, find_clause, find_firm, match_firm, print_pack, reached_firms, visit_rows
from kaiwu.web.policy.screens import OFFICES, ClauseScreen
from kaiwu.web.policy.services import ask_fill, push
from kaiwu.web.run.queries import money_of, row_of
from kaiwu.web.run.views import send_book
from kaiwu.web.screen.table import make_table
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick
from kaiwu.web.workspace import is_synthetic

SHOWN = 50
"""Firms of a clause on its page; the list and the Excel have all."""
MONEY = Column("金额", "money", kind="money")
READERS = OFFICES | {Role.CLERK}


def _reader(request: HttpRequest) -> Person:
    person = person_of(request)
    if person.roles.isdisjoint(READERS):
        raise Http404
    return person


@require_GET
def show_mine(request: HttpRequest) -> HttpResponse:
    """A clerk's own firm; officers and towns get the clauses."""
    person = _reader(request)
    if person.holds(Role.CLERK):
        return HttpResponseRedirect(reverse("policy-firm", args=[person.organisation.entity]))
    return HttpResponseRedirect(reverse("clause-list"))


@require_GET
def show_firm(request: HttpRequest, entity: str) -> HttpResponse:
    """What fits a firm, what fits if …, how much, until when, with which papers; its claims and titles."""
    person = _reader(request)
    firm = find_firm(person, entity)
    matches = match_firm(person, firm)
    is_own = person.holds(Role.CLERK)
    kpis = [
        {"label": pick("符合", "Fits"), "value": len(matches.fits), "url": "#fits"},
        {"label": pick("差一点", "Nearly"), "value": len(matches.near), "url": "#near"},
        {"label": pick("需认定", "Needs a finding"), "value": len(matches.human), "url": "#human"},
        {"label": pick("缺多项数据", "Lacks figures"), "value": len(matches.far), "url": "#far"},
    ]  # fmt: skip
    claims = list(firm.claims.visible_to(person)[:20])
    context = {
        "title": pick("可享政策", "Policies for this firm") if is_own else firm.name,
        "subtitle": f"{firm.name} · {pick('数据基准日', 'as of')} {matches.as_of or '—'}", "kpis": kpis, "matches": matches, "firm": firm,
        "is_own": is_own, "titles": Title.objects.visible_to(person).filter(firm=firm),
        "claims": [{"row": c, "name": pick(c.zh, c.en), "state": pick(*STATES[c.state])} for c in claims],
        "groups": [
            {"code": "fits", "title": pick("符合, 可以申报", "Fits: apply"), "offers": matches.fits, "tag": "ok", "label": pick("符合", "fits")},
            {"code": "near", "title": pick("差一点就符合", "Fits if …"), "offers": matches.near, "tag": "warn", "label": pick("差一点", "nearly")},
            {"code": "human", "title": pick("待主管部门认定", "Waits for a finding by the department"), "offers": matches.human, "tag": "info", "label": pick("需认定", "finding")},
        ],
        "crumbs": [{"label": pick("政策找人", "Policies"), "url": reverse("policy")}, {"label": firm.name, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/policy/firm.html", context)


@require_GET
def show_why(request: HttpRequest, entity: str, key: str) -> HttpResponse:
    """Why a clause answers a firm as it does, down to figure and article, and what is missing with its department."""
    person = _reader(request)
    firm, clause = find_firm(person, entity), find_clause(key)
    title = pick(clause.zh, clause.en)
    actions = []
    if clause.programme:
        actions.append(
            {
                "code": "apply",
                "label": pick("申报", "Apply"),
                "url": reverse("claim-new", args=[entity, key]),
                "method": "get",
                "primary": True,
            }
        )
    if clause.is_recognition:
        actions.append(
            {
                "code": "pack",
                "label": pick("下载申报材料包", "Application material"),
                "url": reverse("policy-pack", args=[entity, key]),
                "method": "get",
            }
        )
    context = {
        "title": title, "subtitle": f"{firm.name} · {pick(clause.scheme_zh, clause.scheme_en)} {clause.article}", "told": block_of(clause, entity), "actions": actions,
        "warnings": [f"{title}: {pick(clause.mark_zh, clause.mark_en)}"] if clause.mark_zh else [], "lead": clause.text,
        "crumbs": [{"label": pick("政策找人", "Policies"), "url": reverse("policy")}, {"label": firm.name, "url": reverse("policy-firm", args=[entity])},
                   {"label": title, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/run/sheet.html", context)


@require_GET
def send_pack(request: HttpRequest, entity: str, key: str) -> HttpResponse:
    """申报材料包 of a recognition, with the data known filled in."""
    firm, clause = find_firm(_reader(request), entity), find_clause(key)
    if not clause.is_recognition:
        raise Http404
    return send_book(print_pack(clause, firm), f"application_{entity}_{clause.item}")


# -- for an officer ----------------------------------------------------------------------------------------


@require_GET
def show_clause(request: HttpRequest, key: str) -> HttpResponse:
    """A clause with its reach and cost, and the firms that it fits or nearly fits."""
    person = person_of(request)
    screen = ClauseScreen()
    if not screen.can_view(person):
        raise Http404
    clause = find_clause(key)
    context = record_context(request, screen, clause)
    is_office = not person.roles.isdisjoint(OFFICE)
    sections = [_firm_section(person, clause, which) for which in ("fits", "near")]
    context |= {
        "subtitle": f"{pick(clause.scheme_zh, clause.scheme_en)} · {clause.document}", "sections": sections,
        "kpis": _reach(clause, sections) if not person.holds(Role.TOWN) else [], "warnings": [pick(clause.mark_zh, clause.mark_en)] if clause.mark_zh else [],
        "actions": [
            {"code": f"push-{which}", "label": label, "url": f"{reverse('clause-push', args=[key])}?{urlencode({'which': which})}", "method": "post",
             "confirm": pick("推送给这些企业? 企业首页会看到。", "Point this out to these firms?"), "primary": which == "fits"}
            for which, label in (("fits", pick("推送给符合的企业", "Push to those who fit")), ("near", pick("推送给差一点的企业", "Push to near misses")))
            if is_office
        ],
        "exports": [
            {"label": label, "url": f"{reverse('clause-visits', args=[key])}?{urlencode({'which': which})}"}
            for which, label in (("fits", pick("走访单: 符合", "Visits: fit")), ("near", pick("走访单: 差一点", "Visits: near")))
        ],
    }  # fmt: skip
    return render(request, "kaiwu/detail.html", context)


def _reach(clause: PolicyClause, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pushed = Push.objects.filter(key=clause.key).count()
    cost = money_of(clause.low, clause.high, is_limited=clause.high is not None) if clause.low is not None else "—"
    return [
        {"label": pick("符合", "Fit"), "value": f"{clause.fits:,}"}, {"label": pick("差一点", "Near"), "value": f"{clause.near:,}"},
        {"label": pick("需认定", "Finding"), "value": f"{clause.human:,}"}, {"label": pick("缺数据", "Missing"), "value": f"{clause.missing:,}"},
        {"label": pick("符合者合计金额", "Cost of those who fit"), "value": cost, "note": pick("未经封顶与资金池结算", "before caps and pots")},
        {"label": pick("已推送", "Pushed"), "value": f"{pushed:,}"},
    ]  # fmt: skip


def _firm_section(person: Person, clause: PolicyClause, which: str) -> dict[str, Any]:
    firms = reached_firms(person, clause, which)
    heads = [pick("企业", "Firm"), pick("镇街", "Town")]
    heads += [pick("差什么", "What is missing"), pick("数据部门", "Department")] if which == "near" else []
    rows = []
    for firm, _, gap, owner, high in firms[:SHOWN]:
        first = {"text": firm.name, "url": reverse("policy-why", args=[firm.entity, clause.key])}
        lacks = (gap, owner) if which == "near" else ()
        rows.append((first, firm.town.name if firm.town else None, *lacks, print_cell(MONEY, high)))
    table = make_table([*heads, pick("至多(万元)", "At most (10k yuan)")], rows, right=(len(heads),))
    title = pick("符合的企业", "Firms that fit") if which == "fits" else pick("差一点的企业", "Near misses")
    return {"code": which, "title": title, "count": len(firms), "table": table}


def _which(request: HttpRequest) -> str:
    return "near" if request.GET.get("which") == "near" else "fits"


@require_POST
def push_clause(request: HttpRequest, key: str) -> HttpResponse:
    """Point a clause out to the firms that it fits or nearly fits."""
    person = person_of(request)
    if person.roles.isdisjoint(OFFICE):
        raise Http404
    clause = find_clause(key)
    try:
        push(actor_of(request), clause, [firm for firm, *_ in reached_firms(person, clause, _which(request))])
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("clause-detail", args=[key]))


@require_GET
def send_visits(request: HttpRequest, key: str) -> HttpResponse:
    """走访单 as Excel: a town gets its own firms."""
    person = person_of(request)
    if person.roles.isdisjoint(OFFICES):
        raise Http404
    clause, which = find_clause(key), _which(request)
    columns, rows = visit_rows(person, clause, which)
    facts = [
        f"条款: {clause.scheme_zh} · {clause.zh} {clause.article}", f"依据: {clause.document}{'  【' + clause.mark_zh + '】' if clause.mark_zh else ''}",
        f"测算编号: {clause.run.number}  基准日: {clause.run.as_of}  打印: {timezone.localdate()}  范围: {person.organisation.name}可见, 共 {len(rows):,} 家",
        "单位: 金额为万元; 空格表示缺数据, 不是零",
    ]  # fmt: skip
    printed = Printed(
        "走访单",
        f"走访单: {clause.zh}({'差一点' if which == 'near' else '符合'})",
        facts,
        columns,
        rows,
        is_synthetic=is_synthetic(),
    )
    return send_book([printed], f"visits_{clause.item}_{which}")


@require_POST
def begin_fill(request: HttpRequest, key: str) -> HttpResponse:
    """Put the answers of a run in place, in the background."""
    person = person_of(request)
    if person.roles.isdisjoint(OFFICE):
        raise Http404
    job = ask_fill(actor_of(request), row_of(person, key).number)
    return HttpResponseRedirect(reverse("run-job", args=[job.pk]))
