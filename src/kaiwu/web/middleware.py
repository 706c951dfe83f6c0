"""What holds for every request: headers of security, and that nobody comes in without a login.

Owns the content security policy and the list of public addresses.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
        "connect-src 'self'", "worker-src 'self' blob:", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ]
)  # fmt: skip
PUBLIC = ("/login/", "/static/", "/health/", "/public/", "/language/")
"""Addresses that need no login; everything else does."""


class ContentSecurityPolicy:
    """Sends the policy with every answer: only our own scripts and styles, none inline."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers of security."""
        response = self._handle(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class RequireLogin:
    """Sends strangers to the login page; the API answers 401."""

    def __init__(self, handle: Handler) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, or the way to the login."""
        if request.user.is_authenticated or request.path.startswith(PUBLIC):
            return self._handle(request)
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "W-LOGIN", "zh": "请先登录", "en": "log in first"}, status=401)
        return redirect_to_login(request.get_full_path())
