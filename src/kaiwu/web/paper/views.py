"""Pages of papers (文书页面): make one, its Word file, its print page, the way to its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.paper.kind import KINDS, kinds_for
from kaiwu.web.paper.models import Paper
from kaiwu.web.paper.screens import PaperScreen, table_of
from kaiwu.web.paper.services import make_paper
from kaiwu.web.paper.word import render_word
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick

SLIP = (
    "企业名称",
    "统一社会信用代码",
    "异议指标",
    "公示数据",
    "主张数据",
    "理由和依据(附证明材料)",
    "联系人",
    "单位(盖章)",
    "日期",
)
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_POST
def make(request: HttpRequest, kind: str, subject: str = "") -> HttpResponse:
    """Make a paper and show it."""
    person, found = person_of(request), KINDS.get(kind)
    if found is None or person.roles.isdisjoint(found.roles) or bool(subject) != (found.subject != "district"):
        raise Http404
    try:
        made = make_paper(actor_of(request), person, found, subject)
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("paper-detail", args=[made.number]))


def _paper(request: HttpRequest, number: str) -> Paper:
    screen, person = PaperScreen(), person_of(request)
    found = screen.rows(person).filter(number=number).first() if screen.can_view(person) else None
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def _address(request: HttpRequest, paper: Paper) -> str:
    return request.build_absolute_uri(reverse("paper-detail", args=[paper.number]))


@require_GET
def send_word(request: HttpRequest, number: str) -> HttpResponse:
    """The Word file."""
    paper = _paper(request, number)
    response = HttpResponse(render_word(paper, _address(request, paper)), content_type=WORD)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{paper.number}.docx\"; filename*=UTF-8''{quote(paper.title)}.docx"
    )
    return response


@require_GET
def print_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The same content for the printer; the browser makes the PDF."""
    paper = _paper(request, number)
    url, told = _address(request, paper), json.loads(paper.content)
    context: Mapping[str, Any] = {
        "title": paper.title, "number": paper.number, "lines": told["facts"], "body": told["body"], "missing": told["missing"],
        "tables": [{**t, **table_of(t["heads"], t["rows"], t["numbers"])} for t in told["tables"]], "words": told["words"],
        "qr": segno.make(url, error="m").svg_data_uri(scale=3, border=2, dark="#12264a"), "qr_text": pick("扫码看依据", "evidence"),
        "wide": KINDS[paper.kind].is_wide, "url": url, "slip_labels": SLIP,
    }  # fmt: skip
    return render(request, "kaiwu/paper/paper.html", context)


@require_GET
def open_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """The page that the paper rests on; who may open it is that page's own rule."""
    return HttpResponseRedirect(json.loads(_paper(request, number).content)["url"])


def paper_buttons(person: Person, subject: str, key: str) -> list[dict[str, Any]]:
    """Buttons for the papers of a subject, for the page that shows it."""
    return [
        {
            "code": f"paper-{kind.code}",
            "label": pick(kind.zh, kind.en),
            "url": reverse("paper-make", args=[kind.code, key]),
            "method": "post",
        }
        for kind in kinds_for(person, subject)
    ]
