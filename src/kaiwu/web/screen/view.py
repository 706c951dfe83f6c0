"""Pages of a screen (页面): list, detail, Excel; one set of routes for each declaration.

Owns the requests. What a list holds is ``listing``; how a sheet looks is ``export``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from kaiwu.report.printed import write_book
from kaiwu.web.event.models import Event
from kaiwu.web.screen.export import EXCEL, print_selection
from kaiwu.web.screen.intake_view import import_records, send_template
from kaiwu.web.screen.listing import Selection, page_context
from kaiwu.web.screen.screen import Screen
from kaiwu.web.shell import person_of

LOGGED = 20  # events on the page of one record

View = Callable[..., HttpResponse]


def screen_urls(screen: Screen) -> list[URLPattern]:
    """The routes of a screen: ``<code>/``, ``<code>/export.xlsx``, ``<code>/<key>/``; names ``<code>-list`` and so on.

    A screen with importable columns also has ``<code>/import/`` and ``<code>/template.xlsx``.
    """
    imports = [
        path(f"{screen.code}/import/", _guarded(screen, import_records), name=f"{screen.code}-import"),
        path(f"{screen.code}/template.xlsx", _guarded(screen, send_template), name=f"{screen.code}-template"),
    ]
    return [
        path(f"{screen.code}/", _guarded(screen, show_list), name=f"{screen.code}-list"),
        path(f"{screen.code}/export.xlsx", _guarded(screen, send_book), name=f"{screen.code}-export"),
        *(imports if screen.importable else ()),
        path(f"{screen.code}/<str:key>/", _guarded(screen, show_record), name=f"{screen.code}-detail"),
    ]


def _guarded(screen: Screen, view: View) -> View:
    """The view for those who may open the screen; for others it does not exist."""

    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not screen.can_view(person_of(request)):
            raise Http404
        return view(request, screen, **kwargs)

    return guarded


def show_list(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The list; an htmx request gets the table card alone."""
    context = page_context(Selection(screen, person_of(request), request.GET.dict()))
    is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    return render(request, "kaiwu/part/table.html" if is_part else "kaiwu/list.html", context)


def send_book(request: HttpRequest, screen: Screen) -> HttpResponse:
    """The same selection as Excel, as printed."""
    selection = Selection(screen, person_of(request), request.GET.dict())
    with TemporaryDirectory() as folder:
        file = write_book(Path(folder) / "list.xlsx", [print_selection(selection)])
        response = HttpResponse(file.read_bytes(), content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="{screen.code}.xlsx"'
    return response


def show_record(request: HttpRequest, screen: Screen, key: str) -> HttpResponse:
    """The page of one record; one out of reach does not exist."""
    person = person_of(request)
    record = screen.rows(person).filter(**{screen.key: key}).first() if _is_key(screen, key) else None
    if record is None:
        raise Http404
    return render(request, "kaiwu/detail.html", record_context(request, screen, record))


def record_context(request: HttpRequest, screen: Screen, record: Any) -> dict[str, Any]:
    """All that the template of a record needs."""
    person = person_of(request)
    columns = {c.code: c for c in screen.shown_columns(person)}
    groups = [
        {"title": group.zh if request.LANGUAGE_CODE != "en" else group.en,
         "rows": [columns[code].cell(record) for code in group.codes if code in columns]}
        for group in screen.groups
    ]  # fmt: skip
    actions = [
        a.shown(reverse(a.url, args=[screen.key_of(record)]))
        for a in screen.record_actions
        if not person.roles.isdisjoint(a.roles) and (a.fits is None or a.fits(record))
    ]
    return {
        "screen": screen.code, "title": screen.heading_of(record), "subtitle": screen.title, "groups": groups, "actions": actions,
        "sections": screen.sections(record, person), "timeline": _timeline(screen, record),
        "crumbs": [{"label": screen.title, "url": reverse(f"{screen.code}-list")}, {"label": screen.heading_of(record), "url": ""}],
    }  # fmt: skip


def _timeline(screen: Screen, record: Any) -> list[dict[str, Any]]:
    events = Event.objects.filter(record=screen.code, key=screen.key_of(record))[:LOGGED]
    return [
        {
            "when": e.at,
            "who": e.actor_name or e.actor,
            "what": screen.word_deed(record, e.verb),
            "evidence": e.evidence,
            "version": e.rule_version[:12],
            "after": e.after,
        }
        for e in events
    ]


def _is_key(screen: Screen, key: str) -> bool:
    return screen.key != "pk" or (key.isdecimal() and len(key) < 19)
