"""Pages of one firm's market and of space (四找、空间需求页面): four finds, open needs for space with their age."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kaiwu.match.finds import CHAINS, STALE_YEARS, is_stale
from kaiwu.match.sample import effect_words
from kaiwu.report.market_sheet import print_backlog
from kaiwu.web.account.role import Role
from kaiwu.web.market import queries
from kaiwu.web.market.desk import market_desk
from kaiwu.web.market.views import VIEWERS, held_by, put_section, send_sheets, stand
from kaiwu.web.registry.models import Firm
from kaiwu.web.registry.reach import reach_of
from kaiwu.web.wording import pick

ORDERS = 20
"""Needs of a chain, orders and policies shown of a firm; a chain leader has hundreds."""


@require_GET
def show_spaces(request: HttpRequest) -> HttpResponse:
    """Every open need for space with its age and how many spaces fit; a row leads to the spaces."""
    person = held_by(request, *VIEWERS)
    desk = market_desk()
    rows = queries.backlog_of(desk, reach_of(person))
    ages = [r.age for r in rows if r.age is not None]
    title = pick("空间需求", "Needs for space")
    kpis = [
        {"label": pick("未了需求", "Open needs"), "value": str(len(rows))},
        {"label": pick("超过 90 天", "Older than 90 days"), "value": str(sum(a > 90 for a in ages))},
        {"label": pick("最久(天)", "The oldest (days)"), "value": str(max(ages)) if ages else "—"},
        {"label": pick("没有符合的空间", "No space fits"), "value": str(sum(not r.fits for r in rows))},
    ]  # fmt: skip
    context = {
        "title": title,
        "kpis": kpis,
        "exports": [{"label": "Excel", "url": reverse("market-space-book")}],
        "sections": [
            put_section("backlog", pick("空间需求台账", "Open needs for space"), queries.backlog_table(desk, rows))
        ],
    }
    return render(request, "kaiwu/detail.html", context | stand(desk, (title, "")))


@require_GET
def send_spaces(request: HttpRequest) -> HttpResponse:
    """The ledger of open needs for space as Excel."""
    person = held_by(request, *VIEWERS)
    desk = market_desk()
    return send_sheets(
        [print_backlog(queries.backlog_of(desk, reach_of(person)), desk.names, desk.day, desk.records.is_synthetic)],
        "spaces.xlsx",
    )


@require_GET
def show_own(request: HttpRequest) -> HttpResponse:
    """A firm's clerk is led to its own four finds."""
    person = held_by(request, Role.CLERK)
    return HttpResponseRedirect(reverse("market-firm", args=[person.organisation.entity]))


@require_GET
def show_firm(request: HttpRequest, entity: str) -> HttpResponse:
    """The four finds of a firm: industry, innovation, service and policy chain on one page."""
    person = held_by(request, *VIEWERS, Role.CLERK)
    firm = Firm.objects.visible_to(person).filter(entity=entity).first()
    if firm is None:
        raise Http404
    desk = market_desk()
    found = desk.four_finds(firm.entity)
    policies, failed = queries.policy_answers(person, firm)
    chains = [
        {"code": chain, "count": len(found.answers.get(chain, ())), "title": pick(*CHAINS[chain]), "answers": [queries.show_answer(desk, a) | {"derived": a.need.code in found.derived} for a in found.answers.get(chain, ())[:ORDERS]]}
        for chain in ("industry", "innovation", "service")
    ]  # fmt: skip
    stale = {
        m.offer.code
        for answers in found.answers.values()
        for a in answers
        for m in a.matches
        if is_stale(m.offer, desk.day)
    }
    context = {
        "title": pick(f"{firm.name} 四找", f"{firm.name}: four finds"), "firm": firm, "found": found, "chains": chains, "orders": [queries.show_match(desk, m) for m in found.orders],
        "stale": stale, "stale_years": STALE_YEARS, "policy": pick(*CHAINS["policy"]), "policies": queries.policy_table(policies[:ORDERS]), "policy_count": len(policies), "failed": failed, "spaces": _spaces(found.spaces),
        "samples": [{"title": s.sample.title, "party": queries.name_of(desk, s.sample.party), "told": pick(*s.tell()), "effect": effect_words(s.sample)} for s in found.samples],
        "contracts": [(str(c.year or "—"), c.count, queries.money(c.amount), c.unknown) for c in found.contracts],
    }  # fmt: skip
    crumbs = [(firm.name, reverse("firm-detail", args=[firm.entity])), (pick("四找", "Four finds"), "")]
    return render(request, "kaiwu/market/firm.html", context | stand(desk, *crumbs))


def _spaces(found: Any) -> list[dict[str, Any]]:
    """Each need for space with its age and the spaces that fit."""
    return [
        {"title": s.need.title, "age": s.age, "fits": [
            {"title": f.offer.title, "form": pick(*f.form_words), "km": "" if f.metres is None else f"{f.metres / 1000:.1f}", "over": bool(f.over), "is_open": f.is_open, "reasons": [pick(r.zh, r.en) for r in f.reasons[:3]]}
            for f in s.fits
        ]}
        for s in found
    ]  # fmt: skip
