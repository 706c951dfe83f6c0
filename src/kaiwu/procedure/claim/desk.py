"""The desk (经办台): one step of a claim in one transaction of ``state.db`` — case, ledger entries and log leaf together.

Owns the transaction. What a step may be is ``advance``, what it moves is ``posting``; here both are kept or neither is.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from kaiwu.ledger import Action, SqliteBook
from kaiwu.ledger import Refusal as LedgerRefusal
from kaiwu.ledger.command import Command
from kaiwu.ledger.log import Opening, commit, commitment_leaf, derive_salt, read_checkpoint
from kaiwu.pack import Library
from kaiwu.pack.decide import refuse_out_of_force
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.advance import advance
from kaiwu.procedure.claim.assessment import Candidate, PaidIndex, decide_claim, is_waiting, pot_available, pot_left
from kaiwu.procedure.claim.case import Case, State, apply
from kaiwu.procedure.claim.check import run_checks
from kaiwu.procedure.claim.effect import check_answers
from kaiwu.procedure.claim.event import Event, EventKind
from kaiwu.procedure.claim.filing import Filing
from kaiwu.procedure.claim.posting import appropriate, post_event
from kaiwu.procedure.claim.queue import decide_queue
from kaiwu.procedure.claim.refusal import Refusal, refuse
from kaiwu.procedure.claim.store import SqliteClaimStore
from kaiwu.procedure.claim.surroundings import PaidRow, Surroundings
from kaiwu.procedure.claim.version import Versions
from kaiwu.procedure.witness import Witness
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.table import digest_value

LEAF_KIND, NOTICE_KIND = "claim", "notice"
INSIDE = (EventKind.CHECK, EventKind.ANSWER)
"""Events that no firm is handed: their bytes carry findings."""
BUSY_SECONDS = 60.0


class Session:
    """An open transaction: every step within it is kept when it ends, or none."""

    def __init__(self, connection: sqlite3.Connection, versions: Versions, secret: bytes, now: dt.datetime) -> None:
        self.connection, self.versions, self.library, self.secret, self.now = (
            connection,
            versions,
            versions.library,
            secret,
            now,
        )
        self.store = SqliteClaimStore(connection)
        self.book = SqliteBook(connection)
        self._waiting: dict[str, dict[str, int]] = {}
        self._paid: list[PaidRow] | None = None

    # -- one claim ---------------------------------------------------------------------------------------

    def file(self, filing: Filing, *, day: dt.date, by: str, today: dt.date) -> tuple[str, bool]:
        """File a claim; (number, whether it was filed before). The same key with other content is refused."""
        programme = self.library.programme(filing.programme)
        key, digest = filing.key or filing.digest, filing.digest
        known = self.store.by_key(key)
        if known is not None:
            if known[1] != digest:
                raise refuse("CL-KEY", key, claim=filing.place).error()
            return known[0], True
        if programme.status == "in_use":
            head = self.library.heads[programme.rulebook][2]
            refuse_out_of_force(head, day, head.rated_year(day))
        number = self.store.add_claim(programme.code, filing.firm, key, digest)
        try:
            self._step(programme, Case(number, programme.code), filing.event(day, by), today)
        except KaiwuError as error:
            raise KaiwuError(
                [p.located(filing.place) for p in error.problems] if filing.place else error.problems
            ) from error
        return number, False

    def do(self, number: str, event: Event, today: dt.date) -> Case:
        """One step of a claim. Raises ``KaiwuError`` with the named refusal; nothing is kept then."""
        case = self.case(number)
        programme = self.versions.programme(case)
        if event.kind == EventKind.SURVEY:
            check_answers(self.library, programme, number, event)
        return self._step(programme, case, event, today)

    def case(self, number: str) -> Case:
        """A claim by its number. Raises ``KaiwuError`` ``CL-UNKNOWN``."""
        case = self.store.case(number)
        if case is None:
            raise refuse("CL-UNKNOWN", number).error()
        return case

    def _step(self, programme: Programme, case: Case, event: Event, today: dt.date) -> Case:
        made = advance(programme, case, event, today)
        if isinstance(made, Refusal):
            raise made.error()
        for stored in made:
            after = apply(case, stored)
            self.store.add_event(case, stored, self._add_leaf(case, stored))
            command = post_event(programme, case, after, stored, self._is_known)
            if command is not None:
                self.enter(command, case.number)
            case = after
        if (waiting := self._waiting.get(programme.pot.code)) is not None:
            waiting[case.number] = case.amount if is_waiting(case) else 0
        return case

    def _add_leaf(self, case: Case, event: Event) -> int:
        """The log gets a salted commitment to the event, never the firm's figures; the firm may hold salt and proof."""
        salt = derive_salt(self.secret, f"{case.number}/{case.events}")
        sealed = commit(salt, event.body(case.number, case.events))
        facts = {"claim": case.number, "programme": case.programme, "event": case.events}
        leaf = commitment_leaf(sealed, **facts, step=str(event.kind), day=event.day.isoformat())
        return self.book.add_leaf(LEAF_KIND, leaf, self.connection)

    def _is_known(self, transfer: str) -> bool:
        return self.book.transfer(transfer) is not None

    def enter(self, command: Command, claim: str = "") -> bool:
        """Enter a command into the ledger within this transaction; whether it was new. Raises ``KaiwuError`` ``CL-LEDGER``.

        A voucher that has lapsed needs no voiding: its leg is left out.
        """
        while command.transfers or command.closes:
            answer = self.book.apply(command, self.now, self.connection)
            if not isinstance(answer, LedgerRefusal):
                return not answer.again
            if answer.code != "hold_expired" or command.transfers[answer.leg].action is not Action.VOID_HOLD:
                told = (f"{text} [{answer.code}] {answer.detail}" for text in (answer.zh, answer.en))
                raise refuse("CL-LEDGER", *told, claim=claim).error()
            self.book.expire(self.now, self.connection)
            kept = tuple(t for i, t in enumerate(command.transfers) if i != answer.leg)
            command = replace(command, transfers=kept)
        return False

    # -- steps that look around --------------------------------------------------------------------------

    def around(self) -> Surroundings:
        """All claims, imported lists and parties, indexed."""
        return Surroundings(tuple(self.store.cases()), tuple(self.store.paid()), self.store.parties())

    def check(self, number: str, around: Surroundings, *, day: dt.date, by: str, today: dt.date) -> Case:
        """Run the programme's checks (核验) and keep their report."""
        case = self.case(number)
        programme = self.library.programme(case.programme)
        report = run_checks(programme, case, around)
        return self._step(programme, case, Event(EventKind.CHECK, day, by, {"report": report.to_data()}), today)

    def assess(
        self, number: str, *, day: dt.date, by: str, today: dt.date, amount: int | None = None, shares: Mapping[str, str] | None = None,
        clause: str = "", facts: Mapping[str, str] | None = None,
    ) -> Case:  # fmt: skip
        """Let the clauses decide (核定) and take the one that grants; findings of people come as further ``facts``."""
        case = self.case(number)
        programme = self.library.programme(case.programme)
        asked = replace(case, clause=clause or case.clause, facts={**case.facts, **(facts or {})})
        if asked.clause and asked.clause not in programme.clauses:
            raise refuse("CL-CLAUSE", asked.clause, ", ".join(programme.clauses), claim=number).error()
        waiting = self._waiting_of(programme.pot.code)
        left = pot_left(programme, sum(waiting.values()) - waiting.get(number, 0), self.book)
        own = self.store.cases(firm=case.firm)
        candidates = (
            decide_claim(self.library, programme, asked, own, left, self._paid_rows()) if case.claimed_on else []
        )
        version = self.versions.freeze(programme)
        data: dict[str, Any] = {
            "candidates": candidates,
            "version": version,
            "facts": dict(facts or {}),
            "shares": dict(shares or {}),
        }
        if amount is not None:
            data["amount"] = amount
        return self._step(programme, case, Event(EventKind.ASSESS, day, by, data), today)

    def assess_all(
        self, programme: Programme, numbers: Iterable[str] = (), *, day: dt.date, by: str, today: dt.date
    ) -> tuple[list[Case], list[Problem]]:
        """Assess (批量核定) all checked claims of a programme, or those named, in the order of filing: (assessed, refusals).

        Each gets what it would get one by one; what is refused stays as it is and is told with its reason.
        """
        cases = self.store.cases()
        wanted = set(numbers)
        mine = [c for c in cases if c.programme == programme.code]
        for number in sorted(wanted - {c.number for c in mine}):
            raise refuse("CL-UNKNOWN", number, claim=number).error()
        queue = [c for c in mine if (c.number in wanted if wanted else c.state == State.CHECKED)]
        firms = {c.firm for c in queue}

        version = self.versions.freeze(programme)

        def make_event(candidates: list[Candidate]) -> Event:
            return Event(
                EventKind.ASSESS, day, by, {"candidates": candidates, "version": version, "facts": {}, "shares": {}}
            )

        def guess(case: Case, candidates: list[Candidate]) -> Case | None:
            made = advance(programme, case, make_event(candidates), today)
            return None if isinstance(made, Refusal) else apply(case, made[0])

        decided = decide_queue(
            self.library, programme, [c for c in queue if c.claimed_on is not None], others=[c for c in cases if c.firm in firms],
            available=pot_available(programme, self.book), waiting=self._waiting_of(programme.pot.code), paid=PaidIndex(self._paid_rows()),
            advance=guess,
        )  # fmt: skip
        answers = iter(decided)
        done: list[Case] = []
        problems: list[Problem] = []
        for case in queue:
            answer = next(answers) if case.claimed_on is not None else []
            try:
                if isinstance(answer, KaiwuError):
                    raise answer
                done.append(self._step(programme, case, make_event(answer), today))
            except KaiwuError as error:
                problems += [p if p.where else p.located(case.number) for p in error.problems]
        return done, problems

    def _waiting_of(self, pot: str) -> dict[str, int]:
        """Awards on a pot that no voucher holds yet, by claim; gathered once in a transaction and kept up to date."""
        if pot not in self._waiting:
            codes = [code for code, other in self.library.programmes.items() if other.pot.code == pot]
            self._waiting[pot] = {c.number: c.amount for code in codes for c in self.store.cases(code) if is_waiting(c)}
        return self._waiting[pot]

    def forget(self) -> None:
        """Gather again: a step was undone."""
        self._waiting.clear()

    def _paid_rows(self) -> list[PaidRow]:
        if self._paid is None:
            self._paid = self.store.paid()
        return self._paid

    def appropriate(self, programme: Programme, fund: str, amount: int, document: str, by: tuple[str, ...]) -> bool:
        """Budget arrives in the pot of a programme (下达指标); whether the document was new."""
        found = next((f for f in programme.funds if f.code == fund), None)
        if found is None:
            known = ", ".join(f.code for f in programme.funds) or "-"
            zh, en = f"方案没有资金来源“{fund}”; 现有: {known}", f"there is no fund “{fund}”; there are: {known}"
            raise KaiwuError(Problem("CL-FUND", zh, en))
        if amount <= 0:
            raise refuse("CL-NEGATIVE", amount).error()
        return self.enter(appropriate(programme, found, amount, document, by))


class Desk:
    """Claims of one workspace. ``now`` is told by the caller for every transaction."""

    def __init__(self, folder: Path, library: Library) -> None:
        self.folder = folder
        self.path = folder / "state.db"
        self.witness = Witness(self.path, folder / "log")
        self.versions = Versions(folder, library)

    @property
    def library(self) -> Library:
        """The packs as they stand."""
        return self.versions.library

    @library.setter
    def library(self, library: Library) -> None:
        self.versions = Versions(self.folder, library)

    @property
    def evidence_folder(self) -> Path:
        """Where kept files lie."""
        return self.folder / "evidence"

    @contextmanager
    def session(self, now: dt.datetime) -> Iterator[Session]:
        """One transaction: kept on leaving, undone by any error. Writers wait for each other."""
        with self._open(now, "BEGIN IMMEDIATE") as session:
            yield session

    @contextmanager
    def reading(self, now: dt.datetime) -> Iterator[Session]:
        """A transaction that sees one moment and hinders no writer; nothing may be done in it."""
        with self._open(now, "BEGIN") as session:
            yield session

    @contextmanager
    def _open(self, now: dt.datetime, begin: str) -> Iterator[Session]:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(begin)
            session = Session(connection, self.versions, self.witness.secret, now)
            session.store.create()
            try:
                yield session
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        except sqlite3.DatabaseError as error:
            zh, en = f"申报库不能读写({error})", f"the store of claims cannot be used ({error})"
            raise KaiwuError(Problem("CL-STATE", zh, en, where=str(self.path))) from error
        finally:
            connection.close()

    def do_each(self, numbers: Sequence[str], make: Any, *, now: dt.datetime) -> list[Case]:
        """One step on many claims, all or nothing: every refusal is told together. ``make(session, number)`` does it."""
        problems: list[Problem] = []
        done: list[Case] = []
        with self.session(now) as session:
            for number in numbers:
                session.connection.execute("SAVEPOINT step")
                try:
                    done.append(make(session, number))
                except KaiwuError as error:
                    session.connection.execute("ROLLBACK TO step")
                    session.forget()
                    problems += [p if p.where else p.located(number) for p in error.problems]
                session.connection.execute("RELEASE step")
            if problems:
                raise KaiwuError(problems)
        return done

    def file_all(
        self, filings: Sequence[Filing], *, day: dt.date, by: str, today: dt.date, now: dt.datetime
    ) -> list[tuple[str, bool]]:
        """File many claims, all or nothing; rows that were filed before answer with their number again."""
        by_place = {f"{i}": filing for i, filing in enumerate(filings)}
        made: list[Any] = self.do_each(
            list(by_place), lambda session, i: session.file(by_place[i], day=day, by=by, today=today), now=now
        )
        return list(made)

    def assess_all(
        self,
        programme: Programme,
        numbers: Iterable[str] = (),
        *,
        day: dt.date,
        by: str,
        today: dt.date,
        now: dt.datetime,
    ) -> tuple[list[Case], list[Problem]]:
        """``Session.assess_all`` in a transaction of its own."""
        with self.session(now) as session:
            return session.assess_all(programme, numbers, day=day, by=by, today=today)

    def publish(
        self, programme: Programme, numbers: Iterable[str] = (), *, day: dt.date, by: str, today: dt.date, now: dt.datetime,
        days: int | None = None, ground: str = "",
    ) -> tuple[str, list[Case]]:  # fmt: skip
        """公示: a notice of decided claims. Its leaf and all decisions go into the log, a checkpoint is signed, then the
        claims are published under it. A crash in between leaves them decided, and the next notice takes them up."""
        with self.session(now) as session:
            wanted = list(numbers) or [
                c.number for c in session.store.cases(programme.code) if c.state == State.DECIDED
            ]
            if not wanted:
                zh, en = "没有已决定待公示的申报", "no decided claim waits for a notice"
                raise KaiwuError(Problem("CL-NOTHING", zh, en))
            cases = [session.case(number) for number in wanted]
            notice = f"N{session.store.next_number('notice'):04d}"
            rows = [[c.number, c.firm, c.amount] for c in cases]
            body = {"notice": notice, "programme": programme.code, "day": day.isoformat(), "digest": digest_value(rows)}
            leaf = session.book.add_leaf(NOTICE_KIND, commitment_leaf(digest_value(body), **body), session.connection)
            highest = max(leaf, *(session.store.leaf(c.number, c.events - 1) for c in cases))
        checkpoint = self.sign()
        data = {"notice": notice, "leaf": highest, "checkpoint": checkpoint, "days": days, "ground": ground}
        event = Event(EventKind.PUBLISH, day, by, data)
        return notice, self.do_each(wanted, lambda session, number: session.do(number, event, today), now=now)

    def sign(self) -> dict[str, Any]:
        """Take all leaves into the log and sign a checkpoint."""
        text = self.witness.publish()
        checkpoint = read_checkpoint(text)[0]
        key = str(self.witness.key.public)
        return {"size": checkpoint.size, "root": checkpoint.root.hex(), "text": text, "key": key}

    def prove(self, number: str, event: int, now: dt.datetime) -> str:
        """The proof file of one event of a claim, with the salt and the bytes that open its commitment."""
        with self.session(now) as session:
            events = session.store.events(session.case(number).number)
            if not 0 <= event < len(events):
                zh, en = f"{number} 没有第 {event} 个事件, 共 {len(events)} 个, 从 0 数", f"{number} has no event {event}; it has {len(events)}, from 0"  # fmt: skip
                raise KaiwuError(Problem("CL-EVENT", zh, en))
            if events[event].kind in INSIDE:
                zh, en = (
                    "核验与处置只给经办人看, 不出具证明",
                    "checks and their answers are for the officer only: no proof is given",
                )
                raise KaiwuError(Problem("CL-INSIDE", zh, en, where=f"{number}/{event}"))
            leaf = session.store.leaf(number, event)
        opening = Opening(derive_salt(self.witness.secret, f"{number}/{event}"), events[event].body(number, event))
        return self.witness.prove(leaf, opening)
