"""Pages of a firm's sheet (一企一单页面): with an account, by the code on the paper, and the paper itself."""

from __future__ import annotations

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import Role
from kaiwu.web.evaluation.code import make_code, open_sheet
from kaiwu.web.evaluation.dispute import dispute_shown, withdraw
from kaiwu.web.evaluation.models import OPEN_DISPUTES, Dispute, Sheet
from kaiwu.web.evaluation.queries import block_of
from kaiwu.web.evaluation.screens import CAUSES, SHEET_STATES, SHEET_TAGS, SheetScreen, state_of
from kaiwu.web.evaluation.services import check_answerable, confirm
from kaiwu.web.evaluation.views import admit
from kaiwu.web.event.services import Actor
from kaiwu.web.paper.kind import SHEET
from kaiwu.web.paper.views import paper_buttons
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, address_of, person_of, refuse, show_message
from kaiwu.web.wording import pick

BY_CODE = "code"
"""Who answers without an account."""


def _sheet(person: Person, key: int) -> Sheet:
    found = SheetScreen().rows(person).filter(pk=key).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@require_GET
def show_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet of a firm, for itself, its town and the bureau."""
    person = person_of(request)
    sheet = _sheet(person, int(key)) if key.isdecimal() and len(key) < 19 else None
    if sheet is None:
        raise Http404
    context = record_context(request, SheetScreen(), sheet)
    context |= _sheet_context(sheet, person)
    context |= {
        "can_answer": person.holds(Role.CLERK)
        and sheet.firm.entity == person.organisation.entity
        and _is_answerable(sheet)
    }
    context |= {
        "can_print": person.holds(Role.OFFICER, Role.TOWN),
        "answer_url": reverse("sheet-answer", args=[sheet.pk]),
        "papers": paper_buttons(person, SHEET, str(sheet.pk)),
    }
    return render(request, "kaiwu/sheet.html", context)


def _is_answerable(sheet: Sheet) -> bool:
    try:
        check_answerable(sheet)
    except KaiwuError:
        return False
    return True


def _sheet_context(sheet: Sheet, person: Person | None = None) -> dict[str, Any]:
    block = block_of(sheet)
    return {
        "sheet": sheet, "told": block, "figures": block.figures, "disputes": _disputes(sheet, person), "withdraw_label": pick("撤回", "Take back"),
        "status": {"text": pick(*SHEET_STATES[sheet.state]), "tag": str(SHEET_TAGS[sheet.state])},
        "warnings": [pick(*CAUSES[sheet.asked_for])] if sheet.asked_for else [],
    }  # fmt: skip


def _disputes(sheet: Sheet, person: Person | None) -> list[Dispute]:
    """The disputes of a sheet with their state in words, and whether this reader may take them back."""
    disputes = list(sheet.disputes.all())
    for each in disputes:
        each.status = state_of(each)  # type: ignore[attr-defined]
        is_own = person is not None or each.raised_by == BY_CODE
        each.can_withdraw = is_own and each.state in OPEN_DISPUTES  # type: ignore[attr-defined]
    return disputes


@require_POST
def answer_sheet(request: HttpRequest, key: int) -> HttpResponse:
    """The firm confirms, disputes a figure or takes a dispute back."""
    person = admit(request, Role.CLERK)
    sheet = _sheet(person, key)
    if sheet.firm.entity != person.organisation.entity:
        raise Http404
    try:
        _answer(request, actor_of(request), sheet)
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("sheet-detail", args=[key]))


def _answer(request: HttpRequest, actor: Actor, sheet: Sheet) -> None:
    """What the form of a sheet says."""
    if request.POST.get("deed") == "confirm":
        asked = request.POST.get("asked", "")
        confirm(actor, sheet, asked=int(asked) if asked.isdecimal() and len(asked) < 9 else None)
        return
    if request.POST.get("deed") == "withdraw":
        withdraw(actor, _own_dispute(actor, sheet, request.POST.get("number", "")))
        return
    dispute_shown(
        actor,
        sheet,
        request.POST.get("slot", ""),
        request.POST.get("claimed", ""),
        request.POST.get("reason", "")[:4000],
    )


def _own_dispute(actor: Actor, sheet: Sheet, number: str) -> Dispute:
    """A dispute of the sheet; the code on the paper takes back only what was raised by it."""
    found = sheet.disputes.filter(number=number).first()
    if found is None or (actor.login == BY_CODE and found.raised_by != BY_CODE):
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def answer_by_code(request: HttpRequest, key: int, code: str) -> HttpResponse:
    """The sheet without an account: the code on the paper opens this one sheet, until it is answered."""
    sheet = open_sheet(key, code)
    if sheet is None:
        title = pick("打不开这张单子", "This sheet cannot be opened")
        return show_message(
            request,
            title,
            pick(
                "验证码不对, 或单子已经答复; 请核对后重试",
                "The code is wrong, or the sheet is answered; check and try again",
            ),
            404,
        )
    if request.method == "POST":
        try:
            _answer(request, Actor(BY_CODE, sheet.firm.name, sheet.firm.entity, address_of(request)), sheet)
        except KaiwuError as error:
            return refuse(request, error)
        return show_message(
            request,
            pick("已收到", "Received"),
            pick("答复已记录, 可以关闭本页", "Your answer is recorded; you may close this page"),
        )
    context = {
        "title": sheet.firm.name,
        "subtitle": sheet.evaluation.case.title,
        "can_answer": _is_answerable(sheet),
        "answer_url": request.path,
    }
    return render(request, "kaiwu/sheet.html", context | _sheet_context(sheet))


@require_GET
def print_sheet(request: HttpRequest, key: int) -> HttpResponse:
    """The sheet as paper, with its QR, code and the text of a message."""
    sheet = _sheet(admit(request, Role.OFFICER, Role.TOWN), key)
    code = make_code(sheet)
    url = request.build_absolute_uri(reverse("sheet-code", args=[sheet.pk, code]))
    context = _sheet_context(sheet) | {
        "title": f"{sheet.firm.name} {sheet.evaluation.case.title}", "code": code, "url": url,
        "qr": segno.make(url, error="m").svg_data_uri(scale=4, border=2, dark="#12264a"), "message": _message(sheet, url, code),
    }  # fmt: skip
    return render(request, "kaiwu/paper/sheet.html", context)


def _message(sheet: Sheet, url: str, code: str) -> str:
    due = sheet.evaluation.case.due
    until = f"请于{due:%Y年%m月%d日}前" if due else "请尽快"
    return f"【{sheet.evaluation.issuer or '经信局'}】{sheet.firm.name}: {sheet.evaluation.case.title}数据已出, {until}打开 {url} 核对, 验证码 {code}。"
