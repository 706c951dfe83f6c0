"""Transfers (转账): one amount from one account to another, at once or held first.

Owns their shape. Whether one is possible is decided in ``decide``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

INT64_MAX = 2**63 - 1
ALL = INT64_MAX  # as the amount of POST_HOLD: the whole hold


class Action(StrEnum):
    """What a transfer does (动作)."""

    POST = "post"  # 记账
    HOLD = "hold"  # 冻结: pending until posted, voided or expired
    POST_HOLD = "post_hold"  # 兑付冻结: the amount is posted, the rest of the hold is released
    VOID_HOLD = "void_hold"  # 解冻


@dataclass(frozen=True, slots=True)
class Transfer:
    """One leg. Debit and credit grow by ``amount`` whole units.

    ``POST_HOLD`` and ``VOID_HOLD`` name a ``hold``; there empty ``debit``, ``credit`` and ``unit`` mean those of the
    hold, ``ALL`` posts all of it, and a void has amount 0 or the hold's. ``expires`` is of a HOLD only. ``cites`` names
    the transfer that this one corrects, claws back or returns: once per original and ``reason``, and never more in
    sum than the original. ``reference`` is the treasury's or bank's number (国库支付单号).
    """

    id: str
    debit: str
    credit: str
    amount: int
    unit: str
    action: Action = Action.POST
    hold: str = ""
    expires: dt.datetime | None = None
    cites: str = ""
    reason: str = ""
    document: str = ""
    article: str = ""
    approvers: tuple[str, ...] = ()
    reference: str = ""

    def __post_init__(self) -> None:
        """An action may be given as its text. Raises ``ValueError`` where there is no such action."""
        if type(self.action) is not Action:
            object.__setattr__(self, "action", Action(self.action))
