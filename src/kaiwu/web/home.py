"""The first page, the search, the health answer and the error pages."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kaiwu.web.desk import list_desk, list_next
from kaiwu.web.job.services import LIFE, worker_age
from kaiwu.web.menu import screens
from kaiwu.web.screen.search import search_screens
from kaiwu.web.shell import person_of, show_message
from kaiwu.web.wording import pick


def show_home(request: HttpRequest) -> HttpResponse:
    """The first page: what waits for this person, and what they may open."""
    person = person_of(request)
    context = {"title": pick("工作台", "Desk"), "desk": list_desk(person), "next": list_next(person)}
    return render(request, "kaiwu/home.html", context)


def show_search(request: HttpRequest) -> HttpResponse:
    """Hits of all record types."""
    words = request.GET.get("q", "")
    hits = search_screens(screens(), person_of(request), words)
    return render(request, "kaiwu/search.html", {"title": pick("搜索", "Search"), "words": words, "found": hits})


def show_health(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, 503 where it does not, with the age of a worker's last sign of life; no figures, no names."""
    try:
        age = worker_age()
    except DatabaseError:
        return JsonResponse({"status": "database"}, status=503)
    is_alive = age is not None and age < LIFE.total_seconds()
    return JsonResponse({"status": "ok" if is_alive else "no worker", "worker_seconds": age})


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """There is no such page, or it is out of reach: the answer is the same."""
    return show_message(
        request,
        pick("没有这一页", "There is no such page"),
        pick("地址有误, 或不在您的范围内", "The address is wrong, or out of your reach"),
        404,
    )


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Not allowed."""
    return show_message(
        request,
        pick("没有权限", "Not allowed"),
        pick("请联系本单位管理员", "Ask the administrator of your organisation"),
        403,
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Something went wrong here; nothing was saved."""
    return show_message(
        request,
        pick("系统出错", "Something went wrong"),
        pick("没有保存任何改动, 请稍后再试", "Nothing was saved; try again later"),
        500,
    )
