"""Commands about the book of a workspace: kaiwu ledger trial, statement, accounts, audit.

Owns arguments and printing; ``kaiwu.ledger`` answers.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.claim_option import on_option, open_counter
from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.log_command import audit
from kaiwu.cli.option import Day, speaking, workspace_option
from kaiwu.ledger import SqliteBook
from kaiwu.ledger.moment import CHINA
from kaiwu.procedure import open_workspace
from kaiwu.procedure.claim.closing import close_year, correct_entry
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.quantity import KaiwuError, Problem

at_option = click.option("--at", "day", type=Day(), default=None, help="截至某日 / as of the end of a day")
LAST = dt.time(23, 59, 59, 999_999)


def open_book(workspace: Path) -> SqliteBook:
    """The book of a workspace."""
    return open_workspace(workspace).witness.book


def _moment(day: dt.date | None) -> dt.datetime | None:
    """The end of a day in China, wherever the machine stands."""
    return None if day is None else dt.datetime.combine(day, LAST, CHINA)


@click.group("ledger")
def ledger_group() -> None:
    """账本: 试算平衡、对账单、账户、稽核。The book: trial balance, statements, accounts, audit."""


@ledger_group.command("trial")
@workspace_option
@at_option
@speaking
def trial(workspace: Path, day: dt.date | None, speaker: Speaker) -> None:
    """试算平衡: 每种单位借贷之差为零。The trial balance of every unit."""
    totals = open_book(workspace).trial_balance(_moment(day))
    if speaker.is_json:
        speaker.data([{**t._asdict(), "difference": t.difference} for t in totals])
    else:
        columns = ("单位", "借方", "贷方", "差额", "冻结") if speaker.language == "zh" else ("unit", "debits", "credits", "difference", "pending")  # fmt: skip
        rows = [(t.unit, t.debits, t.credits, t.difference, t.debits_pending) for t in totals]
        speaker.table(speaker.pick("试算平衡", "trial balance"), columns, rows, right=(1, 2, 3, 4))
    if not all(t.is_balanced for t in totals):
        raise SystemExit(EXIT_DIFFERENT)


@ledger_group.command("accounts")
@workspace_option
@at_option
@click.option("--kind", default="", help="账户类别 / kind")
@click.option("--fund", default="", help="资金来源 / fund")
@click.option("--year", type=int, default=None, help="年度 / year")
@click.option("--level", default="", help="层级 / level")
@click.option("--clause", default="", help="条款 / clause")
@click.option("--firm", default="", help="企业 / firm")
@speaking
def accounts(
    workspace: Path, day: dt.date | None, kind: str, fund: str, year: int | None, level: str, clause: str, firm: str, speaker: Speaker
) -> None:  # fmt: skip
    """列出账户和余额。List accounts and their balances."""
    book = open_book(workspace)
    wanted: dict[str, Any] = {"kind": kind, "fund": fund, "year": year, "level": level, "clause": clause, "firm": firm}
    found = book.accounts(**{k: v for k, v in wanted.items() if v})
    balances = [(a, book.balance(a.id, _moment(day))) for a in found]
    if speaker.is_json:
        speaker.data([{"id": a.id, "unit": a.unit, "kind": a.kind, **b._asdict(), "available": b.available} for a, b in balances])  # fmt: skip
        return
    columns = ("账户", "单位", "借方", "贷方", "冻结借", "可用") if speaker.language == "zh" else ("account", "unit", "debits", "credits", "held", "available")  # fmt: skip
    rows = [(a.id, a.unit, b.debits_posted, b.credits_posted, b.debits_pending, b.available) for a, b in balances]
    speaker.table(speaker.pick("账户", "accounts"), columns, rows, right=(2, 3, 4, 5))


@ledger_group.command("statement")
@click.argument("account")
@workspace_option
@click.option("--since", type=Day(), default=None, help="自某日 / from a day")
@click.option("--until", type=Day(), default=None, help="至某日止 / up to the end of a day")
@speaking
def statement(account: str, workspace: Path, since: dt.date | None, until: dt.date | None, speaker: Speaker) -> None:
    """对账单: 每笔的对方账户、文件、条款、签署人和余额。The statement of an account."""
    book = open_book(workspace)
    if not any(a.id == account for a in book.accounts()):
        zh, en = (
            f"没有账户“{account}”; 用 kaiwu ledger accounts 查看",
            f"there is no account “{account}”: see kaiwu ledger accounts",
        )
        raise KaiwuError(Problem("CL-ACCOUNT", zh, en))
    first = None if since is None else dt.datetime.combine(since, dt.time(), CHINA)
    lines = book.statement(account, first, _moment(until))
    if speaker.is_json:
        speaker.data([{**line._asdict(), "balance": line.balance._asdict()} for line in lines])
        return
    heads_zh = ("时间", "分录", "动作", "对方", "借", "贷", "可用", "文件", "条款", "签署", "凭证号")
    heads_en = (
        "at",
        "entry",
        "action",
        "counter",
        "debit",
        "credit",
        "available",
        "document",
        "article",
        "signed",
        "reference",
    )
    rows = [
        (
            line.at.strftime("%Y-%m-%d %H:%M"), line.id, line.action, line.counter, _side(line, True), _side(line, False),
            line.balance.available, line.document, line.article, "、".join(line.approvers), line.reference,
        )
        for line in lines
    ]  # fmt: skip
    speaker.table(account, heads_zh if speaker.language == "zh" else heads_en, rows, right=(4, 5, 6))


def _side(line: Any, is_debit: bool) -> str:
    if line.is_debit != is_debit:
        return ""
    return f"{line.posted}" if not line.pending else f"{line.posted} ({line.pending:+})"


ledger_group.add_command(audit)
by_option = click.option("--by", "people", multiple=True, required=True, help="经办和复核, 两人 / two persons")


@ledger_group.command("close")
@click.argument("programme")
@workspace_option
@on_option
@click.option("--document", required=True, help="结账文号 / closing document")
@click.option(
    "--carry",
    "is_carried",
    is_flag=True,
    help="余额结转下年, 否则收回 / carry the rest into the next year; otherwise it lapses",
)
@by_option
@speaking
def close(
    programme: str, workspace: Path, day: dt.date | None, document: str, is_carried: bool, people: tuple[str, ...], speaker: Speaker
) -> None:  # fmt: skip
    """年终结账: 关闭方案各资金池, 余额收回或结转; 还有预留的拒绝。Close the pots of a programme's year."""
    counter = open_counter(workspace, day)
    with counter.desk.session(counter.now) as session:
        wanted = counter.workspace.library.programme(programme)
        rests = close_year(session, wanted, document, people, is_carried=is_carried)
    if speaker.is_json:
        speaker.data({"programme": programme, "carried": is_carried, "rest_fen": rests})
        return
    for fund, rest in rests.items():
        told = ("结转", "carried over") if is_carried else ("收回", "lapsed")
        speaker.say(
            f"{programme} {fund}: 已结账, {told[0]} {yuan(rest)}", f"{programme} {fund}: closed, {yuan(rest)} {told[1]}"
        )


@ledger_group.command("correct")
@click.argument("entry")
@workspace_option
@on_option
@click.option("--document", required=True, help="依据文号 / document")
@click.option("--reason", required=True, help="理由 / reason")
@by_option
@speaking
def correct(
    entry: str, workspace: Path, day: dt.date | None, document: str, reason: str, people: tuple[str, ...], speaker: Speaker
) -> None:  # fmt: skip
    """更正误下达的指标: 反向记一笔并引用原分录, 每笔一次。Put wrongly entered budget right: a reversal that cites it, once."""
    counter = open_counter(workspace, day)
    with counter.desk.session(counter.now) as session:
        amount = correct_entry(session, entry, document, reason, people)
    if speaker.is_json:
        speaker.data({"entry": entry, "reversed_fen": amount})
        return
    speaker.say(f"已更正 {entry}: 冲回 {yuan(amount)}", f"{entry} corrected: {yuan(amount)} reversed")
