"""Pages of rated counties on the local site (区县评价页): the league page, one page per county, the workbook.

Owns their routes and how an evaluation that a run made becomes an index that can be split and tried otherwise. The pages are those of
``index_page.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from urllib.parse import quote

import numpy as np

from kaiwu.procedure import Run, Workspace, open_run
from kaiwu.rating.book import RatingBook
from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree
from kaiwu.rating.index.method import Method
from kaiwu.rating.index.step.aggregate import Aggregate
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.rating.index.step.rank import Rank
from kaiwu.report.asked import Asked, NotFoundError, Page
from kaiwu.report.index_page import IndexReport, make_report, print_league, render_league, render_unit
from kaiwu.report.label import league_words
from kaiwu.report.page import render
from kaiwu.report.printed import EXCEL, write_book

COUNTY = "county"
MOST = 90  # units on the page
Route = tuple[str, Callable[..., Page]]


def find_evaluation(workspace: Workspace) -> tuple[Run, str] | None:
    """The last run with an evaluation of counties by min-max scores, and the code of its scheme."""
    for record in sorted(workspace.state.runs(), key=lambda r: r.number, reverse=True):
        if not any(
            workspace.library.heads[c][2].population == COUNTY for c in record.schemes if c in workspace.library.heads
        ):
            continue
        run = open_run(workspace, record.number)
        for code in record.schemes:
            book = getattr(run.scheme(code), "book", None)
            if isinstance(book, RatingBook) and all(i.scoring.method == "minmax" for i in book.indicators):
                return run, code
    return None


def book_of_run(run: Run, code: str) -> RatingBook:
    """The rulebook of an evaluation. Raises ``TypeError`` for a scheme that is no rating."""
    book = getattr(run.scheme(code), "book", None)
    if not isinstance(book, RatingBook):
        raise TypeError(f"{code} is no rating")
    return book


def model_of_run(run: Run, code: str, most: int = MOST, names: Mapping[str, str] | None = None) -> IndexModel:
    """An evaluation of a run as an index: its indicators, blocks and weights over the figures that the run used.

    The first ``most`` rated units by code. Exact places are those of the run; here scores are analysis.
    """
    book = book_of_run(run, code)
    items, decisions = run.result(code).tables["items"], run.result(code).decisions
    league = dict(zip(decisions["entity"], decisions["league"], strict=True))
    units = tuple(sorted(u for u in items["entity"].unique() if league.get(u)))[:most]
    codes = tuple(i.code for i in book.indicators)
    x = np.full((len(units), len(codes)), np.nan)
    rows, columns = {u: i for i, u in enumerate(units)}, {c: i for i, c in enumerate(codes)}
    for unit, item, top, below in items.select("entity", "item", "numerator", "denominator").iter_rows():
        if unit in rows and item in columns and top is not None and below:
            x[rows[unit], columns[item]] = float(Fraction(int(top), int(below)))
    root = Node("index", book.head.zh, book.head.en)
    blocks = [Node(b.code, b.zh, b.en, "index", Fraction(b.weight)) for b in book.blocks]
    leaves = [
        Node(i.code, i.zh, i.en, i.block or "index", Fraction(i.weight), Direction(i.direction), i.unit.zh if i.unit else "", owner=i.owner)
        for i in book.indicators
    ]  # fmt: skip
    steps = (Normalise(to=(0.0, 100.0), within="league", constant=50.0), Aggregate(), Rank(2, "min", "league"))
    words = league_words(run, code)
    labels = {"league": tuple(words.get(league[u], (str(league[u]),))[0] for u in units)}
    values = Values(units, codes, x, groups=labels, names={u: n for u, n in (names or {}).items() if u in rows})
    return IndexModel(make_tree([root, *blocks, *leaves]), values, Method(code, steps))


class IndexSite:
    """The pages of a workspace's rated counties; made once, when first asked for."""

    def __init__(self, workspace: Workspace, names: Mapping[str, str] | None = None, quota: int = 10) -> None:
        self.workspace, self.names, self.quota = workspace, names, quota
        self._lock = Lock()
        self._report: IndexReport | None = None

    @property
    def routes(self) -> list[Route]:
        """Pattern and action of every page."""
        return [(r"/index", self._home), (r"/index\.xlsx", self._book), (r"/index/([^/]+)", self._unit)]

    def report(self) -> IndexReport:
        """The report of the last evaluation. Raises ``NotFoundError`` where there is none."""
        with self._lock:
            if self._report is None:
                found = find_evaluation(self.workspace)
                if found is None:
                    raise NotFoundError("index")
                run, code = found
                model = model_of_run(run, code, names=self.names or self.workspace.names(run.record.as_of))
                head = book_of_run(run, code).head
                self._report = make_report(
                    model, zh=head.zh, en=head.en, quota=self.quota, is_synthetic=run.record.is_synthetic,
                    path=lambda unit: f"/index/{quote(unit, safe='')}", home="/index",
                )  # fmt: skip
            return self._report

    def _home(self, asked: Asked) -> Page:
        try:
            report = self._spoken(asked)
        except NotFoundError:
            title = asked.pick("还没有区县评价", "No counties are rated yet")
            line = asked.pick(
                "先测算区县评价任务(kaiwu run), 再看本页。",
                "Run a job that rates counties (kaiwu run), then come back.",
            )
            return Page(render("message.html", title=title, lines=[line], **asked.shared()).encode())
        return Page(render_league(report, asked.language, **asked.shared()).encode())

    def _unit(self, asked: Asked, unit: str) -> Page:
        report = self._spoken(asked)
        if unit not in report.result.units or report.standings[unit].standing == "unrated":
            raise NotFoundError(unit)
        return Page(render_unit(report, unit, asked.language, **asked.shared()).encode())

    def _spoken(self, asked: Asked) -> IndexReport:
        """The report with links that keep the reader's language."""
        report, more = self.report(), "?lang=en" if asked.language == "en" else ""
        return replace(report, path=lambda unit: f"/index/{quote(unit, safe='')}{more}", home=f"/index{more}")

    def _book(self, asked: Asked) -> Page:
        with TemporaryDirectory() as folder:
            body = write_book(Path(folder) / "league.xlsx", print_league(self.report())).read_bytes()
        return Page(body, content_type=EXCEL, file_name="league.xlsx")
