"""The bank of a synthetic year (合成的银行): it answers a payment list with confirmations and returns, as an Excel file.

Owns the answers. Which lines are due is told; what an answer does to a claim is ``kaiwu.procedure.claim``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from kaiwu.procedure.claim.bank import Due
from kaiwu.procedure.claim.case import Payment
from kaiwu.synth.voucher_file import spell_yuan, write_plain_sheet

HEADS = ("数据性质", "申报号", "批次", "金额", "支付凭证号", "日期", "结果", "原因")


def confirm_payments(path: Path, label: str, dues: Sequence[Due], day: dt.date, first: int) -> Path:
    """The bank's confirmations (回单); the treasury's numbers count on from ``first``."""
    rows = [
        [label, due.claim, due.line.code, spell_yuan(due.line.amount), f"{label}-GK-{day:%Y}-{first + i:05d}", day.isoformat(), "支付成功", ""]
        for i, due in enumerate(dues)
    ]  # fmt: skip
    return write_plain_sheet(path, label, HEADS, rows)


def return_payments(path: Path, label: str, paid: Sequence[tuple[str, Payment]], day: dt.date, reason: str) -> Path:
    """The bank's returns (退票) of payments of claims."""
    rows = [
        [label, number, p.line, spell_yuan(p.amount), p.reference, day.isoformat(), "退票", reason]
        for number, p in paid
    ]
    return write_plain_sheet(path, label, HEADS, rows)
