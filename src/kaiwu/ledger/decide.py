"""The decision (裁决): one pure function over state, command and moment.

Owns the order of checks. It reads no clock, no random source and no connection; it changes nothing it is given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeGuard

from kaiwu.ledger.account import Account
from kaiwu.ledger.command import Command, digest_text, is_encodable
from kaiwu.ledger.leg import check_leg, find_difference
from kaiwu.ledger.moment import SECOND, to_micros
from kaiwu.ledger.record import Record, Stamp, record_account, record_close, record_expiry, record_transfer
from kaiwu.ledger.refusal import Refusal, refuse
from kaiwu.ledger.state import KeyUse, State
from kaiwu.ledger.transfer import Action, Transfer

CLOCK_SKEW = 300 * SECOND  # clocks of several machines differ: so much earlier is entered at the account's last moment


@dataclass(frozen=True, slots=True)
class Accepted:
    """The records to append; ``again`` where the key had been answered before and nothing is appended."""

    records: tuple[Record, ...]
    again: bool = False
    digest: str = ""  # of the command


Answer = Accepted | Refusal


def is_accepted(answer: Answer) -> TypeGuard[Accepted]:
    """Whether a command was accepted."""
    return isinstance(answer, Accepted)


def decide(state: State, command: Command, now: dt.datetime) -> Answer:
    """Accept a command whole or refuse it with the first fault (by falling precedence).

    ``state`` holds at least the accounts, transfers, holds, keys and citations that the command names, and the due
    holds of these accounts. Expired holds of touched accounts are released first, as records of their own.
    """
    text = command.text()
    if fault := _check_form(command, text):
        return fault
    digest = digest_text(text)
    used = state.keys.get(command.key)
    if used is not None:
        return _answer_again(used, digest, state, command)
    touched = find_touched(state, command)
    at = latest = to_micros(now)
    for id in touched:
        standing = state.account(id)
        if standing is not None and standing.last_at > latest:
            latest = standing.last_at
    if latest - at > CLOCK_SKEW:
        return refuse("time_goes_back")
    return _decide_parts(state, command, digest, latest, touched)


def _decide_parts(state: State, command: Command, digest: str, at: int, touched: set[str]) -> Answer:
    draft = state.fork()
    records: list[Record] = []

    def add(record: Record) -> None:
        draft.advance(record)
        records.append(record)

    def stamp(moment: int = at) -> Stamp:
        return Stamp(moment, command.key, "" if records else digest)

    for hold in state.due_holds(at):
        if hold.debit in touched or hold.credit in touched:
            add(record_expiry(hold, stamp(_expiry(hold))))
    for number, account in enumerate(command.accounts):
        if fault := _check_account(draft, account, number):
            return fault
        if draft.account(account.id) is None:
            add(record_account(account, stamp()))
    for number, transfer in enumerate(command.transfers):
        checked = check_leg(draft, transfer, at)
        if isinstance(checked, tuple):
            return refuse(checked[0], number, checked[1])
        add(record_transfer(checked, _held(draft, checked), stamp()))
    for number, id in enumerate(command.closes):
        if code := _check_close(draft, id):
            return refuse(code, number, id)
        add(record_close(id, stamp()))
    return Accepted(tuple(records), digest=digest)


def decide_expiry(state: State, now: dt.datetime) -> tuple[Record, ...]:
    """The release of every hold that is due."""
    return tuple(record_expiry(hold, Stamp(_expiry(hold), "")) for hold in state.due_holds(to_micros(now)))


def take_in(state: State, command: Command, answer: Answer) -> None:
    """Bring a state forward by an accepted command, for the next decision."""
    if isinstance(answer, Accepted) and answer.records and not answer.again:
        state.advance_all(answer.records)
        state.keys[command.key] = KeyUse(answer.digest, answer.records)


def find_touched(state: State, command: Command) -> set[str]:
    """The accounts that a command moves or closes, those of its holds included."""
    touched = set(command.closes)
    for transfer in command.transfers:
        touched.update((transfer.debit, transfer.credit))
        hold = state.transfer(transfer.hold) if transfer.hold else None
        if hold is not None:
            touched.update((hold.debit, hold.credit))
    touched.discard("")
    return touched


def _expiry(hold: Transfer) -> int:
    assert hold.expires is not None
    return to_micros(hold.expires)


def _held(draft: State, transfer: Transfer) -> int:
    if transfer.action in (Action.POST, Action.HOLD):
        return 0
    hold = draft.transfer(transfer.hold)
    assert hold is not None
    return hold.amount


def _check_form(command: Command, text: str) -> Refusal | None:
    if not command.key:
        return refuse("key_empty")
    if not (command.transfers or command.accounts or command.closes):
        return refuse("command_empty")
    if "\\" not in text and command.key.isprintable() and is_encodable(text):
        return None  # control characters stand escaped in canonical text
    for one in _texts(command):
        if any(c < " " for c in one) or not is_encodable(one):
            return refuse("text_unfit", -1, ascii(one))
    return None


def _texts(command: Command) -> list[str]:
    """Every text of a command."""
    found = [command.key, *command.closes]
    for a in command.accounts:
        found += [a.id, a.unit, a.kind, a.fund, a.level, a.clause, a.firm]
    for t in command.transfers:
        found += [t.id, t.debit, t.credit, t.unit, t.hold, t.cites, t.reason, t.document, t.article, t.reference]
        found += t.approvers
    return found


def _answer_again(used: KeyUse, digest: str, state: State, command: Command) -> Answer:
    """The first answer; a different content is told by its first different field."""
    if used.digest == digest:
        return Accepted(used.records, again=True, digest=used.digest)
    leg, field = find_difference(state, used.records, command)
    return refuse("key_reused", leg, field) if field else Accepted(used.records, again=True, digest=used.digest)


def _check_account(draft: State, account: Account, number: int) -> Refusal | None:
    if not account.id:
        return refuse("account_id_empty", number)
    if not account.unit:
        return refuse("account_unit_empty", number, account.id)
    if account.signers < 0:
        return refuse("account_signers_negative", number, account.id)
    known = draft.account(account.id)
    if known is not None and known.account != account:
        return refuse("account_exists_differently", number, account.id)
    return None


def _check_close(draft: State, id: str) -> str:
    standing = draft.account(id)
    if standing is None:
        return "close_unknown"
    if standing.is_closed:
        return "close_again"
    if standing.balance.debits_pending or standing.balance.credits_pending:
        return "close_has_holds"
    return ""
