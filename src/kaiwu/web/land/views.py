"""Pages of land by data (数据竞地页面): rounds, the notice, one project, appeals, records checked."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.allot.appeal import appeal
from kaiwu.allot.disposal import ORDERED
from kaiwu.procedure.allot.desk import Desk
from kaiwu.procedure.allot.event import EventKind
from kaiwu.quantity import KaiwuError
from kaiwu.report.allot_page import NOTICE_DAYS, RoundPaper
from kaiwu.report.printed import EXCEL, Printed, write_book
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.land import queries, services
from kaiwu.web.land.forms import AppealForm
from kaiwu.web.market.forms import add_problems
from kaiwu.web.registry.reach import Reach, reach_of
from kaiwu.web.screen.table import make_table
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick

VIEWERS = OFFICE | {Role.TOWN, Role.AUDIT, Role.CLERK}


def held_by(request: HttpRequest, *roles: Role) -> Person:
    """Who asks, where they hold one of the roles; for others there is no such page."""
    person = person_of(request)
    if not person.holds(*roles):
        raise Http404
    return person


def _open(request: HttpRequest, code: str, *roles: Role) -> tuple[Desk, RoundPaper, Reach]:
    """The desk, the papers of a round in reach, and the reach."""
    reach = reach_of(held_by(request, *roles))
    desk = queries.land_desk()
    return desk, queries.find_paper(desk, code, reach), reach


def _crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "url": url} for label, url in ((pick("供地批次", "Land rounds"), reverse("land")), *more)]


def _titled(paper: RoundPaper) -> str:
    return pick(paper.zh, paper.en)


def _section(code: str, title: str, table: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"code": code, "title": title, "table": table, "count": len(table["rows"]), **more}


def send_sheet(table: Printed, name: str) -> HttpResponse:
    """A sheet as an Excel file."""
    with TemporaryDirectory() as folder:
        body = write_book(Path(folder) / "book.xlsx", [table]).read_bytes()
    return HttpResponse(body, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# -- rounds ----------------------------------------------------------------------------------------------------------


@require_GET
def show_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that somebody may see, newest first, with the own projects in each."""
    reach = reach_of(held_by(request, *VIEWERS))
    desk = queries.land_desk()
    rows, urls = [], []
    for code in queries.round_codes(desk, reach):
        paper = queries.find_paper(desk, code, reach)
        counts, noticed = paper.placed.counts(), queries.is_noticed(desk, code)
        final = desk.docket.last(code, EventKind.FINAL) is not None
        state = (
            {"text": pick("已定案", "final"), "tag": "ok"}
            if final
            else {"text": pick("公示", "noticed"), "tag": "info"}
            if noticed
            else {"text": pick("未公示", "not noticed"), "tag": "warn"}
        )
        own = len(queries.own_projects(paper, reach))
        rows.append(
            (
                _titled(paper),
                str(len(paper.placed.round.supplies)),
                str(len(paper.placed.round.applicants)),
                str(counts["granted"]),
                str(counts["waiting"]),
                str(own),
                state,
            )
        )
        urls.append(reverse("land-round", args=[code]))
    heads = (
        pick("批次", "Round"),
        pick("供给", "Supplies"),
        pick("申请项目", "Projects"),
        pick("已安排", "Placed"),
        pick("轮候", "Waiting"),
        pick("可看的项目", "Projects in reach"),
        pick("状态", "State"),
    )
    title = pick("供地批次", "Land rounds")
    table = make_table(heads, rows, right=(1, 2, 3, 4, 5), urls=urls)
    return render(
        request,
        "kaiwu/detail.html",
        {
            "title": title,
            "subtitle": pick(
                "一把尺子: 已声明的办法排序, 每个落选项目都说明理由",
                "one ruler: a declared procedure orders, every loser is told why",
            ),
            "sections": [_section("rounds", title, table)],
            "crumbs": _crumbs()[:1],
        },
    )


@require_GET
def show_round(request: HttpRequest, code: str) -> HttpResponse:
    """One round: the order of supply, who waits, who never came into line, what was done, and the way to everything else."""
    desk, paper, reach = _open(request, code, *VIEWERS)
    person = person_of(request)
    states = _states(desk, code)
    sections = [
        _section("order", pick("供地优先序", "Order of supply"), queries.order_table(paper, states, reach), note=pick("工业用地一律公开出让: 只定供地先后和用地计划, 不定受让人。", "Industrial land is sold in public: this orders supply and uses the plan; it names no buyer.")),
        _section("waiting", pick("轮候", "Waiting"), queries.waiting_table(paper, reach)),
    ]  # fmt: skip
    outside = queries.outside_table(paper, reach)
    if outside["rows"]:
        sections.append(_section("outside", pick("未进入排序", "Not in line"), outside))
    exports = [{"label": pick("供地优先序 Excel", "Order of supply, Excel"), "url": reverse("land-order", args=[code])}]
    context = {
        "title": _titled(paper), "kpis": queries.count_kpis(paper), "sections": sections, "exports": exports, "actions": _actions(desk, person, code), "warnings": _warnings(paper),
        "timeline": queries.timeline_of(desk, code, paper.placed.round.rule.code) if reach is None else [], "crumbs": _crumbs((code, "")), "subtitle": paper.document.title,
        "moves": [(supply, choices) for supply, choices in queries.moves_of(desk, code).items() if choices] if person.holds(Role.OFFICER) else [], "code": code,
    }  # fmt: skip
    return render(request, "kaiwu/land/round.html", context)


def _states(desk: Desk, code: str) -> dict[str, str]:
    return (
        desk.supply_states(code)
        if desk.docket.last(code, EventKind.FINAL) is not None
        else dict.fromkeys(desk.placed(code).grants().values(), ORDERED)
    )


def _warnings(paper: RoundPaper) -> list[str]:
    if paper.document.standing == "attested" and not paper.is_draft:
        return []
    return [
        pick(
            "所依据的办法为试算或待核实, 不能据此供地",
            "the rule is a trial or not fully attested: nothing may be supplied on it",
        )
    ]


def _actions(desk: Desk, person: Person, code: str) -> list[dict[str, Any]]:
    """What somebody may do or look up from a round."""
    final, noticed = desk.docket.last(code, EventKind.FINAL) is not None, queries.is_noticed(desk, code)
    found: list[dict[str, Any]] = [
        {
            "code": "map",
            "label": pick("地图", "Map"),
            "url": f"{reverse('land-map')}?{urlencode({'layer': 'supply', 'round': code})}",
        }
    ]
    if noticed:
        found.append({"code": "public", "label": pick("公示页", "Notice"), "url": reverse("land-notice", args=[code])})
    if person.holds(*OFFICE, Role.AUDIT):
        found.append(
            {"code": "appeal", "label": pick("异议", "Objections"), "url": reverse("land-appeal", args=[code])}
        )
        found.append(
            {
                "code": "verify",
                "label": pick("核验记录", "Check the records"),
                "url": reverse("land-verify", args=[code]),
            }
        )
    if person.holds(Role.CHIEF) and not final:
        deed, label = (
            ("final", pick("定案", "Make final")) if noticed else ("notice", pick("公示", "Publish the notice"))
        )
        text = (
            pick("定案后结果不再变动", "afterwards the result does not change")
            if noticed
            else pick("公示后企业可以查阅并提出异议", "firms may then read it and object")
        )
        found.append(
            {
                "code": deed,
                "label": label,
                "url": reverse("land-deed", args=[code, deed]),
                "method": "post",
                "primary": True,
                "confirm": text,
            }
        )
    return found


@require_POST
def change_round(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Publish the notice or make the round final: the head of the bureau. Move a supply on: the officer."""
    desk, _, _ = _open(request, code, *(OFFICE if deed == "supply" else (Role.CHIEF,)))
    actor = actor_of(request)
    try:
        if deed == "notice":
            services.publish_notice(actor, desk, code, person_of(request).organisation.name)
        elif deed == "final":
            services.finalise(actor, desk, code)
        elif deed == "supply":
            services.move_supply(
                actor,
                desk,
                code,
                request.POST.get("supply", ""),
                request.POST.get("state", ""),
                request.POST.get("evidence", "")[:500],
            )
        else:
            raise Http404
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("land-round", args=[code]))


@require_GET
def send_order(request: HttpRequest, code: str) -> HttpResponse:
    """The order of supply as Excel."""
    desk, paper, _ = _open(request, code, *VIEWERS)
    return send_sheet(queries.print_order(paper, _states(desk, code)), "order-of-supply.xlsx")


@require_GET
def show_notice(request: HttpRequest, code: str) -> HttpResponse:
    """The notice for everybody, without a login, once it was published."""
    desk = queries.land_desk()
    nobody: Reach = frozenset()
    paper = queries.find_paper(desk, code, nobody)
    event = desk.docket.last(code, EventKind.NOTICE)
    upheld = desk.docket.last(code, EventKind.UPHOLD)
    context = {
        "title": pick(f"关于{paper.zh}供地优先序的公示", f"Order of supply: {paper.en}"), "paper": paper, "event": event, "days": NOTICE_DAYS, "kpis": queries.count_kpis(paper), "upheld": upheld,
        "order": queries.order_table(paper, _states(desk, code), nobody), "waiting": queries.waiting_table(paper, nobody), "warnings": _warnings(paper),
        "conditions": [pick(*c) for c in paper.conditions], "left": [s.id for s in paper.placed.left_over()], "is_synthetic": paper.placed.round.is_synthetic,
        "exceptions": paper.placed.round.exceptions, "draw": paper.placed.round.draw,
        "ties": [(paper.placed.round.rule.scale.print_score(t.score), " > ".join(t.applicants), pick("按申请日期", "by date of filing") if t.by == "date" else pick("按公开抽签", "by the draw")) for t in paper.placed.priority.ties],
    }  # fmt: skip
    return render(request, "kaiwu/land/notice.html", context)


# -- one project, objections, records --------------------------------------------------------------------------------


@require_GET
def show_project(request: HttpRequest, code: str, applicant: str) -> HttpResponse:
    """One project's page, for the firm, the officer and the auditor."""
    desk, paper, reach = _open(request, code, *VIEWERS)
    if applicant not in queries.own_projects(paper, reach):
        raise Http404
    context = queries.show_project(desk, paper, applicant) | {
        "title": paper.name_of(applicant), "subtitle": f"{_titled(paper)} · {applicant} · {paper.firm_of(applicant)}", "code": code, "days": NOTICE_DAYS,
        "crumbs": _crumbs((_titled(paper), reverse("land-round", args=[code])), (applicant, "")),
        "actions": [{"code": "appeal", "label": pick("试算更正", "Try a correction"), "url": f"{reverse('land-appeal', args=[code])}?{urlencode({'applicant': applicant})}"}] if person_of(request).holds(*OFFICE) else [],
    }  # fmt: skip
    return render(request, "kaiwu/land/project.html", context)


@require_http_methods(["GET", "POST"])
def show_appeal(request: HttpRequest, code: str) -> HttpResponse:
    """What a correction would move for everybody; an officer decides the objection. Below stand those upheld before."""
    desk, paper, _ = _open(request, code, *OFFICE, Role.AUDIT)
    may_decide = (
        person_of(request).holds(*OFFICE)
        and queries.is_noticed(desk, code)
        and desk.docket.last(code, EventKind.FINAL) is None
    )
    told = request.POST if request.method == "POST" else request.GET if "points" in request.GET else None
    form = AppealForm(told, paper=paper, initial=request.GET.dict())
    context: dict[str, Any] = {
        "title": pick("异议", "Objections"),
        "subtitle": _titled(paper),
        "form": form,
        "may_decide": may_decide,
        "crumbs": _crumbs((_titled(paper), reverse("land-round", args=[code])), (pick("异议", "Objections"), "")),
    }
    if told is not None and form.is_valid():
        try:
            if request.method == "POST":
                if not may_decide:
                    raise Http404
                services.decide_objection(
                    actor_of(request),
                    desk,
                    code,
                    form.correction(),
                    request.POST.get("reason", "")[:1000],
                    is_upheld=request.POST.get("decision") == "uphold",
                )
                return HttpResponseRedirect(reverse("land-appeal", args=[code]))
            context["tried"] = queries.show_appeal(paper, appeal(desk.record(code), form.correction()))
        except KaiwuError as error:
            add_problems(form, error)
    context["past"] = [
        {"event": event, "what": _part_words(paper, event.data["key"]), **queries.show_appeal(paper, found)} for event, found in queries.past_appeals(desk, code)
    ]  # fmt: skip
    return render(request, "kaiwu/land/appeal.html", context, status=422 if form.errors else 200)


def _part_words(paper: RoundPaper, key: str) -> str:
    return next((pick(zh, en) for code, zh, en in paper.placed.round.rule.items if code == key), key)


@require_GET
def show_records(request: HttpRequest, code: str) -> HttpResponse:
    """Every record of a round, derived again by the checker that shares no code with the allocator."""
    desk, paper, _ = _open(request, code, *OFFICE, Role.AUDIT)
    checked = queries.verify_records(desk, code)
    rows = [
        (r["file"], r["what"], str(r["day"]), str(r["leaf"]), r["digest"][:16] + "…", {"text": "; ".join(r["findings"]) or pick("成立", "it holds"), "tag": "bad" if r["findings"] else "ok"})
        for r in checked
    ]  # fmt: skip
    heads = (
        pick("记录", "Record"),
        pick("由何而来", "Made by"),
        pick("日期", "Day"),
        pick("存证", "Log leaf"),
        "SHA-256",
        pick("独立核验", "Checked independently"),
    )
    title = pick("核验记录", "Records checked")
    context = {
        "title": title, "subtitle": _titled(paper), "status": {"text": pick("成立", "they hold"), "tag": "ok"} if not any(r["findings"] for r in checked) else {"text": pick("有问题", "something is wrong"), "tag": "bad"},
        "sections": [_section("records", pick("决定记录", "Decision records"), make_table(heads, rows, right=(3,)), note=pick("由与分配程序不共用代码的核验程序逐份重新推导; 任何人可用 kaiwu allot verify 自行核验。", "Each is derived again by a checker without the allocator's code; anybody may do so by kaiwu allot verify."))],
        "crumbs": _crumbs((_titled(paper), reverse("land-round", args=[code])), (title, "")),
    }  # fmt: skip
    return render(request, "kaiwu/detail.html", context)
