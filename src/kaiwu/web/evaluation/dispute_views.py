"""Pages of disputes (数据异议页面): the town forwards, the bureau decides."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import Role
from kaiwu.web.evaluation.dispute import decide, forward
from kaiwu.web.evaluation.models import Dispute, DisputeState
from kaiwu.web.evaluation.screens import DisputeScreen
from kaiwu.web.evaluation.views import admit
from kaiwu.web.screen.view import record_context
from kaiwu.web.shell import actor_of, person_of, refuse


@require_GET
def show_dispute(request: HttpRequest, key: str) -> HttpResponse:
    """One dispute with what this person can do about it."""
    person = person_of(request)
    made = _dispute(person, key)
    context = record_context(request, DisputeScreen(), made)
    context |= {
        "dispute": made,
        "can_forward": person.holds(Role.TOWN) and made.state == DisputeState.RAISED,
        "can_decide": person.holds(Role.OFFICER) and made.state == DisputeState.FORWARDED,
        "sheet_url": reverse("sheet-detail", args=[made.sheet.pk]),
    }
    return render(request, "kaiwu/dispute.html", context)


def _dispute(person: Person, number: str) -> Dispute:
    found = DisputeScreen().rows(person).filter(number=number).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@require_POST
def change_dispute(request: HttpRequest, number: str) -> HttpResponse:
    """The town forwards, the bureau decides."""
    person = admit(request, Role.TOWN, Role.OFFICER)
    made, deed, note = _dispute(person, number), request.POST.get("deed", ""), request.POST.get("note", "")[:4000]
    try:
        if deed == "forward" and person.holds(Role.TOWN):
            forward(actor_of(request), made, note)
        elif deed in ("uphold", "reject") and person.holds(Role.OFFICER):
            decide(actor_of(request), person, made, is_upheld=deed == "uphold", note=note)
        else:
            raise Http404
    except KaiwuError as error:
        return refuse(request, error)
    return HttpResponseRedirect(reverse("dispute-detail", args=[number]))
