"""The book in memory: for tests, what-ifs and rehearsals. Nothing outlives the process.

Owns the whole state at once; the same answers as the stores on disk.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from threading import RLock
from typing import Any

from kaiwu.ledger.account import Account, Balance
from kaiwu.ledger.audit import (
    START,
    CiteRow,
    CommandRow,
    Difference,
    HoldRow,
    Kept,
    Leaf,
    audit_kept,
    chain_digest,
    hold_due,
)
from kaiwu.ledger.book import Line, Total, check_foreign, make_line, release, total_balances
from kaiwu.ledger.command import Command
from kaiwu.ledger.decide import Answer, decide, decide_expiry, take_in
from kaiwu.ledger.moment import to_micros
from kaiwu.ledger.record import Kind, Record, read_record
from kaiwu.ledger.state import Entry, HoldStage, State
from kaiwu.ledger.transfer import Transfer


class MemoryBook:
    """``Book`` on plain dictionaries. ``connection`` is accepted and not used."""

    def __init__(self) -> None:
        self.state = State()
        self.state.trail = []
        self._leaves: list[Leaf] = []
        self._entries: dict[int, list[Entry]] = {}
        self._lock = RLock()

    def apply(self, command: Command, now: dt.datetime, connection: Any = None) -> Answer:
        """See ``Book``."""
        with self._lock:
            answer = decide(self.state, command, now)
            size = self.state.size
            take_in(self.state, command, answer)
            if self.state.size > size:
                self._keep(self.state.keys[command.key].records)
            return answer

    def apply_many(self, commands: Sequence[Command], now: dt.datetime, connection: Any = None) -> list[Answer]:
        """See ``Book``."""
        return [self.apply(command, now) for command in commands]

    def expire(self, now: dt.datetime, connection: Any = None) -> tuple[Record, ...]:
        """See ``Book``."""
        with self._lock:
            records = decide_expiry(self.state, now)
            self.state.advance_all(records)
            self._keep(records)
            return records

    def add_leaf(self, kind: str, body: bytes, connection: Any = None) -> int:
        """See ``Book``."""
        return self.add_leaves([(kind, body)])

    def add_leaves(self, leaves: Sequence[tuple[str, bytes]], connection: Any = None) -> int:
        """See ``Book``."""
        for kind in {kind for kind, _ in leaves}:
            check_foreign(kind)
        with self._lock:
            first = len(self._leaves)
            for kind, body in leaves:
                self._add_leaf(kind, body)
                self.state.size += 1
            return first

    def find_leaf(self, kind: str, body: bytes) -> int | None:
        """See ``Book``."""
        return next((i for i, leaf in enumerate(self._leaves) if (leaf.kind, leaf.body) == (kind, body)), None)

    def leaves(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """See ``Book``."""
        return [leaf.body for leaf in self._leaves[start:stop]]

    def count_leaves(self) -> int:
        """See ``Book``."""
        return len(self._leaves)

    def balance(self, account_id: str, at: dt.datetime | None = None) -> Balance:
        """See ``Book``."""
        standing = self.state.account(account_id)
        if standing is None:
            return Balance()
        return standing.balance if at is None else self._balance_at(account_id, standing.no, to_micros(at))

    def statement(
        self, account_id: str, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> list[Line]:
        """See ``Book``."""
        standing = self.state.account(account_id)
        entries = self._entries.get(standing.no, []) if standing else []
        low = to_micros(since) if since else 0
        high = to_micros(until) if until else None
        chosen = [e for e in entries if e.at >= low and (high is None or e.at <= high)]
        return [make_line(account_id, e, self._leaves[e.seq].body) for e in chosen]

    def trial_balance(self, at: dt.datetime | None = None) -> list[Total]:
        """See ``Book``."""
        accounts = list(self.state.accounts.items())
        return total_balances((s.account.unit, self.balance(id, at)) for id, s in accounts)

    def accounts(self, **attributes: Any) -> list[Account]:
        """See ``Book``."""
        found = [s.account for s in list(self.state.accounts.values())]
        chosen = [a for a in found if all(getattr(a, name) == value for name, value in attributes.items())]
        return sorted(chosen, key=lambda a: a.id)

    def transfer(self, id: str) -> Transfer | None:
        """See ``Book``."""
        return self.state.transfer(id)

    def stage(self, hold: str) -> HoldStage | None:
        """See ``Book``."""
        return self.state.stage(hold)

    def open_holds(self, account_id: str) -> list[Transfer]:
        """See ``Book``."""
        with self._lock:
            found = [self.state.transfers[id] for id, stage in self.state.stages.items() if stage is HoldStage.OPEN]
        return [hold for hold in found if account_id in (hold.debit, hold.credit)]

    def audit(self) -> Difference | None:
        """See ``Book``."""
        with self._lock:
            return audit_kept(self._kept())

    def _add_leaf(self, kind: str, body: bytes) -> None:
        previous = self._leaves[-1].digest if self._leaves else START
        self._leaves.append(Leaf(len(self._leaves), kind, body, chain_digest(previous, kind, body)))

    def _keep(self, records: Sequence[Record]) -> None:
        for record in records:
            self._add_leaf(record.kind, record.body)
        assert self.state.trail is not None
        for entry in self.state.trail:
            self._entries.setdefault(entry.account, []).append(entry)
        self.state.trail.clear()

    def _balance_at(self, id: str, no: int, at: int) -> Balance:
        entries = self._entries.get(no, [])
        place = bisect_right(entries, at, key=lambda e: e.at)
        balance = entries[place - 1].balance if place else Balance()
        for hold in self.state.due_holds(at):
            balance = release(balance, id, hold.debit, hold.credit, hold.amount)
        return balance

    def _kept(self) -> Kept:
        state, leaves = self.state, self._leaves
        transfers, commands, cites = {}, {}, {}
        for leaf in leaves:
            if leaf.kind == Kind.TRANSFER:
                record = read_record(leaf.body)
                assert record.transfer is not None
                transfers[record.transfer.id] = leaf.seq
        places = {leaf.body: leaf.seq for leaf in leaves}
        for key, use in state.keys.items():
            commands[key] = CommandRow(use.digest, places[use.records[0].body], len(use.records))
        for (original, reason), id in state.cites.items():
            cites[original, reason] = CiteRow(id, state.transfers[id].amount, transfers[id])
        holds = {
            id: HoldRow(
                transfers[id], state.transfers[id].debit, state.transfers[id].credit, hold_due(state, id), str(stage)
            )
            for id, stage in state.stages.items()
        }
        entries = (entry for no in sorted(self._entries) for entry in self._entries[no])
        digest = leaves[-1].digest if leaves else START
        return Kept(state.size, digest, leaves, entries, state.accounts, transfers, holds, commands, cites)
