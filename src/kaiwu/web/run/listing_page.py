"""A list of a run as a page (名单页): filters, search, order and pages from an address, and the same selection as Excel.

Owns reading the address. What a list holds is ``kaiwu.report.listing``; the page and its Excel never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import polars as pl

from kaiwu.report.cell import Column, print_cell
from kaiwu.report.listing import Listing
from kaiwu.web.run.queries import TAGS, Reach, reached
from kaiwu.web.screen.listing import AROUND, SIZE
from kaiwu.web.wording import language, pick

NUMBERS = ("whole", "money", "decimal")
CHOSEN = ("clause", "answer", "status", "class", "league")
"""Columns that get a filter, by their English heads."""
WORDS = 60  # characters of a search at most


@dataclass(frozen=True)
class ListingPage:
    """The rows of a list that an address asks for. ``url_of`` leads from an entity to its sheet."""

    listing: Listing
    query: Mapping[str, str]
    reach: Reach
    url_of: Callable[[str], str]

    @property
    def words(self) -> str:
        """The words of the search."""
        return self.query.get("q", "").strip()[:WORDS]

    @cached_property
    def visible(self) -> pl.DataFrame:
        """The rows in reach."""
        return reached(self.listing.table, self.reach)

    @cached_property
    def selected(self) -> pl.DataFrame:
        """The rows that search and filters leave, in the wanted order."""
        table = self.visible
        if self.words:
            names = self.listing.columns[1].words or {}
            fits = [e for e in table["entity"].unique() if self.words in e or self.words in str(names.get(e, ("",))[0])]
            table = table.filter(pl.col("entity").is_in(fits))
        for place, column in self._chosen:
            if value := self.query.get(_name(column), ""):
                table = table.filter(pl.col(table.columns[place]).cast(pl.String) == value)
        by, is_down = self._order
        if by is None:
            return table
        return table.sort(table.columns[by], descending=is_down, nulls_last=True, maintain_order=True)

    @property
    def _chosen(self) -> list[tuple[int, Column]]:
        return [(i, c) for i, c in enumerate(self.listing.columns) if c.en in CHOSEN]

    @property
    def _shown(self) -> list[int]:
        """The columns as a page shows them: the name, which leads to the sheet, stands first."""
        return [1, 0, *range(2, len(self.listing.columns))]

    @property
    def _order(self) -> tuple[int | None, bool]:
        asked = self.query.get("order", "")
        name = asked.removeprefix("-")
        return next((i for i, c in enumerate(self.listing.columns) if _name(c) == name), None), asked.startswith("-")

    def url(self, **changed: str) -> str:
        """This list with another query."""
        kept = {k: v for k, v in self.query.items() if v and k != "page"} | changed
        return "?" + urlencode({k: v for k, v in kept.items() if v})

    def context(self) -> dict[str, Any]:
        """What the template of a list needs besides its title and lines."""
        count = self.selected.height
        pager = self._pager(count)
        first = (pager["page"] - 1) * SIZE
        return {
            "count": count, "pager": pager, "filters": [self._filter(i, c) for i, c in self._chosen],
            "search": {"name": "q", "value": self.words, "placeholder": pick("名称、代码", "name or code")},
            "columns": [self._head(self.listing.columns[i], i) for i in self._shown],
            "rows": [self._row(row) for row in self.selected.slice(first, SIZE).iter_rows()],
            "exports": [{"label": pick("导出 Excel", "Excel"), "url": "export.xlsx" + self.url()}],
            "empty": {"text": pick("没有符合条件的记录", "No record fits"), "hint": pick("放宽筛选条件再试", "try wider filters")},
        }  # fmt: skip

    def _head(self, column: Column, place: int) -> dict[str, Any]:
        chosen, is_down = self._order
        state = ("desc" if is_down else "asc") if chosen == place else ""
        name = _name(column)
        turned = f"-{name}" if state == "asc" else name
        return {"code": name, "label": pick(column.zh, column.en), "align": _align(column), "width": column.width,
                "order": state, "order_url": self.url(order=turned)}  # fmt: skip

    def _row(self, row: Sequence[Any]) -> dict[str, Any]:
        cells = [
            {"label": pick(c.zh, c.en), "text": print_cell(c, v, language()), "align": _align(c),
             "tag": str(TAGS.get(v, "")) if c.en in ("answer", "status") and v is not None else ""}
            for c, v in ((self.listing.columns[i], row[i]) for i in self._shown)
        ]  # fmt: skip
        return {"id": row[0], "url": self.url_of(row[0]), "cells": cells}

    def _filter(self, place: int, column: Column) -> dict[str, Any]:
        value = self.query.get(_name(column), "")
        titles = self._titles() if column.en == "clause" else column.words
        codes = self.visible[self.visible.columns[place]].drop_nulls().unique(maintain_order=True).to_list()
        second = 1 if language() == "en" else 0
        options = [{"value": "", "label": pick("全部", "all"), "selected": not value}]
        for code in codes:
            words = (titles or {}).get(code)
            label = words[second] if words else str(code)
            options.append(
                {
                    "value": str(code),
                    "label": f"{code} {label}" if column.en == "clause" else label,
                    "selected": str(code) == value,
                }
            )
        return {
            "name": _name(column),
            "label": pick(column.zh, column.en),
            "kind": "select",
            "value": value,
            "options": options,
        }

    def _titles(self) -> Mapping[Any, tuple[str, str]]:
        return next((c.words for c in self.listing.columns if c.en == "matter" and c.words), {})

    def _pager(self, count: int) -> dict[str, Any]:
        pages = max(1, -(-count // SIZE))
        asked = self.query.get("page", "1")
        page = min(max(int(asked) if asked.isdecimal() and len(asked) < 10 else 1, 1), pages)
        near = range(max(1, page - AROUND), min(pages, page + AROUND) + 1)
        return {
            "page": page, "pages": pages, "count": count, "size": SIZE, "first": min((page - 1) * SIZE + 1, count), "last": min(page * SIZE, count),
            "prev_url": self.url(page=str(page - 1)) if page > 1 else "", "next_url": self.url(page=str(page + 1)) if page < pages else "",
            "links": [{"label": n, "url": self.url(page=str(n)), "current": n == page} for n in near],
        }  # fmt: skip

    def described(self) -> str:
        """Search and filters in words, for the head of the Excel."""
        parts = []
        for place, column in self._chosen:
            if value := self.query.get(_name(column), ""):
                label = next((o["label"] for o in self._filter(place, column)["options"] if o["value"] == value), value)
                parts.append(f"{column.zh}={label}")
        return "; ".join([*parts, *([f"搜索“{self.words}”"] if self.words else [])])

    def as_listing(self) -> Listing:
        """The selection as a list for Excel; its counts stay those of the whole scope."""
        return replace(self.listing, make=lambda: self.selected)


def _name(column: Column) -> str:
    """The name of a column in addresses."""
    return column.en.replace(" ", "_")


def _align(column: Column) -> str:
    return "right" if column.kind in NUMBERS else "left"
