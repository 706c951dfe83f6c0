"""The local site (本地网页): lists, one firm's sheet, reasons down to figures, from the runs of one workspace.

Owns routes and paging over the standard library's server, for one person at this machine. The platform for many
people is a distribution of its own.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import polars as pl

from kaiwu.procedure import Run, RunRecord, Workspace, open_run
from kaiwu.quantity import KaiwuError
from kaiwu.report.listing import Listing, facts_of_run, list_scheme, printed_list
from kaiwu.report.notice import render_notice
from kaiwu.report.page import bar_chart, render
from kaiwu.report.printed import print_cell, write_book
from kaiwu.report.sheet import render_sheet

ROWS = 20  # rows of a page, as on bureau screens
CHARTS = 6  # charts on the home page for one run
FOUND = 50  # hits of a search at most
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILTERED = ("league", "status", "class", "answer", "clause")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: status, content type, body."""

    body: bytes
    status: int = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"


@dataclass
class Site:
    """The pages of a workspace. Runs are opened once, by replaying them, and kept."""

    workspace: Workspace
    _runs: dict[str, Run] = field(default_factory=dict)
    _listings: dict[tuple[str, str], Listing] = field(default_factory=dict)
    _names: dict[dt.date, dict[str, str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def warm(self, runs: Sequence[Run]) -> None:
        """Keep runs that are open already."""
        self._runs |= {run.record.number: run for run in runs}

    def run(self, number: str) -> Run:
        """An open run."""
        with self._lock:
            if number not in self._runs:
                self._runs[number] = open_run(self.workspace, number)
            return self._runs[number]

    def listing(self, number: str, scheme: str) -> Listing:
        """The list of a scheme."""
        run = self.run(number)
        key = (number, scheme)
        if key not in self._listings:
            self._listings[key] = list_scheme(run, scheme, self.names(run))
        return self._listings[key]

    def names(self, run: Run) -> Mapping[str, str]:
        """Names of entities as of the run's date."""
        as_of = run.record.as_of
        if as_of not in self._names:
            self._names[as_of] = self.workspace.names(as_of)
        return self._names[as_of]

    def latest(self) -> list[RunRecord]:
        """The newest run of every job, in the order of the jobs."""
        newest = {record.job: record for record in self.workspace.state.runs()}
        order = [job.code for job in self.workspace.jobs]
        return sorted(newest.values(), key=lambda r: (order.index(r.job) if r.job in order else len(order), r.number))

    # -- routes ------------------------------------------------------------------------------------------

    def answer(self, path: str) -> Page:
        """The page of a URL path with its query; 404 and 422 are pages too."""
        split = urlsplit(path)
        parts = [unquote(p) for p in split.path.split("/") if p]
        query = {k: v[0] for k, v in parse_qs(split.query).items()}
        try:
            return self._route(parts, query, split.path)
        except (KeyError, StopIteration):
            return self._missing(query)
        except KaiwuError as error:
            return Page(render("base.html", title=str(error)).encode(), HTTPStatus.UNPROCESSABLE_ENTITY)

    def _route(self, parts: list[str], query: dict[str, str], path: str) -> Page:
        shared = self._shared(query, path)
        match parts:
            case []:
                return self._home(shared)
            case ["find"]:
                return self._find(query, shared)
            case ["run", number]:
                return self._run_page(number, shared)
            case ["run", number, "entity", entity]:
                codes = (query["scheme"],) if query.get("scheme") else ()
                return self._sheet([self.run(number)], entity, codes, shared)
            case ["run", number, name] if name.endswith(".xlsx"):
                return self._book(number, name.removesuffix(".xlsx"))
            case ["run", number, scheme, "notice"]:
                return Page(render_notice(self.run(number), self.listing(number, scheme)).encode())
            case ["run", number, scheme]:
                return self._list(number, scheme, query, shared)
            case ["entity", entity]:
                runs = [self.run(r.number) for r in self.latest()]
                fitting = [r for r in runs if entity in r.frame.table["entity"]]
                return self._sheet(fitting, entity, (), shared) if fitting else self._missing(query)
        return self._missing(query)

    def _shared(self, query: dict[str, str], path: str) -> dict[str, Any]:
        language = "en" if query.get("lang") == "en" else "zh"
        other = urlencode({**query, "lang": "zh" if language == "en" else "en"})
        return {"lang": language, "search": True, "other_lang_url": f"{path}?{other}"}

    def _missing(self, query: dict[str, str]) -> Page:
        return Page(render("base.html", title="没有这一页 / no such page", search=True).encode(), HTTPStatus.NOT_FOUND)

    def _home(self, shared: dict[str, Any]) -> Page:
        cards = []
        records = self.latest()
        for record in records:
            charts = []
            for code in record.schemes[:CHARTS]:
                listing = self.listing(record.number, code)
                title = listing.zh if shared["lang"] == "zh" else listing.en
                charts.append({"scheme": code, "title": title, "svg": bar_chart(list(listing.counts), title)})
            more = len(record.schemes) if len(record.schemes) > CHARTS else 0
            cards.append({"run": record, "charts": charts, "more": more})
        title = self.workspace.zh if shared["lang"] == "zh" else self.workspace.en
        synthetic = any(r.is_synthetic for r in records)
        return Page(render("home.html", title=title, cards=cards, is_synthetic=synthetic, **shared).encode())

    def _run_page(self, number: str, shared: dict[str, Any]) -> Page:
        run = self.run(number)
        rows, labels = [], []
        for code in run.execution.results:
            listing, scheme = self.listing(number, code), run.scheme(code)
            counts = dict(listing.counts)
            labels += [label for label in counts if label not in labels]
            title = listing.zh if shared["lang"] == "zh" else listing.en
            rows.append({"scheme": code, "title": title, "counts": counts, "total": sum(counts.values()), "document": scheme.document.title,
                         "standing": scheme.document.standing})  # fmt: skip
        page = render(
            "run.html",
            title=run.record.zh,
            run=run.record,
            rows=rows,
            labels=labels,
            is_synthetic=run.record.is_synthetic,
            **shared,
        )
        return Page(page.encode())

    def _list(self, number: str, code: str, query: dict[str, str], shared: dict[str, Any]) -> Page:
        run, listing = self.run(number), self.listing(number, code)
        table, choices = _filter(listing, query, shared["lang"])
        pages = max(1, -(-table.height // ROWS))
        page = min(max(int(query["page"]) if query.get("page", "").isdigit() else 1, 1), pages)
        shown = [
            {"entity": row[0], "cells": [print_cell(c, v) for c, v in zip(listing.columns, row, strict=True)]}
            for row in table.slice((page - 1) * ROWS, ROWS).iter_rows()
        ]
        title = listing.zh if shared["lang"] == "zh" else listing.en

        def page_url(number: int) -> str:
            return "?" + urlencode({**query, "page": number})

        return Page(
            render(
                "list.html", title=title, run=run.record, scheme=code, facts=facts_of_run(run, run.scheme(code)), columns=listing.columns,
                rows=shown, total=table.height, page=page, pages=pages, page_url=page_url, q=query.get("q", ""), choices=choices,
                notes=listing.notes, chart=bar_chart(list(listing.counts), title), is_synthetic=run.record.is_synthetic,
                **shared,
            ).encode()
        )  # fmt: skip

    def _sheet(self, runs: Sequence[Run], entity: str, codes: Sequence[str], shared: dict[str, Any]) -> Page:
        if entity not in runs[0].frame.table["entity"]:
            raise KeyError(entity)
        rest = {k: v for k, v in shared.items() if k != "lang"}
        return Page(
            render_sheet(runs, entity, self.names(runs[0]), codes=codes, language=shared["lang"], **rest).encode()
        )

    def _book(self, number: str, code: str) -> Page:
        run = self.run(number)
        with tempfile.TemporaryDirectory() as folder:
            path = write_book(Path(folder) / "list.xlsx", [printed_list(run, self.listing(number, code))])
            return Page(path.read_bytes(), content_type=EXCEL)

    def _find(self, query: dict[str, str], shared: dict[str, Any]) -> Page:
        """Entities whose name or code contains the words, over the newest runs."""
        words = query.get("q", "").strip()
        runs = [self.run(r.number) for r in self.latest()]
        known = {e for run in runs for e in run.frame.table["entity"]}
        names = {e: n for run in runs for e, n in self.names(run).items() if e in known}
        hits = [e for e, n in sorted(names.items()) if words and (words in n or words.upper() in e.upper())][:FOUND]
        columns = ["代码", "名称"] if shared["lang"] == "zh" else ["code", "name"]
        return Page(render("find.html", title=words, q=words, hits=[(e, names[e]) for e in hits], columns=columns, limit=FOUND,
                           **shared).encode())  # fmt: skip


def _filter(listing: Listing, query: dict[str, str], language: str) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The rows that fit the words and the chosen values; the choices for the form."""
    table = listing.table
    choices = []
    for column, name in zip(listing.columns, table.columns, strict=True):
        if column.en not in _FILTERED:
            continue
        options = sorted(v for v in table[name].unique().to_list() if v)
        if 1 < len(options) <= 60:
            chosen = query.get(column.en, "")
            choices.append(
                {
                    "key": column.en,
                    "title": column.zh if language == "zh" else column.en,
                    "options": options,
                    "chosen": chosen,
                }
            )
            if chosen in options:
                table = table.filter(pl.col(name) == chosen)
    if words := query.get("q", "").strip():
        fits = pl.col("name").str.contains(words, literal=True) | pl.col("entity").str.contains(words, literal=True)
        table = table.filter(fits)
    return table, choices


def make_server(site: Site, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server for one machine: it listens on the loopback address only, unless told otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.answer(self.path)
            self.send_response(page.status)
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
            self.send_header(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'",
            )
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return ThreadingHTTPServer((host, port), Handler)
