"""Bundles of a pool's projects over time (要素保障): quotas, requests, decisions that hold quota, release on slippage, trial cuts.

Owns the order of steps and what each enters in the ledger. Granted stays granted: a decision shares out only what is still available.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kaiwu.allot.pool.bundle import Cell, Cut, Guarantee, Request, check_requests, decide_bundles, slip, try_cut
from kaiwu.allot.pool.quota_book import hold_guarantee, open_quota, quota_account, release_guarantee, use_guarantee
from kaiwu.ledger import Command
from kaiwu.procedure.docket import NOON, Event
from kaiwu.procedure.pool.desk import PoolDesk
from kaiwu.procedure.pool.event import PoolEventKind as Kind
from kaiwu.procedure.pool.state import Held, PoolState, guarantee_data, request_data
from kaiwu.quantity import KaiwuError, Problem

NOT_IN = ("项目不在库(备选或已出库)", "the project is not in the pool (a candidate, or put out)")


@dataclass(frozen=True, slots=True)
class BundleDesk:
    """The bundles of one pool."""

    desk: PoolDesk

    def enter_quotas(self, quotas: Mapping[Cell, int], document: str, day: dt.date, by: str) -> Event:
        """Enter quotas by resource and period (指标下达), each with its document, once."""
        self._need(document.strip() != "", "指标下达须有文件依据", "quotas are entered with their document")
        commands = [open_quota(cell, amount, document) for cell, amount in sorted(quotas.items()) if amount]
        rows = [[*cell, amount] for cell, amount in sorted(quotas.items())]
        return self._add(Kind.QUOTA, day, by, {"document": document, "quotas": rows}, commands)

    def request(self, requests: Sequence[Request], day: dt.date, by: str) -> Event:
        """Take requests in (要素申请), one for each project; a project that holds a guarantee asks again only after its release."""
        state = self.desk.state()
        for request in requests:
            self._need(request.project in state.projects, f"项目“{request.project}”不在项目库", f"project “{request.project}” is not in the pool")  # fmt: skip
            held = state.held.get(request.project)
            self._need(held is None or held.ended == "released", f"项目“{request.project}”已有保障", f"project “{request.project}” holds a guarantee already")  # fmt: skip
        check_requests(requests, state.quotas)
        return self._add(Kind.REQUEST, day, by, {"requests": [request_data(r) for r in requests]})

    def left(self, state: PoolState) -> dict[Cell, int]:
        """What is still available of every quota, by the ledger."""
        book = self.desk.workspace.witness.book
        return {cell: book.balance(quota_account(cell).id).available for cell in state.quotas}

    def decide(self, day: dt.date, by: str, until: dt.date) -> tuple[Guarantee, ...]:
        """Decide all open requests in their order (保障决定): what is granted is held in the ledger and lapses on ``until``.

        Raises ``KaiwuError`` where nothing is open, or where the milestone does not lie ahead.
        """
        self._need(day < until, "里程碑日期须在决定之后", "the milestone lies after the decision")
        book = self.desk.workspace.witness.book
        book.expire(dt.datetime.combine(day, NOON))
        state = self.desk.state()
        members = state.members()
        line = [
            r if r.project in members else replace(r, is_entitled=False, reason=NOT_IN) for r in state.open_requests()
        ]
        self._need(bool(line), "没有待定的要素申请", "no request is open")
        answers = decide_bundles(line, self.left(state))
        number = 1 + sum(e.kind == Kind.DECIDE for e in self.desk.docket.events(self.desk.code))
        key = f"{self.desk.code}-{number}"
        commands = [hold_guarantee(a, key, dt.datetime.combine(until, NOON)) for a in answers if any(a.drawn.values())]
        data = {"key": key, "until": until.isoformat(), "answers": [guarantee_data(a) for a in answers]}
        self._add(Kind.DECIDE, day, by, data, commands)
        return answers

    def slip(self, project: str, months: Mapping[str, str], day: dt.date, by: str, reason: str) -> Event:
        """Release what a late project holds and ask for it in later periods (进度滑坡); decided again with all others."""
        self._need(reason.strip() != "", "释放须写明理由", "a release names its reason")
        state, held = self.desk.state(), self._held(project)
        later = slip(state.requests[project], months)
        check_requests([later], state.quotas)
        commands = [release_guarantee(held.guarantee, held.key, reason)] if self._is_open(held) else []
        return self._add(Kind.SLIP, day, by, {"project": project, "reason": reason, "requests": [request_data(later)]}, commands)  # fmt: skip

    def use(self, project: str, day: dt.date, by: str, evidence: str) -> Event:
        """Turn a guarantee into what is used (兑现), with its evidence."""
        self._need(evidence.strip() != "", "兑现须有凭证", "use names its evidence")
        held = self._held(project)
        return self._add(Kind.USE, day, by, {"project": project, "evidence": evidence}, [use_guarantee(held.guarantee, held.key)])  # fmt: skip

    def cut(self, after: Mapping[Cell, int]) -> Cut:
        """What other quotas would do to everybody (压减试算): those who hold a guarantee first, in the order in which they got it, then the line.

        ``after`` names the cells that change. Nothing is kept.
        """
        state = self.desk.state()
        unknown = sorted(set(after) - set(state.quotas))
        self._need(not unknown, f"没有下达过指标 {unknown}", f"no quota was entered for {unknown}")
        holding = [state.requests[p] for p, held in state.held.items() if held.ended != "released"]
        members = state.members()
        line = [*holding, *(r for r in state.open_requests() if r.project in members)]
        prices = {r.code: r.price for r in self.desk.rule.resources}
        return try_cut(line, state.quotas, {**state.quotas, **after}, prices)

    def _held(self, project: str) -> Held:
        held = self.desk.state().held.get(project)
        if held is None or held.ended:
            raise KaiwuError(Problem("A-BUNDLE", f"项目“{project}”没有在保障", f"project “{project}” holds no guarantee", where=project))  # fmt: skip
        return held

    def _is_open(self, held: Held) -> bool:
        """Whether the ledger still holds it; a hold past its milestone has lapsed."""
        book = self.desk.workspace.witness.book
        cells = (cell for cell, amount in held.guarantee.drawn.items() if amount)
        keys = {t.id for cell in cells for t in book.open_holds(quota_account(cell).id)}
        return any(key.startswith(f"guarantee/{held.key}/{held.guarantee.project}/") for key in keys)

    def _add(self, kind: Kind, day: dt.date, by: str, data: Mapping[str, object], commands: Sequence[Command] = ()) -> Event:  # fmt: skip
        return self.desk.docket.add(self.desk.code, Event(kind, day, by, data), commands)

    def _need(self, is_right: bool, zh: str, en: str) -> None:
        if not is_right:
            raise KaiwuError(Problem("A-BUNDLE", zh, en, where=self.desk.code))
