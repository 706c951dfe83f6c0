"""The page of the cockpit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def show_cockpit(request: HttpRequest) -> HttpResponse:
    """All tiles."""
    return HttpResponse("")
