"""Pages of land rounds on the local site (供地批次页): the rounds, the notice of each, one page per applicant.

Owns their routes and how papers are put together from a desk. The pages are those of ``allot_page``.
"""

from __future__ import annotations

from collections.abc import Callable

from kaiwu.allot.scheme import AllotmentScheme
from kaiwu.procedure.allot.desk import RECORDS, Desk, open_land_desk
from kaiwu.procedure.workspace import Workspace
from kaiwu.report.allot_page import RoundPaper, render_applicant, render_notice
from kaiwu.report.asked import Asked, NotFoundError, Page
from kaiwu.report.page import render
from kaiwu.rule.decision import Source

Route = tuple[str, Callable[..., Page]]


def make_paper(desk: Desk, code: str) -> RoundPaper:
    """The papers of a round as last recorded. Raises ``KaiwuError`` where nothing is recorded."""
    record, placed = desk.record(code), desk.placed(code)
    event = desk.docket.last(code, *RECORDS)
    names = desk.workspace.names(event.day) if event is not None else {}
    rulebook = placed.round.rule.code
    if rulebook not in desk.workspace.library.heads:
        return RoundPaper(placed, record, Source(title=placed.round.rule.zh), (), names, event.leaf if event else -1)
    scheme = desk.workspace.library.scheme(rulebook)
    conditions = scheme.book.standard_conditions if isinstance(scheme, AllotmentScheme) else ()
    is_draft = desk.workspace.library.heads[rulebook][2].status != "in_use"
    return RoundPaper(placed, record, scheme.document, conditions, names, event.leaf if event else -1, is_draft)


class AllotSite:
    """Routes below ``/allot``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def routes(self) -> list[Route]:
        """Pattern and action of every page."""
        return [(r"/allot", self._home), (r"/allot/([^/]+)", self._round), (r"/allot/([^/]+)/([^/]+)", self._applicant)]

    def _codes(self, desk: Desk) -> list[str]:
        return [s for s in desk.docket.subjects() if desk.docket.last(s, *RECORDS) is not None]

    def _home(self, asked: Asked) -> Page:
        desk = open_land_desk(self.workspace)
        papers = [make_paper(desk, code) for code in self._codes(desk)]
        return Page(render("allot_rounds.html", papers=papers, **asked.shared()).encode())

    def _paper(self, code: str) -> RoundPaper:
        desk = open_land_desk(self.workspace)
        if code not in self._codes(desk):
            raise NotFoundError(code)
        return make_paper(desk, code)

    def _round(self, asked: Asked, code: str) -> Page:
        shared = asked.shared()
        return Page(render_notice(self._paper(code), language=shared.pop("lang"), **shared).encode())

    def _applicant(self, asked: Asked, code: str, applicant: str) -> Page:
        paper = self._paper(code)
        if applicant not in paper.placed.positions:
            raise NotFoundError(applicant)
        shared, reasons = asked.shared(), open_land_desk(self.workspace).entry_reasons(code, applicant)
        return Page(render_applicant(paper, applicant, shared.pop("lang"), reasons, **shared).encode())
