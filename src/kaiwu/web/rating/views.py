"""Pages of rated counties (区县评价页面)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kaiwu.rating.index.phrase import tell_parts
from kaiwu.report.index_page import NOTE, IndexReport, print_league
from kaiwu.report.printed import EXCEL, write_book
from kaiwu.web.account.role import GOVERNMENT, Role
from kaiwu.web.rating.queries import (
    interval_option,
    league_table,
    newest_report,
    part_rows,
    parts_chart,
    parts_of,
    sensitivity,
)
from kaiwu.web.shell import person_of, show_message
from kaiwu.web.wording import pick

VIEWERS = GOVERNMENT | {Role.AUDIT}


def _report(request: HttpRequest) -> IndexReport | None:
    """The newest report, for those who may see it."""
    if not person_of(request).holds(*VIEWERS):
        raise Http404
    return newest_report()


def _tabs(report: IndexReport) -> dict[str, Any]:
    return {
        "report": report,
        "title": pick(report.zh, report.en),
        "note": pick(*NOTE),
        "is_synthetic": report.is_synthetic,
    }


@require_GET
def show_ranking(request: HttpRequest) -> HttpResponse:
    """Places in one league, with the interval of each."""
    report = _report(request)
    if report is None:
        text = pick("先运行区县评价任务, 再看本页", "run a job that rates counties, then come back")
        return show_message(request, pick("还没有区县评价", "No counties are rated yet"), text)
    leagues = list(report.leagues())
    league = request.GET.get("league", leagues[0])
    if league not in leagues:
        raise Http404
    rows = league_table(report, league)
    chart = {"title": pick("名次与 90% 区间", "Places and 90 % intervals"), "option": interval_option(rows), "size": "tall",
             "columns": [{"label": pick("单位", "Unit")}, {"label": pick("90% 区间", "90 % interval"), "align": "right"}],
             "rows": [[r["name"], r["interval"]] for r in rows if r["is_rated"]]}  # fmt: skip
    context = {
        "leagues": leagues,
        "league": league,
        "rows": rows,
        "quota": report.quota_of(league),
        "chart": chart,
        "told": [pick(*t) for t in report.diagnosis.tell()],
    }
    return render(request, "kaiwu/rating/ranking.html", _tabs(report) | context)


@require_GET
def show_unit(request: HttpRequest, unit: str) -> HttpResponse:
    """One unit: its place, the parts of its score, and the gaps to the place before it and to the last one within the quota."""
    report, row, members = _find(request, unit)
    at, quota = members.index(unit), report.quota_of(row["league"])
    others = [members[i] for i in dict.fromkeys((at - 1, quota - 1)) if 0 <= i < at]
    parts = parts_of(report, unit)
    gaps = [
        {"name": report.name(other), "chart": parts_chart(parts_of(report, unit, other), pick("差距构成", "Parts of the gap"), is_gap=True),
         "points": part_rows(parts_of(report, unit, other), is_gap=True)[0]["points"], "url": f"{reverse('rating-compare')}?a={unit}&b={other}"}
        for other in others
    ]  # fmt: skip
    context = {
        "row": row, "size": len(members), "quota": quota, "parts": part_rows(parts, is_gap=False), "gaps": gaps, "told": pick(*tell_parts(parts)[0]).replace(unit, row["name"]),
        "chart": parts_chart(parts, pick("得分构成", "Parts of the score"), is_gap=False),
    }  # fmt: skip
    return render(request, "kaiwu/rating/unit.html", _tabs(report) | context)


def _find(request: HttpRequest, unit: str) -> tuple[IndexReport, dict[str, Any], list[str]]:
    """The report, the row and the league of a rated unit; for anything else there is no page."""
    report = _report(request)
    for league in report.leagues() if report is not None else ():
        rows = [r for r in league_table(report, league) if r["is_rated"]] if report is not None else []
        for row in rows:
            if row["unit"] == unit and report is not None:
                return report, row | {"league": league}, [r["unit"] for r in rows]
    raise Http404


@require_GET
def show_compare(request: HttpRequest) -> HttpResponse:
    """Any two units of the evaluation: the gap and its parts, which sum to it."""
    report = _report(request)
    if report is None:
        raise Http404
    choices = [
        (r["unit"], r["name"]) for league in report.leagues() for r in league_table(report, league) if r["is_rated"]
    ]
    known = {unit for unit, _ in choices}
    a, b = request.GET.get("a", choices[0][0]), request.GET.get("b", choices[1][0])
    if a not in known or b not in known:
        raise Http404
    gap = parts_of(report, a, b) if a != b else None
    context = {"choices": choices, "a": a, "b": b, "names": (report.name(a), report.name(b))}
    if gap is not None:
        context |= {
            "rows": part_rows(gap, is_gap=True),
            "points": part_rows(gap, is_gap=True)[0]["points"],
            "chart": parts_chart(gap, pick("差距构成", "Parts of the gap"), is_gap=True),
        }
    return render(request, "kaiwu/rating/compare.html", _tabs(report) | context)


@require_GET
def show_sensitivity(request: HttpRequest) -> HttpResponse:
    """Which choices of the method move the places, and who is certain of the quota whatever is chosen."""
    report = _report(request)
    if report is None:
        raise Http404
    rows = sensitivity(report)
    chart = {"title": pick("各项选择对名次的影响", "What moves the places"), "columns": [{"label": pick("选择", "Choice")}, {"label": pick("占名次变动", "Share of the movement"), "align": "right"}, {"label": pick("受影响最大", "Moved most")}],
             "rows": [[r["choice"], f"{r['share']:.0%}", r["unit"]] for r in rows], "size": "short",
             "option": {"grid": {"left": 140, "right": 40, "top": 8, "bottom": 24}, "xAxis": {"type": "value", "max": 1}, "yAxis": {"type": "category", "inverse": True, "data": [r["choice"] for r in rows]}, "series": [{"type": "bar", "data": [round(r["share"], 4) for r in rows]}]}}  # fmt: skip
    counts = {league: _count_standings(league_table(report, league)) for league in report.leagues()}
    return render(
        request,
        "kaiwu/rating/sensitivity.html",
        _tabs(report) | {"chart": chart, "counts": counts, "told": [pick(*t) for t in report.diagnosis.tell()]},
    )


def _count_standings(rows: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Names by standing, in the order of places."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["standing"], []).append(row["name"])
    return list(found.items())


@require_GET
def send_book(request: HttpRequest) -> HttpResponse:
    """Places and parts as Excel, as printed."""
    report = _report(request)
    if report is None:
        raise Http404
    with TemporaryDirectory() as folder:
        body = write_book(Path(folder) / "league.xlsx", print_league(report)).read_bytes()
    return HttpResponse(body, content_type=EXCEL, headers={"Content-Disposition": 'attachment; filename="league.xlsx"'})
