"""Limits (限流): so many requests in so many seconds from one address or person, and no body larger than an upload.

Owns the rules and the counting, which is in the process: no table is written for a request, and each process counts its own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from kaiwu.web.account.models import Person
from kaiwu.web.environment import MEBIBYTE
from kaiwu.web.shell import address_of, show_message
from kaiwu.web.wording import pick

SPARE = MEBIBYTE
"""What a form may add to its file."""
KEYS = 20_000
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_log = logging.getLogger("kaiwu.limit")


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``most`` requests in ``seconds`` for which ``fits``; by person where ``by_person`` and there is one, else by address."""

    name: str
    most: int
    seconds: int
    fits: Callable[[HttpRequest], bool]
    by_person: bool = False


RULES = (
    Rule("login", 30, 60, lambda r: r.path.startswith(("/login/", "/oidc/")) and r.method == "POST"),
    Rule("code", 60, 60, lambda r: r.path.startswith("/public/")),
    Rule("export", 30, 60, lambda r: r.path.endswith((".xlsx", ".docx", ".zip")), by_person=True),
    Rule("any", 600, 60, lambda r: not r.path.startswith(("/static/", "/health/")), by_person=True),
)


class Counter:
    """Counts of a window each; the oldest windows are thrown away when there are too many."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int], int] = {}
        self._lock = Lock()

    def take(self, rule: Rule, key: str, now: float) -> int:
        """Count one more; the seconds to wait, or 0 where it is within the limit."""
        window = int(now) // rule.seconds
        with self._lock:
            if len(self._counts) >= KEYS:
                self._counts = dict(list(self._counts.items())[KEYS // 2 :])
            count = self._counts[(rule.name, key, window)] = self._counts.get((rule.name, key, window), 0) + 1
        return (window + 1) * rule.seconds - int(now) if count > rule.most else 0

    def forget(self) -> None:
        """Begin anew."""
        self._counts.clear()


COUNTER = Counter()


class Limits:
    """Refuses what is too much with 429, what is too large with 413, a NUL with 400, and methods that no page has with 405."""

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse], rules: Iterable[Rule] = RULES) -> None:
        self._handle = handle
        self._rules = tuple(rules)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, or the refusal."""
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        for rule in self._rules:
            if rule.fits(request) and (wait := COUNTER.take(rule, _key(request, rule), time.time())):
                _log.warning("too many requests", extra={"kaiwu": {"rule": rule.name}})
                response = render(request, "429.html", status=429)
                response["Retry-After"] = str(wait)
                return response
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):  # PostgreSQL keeps no such text
            text = pick("网址里有不能用的字符", "The address holds a character that cannot be used")
            return show_message(request, pick("请求被拒绝", "Refused"), text, 400)
        if _length(request) > settings.KAIWU_UPLOAD_BYTES + SPARE:
            limit = settings.KAIWU_UPLOAD_BYTES // MEBIBYTE
            text = pick(f"一个文件至多 {limit} MiB", f"A file has {limit} MiB at most")
            return show_message(request, pick("文件太大", "Too large"), text, 413)
        if _has_nul(request):
            text = pick("内容里有不能保存的字符", "It holds a character that no text has")
            return show_message(request, pick("请求有误", "Bad request"), text, 400)
        return self._handle(request)


def _has_nul(request: HttpRequest) -> bool:
    """Whether a NUL stands in the address or in a field of a form: no database keeps one in a text. The API reads its own body."""
    forms = (request.GET,) if "/api/" in request.path else (request.GET, request.POST)
    texts = (value for form in forms for _, values in form.lists() for value in values)
    return "\0" in request.path or any("\0" in text for text in texts)


def _key(request: HttpRequest, rule: Rule) -> str:
    person = request.user if rule.by_person and isinstance(request.user, Person) else None
    return f"person:{person.pk}" if person else address_of(request)


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0
