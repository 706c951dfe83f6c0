"""Plain data of accounts and transfers, and its canonical text: one line of JSON, keys sorted, nothing but text and integers.

Owns the bytes that are hashed and logged: empty fields are left out, Han characters stand as they are.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from kaiwu.ledger.account import Account, Limit
from kaiwu.ledger.moment import from_text, to_micros, to_moment, to_text
from kaiwu.ledger.transfer import Action, Transfer

canonical_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_ACCOUNT_TEXTS = ("kind", "fund", "level", "clause", "firm")
_TRANSFER_TEXTS = ("cites", "reason", "document", "article", "reference")


def account_data(account: Account) -> dict[str, Any]:
    """The fields of an account that are not empty."""
    data: dict[str, Any] = {"id": account.id, "unit": account.unit}
    if account.limit is not Limit.NONE:
        data["limit"] = str(account.limit)
    for name in _ACCOUNT_TEXTS:
        if value := getattr(account, name):
            data[name] = value
    if account.year:
        data["year"] = account.year
    if account.signers:
        data["signers"] = account.signers
    return data


def read_account(data: dict[str, Any]) -> Account:
    """The inverse of ``account_data``."""
    return Account(**{**data, "limit": Limit(data.get("limit", "none"))})


def transfer_data(transfer: Transfer) -> dict[str, Any]:
    """The fields of a transfer that are not empty."""
    t = transfer
    data: dict[str, Any] = {
        "id": t.id, "debit": t.debit, "credit": t.credit, "amount": _whole(t.amount), "unit": t.unit, "action": str(t.action),
    }  # fmt: skip
    if t.hold:
        data["hold"] = t.hold
    if t.expires is not None:
        data["expires"] = to_text(to_micros(t.expires))
    if t.cites:
        data["cites"] = t.cites
    if t.reason:
        data["reason"] = t.reason
    if t.document:
        data["document"] = t.document
    if t.article:
        data["article"] = t.article
    if t.approvers:
        data["approvers"] = list(t.approvers)
    if t.reference:
        data["reference"] = t.reference
    return data


def _whole(amount: Any) -> Any:
    """The amount itself, or its text where it is not a whole number: such a command is refused, but has a digest."""
    return amount if type(amount) is int else repr(amount)


def read_transfer(data: dict[str, Any]) -> Transfer:
    """The inverse of ``transfer_data``."""
    expires: dt.datetime | None = to_moment(from_text(data["expires"])) if "expires" in data else None
    approvers = tuple(data.get("approvers", ()))
    return Transfer(**{**data, "action": Action(data["action"]), "expires": expires, "approvers": approvers})
