"""State (状态): the touched accounts, transfers, holds, keys and citations, and how a record moves them.

Owns balances in memory. A store loads only what a command touches into a state; ``decide`` works on a fork of it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from kaiwu.ledger.account import Account, Balance
from kaiwu.ledger.moment import to_micros
from kaiwu.ledger.record import Kind, Record
from kaiwu.ledger.transfer import Action, Transfer


class HoldStage(StrEnum):
    """Where a hold stands."""

    OPEN = "open"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class Standing(NamedTuple):
    """An account as it stands. ``no`` is the leaf that opened it, ``last_at`` the moment of its last entry."""

    account: Account
    no: int
    balance: Balance = Balance()
    last_at: int = 0
    is_closed: bool = False


class KeyUse(NamedTuple):
    """A key that was used: the digest of its command and what it appended."""

    digest: str
    records: tuple[Record, ...]


class Entry(NamedTuple):
    """What one record did to one account: the balance after it. ``account`` is the account's number."""

    account: int
    at: int
    seq: int
    balance: Balance


class State:
    """What is known; a fork sees through to its base and keeps its own changes. ``size`` is the number of leaves."""

    __slots__ = ("accounts", "base", "cited", "cites", "due", "keys", "size", "stages", "trail", "transfers")

    def __init__(self, base: State | None = None, size: int = 0) -> None:
        self.base = base
        self.size: int = base.size if base else size
        self.accounts: dict[str, Standing] = {}
        self.transfers: dict[str, Transfer] = {}
        self.stages: dict[str, HoldStage] = {}
        self.keys: dict[str, KeyUse] = {}
        self.cites: dict[tuple[str, str], str] = {}
        self.cited: dict[str, int] = {}
        self.due: list[tuple[int, str]] = []
        self.trail: list[Entry] | None = None  # where a store wants the entries that records make

    def fork(self) -> State:
        """A draft over this state: what it takes in does not show here."""
        return State(self)

    def account(self, id: str) -> Standing | None:
        """The account of an id, if it was opened."""
        found = self.accounts.get(id)
        return found if found is not None or self.base is None else self.base.account(id)

    def transfer(self, id: str) -> Transfer | None:
        """The transfer of an id, complete as recorded."""
        found = self.transfers.get(id)
        return found if found is not None or self.base is None else self.base.transfer(id)

    def stage(self, hold: str) -> HoldStage | None:
        """Where a hold stands; None where the transfer is no hold."""
        found = self.stages.get(hold)
        return found if found is not None or self.base is None else self.base.stage(hold)

    def cite(self, original: str, reason: str) -> str | None:
        """The transfer that cites an original for a reason."""
        found = self.cites.get((original, reason))
        return found if found is not None or self.base is None else self.base.cite(original, reason)

    def cited_sum(self, original: str) -> int:
        """The sum of the amounts that cite an original."""
        found = self.cited.get(original)
        if found is not None:
            return found
        return self.base.cited_sum(original) if self.base else 0

    def due_holds(self, at: int) -> list[Transfer]:
        """Open holds whose expiry is not after ``at``, earliest first."""
        found = []
        for expires, id in self.due:
            if expires > at:
                break
            hold = self.transfer(id)
            if hold is not None and self.stage(id) is HoldStage.OPEN:
                found.append(hold)
        return found

    def advance(self, record: Record) -> None:
        """Take one record in. Each is one leaf."""
        if record.account is not None:
            self.accounts[record.account.id] = Standing(record.account, self.size, last_at=record.at)
        elif record.closed:
            standing = self._standing(record.closed)
            self.accounts[record.closed] = standing._replace(is_closed=True, last_at=max(record.at, standing.last_at))
        else:
            self._move(record)
        self.size += 1

    def advance_all(self, records: Iterable[Record]) -> None:
        """Take records in, in order, and drop holds at the head of the queue that are no longer open."""
        for record in records:
            self.advance(record)
        while self.due and self.stage(self.due[0][1]) is not HoldStage.OPEN:
            del self.due[0]

    def _standing(self, id: str) -> Standing:
        found = self.account(id)
        if found is None:
            raise KeyError(id)
        return found

    def _move(self, record: Record) -> None:
        transfer = record.transfer
        assert transfer is not None
        pending, posted = record.change
        d, c = self._standing(transfer.debit), self._standing(transfer.credit)
        b = d.balance
        self._settle(d, record.at, Balance(b[0] + pending, b[1] + posted, b[2], b[3]))
        b = c.balance
        self._settle(c, record.at, Balance(b[0], b[1], b[2] + pending, b[3] + posted))
        if record.kind is Kind.EXPIRY:
            self.stages[transfer.id] = HoldStage.EXPIRED
            return
        self.transfers[transfer.id] = transfer
        self._take_hold(transfer)
        if transfer.cites:
            self.cites[transfer.cites, transfer.reason] = transfer.id
            self.cited[transfer.cites] = self.cited_sum(transfer.cites) + transfer.amount

    def _settle(self, old: Standing, at: int, balance: Balance) -> None:
        last = at if at > old.last_at else old.last_at
        self.accounts[old.account.id] = Standing(old.account, old.no, balance, last, old.is_closed)
        if self.trail is not None:
            self.trail.append(Entry(old.no, last, self.size, balance))

    def _take_hold(self, transfer: Transfer) -> None:
        match transfer.action:
            case Action.HOLD:
                self.stages[transfer.id] = HoldStage.OPEN
                if transfer.expires is not None:
                    insort(self.due, (to_micros(transfer.expires), transfer.id))
            case Action.POST_HOLD:
                self.stages[transfer.hold] = HoldStage.POSTED
            case Action.VOID_HOLD:
                self.stages[transfer.hold] = HoldStage.VOIDED
