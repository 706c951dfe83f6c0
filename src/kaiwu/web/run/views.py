"""Pages of runs (测算页面): one run, its lists, a firm's sheet, what is missing, what differs, an edit on trial, jobs with progress."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.procedure import Change, compare_runs
from kaiwu.procedure.near_miss import has_limit
from kaiwu.procedure.trial import Part, Trial, parts_of, splice, try_edit
from kaiwu.quantity import KaiwuError
from kaiwu.report.book import print_list, print_shortage
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.listing import facts_of_run
from kaiwu.report.printed import Printed, write_book
from kaiwu.report.sheet import make_block
from kaiwu.report.shortage import shortage_columns, shortage_rows
from kaiwu.table import Document
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.job.models import Job, JobState
from kaiwu.web.job.screens import TAGS as JOB_TAGS
from kaiwu.web.job.services import cancel
from kaiwu.web.run.listing_page import ListingPage
from kaiwu.web.run.models import NearRow, RunRow
from kaiwu.web.run.queries import (
    counts_of,
    listing_of,
    mark_of,
    money_of,
    names_of,
    reach_of,
    row_of,
    scheme_codes,
    shortage_of,
    verdict_words,
    warnings_of,
)
from kaiwu.web.run.screens import RunScreen
from kaiwu.web.run.services import ask_near, ask_replay, ask_rerun, ask_run
from kaiwu.web.screen.export import EXCEL
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run, workspace

DRAWN = 24
"""Schemes in the chart of a run."""
SHOWN = 200
"""Rows of a comparison or a trial on its page; the counts are of all."""
ALL_ROLES = OFFICE | {Role.AUDIT, Role.TOWN}


def _crumbs(row: RunRow, *more: tuple[str, str]) -> list[dict[str, str]]:
    first = [
        (RunScreen().title, reverse("run-list")),
        (f"{row.number} {pick(row.zh, row.en)}", reverse("run-detail", args=[row.number])),
    ]
    return [{"label": label, "url": url} for label, url in (*first, *more)]


def _cell(label: str, text: Any, **more: Any) -> dict[str, Any]:
    return {"label": label, "text": text, **more}


def _heads(*heads: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"label": label, "align": align} for label, align in heads]


def _rows(heads: Sequence[dict[str, Any]], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Cells of plain texts, or of dictionaries that say more than their text."""
    return [
        {"cells": [{**head, **(value if isinstance(value, dict) else {"text": value})} for head, value in zip(heads, row, strict=True)]}
        for row in rows
    ]  # fmt: skip


def _office(request: HttpRequest) -> Person:
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
        "crumbs": [*_crumbs(row)[:1], {"label": row.number, "url": ""}],
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
    heads = _heads((pick("方案", "Scheme"), "left"), (pick("依据", "Rests on"), "left"), (pick("各类计数", "Counts"), "left"),
                   (pick("合计", "Total"), "right"), (pick("可信程度", "Standing"), "left"))  # fmt: skip
    rows = []
    for code in codes:
        scheme, mark = run.scheme(code), mark_of(run, code)
        url = reverse("run-scheme", args=[row.number, code])
        told = "　".join(f"{label} {n:,}" for label, n in counts[code])
        total = sum(n for _, n in counts[code])
        rows.append(({"text": pick(scheme.zh, scheme.en), "url": url}, scheme.document.title, told, f"{total:,}",
                     {"text": mark or pick("已核实", "attested"), "tag": "warn" if mark else "ok"}))  # fmt: skip
    table = {"columns": heads, "rows": _rows(heads, rows)}
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
        "columns": _heads((pick("方案", "Scheme"), "left"), *((label, "right") for label in labels)),
        "rows": [[name, *(f"{dict(counts[c]).get(label, 0):,}" for label in labels)] for name, c in zip(names, drawn, strict=True)],
    }  # fmt: skip
    return {"code": "chart", "title": pick("结论分布", "Distribution"), "chart": chart}


# -- lists -------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, row: RunRow, scheme: str) -> ListingPage:
    listing = listing_of(row.number, scheme)
    return ListingPage(
        listing, request.GET.dict(), reach_of(person_of(request)), lambda entity: _sheet_url(row, entity, scheme)
    )


def _sheet_url(row: RunRow, entity: str, scheme: str) -> str:
    return f"{reverse('run-sheet', args=[row.number, entity])}?{urlencode({'scheme': scheme})}"


@require_GET
def show_listing(request: HttpRequest, key: str, scheme: str) -> HttpResponse:
    """The list of one scheme with filters, order and pages; an htmx request gets the table card alone."""
    row = row_of(person_of(request), key)
    page = _page(request, row, scheme)
    run = find_run(row.number)
    title = pick(page.listing.zh, page.listing.en)
    context = page.context() | {
        "title": title, "scope_line": " · ".join(facts_of_run(run, run.scheme(scheme), language())), "warnings": warnings_of(row.number, [scheme]),
        "counts": counts_of(row.number, scheme, page.reach), "crumbs": _crumbs(row, (title, "")), "run": row,
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
        "crumbs": _crumbs(row, *(((title, reverse("run-scheme", args=[row.number, asked])),) if schemes else ()), (name, "")),
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
    heads = _heads(*((pick(c.zh, c.en), "right" if c.kind == "whole" else "left") for c in shortage_columns()))
    shown = [x for x in lacks if not asked or x[0] == asked]
    rows = _rows(heads, [[f"{v:,}" if isinstance(v, int) else v for v in x] for x in shown])
    owners = list(dict.fromkeys(x[0] for x in lacks))
    options = [{"value": "", "label": pick("全部", "all"), "selected": not asked}]
    options += [{"value": o, "label": o, "selected": o == asked} for o in owners]
    context = {
        "title": pick("缺数据清单", "Missing figures"), "count": len(rows), "columns": heads, "rows": rows, "crumbs": _crumbs(row, (pick("缺数据清单", "Missing figures"), "")),
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


# -- an edit on trial --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def try_rule(request: HttpRequest, key: str) -> HttpResponse:
    """Edit one clause of a rulebook and see who flips and what it costs. Nothing is saved."""
    row = row_of(_office(request), key)
    run = find_run(row.number)
    codes = scheme_codes(row)
    asked = request.POST.get("scheme") or request.GET.get("scheme", "")
    code = asked if asked in codes else codes[0]
    document, _ = run.library.rulebook(code)
    parts = parts_of(document)
    part = _part(parts, request.POST.get("part") or request.GET.get("part", ""))
    text = part.text if part else document.text
    context: dict[str, Any] = {
        "title": pick("试改规则", "Try an edit"), "run": row, "schemes": [(c, pick(run.scheme(c).zh, run.scheme(c).en), c == code) for c in codes],
        "scheme": code, "parts": [(p.code, p.zh, part is not None and p.code == part.code) for p in parts], "part": part, "text": text, "original": text,
        "crumbs": _crumbs(row, (pick("试改规则", "Try an edit"), "")), "warnings": warnings_of(row.number, [code]), "lines": max(6, min(30, text.count("\n") + 2)),
    }  # fmt: skip
    if request.method == "POST":
        context["text"] = request.POST.get("text", "").replace("\r\n", "\n")[:200_000]
        try:
            context |= _tried(row, try_edit(run, code, _whole(document, part, context["text"])))
        except KaiwuError as error:
            context["problems"] = [
                {"code": p.code, "where": p.where, "text": pick(p.zh, p.en), "at": p.text} for p in error.problems
            ]
    return render(request, "kaiwu/run/trial.html", context, status=422 if context.get("problems") else 200)


def _part(parts: Sequence[Part], code: str) -> Part | None:
    if code == "*" or not parts:
        return None
    return next((p for p in parts if p.code == code), parts[0])


def _whole(document: Document, part: Part | None, text: str) -> str:
    return splice(document, part, text) if part is not None else text


def _tried(row: RunRow, trial: Trial) -> dict[str, Any]:
    """What an edit does, for the page: each scheme that it reaches, and the first of those who flip."""
    names = names_of(row.number)
    flipped = trial.changes.filter(pl.col("flips"))
    schemes = []
    for code in trial.schemes:
        words, cost = verdict_words(trial.before, code), trial.cost(code)
        flips = [(words.get(b, str(b)), words.get(a, str(a)), f"{n:,}") for b, a, n in trial.flips(code)]
        moved = trial.changes.filter(pl.col("scheme") == code).height
        if code == trial.scheme or moved:
            scheme = trial.before.scheme(code)
            schemes.append({"title": pick(scheme.zh, scheme.en), "flips": flips, "moved": moved,
                            "cost": [money_of(low, high, is_limited=high is not None) for low, high in cost] if cost else None})  # fmt: skip
    heads = _heads((pick("主体", "Entity"), "left"), (pick("方案", "Scheme"), "left"), (pick("条款", "Clause"), "left"), (pick("改前", "Before"), "left"),
                   (pick("改后", "After"), "left"), (pick("金额", "Amount"), "right"))  # fmt: skip
    rows = []
    for r in flipped.head(SHOWN).iter_rows(named=True):
        words, scheme = verdict_words(trial.before, r["scheme"]), trial.before.scheme(r["scheme"])
        title = scheme.titles().get(r["item"], (r["item"], r["item"], ""))
        entity = {"text": names.get(r["entity"], r["entity"]), "url": _sheet_url(row, r["entity"], r["scheme"])}
        is_limited = has_limit(scheme, r["item"])
        money = " → ".join(
            money_of(r[f"low_{s}"], r[f"high_{s}"], is_limited=is_limited) or "—" for s in ("before", "after")
        )
        rows.append((entity, pick(scheme.zh, scheme.en), pick(title[0], title[1]), words.get(r["before"], "—"), words.get(r["after"], "—"),
                     money if money != "— → —" else ""))  # fmt: skip
    return {"tried": True, "results": schemes, "flipped": flipped.height, "firms": flipped["entity"].n_unique(),
            "columns": heads, "rows": _rows(heads, rows), "shown": SHOWN}  # fmt: skip


# -- comparing ---------------------------------------------------------------------------------------------


@require_GET
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """Who differs between another run and this one, from what to what, and why."""
    person = person_of(request)
    row = row_of(person, key)
    screen = RunScreen()
    others = screen.rows(person).filter(job=row.job).exclude(number=row.number).order_by("-number")
    asked = request.GET.get("with", "") or row.corrects
    other = others.filter(number=asked).first()
    context: dict[str, Any] = {
        "title": pick("两次测算的差异", "What differs between two runs"), "run": row, "other": other, "others": others[:50],
        "crumbs": _crumbs(row, (pick("差异", "Difference"), "")), "warnings": warnings_of(row.number, scheme_codes(row)),
    }  # fmt: skip
    if other is not None:
        before, after = sorted((row, other), key=lambda r: r.number)
        context |= _difference(before, after, person)
    return render(request, "kaiwu/run/compare.html", context)


def _difference(before: RunRow, after: RunRow, person: Person) -> dict[str, Any]:
    reach, run, names = reach_of(person), find_run(after.number), names_of(after.number)
    changes = [c for c in compare_runs(find_run(before.number), run) if reach is None or c.entity in reach]
    causes: dict[str, int] = {}
    for change in changes:
        causes[change.cause] = causes.get(change.cause, 0) + 1
    heads = _heads(
        (pick("主体", "Entity"), "left"),
        (pick("方案", "Scheme"), "left"),
        (pick("变化", "Change"), "left"),
        (pick("原因", "Why"), "left"),
    )
    rows = []
    for change in changes[:SHOWN]:
        scheme = run.scheme(change.scheme)
        entity = {
            "text": names.get(change.entity, change.entity),
            "url": _sheet_url(after, change.entity, change.scheme),
        }
        rows.append((entity, pick(scheme.zh, scheme.en), _told(run, change), pick(change.zh, change.en)))
    told = [(pick(*CAUSES[cause]), n) for cause, n in sorted(causes.items())]
    return {"before": before, "after": after, "total": len(changes), "firms": len({c.entity for c in changes}), "causes": told,
            "columns": heads, "rows": _rows(heads, rows), "shown": SHOWN}  # fmt: skip


CAUSES = {"figure": ("自身数据变动", "own figures"), "rule": ("规则变动", "the rules"), "others": ("他人变动", "others"),
          "entered": ("新进入范围", "entered"), "left": ("退出范围", "left")}  # fmt: skip


def _told(run: Any, change: Change) -> str:
    """``等级 B → A, 名次 5 → 3``: the columns that a list shows."""
    listing = listing_of(run.record.number, change.scheme)
    columns = {c.en: c for c in listing.columns} | {"outcome": Column("结论", "answer"), "low": Column("金额下限", "lowest", kind="money"),
                                                      "high": Column("金额上限", "highest", kind="money")}  # fmt: skip
    words = verdict_words(run, change.scheme)
    parts = []
    for name, value in change.after.items():
        column = columns.get(name)
        if column is None:
            continue
        texts = [_value(column, name, v, words) for v in (change.before[name], value)]
        parts.append(f"{pick(column.zh, column.en)} {texts[0]} → {texts[1]}")
    return "; ".join(parts) or pick("内部数值变动", "inner values")


def _value(column: Column, name: str, value: Any, words: Any) -> str:
    if value is None:
        return "—"
    if name == "outcome":
        return str(words.get(str(value), value))
    return print_cell(column, value, language()) or "—"


# -- jobs --------------------------------------------------------------------------------------------------


class StartForm(forms.Form):
    """Which standing job to run."""

    job = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                j.code,
                f"{pick(j.zh, j.en)} · {pick('评价年度', 'rated year')} {j.rated} · {pick('基准日', 'as of')} {j.as_of}",
            )
            for j in workspace().jobs
        ]
        self.fields["job"] = forms.ChoiceField(label=pick("任务", "Job"), choices=choices)


@require_http_methods(["GET", "POST"])
def begin_run(request: HttpRequest) -> HttpResponse:
    """Start a run of a standing job in the background."""
    _office(request)
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _follow(ask_run(actor_of(request), form.cleaned_data["job"]))
        except KaiwuError as error:
            return refuse(request, error)
    notes = [pick("按今天已知的数据测算, 冻结所用数据、规则版本与范围, 可随时重放", "computed with what is known today; data, rules and scope are frozen and can be replayed"),
             pick("在后台进行, 可离开本页", "it works in the background; you may leave this page")]  # fmt: skip
    context = {
        "title": pick("开始测算", "Start a run"),
        "form": form,
        "submit": pick("开始", "Start"),
        "cancel_url": reverse("run-list"),
        "notes": notes,
    }
    return render(request, "kaiwu/form.html", context, status=422 if form.errors else 200)


def _follow(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("run-job", args=[job.pk]))


@require_POST
def begin_replay(request: HttpRequest, key: str) -> HttpResponse:
    """Compute a run again in the background and compare the digests."""
    return _follow(ask_replay(actor_of(request), row_of(_office(request), key).number))


@require_POST
def begin_near(request: HttpRequest, key: str) -> HttpResponse:
    """Find near misses in the background."""
    return _follow(ask_near(actor_of(request), row_of(_office(request), key).number))


@require_POST
def begin_rerun(request: HttpRequest, key: str) -> HttpResponse:
    """The run after upheld objections, in the background."""
    return _follow(ask_rerun(actor_of(request), row_of(_office(request), key).number))


def _job_of(request: HttpRequest, number: int) -> Job:
    job = Job.objects.filter(pk=number, asked_by=person_of(request).login).first()
    if job is None:
        raise Http404
    return job


@require_GET
def show_job(request: HttpRequest, number: int) -> HttpResponse:
    """How far a job is; the part asks for itself until it has ended, and then leads to the result."""
    job = _job_of(request, number)
    is_over = job.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    state = {"queued": ("排队中", "waiting"), "running": ("进行中", "working"), "done": ("已完成", "done"), "failed": ("未完成", "failed"),
             "cancelled": ("已取消", "cancelled")}[job.state]  # fmt: skip
    steps = f" {job.done:,} / {job.total:,}" if job.total else ""
    progress = {
        "url": reverse("run-job", args=[job.pk]), "finished": is_over, "done": 1 if job.state == JobState.DONE else job.done,
        "total": 1 if job.state == JobState.DONE else job.total or 1, "text": f"{pick(*state)}{steps} {job.note}".strip(),
    }  # fmt: skip
    result = json.loads(job.result) if job.result else {}
    context = {
        "title": job.title, "job": job, "progress": progress, "status": {"text": pick(*state), "tag": str(JOB_TAGS[job.state])}, "is_over": is_over,
        "problem": pick(job.error_zh, job.error_en), "replay": result if job.kind == "replay" else None, "result_url": job.url,
        "crumbs": [{"label": RunScreen().title, "url": reverse("run-list")}, {"label": job.title, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/run/job.html", context)


@require_POST
def stop_job(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a job to stop."""
    job = _job_of(request, number)
    cancel(actor_of(request), job)
    return _follow(job)
