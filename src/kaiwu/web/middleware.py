"""What holds for every request: headers of security, and that nobody comes in without a login.

Owns the content security policy and the list of public addresses. Limits are ``limit``, steps of the login ``account.gate``.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from kaiwu.quantity import Problem
from kaiwu.web.account.gate import find_detour
from kaiwu.web.account.models import Person

Handler = Callable[[HttpRequest], HttpResponse]

PROVIDER = "{0.scheme}://{0.netloc}".format(urlsplit(settings.KAIWU_OIDC_URL)) if settings.KAIWU_OIDC_URL else ""
POLICY = "; ".join(
    [
        "default-src 'none'", "object-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
        "connect-src 'self'", "worker-src 'self' blob:", f"form-action 'self' {PROVIDER}".strip(), "frame-ancestors 'none'", "base-uri 'none'",
    ]
)  # fmt: skip
PUBLIC = ("/login/", "/static/", "/health/", "/public/", "/language/", "/oidc/")
"""Addresses that need no login; everything else does."""


class ContentSecurityPolicy:
    """Sends the policy with every answer: only our own scripts and styles, none inline."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers of security."""
        response = self._handle(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class RequireLogin:
    """Sends strangers to the login page, and who owes a step of it to that step; the API answers 401 and 403."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, or the way to the login."""
        is_api = request.path.startswith("/api/")
        if isinstance(request.user, Person):
            detour = find_detour(request, request.user)
            if detour and is_api:
                return _refuse(Problem("W-UNFINISHED", "请先在网页上完成登录", "finish the login in a browser"), 403)
            return HttpResponseRedirect(detour) if detour else self._handle(request)
        if request.path.startswith(PUBLIC):
            return self._handle(request)
        if is_api:
            return _refuse(Problem("W-LOGIN", "请先登录", "log in first"), 401)
        return redirect_to_login(request.get_full_path())


def _refuse(problem: Problem, status: int) -> JsonResponse:
    return JsonResponse({"code": problem.code, "zh": problem.zh, "en": problem.en}, status=status)
