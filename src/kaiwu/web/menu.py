"""The menu (菜单): the one list of screens and pages, in the order of an officer's day.

Owns which record types the platform has. A new one is a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from kaiwu.web.account.role import GOVERNMENT, OFFICE, Role
from kaiwu.web.wording import pick

if TYPE_CHECKING:
    from kaiwu.web.account.models import Person
    from kaiwu.web.screen import Screen


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A page that is no record type: the name of its route, its label, and who may open it."""

    route: str
    zh: str
    en: str
    roles: frozenset[Role]


_MATCHERS = OFFICE | {Role.TOWN, Role.AUDIT}

PAGES: dict[str, tuple[MenuPage, ...]] = {
    "办件": (MenuPage("cockpit", "驾驶舱", "Cockpit", OFFICE | {Role.AUDIT}),),
    "政策": (MenuPage("policy", "可享政策", "Policies for us", frozenset({Role.CLERK})),),
    "数据": (MenuPage("reconcile", "对数", "Reconciliation", GOVERNMENT | {Role.AUDIT}),),
    "测算": (MenuPage("rating", "区县评价", "Counties", GOVERNMENT | {Role.AUDIT}),),
    "主体库": (MenuPage("identity", "主体复核", "Who is meant", OFFICE | {Role.AUDIT}),),
    "用地": (
        MenuPage("land", "供地批次", "Land rounds", _MATCHERS | {Role.CLERK}),
        MenuPage("land-map", "用地地图", "Map of plots", _MATCHERS | {Role.CLERK}),
    ),
    "对接": (
        MenuPage("market-search", "找供给", "Find offers", _MATCHERS),
        MenuPage("market-lists", "邀请名单", "Invitation lists", _MATCHERS),
        MenuPage("market-lists", "我的对接", "Our pairs", frozenset({Role.CLERK})),
        MenuPage("market-own", "四找", "Four finds", frozenset({Role.CLERK})),
        MenuPage("market-funnel", "对接漏斗", "Funnel", _MATCHERS),
        MenuPage("market-space", "空间需求", "Needs for space", _MATCHERS),
    ),
}
"""Section (zh): the pages that stand in it after its screens."""

SCREENS: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = (
    (
        ("办件", "Cases"),
        (
            "kaiwu.web.case.screens:CaseScreen",
            "kaiwu.web.evaluation.screens:SheetScreen",
            "kaiwu.web.evaluation.screens:DisputeScreen",
            "kaiwu.web.evaluation.screens:PublicationScreen",
            "kaiwu.web.evaluation.screens:ConsequenceScreen",
            "kaiwu.web.paper.screens:PaperScreen",
        ),
    ),
    (
        ("政策", "Policies"),
        (
            "kaiwu.web.policy.screens:ClauseScreen",
            "kaiwu.web.policy.screens:AnswerScreen",
            "kaiwu.web.claim.screens:ClaimScreen",
            "kaiwu.web.policy.screens:TitleScreen",
        ),
    ),
    (("测算", "Runs"), ("kaiwu.web.run.screens:RunScreen", "kaiwu.web.run.screens:NearScreen")),
    (("对接", "Matching"), ()),
    (("用地", "Land"), ()),
    (("数据", "Data"), ("kaiwu.web.exchange.screens:DataRequestScreen", "kaiwu.web.exchange.screens:RulingScreen")),
    (
        ("主体库", "Registry"),
        (
            "kaiwu.web.registry.screens:FirmScreen",
            "kaiwu.web.registry.screens:GroupScreen",
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
        items = [_item(f"{s.code}-list", s.title, path) for s in map(load, names) if s.can_view(person)]
        pages = [page for page in PAGES.get(zh, ()) if person.holds(*page.roles)]
        items += [_item(page.route, pick(page.zh, page.en), path) for page in pages]
        if items:
            sections.append({"label": pick(zh, en), "items": items})
    return sections


def _item(route: str, label: str, path: str) -> dict[str, Any]:
    url = reverse(route)
    return {"label": label, "url": url, "active": path.startswith(url), "count": None}
