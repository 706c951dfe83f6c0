"""The list of a screen (列表): filters, order, search and page from an address, as plain data for the template.

Owns reading the address. The same selection serves the page, its Excel and the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.screen.column import Column
from kaiwu.web.screen.screen import Screen
from kaiwu.web.wording import pick

SIZE = 20
AROUND = 2  # page links on either side of the current one
PAGE_KEYS = ("page", "partial")


@dataclass(frozen=True)
class Selection:
    """The rows of a screen that an address asks for, in its order."""

    screen: Screen
    person: Person
    query: Mapping[str, str]

    @property
    def words(self) -> str:
        """The words of the search."""
        return self.query.get("q", "").strip()

    @property
    def order(self) -> tuple[Column | None, bool]:
        """The column to sort by and whether downwards; ``None`` for the screen's own order."""
        asked = self.query.get("order", "")
        code = asked.removeprefix("-")
        column = next((c for c in self.screen.shown_columns(self.person) if c.code == code and c.order), None)
        return column, asked.startswith("-")

    def conditions(self) -> list[Q]:
        """The conditions of all filters that the address sets; one whose value its field cannot have is no filter."""
        given = (f.condition(self.query) for f in self.screen.filters)
        return [q for q in given if q is not None and self._can_ask(q)]

    def _can_ask(self, condition: Q) -> bool:
        try:
            self.screen.model._default_manager.filter(condition)
        except (ValueError, ValidationError):
            return False
        return True

    def rows(self) -> QuerySet[Any]:
        """The rows, ordered; ties by key, so that pages never overlap. Missing values stand last."""
        rows = self.screen.find(self.screen.rows(self.person), self.words).filter(*self.conditions())
        column, is_down = self.order
        if column is None:
            return rows.order_by(*self.screen.order, "pk")
        by = F(column.order)
        return rows.order_by(by.desc(nulls_last=True) if is_down else by.asc(nulls_last=True), "pk")

    def url(self, **changed: str) -> str:
        """This list with another query; blank values leave the address."""
        kept = {k: v for k, v in self.query.items() if v and k not in PAGE_KEYS}
        kept |= changed
        return "?" + urlencode({k: v for k, v in kept.items() if v})


def page_context(selection: Selection) -> dict[str, Any]:
    """All that the template of a list needs."""
    screen, person = selection.screen, selection.person
    rows = selection.rows()
    count = rows.count()
    pager = make_pager(selection, count)
    first = (pager["page"] - 1) * SIZE
    columns = [c for c in screen.shown_columns(person) if c.is_listed]
    visible = screen.rows(person)
    return {
        "screen": screen.code,
        "title": screen.title,
        "count": count,
        "scope_line": " · ".join(screen.facts(person)),
        "search": {"name": "q", "value": selection.words, "placeholder": pick("名称、代码", "name or code")} if screen.search else None,
        "filters": [f.shown(selection.query, visible) for f in screen.filters],
        "columns": [_head(selection, c) for c in columns],
        "rows": [
            {"id": screen.key_of(r), "url": screen.url(r), "cells": [c.cell(r) for c in columns]}
            for r in rows[first : first + SIZE]
        ],
        "actions": _actions(screen, person),
        "exports": [{"label": pick("导出 Excel", "Excel"), "url": "export.xlsx" + selection.url()}],
        "pager": pager,
        "empty": {"text": pick("没有符合条件的记录", "No record fits"), "hint": pick("放宽筛选条件再试", "try wider filters")},
    }  # fmt: skip


def make_pager(selection: Selection, count: int) -> dict[str, Any]:
    """Page, number of pages, links; an address beyond the last page means the last."""
    pages = max(1, -(-count // SIZE))
    asked = selection.query.get("page", "1")
    page = min(max(int(asked) if asked.isdecimal() and len(asked) < 10 else 1, 1), pages)
    near = range(max(1, page - AROUND), min(pages, page + AROUND) + 1)
    return {
        "page": page, "pages": pages, "count": count, "size": SIZE,
        "first": min((page - 1) * SIZE + 1, count), "last": min(page * SIZE, count),
        "prev_url": selection.url(page=str(page - 1)) if page > 1 else "",
        "next_url": selection.url(page=str(page + 1)) if page < pages else "",
        "links": [{"label": n, "url": selection.url(page=str(n)), "current": n == page} for n in near],
    }  # fmt: skip


def _head(selection: Selection, column: Column) -> dict[str, Any]:
    chosen, is_down = selection.order
    state = ("desc" if is_down else "asc") if chosen is column else ""
    turned = column.code if state == "desc" or not state else f"-{column.code}"
    return {
        "code": column.code, "label": column.label, "align": column.align, "width": column.width,
        "order": state, "order_url": selection.url(order=turned) if column.order else "",
    }  # fmt: skip


def _actions(screen: Screen, person: Person) -> list[dict[str, Any]]:
    shown = [a.shown(reverse(a.url)) for a in screen.actions if not person.roles.isdisjoint(a.roles)]
    if screen.can_import(person):
        url = reverse(f"{screen.code}-import")
        shown.append({"code": "import", "label": pick("导入 Excel", "Import"), "url": url, "method": "get"})
    return shown
