"""Writing (落账): what accepted commands append to a database, in one pass.

Owns the statements that write. Balances are written once per account and batch, however many entries it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kaiwu.ledger.audit import chain_digest, hold_due
from kaiwu.ledger.command import Command
from kaiwu.ledger.decide import Accepted, Answer
from kaiwu.ledger.gateway import Gateway, Query
from kaiwu.ledger.record import Kind, Record
from kaiwu.ledger.state import State
from kaiwu.ledger.transfer import Action

LEAF = "INSERT INTO log_leaf (seq, kind, body, digest) VALUES (?, ?, ?, ?)"
HEAD = "UPDATE ledger_head SET size = ?, digest = ? WHERE id = 1 AND size = ?"
_TRANSFER = "INSERT INTO ledger_transfer (id, seq) VALUES (?, ?)"
_HOLD = "INSERT INTO ledger_hold (id, seq, debit, credit, due, stage) VALUES (?, ?, ?, ?, ?, ?)"
_STAGE = "UPDATE ledger_hold SET due = NULL, stage = ? WHERE id = ?"
_COMMAND = "INSERT INTO ledger_command (key, digest, leaf, leaves) VALUES (?, ?, ?, ?)"
_CITE = "INSERT INTO ledger_cite (original, reason, transfer, amount, seq) VALUES (?, ?, ?, ?, ?)"
_ENTRY = (
    "INSERT INTO ledger_entry (account, at, seq, debits_pending, debits_posted, credits_pending, credits_posted) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_ACCOUNT = (
    "INSERT INTO ledger_account (id, unit, bound, kind, fund, year, level, clause, firm, signers, no, debits_pending, "
    "debits_posted, credits_pending, credits_posted, last_at, is_closed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_BALANCE = (
    "UPDATE ledger_account SET debits_pending = ?, debits_posted = ?, credits_pending = ?, credits_posted = ?, "
    "last_at = ?, is_closed = ? WHERE id = ?"
)


class Batch:
    """The rows that a transaction will write. ``digest`` is that of the last leaf."""

    def __init__(self, size: int, digest: bytes) -> None:
        self.start = self.size = size
        self.digest = digest
        self.rows: dict[str, list[Sequence[Any]]] = {sql: [] for sql in (LEAF, _TRANSFER, _COMMAND, _CITE)}
        self.holds: dict[str, int] = {}
        self.touched: set[str] = set()
        self.released: set[str] = set()
        self.opened: set[str] = set()

    def take_answers(self, commands: Sequence[Command], answers: Iterable[Answer]) -> None:
        """Take in what was accepted, in order."""
        for command, answer in zip(commands, answers, strict=True):
            if isinstance(answer, Accepted) and answer.records and not answer.again:
                self.rows[_COMMAND].append((command.key, answer.digest, self.size, len(answer.records)))
                self.take_records(answer.records)

    def take_records(self, records: Iterable[Record]) -> None:
        """Take in records, in order."""
        for record in records:
            seq = self.take_leaf(record.kind.value, record.body)
            if record.account is not None:
                self.opened.add(record.account.id)
            elif record.closed:
                self.touched.add(record.closed)
            else:
                self._take_transfer(record, seq)

    def take_leaf(self, kind: str, body: bytes) -> int:
        """Append a leaf; its number."""
        seq = self.size
        self.digest = chain_digest(self.digest, kind, body)
        self.rows[LEAF].append((seq, kind, body, self.digest))
        self.size = seq + 1
        return seq

    def _take_transfer(self, record: Record, seq: int) -> None:
        t = record.transfer
        assert t is not None
        self.touched.add(t.debit)
        self.touched.add(t.credit)
        if record.kind is Kind.EXPIRY:
            self.released.add(t.id)
            return
        self.rows[_TRANSFER].append((t.id, seq))
        if t.action is Action.HOLD:
            self.holds[t.id] = seq
        elif t.hold:
            self.released.add(t.hold)
        if t.cites:
            self.rows[_CITE].append((t.cites, t.reason, t.id, t.amount, seq))

    def write(self, gateway: Gateway, state: State) -> None:
        """Write everything; ``state`` stands after all records, and its trail holds their entries."""
        if self.size == self.start:
            return
        rows = dict(self.rows)
        rows[_ACCOUNT] = [_account_row(state, id) for id in sorted(self.opened)]
        rows[_BALANCE] = [_balance_row(state, id) for id in sorted(self.touched - self.opened)]
        rows[_HOLD] = [_hold_row(state, id, seq) for id, seq in self.holds.items()]
        rows[_STAGE] = [(str(state.stage(id)), id) for id in sorted(self.released - self.holds.keys())]
        rows[_ENTRY] = [(e.account, e.at, e.seq, *e.balance) for e in state.trail or ()]
        gateway.write([(sql, many) for sql, many in rows.items() if many], self._head())

    def write_leaves(self, gateway: Gateway) -> None:
        """Write foreign leaves only."""
        gateway.write([(LEAF, self.rows[LEAF])], self._head())

    def _head(self) -> Query:
        return HEAD, (self.size, self.digest, self.start)


def _account_row(state: State, id: str) -> tuple[Any, ...]:
    standing = state.accounts[id]
    a = standing.account
    return (
        a.id, a.unit, str(a.limit), a.kind, a.fund, a.year, a.level, a.clause, a.firm, a.signers,
        standing.no, *standing.balance, standing.last_at, int(standing.is_closed),
    )  # fmt: skip


def _balance_row(state: State, id: str) -> tuple[Any, ...]:
    standing = state.accounts[id]
    return (*standing.balance, standing.last_at, int(standing.is_closed), id)


def _hold_row(state: State, id: str, seq: int) -> tuple[Any, ...]:
    hold = state.transfers[id]
    return (id, seq, hold.debit, hold.credit, hold_due(state, id), str(state.stage(id)))
