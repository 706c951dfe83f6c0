"""Commands about promises: kaiwu pool promise enter, due, check, deliver.

Owns arguments and printing; the steps are ``kaiwu.procedure.pool.promise_desk``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.allot.pool.promise import WORDS
from kaiwu.cli.allot_option import by_option, day_option, out_option
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import Day, speaking, workspace_option
from kaiwu.cli.pool_option import desk_of, pool_option, table_argument
from kaiwu.procedure.pool.file import read_measures
from kaiwu.procedure.pool.promise_desk import PromiseDesk


@click.group("promise")
def promise_group() -> None:
    """用地承诺: 登记、到期、核查、履约率。Promises: entered, due, checked, delivered."""


@promise_group.command("enter")
@table_argument
@workspace_option
@pool_option
@by_option
@day_option
@speaking
def enter(source: Path, workspace: Path, code: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """登记承诺(表: contract,project,promise,amount, 可加 due)。Enter promises of contracts that were signed."""
    desk = PromiseDesk(desk_of(workspace, code))
    promises = desk.read(source)
    event = desk.enter(promises, day, by)
    speaker.say(f"{len(promises)} 项承诺, 存证第 {event.leaf} 条", f"{len(promises)} promises, log leaf {event.leaf}")


@promise_group.command("due")
@workspace_option
@pool_option
@click.option("--since", type=Day(), required=True, help="此日之后 / after this day")
@click.option("--until", type=Day(), required=True, help="到此日 / up to this day")
@speaking
def due(workspace: Path, code: str, since: dt.date, until: dt.date, speaker: Speaker) -> None:
    """到期的核查。Checks that fall due."""
    columns = ("核查日", "合同", "企业", "承诺", "数量") if speaker.language == "zh" else ("day", "contract", "firm", "promise", "amount")  # fmt: skip
    rows = [(p.due, p.contract, p.firm, speaker.pick(p.zh, p.en), p.promised) for p in PromiseDesk(desk_of(workspace, code)).due(since, until)]  # fmt: skip
    speaker.table(speaker.pick("到期承诺", "promises due"), columns, rows, right=(4,))


@promise_group.command("check")
@table_argument
@workspace_option
@pool_option
@by_option
@day_option
@speaking
def check(source: Path, workspace: Path, code: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """核查到期承诺, 差额记为欠款(表: contract,promise,amount)。Check what is due; shortfalls become debts with their clause."""
    desk = desk_of(workspace, code)
    checks = PromiseDesk(desk).check(read_measures(source, desk.rule), day, by)
    if speaker.is_json:
        speaker.data([{"promise": c.promise.id, "outcome": c.outcome, "short": c.short, "debt_fen": c.debt} for c in checks])  # fmt: skip
        return
    for found in checks:
        speaker.say(*found.tell())
    counts = {word: sum(c.outcome == word for c in checks) for word in WORDS}
    speaker.say(" ".join(f"{WORDS[w][0]} {n}" for w, n in counts.items() if n) or "没有到期的承诺", " ".join(f"{WORDS[w][1]} {n}" for w, n in counts.items() if n) or "nothing is due")  # fmt: skip


@promise_group.command("deliver")
@workspace_option
@pool_option
@out_option
@speaking
def deliver(workspace: Path, code: str, out: Path, speaker: Speaker) -> None:
    """写出企业履约率 deliveries.csv, 供供地批次折扣承诺。Write the firms' delivery ratios for a land round to discount promises by."""
    count = PromiseDesk(desk_of(workspace, code)).write_deliveries(out)
    speaker.say(f"{count} 家企业有履约记录: {out}", f"{count} firms have a record: {out}")
