"""The audit (稽核): everything that is stored is derived again from the leaves, and the first difference is named.

Owns the chain of digests over the leaves and the comparison. What a store keeps it gets as a ``Kept``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple, TypeVar

from kaiwu.ledger.account import Limit, count_people
from kaiwu.ledger.moment import to_micros
from kaiwu.ledger.record import Kind, Record, read_record
from kaiwu.ledger.state import Entry, HoldStage, Standing, State
from kaiwu.ledger.transfer import Transfer

Key = TypeVar("Key")
START = bytes(32)  # the digest before the first leaf
OWN_KINDS = frozenset(Kind)


class Leaf(NamedTuple):
    """One leaf as stored."""

    seq: int
    kind: str
    body: bytes
    digest: bytes


class HoldRow(NamedTuple):
    """A hold as stored: leaf, accounts, expiry while open, stage."""

    seq: int
    debit: str
    credit: str
    due: int | None
    stage: str


class CommandRow(NamedTuple):
    """A command as stored: digest, first leaf, number of leaves."""

    digest: str
    leaf: int
    leaves: int


class CiteRow(NamedTuple):
    """A citation as stored."""

    transfer: str
    amount: int
    seq: int


@dataclass(slots=True)
class Kept:
    """Everything that a store keeps. ``entries`` come in order of account, moment and leaf."""

    size: int
    digest: bytes
    leaves: Iterable[Leaf]
    entries: Iterable[Entry]
    accounts: Mapping[str, Standing]
    transfers: Mapping[str, int]
    holds: Mapping[str, HoldRow]
    commands: Mapping[str, CommandRow]
    cites: Mapping[tuple[str, str], CiteRow]


class Difference(NamedTuple):
    """The first thing that does not agree: where, what the leaves say, what is stored."""

    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: 应为 {self.expected}, 实为 {self.found} / expected {self.expected}, found {self.found}"


@dataclass(slots=True)
class _Derived:
    """What the leaves say."""

    state: State = field(default_factory=State)
    transfers: dict[str, int] = field(default_factory=dict)
    holds: dict[str, HoldRow] = field(default_factory=dict)
    commands: dict[str, CommandRow] = field(default_factory=dict)
    cites: dict[tuple[str, str], CiteRow] = field(default_factory=dict)
    traces: dict[int, Trace] = field(default_factory=dict)


class Trace:
    """A running digest of the entries of one account, so that a million need no memory."""

    __slots__ = ("count", "hash")

    def __init__(self) -> None:
        self.count, self.hash = 0, hashlib.sha256()

    def add(self, entry: Entry) -> None:
        """Take one entry in."""
        self.count += 1
        self.hash.update(b"%d,%d,%d,%d,%d,%d;" % (entry.at, entry.seq, *entry.balance))


def chain_digest(previous: bytes, kind: str, body: bytes) -> bytes:
    """The digest of a leaf: SHA-256 over the digest before it, its kind and its body."""
    return hashlib.sha256(b"%b%b\0%b" % (previous, kind.encode(), body)).digest()


def audit_kept(kept: Kept) -> Difference | None:
    """Compare everything kept with what the leaves say; the first difference, or None."""
    derived = _Derived()
    derived.state.trail = []
    return (
        _audit_leaves(kept, derived)
        or _audit_entries(kept, derived)
        or _compare("ledger_account", derived.state.accounts, kept.accounts)
        or _compare("ledger_transfer", derived.transfers, kept.transfers)
        or _compare("ledger_hold", derived.holds, kept.holds)
        or _compare("ledger_cite", derived.cites, kept.cites)
        or _compare("ledger_command", derived.commands, kept.commands)
    )


def _audit_leaves(kept: Kept, derived: _Derived) -> Difference | None:
    digest, count = START, 0
    for leaf in kept.leaves:
        if leaf.seq != count:
            return Difference(f"log_leaf {count}", f"leaf {count}", f"leaf {leaf.seq}")
        try:
            digest = chain_digest(digest, leaf.kind, leaf.body)
        except (TypeError, AttributeError, UnicodeEncodeError):
            return Difference(f"log_leaf {count}", "text and bytes", f"{leaf.kind!r}, {type(leaf.body).__name__}")
        if digest != leaf.digest:
            return Difference(f"log_leaf {count}", digest.hex(), _show(leaf.digest))
        if leaf.kind in OWN_KINDS:
            try:
                _derive(derived, read_record(leaf.body), count)
            except (KeyError, ValueError, TypeError) as error:
                return Difference(f"log_leaf {count}", "a record that follows from the leaves before it", repr(error))
        derived.state.size = count = count + 1
    if (count, digest) != (kept.size, kept.digest):
        return Difference("ledger_head", f"{count} {digest.hex()}", f"{kept.size} {_show(kept.digest)}")
    return None


def _derive(derived: _Derived, record: Record, seq: int) -> None:
    state, t = derived.state, record.transfer
    state.advance(record)
    if record.key:
        old = derived.commands.get(record.key)
        derived.commands[record.key] = (
            old._replace(leaves=old.leaves + 1) if old else CommandRow(record.command, seq, 1)
        )
    trail = state.trail
    assert trail is not None
    for entry in trail:
        derived.traces.setdefault(entry.account, Trace()).add(entry)
    trail.clear()
    if t is None:
        return
    _check_rules(state, record, t)
    if record.kind is Kind.TRANSFER:
        derived.transfers[t.id] = seq
        if t.cites:
            derived.cites[t.cites, t.reason] = CiteRow(t.id, t.amount, seq)
    for id in (t.id, t.hold):
        if stage := state.stage(id):
            hold = state.transfers[id]
            due = hold_due(state, id)
            derived.holds[id] = HoldRow(derived.transfers[id], hold.debit, hold.credit, due, str(stage))
    for id in (t.id, t.hold):
        if state.stage(id) is not HoldStage.OPEN:
            state.transfers.pop(id, None)  # nothing needs it again; a million would need memory


def _check_rules(state: State, record: Record, t: Transfer) -> None:
    """Whatever wrote it: no pot is overdrawn after any record, and nobody approved alone what needs two."""
    debit, credit = state.accounts[t.debit], state.accounts[t.credit]
    if debit.account.limit is Limit.DEBITS_WITHIN_CREDITS and debit.balance.available < 0:
        raise ValueError(f"{t.debit} is overdrawn by {-debit.balance.available}")
    b = credit.balance
    if credit.account.limit is Limit.CREDITS_WITHIN_DEBITS and b.debits_posted < b.credits_pending + b.credits_posted:
        raise ValueError(f"{t.credit} is credited beyond its debits")
    signers = max(debit.account.signers, credit.account.signers)
    if record.kind is Kind.TRANSFER and count_people(t.approvers) < signers:
        raise ValueError(f"{t.id} has fewer than {signers} approvers")


def hold_due(state: State, id: str) -> int | None:
    """When an open hold expires; None where it never does or is no longer open."""
    hold = state.transfer(id)
    is_open = state.stage(id) is HoldStage.OPEN
    return to_micros(hold.expires) if hold is not None and hold.expires is not None and is_open else None


def _audit_entries(kept: Kept, derived: _Derived) -> Difference | None:
    seen = set()
    for number, entries in groupby(kept.entries, key=lambda e: e.account):
        trace = Trace()
        seen.add(number)
        try:
            for entry in entries:
                trace.add(entry)
        except TypeError:
            return Difference(f"ledger_entry of account {number}", "integers", "another type")
        expected = derived.traces.get(number, Trace())
        if trace.hash.digest() != expected.hash.digest():
            return Difference(f"ledger_entry of account {number}", _told(expected), _told(trace))
    missing = sorted(derived.traces.keys() - seen)
    return (
        Difference(f"ledger_entry of account {missing[0]}", _told(derived.traces[missing[0]]), "none")
        if missing
        else None
    )


def _told(trace: Trace) -> str:
    return f"{trace.count} entries {trace.hash.hexdigest()[:16]}"


def _compare(table: str, expected: Mapping[Key, object], found: Mapping[Key, object]) -> Difference | None:
    if expected == found:
        return None
    for key in sorted(expected.keys() | found.keys(), key=repr):
        if expected.get(key) != found.get(key):
            return Difference(f"{table} {key}", _show(expected.get(key)), _show(found.get(key)))
    return None


def _show(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)
