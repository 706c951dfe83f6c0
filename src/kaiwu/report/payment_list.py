"""Payment lists (支付清单) and lists of arrears (清零清单) as printed: Excel and CSV.

Owns their columns. What is due is ``kaiwu.procedure.claim.bank``; no list carries a finding of a check.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.bank import Arrear, Due
from kaiwu.procedure.claim.case import STATES
from kaiwu.report.cell import Column, neutralise
from kaiwu.report.printed import Printed, write_book

_PAY = (
    Column("申报号", "claim", 12), Column("批次", "line", 16), Column("统一社会信用代码", "code", 22), Column("企业名称", "firm", 30),
    Column("开户名", "account name", 24), Column("开户行", "bank", 24), Column("账号", "account", 24), Column("金额(元)", "amount (yuan)", 16, "decimal", 2),
    Column("依据", "article", 16), Column("资金来源", "fund", 14),
)  # fmt: skip
_ARREARS = (
    Column("申报号", "claim", 12), Column("批次", "line", 16), Column("统一社会信用代码", "code", 22), Column("企业名称", "firm", 30),
    Column("金额(元)", "amount (yuan)", 16, "decimal", 2), Column("决定日期", "decided on", 12), Column("天数", "days", 8, "whole"),
    Column("状态", "state", 12),
)  # fmt: skip


def write_payment_list(folder: Path, programme: Programme, dues: Sequence[Due], day: dt.date) -> list[Path]:
    """Write the list of what may be paid now, as Excel and CSV; lines that wait are named in the notes."""
    ready = [d for d in dues if not d.waits_zh]
    funds = {f.code: f.zh for f in programme.funds}
    rows = [
        [d.claim, d.line.code, d.firm, d.firm_name, d.account.get("name", ""), d.account.get("bank", ""), d.account.get("number", ""),
         d.line.amount, d.article, funds.get(d.line.fund, d.line.fund)]
        for d in ready
    ]  # fmt: skip
    total = sum(d.line.amount for d in ready)
    waits = [f"{d.claim} {d.line.code} 暂不支付: {d.waits_zh}" for d in dues if d.waits_zh]
    facts = [f"{programme.zh} ({programme.code})", f"单位: 元; 日期: {day}; 共 {len(ready)} 笔, 合计 {_yuan(total)} 元", f"文件: {programme.document.title} {programme.document.number}"]  # fmt: skip
    return _write(
        folder, f"支付清单_{programme.code}_{day}", "支付清单", facts, _PAY, rows, waits, 7, programme.is_synthetic
    )


def write_arrears(folder: Path, title: str, arrears: Sequence[Arrear], day: dt.date, is_synthetic: bool) -> list[Path]:
    """Write what was granted and is not paid, oldest first, as Excel and CSV."""
    rows = [[a.claim, a.line.code, a.firm, a.firm_name, a.line.amount, a.since.isoformat(), a.age, STATES[a.state][0]] for a in arrears]  # fmt: skip
    total = sum(a.line.amount for a in arrears)
    facts = [title, f"单位: 元; 日期: {day}; 共 {len(arrears)} 笔, 合计 {_yuan(total)} 元"]
    return _write(folder, f"未兑付清单_{day}", "未兑付清单", facts, _ARREARS, rows, (), 4, is_synthetic)


def _write(
    folder: Path, name: str, title: str, facts: Sequence[str], columns: Sequence[Column], rows: Sequence[Sequence[Any]], notes: Sequence[str],
    amount: int, is_synthetic: bool,
) -> list[Path]:  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    book = write_book(folder / f"{name}.xlsx", [Printed(title, title, facts, columns, rows, notes, is_synthetic)])
    plain = folder / f"{name}.csv"
    with plain.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.zh for column in columns])
        for row in rows:
            writer.writerow([_yuan(v) if i == amount else neutralise(str(v)) for i, v in enumerate(row)])
    return [book, plain]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
