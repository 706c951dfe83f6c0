"""The content security policy (内容安全策略) that goes out with every answer.

Owns its text. It knows no table, so that a page can be looked at under it without a site.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

_OIDC = getattr(settings, "KAIWU_OIDC_URL", "")
PROVIDER = "{0.scheme}://{0.netloc}".format(urlsplit(_OIDC)) if _OIDC else ""
POLICY = "; ".join(
    [
        "default-src 'none'", "object-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
        "connect-src 'self'", "worker-src 'self' blob:", f"form-action 'self' {PROVIDER}".strip(), "frame-ancestors 'none'", "base-uri 'none'",
    ]
)  # fmt: skip


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
