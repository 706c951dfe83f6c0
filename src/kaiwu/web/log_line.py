"""Structured log lines (结构化日志): one JSON object a line, no personal data, no figures.

Owns what a line holds. Who did what is the change log in the database, not here: a line tells the route and not the address,
since addresses hold codes of firms and of sheets; of an exception its kind and places, not its words.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

_log = logging.getLogger("kaiwu.request")


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, and what a caller put under ``extra={"kaiwu": {…}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "kaiwu", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            line["exception"] = record.exc_info[0].__name__
            line["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


class RouteOnly(logging.Filter):
    """Takes the address out of Django's own lines about a request and tells its route."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record stays; those with a request are rewritten."""
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            record.msg, record.args = "%s %s", (record.name, route_of(request))
        return True


class RequestLog:
    """One line for each request: number, method, route, status, milliseconds. The number goes back with the answer."""

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse]) -> None:
        self._handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its number."""
        number, started = secrets.token_hex(8), time.perf_counter()
        response = self._handle(request)
        response["X-Request-Id"] = number
        took = round((time.perf_counter() - started) * 1000, 1)
        told = {"request": number, "method": request.method, "route": route_of(request), "status": response.status_code}
        _log.info("request", extra={"kaiwu": {**told, "ms": took}})
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, without what it names."""
    match = getattr(request, "resolver_match", None)
    return match.route if match is not None else "-"
