"""The shell of every page (页面框架): who is asking, the menu, the language switch, refusals.

Owns what the base template is given.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from kaiwu.quantity import KaiwuError
from kaiwu.web.account.models import Person
from kaiwu.web.case.queries import inbox
from kaiwu.web.event.services import Actor
from kaiwu.web.menu import menu_for
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import workspace

YEAR = 365 * 24 * 3600


def person_of(request: HttpRequest) -> Person:
    """Who is asking; the middleware let nobody else in. Raises ``PermissionError`` for a stranger."""
    if not isinstance(request.user, Person):
        raise PermissionError("login required")
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """Who is asking, as events name them."""
    person = person_of(request)
    return Actor(person.login, person.name, person.organisation.code, address_of(request))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the address that the outermost trusted proxy saw."""
    hops = settings.KAIWU_PROXY_HOPS
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops][:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every template is given: site, person, menu, languages."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) else None
    home = workspace()
    now = get_language() or settings.LANGUAGE_CODE
    return {
        "site": {
            "name": pick("开物", "Kaiwu"), "district": pick(home.zh, home.en), "version": settings.KAIWU_VERSION,
            "synthetic": home.is_synthetic,
            "synthetic_text": pick("合成数据, 不对应任何真实企业", "Synthetic data; no real firms"),
            "inbox_url": reverse("home"), "logout_url": reverse("logout"), "search_url": reverse("search"),
        },
        "person": person,
        "menu": menu_for(person, request.path) if person else [],
        "inbox_count": inbox(person).count() if person else 0,
        "person_menu": [{"label": pick("我的账号", "My account"), "url": reverse("account")}] if person else [],
        "language": now,
        "languages": [{"code": code, "label": label, "url": _switch_url(request, code)} for code, label in settings.LANGUAGES],
    }  # fmt: skip


def _switch_url(request: HttpRequest, code: str) -> str:
    return f"{reverse('language', args=[code])}?{urlencode({'next': request.get_full_path()})}"


def switch_language(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the reader's language and go back to the page."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def show_message(request: HttpRequest, title: str, text: str, status: int = 200) -> HttpResponse:
    """A page that says one thing."""
    return render(request, "kaiwu/message.html", {"title": title, "text": text, "actions": []}, status=status)


def refuse(request: HttpRequest, error: KaiwuError) -> HttpResponse:
    """What is wrong and what to do instead, in the reader's language."""
    lines = "\n".join(f"[{p.code}] {p.en if language() == 'en' else p.zh}" for p in error.problems)
    return show_message(request, pick("不能办理", "This cannot be done"), lines, 422)


def refuse_forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from one of our pages."""
    text = pick(
        "页面已过期或不是从本系统打开, 请返回重试", "the form has expired or was not opened here: go back and try again"
    )
    return show_message(request, pick("请求被拒绝", "Refused"), text, 403)
