"""The server of the local site: Python's own, on the loopback address, with strict headers.

Owns HTTP. It answers GET and HEAD only, refuses foreign host names (a page elsewhere must not read the district through
a rebound name), and lets nothing be kept by caches.
"""

from __future__ import annotations

import sys
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kaiwu.report.asked import Page
from kaiwu.report.page import render
from kaiwu.report.site import Site

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MOST_CHARACTERS = 4096  # of a path with its query
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def make_server(site: Site, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server for one machine: it listens on the loopback address only, unless told otherwise."""

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "kaiwu", ""

        def do_GET(self) -> None:
            """Answer with the page."""
            self._send(has_body=True)

        def do_HEAD(self) -> None:
            """Answer with the headers of the page."""
            self._send(has_body=False)

        def _send(self, *, has_body: bool) -> None:
            page = self._page()
            self.send_response(page.status)
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
            if page.file_name:
                self.send_header("Content-Disposition", f'attachment; filename="{_ascii(page.file_name)}"')
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.end_headers()
            if has_body:
                self.wfile.write(page.body)

        def _page(self) -> Page:
            asked = self.headers.get("Host", "")
            if host == "127.0.0.1" and asked.rpartition(":")[0] not in LOOPBACK and asked not in LOOPBACK:
                return Page(b"wrong host", HTTPStatus.MISDIRECTED_REQUEST, "text/plain; charset=utf-8")
            if len(self.path) > MOST_CHARACTERS:
                return Page(b"too long", HTTPStatus.REQUEST_URI_TOO_LONG, "text/plain; charset=utf-8")
            try:
                return site.answer(self.path)
            except Exception:
                # The last resort: one broken page must not end the server; the trace is for whoever started it.
                traceback.print_exc(file=sys.stderr)
                title = "程序出错了 / Something broke"
                return Page(
                    render("message.html", title=title, lines=[], is_site=True).encode(),
                    HTTPStatus.INTERNAL_SERVER_ERROR,
                )

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return ThreadingHTTPServer((host, port), Handler)


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
