"""Further pages of the registry (主体库页面)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kaiwu.web.registry.queries import figure_table, list_figures
from kaiwu.web.registry.screens import FirmScreen
from kaiwu.web.screen import Section
from kaiwu.web.shell import person_of
from kaiwu.web.wording import pick


@require_GET
def show_figures(request: HttpRequest, key: str) -> HttpResponse:
    """All figures of a firm."""
    screen, person = FirmScreen(), person_of(request)
    firm = screen.rows(person).filter(entity=key).first() if screen.can_view(person) else None
    if firm is None:
        raise Http404
    rows = list_figures(firm)
    section = Section("figures", pick("全部数据", "All figures"), figure_table(rows), len(rows))
    crumbs = [
        {"label": screen.title, "url": reverse("firm-list")},
        {"label": firm.name, "url": screen.url(firm)},
        {"label": section.title, "url": ""},
    ]
    return render(
        request,
        "kaiwu/detail.html",
        {"title": firm.name, "subtitle": section.title, "sections": [section], "groups": [], "crumbs": crumbs},
    )
