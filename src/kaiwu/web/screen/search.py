"""Search across record types (全局搜索): the first hits of every screen that somebody may open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kaiwu.web.account.models import Person
from kaiwu.web.screen.screen import Screen

HITS = 8
"""Hits shown for each record type."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one screen found; ``is_more`` where the list has further hits."""

    screen: Screen
    rows: list[dict[str, Any]]
    is_more: bool


def search_screens(screens: Iterable[Screen], person: Person, words: str) -> list[Hits]:
    """The hits of all screens in the reach of a person; blank words find nothing."""
    found = []
    for screen in screens if words.strip() else ():
        if screen.search and screen.can_view(person):
            records = list(screen.find(screen.rows(person), words).order_by(*screen.order)[: HITS + 1])
            if records:
                found.append(Hits(screen, [_hit(screen, r) for r in records[:HITS]], len(records) > HITS))
    return found


def _hit(screen: Screen, record: Any) -> dict[str, Any]:
    first = screen.columns[0]
    return {"label": screen.heading_of(record), "url": screen.url(record), "note": first.text(first.value(record))}
