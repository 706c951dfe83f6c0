"""A selection as a printed table (按打印样式导出): title, unit, scope, date, filters and version on top.

Owns what stands above the rows. The sheet itself is ``kaiwu.report.printed``; rows are streamed from the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from kaiwu.report.printed import Printed
from kaiwu.version import __version__
from kaiwu.web.screen.column import Column
from kaiwu.web.screen.listing import Selection
from kaiwu.web.workspace import is_synthetic

CHUNK = 2_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def print_selection(selection: Selection) -> Printed:
    """The table of a selection with everything that a printed list carries."""
    screen, person = selection.screen, selection.person
    columns = screen.shown_columns(person)
    rows = selection.rows()
    return Printed(
        name=screen.zh,
        title=screen.zh,
        facts=[
            f"单位: {screen.unit_line[0]}",
            f"范围: {person.organisation.name}可见, 共 {rows.count():,} 条",
            f"打印时间: {timezone.localtime():%Y-%m-%d %H:%M}; 版本: 开物 {__version__}",
            *screen.facts(person),
            f"筛选: {describe_filters(selection) or '无'}",
        ],
        columns=[c.printed for c in columns],
        rows=_stream(rows, columns),
        is_synthetic=is_synthetic(),
    )


def _stream(rows: Any, columns: tuple[Column, ...]) -> Iterator[list[Any]]:
    for record in rows.iterator(chunk_size=CHUNK):
        yield [c.value(record) for c in columns]


def describe_filters(selection: Selection) -> str:
    """The filters and the search of a selection in words: ``镇街=…; 搜索“…”``."""
    shown = [f.shown(selection.query, selection.screen.rows(selection.person)) for f in selection.screen.filters]
    parts = [f"{f['label']}={text}" for f in shown if (text := _chosen(f))]
    return "; ".join([*parts, *([f"搜索“{selection.words}”"] if selection.words else [])])


def _chosen(shown: dict[str, Any]) -> str:
    if shown["kind"] == "select":
        return next((str(o["label"]) for o in shown["options"] if o["selected"] and o["value"]), "")
    low, high = shown["value_from"], shown["value_to"]
    return f"{low}至{high}" if low or high else ""
