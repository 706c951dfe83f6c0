"""A site with something of everything: cases, files, an evaluation with sheets and disputes, jobs; and a walk over its addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

if TYPE_CHECKING:
    from django.test import Client

A, B = "F01", "F02"
"""Two firms of different towns, each with a case, a file, a sheet and a dispute."""
LINK = re.compile(r"""(?:href|data-source|data-url|hx-get)=["']([^"'#]+)""")
TOKEN = re.compile(rb"""(name="csrfmiddlewaretoken" value=|name="csrf-token" content=)"[^"]*\"""")
POLICY_WORDS = {"kind": ("notice",), "scheme": ("ruler", "award"), "deed": ("run", "sign"), "unit": ("x",)}


def fill() -> dict[str, list[str]]:
    """Make it, through the services; returns the keys that addresses may hold: of firm A, of firm B, of nobody, and the
    one-time codes of the sheets of both."""
    from django.db import transaction

    from kaiwu.web.case.models import Case, CaseFile
    from kaiwu.web.case.services import attach, open_case
    from kaiwu.web.evaluation.code import make_code
    from kaiwu.web.evaluation.dispute import dispute
    from kaiwu.web.evaluation.models import Sheet
    from kaiwu.web.evaluation.services import begin, send_sheets, take_run
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm
    from kaiwu.web.run.models import RunRow

    officer = Actor("officer", "officer", "bureau")
    made = begin(officer, "year", "ruler", issuer="小县经信局", signer="王某")
    take_run(officer, made, RunRow.objects.order_by("number").values_list("number", flat=True)[0])
    Case.objects.filter(pk=made.case.pk).update(stage="confirm")
    made.case.refresh_from_db()
    with transaction.atomic():
        send_sheets(officer, made)
    keys: dict[str, list[str]] = {
        A: [A],
        B: [B],
        "codes": [],
        "": [made.case.number, made.run, "permu_year", "request"],
    }
    for place, entity in enumerate((A, B)):  # numbers that no other table has
        Sheet.objects.filter(evaluation=made, firm__entity=entity).update(id=7_000_000 + place)
        clerk = Actor(f"clerk{entity[1:]}", "clerk", entity)
        firm = Firm.objects.get(entity=entity)
        told = {"theme": "用地用房", "text": f"{entity}要扩产, 缺两千平方米"}
        case = open_case(clerk, "request", firm=firm, fields=told)
        kept = attach(clerk, case, f"{entity}的材料.pdf", f"%PDF {entity}".encode())
        CaseFile.objects.filter(pk=kept.pk).update(id=8_000_000 + place)
        sheet = Sheet.objects.get(evaluation=made, firm=firm)
        sent = dispute(clerk, sheet, "tax", "150万元", f"{entity}的税单", label="实缴税金", printed="20.00")
        keys[entity] += [case.number, str(8_000_000 + place), str(sheet.pk), sent.number]
        keys["codes"].append(f"/public/sheet/{sheet.pk}/{make_code(sheet)}/")
    return keys


def routes() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every route of the site as a template and the names in it: ``case/{number}/file/``."""
    from django.urls import URLResolver, get_resolver

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for pattern in resolver.url_patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            else:
                plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
                yield "/" + plain, tuple(re.findall(r"{(\w+)}", plain))

    yield from walk(get_resolver(), "")


def addresses(keys: list[str]) -> Iterator[str]:
    """Every route with these keys in the place of its first name; further names get a file's number, the last key, or their own words."""
    further = tuple(k for k in keys if k.startswith("800")) + tuple(keys[-1:])
    for route, names in routes():
        pools = [POLICY_WORDS.get(name, further if place else tuple(keys)) for place, name in enumerate(names)]
        for chosen in product(*pools):
            yield route.format(**dict(zip(names, chosen, strict=True)))


def crawl(client: Client, starts: list[str]) -> dict[str, bytes]:
    """The answers of every address that can be reached from these, without the tokens that differ at every request."""
    from kaiwu.web.limit import COUNTER

    seen: dict[str, bytes] = {}
    waiting = list(dict.fromkeys(starts))
    while waiting:
        url = waiting.pop()
        if url in seen or "order=" in url or url.startswith(("/static/", "/language/", "/logout")):
            continue
        COUNTER.forget()
        answer: Any = client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[url] = f"{answer.status_code} {answer.get('Location', '')}\n".encode() + plain(answer, body)
        if answer["Content-Type"].startswith("text/html"):
            found = (urljoin(url, unescape(link)) for link in LINK.findall(body.decode()))
            waiting += [u for u in found if u.startswith("/") and u not in seen and not u.startswith("/account/totp")]
    return seen


def plain(answer: Any, body: bytes) -> bytes:
    """A body without what differs between two equal answers: form tokens, and the moment in a workbook's properties."""
    if body[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return b"".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)
    return TOKEN.sub(rb"\1", body)
