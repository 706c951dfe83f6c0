"""The menu (菜单): the one list of screens and pages, in the order of an officer's day.

Owns which record types the platform has. A new one is a line here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kaiwu.web.wording import pick

if TYPE_CHECKING:
    from kaiwu.web.account.models import Person
    from kaiwu.web.screen import Screen

SCREENS: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = (
    (
        ("办件", "Cases"),
        (
            "kaiwu.web.case.screens:CaseScreen",
            "kaiwu.web.evaluation.screens:SheetScreen",
            "kaiwu.web.evaluation.screens:DisputeScreen",
            "kaiwu.web.evaluation.screens:PublicationScreen",
            "kaiwu.web.evaluation.screens:ConsequenceScreen",
        ),
    ),
    (("测算", "Runs"), ("kaiwu.web.run.screens:RunScreen", "kaiwu.web.run.screens:NearScreen")),
    (
        ("主体库", "Registry"),
        (
            "kaiwu.web.registry.screens:FirmScreen",
            "kaiwu.web.registry.screens:PlotScreen",
            "kaiwu.web.registry.screens:SpaceScreen",
            "kaiwu.web.registry.screens:PlaceScreen",
        ),
    ),
    (
        ("系统", "System"),
        (
            "kaiwu.web.job.screens:JobScreen",
            "kaiwu.web.account.screens:PersonScreen",
            "kaiwu.web.account.screens:OrganisationScreen",
            "kaiwu.web.event.screens:EventScreen",
        ),
    ),
)
"""Section (zh, en): the screens in it, as dotted names."""


@cache
def screens() -> tuple[Screen, ...]:
    """All screens, made once."""
    return tuple(load(name) for _, names in SCREENS for name in names)


@cache
def load(name: str) -> Screen:
    """The screen of a dotted name."""
    module, _, attribute = name.partition(":")
    screen: Screen = getattr(import_module(module), attribute)()
    return screen


def menu_for(person: Person, path: str) -> list[dict[str, Any]]:
    """The sections with what this person may open; empty sections are left out."""
    sections = []
    for (zh, en), names in SCREENS:
        items = [_item(screen, path) for screen in map(load, names) if screen.can_view(person)]
        if items:
            sections.append({"label": pick(zh, en), "items": items})
    return sections


def _item(screen: Screen, path: str) -> dict[str, Any]:
    url = reverse(f"{screen.code}-list")
    return {"label": screen.title, "url": url, "active": path.startswith(url), "count": None}
