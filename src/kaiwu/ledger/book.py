"""The book (账簿): what every store of the ledger offers, and the shapes of its answers.

Owns the port. Stores load what a command touches, call ``decide`` under a lock, append, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from kaiwu.ledger.account import Account, Balance
from kaiwu.ledger.audit import OWN_KINDS, Difference
from kaiwu.ledger.command import Command
from kaiwu.ledger.decide import Answer
from kaiwu.ledger.moment import to_moment
from kaiwu.ledger.record import Kind, Record, read_record
from kaiwu.ledger.state import Entry, HoldStage
from kaiwu.ledger.transfer import Transfer
from kaiwu.quantity.problem import KaiwuError, Problem


class Line(NamedTuple):
    """One line of a statement (对账单): what moved, against which account, and the balance after it."""

    seq: int  # the leaf
    at: dt.datetime
    id: str  # the transfer; of an expiry, the hold
    action: str  # post, hold, post_hold, void_hold, expiry
    counter: str
    is_debit: bool
    pending: int  # what the pending side grew by
    posted: int
    balance: Balance
    document: str
    article: str
    reason: str
    cites: str
    approvers: tuple[str, ...]
    reference: str
    key: str


class Total(NamedTuple):
    """One unit of the trial balance (试算平衡)."""

    unit: str
    debits: int
    credits: int
    debits_pending: int = 0
    credits_pending: int = 0

    @property
    def difference(self) -> int:
        """Debits − credits, posted; zero at any moment."""
        return self.debits - self.credits

    @property
    def is_balanced(self) -> bool:
        """Posted and pending sides agree."""
        return self.debits == self.credits and self.debits_pending == self.credits_pending


class Book(Protocol):
    """A ledger that keeps what it accepted."""

    def apply(self, command: Command, now: dt.datetime, connection: Any = None) -> Answer:
        """Decide and keep one command, durably; with ``connection`` inside the caller's transaction, not committed."""

    def apply_many(self, commands: Sequence[Command], now: dt.datetime, connection: Any = None) -> list[Answer]:
        """Decide each on its own and keep all in one durable transaction; answers stand in the order of the commands."""

    def expire(self, now: dt.datetime, connection: Any = None) -> tuple[Record, ...]:
        """Release every hold that is due."""

    def add_leaf(self, kind: str, body: bytes, connection: Any = None) -> int:
        """Append a foreign leaf (run, notice, decision); its number in the log."""

    def add_leaves(self, leaves: Sequence[tuple[str, bytes]], connection: Any = None) -> int:
        """Append foreign leaves (kind, body) one after the other; the number of the first."""

    def find_leaf(self, kind: str, body: bytes) -> int | None:
        """The number of the first leaf of a kind with these bytes, or ``None``."""

    def leaves(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """The bodies of all leaves in order, foreign ones included."""

    def count_leaves(self) -> int:
        """How many leaves there are, without reading them."""

    def balance(self, account_id: str, at: dt.datetime | None = None) -> Balance:
        """The balance now, or after everything dated up to ``at``; a hold past its expiry no longer counts then. Zero of an
        account that was never opened."""

    def statement(
        self, account_id: str, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> list[Line]:
        """The lines of an account from ``since`` up to and with ``until``, each with the balance after it."""

    def trial_balance(self, at: dt.datetime | None = None) -> list[Total]:
        """Debits and credits of every unit, summed over the accounts."""

    def accounts(self, **attributes: Any) -> list[Account]:
        """Accounts with these attributes (kind, fund, year, level, clause, firm, unit), by id."""

    def transfer(self, id: str) -> Transfer | None:
        """A transfer, complete as recorded."""

    def stage(self, hold: str) -> HoldStage | None:
        """Where a hold (a voucher) stands: open, posted, voided, expired; None where there is no such hold. An open hold
        past its expiry stays open until a command or ``expire`` finds it."""

    def open_holds(self, account_id: str) -> list[Transfer]:
        """The open holds on an account, in the order in which they were made."""

    def audit(self) -> Difference | None:
        """Derive everything again from the leaves; the first difference, or None."""


def make_line(account_id: str, entry: Entry, body: bytes) -> Line:
    """The line of an entry from the body of its leaf."""
    record = read_record(body)
    t = record.transfer
    assert t is not None
    is_debit = t.debit == account_id
    pending, posted = record.change
    return Line(
        entry.seq, to_moment(entry.at), t.id, "expiry" if record.kind is Kind.EXPIRY else str(t.action),
        t.credit if is_debit else t.debit, is_debit, pending, posted, entry.balance,
        t.document, t.article, t.reason, t.cites, t.approvers, t.reference, record.key,
    )  # fmt: skip


def total_balances(balances: Iterable[tuple[str, Balance]]) -> list[Total]:
    """Sum balances by unit, exactly (a database would overflow or round)."""
    sums: dict[str, list[int]] = {}
    for unit, b in balances:
        total = sums.setdefault(unit, [0, 0, 0, 0])
        total[0] += b[1]
        total[1] += b[3]
        total[2] += b[0]
        total[3] += b[2]
    return [Total(unit, *sums[unit]) for unit in sorted(sums)]


def release(balance: Balance, id: str, debit: str, credit: str, amount: int) -> Balance:
    """The balance of an account without a hold that has expired."""
    if id == debit:
        return balance._replace(debits_pending=balance.debits_pending - amount)
    return balance._replace(credits_pending=balance.credits_pending - amount) if id == credit else balance


def check_foreign(kind: str) -> None:
    """A foreign leaf may not pass for a record of the ledger."""
    if not kind or kind in OWN_KINDS:
        zh, en = f"叶子类别「{kind}」为账簿专用或为空", f"the kind of leaf {kind!r} is empty or the ledger's own"
        raise KaiwuError(Problem("L-LEAF-KIND", zh, en))
