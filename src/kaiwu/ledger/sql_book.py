"""A book in a database: the one way in which SQLite and PostgreSQL are used.

Owns the order of a transaction: lock, load, decide, write. Engines own their connections.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import Any, Self

from kaiwu.ledger.account import Account, Balance
from kaiwu.ledger.audit import CiteRow, CommandRow, Difference, HoldRow, Kept, Leaf, audit_kept
from kaiwu.ledger.book import Line, Total, check_foreign, make_line, release, total_balances
from kaiwu.ledger.combiner import Combiner
from kaiwu.ledger.command import Command
from kaiwu.ledger.decide import Answer, decide, decide_expiry, take_in
from kaiwu.ledger.gateway import Gateway
from kaiwu.ledger.loading import ACCOUNT_COLUMNS, HEAD, load_due, load_state, read_standing
from kaiwu.ledger.moment import to_micros
from kaiwu.ledger.record import Record, read_record
from kaiwu.ledger.state import Entry, HoldStage
from kaiwu.ledger.transfer import INT64_MAX, Transfer
from kaiwu.ledger.writing import Batch

Asked = tuple[Command, dt.datetime]
_BALANCES = "debits_pending, debits_posted, credits_pending, credits_posted"
_ATTRIBUTES = {f.name: "bound" if f.name == "limit" else f.name for f in fields(Account)}


class SqlBook(ABC):
    """``Book`` over a gateway."""

    def __init__(self) -> None:
        self._combiner: Combiner[Asked, Answer] = Combiner(self._apply_own)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close the book's own connections."""

    @abstractmethod
    def _writing(self, connection: Any) -> AbstractContextManager[Gateway]:
        """A transaction under the writers' lock: the caller's, or one of the book's own that is durable at the end."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Gateway]:
        """A transaction that sees one moment."""

    def apply(self, command: Command, now: dt.datetime, connection: Any = None) -> Answer:
        """See ``Book``. Threads that wait share a transaction."""
        if connection is None:
            return self._combiner.submit((command, now))
        with self._writing(connection) as gateway:
            return _decide_all(gateway, [(command, now)])[0]

    def apply_many(self, commands: Sequence[Command], now: dt.datetime, connection: Any = None) -> list[Answer]:
        """See ``Book``."""
        if not commands:
            return []
        with self._writing(connection) as gateway:
            return _decide_all(gateway, [(command, now) for command in commands])

    def expire(self, now: dt.datetime, connection: Any = None) -> tuple[Record, ...]:
        """See ``Book``."""
        with self._writing(connection) as gateway:
            state, digest = load_due(gateway, now)
            state.trail = []
            records = decide_expiry(state, now)
            batch = Batch(state.size, digest)
            batch.take_records(records)
            state.advance_all(records)
            batch.write(gateway, state)
            return records

    def add_leaf(self, kind: str, body: bytes, connection: Any = None) -> int:
        """See ``Book``."""
        return self.add_leaves([(kind, body)], connection)

    def add_leaves(self, leaves: Sequence[tuple[str, bytes]], connection: Any = None) -> int:
        """See ``Book``."""
        for kind in {kind for kind, _ in leaves}:
            check_foreign(kind)
        with self._writing(connection) as gateway:
            ((size, digest),) = gateway.ask([(HEAD, ())])[0]
            batch = Batch(size, bytes(digest))
            for kind, body in leaves:
                batch.take_leaf(kind, body)
            batch.write_leaves(gateway)
            return int(size)

    def leaves(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """See ``Book``."""
        sql = "SELECT body FROM log_leaf WHERE seq >= ? AND seq < ? ORDER BY seq"
        with self._reading() as gateway:
            return [body for (body,) in gateway.ask([(sql, (start, INT64_MAX if stop is None else stop))])[0]]

    def count_leaves(self) -> int:
        """See ``Book``."""
        with self._reading() as gateway:
            ((number,),) = gateway.ask([("SELECT COALESCE(MAX(seq) + 1, 0) FROM log_leaf", ())])[0]
        return int(number)

    def find_leaf(self, kind: str, body: bytes) -> int | None:
        """See ``Book``."""
        sql = "SELECT MIN(seq) FROM log_leaf WHERE kind = ? AND body = ?"
        with self._reading() as gateway:
            ((number,),) = gateway.ask([(sql, (kind, body))])[0]
        return None if number is None else int(number)

    def balance(self, account_id: str, at: dt.datetime | None = None) -> Balance:
        """See ``Book``."""
        now = f"SELECT no, {_BALANCES} FROM ledger_account WHERE id = ?"
        then = f"SELECT {_BALANCES} FROM ledger_entry WHERE account = ? AND at <= ? ORDER BY at DESC, seq DESC LIMIT 1"
        due = "SELECT l.body FROM ledger_hold h JOIN log_leaf l ON l.seq = h.seq WHERE h.due <= ? AND (h.debit = ? OR h.credit = ?)"
        with self._reading() as gateway:
            rows = gateway.ask([(now, (account_id,))])[0]
            if not rows or at is None:
                return Balance(*rows[0][1:]) if rows else Balance()
            moment = to_micros(at)
            found, holds = gateway.ask([(then, (rows[0][0], moment)), (due, (moment, account_id, account_id))])
        balance = Balance(*found[0]) if found else Balance()
        for hold in _transfers(holds):
            balance = release(balance, account_id, hold.debit, hold.credit, hold.amount)
        return balance

    def statement(
        self, account_id: str, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> list[Line]:
        """See ``Book``."""
        sql = (
            "SELECT e.account, e.at, e.seq, e.debits_pending, e.debits_posted, e.credits_pending, e.credits_posted, l.body "
            "FROM ledger_account a JOIN ledger_entry e ON e.account = a.no JOIN log_leaf l ON l.seq = e.seq "
            "WHERE a.id = ? AND e.at >= ? AND e.at <= ? ORDER BY e.at, e.seq"
        )
        low, high = to_micros(since) if since else -INT64_MAX, to_micros(until) if until else INT64_MAX
        with self._reading() as gateway:
            rows = gateway.ask([(sql, (account_id, low, high))])[0]
        return [make_line(account_id, Entry(no, moment, seq, Balance(*b)), body) for no, moment, seq, *b, body in rows]

    def trial_balance(self, at: dt.datetime | None = None) -> list[Total]:
        """See ``Book``."""
        if at is None:
            with self._reading() as gateway:
                rows = gateway.ask([(f"SELECT unit, {_BALANCES} FROM ledger_account", ())])[0]
            return total_balances((unit, Balance(*b)) for unit, *b in rows)
        return self._trial_balance_at(to_micros(at))

    def accounts(self, **attributes: Any) -> list[Account]:
        """See ``Book``."""
        conditions = [f"{_ATTRIBUTES[name]} = ?" for name in attributes]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"SELECT {ACCOUNT_COLUMNS} FROM ledger_account{where}"
        with self._reading() as gateway:
            rows = gateway.ask([(sql, tuple(attributes.values()))])[0]
        return sorted((read_standing(row).account for row in rows), key=lambda a: a.id)

    def transfer(self, id: str) -> Transfer | None:
        """See ``Book``."""
        sql = "SELECT l.body FROM ledger_transfer t JOIN log_leaf l ON l.seq = t.seq WHERE t.id = ?"
        with self._reading() as gateway:
            found = _transfers(gateway.ask([(sql, (id,))])[0])
        return found[0] if found else None

    def stage(self, hold: str) -> HoldStage | None:
        """See ``Book``."""
        with self._reading() as gateway:
            rows = gateway.ask([("SELECT stage FROM ledger_hold WHERE id = ?", (hold,))])[0]
        return HoldStage(rows[0][0]) if rows else None

    def open_holds(self, account_id: str) -> list[Transfer]:
        """See ``Book``."""
        sql = (
            "SELECT l.body FROM ledger_hold h JOIN log_leaf l ON l.seq = h.seq "
            "WHERE h.stage = 'open' AND (h.debit = ? OR h.credit = ?) ORDER BY h.seq"
        )
        with self._reading() as gateway:
            return _transfers(gateway.ask([(sql, (account_id, account_id))])[0])

    def audit(self) -> Difference | None:
        """See ``Book``."""
        with self._reading() as gateway:
            return audit_kept(_read_kept(gateway))

    def _apply_own(self, take: Callable[[], Sequence[Asked]], is_crowded: bool) -> list[Answer]:
        """One transaction for all threads that wait. Where several do, they are counted when the lock is held."""
        with self._writing(None) as gateway:
            if is_crowded:
                gateway.lock()
            return _decide_all(gateway, take())

    def _trial_balance_at(self, at: int) -> list[Total]:
        sql = (
            f"SELECT a.unit, {_BALANCES_OF_ENTRY} FROM ledger_account a JOIN ledger_entry e ON e.account = a.no AND e.seq = "
            "(SELECT x.seq FROM ledger_entry x WHERE x.account = a.no AND x.at <= ? ORDER BY x.at DESC, x.seq DESC LIMIT 1)"
        )
        sql += " AND e.at <= ?"
        due = "SELECT l.body FROM ledger_hold h JOIN log_leaf l ON l.seq = h.seq WHERE h.due <= ?"
        with self._reading() as gateway:
            rows, holds = gateway.ask([(sql, (at, at)), (due, (at,))])
        released = [(hold.unit, Balance(-hold.amount, 0, -hold.amount, 0)) for hold in _transfers(holds)]
        return total_balances([*((unit, Balance(*b)) for unit, *b in rows), *released])


def _decide_all(gateway: Gateway, asked: Sequence[Asked]) -> list[Answer]:
    """Load, decide one after the other, write."""
    commands = [command for command, _ in asked]
    state, digest = load_state(gateway, commands, max((now for _, now in asked), key=to_micros))
    state.trail = []
    batch = Batch(state.size, digest)
    answers: list[Answer] = []
    for command, now in asked:
        answer = decide(state, command, now)
        take_in(state, command, answer)
        answers.append(answer)
    batch.take_answers(commands, answers)
    batch.write(gateway, state)
    return answers


_BALANCES_OF_ENTRY = "e.debits_pending, e.debits_posted, e.credits_pending, e.credits_posted"


def _transfers(rows: Sequence[Sequence[Any]]) -> list[Transfer]:
    return [t for (body,) in rows if (t := read_record(body).transfer) is not None]


def _read_kept(gateway: Gateway) -> Kept:
    """Everything that is stored; leaves and entries as streams."""
    ((size, digest),) = gateway.ask([(HEAD, ())])[0]
    accounts, transfers, holds, commands, cites = gateway.ask(
        [
            (f"SELECT {ACCOUNT_COLUMNS} FROM ledger_account", ()),
            ("SELECT id, seq FROM ledger_transfer", ()),
            ("SELECT id, seq, debit, credit, due, stage FROM ledger_hold", ()),
            ("SELECT key, digest, leaf, leaves FROM ledger_command", ()),
            ("SELECT original, reason, transfer, amount, seq FROM ledger_cite", ()),
        ]
    )
    entries = f"SELECT account, at, seq, {_BALANCES} FROM ledger_entry ORDER BY account, at, seq"
    return Kept(
        size,
        digest,
        (Leaf(*row) for row in gateway.stream("SELECT seq, kind, body, digest FROM log_leaf ORDER BY seq")),
        (Entry(no, at, seq, Balance(*b)) for no, at, seq, *b in gateway.stream(entries)),
        {row[0]: read_standing(row) for row in accounts},
        dict(transfers),
        {id: HoldRow(*row) for id, *row in holds},
        {key: CommandRow(*row) for key, *row in commands},
        {(original, reason): CiteRow(*row) for original, reason, *row in cites},
    )
