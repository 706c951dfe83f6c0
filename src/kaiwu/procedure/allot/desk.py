"""The desk of a land round (供地工作台): every step from preview to final, in its order, each an event with a leaf in the log.

Owns which step may follow which. A corrected or excepted result is a further record beside the first; nothing is edited.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kaiwu.allot.appeal import ADMITTED, FIGURE, Appeal, Correction, appeal, appeal_with, carry_over, compare
from kaiwu.allot.checker import check_record
from kaiwu.allot.disposal import ORDERED, STATES, UNSOLD, is_back_in_line, move_on
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.record import digest, make_record, read_round, record_bytes, rule_hash
from kaiwu.allot.result import Allotment, allot, find_displaced
from kaiwu.allot.tie import Draw, commit_secret
from kaiwu.procedure.allot.event import EventKind, open_docket
from kaiwu.procedure.allot.folder import RoundFolder, correct_figure, open_folder
from kaiwu.procedure.docket import Docket, Event
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.outcome import Outcome

ROUNDS = "rounds"
RECORDS = (EventKind.RUN, EventKind.EXCEPTION, EventKind.UPHOLD)
"""Steps that leave a record."""
TRIAL_SALT = bytes(32)
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """The rounds of one workspace."""

    workspace: Workspace
    docket: Docket

    # -- reading -----------------------------------------------------------------------------------------

    def folder(self, name: str | Path) -> RoundFolder:
        """A round by code or by folder. Raises ``KaiwuError`` naming the rounds that exist."""
        path = Path(name) if Path(name).is_dir() else self.workspace.folder / ROUNDS / str(name)
        if not path.is_dir():
            known = ", ".join(sorted(p.name for p in (self.workspace.folder / ROUNDS).glob("*/"))) or "-"
            raise KaiwuError(
                Problem("A-ROUND", f"没有批次“{name}”; 现有: {known}", f"no round “{name}”; there are: {known}")
            )
        return open_folder(path, self.workspace.library)

    def record(self, code: str) -> Data:
        """The latest record of a round, as its event sealed it. Raises ``KaiwuError`` where its file was altered or is gone."""
        event = self.docket.last(code, *RECORDS)
        if event is None:
            raise KaiwuError(Problem("A-STAGE", f"批次“{code}”还没有排序", f"round “{code}” has not been placed yet"))
        path = self.workspace.folder / ROUNDS / code / event.data["file"]
        try:
            record: Data = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise KaiwuError(Problem("A-RECORD", "记录文件读不了, 请从备份恢复", f"the record cannot be read: {error}", where=str(path))) from error  # fmt: skip
        if digest(record) != event.data["record"]:
            raise KaiwuError(
                Problem("A-RECORD", "记录文件与存证不符", "the record is not the one that was logged", where=str(path))
            )
        return record

    def placed(self, code: str) -> Allotment:
        """The latest result of a round, derived again from its record."""
        return allot(read_round(self.record(code)))

    def entry_reasons(self, code: str, applicant: str) -> list[tuple[str, str]]:
        """Why a project is not in line: the conditions that it does not meet, or whose figures are missing, by kind of supply.

        Read from the folder of the round; empty for those who are in line.
        """
        placed = self.placed(code)
        own = placed.round.applicant(applicant)
        if own.is_entered:
            return []
        folder = self.folder(code)
        told: list[tuple[str, str]] = []
        for decision in folder.scheme.explain(folder.facts, applicant):
            if decision.item in own.accepts and decision.outcome is not Outcome.PASS:
                reasons = [r for r in decision.reasons if r.outcome is not None and r.outcome is not Outcome.PASS]
                told += [(f"{decision.zh}: {r.zh}", f"{decision.en}: {r.en}") for r in reasons]
        if not told and not own.is_rated:
            told.append(
                (
                    "评分所用的数据有缺, 补齐后即可排序",
                    "a figure behind the score is missing; with it the project is ordered",
                )
            )
        return told

    # -- the rule ----------------------------------------------------------------------------------------

    def preview(self, name: str | Path, day: dt.date, by: str) -> Allotment:
        """Try a rule on a round, for example last year's, before it is adopted (上年试算). Ties fall by a trial draw that says so."""
        folder = self.folder(name)
        placed = allot(folder.with_draw(trial_draw(folder)))
        data = {
            "rule": rule_hash(placed.round.rule),
            "round": folder.head.code,
            "as_of": folder.head.as_of.isoformat(),
            "counts": placed.counts(),
        }
        self.docket.add(folder.scheme.code, Event(EventKind.PREVIEW, day, by, data))
        return placed

    def adopt(self, name: str | Path, day: dt.date, signer: str) -> Event:
        """Adopt the rule of a round (办法采用): signed, and only after this very rule was previewed on earlier data."""
        folder = self.folder(name)
        code, wanted = folder.scheme.code, rule_hash(folder.round.rule)
        if not signer.strip():
            raise KaiwuError(
                Problem("A-SIGNER", "采用办法须有签署人", "a rule is adopted by a named signer", where=code)
            )
        tried = [e for e in self.docket.events(code) if e.kind == EventKind.PREVIEW and e.data["rule"] == wanted]
        if not any(e.data["as_of"] < folder.head.as_of.isoformat() for e in tried):
            zh, en = (
                "这个版本的办法还没有用以前的数据试算; 请先 preview",
                "this very rule was not previewed on earlier data: preview it first",
            )
            raise KaiwuError(Problem("A-PREVIEW", zh, en, where=code))
        return self.docket.add(code, Event(EventKind.ADOPT, day, signer, {"rule": wanted}))

    # -- the draw ----------------------------------------------------------------------------------------

    def commit_seed(self, name: str | Path, day: dt.date, by: str) -> Event:
        """Make the office's secret and log its commitment, before the deadline (抽签承诺)."""
        folder = self.folder(name)
        code = folder.head.code
        if day >= folder.deadline:
            raise KaiwuError(Problem("A-DRAW-ORDER", f"截止日是 {folder.deadline}, 承诺必须更早", f"the deadline is {folder.deadline}: the commitment must come before", where=code))  # fmt: skip
        if self.docket.last(code, EventKind.SEED) is not None:
            raise KaiwuError(Problem("A-DRAW-TWICE", "抽签承诺只能登记一次", "a seed is committed to once", where=code))
        salt, secret = secrets.token_bytes(32), secrets.token_bytes(32)
        path = self._secret(code)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"salt": salt.hex(), "secret": secret.hex()}, file)
        data = {"commitment": commit_secret(salt, secret), "deadline": folder.deadline.isoformat()}
        return self.docket.add(code, Event(EventKind.SEED, day, by, data))

    def _secret(self, code: str) -> Path:
        return self.workspace.witness.vault / f"draw-{digest(code)[:16]}.json"

    def draw(self, folder: RoundFolder) -> Draw | None:
        """The draw of a round, opened; ``None`` before a seed was committed to or a public number was drawn."""
        event = self.docket.last(folder.head.code, EventKind.SEED)
        if event is None or folder.public_draw is None:
            return None
        parts = json.loads(self._secret(folder.head.code).read_text(encoding="utf-8"))
        public = folder.public_draw
        return Draw(
            event.data["commitment"], event.day, dt.date.fromisoformat(event.data["deadline"]), parts["salt"], parts["secret"],
            public.number, public.day, public.source,
        )  # fmt: skip

    # -- the result --------------------------------------------------------------------------------------

    def run(self, name: str | Path, day: dt.date, by: str) -> Allotment:
        """Order and place a round under its adopted rule; the record is kept and logged (排序与安排)."""
        folder = self.folder(name)
        code = folder.head.code
        self._refuse_after(code, EventKind.RUN, EventKind.NOTICE, EventKind.FINAL)
        adopted = self.docket.last(folder.scheme.code, EventKind.ADOPT)
        if adopted is None or adopted.data["rule"] != rule_hash(folder.round.rule):
            zh, en = (
                "这个版本的办法没有采用, 只能试算(preview)",
                "this very rule was not adopted: it may only be previewed",
            )
            raise KaiwuError(Problem("A-ADOPT", zh, en, where=folder.scheme.code))
        if day <= folder.deadline:
            raise KaiwuError(Problem("A-STAGE", f"截止日 {folder.deadline} 之后才能排序", f"a round is placed after its deadline {folder.deadline}", where=code))  # fmt: skip
        placed = allot(folder.with_draw(self.draw(folder)))
        self._keep(code, make_record(placed, folder.scheme.conditions_data(folder.facts)), EventKind.RUN, day, by, {})
        return placed

    def except_by_meeting(self, code: str, entry: MeetingException, day: dt.date) -> Appeal:
        """Enter an exception of a meeting: minuted, signed, naming whom it displaces; the round is placed again (例外事项)."""
        self._refuse_after(code, EventKind.NOTICE, EventKind.FINAL)
        record = self.record(code)
        before = read_round(record)
        plain = [replace(e, displaces=()) for e in before.exceptions]
        tried = replace(before, exceptions=(*plain, entry))
        named = replace(entry, displaces=tuple(find_displaced(tried)))
        after = allot(replace(before, exceptions=(*plain, named)))
        found = compare(allot(before), after, Correction(entry.applicant, "exception", entry.minutes, 0))
        data = {
            "minutes": entry.minutes,
            "applicant": entry.applicant,
            "supply": entry.supply,
            "displaces": list(named.displaces),
        }
        self._keep(
            code, make_record(after, record["input"].get("conditions")), EventKind.EXCEPTION, day, entry.signer, data
        )
        return found

    def notice(self, code: str, day: dt.date, signer: str, page: bytes) -> Event:
        """Log that a notice was published, by the digest of its page (公示)."""
        self._refuse_after(code, EventKind.FINAL)
        if not signer.strip():
            raise KaiwuError(Problem("A-SIGNER", "公示须有签发人", "a notice needs a named signer", where=code))
        data = {"record": digest(self.record(code)), "page": digest(page.decode())}
        return self.docket.add(code, Event(EventKind.NOTICE, day, signer, data))

    def try_correction(self, code: str, correction: Correction) -> tuple[Appeal, Data | None]:
        """What correcting one fact would move (异议试算), and the conditions of the record that would hold then. Nothing is kept.

        A figure goes through the conditions and the rating again; an answer that people settled is asked of no condition any more.
        """
        record = self.record(code)
        conditions: Data | None = record["input"].get("conditions")
        if correction.field != FIGURE:
            return appeal(record, correction), None if correction.field == ADMITTED else conditions
        folder = self.folder(code)
        variable = folder.scheme.book.vocabulary.variable(correction.key)
        if variable is None:
            raise KaiwuError(Problem("A-FACT", f"没有变量“{correction.key}”", f"no variable “{correction.key}”", where=code))  # fmt: skip
        mended = correct_figure(folder, self.workspace.library, correction.applicant, variable, correction.value)
        before, name = read_round(record), correction.applicant
        new = carry_over(before.applicant(name), folder.round.applicant(name), mended.round.applicant(name))
        if conditions is not None:
            own = mended.scheme.conditions_data(mended.facts)["facts"][name]
            conditions = {**conditions, "facts": {**conditions["facts"], name: own}}
        return appeal_with(before, new, correction), conditions

    def decide_objection(self, code: str, correction: Correction, day: dt.date, signer: str, reason: str, *, is_upheld: bool) -> Appeal:  # fmt: skip
        """Uphold or reject an objection in the time of notice; upheld, the round is placed again with the corrected fact (异议)."""
        self._require(code, EventKind.NOTICE, "还没有公示", "nothing has been noticed yet")
        self._refuse_after(code, EventKind.FINAL)
        if not signer.strip() or not reason.strip():
            raise KaiwuError(
                Problem(
                    "A-SIGNER",
                    "异议处理须有签署人和理由",
                    "an objection is decided by a signer with a reason",
                    where=code,
                )
            )
        found, conditions = self.try_correction(code, correction)
        data: Data = {
            "applicant": correction.applicant,
            "field": correction.field,
            "key": correction.key,
            "value": correction.value,
            "reason": reason,
        }
        if not is_upheld:
            self.docket.add(code, Event(EventKind.REJECT, day, signer, data))
            return found
        data["moved"] = [m.applicant for m in found.moves if m.is_material]
        self._keep(code, make_record(found.after, conditions), EventKind.UPHOLD, day, signer, data)
        return found

    def finalise(self, code: str, day: dt.date, signer: str) -> Event:
        """Close the round (定案): from now on supplies move, results do not."""
        self._require(code, EventKind.NOTICE, "还没有公示", "nothing has been noticed yet")
        self._refuse_after(code, EventKind.FINAL)
        return self.docket.add(code, Event(EventKind.FINAL, day, signer, {"record": digest(self.record(code))}))

    # -- supply ------------------------------------------------------------------------------------------

    def supply_states(self, code: str) -> dict[str, str]:
        """The state of every supply that was given a place in the order."""
        states = dict.fromkeys(self.placed(code).grants().values(), ORDERED)
        for event in self.docket.events(code):
            if event.kind == EventKind.SUPPLY:
                states[event.data["supply"]] = event.data["state"]
        return states

    def supply(self, code: str, supply: str, state: str, day: dt.date, by: str, evidence: str = "") -> str:
        """Move a supply on: listed, sold, unsold, won by another, granted directly (供应)."""
        self._require(code, EventKind.FINAL, "还没有定案", "the round is not final yet")
        states = self.supply_states(code)
        if supply not in states or state not in STATES:
            raise KaiwuError(Problem("A-STATE", f"“{supply}”没有列入供地序, 或没有“{state}”这种状态", f"“{supply}” is not in the order of supply, or no such state “{state}”", where=code))  # fmt: skip
        round_ = self.placed(code).round
        kind = next(s.kind for s in round_.supplies if s.id == supply)
        to = move_on(states[supply], state, is_public=round_.rule.kind(kind).is_public, where=f"{code} {supply}")
        self.docket.add(code, Event(EventKind.SUPPLY, day, by, {"supply": supply, "state": to, "evidence": evidence}))
        return to

    # -- helpers of the order of steps -------------------------------------------------------------------

    def _keep(self, code: str, record: Data, kind: EventKind, day: dt.date, by: str, data: Mapping[str, Any]) -> None:
        """Check a record independently, write it, and log its digest."""
        if findings := check_record(json.loads(record_bytes(record))):
            raise KaiwuError([Problem(c, zh, en, where=code) for c, zh, en in findings])
        number = 1 + sum(e.kind in RECORDS for e in self.docket.events(code))
        path = self.workspace.folder / ROUNDS / code / f"record-{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(record_bytes(record))
        hashes = {key: record[key] for key in ("rule_hash", "input_hash", "outcome_hash", "seed_commitment")}
        self.docket.add(code, Event(kind, day, by, {**data, "file": path.name, "record": digest(record), **hashes}))

    def _require(self, code: str, kind: EventKind, zh: str, en: str) -> None:
        if self.docket.last(code, kind) is None:
            raise KaiwuError(Problem("A-STAGE", f"批次“{code}”{zh}", f"round “{code}”: {en}"))

    def _refuse_after(self, code: str, *kinds: EventKind) -> None:
        event = self.docket.last(code, *kinds)
        if event is not None:
            zh, en = (
                f"批次“{code}”已在 {event.day} {event.kind}, 这一步不能再做",
                f"round “{code}” had its “{event.kind}” on {event.day}: too late for this",
            )
            raise KaiwuError(Problem("A-STAGE", zh, en))


def open_land_desk(workspace: Workspace) -> Desk:
    """The desk of a workspace."""
    return Desk(workspace, open_docket(workspace))


def trial_draw(folder: RoundFolder) -> Draw:
    """A draw for previews only: everybody can work it out, so it decides nothing real."""
    secret = bytes.fromhex(digest(f"preview {folder.head.code}"))
    day = folder.deadline
    return Draw(
        commit_secret(TRIAL_SALT, secret), day - dt.timedelta(days=1), day, TRIAL_SALT.hex(), secret.hex(), "preview", day + dt.timedelta(days=1), "preview",
    )  # fmt: skip


def roll_over(placed: Allotment, states: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What the next round begins with (滚动): projects that still wait, best first, and supplies that are still to be had.

    ``states`` are those of the supplies in the order; a project whose plot was unsold, withdrawn or won by another waits again.
    """
    grants = placed.grants()
    line = [placed.round.applicants[i].id for i in placed.priority.order]
    projects = [name for name in line if name not in grants or is_back_in_line(states.get(grants[name], ORDERED))]
    unsold = [supply for supply, state in states.items() if state == UNSOLD]
    return projects, sorted([*(s.id for s in placed.left_over()), *unsold])
