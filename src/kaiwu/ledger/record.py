"""Records (记录): what an accepted command appends. The body of a record is the leaf of the log.

Owns the body's bytes and what a record does to balances. A body is written once and never re-serialised.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from kaiwu.ledger.account import Account
from kaiwu.ledger.moment import from_text, to_text
from kaiwu.ledger.plain import account_data, canonical_text, read_account, read_transfer, transfer_data
from kaiwu.ledger.transfer import Action, Transfer


class Kind(StrEnum):
    """What was appended."""

    ACCOUNT = "account"  # opened
    TRANSFER = "transfer"
    EXPIRY = "expiry"  # a hold released itself; dated at the hold's expiry
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Record:
    """One appended fact. ``at`` is microseconds since 1970 UTC; ``key`` the command's, ``command`` its digest (on the
    first record of a command only).

    ``transfer`` is complete (a post of a hold carries the hold's accounts and the amount really posted); of an expiry
    it is the hold. ``held`` is what is released from pending. ``account`` is whole when opened, else ``closed`` names it.
    """

    kind: Kind
    at: int
    key: str
    body: bytes
    transfer: Transfer | None = None
    account: Account | None = None
    closed: str = ""
    held: int = 0
    command: str = ""

    @property
    def change(self) -> tuple[int, int]:
        """(pending, posted): what the debits of the debit account and the credits of the credit account grow by."""
        if self.transfer is None:
            return (0, 0)
        if self.kind is Kind.EXPIRY:
            return (-self.held, 0)
        amount = self.transfer.amount
        match self.transfer.action:
            case Action.POST:
                return (0, amount)
            case Action.HOLD:
                return (amount, 0)
            case Action.POST_HOLD:
                return (-self.held, amount)
        return (-self.held, 0)


class Stamp(NamedTuple):
    """What every record of a command bears: moment, key, and on the first the digest of the command."""

    at: int
    key: str
    command: str = ""

    def data(self, kind: Kind) -> dict[str, Any]:
        """The fields of a body."""
        data: dict[str, Any] = {"at": to_text(self.at), "key": self.key, "kind": str(kind)}
        if self.command:
            data["command"] = self.command
        return data


def record_account(account: Account, stamp: Stamp) -> Record:
    """An account was opened."""
    data = stamp.data(Kind.ACCOUNT)
    data["account"] = account_data(account)
    body = canonical_text(data).encode()
    return Record(Kind.ACCOUNT, stamp.at, stamp.key, body, account=account, command=stamp.command)


def record_transfer(transfer: Transfer, held: int, stamp: Stamp) -> Record:
    """A transfer was made; ``held`` is what its hold had reserved."""
    data = stamp.data(Kind.TRANSFER)
    data["transfer"] = transfer_data(transfer)
    if held:
        data["held"] = held
    body = canonical_text(data).encode()
    return Record(Kind.TRANSFER, stamp.at, stamp.key, body, transfer, held=held, command=stamp.command)


def record_expiry(hold: Transfer, stamp: Stamp) -> Record:
    """A hold released itself; the moment of the stamp is its expiry, the key that of the command that found it."""
    data = stamp.data(Kind.EXPIRY)
    data["held"], data["transfer"] = hold.amount, transfer_data(hold)
    body = canonical_text(data).encode()
    return Record(Kind.EXPIRY, stamp.at, stamp.key, body, hold, held=hold.amount, command=stamp.command)


def record_close(account_id: str, stamp: Stamp) -> Record:
    """An account was closed."""
    data = stamp.data(Kind.CLOSE)
    data["closed"] = account_id
    body = canonical_text(data).encode()
    return Record(Kind.CLOSE, stamp.at, stamp.key, body, closed=account_id, command=stamp.command)


def read_record(body: bytes) -> Record:
    """The record of a stored body. Raises ``ValueError`` or ``KeyError`` where the bytes are no record."""
    data = json.loads(body)
    return Record(
        Kind(data["kind"]),
        from_text(data["at"]),
        data["key"],
        body,
        transfer=read_transfer(data["transfer"]) if "transfer" in data else None,
        account=read_account(data["account"]) if "account" in data else None,
        closed=data.get("closed", ""),
        held=data.get("held", 0),
        command=data.get("command", ""),
    )
