"""The officer's work on a claim: kaiwu claim complete, check, answer, import-paid, import-parties.

Owns arguments and printing; the checks are ``kaiwu.procedure.claim.check``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.claim_option import (
    by_option,
    numbers_argument,
    on_option,
    open_counter,
    print_cases,
    reason_option,
)
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, speaking, workspace_option
from kaiwu.procedure.claim import State
from kaiwu.procedure.claim.event import EventKind
from kaiwu.procedure.claim.paid_list import read_paid, read_parties


@click.command("complete")
@numbers_argument
@workspace_option
@by_option
@on_option
@speaking
def complete(numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, speaker: Speaker) -> None:
    """材料齐全。The materials are complete."""
    print_cases(speaker, open_counter(workspace, day).do(numbers, EventKind.COMPLETE, by, {}))


@click.command("check")
@click.argument("numbers", nargs=-1)
@workspace_option
@by_option
@on_option
@click.option("--programme", default="", help="核验该方案全部材料齐全的申报 / all complete claims of a programme")
@speaking
def check(
    numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, programme: str, speaker: Speaker
) -> None:
    """核验: 重复发票、拆分合同、关联方、日期; 疑点只给经办人看。Run the checks; findings are for the officer only."""
    counter = open_counter(workspace, day)
    with counter.desk.reading(counter.now) as session:
        around = session.around()
    wanted = numbers or [c.number for c in around.cases if c.state == State.COMPLETE and c.programme == programme]
    cases = counter.each(wanted, lambda s, n: s.check(n, around, day=counter.day, by=by, today=counter.today))
    covered = around.coverage([programme] if programme else [])
    if speaker.is_json:
        reports = [{"claim": c.number, **c.report.to_data(), "ids": [f.id for f in c.report.findings]} for c in cases if c.report]  # fmt: skip
        speaker.data(reports)
        return
    names = "、".join((*covered.programmes, *covered.lists)) or "-"
    speaker.say(
        f"核验范围: {names}; {covered.first} 至 {covered.last}", f"covered: {names}; {covered.first} to {covered.last}"
    )
    for case in cases:
        for finding in case.report.findings if case.report else ():
            speaker.say(f"{case.number} [{finding.id}] {finding.severity} {finding.zh}", f"{case.number} [{finding.id}] {finding.severity} {finding.en}")  # fmt: skip
    print_cases(speaker, cases)


@click.command("answer")
@click.argument("number")
@click.argument("finding")
@workspace_option
@by_option
@on_option
@reason_option
@click.option("--cleared/--confirmed", "is_cleared", default=True, help="排除或查实 / cleared or confirmed")
@speaking
def answer(number: str, finding: str, workspace: Path, by: str, day: dt.date | None, reason: str, is_cleared: bool, speaker: Speaker) -> None:  # fmt: skip
    """处置一个疑点。Answer a finding."""
    data = {"finding": finding, "outcome": "cleared" if is_cleared else "confirmed", "reason": reason}
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.ANSWER, by, data))


@click.command("import-paid")
@click.argument("sheet", type=FILE)
@workspace_option
@speaking
def import_paid(sheet: Path, workspace: Path, speaker: Speaker) -> None:
    """导入其他部门、层级的已兑付清单, 供查重。Import the paid list of another office or level."""
    counter = open_counter(workspace, None)
    digest, rows = read_paid(sheet)
    with counter.desk.session(counter.now) as session:
        is_new = session.store.add_paid(digest, rows)
    if speaker.is_json:
        speaker.data({"rows": len(rows), "new": is_new, "digest": digest})
    speaker.say(f"{len(rows)} 行" + ("" if is_new else ", 此文件已导入过"), f"{len(rows)} rows" + ("" if is_new else "; this file was imported before"))  # fmt: skip


@click.command("import-parties")
@click.argument("sheet", type=FILE)
@workspace_option
@speaking
def import_parties(sheet: Path, workspace: Path, speaker: Speaker) -> None:
    """导入企业人员(只存加盐摘要)和地址, 供关联方核验。Import persons (as salted digests only) and addresses of firms."""
    counter = open_counter(workspace, None)
    parties = read_parties(sheet, counter.desk.witness.secret)
    with counter.desk.session(counter.now) as session:
        session.store.add_parties(parties)
    if speaker.is_json:
        speaker.data({"firms": len(parties)})
    speaker.say(f"{len(parties)} 家", f"{len(parties)} firms")
