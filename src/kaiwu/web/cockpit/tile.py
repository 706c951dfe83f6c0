"""Tiles of the cockpit (驾驶舱卡片): what one shows, how large it is, and the list and the Excel that it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaiwu.report.printed import Printed
from kaiwu.web.wording import pick


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: figures, a chart, a table or towns. ``printed`` is its own Excel where no list of the platform has the same rows.

    ``width`` of twelve columns, ``height`` of six rows. ``note`` says what is missing; a tile without figures says why.
    """

    code: str
    title: str
    width: int
    height: int
    list_url: str = ""
    excel_url: str = ""
    kpis: Sequence[Mapping[str, Any]] = ()
    chart: Mapping[str, Any] | None = None
    table: Mapping[str, Any] | None = None
    towns: Sequence[Mapping[str, Any]] = ()
    map: Mapping[str, Any] | None = None
    note: str = ""
    printed: Sequence[Printed] = ()

    @property
    def size(self) -> str:
        """Its classes in the grid."""
        return f"span-{self.width}" + (f" rows-{self.height}" if self.height > 1 else "")


def empty_tile(code: str, title: str, width: int, height: int, why: str, list_url: str = "") -> Tile:
    """A tile without figures, with the reason."""
    return Tile(code, title, width, height, list_url, note=why)


def bars(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[Any]]], *, stacked: bool = False, kind: str = "bar"
) -> dict[str, Any]:
    """A chart over categories; the table repeats its numbers."""
    option = {
        "grid": {"left": 8, "right": 16, "top": 28, "bottom": 4, "containLabel": True},
        "legend": {"top": 0, "show": len(series) > 1},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(labels)},
        "yAxis": {"type": "value"},
        "series": [
            {"name": name, "type": kind, "data": list(data), **({"stack": "all"} if stacked else {})}
            for name, data in series
        ],
    }
    columns = [{"label": pick("项目", "Item")}, *({"label": name, "align": "right"} for name, _ in series)]
    rows = [[label, *("" if d[i] is None else str(_plain(d[i])) for _, d in series)] for i, label in enumerate(labels)]
    return {"option": option, "columns": columns, "rows": rows, "title": ""}


def _plain(value: Any) -> Any:
    return value["value"] if isinstance(value, Mapping) else value


def table(heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], empty: str) -> dict[str, Any]:
    """A small table; a cell is a text or (text, address). ``heads``: label and side."""
    columns = [{"code": str(i), "label": label, "align": side} for i, (label, side) in enumerate(heads)]
    shown = []
    for row in rows:
        pairs = [value if isinstance(value, tuple) else (value, "") for value in row]
        shown.append(
            {
                "cells": [
                    {**column, "text": text, "url": url} for column, (text, url) in zip(columns, pairs, strict=True)
                ]
            }
        )
    return {"columns": columns, "rows": shown, "empty": {"text": empty}}
