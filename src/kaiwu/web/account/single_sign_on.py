"""Single sign-on (统一身份认证): an OpenID Connect provider by django-allauth, and the place where other adapters join.

Owns the one rule: a provider tells who somebody is, never what they may do. A subject opens the account that its owner linked
while logged in; nobody is created, and no role, name or organisation is taken from outside. allauth does the handshake alone;
its apps are there only where ``KAIWU_OIDC_URL`` is set.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.account.sign_in import find_linked, go_on, link_identity
from kaiwu.web.shell import actor_of, show_message
from kaiwu.web.wording import pick

PROVIDER = "kaiwu"
"""The provider's name in addresses: ``/oidc/kaiwu/login/``."""


def list_providers() -> list[dict[str, str]]:
    """The buttons of other ways to log in."""
    if not settings.KAIWU_OIDC_URL:
        return []
    url = reverse("openid_connect_login", args=[PROVIDER])
    return [{"url": url, "label": settings.KAIWU_OIDC_NAME or pick("统一身份认证", "Single sign-on")}]


def accept_subject(request: HttpRequest, provider: str, subject: str) -> HttpResponse:
    """What follows once a provider has proved a subject: link it to who is logged in, or log its person in.

    An adapter for 浙政钉 or 浙里办 is a view that checks the platform's ticket and calls this with the account id it was given.
    """
    if isinstance(request.user, Person):
        if link_identity(actor_of(request), request.user, provider, subject):
            return HttpResponseRedirect(reverse("account"))
        text = pick("这个身份已关联别的账号", "This identity is linked to another account")
        return show_message(request, pick("不能关联", "It cannot be linked"), text, 409)
    person = find_linked(provider, subject)
    if person is not None:
        return go_on(request, person, provider, "/")
    text = pick(
        "请先用登录名登录, 再在“我的账号”里关联", "Log in with your password first, then link it under “My account”"
    )
    return show_message(request, pick("没有关联账号", "No account is linked"), text, 403)
