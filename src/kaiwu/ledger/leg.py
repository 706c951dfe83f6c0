"""One leg (分录): the checks of a transfer against a state, each fault in its place of falling precedence.

Owns what makes a single transfer possible. The order agrees with that of the published two-phase tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kaiwu.ledger.account import Limit, count_people
from kaiwu.ledger.command import Command
from kaiwu.ledger.moment import to_micros, to_moment
from kaiwu.ledger.record import Kind, Record
from kaiwu.ledger.state import HoldStage, Standing, State
from kaiwu.ledger.transfer import ALL, INT64_MAX, Action, Transfer

Fault = tuple[str, str]  # code, detail
_PLAIN = (Action.POST, Action.HOLD)
# In the order in which a difference is told.
_FIELDS = ("id", "action", "debit", "credit", "amount", "hold", "unit", "document", "article", "reason", "expires", "reference", "cites", "approvers")  # fmt: skip


def check_leg(state: State, transfer: Transfer, at: int) -> Transfer | Fault:
    """The transfer complete with what its hold gives it, or the first fault."""
    if not transfer.id:
        return "id_empty", ""
    if state.transfer(transfer.id) is not None:
        return "id_exists", transfer.id
    if transfer.action in _PLAIN:
        return _check_plain(state, transfer, at)
    return _check_of_hold(state, transfer)


def find_difference(state: State, records: Sequence[Record], command: Command) -> tuple[int, str]:
    """The first leg and field in which a command differs from what its key recorded; ``(-1, "")`` where it is the same
    after its holds have completed it (``ALL`` and the amount that it meant are the same)."""
    made = [r.transfer for r in records if r.kind is Kind.TRANSFER and r.transfer is not None]
    if len(made) != len(command.transfers):
        return -1, "transfers"
    for number, (old, new) in enumerate(zip(made, command.transfers, strict=True)):
        hold = state.transfer(new.hold) if new.hold and new.hold == old.hold else None
        complete = _in_china_time(_complete(new, hold) if hold is not None else new)
        for field in _FIELDS:
            if getattr(complete, field) != getattr(old, field):
                return number, field
    if [r.closed for r in records if r.kind is Kind.CLOSE] != list(command.closes):
        return -1, "closes"
    known = [state.account(account.id) for account in command.accounts]
    if [k.account if k else None for k in known] != list(command.accounts):
        return -1, "accounts"
    return -1, ""


def _check_plain(state: State, t: Transfer, at: int) -> Transfer | Fault:
    if code := _check_shape(t):
        return code, ""
    debit, credit = state.account(t.debit), state.account(t.credit)
    if debit is None:
        return "debit_unknown", t.debit
    if credit is None:
        return "credit_unknown", t.credit
    if debit.account.unit != credit.account.unit:
        return "units_differ", f"{debit.account.unit}, {credit.account.unit}"
    if t.unit != debit.account.unit:
        return "unit_not_of_accounts", t.unit
    fault = (
        _check_closed(debit, credit)
        or _check_signers(t, debit, credit)
        or (_check_cite(state, t) if t.cites else None)
        or _check_width(t, debit, credit)
    )
    if fault:
        return fault
    if t.expires is not None and to_micros(t.expires) <= at:
        return "expires_past", t.expires.isoformat()
    return _check_limits(t, debit, credit) or _in_china_time(t)


def _in_china_time(t: Transfer) -> Transfer:
    """The same moment in the one zone in which records are kept."""
    return t if t.expires is None else replace(t, expires=to_moment(to_micros(t.expires)))


def _check_shape(t: Transfer) -> str:
    """What can be seen from the transfer alone."""
    if not t.debit:
        return "debit_empty"
    if not t.credit:
        return "credit_empty"
    if t.debit == t.credit:
        return "accounts_same"
    if t.hold:
        return "hold_not_expected"
    if t.expires is not None and t.action is Action.POST:
        return "expires_not_expected"
    return _check_amount(t) or ("" if t.unit else "unit_empty")


def _check_amount(t: Transfer) -> str:
    if type(t.amount) is not int:
        return "amount_not_whole"
    if t.amount < 0:
        return "amount_negative"
    if t.amount == 0 and t.action is not Action.VOID_HOLD:
        return "amount_zero"
    return "amount_too_large" if t.amount > INT64_MAX else ""


def _check_closed(debit: Standing, credit: Standing) -> Fault | None:
    if debit.is_closed:
        return "debit_closed", debit.account.id
    return ("credit_closed", credit.account.id) if credit.is_closed else None


def _check_signers(t: Transfer, debit: Standing, credit: Standing) -> Fault | None:
    needed = max(debit.account.signers, credit.account.signers)
    if needed == 0:
        return None
    present = count_people(t.approvers)
    return None if present >= needed else ("signers_missing", f"{present} < {needed}")


def _check_cite(state: State, t: Transfer) -> Fault | None:
    if not t.reason:
        return "cite_reason_empty", t.cites
    original = state.transfer(t.cites)
    if original is None:
        return "cite_unknown", t.cites
    if original.action not in (Action.POST, Action.POST_HOLD):
        return "cite_not_posted", t.cites
    if original.unit != t.unit:
        return "cite_unit_differs", f"{t.unit}, {original.unit}"
    if earlier := state.cite(t.cites, t.reason):
        return "cite_repeated", earlier
    rest = original.amount - state.cited_sum(t.cites)
    return None if t.amount <= rest else ("cite_exceeds", f"{t.amount} > {rest}")


def _check_width(t: Transfer, debit: Standing, credit: Standing) -> Fault | None:
    """No sum may pass 64 bits."""
    d, c = debit.balance, credit.balance
    room = INT64_MAX - t.amount
    if t.action is Action.HOLD:
        if d.debits_pending > room:
            return "overflows_debits_pending", t.debit
        if c.credits_pending > room:
            return "overflows_credits_pending", t.credit
    if d.debits_posted > room:
        return "overflows_debits_posted", t.debit
    if c.credits_posted > room:
        return "overflows_credits_posted", t.credit
    if d.debits_pending + d.debits_posted > room:
        return "overflows_debits", t.debit
    return ("overflows_credits", t.credit) if c.credits_pending + c.credits_posted > room else None


def _check_limits(t: Transfer, debit: Standing, credit: Standing) -> Fault | None:
    if debit.account.limit is Limit.DEBITS_WITHIN_CREDITS:
        b = debit.balance
        rest = b.credits_posted - b.debits_pending - b.debits_posted
        if t.amount > rest:
            return "exceeds_credits", f"{t.debit}: {t.amount} > {rest}"
    if credit.account.limit is Limit.CREDITS_WITHIN_DEBITS:
        b = credit.balance
        rest = b.debits_posted - b.credits_pending - b.credits_posted
        if t.amount > rest:
            return "exceeds_debits", f"{t.credit}: {t.amount} > {rest}"
    return None


def _check_of_hold(state: State, t: Transfer) -> Transfer | Fault:
    if not t.hold:
        return "hold_empty", ""
    if t.hold == t.id:
        return "hold_is_itself", t.id
    if t.expires is not None:
        return "expires_not_expected", ""
    if code := _check_amount(t):
        return code, ""
    hold = state.transfer(t.hold)
    if hold is None:
        return "hold_unknown", t.hold
    if hold.action is not Action.HOLD:
        return "hold_not_pending", t.hold
    if fault := _check_against_hold(t, hold, state.stage(t.hold)):
        return fault
    whole = _complete(t, hold)
    debit, credit = state.account(hold.debit), state.account(hold.credit)
    assert debit is not None and credit is not None
    fault = (
        (_check_closed(debit, credit) if t.action is Action.POST_HOLD else None)
        or _check_signers(t, debit, credit)
        or (_check_cite(state, whole) if t.cites else None)
    )
    return fault or whole


def _check_against_hold(t: Transfer, hold: Transfer, stage: HoldStage | None) -> Fault | None:
    if t.debit and t.debit != hold.debit:
        return "hold_debit_differs", f"{t.debit}, {hold.debit}"
    if t.credit and t.credit != hold.credit:
        return "hold_credit_differs", f"{t.credit}, {hold.credit}"
    if t.unit and t.unit != hold.unit:
        return "hold_unit_differs", f"{t.unit}, {hold.unit}"
    amount = _complete(t, hold).amount
    if amount > hold.amount:
        return "hold_exceeded", f"{amount} > {hold.amount}"
    if t.action is Action.VOID_HOLD and amount != hold.amount:
        return "hold_amount_differs", f"{amount}, {hold.amount}"
    if stage is HoldStage.OPEN:
        return None
    return f"hold_{stage}", t.hold


def _complete(t: Transfer, hold: Transfer) -> Transfer:
    """What is left empty is the hold's; the amount of a void, and ``ALL``, is the whole hold."""
    is_whole = t.amount == ALL if t.action is Action.POST_HOLD else t.amount == 0
    return replace(
        t, debit=t.debit or hold.debit, credit=t.credit or hold.credit, unit=t.unit or hold.unit,
        amount=hold.amount if is_whole else t.amount,
    )  # fmt: skip
