"""The map page of land (用地地图页面): plots by class, blocks, before and after, supplies with their applicants; the same as a table."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kaiwu.allot.land.plot import PlotMap
from kaiwu.quantity import KaiwuError
from kaiwu.report.allot_page import RoundPaper
from kaiwu.report.cell import Column
from kaiwu.report.printed import Printed
from kaiwu.web.account.models import Person
from kaiwu.web.land import plot_map, queries
from kaiwu.web.land.views import VIEWERS, held_by, send_sheet
from kaiwu.web.registry.reach import Reach, reach_of
from kaiwu.web.screen.table import make_table
from kaiwu.web.shell import refuse, show_message
from kaiwu.web.wording import pick
from kaiwu.web.workspace import is_synthetic, workspace

ROWS = 2_000
"""Rows of a map's table on its page; its Excel has them all."""


def _layer(request: HttpRequest) -> tuple[plot_map.Layer | None, RoundPaper | None, list[str]]:
    """The layer that was asked for, cut to the reach of who asks; the round on it; the rounds to choose from."""
    person = held_by(request, *VIEWERS)
    reach, desk = reach_of(person), queries.land_desk()
    plots = plot_map.open_map(workspace().folder)
    code = request.GET.get("layer", next(iter(plot_map.LAYERS)))
    rounds = queries.round_codes(desk, reach)
    wanted = request.GET.get("round", rounds[0] if rounds else "")
    if code not in plot_map.LAYERS or (wanted and wanted not in rounds):
        raise Http404
    paper = queries.find_paper(desk, wanted, reach) if wanted else None
    if plots is None:
        return None, paper, rounds
    shown = _shown(plots, person, reach, paper if code == "supply" else None)
    return (
        plot_map.make_layer(
            code, plots, shown, paper, lambda applicant: queries.project_url(paper, applicant, reach) if paper else ""
        ),
        paper,
        rounds,
    )


def _shown(plots: PlotMap, person: Person, reach: Reach, paper: RoundPaper | None) -> list[int]:
    """The plots in reach; the supplies of a noticed round are everybody's to see."""
    found = set(plot_map.visible_plots(plots, reach, person.organisation.entity))
    if paper is not None:
        offered = {s.id for s in paper.placed.round.supplies}
        found |= {i for i, facts in enumerate(plots.facts) if facts.get("supply") in offered}
    return sorted(found)


@require_GET
def show_map(request: HttpRequest) -> HttpResponse:
    """The plots by class, blocks, before and after, supplies with their applicants; the same as a table."""
    try:
        layer, paper, rounds = _layer(request)
    except KaiwuError as error:
        return refuse(request, error)
    title = pick("用地地图", "Map of plots")
    if layer is None:
        text = pick(
            f"把地块图放到工作区的 {plot_map.FILES[0]} (坐标系须声明), 再看本页",
            f"put a map of plots at {plot_map.FILES[0]} of the workspace, its datum declared, then come back",
        )
        return show_message(request, pick("还没有地块图", "No map of plots yet"), text)
    if not layer.shown:
        return show_message(request, title, pick("没有您可以查看的地块", "there is no plot that you may see"))
    words = {"round": paper.placed.round.code} if paper is not None else {}
    rows = plot_map.layer_rows(layer)
    heads = [
        {"label": head, "align": "right" if 3 <= i <= 6 else "left"} for i, head in enumerate(plot_map.layer_heads())
    ]
    blocks = make_table(
        (
            pick("连片", "Block"),
            pick("地块", "Plots"),
            pick("面积(亩)", "Area (mu)"),
            pick("成本(万元)", "Cost (10,000 yuan)"),
            pick("年增收(万元)", "Gain a year"),
        ),
        plot_map.block_rows(layer.plots, layer.shown),
        right=(1, 2, 3, 4),
    )
    context = {
        "title": title, "subtitle": pick(f"{len(layer.shown)} 个地块 · CGCS2000/WGS84 · 图上没有底图", f"{len(layer.shown)} plots · CGCS2000/WGS84 · no ground map"), "is_synthetic": is_synthetic() or any("label" in f for f in layer.plots.facts[:1]),
        "layers": [{"label": pick(*label), "url": f"?{urlencode({'layer': code, **words})}", "now": code == layer.code} for code, label in plot_map.LAYERS.items()],
        "rounds": [{"label": code, "url": f"?{urlencode({'layer': 'supply', 'round': code})}", "now": bool(words) and code == words["round"]} for code in rounds] if layer.code == "supply" else [],
        "legend": layer.legend, "blocks": blocks if blocks["rows"] and layer.code in ("block", "after") else None, "exports": [{"label": "Excel", "url": f"{reverse('land-map-book')}?{urlencode({'layer': layer.code, **words})}"}],
        "map": {"title": pick(*plot_map.LAYERS[layer.code]), "source": f"{reverse('land-map-data')}?{urlencode({'layer': layer.code, **words})}", "columns": heads, "rows": rows[:ROWS],
                "note": pick(f"表中只列前 {ROWS} 个地块, 全部见 Excel", f"the table lists the first {ROWS} plots; the Excel has them all") if len(rows) > ROWS else ""},
        "crumbs": [{"label": title, "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/land/map.html", context)


@require_GET
def send_map(request: HttpRequest) -> HttpResponse:
    """The layer as GeoJSON in WGS 84, cut to the reach of who asks."""
    try:
        layer, _, _ = _layer(request)
    except KaiwuError as error:
        return refuse(request, error)
    if layer is None:
        raise Http404
    return JsonResponse(plot_map.print_layer(layer), content_type="application/geo+json")


@require_GET
def send_map_book(request: HttpRequest) -> HttpResponse:
    """The table of a layer as Excel."""
    try:
        layer, _, _ = _layer(request)
    except KaiwuError as error:
        return refuse(request, error)
    if layer is None:
        raise Http404
    columns = [Column(head, "", 16) for head in plot_map.layer_heads()]
    label = plot_map.LAYERS[layer.code][0]
    return send_sheet(
        Printed(
            "地块",
            f"用地地图: {label}",
            [f"{len(layer.shown)} 个地块"],
            columns,
            plot_map.layer_rows(layer),
            is_synthetic=is_synthetic(),
            footer="用地地图",
        ),
        "plots.xlsx",
    )
