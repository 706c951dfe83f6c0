"""The desk of a reserve pool (项目库工作台): projects, steps, the lines and their yearly use, credit; each step an event with a leaf.

Owns which step may follow which. Counts come from one ledger, made of the steps in the order in which they happened. Bundles and
promises have desks of their own on the same docket.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaiwu.allot.pool.credit import Credited, Share, check_shares, credit
from kaiwu.allot.pool.posting import Tally, post_steps, tally
from kaiwu.allot.pool.rescore import Trial as BandTrial
from kaiwu.allot.pool.rescore import Verdict, rescore, try_band
from kaiwu.allot.pool.rule import TEMPLATE, PoolRule
from kaiwu.allot.pool.stage import STAGES, Project, Step, check_projects, check_steps
from kaiwu.ledger import MemoryBook
from kaiwu.pack.pool_shelf import open_pools
from kaiwu.procedure.docket import Docket, Event
from kaiwu.procedure.pool.event import PoolEventKind as Kind
from kaiwu.procedure.pool.event import open_pool_docket
from kaiwu.procedure.pool.score import Scores
from kaiwu.procedure.pool.state import PoolState, fold, project_data, share_data, step_data
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem


@dataclass(frozen=True, slots=True)
class PoolDesk:
    """One pool of a workspace under its rule."""

    workspace: Workspace
    rule: PoolRule
    docket: Docket

    @property
    def code(self) -> str:
        """The code of the pool."""
        return self.rule.code

    def state(self, known_on: dt.date | None = None) -> PoolState:
        """What the events add up to, those entered up to a day only where one is given."""
        return fold(e for e in self.docket.events(self.code) if known_on is None or e.day <= known_on)

    def add(self, kind: Kind, day: dt.date, by: str, data: Mapping[str, Any]) -> Event:
        """Append an event that needs nothing of the ledger."""
        return self.docket.add(self.code, Event(kind, day, by, data))

    # -- projects and steps ------------------------------------------------------------------------------

    def enter(self, rows: Sequence[tuple[Project, Step]], day: dt.date, by: str) -> Event:
        """Enter projects as candidates (登记备选项目). Raises ``KaiwuError`` for a project that is in already, and every other mistake."""
        before = self.state()
        steps = [_signed(step, by) for _, step in rows]
        projects = [project for project, _ in rows]
        check_projects([*before.projects.values(), *projects])
        strange = sorted({m for p in projects for m in p.modes} - set(self.rule.modes))
        if strange:
            raise KaiwuError(Problem("A-POOL-MODE", f"本库不认裂变模式 {', '.join(strange)}", f"this pool knows no mode {', '.join(strange)}", where=self.code))  # fmt: skip
        self._check_steps(before, {**before.projects, **{p.id: p for p in projects}}, steps)
        return self.add(Kind.ADD, day, by, {"projects": [project_data(p) for p in projects], "steps": [step_data(s) for s in steps]})  # fmt: skip

    def move(self, steps: Sequence[Step], day: dt.date, by: str) -> Event:
        """Move projects on (阶段变动), each step with its document. Raises ``KaiwuError`` where a step cannot follow."""
        before, signed = self.state(), [_signed(step, by) for step in steps]
        self._check_steps(before, before.projects, signed)
        return self.add(Kind.MOVE, day, by, {"steps": [step_data(s) for s in signed]})

    def _check_steps(self, before: PoolState, projects: Mapping[str, Project], steps: Sequence[Step]) -> None:
        order = list(STAGES)
        ranked = sorted(steps, key=lambda s: (s.day, s.project, order.index(s.stage) if s.stage in order else 0))
        check_steps([*before.steps, *ranked], projects)
        post_steps(MemoryBook(), [*before.steps, *steps])

    # -- counts ------------------------------------------------------------------------------------------

    def book(self, state: PoolState) -> MemoryBook:
        """The ledger of the pool: every step once, on the day on which it happened."""
        book = MemoryBook()
        post_steps(book, state.steps)
        return book

    def tally(self, day: dt.date, known_on: dt.date | None = None) -> list[Tally]:
        """Projects and investment by stage at the end of a day (按阶段和日期统计), as known on a day where one is given."""
        book = self.book(self.state(known_on))
        return [tally(book, stage, day) for stage in STAGES]

    def share(self, shares: Sequence[Share], day: dt.date, by: str) -> Event:
        """Enter dated shares of towns and platforms (绩效份额), which must make a whole with those that stand."""
        state = self.state()
        unknown = sorted({s.project for s in shares} - set(state.projects))
        if unknown:
            raise KaiwuError([Problem("A-POOL-WHO", f"项目“{p}”不在项目库", f"project “{p}” is not in the pool", where=p) for p in unknown])  # fmt: skip
        check_shares([*state.shares, *shares])
        return self.add(Kind.SHARE, day, by, {"shares": [share_data(s) for s in shares]})

    def credit(self, amounts: Mapping[str, int], kind: str, measure: str, day: dt.date) -> Credited:
        """Divide amounts of projects among towns or platforms by the shares of a day (绩效分享); the district counts each once."""
        state = self.state()
        unknown = sorted(set(amounts) - set(state.projects))
        if unknown:
            raise KaiwuError([Problem("A-POOL-WHO", f"项目“{p}”不在项目库", f"project “{p}” is not in the pool", where=p) for p in unknown])  # fmt: skip
        return credit(amounts, state.shares, kind, measure, day)

    # -- the lines ---------------------------------------------------------------------------------------

    def try_lines(self, scores: Scores, day: dt.date, by: str) -> BandTrial:
        """Try the lines on perturbed scores (扰动试算); kept, since without it they cannot be adopted."""
        trial, rule = self.rule.trial, self.rule
        found = try_band(self.state().members(), scores.points, rule.band, trial.noise, trial.runs, trial.seed)
        data = {"rule": rule.digest, "runs": found.runs, "changes": found.changes, "one_line": found.changes_one_line, "shaky": dict(found.shaky)}  # fmt: skip
        self.add(Kind.TRY, day, by, data)
        return found

    def adopt(self, day: dt.date, signer: str) -> Event:
        """Adopt the lines (采用), signed, and only after these very lines were tried."""
        if not signer.strip():
            raise KaiwuError(Problem("A-SIGNER", "采用须有签署人", "lines are adopted by a named signer", where=self.code))  # fmt: skip
        tried = [e for e in self.docket.events(self.code) if e.kind == Kind.TRY and e.data["rule"] == self.rule.digest]
        if not tried:
            zh, en = "这个版本的入库线、出库线还没有扰动试算; 请先 try", "these very lines were not tried on perturbed data: try them first"  # fmt: skip
            raise KaiwuError(Problem("A-PREVIEW", zh, en, where=self.code))
        return self.add(Kind.ADOPT, day, signer, {"rule": self.rule.digest})

    def rescore(self, scores: Scores, day: dt.date, by: str, document: str) -> tuple[Verdict, ...]:
        """The yearly re-scoring (优进劣汰): who enters, stays and leaves, each as a step with the document; under adopted lines only."""
        adopted = self.docket.last(self.code, Kind.ADOPT)
        if adopted is None or adopted.data["rule"] != self.rule.digest:
            zh, en = "这个版本的入库线、出库线没有采用, 只能试算", "these very lines were not adopted: they may only be tried"  # fmt: skip
            raise KaiwuError(Problem("A-ADOPT", zh, en, where=self.code))
        state = self.state()
        stages = state.stages()
        unknown = sorted(set(scores.points) - set(state.projects))
        if unknown:
            raise KaiwuError([Problem("A-POOL-WHO", f"项目“{p}”不在项目库", f"project “{p}” is not in the pool", where=p) for p in unknown])  # fmt: skip
        running = {p: s for p, s in scores.points.items() if stages[p] not in ("expelled", "checked")}
        members = frozenset(p for p in state.members() if stages[p] != "checked")
        verdicts = rescore(members, running, self.rule.band)
        to = {"enter": "pooled", "leave": "expelled"}
        held = {s.project: s.investment for s in state.steps}
        steps = [Step(v.project, to[v.outcome], day, document, by, held[v.project]) for v in verdicts if v.outcome in to]  # fmt: skip
        self._check_steps(state, state.projects, steps)
        self.add(Kind.RESCORE, day, by, {
            "rule": self.rule.digest, "document": document, "scores": dict(scores.points), "parts": {p: dict(v) for p, v in scores.parts.items()},
            "verdicts": [[v.project, v.outcome, v.score, v.line] for v in verdicts], "steps": [step_data(s) for s in steps],
        })  # fmt: skip
        return verdicts

    def reasons(self, verdict: Verdict) -> tuple[str, str]:
        """Why a project leaves or enters: its score and line, and the parts of the score that fell most since the last time."""
        show = self.rule.scale.print_score
        zh, en = verdict.tell(show)
        scorings = [s for s in self.state().scorings if s.parts.get(verdict.project)]
        if len(scorings) < 2:
            return zh, en
        before, now = (s.parts[verdict.project] for s in scorings[-2:])
        falls = sorted((now.get(c, 0) - n, c) for c, n in before.items() if now.get(c, 0) < n)
        told = ", ".join(f"{code} {show(-fall)}" for fall, code in falls[:2])
        return (f"{zh}; 比上次下降: {told}", f"{en}; fallen since: {told}") if told else (zh, en)


def open_pool_desk(workspace: Workspace, code: str = "") -> PoolDesk:
    """The desk of a pool; without a code that of the only pool. Raises ``KaiwuError`` naming the pools that exist."""
    pools = open_pools(workspace.library)
    usable = [c for c, rule in pools.items() if rule.status != TEMPLATE]
    if not code and len(usable) == 1:
        code = usable[0]
    if code not in pools:
        known = ", ".join(pools) or "-"
        raise KaiwuError(
            Problem("A-POOL", f"没有项目库“{code}”; 现有: {known}", f"no pool “{code}”; there are: {known}")
        )
    if code not in usable:
        zh, en = f"“{pools[code].zh}”是空模板, 内容未公布, 不能运行", f"“{pools[code].en}” is an empty template and cannot be run"  # fmt: skip
        raise KaiwuError(Problem("A-TEMPLATE", zh, en, where=code))
    return PoolDesk(workspace, pools[code], open_pool_docket(workspace))


def list_pools(workspace: Workspace) -> list[PoolDesk]:
    """The desks of all pools that have events, for pages."""
    pools, docket = open_pools(workspace.library), open_pool_docket(workspace)
    return [PoolDesk(workspace, pools[code], docket) for code in docket.subjects() if code in pools]


def _signed(step: Step, by: str) -> Step:
    return step if step.by else Step(step.project, step.stage, step.day, step.document, by, step.investment)
