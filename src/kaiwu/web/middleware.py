"""What holds for every request: nobody comes in without a login.

Owns the list of public addresses. Headers are ``content_policy``, limits ``limit``, steps of the login ``account.gate``.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from kaiwu.quantity import Problem
from kaiwu.web.account.gate import find_detour
from kaiwu.web.account.models import Person

Handler = Callable[[HttpRequest], HttpResponse]

PUBLIC = ("/login/", "/static/", "/health/", "/public/", "/language/", "/oidc/")
"""Addresses that need no login; everything else does."""


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
