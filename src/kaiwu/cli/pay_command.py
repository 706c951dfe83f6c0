"""Commands about payment: kaiwu pay list, answer, arrears.

Owns arguments and printing. What is due is ``kaiwu.procedure.claim.bank``, how it is printed ``kaiwu.report``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.claim_option import by_option, on_option, open_counter, print_cases
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, speaking, workspace_option
from kaiwu.procedure.claim import Event, Session
from kaiwu.procedure.claim.bank import check_amount, list_arrears, list_due, read_answers
from kaiwu.procedure.claim.case import Case
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.report.payment_list import write_arrears, write_payment_list


@click.group("pay")
def pay_group() -> None:
    """支付: 给银行的清单、回单和退票、清零。Payment: lists for the bank, its answers, arrears."""


@pay_group.command("list")
@click.argument("programme")
@workspace_option
@on_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="写到哪个目录 / output folder"
)
@speaking
def pay_list(programme: str, workspace: Path, day: dt.date | None, out: Path | None, speaker: Speaker) -> None:
    """支付清单(Excel 和 CSV): 可付的各笔; 冻结或缺材料的列在附注。The list for the bank; what waits stands in the notes."""
    counter = open_counter(workspace, day)
    found = counter.workspace.library.programme(programme)
    with counter.desk.reading(counter.now) as session:
        cases = session.store.cases(programme)
        accounts = {c.number: _account(session, c.number) for c in cases}
    dues = list_due(found, cases, accounts)
    paths = write_payment_list(out or counter.workspace.folder / "payments", found, dues, counter.day)
    ready = [d for d in dues if not d.waits_zh]
    total = sum(d.line.amount for d in ready)
    if speaker.is_json:
        rows = [{"claim": d.claim, "line": d.line.code, "firm": d.firm, "amount_fen": d.line.amount, "waits": d.waits_zh or None} for d in dues]  # fmt: skip
        speaker.data({"rows": rows, "total_fen": total, "files": [str(p) for p in paths]})
        return
    speaker.say(f"可付 {len(ready)} 笔, 合计 {yuan(total)}; 暂不付 {len(dues) - len(ready)} 笔", f"{len(ready)} lines may be paid, {yuan(total)}; {len(dues) - len(ready)} wait")  # fmt: skip
    for path in paths:
        speaker.say(f"已写入 {path}", f"written to {path}")


def _account(session: Session, number: str) -> dict[str, str]:
    """The bank account that the firm named last."""
    for event in reversed(session.store.events(number)):
        if event.data.get("account"):
            return dict(event.data["account"])
    return {}


@pay_group.command("answer")
@click.argument("sheet", type=FILE)
@workspace_option
@by_option
@speaking
def answer(sheet: Path, workspace: Path, by: str, speaker: Speaker) -> None:
    """导入银行回单: 已付的入账, 退票的退回待付; 对不上的一笔也不入。Import the bank's answer: payments and returns, all or none."""
    rows = read_answers(sheet)
    last = max((event.day for _, _, _, event, _ in rows), default=None)
    counter = open_counter(workspace, last)
    wanted = {place: (claim, event, amount) for place, claim, _, event, amount in rows}

    def step(session: Session, place: str) -> Case:
        claim, event, amount = wanted[place]
        check_amount(session.case(claim), event, amount, place)
        return session.do(claim, Event(event.kind, event.day, by, event.data), counter.today)

    print_cases(speaker, counter.desk.do_each(list(wanted), step, now=counter.now))


@pay_group.command("arrears")
@click.argument("programme", required=False, default="")
@workspace_option
@on_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=None, help="写到哪个目录 / output folder"
)
@speaking
def arrears(programme: str, workspace: Path, day: dt.date | None, out: Path | None, speaker: Speaker) -> None:
    """清零: 已决定未支付的各笔和天数。Arrears: what was decided and is not paid, with its age."""
    counter = open_counter(workspace, day)
    with counter.desk.reading(counter.now) as session:
        cases = session.store.cases(programme)
        decided = {c.number: session.store.events(c.number)[c.decided_event].day for c in cases if c.decided_event}
    found = list_arrears(cases, decided, counter.day)
    if out is not None:
        write_arrears(out, counter.workspace.zh, found, counter.day, counter.workspace.is_synthetic)
    if speaker.is_json:
        speaker.data([{"claim": a.claim, "line": a.line.code, "firm": a.firm, "amount_fen": a.line.amount, "since": a.since, "days": a.age} for a in found])  # fmt: skip
        return
    columns = ("申报号", "批次", "企业", "金额", "决定日期", "天数") if speaker.language == "zh" else ("claim", "line", "firm", "amount", "decided on", "days")  # fmt: skip
    rows = [(a.claim, a.line.code, a.firm_name, yuan(a.line.amount), a.since, a.age) for a in found]
    total = sum(a.line.amount for a in found)
    speaker.table(speaker.pick(f"未兑付 {len(found)} 笔 {yuan(total)}", f"{len(found)} lines not paid, {yuan(total)}"), columns, rows, right=(3, 5))  # fmt: skip
