"""Pages of identity (主体识别页面): the review queue, one item with its candidates, one name resolved."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.identity import queries
from kaiwu.web.identity.services import NONE, RELATIONS, SAME, answer
from kaiwu.web.screen.table import make_table
from kaiwu.web.shell import actor_of, person_of, refuse
from kaiwu.web.wording import pick

VIEWERS = OFFICE | {Role.AUDIT}
SHOWN = 200
TEXT = 200


def _for(request: HttpRequest, *roles: Role) -> Person:
    """Who asks, where they hold one of the roles; for others there is no such page."""
    person = person_of(request)
    if not person.holds(*roles):
        raise Http404
    return person


def _title() -> str:
    return pick("主体复核", "Who is meant")


@require_GET
def show_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a person, what was answered, and one name tried."""
    _for(request, *VIEWERS)
    store = queries.review_store()
    items, answers = store.items(), store.answers()
    waiting = [i for i in items if i.number not in answers]
    done = sorted((i for i in items if i.number in answers), key=lambda i: answers[i.number].number, reverse=True)
    heads = (
        pick("号", "No."),
        pick("写法", "As written"),
        pick("代码", "Code"),
        pick("地址", "Place"),
        pick("来源", "Source"),
        pick("最像的主体", "Likeliest"),
        pick("候选", "Candidates"),
        pick("结论", "Answer"),
    )
    sections = [
        {"code": code, "title": title, "count": len(chosen), "note": pick(f"只列前 {SHOWN} 项", f"the first {SHOWN}") if len(chosen) > SHOWN else "",
         "table": make_table(heads, queries.queue_rows(chosen[:SHOWN], answers), right=(6,), urls=[reverse("identity-item", args=[i.number]) for i in chosen[:SHOWN]])}
        for code, title, chosen in (("waiting", pick("待复核", "Waiting"), waiting), ("answered", pick("已复核", "Answered"), done))
    ]  # fmt: skip
    title = _title()
    context: dict[str, Any] = {
        "title": title, "subtitle": pick("名称只能排序, 拿不准的由人定; 结论留存并用于学习", "names only rank; what is unsure a person decides, and the answers are kept and learnt from"), "sections": sections,
        "kpis": [{"label": pick("待复核", "Waiting"), "value": str(len(waiting))}, {"label": pick("已复核", "Answered"), "value": str(len(done))},
                 {"label": pick("认定为库中主体", "Linked"), "value": str(sum(bool(a.entity) for a in answers.values()))}],
        "crumbs": [{"label": title, "url": ""}], "asked": {key: request.GET.get(key, "")[:TEXT] for key in ("text", "code", "place")},
    }  # fmt: skip
    if context["asked"]["text"] or context["asked"]["code"]:
        context["link"] = queries.show_link(queries.resolve_name(**context["asked"]))
    return render(request, "kaiwu/identity/queue.html", context)


@require_http_methods(["GET", "POST"])
def show_item(request: HttpRequest, number: int) -> HttpResponse:
    """One mention, its candidates with what speaks for and against each, and the answer."""
    person = _for(request, *VIEWERS)
    item = queries.find_item(number)
    if request.method == "POST":
        if not person.holds(*OFFICE):
            raise Http404
        choice, _, entity = request.POST.get("choice", "").partition(":")
        try:
            answer(actor_of(request), item, choice, entity, request.POST.get("note", "")[:500])
        except KaiwuError as error:
            return refuse(request, error)
        following = next((i.number for i in queries.review_store().pending()), None)
        return HttpResponseRedirect(reverse("identity-item", args=[following]) if following else reverse("identity"))
    given = queries.review_store().answers().get(number)
    context = {
        "title": f"“{item.text}”", "item": item, "candidates": queries.show_candidates(item), "given": given, "given_words": queries.answer_words(item, given) if given else "",
        "may_answer": person.holds(*OFFICE), "relations": [(code, pick(*words)) for code, words in RELATIONS.items() if code not in (SAME, NONE)],
        "same": pick(*RELATIONS[SAME]), "none": pick(*RELATIONS[NONE]), "search_url": f"{reverse('firm-list')}?{urlencode({'q': item.text})}",
        "crumbs": [{"label": _title(), "url": reverse("identity")}, {"label": str(number), "url": ""}],
    }  # fmt: skip
    return render(request, "kaiwu/identity/item.html", context)
