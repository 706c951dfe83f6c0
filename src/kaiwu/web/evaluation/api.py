"""Answers by code over the API (凭码答复接口): a firm's own system reads its sheet, confirms it or disputes a figure.

Owns the routes below ``/public/api/``. There is no session here: the code is the key of one sheet, as on the paper.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import NinjaAPI, Schema
from pydantic import Field

from kaiwu.quantity import KaiwuError
from kaiwu.version import __version__
from kaiwu.web.evaluation.code import open_sheet
from kaiwu.web.evaluation.dispute import dispute_shown
from kaiwu.web.evaluation.models import Sheet
from kaiwu.web.evaluation.queries import block_of
from kaiwu.web.evaluation.services import confirm
from kaiwu.web.event.services import Actor
from kaiwu.web.shell import address_of


class FigureOut(Schema):
    """A figure of the sheet as printed."""

    slot: str = Field(description="name of the figure in this sheet; a dispute names it")
    label: str
    period: str
    value: str = Field(description="with its unit")
    source: str


class SheetOut(Schema):
    """A sheet: whose, of what, where it stands, and its figures."""

    firm: str
    title: str
    state: str
    figures: list[FigureOut]


class DisputeIn(Schema):
    """An objection to one figure."""

    slot: str = Field(max_length=80)
    claimed: str = Field(max_length=100, description="the right value with its unit, such as 120.5万元")
    reason: str = Field(max_length=4000)


class ProblemOut(Schema):
    """What is wrong and what to do instead."""

    code: str
    zh: str
    en: str


def make_public_api() -> NinjaAPI:
    """The routes; mounted where no login is asked for."""
    api = NinjaAPI(title="Kaiwu 开物: sheets by code", version=__version__, docs_url=None, urls_namespace="public-api")

    @api.exception_handler(KaiwuError)
    def tell(request: HttpRequest, error: KaiwuError) -> Any:
        problems = [{"code": p.code, "zh": p.zh, "en": p.en} for p in error.problems]
        return api.create_response(request, problems, status=422)

    @api.get("/sheet/{int:key}/{code}", response=SheetOut, operation_id="read_sheet", summary="Read a sheet")
    def read_sheet(request: HttpRequest, key: int, code: str) -> dict[str, Any]:
        return _shown(_open(key, code))

    @api.post(
        "/sheet/{int:key}/{code}/confirm",
        response={200: SheetOut, 422: list[ProblemOut]},
        operation_id="confirm_sheet",
        summary="Confirm a sheet",
    )
    def confirm_sheet(request: HttpRequest, key: int, code: str) -> dict[str, Any]:
        sheet = _open(key, code)
        confirm(_actor(request, sheet), sheet)
        return _shown(sheet)

    @api.post(
        "/sheet/{int:key}/{code}/dispute",
        response={200: SheetOut, 422: list[ProblemOut]},
        operation_id="dispute_figure",
        summary="Dispute a figure",
    )
    def dispute_figure(request: HttpRequest, key: int, code: str, told: DisputeIn) -> dict[str, Any]:
        sheet = _open(key, code)
        dispute_shown(_actor(request, sheet), sheet, told.slot, told.claimed, told.reason)
        return _shown(sheet)

    return api


def _open(key: int, code: str) -> Sheet:
    sheet = open_sheet(key, code) if key < 2**63 else None
    if sheet is None:
        raise Http404
    return sheet


def _actor(request: HttpRequest, sheet: Sheet) -> Actor:
    return Actor("code", sheet.firm.name, sheet.firm.entity, address_of(request))


def _shown(sheet: Sheet) -> dict[str, Any]:
    figures = [
        {"slot": f.slot, "label": f.label, "period": f.period, "value": f.value, "source": f.source}
        for f in block_of(sheet).figures
    ]
    return {"firm": sheet.firm.name, "title": sheet.evaluation.case.title, "state": sheet.state, "figures": figures}
