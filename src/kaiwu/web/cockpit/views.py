"""The page of the cockpit, the tables behind tiles that have no list of their own, and their Excel."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from kaiwu.report.cell import print_cell
from kaiwu.report.printed import Printed, write_book
from kaiwu.version import __version__
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.cockpit.place import find_outline
from kaiwu.web.cockpit.queries import TILES, list_tiles, make_towns
from kaiwu.web.cockpit.tile import Tile
from kaiwu.web.screen.export import EXCEL
from kaiwu.web.shell import person_of
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import workspace

VIEWERS = OFFICE | {Role.AUDIT}
SHOWN = 200
"""Rows of a tile's own table on its page at most; the Excel has all."""


def _viewer(request: HttpRequest) -> Person:
    person = person_of(request)
    if not person.holds(*VIEWERS):
        raise Http404
    return person


@require_GET
def show_cockpit(request: HttpRequest) -> HttpResponse:
    """All tiles on one page of 1920 × 1080."""
    tiles = list_tiles(_viewer(request))
    line = f"{timezone.localdate()} · {pick('规则版本', 'rules')} {workspace().library.digest[:12]} · {pick('开物', 'Kaiwu')} {__version__}"
    return render(
        request, "kaiwu/cockpit.html", {"title": pick("驾驶舱", "Cockpit"), "tiles": tiles, "scope_line": line}
    )


def _printed(request: HttpRequest, code: str) -> Tile:
    person = _viewer(request)
    tile = TILES[code](person) if code in TILES else None
    if tile is None or not tile.printed:
        raise Http404
    return tile


@require_GET
def show_tile(request: HttpRequest, code: str) -> HttpResponse:
    """The tables behind a tile."""
    tile = _printed(request, code)
    sections = [_section(i, table) for i, table in enumerate(tile.printed)]
    exports = [{"label": pick("导出 Excel", "Excel"), "url": reverse("cockpit-excel", args=[code])}]
    crumbs = [{"label": pick("驾驶舱", "Cockpit"), "url": reverse("cockpit")}, {"label": tile.title, "url": ""}]
    facts = [str(fact) for fact in tile.printed[0].facts]
    context = {
        "title": tile.title,
        "subtitle": " · ".join(facts),
        "sections": sections,
        "exports": exports,
        "crumbs": crumbs,
    }
    return render(request, "kaiwu/detail.html", context)


def _section(i: int, printed: Printed) -> dict[str, Any]:
    listed = printed.rows.rows() if isinstance(printed.rows, pl.DataFrame) else list(printed.rows)
    columns = [
        {
            "code": str(n),
            "label": c.en if language() == "en" else c.zh,
            "align": "left" if c.kind == "text" else "right",
        }
        for n, c in enumerate(printed.columns)
    ]
    rows = [
        {
            "cells": [
                {**head, "text": print_cell(c, v, language())}
                for head, c, v in zip(columns, printed.columns, row, strict=True)
            ]
        }
        for row in listed[:SHOWN]
    ]
    table = {"columns": columns, "rows": rows, "empty": {"text": pick("没有内容", "Nothing")}}
    return {"code": f"table-{i}", "title": printed.name, "count": len(listed), "table": table}


@require_GET
def send_tile(request: HttpRequest, code: str) -> HttpResponse:
    """The same tables as Excel, as printed."""
    tile = _printed(request, code)
    with TemporaryDirectory() as folder:
        file = write_book(Path(folder) / "tile.xlsx", tile.printed)
        response = HttpResponse(file.read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{code}.xlsx"'
    return response


@require_GET
def send_outline(request: HttpRequest) -> HttpResponse:
    """The outlines of the towns with the values of the tile."""
    outline, tile = find_outline(), make_towns(_viewer(request))
    if outline is None or tile.map is None:
        raise Http404
    values = {name: (text, f"{reverse('firm-list')}?town={name}") for name, text in tile.map["rows"]}
    return JsonResponse(outline.filled(values))
