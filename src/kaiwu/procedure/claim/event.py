"""Events of a claim (兑付事件): what happened, on which day, signed by whom. A case is nothing but its events.

Owns the names of events and their canonical bytes. What an event may follow is ``advance``; what it leaves is ``case``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What can happen to a claim, in the order of a working life."""

    CONTRACT = "contract"  # 合同备案
    WORK = "work"  # 履约
    SPENT = "spent"  # 企业已付款
    CLAIM = "claim"  # 申报
    GRANT = "grant"  # 免申即享: the office opens the case itself
    COMPLETE = "complete"  # 材料齐全
    RETURN = "return"  # 退回补正
    CHECK = "check"  # 核验
    ANSWER = "answer"  # 核验疑点处置
    ASSESS = "assess"  # 核定档次与上限
    APPROVE = "approve"  # 审批一环
    REFUSE = "refuse"  # 不予支持
    WITHDRAW = "withdraw"  # 撤回
    PUBLISH = "publish"  # 公示
    RELEASE = "release"  # 公示期满
    OBJECT = "object"  # 异议
    CLOSE_OBJECTION = "close_objection"  # 异议办结
    ACCEPT = "accept"  # 分期的验收材料
    PAY = "pay"  # 国库支付
    BANK_RETURN = "bank_return"  # 银行退票
    SURVEY = "survey"  # 绩效调查
    CLAW_BACK = "claw_back"  # 追回
    RECOVER = "recover"  # 追回款到账


LABELS: Mapping[str, tuple[str, str]] = {
    "contract": ("合同备案", "contract filed"), "work": ("履约", "work done"), "spent": ("企业已付款", "paid by the firm"), "claim": ("申报", "claimed"),
    "grant": ("免申即享立案", "opened without a claim"), "complete": ("材料齐全", "complete"), "return": ("退回补正", "returned for correction"),
    "check": ("核验", "checked"), "answer": ("疑点处置", "finding answered"), "assess": ("核定金额", "assessed"), "approve": ("审批", "approved"),
    "refuse": ("不予支持", "refused"), "withdraw": ("撤回", "withdrawn"), "publish": ("公示", "published"), "release": ("公示期满", "notice over"), "object": ("收到异议", "objected to"),
    "close_objection": ("异议办结", "objection closed"), "accept": ("补交验收材料", "accepted"), "pay": ("国库支付", "paid"),
    "bank_return": ("银行退票", "returned by the bank"), "survey": ("绩效调查", "surveyed"), "claw_back": ("追回", "claimed back"),
    "recover": ("追回款到账", "recovered"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``data`` holds text, whole numbers, flags, and lists and mappings of these; never a float."""

    kind: str
    day: dt.date
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def body(self, claim: str, number: int) -> bytes:
        """The canonical bytes that are stored and enter the log: one JSON line with sorted keys."""
        plain = {"claim": claim, "event": number, "kind": self.kind, "day": self.day.isoformat(), "by": self.by, "data": self.data}  # fmt: skip
        refuse_floats(self.data)
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_event(body: bytes | str) -> Event:
    """The event of its canonical bytes."""
    plain = json.loads(body)
    return Event(plain["kind"], dt.date.fromisoformat(plain["day"]), plain["by"], plain["data"])


def refuse_floats(value: Any) -> None:
    """Raise ``TypeError`` where a float stands in an event's data."""
    if isinstance(value, float):
        raise TypeError("a float has no place in an event: write fen or text")
    if isinstance(value, Mapping):
        for part in value.values():
            refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            refuse_floats(part)
