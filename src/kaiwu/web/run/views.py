"""Pages of runs (测算页面): one run, its lists, a firm's sheet, what is missing. Trials and jobs have their own modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kaiwu.quantity import KaiwuError
from kaiwu.report.book import print_list, print_shortage
from kaiwu.report.listing import facts_of_run
from kaiwu.report.printed import Printed, write_book
from kaiwu.report.sheet import make_block
from kaiwu.report.shortage import shortage_columns, shortage_rows
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.run.listing_page import ListingPage
from kaiwu.web.run.models import NearRow, RunRow
from kaiwu.web.run.queries import (
    counts_of,
    listing_of,
    mark_of,
    names_of,
    reach_of,
    row_of,
    scheme_codes,
    shortage_of,
    warnings_of,
)
from kaiwu.web.run.screens import RunScreen
from kaiwu.web.screen.export import EXCEL
from kaiwu.web.screen.table import make_table
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import person_of, refuse
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run

DRAWN = 24
"""Schemes in the chart of a run."""
ALL_ROLES = OFFICE | {Role.AUDIT, Role.TOWN}


def crumbs(row: RunRow, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The way from the list of runs to a page of one run."""
    first = [
        (RunScreen().title, reverse("run-list")),
        (f"{row.number} {pick(row.zh, row.en)}", reverse("run-detail", args=[row.number])),
    ]
    return [{"label": label, "url": url} for label, url in (*first, *more)]


def who_runs(request: HttpRequest) -> Person:
    """Who may start and try things; for everybody else the page does not exist."""
    person = person_of(request)
    if person.roles.isdisjoint(OFFICE):
        raise Http404
    return person


# -- one run -----------------------------------------------------------------------------------------------


@require_GET
def show_run(request: HttpRequest, key: str) -> HttpResponse:
    """One run: what it covers, its lists with their counts, and what may be done with it."""
    person = person_of(request)
    row = row_of(person, key)
    try:
        find_run(row.number)
    except KaiwuError as error:
        return refuse(request, error)
    reach, codes = reach_of(person), scheme_codes(row)
    counts = {code: list(counts_of(row.number, code, reach)) for code in codes}
    context = record_context(request, RunScreen(), row)
    near = NearRow.objects.visible_to(person).filter(run=row).count()
    context |= {
        "subtitle": f"{pick('第', 'run ')} {row.number} {pick('号测算', '')} · {pick('评价年度', 'rated year')} {row.rated} · {pick('基准日', 'as of')} {row.as_of}",
        "title": pick(row.zh, row.en), "facts": context["groups"], "groups": [],
        "warnings": warnings_of(row.number, codes),
        "kpis": _kpis(row, codes, near, reach is None),
        "actions": _actions(person, row),
        "sections": [_scheme_section(row, codes, counts), *([_chart_section(row, codes, counts)] if any(counts.values()) else [])],
        "crumbs": [*crumbs(row)[:1], {"label": row.number, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/run/run.html", context)


def _kpis(row: RunRow, codes: Sequence[str], near: int, is_whole: bool) -> list[dict[str, Any]]:
    shown = [{"label": pick("方案", "Schemes"), "value": len(codes)}]
    if is_whole:
        shown.insert(
            0, {"label": pick("范围", "Scope"), "value": f"{row.population:,}", "note": pick("个主体", "entities")}
        )
        shortage = shortage_of(row.number)
        mattering = sum(lack.mattering for lack in shortage.lacks)
        shown.append({"label": pick("影响结论的缺数据", "Missing figures that matter"), "value": f"{mattering:,}",
                      "url": reverse("run-missing", args=[row.number])})  # fmt: skip
    url = f"{reverse('near-list')}?{urlencode({'run': row.number})}" if near else ""
    shown.append({"label": pick("临界企业", "Near misses"), "value": f"{near:,}" if near else "—", "url": url,
                  "note": "" if near else pick("尚未查找", "not searched yet")})  # fmt: skip
    return shown


def _actions(person: Person, row: RunRow) -> list[dict[str, Any]]:
    shown = [("compare", pick("与另一次比较", "Compare"), "run-compare", False)]
    if not person.roles.isdisjoint(OFFICE):
        shown = [("trial", pick("试改规则", "Try an edit"), "run-trial", False), *shown, ("near", pick("查找临界企业", "Find near misses"), "run-near", True),
                 *([("policy", pick("更新政策匹配", "Refresh policy answers"), "policy-fill", True)] if _answers_firms(row) else []),
                 ("replay", pick("重放核验", "Replay"), "run-replay", True), ("rerun", pick("异议后重算", "Run after objections"), "run-rerun", True)]  # fmt: skip
    return [
        {"code": code, "label": label, "url": reverse(name, args=[row.number]), "method": "post" if is_post else "get"}
        for code, label, name, is_post in shown
    ]


def _answers_firms(row: RunRow) -> bool:
    """Whether some rulebook in force of the run grants or recognises something."""
    library = find_run(row.number).library
    heads = [library.heads[code][2] for code in scheme_codes(row)]
    return any(h.kind in ("clauses", "rubric") and h.status == "in_use" and h.population == "firm" for h in heads)


def _scheme_section(row: RunRow, codes: Sequence[str], counts: dict[str, list[tuple[str, int]]]) -> dict[str, Any]:
    run = find_run(row.number)
    heads = (
        pick("方案", "Scheme"),
        pick("依据", "Rests on"),
        pick("各类计数", "Counts"),
        pick("合计", "Total"),
        pick("可信程度", "Standing"),
    )
    rows = []
    for code in codes:
        scheme, mark = run.scheme(code), mark_of(run, code)
        url = reverse("run-scheme", args=[row.number, code])
        told = "　".join(f"{label} {n:,}" for label, n in counts[code])
        total = sum(n for _, n in counts[code])
        rows.append(({"text": pick(scheme.zh, scheme.en), "url": url}, scheme.document.title, told, f"{total:,}",
                     {"text": mark or pick("已核实", "attested"), "tag": "warn" if mark else "ok"}))  # fmt: skip
    table = make_table(heads, rows, right=(3,))
    return {"code": "lists", "title": pick("名单", "Lists"), "count": len(codes), "table": table}


def _chart_section(row: RunRow, codes: Sequence[str], counts: dict[str, list[tuple[str, int]]]) -> dict[str, Any]:
    run = find_run(row.number)
    drawn = [c for c in codes if counts[c]][:DRAWN]
    labels = list(dict.fromkeys(label for code in drawn for label, _ in counts[code]))
    names = [pick(run.scheme(c).zh, run.scheme(c).en) for c in drawn]
    series = [
        {"name": label, "type": "bar", "stack": "all",
         "data": [{"value": dict(counts[c]).get(label, 0), "url": reverse("run-scheme", args=[row.number, c])} for c in drawn]}
        for label in labels
    ]  # fmt: skip
    option = {"legend": {"top": 0}, "xAxis": {"type": "value"}, "yAxis": {"type": "category", "data": names, "inverse": True}, "series": series,
              "tooltip": {"trigger": "axis"}}  # fmt: skip
    chart = {
        "title": pick("各方案的结论", "Answers of each scheme"), "option": option, "size": "tall" if len(drawn) > 8 else "",
        "columns": make_table([pick("方案", "Scheme"), *labels], (), right=range(1, len(labels) + 1))["columns"],
        "rows": [[name, *(f"{dict(counts[c]).get(label, 0):,}" for label in labels)] for name, c in zip(names, drawn, strict=True)],
    }  # fmt: skip
    return {"code": "chart", "title": pick("结论分布", "Distribution"), "chart": chart}


# -- lists -------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, row: RunRow, scheme: str) -> ListingPage:
    listing = listing_of(row.number, scheme)
    return ListingPage(
        listing, request.GET.dict(), reach_of(person_of(request)), lambda entity: sheet_url(row, entity, scheme)
    )


def sheet_url(row: RunRow, entity: str, scheme: str) -> str:
    """The sheet of an entity under one scheme."""
    return f"{reverse('run-sheet', args=[row.number, entity])}?{urlencode({'scheme': scheme})}"


def _list_actions(request: HttpRequest, row: RunRow, scheme: str) -> list[dict[str, Any]]:
    if person_of(request).roles.isdisjoint(OFFICE):
        return []
    url = f"{reverse('run-trial', args=[row.number])}?{urlencode({'scheme': scheme})}"
    return [{"code": "trial", "label": pick("试改这个规则", "Try an edit"), "url": url, "method": "get"}]


@require_GET
def show_listing(request: HttpRequest, key: str, scheme: str) -> HttpResponse:
    """The list of one scheme with filters, order and pages; an htmx request gets the table card alone."""
    row = row_of(person_of(request), key)
    page = _page(request, row, scheme)
    run = find_run(row.number)
    title = pick(page.listing.zh, page.listing.en)
    context = page.context() | {
        "title": title, "scope_line": " · ".join(facts_of_run(run, run.scheme(scheme), language())), "warnings": warnings_of(row.number, [scheme]),
        "counts": counts_of(row.number, scheme, page.reach), "actions": _list_actions(request, row, scheme), "crumbs": crumbs(row, (title, "")), "run": row,
    }  # fmt: skip
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    return render(request, "kaiwu/part/table.html" if is_part else "kaiwu/run/listing.html", context)


def send_book(tables: Sequence[Printed], name: str) -> HttpResponse:
    """Tables as one Excel workbook."""
    with TemporaryDirectory() as folder:
        data = write_book(Path(folder) / "list.xlsx", tables).read_bytes()
    response = HttpResponse(data, content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@require_GET
def send_listing(request: HttpRequest, key: str, scheme: str) -> HttpResponse:
    """The same selection as Excel, as printed."""
    row = row_of(person_of(request), key)
    page = _page(request, row, scheme)
    printed = print_list(find_run(row.number), page.as_listing())
    chosen = page.described() or "无"
    seen = "本镇街企业" if page.reach is not None else "全部"
    facts = [*printed.facts, f"筛选: {chosen}; 可见范围: {seen}, 本表 {page.selected.height:,} 行"]
    counts = () if page.reach is not None else printed.counts
    if page.reach is not None:
        facts = [f for f in facts if not f.startswith("各类计数")]
    return send_book([replace(printed, facts=facts, counts=counts)], f"run_{row.number}_{scheme}")


# -- one firm ----------------------------------------------------------------------------------------------


@require_GET
def show_sheet(request: HttpRequest, key: str, entity: str) -> HttpResponse:
    """What a run says about one firm, with reasons down to figure and article."""
    person = person_of(request)
    row = row_of(person, key)
    reach = reach_of(person)
    if reach is not None and entity not in reach:
        raise Http404
    run = find_run(row.number)
    asked = request.GET.get("scheme", "")
    schemes = [asked] if asked in run.execution.results else []
    try:
        block = make_block(run, entity, schemes, language())
    except KaiwuError as error:
        raise Http404 from error
    name = names_of(row.number).get(entity, entity)
    title = pick(run.scheme(asked).zh, run.scheme(asked).en) if schemes else pick("全部结论", "all decisions")
    context = {
        "title": name, "subtitle": f"{entity} · {pick(row.zh, row.en)} · {title}", "told": block, "run": row, "warnings": warnings_of(row.number, schemes or scheme_codes(row)),
        "actions": [{"code": "all", "label": pick("全部方案", "All schemes"), "url": reverse("run-sheet", args=[row.number, entity]), "method": "get"}] if schemes else [],
        "crumbs": crumbs(row, *(((title, reverse("run-scheme", args=[row.number, asked])),) if schemes else ()), (name, "")),
    }  # fmt: skip
    return render(request, "kaiwu/run/sheet.html", context)


# -- what is missing ---------------------------------------------------------------------------------------


@require_GET
def show_missing(request: HttpRequest, key: str) -> HttpResponse:
    """缺数据清单 by department: how many lack a figure, and for how many it matters."""
    person = person_of(request)
    row = row_of(person, key)
    if reach_of(person) is not None:
        raise Http404
    asked = request.GET.get("department", "")
    lacks = shortage_rows(shortage_of(row.number), language())
    columns = shortage_columns()
    shown = [[f"{v:,}" if isinstance(v, int) else v for v in x] for x in lacks if not asked or x[0] == asked]
    right = [i for i, c in enumerate(columns) if c.kind == "whole"]
    table = make_table([pick(c.zh, c.en) for c in columns], shown, right=right)
    owners = list(dict.fromkeys(x[0] for x in lacks))
    options = [{"value": "", "label": pick("全部", "all"), "selected": not asked}]
    options += [{"value": o, "label": o, "selected": o == asked} for o in owners]
    context = {
        "title": pick("缺数据清单", "Missing figures"), "count": len(shown), **table, "crumbs": crumbs(row, (pick("缺数据清单", "Missing figures"), "")),
        "scope_line": pick("空缺即缺数据, 不作零; “影响结论数”是有结论因此停在缺数据的主体数", "a blank is missing, never zero"),
        "filters": [{"name": "department", "label": pick("责任部门", "Department"), "kind": "select", "value": asked, "options": options}],
        "exports": [{"label": pick("导出 Excel(按部门与按名)", "Excel"), "url": reverse("run-missing-export", args=[row.number])}],
    }  # fmt: skip
    return render(request, "kaiwu/list.html", context)


@require_GET
def send_missing(request: HttpRequest, key: str) -> HttpResponse:
    """The same by department and by name, as Excel."""
    person = person_of(request)
    row = row_of(person, key)
    if reach_of(person) is not None:
        raise Http404
    run = find_run(row.number)
    return send_book(print_shortage(run, shortage_of(row.number), names_of(row.number)), f"run_{row.number}_missing")
