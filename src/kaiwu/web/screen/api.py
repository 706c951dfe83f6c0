"""The API of screens (接口): one list and one record route for each declaration, with OpenAPI.

Owns the routes. Numbers are exact integers in their smallest unit (money in fen), as the description of each field says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Query, Schema
from pydantic import Field, create_model

from kaiwu.version import __version__
from kaiwu.web.screen.column import MOMENTS, NUMBERS, Column
from kaiwu.web.screen.listing import SIZE, Selection, make_pager
from kaiwu.web.screen.screen import Screen
from kaiwu.web.shell import person_of


class Asked(Schema):
    """What a list takes besides the screen's own filters, which are given by their names."""

    page: int = Field(1, ge=1, le=1_000_000, description="page of 20 records, from 1")
    q: str = Field("", max_length=60, description="words to search for")
    order: str = Field("", max_length=64, description="column to sort by, - in front for downwards")


def make_api(screens: Iterable[Screen]) -> NinjaAPI:
    """The API of these screens; sessions are its login, and writes are not part of it."""
    api = NinjaAPI(title="Kaiwu 开物", version=__version__, docs_url=None, urls_namespace="api")
    for screen in screens:
        _add(api, screen)
    return api


def _add(api: NinjaAPI, screen: Screen) -> None:
    fields: dict[str, Any] = {c.code: _typed(c) for c in screen.columns}
    name = screen.model.__name__
    row: Any = create_model(f"{name}Row", **fields)
    page = create_model(f"{name}Page", count=(int, ...), page=(int, ...), pages=(int, ...), items=(list[row], ...))

    @api.get(f"/{screen.code}", response=page, operation_id=f"list_{screen.code}", summary=screen.en)
    def list_records(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
        person = _admit(request, screen)
        selection = Selection(screen, person, request.GET.dict())
        rows = selection.rows()
        pager = make_pager(selection, rows.count())
        first = (pager["page"] - 1) * SIZE
        columns = screen.shown_columns(person)
        items = [_data(record, columns) for record in rows[first : first + SIZE]]
        return {"count": pager["count"], "page": pager["page"], "pages": pager["pages"], "items": items}

    @api.get(f"/{screen.code}/{{key}}", response=row, operation_id=f"get_{screen.code}", summary=f"{screen.en}: one")
    def get_record(request: HttpRequest, key: str) -> dict[str, Any]:
        person = _admit(request, screen)
        if screen.key == "pk" and not (key.isdecimal() and len(key) < 19):
            raise Http404
        record = screen.rows(person).filter(**{screen.key: key}).first()
        if record is None:
            raise Http404
        return _data(record, screen.shown_columns(person))


def _admit(request: HttpRequest, screen: Screen) -> Any:
    person = person_of(request)
    if not screen.can_view(person):
        raise Http404
    return person


def _typed(column: Column) -> tuple[Any, Any]:
    kind = int if column.kind in NUMBERS else str
    unit = {"money": " (fen)", "decimal": f" (units of 10^-{column.decimals})"}.get(column.kind, "")
    when = " (Asia/Shanghai)" if column.kind in MOMENTS else ""
    return (kind | None, Field(None, description=f"{column.zh} / {column.en}{unit}{when}"))


def _data(record: Any, columns: Iterable[Column]) -> dict[str, Any]:
    return {c.code: v if v is None or c.kind in NUMBERS else str(v) for c in columns for v in [c.value(record)]}
