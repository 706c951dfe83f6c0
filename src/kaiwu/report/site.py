"""The local site (本地网页): lists, missing data, one firm's sheet, reasons down to figures, from the runs of one workspace.

Owns routes and what each page shows. The server is ``server``. It is for one person at this machine; the platform for
many people is a distribution of its own.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import polars as pl

from kaiwu.procedure import Run, RunRecord, Workspace, open_run
from kaiwu.quantity import KaiwuError
from kaiwu.report.allot_site import AllotSite
from kaiwu.report.asked import NUMBER, WORDS, Asked, NotFoundError, Page
from kaiwu.report.book import print_book, print_list
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.chart import bar_chart, stacked_bar
from kaiwu.report.claim_site import ClaimSite
from kaiwu.report.index_site import IndexSite
from kaiwu.report.label import STATUSES, standing_words, translate
from kaiwu.report.listing import ItemCount, Listing, facts_of_run, list_scheme
from kaiwu.report.market_site import MarketSite
from kaiwu.report.notice import check_notice, render_notice
from kaiwu.report.page import render
from kaiwu.report.pool_page import PoolSite
from kaiwu.report.printed import EXCEL, Printed, write_book
from kaiwu.report.sheet import render_sheet
from kaiwu.report.shortage import Shortage, detail_columns, detail_table, find_shortage, shortage_columns, shortage_rows
from kaiwu.rule.outcome import Outcome

ROWS = 20  # rows of a page, as on bureau screens
CHARTS = 6  # charts on the home page for one run
FOUND = 50  # hits of a search at most
CHOICES = 200  # values of a filter at most
_FILTERED = ("league", "status", "class", "answer", "clause")
_SHOWN_ORDER = (Outcome.PASS, Outcome.HUMAN, Outcome.MISSING, Outcome.FAIL)
_LABEL_ORDER = {
    label: i for i, label in enumerate([*(zh for zh, _ in STATUSES.values()), *(o.zh for o in _SHOWN_ORDER)])
}
_T = TypeVar("_T")


@dataclass
class Site:
    """The pages of a workspace. Runs are opened once, by replaying them, and kept; so are their lists."""

    workspace: Workspace
    _runs: dict[str, Run] = field(default_factory=dict)
    _kept: dict[tuple[str, ...], Any] = field(default_factory=dict)
    _names: dict[dt.date, dict[str, str]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    def warm(self, runs: Sequence[Run]) -> None:
        """Keep runs that are open already."""
        self._runs |= {run.record.number: run for run in runs}

    def run(self, number: str) -> Run:
        """An open run. Raises ``NotFoundError`` where there is none of that number."""
        if not NUMBER.match(number):
            raise NotFoundError(number)
        number = f"{int(number):04d}"
        with self._lock:
            if number not in self._runs:
                if number not in {r.number for r in self.workspace.state.runs()}:
                    raise NotFoundError(number)
                self._runs[number] = open_run(self.workspace, number)
            return self._runs[number]

    def listing(self, run: Run, scheme: str) -> Listing:
        """The list of a scheme, made once."""
        if scheme not in run.execution.results:
            raise NotFoundError(scheme)
        return self._keep((run.record.number, "list", scheme), lambda: list_scheme(run, scheme, self.names(run)))

    def shortage(self, run: Run) -> Shortage:
        """What is missing in a run, found once."""
        return self._keep((run.record.number, "missing"), lambda: find_shortage(run))

    def names(self, run: Run) -> Mapping[str, str]:
        """Names of entities as of the run's date."""
        as_of = run.record.as_of
        with self._lock:
            if as_of not in self._names:
                self._names[as_of] = self.workspace.names(as_of)
            return self._names[as_of]

    def latest(self) -> list[RunRecord]:
        """The newest run of every job, in the order of the jobs."""
        newest = {record.job: record for record in self.workspace.state.runs()}
        order = [job.code for job in self.workspace.jobs]
        return sorted(newest.values(), key=lambda r: (order.index(r.job) if r.job in order else len(order), r.number))

    @cached_property
    def _routes(self) -> list[tuple[re.Pattern[str], Callable[..., Page]]]:
        routes: list[tuple[str, Callable[..., Page]]] = [
            (r"/", self._home), (r"/find", self._find), (r"/entity/([^/]+)", self._entity), (r"/run/([^/]+)", self._run_page),
            (r"/run/([^/]+)/missing", self._missing_data), (r"/run/([^/]+)/lists\.xlsx", self._book),
            (r"/run/([^/]+)/entity/([^/]+)", self._sheet), (r"/run/([^/]+)/([^/]+)\.xlsx", self._list_book),
            (r"/run/([^/]+)/([^/]+)/notice", self._notice), (r"/run/([^/]+)/([^/]+)", self._list),
        ]  # fmt: skip
        routes += ClaimSite(self.workspace).routes
        routes += IndexSite(self.workspace).routes
        routes += MarketSite(self.workspace, lambda: [self.run(r.number) for r in self.latest()]).routes
        routes += AllotSite(self.workspace).routes
        routes += PoolSite(self.workspace).routes
        return [(re.compile(pattern), action) for pattern, action in routes]

    def answer(self, url: str) -> Page:
        """The page of a URL path with its query. What does not exist is a 404 page, a refusal a 422 page; nothing raises."""
        split = urlsplit(url if url.startswith("/") else "/")
        query = {k: v[0] for k, v in parse_qs(split.query, max_num_fields=None).items()}
        path = re.sub(r"/+", "/", split.path)
        asked = Asked(path, query)
        try:
            for pattern, action in self._routes:
                if found := pattern.fullmatch(path.rstrip("/") or "/"):
                    return action(asked, *(unquote(part) for part in found.groups()))
            raise NotFoundError(path)
        except NotFoundError:
            title = asked.pick("没有这一页", "There is no such page")
            return self._message(asked, title, [], HTTPStatus.NOT_FOUND)
        except KaiwuError as error:
            lines = [f"[{p.code}] {p.zh if asked.language == 'zh' else p.en}" for p in error.problems]
            return self._message(
                asked, asked.pick("不能显示", "This cannot be shown"), lines, HTTPStatus.UNPROCESSABLE_ENTITY
            )

    # -- pages -------------------------------------------------------------------------------------------

    def _message(
        self, asked: Asked, title: str, lines: list[str], status: int, template: str = "message.html", **more: Any
    ) -> Page:
        return Page(render(template, title=title, lines=lines, **more, **asked.shared()).encode(), status)

    def _home(self, asked: Asked) -> Page:
        records = self.latest()
        cards = [self._card(asked, self.run(record.number)) for record in records]
        newest = {r.number for r in records}
        older = [r for r in reversed(self.workspace.state.runs()) if r.number not in newest][:ROWS]
        title = asked.pick(self.workspace.zh, self.workspace.en)
        synthetic = bool(records) and all(r.is_synthetic for r in records)  # else every card tells for itself
        return Page(
            render(
                "home.html", title=title, cards=cards, older=older, is_synthetic=synthetic, **asked.shared()
            ).encode()
        )

    def _card(self, asked: Asked, run: Run) -> dict[str, Any]:
        charts = []
        for code in list(run.execution.results)[:CHARTS]:
            listing = self.listing(run, code)
            charts.append(
                {"scheme": code, "title": asked.pick(listing.zh, listing.en), "svg": self._chart(asked, listing)}
            )
        return {"run": run.record, "charts": charts, "all": len(run.record.schemes)}

    def _chart(self, asked: Asked, listing: Listing) -> Any:
        counts = [(label, translate(label, asked.language), n) for label, n in listing.counts]
        return bar_chart(counts, asked.pick(listing.zh, listing.en))

    def _run_page(self, asked: Asked, number: str) -> Page:
        run = self.run(number)
        rows: list[dict[str, Any]] = []
        labels: list[str] = []
        for code in run.execution.results:
            listing, document = self.listing(run, code), run.scheme(code).document
            counts = dict(listing.counts)
            labels += [label for label in counts if label not in labels]
            rows.append({"scheme": code, "title": asked.pick(listing.zh, listing.en), "counts": counts, "total": listing.total,
                         "document": document.title, "mark": asked.pick(*standing_words(document.standing))})  # fmt: skip
        labels.sort(key=lambda label: _LABEL_ORDER.get(label, -1))  # classes first, in the order of their lists
        heads = [("主体", "entity"), ("调至", "to"), ("条款", "article"), ("签批人", "signer"), ("理由", "reason")]
        return Page(
            render(
                "run.html", title=asked.pick(run.record.zh, run.record.en), run=run.record, rows=rows, labels=labels,
                names=self.names(run), change_heads=[asked.pick(*h) for h in heads], is_synthetic=run.record.is_synthetic, **asked.shared(),
            ).encode()
        )  # fmt: skip

    def _list(self, asked: Asked, number: str, code: str) -> Page:
        run = self.run(number)
        listing = self.listing(run, code)
        table, choices = filter_listing(listing, asked, self.names(run))
        scheme = run.scheme(code)
        return Page(
            render(
                "list.html", title=asked.pick(listing.zh, listing.en), run=run.record, scheme=code, listing=listing,
                facts=facts_of_run(run, scheme, asked.language), mark=asked.pick(*standing_words(scheme.document.standing)), choices=choices,
                chart=self._chart(asked, listing), items=[_show_item(i) for i in listing.items], outcomes=_SHOWN_ORDER,
                is_synthetic=run.record.is_synthetic, **_paged(asked, table), **asked.shared(),
            ).encode()
        )  # fmt: skip

    def _missing_data(self, asked: Asked, number: str) -> Page:
        run = self.run(number)
        shortage = self.shortage(run)
        slot = asked.query.get("slot", "")
        chosen = next((asked.pick(x.zh, x.en) for x in shortage.lacks if x.slot == slot), "")
        table = detail_table(shortage, [slot]) if chosen else detail_table(shortage).clear()
        return Page(
            render(
                "missing.html", title=asked.pick("缺数据清单", "Missing data"), run=run.record, columns=shortage_columns(), chosen=chosen,
                lacks=shortage_rows(shortage, asked.language), detail_columns=detail_columns(shortage, self.names(run)),
                is_synthetic=run.record.is_synthetic, **_paged(asked, table, entity=3), **asked.shared(),
            ).encode()
        )  # fmt: skip

    def _entity(self, asked: Asked, entity: str) -> Page:
        runs = [self.run(r.number) for r in self.latest()]
        fitting = [r for r in runs if (r.frame.table["entity"] == entity).any()]
        return self._sheet_page(asked, fitting, entity, ())

    def _sheet(self, asked: Asked, number: str, entity: str) -> Page:
        run = self.run(number)
        scheme = asked.query.get("scheme")
        if scheme and scheme not in run.execution.results:
            raise NotFoundError(scheme)
        known = (run.frame.table["entity"] == entity).any()
        return self._sheet_page(asked, [run] if known else [], entity, (scheme,) if scheme else ())

    def _sheet_page(self, asked: Asked, runs: Sequence[Run], entity: str, schemes: Sequence[str]) -> Page:
        if not runs:
            raise NotFoundError(entity)
        shared = asked.shared()
        language = shared.pop("lang")
        return Page(
            render_sheet(runs, entity, self.names(runs[0]), schemes=schemes, language=language, **shared).encode()
        )

    def _notice(self, asked: Asked, number: str, code: str) -> Page:
        """The notice; where it needs a signer, a form that asks for one."""
        run = self.run(number)
        listing = self.listing(run, code)
        signer, issuer = (asked.query.get(key, "")[:WORDS] for key in ("signer", "issuer"))
        try:
            check_notice(run, listing, signer)
        except KaiwuError as error:
            lines = [p.zh if asked.language == "zh" else p.en for p in error.problems]
            signable = [p.code for p in error.problems] == ["N-SIGNER"]
            title = asked.pick("还不能公示", "No notice yet")
            return self._message(
                asked, title, lines, HTTPStatus.UNPROCESSABLE_ENTITY, "unsigned.html", is_signable=signable
            )
        return Page(render_notice(run, listing, signer=signer, issuer=issuer).encode())

    def _list_book(self, _: Asked, number: str, code: str) -> Page:
        run = self.run(number)
        listing = self.listing(run, code)
        return _excel([print_list(run, listing)], f"{run.record.number}-{code}.xlsx")

    def _book(self, _: Asked, number: str) -> Page:
        run = self.run(number)
        listings = [self.listing(run, code) for code in run.execution.results]
        tables = print_book(run, listings, self.shortage(run), self.names(run))
        return _excel(tables, f"{run.record.number}-lists.xlsx")

    def _find(self, asked: Asked) -> Page:
        """Entities whose name or code contains the words, over the newest runs."""
        words = asked.words
        hits: dict[str, str] = {}
        for record in self.latest() if words else []:
            run = self.run(record.number)
            names = self.names(run)
            hits |= {e: names.get(e, "") for e in run.frame.table["entity"] if _fits(words, e, names)}
        shown = sorted(hits.items())[:FOUND]
        return Page(
            render("find.html", title=asked.pick("查找", "Find"), hits=shown, limit=FOUND, **asked.shared()).encode()
        )

    def _keep(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            kept: _T = self._kept[key]
            return kept


def _fits(words: str, entity: str, names: Mapping[str, str]) -> bool:
    return words in names.get(entity, "") or words.upper() in entity.upper()


def _excel(tables: Sequence[Printed], name: str) -> Page:
    with tempfile.TemporaryDirectory() as folder:
        path = write_book(Path(folder) / "list.xlsx", tables)
        return Page(path.read_bytes(), content_type=EXCEL, file_name=name)


def _paged(asked: Asked, table: pl.DataFrame, entity: int = 0) -> dict[str, Any]:
    """The rows of the wanted page; ``entity`` is the place of the column that names the entity."""
    pages = max(1, -(-table.height // ROWS))
    page = min(asked.page, pages)
    rows = [{"entity": row[entity], "codes": row} for row in table.slice((page - 1) * ROWS, ROWS).iter_rows()]
    return {"rows": rows, "total": table.height, "page": page, "pages": pages, "page_url": lambda n: asked.url(page=n)}


def _show_item(item: ItemCount) -> dict[str, Any]:
    svg = stacked_bar([(o.zh, item.counts[o]) for o in _SHOWN_ORDER])
    ends = [print_cell(Column("", "", kind="money"), fen) for fen in (item.lowest, item.highest)]
    return {"count": item, "svg": svg, "money": ends[0] if ends[0] == ends[1] else f"{ends[0]} – {ends[1]}"}


def filter_listing(
    listing: Listing, asked: Asked, names: Mapping[str, str]
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The rows that fit the words and the chosen values; the choices for the form, as (code, text)."""
    table = listing.table
    choices = []
    keep = []
    for column, name in zip(listing.columns, table.columns, strict=True):
        if column.en not in _FILTERED or column.kind != "text":
            continue
        values = {str(v): v for v in _values(listing, column, table[name]) if v is not None}
        if not 1 < len(values) <= CHOICES:
            continue
        chosen = asked.query.get(column.en, "")
        options = [(code, print_cell(column, v, asked.language)) for code, v in values.items()]
        options = [
            (code, text if column.en != "clause" else f"{code} {_title(listing, code, asked)}")
            for code, text in options
        ]
        choices.append(
            {"key": column.en, "title": asked.pick(column.zh, column.en), "options": options, "chosen": chosen}
        )
        if chosen in values:
            keep.append(pl.col(name) == values[chosen])
    if asked.words:
        entities = [e for e in table["entity"].unique() if _fits(asked.words, e, names)]
        keep.append(pl.col("entity").is_in(entities))
    return table.filter(*keep) if keep else table, choices


def _values(listing: Listing, column: Column, series: pl.Series) -> list[Any]:
    """The values of a column: clauses in the order of the document, others sorted."""
    if column.en == "clause":
        return [item.item for item in listing.items]
    return list(series.unique().sort())


def _title(listing: Listing, item: str, asked: Asked) -> str:
    return next((asked.pick(i.zh, i.en) for i in listing.items if i.item == item), "")
