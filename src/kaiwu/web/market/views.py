"""Pages of the market (供需对接页面): search, invitation lists, the funnel with its steps."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kaiwu.match.funnel import STAGES, report_funnel, watch_concentration
from kaiwu.match.funnel.report import GROUPINGS
from kaiwu.match.record import MatchKind
from kaiwu.procedure.market import MarketDesk
from kaiwu.quantity import KaiwuError
from kaiwu.report.cell import Column
from kaiwu.report.market_sheet import print_funnel, print_points
from kaiwu.report.printed import EXCEL, Printed, write_book
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.market import queries
from kaiwu.web.market.desk import market_desk
from kaiwu.web.market.forms import RoundForm, SearchForm, StepForm, add_problems
from kaiwu.web.market.services import invite, list_path, take_step
from kaiwu.web.registry.reach import Reach, is_in, reach_of
from kaiwu.web.screen.table import make_table
from kaiwu.web.shell import actor_of, person_of
from kaiwu.web.wording import pick

VIEWERS = OFFICE | {Role.TOWN, Role.AUDIT}
STEPPERS = OFFICE | {Role.TOWN, Role.CLERK}
FOUND = 10
NEEDS = 20
"""Stated needs that the search page offers."""
PAIRS = 300
"""Pairs of a list on one page; its Excel has them all."""
STAGE_CODES = [s.value for s in STAGES]


def held_by(request: HttpRequest, *roles: Role) -> Person:
    """Who asks, where they hold one of the roles; for others there is no such page."""
    person = person_of(request)
    if not person.holds(*roles):
        raise Http404
    return person


def stand(desk: MarketDesk, *crumbs: tuple[str, str]) -> dict[str, Any]:
    """Where a page stands and from which day it is."""
    return {
        "crumbs": [{"label": label, "url": url} for label, url in crumbs],
        "day": desk.day,
        "subtitle": f"{pick('截至', 'as of')} {desk.day}",
    }


def put_section(code: str, title: str, table: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A part of a page that is a table."""
    return {"code": code, "title": title, "table": table, "count": len(table["rows"]), **more}


def send_sheets(tables: list[Printed], name: str) -> HttpResponse:
    """Sheets as one Excel file."""
    with TemporaryDirectory() as folder:
        body = write_book(Path(folder) / "book.xlsx", tables).read_bytes()
    return HttpResponse(body, content_type=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'})


# -- search ----------------------------------------------------------------------------------------------------------


@require_GET
def show_search(request: HttpRequest) -> HttpResponse:
    """Offers for a need, typed or stated, with every reason; what to do where nothing fits."""
    person = held_by(request, *VIEWERS)
    desk, reach = market_desk(), reach_of(person)
    kinds = [k for k in MatchKind if desk.records.offers_of(k)]
    form = SearchForm(request.GET if "title" in request.GET else None, kinds=kinds)
    title = pick("找供给", "Find offers")
    context: dict[str, Any] = {
        "title": title,
        "form": form,
        "answer": None,
        "needs": _open_needs(desk, reach),
    }
    status = 200
    try:
        if code := request.GET.get("need", ""):
            context["answer"] = queries.show_answer(
                desk, queries.try_find(desk, queries.stated_need(desk, code, reach), FOUND)
            )
        elif form.is_bound and form.is_valid():
            need = queries.make_need(desk, form.cleaned_data)
            context["answer"] = queries.show_answer(desk, queries.try_find(desk, need, FOUND))
    except KaiwuError as error:
        if form.is_bound:
            add_problems(form, error)
        else:
            context["warnings"] = [pick(p.zh, p.en) for p in error.problems]
        status = 422
    return render(request, "kaiwu/market/search.html", context | stand(desk, (title, "")), status=status)


def _open_needs(desk: MarketDesk, reach: Reach) -> list[dict[str, str]]:
    """The first stated needs, each with the way to its offers."""
    return [
        {"text": f"{n.title} · {queries.name_of(desk, n.party)}", "kind": pick(*queries.KINDS[n.kind]), "url": f"?{urlencode({'need': n.code})}"}
        for n in queries.list_needs(desk, reach)[:NEEDS]
    ]  # fmt: skip


# -- invitation lists ------------------------------------------------------------------------------------------------


@require_GET
def show_lists(request: HttpRequest) -> HttpResponse:
    """Every list that was shown, and the way to a new one."""
    person = held_by(request, *VIEWERS, Role.CLERK)
    desk = market_desk()
    pairs = queries.pairs_of(desk, reach_of(person))
    title: str = pick("邀请名单", "Invitation lists")
    if person.holds(Role.CLERK):
        table = queries.pair_table(desk, pairs.sort("day", descending=True))
        context = {
            "title": pick("我的对接", "Our pairs"),
            "sections": [put_section("pairs", pick("推送给我们的和我们发出的", "Shown to us and by us"), table)],
        }
        return render(request, "kaiwu/detail.html", context | stand(desk, (pick("我的对接", "Our pairs"), "")))
    actions = (
        [{"code": "new", "label": pick("办一场对接", "Hold a round"), "url": reverse("market-round"), "primary": True}]
        if person.holds(Role.OFFICER)
        else []
    )
    context = {
        "title": title,
        "sections": [put_section("lists", pick("名单", "Lists"), queries.list_table(pairs))],
        "actions": actions,
    }
    return render(request, "kaiwu/detail.html", context | stand(desk, (title, "")))


@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    """One list: its pairs and what became of each."""
    person = held_by(request, *VIEWERS)
    desk, name = market_desk(), request.GET.get("name", "")
    pairs = queries.pairs_of(desk, reach_of(person)).filter(pl.col("list") == name)
    if pairs.is_empty():
        raise Http404
    first = pairs.to_dicts()[0]
    title = pick(f"邀请名单 {name}", f"Invitation list {name}")
    exports = [{"label": "Excel", "url": f"{reverse('market-list-book')}?{urlencode({'name': name})}"}]
    context = {
        "title": title, "kpis": queries.funnel_kpis(pairs), "exports": exports, "sections": [put_section("pairs", pick("配对", "Pairs"), queries.pair_table(desk, pairs.head(PAIRS)), count=pairs.height, note=_cut(pairs.height))],
    }  # fmt: skip
    context |= stand(desk, (pick("邀请名单", "Invitation lists"), reverse("market-lists")), (name, ""))
    context["subtitle"] = " · ".join(filter(None, (first["event"], first["section"], str(first["day"]))))
    return render(request, "kaiwu/detail.html", context)


def _cut(count: int) -> str:
    return (
        pick(f"只列前 {PAIRS} 对, 全部见 Excel", f"the first {PAIRS} pairs; all of them stand in the Excel")
        if count > PAIRS
        else ""
    )


@require_GET
def send_list(request: HttpRequest) -> FileResponse | HttpResponse:
    """The list as Excel: as it was printed for those who see all of it, the pairs in reach for a town."""
    person = held_by(request, *VIEWERS)
    desk, name, reach = market_desk(), request.GET.get("name", ""), reach_of(person)
    pairs = queries.pairs_of(desk, reach).filter(pl.col("list") == name)
    if pairs.is_empty():
        raise Http404
    path = list_path(desk, name)
    if reach is None and path.is_file():
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type=EXCEL)
    return send_sheets([_print_pairs(desk, pairs, name)], "list.xlsx")


def _print_pairs(desk: MarketDesk, pairs: pl.DataFrame, name: str) -> Printed:
    """The pairs of a list with their stage, as a sheet."""
    columns = (
        Column("需求编号", "need", 14), Column("采购标的", "object", 24), Column("采购单位", "buyer", 26), Column("受邀企业", "invited", 28), Column("供给", "offer", 18),
        Column("序", "rank", 5, "whole"), Column("得分", "points", 9), Column("进展", "stage", 14), Column("签约金额(万元)", "signed", 14, "money"),
    )  # fmt: skip
    rows = [
        (r["need"], r["need_title"], queries.name_of(desk, r["buyer"]), queries.name_of(desk, r["supplier"]), r["offer"], r["rank"], print_points(r["score"]), queries.stage_cell(r)["text"], r["signed"])
        for r in pairs.to_dicts()
    ]  # fmt: skip
    return Printed(
        "名单",
        f"邀请名单 {name}",
        [f"截至 {desk.day}  {len(rows)} 对"],
        columns,
        rows,
        is_synthetic=desk.records.is_synthetic,
        footer=f"邀请名单 {name}",
    )


@require_http_methods(["GET", "POST"])
def hold_list(request: HttpRequest) -> HttpResponse:
    """Hold a round: the bill of needs of chain leaders becomes an invitation list."""
    held_by(request, Role.OFFICER)
    desk = market_desk()
    parties = {n.party for n in queries.list_needs(desk, None, MatchKind.PART) if n.party}
    buyers = sorted(((p, queries.name_of(desk, p)) for p in parties), key=lambda pair: pair[1])
    form = RoundForm(request.POST or None, buyers=buyers)
    if request.method == "POST" and form.is_valid():
        try:
            name, _ = invite(actor_of(request), desk, form.terms())
            return HttpResponseRedirect(f"{reverse('market-list')}?{urlencode({'name': name})}")
        except KaiwuError as error:
            add_problems(form, error)
    title = pick("办一场对接", "Hold a round")
    context = {
        "title": title, "form": form, "lead": pick("找供给、按余量分配、证明最优, 名单和每一对都留存", "finds, gives out under capacities, proves the plan; every pair is kept"), "cancel_url": reverse("market-lists"),
        "submit": pick("生成名单", "Make the list"),
        "notes": [pick("已截止的需求不列入并计数; 没有标的的需求被退回。", "Needs that have ended are left out and counted; those without an object are refused."), pick("得分只用于排序, 不代表报价或质量。", "Points only rank; they say nothing of price or quality.")],
    } | stand(desk, (pick("邀请名单", "Invitation lists"), reverse("market-lists")), (title, ""))  # fmt: skip
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


# -- the funnel ------------------------------------------------------------------------------------------------------


@require_GET
def show_funnel(request: HttpRequest) -> HttpResponse:
    """Stages, amounts, times, refusals, and the watch over first places."""
    person = held_by(request, *VIEWERS)
    desk, reach, by = market_desk(), reach_of(person), _by(request)
    pairs = queries.pairs_of(desk, reach)
    title = pick("对接漏斗", "Funnel")
    context: dict[str, Any] = {
        "title": title, "kpis": queries.funnel_kpis(pairs), "by": by, "exports": [{"label": "Excel", "url": f"{reverse('market-funnel-book')}?by={by}"}],
        "sections": [
            {"code": "stages", "title": pick("环节", "Stages"), "chart": queries.funnel_chart(pairs)},
            put_section("rows", pick(f"按{GROUPINGS[by][0]}", f"By {GROUPINGS[by][1]}"), queries.funnel_table(report_funnel(pairs, by), by),
                     actions=[{"code": key, "label": pick(f"按{words[0]}", f"by {words[1]}"), "url": f"?by={key}#rows"} for key, words in GROUPINGS.items() if key != by]),
            _watch(desk, pairs),
        ],
    } | stand(desk, (title, ""))  # fmt: skip
    if reach is not None:
        context["warnings"] = [
            pick("只计本镇街(平台)企业为一方的配对", "only pairs with a firm of this town or park on one side")
        ]
    return render(request, "kaiwu/detail.html", context)


def _by(request: HttpRequest) -> str:
    by = request.GET.get("by", "event")
    return by if by in GROUPINGS else "event"


def _watch(desk: MarketDesk, pairs: pl.DataFrame) -> dict[str, Any]:
    """The concentration watch with the suppliers that hold most first places."""
    watch = watch_concentration(pairs)
    heads = (pick("供应商", "Supplier"), pick("首位次数", "First places"), pick("占比", "Share"))
    rows = [(queries.name_of(desk, code), str(n), f"{n / watch.first_places:.1%}") for code, n in watch.names]
    table = make_table(heads, rows, right=(1, 2), urls=[queries.finds_url(code) for code, _ in watch.names])
    return put_section("watch", pick("首位集中度", "Concentration of first places"), table) | {
        "note": pick(*watch.tell()),
        "is_alarming": watch.is_alarming,
    }


@require_GET
def send_funnel(request: HttpRequest) -> HttpResponse:
    """The board as Excel, as printed."""
    person = held_by(request, *VIEWERS)
    desk, by = market_desk(), _by(request)
    pairs = queries.pairs_of(desk, reach_of(person))
    tables = print_funnel(
        report_funnel(pairs, by), by, watch_concentration(pairs), desk.names, desk.day, desk.records.is_synthetic
    )
    return send_sheets(tables, "funnel.xlsx")


@require_http_methods(["GET", "POST"])
def show_pair(request: HttpRequest) -> HttpResponse:
    """One pair: how far it came, every step, and the form for the next."""
    person = held_by(request, *VIEWERS, Role.CLERK)
    desk = market_desk()
    pair = queries.find_pair(desk, reach_of(person), request.GET.dict())
    may_step = person.holds(*STEPPERS)
    if request.method == "POST" and not may_step:
        raise Http404
    today = timezone.localdate()
    form = StepForm(request.POST or None, initial={"day": today})
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["day"] > today:
                form.add_error("day", pick("日期晚于今天", "the day lies ahead"))
            else:
                take_step(actor_of(request), desk, pair, form.step(), STAGE_CODES)
                return HttpResponseRedirect(queries.pair_url(pair))
        except KaiwuError as error:
            add_problems(form, error)
    return render(
        request,
        "kaiwu/market/pair.html",
        _pair_context(desk, pair, person) | {"form": form if may_step else None},
        status=422 if form.errors else 200,
    )


def _pair_context(desk: MarketDesk, pair: dict[str, Any], person: Person) -> dict[str, Any]:
    title = f"{pair['need_title'] or pair['need']} ← {queries.name_of(desk, pair['supplier'])}"
    facts = [
        {"label": pick("采购单位", "Buyer"), "text": queries.name_of(desk, pair["buyer"])},
        {"label": pick("受邀企业", "Invited"), "text": queries.name_of(desk, pair["supplier"]), "url": queries.finds_url(pair["supplier"]) if is_in(reach_of(person), pair["supplier"]) else ""},
        {"label": pick("需求金额(万元)", "Asked (10,000 yuan)"), "text": queries.money(pair["asked"])},
        {"label": pick("名单", "List"), "text": pair["list"]}, {"label": pick("推送日期", "Shown on"), "text": str(pair["day"])},
        {"label": pick("名单内名次与得分", "Rank and points"), "text": f"{pair['rank']} · {print_points(pair['score'])}"},
        {"label": pick("报价(万元)", "Quoted"), "text": queries.money(pair["quoted"])}, {"label": pick("签约(万元)", "Signed"), "text": queries.money(pair["signed"])},
        {"label": pick("响应天数", "Days to quote"), "text": "" if pair["response_days"] is None else str(pair["response_days"])},
    ]  # fmt: skip
    steps = [
        {
            "when": str(s["day"]),
            "what": queries.stage_words(s["stage"]),
            "who": queries.money(s["amount"]),
            "evidence": s["note"] or "",
        }
        for s in queries.steps_of(desk, pair)
    ]
    back = (
        (pick("我的对接", "Our pairs"), reverse("market-lists"))
        if person.holds(Role.CLERK)
        else (pick("邀请名单", "Invitation lists"), reverse("market-lists"))
    )
    shared = stand(desk, back, (title, ""))
    return {
        "title": title,
        "status": queries.stage_cell(pair),
        "groups": [{"title": pick("这一对", "The pair"), "rows": facts}],
        "timeline": steps,
    } | shared
