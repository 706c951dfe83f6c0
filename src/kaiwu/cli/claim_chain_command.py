"""The later steps of ``kaiwu claim``: approve, return, refuse, publish, release, object, pay, survey, claw-back, prove.

Owns their arguments.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.claim_option import (
    by_option,
    numbers_argument,
    on_option,
    open_counter,
    print_cases,
    read_pairs,
    reason_option,
)
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure.claim import EventKind, State
from kaiwu.procedure.claim.invoice import read_fen


@click.command("approve")
@numbers_argument
@workspace_option
@by_option
@on_option
@click.option("--stage", default="", help="环节代码, 用来核对 / code of the stage, to be sure")
@click.option("--minutes", default="", help="会议纪要编号 / number of the minutes")
@click.option("--department", default="", help="联审部门 / department of a joint review")
@speaking
def approve(
    numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, stage: str, minutes: str, department: str, speaker: Speaker
) -> None:  # fmt: skip
    """签署下一环节。Sign the next stage of the chain."""
    data = {"stage": stage, "minutes": minutes, "department": department}
    print_cases(speaker, open_counter(workspace, day).do(numbers, EventKind.APPROVE, by, data))


def _make_stop(name: str, kind: EventKind, zh: str, en: str) -> click.Command:
    @click.command(name, help=f"{zh} {en}")
    @numbers_argument
    @workspace_option
    @by_option
    @on_option
    @reason_option
    @speaking
    def stop(
        numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, reason: str, speaker: Speaker
    ) -> None:
        print_cases(speaker, open_counter(workspace, day).do(numbers, kind, by, {"reason": reason}))

    return stop


send_back = _make_stop("return", EventKind.RETURN, "退回补正。", "Return for correction.")
refuse = _make_stop("refuse", EventKind.REFUSE, "不予支持。", "Refuse.")
withdraw = _make_stop("withdraw", EventKind.WITHDRAW, "企业撤回。", "Withdraw.")


@click.command("publish")
@click.argument("programme")
@click.argument("numbers", nargs=-1)
@workspace_option
@by_option
@on_option
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=None,
    help="公示天数, 方案未写时 / days, where the programme has none",
)
@click.option("--ground", default="", help="天数的依据 / ground for the days")
@speaking
def publish(
    programme: str, numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, days: int | None, ground: str, speaker: Speaker
) -> None:  # fmt: skip
    """公示已决定的申报: 先签日志检查点。Publish decided claims; a checkpoint of the log is signed first."""
    counter = open_counter(workspace, day)
    notice, cases = counter.desk.publish(
        counter.workspace.library.programme(programme), numbers, day=counter.day, by=by, today=counter.today, now=counter.now, days=days,
        ground=ground,
    )  # fmt: skip
    ends, checkpoint = cases[0].window_ends, cases[0].checkpoint
    if speaker.is_json:
        speaker.data({"notice": notice, "claims": [c.number for c in cases], "window_ends": str(ends), "checkpoint": checkpoint["text"], "key": checkpoint["key"]})  # fmt: skip
        return
    speaker.say(f"公示 {notice}: {len(cases)} 件, 至 {ends}", f"notice {notice}: {len(cases)} claims, until {ends}")
    speaker.say(f"公钥 {checkpoint['key']}", f"public key {checkpoint['key']}")


@click.command("release")
@click.argument("numbers", nargs=-1)
@workspace_option
@by_option
@on_option
@click.option(
    "--programme", default="", help="该方案公示期满且无异议的全部申报 / all whose window is over and without objection"
)
@speaking
def release(
    numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, programme: str, speaker: Speaker
) -> None:
    """公示期满。The window of the notice is over."""
    counter = open_counter(workspace, day)
    if not numbers:
        with counter.desk.reading(counter.now) as session:
            numbers = tuple(
                c.number for c in session.store.cases(programme)
                if programme and c.state == State.PUBLISHED and not c.open_objections and c.window_ends and c.window_ends < counter.day
            )  # fmt: skip
    print_cases(speaker, counter.do(numbers, EventKind.RELEASE, by, {}))


@click.command("object")
@click.argument("number")
@workspace_option
@by_option
@on_option
@reason_option
@speaking
def object_to(number: str, workspace: Path, by: str, day: dt.date | None, reason: str, speaker: Speaker) -> None:
    """收到异议: 只冻结本件。An objection: it freezes this claim only."""
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.OBJECT, by, {"reason": reason}))


@click.command("close-objection")
@click.argument("number")
@click.argument("objection")
@workspace_option
@by_option
@on_option
@reason_option
@click.option("--upheld/--rejected", "is_upheld", required=True, help="成立或不成立 / upheld or rejected")
@speaking
def close_objection(
    number: str, objection: str, workspace: Path, by: str, day: dt.date | None, reason: str, is_upheld: bool, speaker: Speaker
) -> None:  # fmt: skip
    """异议办结。Close an objection."""
    data = {"objection": objection, "is_upheld": is_upheld, "reason": reason}
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.CLOSE_OBJECTION, by, data))


@click.command("accept")
@click.argument("number")
@click.argument("materials", nargs=-1, required=True)
@workspace_option
@by_option
@on_option
@speaking
def accept(
    number: str, materials: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, speaker: Speaker
) -> None:
    """收到分期支付的材料(代码=编号)。Later materials of an instalment (code=number)."""
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.ACCEPT, by, {"materials": read_pairs(materials)}))  # fmt: skip


@click.command("pay")
@click.argument("number")
@click.argument("line")
@workspace_option
@by_option
@on_option
@click.option("--reference", required=True, help="国库支付凭证号 / the treasury's number")
@speaking
def pay(
    number: str, line: str, workspace: Path, by: str, day: dt.date | None, reference: str, speaker: Speaker
) -> None:
    """国库支付一笔(批次/资金)。The treasury has paid one line (instalment/fund)."""
    data = {"line": line, "reference": reference}
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.PAY, by, data))


@click.command("bank-return")
@click.argument("number")
@click.argument("line")
@workspace_option
@by_option
@on_option
@reason_option
@click.option("--reference", default="", help="国库支付凭证号 / the treasury's number")
@speaking
def bank_return(number: str, line: str, workspace: Path, by: str, day: dt.date | None, reason: str, reference: str, speaker: Speaker) -> None:  # fmt: skip
    """银行退票。The bank sent a payment back."""
    data = {"line": line, "reference": reference, "reason": reason}
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.BANK_RETURN, by, data))


@click.command("survey")
@click.argument("number")
@click.argument("answers", nargs=-1)
@workspace_option
@by_option
@on_option
@speaking
def survey(
    number: str, answers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, speaker: Speaker
) -> None:
    """绩效调查(问题=回答)。The effect survey (question=answer)."""
    print_cases(
        speaker, open_counter(workspace, day).do([number], EventKind.SURVEY, by, {"answers": read_pairs(answers)})
    )


@click.command("claw-back")
@click.argument("number")
@click.argument("rule")
@workspace_option
@by_option
@on_option
@reason_option
@click.option("--amount", default="", help="金额(元), 方案未写比例时 / yuan, where the programme has no share")
@click.option("--second", required=True, help="复核人, 与决定人不同 / who confirms it, another person")
@speaking
def claw_back(number: str, rule: str, workspace: Path, by: str, day: dt.date | None, reason: str, amount: str, second: str, speaker: Speaker) -> None:  # fmt: skip
    """决定追回。Decide to claim money back."""
    data: dict[str, Any] = {"rule": rule, "reason": reason, "second": second}
    if amount:
        data["amount"] = read_fen(amount)
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.CLAW_BACK, by, data))


@click.command("recover")
@click.argument("number")
@click.argument("rule")
@workspace_option
@by_option
@on_option
@click.option("--reference", required=True, help="缴款书编号 / number of the payment order")
@click.option("--amount", default="", help="金额(元), 默认全部 / yuan, default all of it")
@speaking
def recover(number: str, rule: str, workspace: Path, by: str, day: dt.date | None, reference: str, amount: str, speaker: Speaker) -> None:  # fmt: skip
    """追回款到账。Money claimed back has come in."""
    data: dict[str, Any] = {"rule": rule, "reference": reference}
    if amount:
        data["amount"] = read_fen(amount)
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.RECOVER, by, data))


@click.command("prove")
@click.argument("number")
@click.argument("event", type=click.IntRange(0))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@speaking
def prove(number: str, event: int, out: Path, workspace: Path, speaker: Speaker) -> None:
    """为申报的一个事件出具证明文件(从 0 数), 供 kaiwu verify。Write the proof file of one event of a claim."""
    counter = open_counter(workspace, None)
    out.write_text(counter.desk.prove(number, event, counter.now), encoding="utf-8")
    if speaker.is_json:
        speaker.data({"path": str(out)})
    speaker.say(f"已写入 {out}", f"written to {out}")
