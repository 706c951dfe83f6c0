"""Pages of the market on the local site (供需对接): the board, the list of a round, and the four finds of a firm on one page.

Owns their routes and what each shows. They read; nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import Any

import polars as pl

from kaiwu.match.finds import CHAINS, STALE_YEARS, FourFinds, is_stale
from kaiwu.match.funnel import REFUSALS, STAGES, report_funnel, watch_concentration
from kaiwu.match.funnel.report import GROUPINGS
from kaiwu.match.record import MatchKind
from kaiwu.match.sample import effect_words
from kaiwu.procedure import Run, Workspace
from kaiwu.procedure.market import MarketDesk
from kaiwu.report.asked import Asked, NotFoundError, Page
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.chart import bar_chart
from kaiwu.report.market_sheet import print_backlog, print_days, print_funnel, print_percent, print_points
from kaiwu.report.page import render
from kaiwu.report.printed import EXCEL, write_book

Route = tuple[str, Callable[..., Page]]
ROWS = 100  # pairs of a list on one page
REASONS = 3
MONEY = Column("", "", kind="money")


class MarketSite:
    """The pages of a workspace's market. ``open_runs`` gives the runs whose clauses make a firm's policy chain."""

    def __init__(self, workspace: Workspace, open_runs: Callable[[], Sequence[Run]]) -> None:
        self.workspace, self.open_runs = workspace, open_runs
        self._lock = RLock()
        self._desk: MarketDesk | None = None

    @property
    def routes(self) -> list[Route]:
        """Pattern and action of every page."""
        return [
            (r"/market", self._board), (r"/market/funnel\.xlsx", self._funnel_book), (r"/market/spaces\.xlsx", self._space_book),
            (r"/market/list/([^/]+)", self._list), (r"/market/firm/([^/]+)", self._firm),
        ]  # fmt: skip

    @property
    def desk(self) -> MarketDesk:
        """The market as of the last day on which something happened, so that pages do not change by themselves."""
        with self._lock:
            if self._desk is None:
                self._desk = open_desk(self.workspace)
            return self._desk

    def _board(self, asked: Asked) -> Page:
        desk = self.desk
        if not (desk.records.needs or desk.records.offers):
            title = asked.pick("还没有供需记录", "No needs or offers yet")
            line = asked.pick(
                "先用 kaiwu match import 导入清单, 再看本页。", "Take in lists by kaiwu match import, then come back."
            )
            return Page(render("message.html", title=title, lines=[line], **asked.shared()).encode())
        by = asked.query.get("by", "event")
        by = by if by in GROUPINGS else "event"
        pairs = desk.pairs()
        (whole,) = report_funnel(pairs)
        counted = [(s.words[0], asked.pick(*s.words), whole.reached[s]) for s in STAGES]
        counts = {kind: (len(desk.records.needs_of(kind)), len(desk.records.offers_of(kind))) for kind in MatchKind}
        return _page(
            asked, "market.html", asked.pick("供需对接", "Needs and offers"), desk=desk, whole=whole, rows=report_funnel(pairs, by), by=by, groupings=GROUPINGS, stages=STAGES,
            chart=bar_chart(counted, asked.pick("各环节对数", "pairs by stage")), watch=watch_concentration(desk.funnel.shown()).tell(), refusals=REFUSALS,
            counts={k: c for k, c in counts.items() if any(c)}, lists=_lists(pairs), backlog=desk.backlog() if counts[MatchKind.SPACE][0] else [],
            names=desk.names, **_printers(),
        )  # fmt: skip

    def _list(self, asked: Asked, name: str) -> Page:
        pairs = self.desk.pairs().filter(pl.col("list") == name)
        if pairs.is_empty():
            raise NotFoundError(name)
        rows = pairs.head(ROWS).to_dicts()
        title = asked.pick(f"名单 {name}", f"List {name}")
        return _page(
            asked,
            "market_list.html",
            title,
            desk=self.desk,
            rows=rows,
            total=pairs.height,
            stages=STAGES,
            refusals=REFUSALS,
            names=self.desk.names,
            **_printers(),
        )

    def _firm(self, asked: Asked, firm: str) -> Page:
        runs = self.open_runs()
        with self._lock:
            found = self.desk.four_finds(firm, runs)
        if firm not in self.desk.names and not any((found.orders, found.policies, *found.answers.values())):
            raise NotFoundError(firm)
        is_synthetic = self.desk.records.is_synthetic or any(run.record.is_synthetic for run in runs)
        return Page(
            render_finds(
                found, self.desk.names, asked.language, is_synthetic=is_synthetic, day=self.desk.day, **asked.shared()
            ).encode()
        )

    def _funnel_book(self, asked: Asked) -> Page:
        desk, by = self.desk, asked.query.get("by", "event")
        by = by if by in GROUPINGS else "event"
        watch = watch_concentration(desk.funnel.shown())
        return _excel(
            print_funnel(report_funnel(desk.pairs(), by), by, watch, desk.names, desk.day, desk.records.is_synthetic),
            "funnel.xlsx",
        )

    def _space_book(self, _: Asked) -> Page:
        desk = self.desk
        return _excel([print_backlog(desk.backlog(), desk.names, desk.day, desk.records.is_synthetic)], "spaces.xlsx")


def open_desk(workspace: Workspace) -> MarketDesk:
    """The market as of the last day on which a list was shown, a step was taken or records came in."""
    desk = MarketDesk(workspace, dt.date.max)
    days = [dt.date.fromisoformat(entry["known_at"]) for entry in desk.batches]
    days += [
        day
        for table in (desk.funnel.shown(), desk.funnel.steps())
        for day in [table["day"].max()]
        if isinstance(day, dt.date)
    ]
    desk.day = max(days, default=dt.date(1970, 1, 1))
    return desk


def render_finds(
    found: FourFinds, names: Mapping[str, str], language: str = "zh", *, is_synthetic: bool, day: dt.date, **shared: Any
) -> str:
    """The four finds of a firm on one page."""
    label = names.get(found.firm, found.firm)
    title = f"{label} {('四找', 'four finds')[language == 'en']}"
    return render(
        "market_firm.html", **{"lang": language, **shared}, title=title, found=found, names=names, chains=CHAINS, is_synthetic=is_synthetic, day=day, reasons=REASONS,
        stale=lambda offer: is_stale(offer, day), stale_years=STALE_YEARS, **_printers(),
    )  # fmt: skip


def _lists(pairs: pl.DataFrame) -> list[dict[str, Any]]:
    """Every list with its pairs, newest first."""
    grouped = pairs.group_by("list").agg(
        pl.col("event", "section", "day").first(), pl.len().alias("pairs"), pl.col("need").n_unique().alias("needs")
    )
    return grouped.sort(["day", "list"], descending=True).to_dicts()


def _printers() -> dict[str, Any]:
    return {
        "points": print_points,
        "percent": print_percent,
        "days": print_days,
        "effect": effect_words,
        "money": lambda fen: print_cell(MONEY, fen),
    }


def _page(asked: Asked, template: str, title: str, *, desk: MarketDesk, **values: Any) -> Page:
    return Page(
        render(
            template, title=title, day=desk.day, is_synthetic=desk.records.is_synthetic, **values, **asked.shared()
        ).encode()
    )


def _excel(tables: Any, name: str) -> Page:
    with TemporaryDirectory() as folder:
        body = write_book(Path(folder) / name, tables).read_bytes()
    return Page(body, content_type=EXCEL, file_name=name)
