"""Loading (载入): from a database into a state, only what commands touch.

Owns the queries of a decision. It decides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from kaiwu.ledger.account import Account, Balance, Limit
from kaiwu.ledger.command import Command
from kaiwu.ledger.decide import CLOCK_SKEW
from kaiwu.ledger.gateway import Gateway, Query, Row
from kaiwu.ledger.moment import to_micros
from kaiwu.ledger.record import read_record
from kaiwu.ledger.state import HoldStage, KeyUse, Standing, State
from kaiwu.ledger.transfer import Transfer

HEAD = "SELECT size, digest FROM ledger_head WHERE id = 1"
ACCOUNT_COLUMNS = (
    "id, unit, bound, kind, fund, year, level, clause, firm, signers, "
    "no, debits_pending, debits_posted, credits_pending, credits_posted, last_at, is_closed"
)
_KEYS = "SELECT key, digest, leaf, leaves FROM ledger_command WHERE key IN @"
_TRANSFER = "SELECT l.body, h.stage FROM {0} LEFT JOIN ledger_hold h ON h.id = t.id WHERE {1}"
_TRANSFERS = _TRANSFER.format("ledger_transfer t JOIN log_leaf l ON l.seq = t.seq", "t.id IN @")
_CITES = "SELECT original, reason, transfer, amount FROM ledger_cite WHERE original IN @"
_ACCOUNTS = f"SELECT {ACCOUNT_COLUMNS} FROM ledger_account WHERE id IN @"
_DUE = "SELECT l.body, h.stage FROM ledger_hold h JOIN log_leaf l ON l.seq = h.seq WHERE h.due <= ?"
_DUE_OF = f"{_DUE} AND (h.debit IN @ OR h.credit IN @)"
_BODIES = "SELECT body FROM log_leaf WHERE seq >= ? AND seq < ? ORDER BY seq"


def load_state(gateway: Gateway, commands: Sequence[Command], until: dt.datetime) -> tuple[State, bytes]:
    """A state of all that the commands touch, and the digest of the last leaf. The gateway holds the lock."""
    keys = [c.key for c in commands if c.key]
    transfers = [t for c in commands for t in c.transfers]
    cites = _clean({t.cites for t in transfers})
    ids = _clean({i for t in transfers for i in (t.id, t.hold, t.cites)})
    touched = {i for t in transfers for i in (t.debit, t.credit)}
    for command in commands:
        touched.update(command.closes, (a.id for a in command.accounts))
    wanted = _clean(touched)
    latest = to_micros(until) + CLOCK_SKEW
    queries: list[Query] = [
        (HEAD, ()),
        (_ACCOUNTS, (wanted,)),
        (_DUE_OF, (latest, wanted, wanted)),
        (_TRANSFERS, (ids,)),
    ]
    queries += [(_KEYS, (_clean(keys),)), *([(_CITES, (cites,))] if cites else [])]
    head, accounts, due, known, used, *more = gateway.ask(queries)
    state = State(size=head[0][0])
    _take_accounts(state, accounts)
    _take_transfers(state, [*known, *due])
    _take_counterparts(gateway, state, wanted, latest)
    for original, reason, transfer, amount in more[0] if more else ():
        state.cites[original, reason] = transfer
        state.cited[original] = state.cited.get(original, 0) + amount
    _take_keys(gateway, state, used)
    return state, head[0][1]


def load_due(gateway: Gateway, until: dt.datetime) -> tuple[State, bytes]:
    """A state of all holds that are due and their accounts."""
    head, due = gateway.ask([(HEAD, ()), (_DUE, (to_micros(until),))])
    state = State(size=head[0][0])
    _take_transfers(state, due)
    _take_counterparts(gateway, state, [], 0)
    return state, head[0][1]


def read_standing(row: Row) -> Standing:
    """The account of a row of ``ACCOUNT_COLUMNS``."""
    id, unit, bound, kind, fund, year, level, clause, firm, signers, no, dp, dq, cp, cq, last_at, is_closed = row
    account = Account(id, unit, Limit(bound), kind, fund, year, level, clause, firm, signers)
    return Standing(account, no, Balance(dp, dq, cp, cq), last_at, bool(is_closed))


def _clean(texts: Iterable[str]) -> list[str]:
    """Without what no stored text can equal: empty, with control characters, no valid Unicode."""
    return [
        t for t in texts if t and (t.isprintable() or ("\0" not in t and not any("\ud800" <= c <= "\udfff" for c in t)))
    ]


def _take_accounts(state: State, rows: Iterable[Row]) -> None:
    for row in rows:
        standing = read_standing(row)
        state.accounts[standing.account.id] = standing


def _take_transfers(state: State, rows: Iterable[Row]) -> None:
    for body, stage in rows:
        transfer = read_record(body).transfer
        assert transfer is not None
        if transfer.id in state.transfers:
            continue
        state.transfers[transfer.id] = transfer
        if stage is not None:
            state.stages[transfer.id] = HoldStage(stage)
            if transfer.expires is not None and stage == HoldStage.OPEN:
                state.due.append((to_micros(transfer.expires), transfer.id))
    state.due.sort()


def _take_counterparts(gateway: Gateway, state: State, known: Collection[str], latest: int) -> None:
    """The accounts of holds that the commands name, with the holds due on these; then the accounts of what is due."""
    holds = [state.transfers[id] for id in state.stages]
    missing = _accounts_of(holds) - set(known)
    if not missing:
        return
    wanted = sorted(missing)
    accounts, due = gateway.ask([(_ACCOUNTS, (wanted,)), (_DUE_OF, (latest, wanted, wanted))])
    _take_accounts(state, accounts)
    _take_transfers(state, due)
    rest = sorted(_accounts_of(state.transfers[id] for id in state.stages) - state.accounts.keys())
    if rest:
        _take_accounts(state, gateway.ask([(_ACCOUNTS, (rest,))])[0])


def _accounts_of(holds: Iterable[Transfer]) -> set[str]:
    return {id for hold in holds for id in (hold.debit, hold.credit)}


def _take_keys(gateway: Gateway, state: State, rows: Sequence[Row]) -> None:
    if rows:
        found = gateway.ask([(_BODIES, (leaf, leaf + leaves)) for _, _, leaf, leaves in rows])
        for (key, digest, _, _), bodies in zip(rows, found, strict=True):
            state.keys[key] = KeyUse(digest, tuple(read_record(body) for (body,) in bodies))
