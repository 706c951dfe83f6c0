"""Pages about money of the local site (兑付、沙盘、存证): pot, claims, one claim, what-if, the log and its proofs.

Owns their routes and what each shows. They read; the only thing written is a checkpoint, when a proof is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import Any

from kaiwu.ledger.log.page import render_page
from kaiwu.pack.programme import Programme
from kaiwu.procedure import Workspace
from kaiwu.procedure.claim import STATES, Case, Desk, State
from kaiwu.procedure.claim.invoice_file import evidence_path
from kaiwu.procedure.claim.sandbox import Lever, list_levers, what_if_year
from kaiwu.procedure.claim.view import firm_view
from kaiwu.procedure.what_if import WhatIf
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.asked import NUMBER, WORDS, Asked, NotFoundError, Page
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.chart import bar_chart, burn_chart
from kaiwu.report.claim_page import show_claim
from kaiwu.report.claim_record import ClaimRecord
from kaiwu.report.page import render

ROWS = 20
LISTED = 15  # firms whose award changes most
MONEY = Column("", "", kind="money")
PLAIN = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"
Route = tuple[str, Callable[..., Page]]


class ClaimSite:
    """The pages of a workspace's claims and log."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.record = ClaimRecord(workspace)
        self._lock = Lock()  # one checkpoint at a time

    @property
    def routes(self) -> list[Route]:
        """Pattern and action of every page."""
        return [
            (r"/claims", self._home), (r"/claims/([^/]+)", self._overview), (r"/claims/([^/]+)/list", self._list),
            (r"/claims/([^/]+)/what-if", self._what_if), (r"/claim/([^/]+)", self._claim), (r"/claim/([^/]+)/firm", self._firm),
            (r"/claim/([^/]+)/proof/([^/]+)", self._proof), (r"/evidence/([0-9a-f]{64})", self._evidence),
            (r"/log", self._log), (r"/log/checkpoint", self._checkpoint), (r"/log/verify\.html", self._verifier),
        ]  # fmt: skip

    # -- programmes --------------------------------------------------------------------------------------

    def _programme(self, code: str) -> Programme:
        found = self.workspace.library.programmes.get(code)
        if found is None:
            raise NotFoundError(code)
        return found

    def _case(self, number: str) -> tuple[Programme, Case]:
        case = self.record.case(number)
        if case is None:
            raise NotFoundError(number)
        return self._programme(case.programme), case

    def _home(self, asked: Asked) -> Page:
        """The overview where one programme has claims, else the choice of them."""
        programmes = self.record.programmes()
        if len(programmes) == 1:
            return self._overview(asked, programmes[0].code)
        others = [p for p in self.workspace.library.programmes.values() if p not in programmes and p.status != "template"]  # fmt: skip
        return _page(asked, "claims_home.html", asked.pick("兑付", "Claims and payments"), programmes=programmes, others=others)  # fmt: skip

    def _overview(self, asked: Asked, code: str) -> Page:
        programme = self._programme(code)
        cases = self.record.cases(code)
        months = self.record.months(programme)
        words = (asked.pick("已付", "paid"), asked.pick("已承诺", "promised"), asked.pick("余额", "left"))
        burn = [(m.month, m.paid + m.recovered, m.reserved + m.payable, m.left + m.carried) for m in months]
        states = Counter(case.state for case in cases)
        counted = [(STATES[s][0], asked.pick(*STATES[s]), states[s]) for s in State if states[s]]
        arrears = self.record.arrears(programme)
        title = asked.pick(programme.zh, programme.en)
        return _page(
            asked, "claims.html", title, programme=programme, months=months, pot=months[-1] if months else None, count=len(cases),
            burn=burn_chart(burn, asked.pick("资金池逐月余额", "what is left of the pot by month"), words),
            chart=bar_chart(counted, asked.pick("各状态件数", "claims by state")), states=[(s, STATES[s], states[s]) for s in State if states[s]],
            waiting=sum(c.state is State.CHECKED and not c.open_findings for c in cases), arrears=arrears, owed=sum(a.line.amount for a in arrears), as_of=self.record.last_day(code), money=_money,
            totals=self.record.book.trial_balance(), is_synthetic=programme.is_synthetic,
        )  # fmt: skip

    def _list(self, asked: Asked, code: str) -> Page:
        programme = self._programme(code)
        cases = self.record.cases(code)
        state = asked.query.get("state", "")
        words = asked.words
        shown = [
            c for c in cases
            if (not state or c.state.value == state)
            and (not words or words in c.firm_name or words.upper() in c.firm or words.upper() in c.number)
        ]  # fmt: skip
        pages = max(1, -(-len(shown) // ROWS))
        page = min(asked.page, pages)
        title = asked.pick(f"申报清单 · {programme.zh}", f"Claims · {programme.en}")
        present = [s for s in State if any(c.state is s for c in cases)]
        return _page(
            asked, "claim_list.html", title, programme=programme, rows=shown[(page - 1) * ROWS : page * ROWS], total=len(shown), page=page,
            pages=pages, page_url=lambda n: asked.url(page=n), states=[(s.value, STATES[s]) for s in present], state=state, labels=STATES,
            money=_money, is_synthetic=programme.is_synthetic,
        )  # fmt: skip

    # -- one claim ---------------------------------------------------------------------------------------

    def _claim(self, asked: Asked, number: str) -> Page:
        programme, case = self._case(number)
        title = f"{case.number} {case.firm_name}"
        return _page(
            asked, "claim.html", title, programme=programme, case=case, state=STATES[case.state], money=_money, yuan=_yuan,
            is_synthetic=programme.is_synthetic, **show_claim(self.record, programme, case),
        )  # fmt: skip

    def _firm(self, asked: Asked, number: str) -> Page:
        """The sheet for the firm, to be printed: its own data only; no finding, no answer, no signer."""
        programme, case = self._case(number)
        told = firm_view(programme, case, self.record.events(number))
        title = asked.pick(f"申报件告知单 {number}", f"Notice to the firm on claim {number}")
        return _page(asked, "claim_firm.html", title, told=told, firm=case.firm, firm_name=case.firm_name, yuan=_yuan, is_synthetic=programme.is_synthetic)  # fmt: skip

    def _proof(self, asked: Asked, number: str, event: str) -> Page:
        """The proof file of one event."""
        programme, case = self._case(number)
        if not NUMBER.match(event) or int(event) >= case.events:
            raise NotFoundError(event)
        desk = Desk(self.workspace.folder, self.workspace.library)
        with self._lock:
            text = desk.prove(number, int(event), dt.datetime.now().astimezone())
        mark = "-synthetic" if programme.is_synthetic else ""
        return Page(text.encode(), content_type="application/json", file_name=f"{number}-{int(event)}{mark}.proof.json")

    def _evidence(self, asked: Asked, digest: str) -> Page:
        """A kept file as it came."""
        kept = self.record.evidence(digest)
        path = evidence_path(self.workspace.folder / "evidence", digest)
        if kept is None or not path.is_file():
            raise NotFoundError(digest)
        return Page(path.read_bytes(), content_type=OCTETS, file_name=f"{digest[:12]}-{kept.name}")

    # -- what if -----------------------------------------------------------------------------------------

    def _what_if(self, asked: Asked, code: str) -> Page:
        programme = self._programme(code)
        levers = list_levers(self.workspace.library, programme)
        given = {lever.code: asked.query.get(lever.code, "").strip()[:WORDS] for lever in levers}
        tried: WhatIf | None = None
        problems: tuple[Problem, ...] = ()
        try:
            tried = self._try(programme, levers, given) if any(given.values()) else None
        except KaiwuError as error:
            problems = error.problems
        title = asked.pick(f"沙盘 · {programme.zh}", f"What if · {programme.en}")
        shown = (
            {}
            if tried is None
            else _show_what_if(tried, {c.firm: c.firm_name for c in reversed(self.record.cases(code))})
        )
        return _page(
            asked, "what_if.html", title, HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK, programme=programme, levers=levers,
            given=given, tried=tried, problems=problems, money=_money, is_synthetic=programme.is_synthetic, shown=shown,
        )  # fmt: skip

    def _try(self, programme: Programme, levers: Sequence[Lever], given: dict[str, str]) -> WhatIf:
        settings = [s for lever in levers if given[lever.code] for s in lever.settings(given[lever.code])]
        make = partial(what_if_year, self.workspace.library, programme, self.record.cases(programme.code), settings)
        return self.record.keep(("what-if", programme.code, *settings), make)

    # -- the log -----------------------------------------------------------------------------------------

    def _log(self, asked: Asked) -> Page:
        witness = self.workspace.witness
        public = witness.folder / "key.pub"
        key = public.read_text(encoding="utf-8").strip() if public.is_file() else ""
        size = witness.log().size if key else 0
        path = witness.folder / "checkpoint"
        checkpoint = path.read_text(encoding="utf-8") if path.is_file() else ""
        number = asked.query.get("claim", "").strip()[:WORDS]
        case = self.record.case(number) if number else None
        return _page(
            asked, "log.html", asked.pick("存证日志", "The log"), key=key, size=size,
            waiting=witness.count_waiting() if key else 0, checkpoint=checkpoint, number=number, case=case,
            steps=[] if case is None else show_claim(self.record, self._programme(case.programme), case)["steps"],
            is_synthetic=self.workspace.is_synthetic,
        )  # fmt: skip

    def _checkpoint(self, asked: Asked) -> Page:
        path = self.workspace.witness.folder / "checkpoint"
        if not path.is_file():
            raise NotFoundError("checkpoint")
        return Page(path.read_bytes(), content_type=PLAIN, file_name="checkpoint.txt")

    def _verifier(self, asked: Asked) -> Page:
        """The page that verifies proofs offline: saved, not shown, because it needs its script."""
        return Page(render_page().encode(), content_type=OCTETS, file_name="kaiwu-verify.html")


def _page(asked: Asked, template: str, title: str, status: int = HTTPStatus.OK, **values: Any) -> Page:
    return Page(render(template, title=title, **values, **asked.shared()).encode(), status)


def _money(fen: int) -> str:
    """万元, exactly."""
    return print_cell(MONEY, fen)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _show_what_if(tried: WhatIf, names: dict[str, str]) -> dict[str, Any]:
    """The summary, the firms whose award changes most, and both pots by month."""
    table = tried.differences
    moved = table.filter((table["difference_low"] != 0) | (table["difference_high"] != 0))
    weight = moved["difference_low"].abs() + moved["difference_high"].abs()
    rows = moved.with_columns(weight.alias("#")).sort(["#", "entity"], descending=[True, False]).head(LISTED).to_dicts()
    for row in rows:
        row["name"] = names.get(row["entity"], row["entity"])
        row["difference_low"], row["difference_high"] = sorted((row["difference_low"], row["difference_high"]))
    return {"summary": tried.summary(), "rows": rows, "moved": moved.height, "burn": tried.burn_down().to_dicts()}
