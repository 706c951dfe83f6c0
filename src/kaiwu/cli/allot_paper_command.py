"""Papers of a land round: ``kaiwu allot notice``, ``page``; and ``verify``, which needs no workspace.

Owns arguments and files; the pages are ``kaiwu.report.allot_page``, the checker is ``kaiwu.allot.checker``.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from kaiwu.allot.checker import check_record
from kaiwu.cli.allot_option import day_option, desk_of, out_option, round_argument
from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.allot_page import render_applicant, render_notice
from kaiwu.report.allot_site import make_paper


@click.command("notice")
@round_argument
@workspace_option
@click.option("--signer", default="", help="签发人; 不写则为草案 / who signs; without one it is a draft")
@click.option("--issuer", default="", help="落款单位 / issuing office")
@out_option
@day_option
@speaking
def notice(
    round_code: str, workspace: Path, signer: str, issuer: str, out: Path, day: dt.date, speaker: Speaker
) -> None:
    """供地优先序公示和公开出让公告草案; 有签发人则登记为已公示。The notice with the draft of the sale; signed, it is logged."""
    desk = desk_of(workspace)
    page = render_notice(make_paper(desk, round_code), signer=signer, issuer=issuer, language=speaker.language)
    out.write_text(page, encoding="utf-8")
    if signer.strip():
        event = desk.notice(round_code, day, signer, page.encode())
        speaker.say(f"已公示, 存证第 {event.leaf} 条: {out}", f"noticed, log leaf {event.leaf}: {out}")
        return
    speaker.say(f"草案 {out}", f"draft {out}")


@click.command("page")
@round_argument
@click.argument("applicant")
@workspace_option
@out_option
@speaking
def page(round_code: str, applicant: str, workspace: Path, out: Path, speaker: Speaker) -> None:
    """一个项目的一页: 企业、经办、审计都看得懂。One project's page for the firm, the officer and the auditor."""
    desk = desk_of(workspace)
    reasons = desk.entry_reasons(round_code, applicant)
    out.write_text(
        render_applicant(make_paper(desk, round_code), applicant, speaker.language, reasons), encoding="utf-8"
    )
    speaker.say(f"已写 {out}", f"wrote {out}")


@click.command("verify")
@click.argument("record", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@speaking
def verify(record: Path, speaker: Speaker) -> None:
    """独立核验一份决定记录, 与分配程序不共用代码。Check a decision record by code that the allocator does not share."""
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise KaiwuError(
            Problem("A-RECORD", f"读不了记录: {error}", f"the record cannot be read: {error}", where=str(record))
        ) from error
    findings = check_record(data) if isinstance(data, dict) else [("AV-FORMAT", "不是记录", "no record")]
    if speaker.is_json:
        speaker.data({"holds": not findings, "findings": [{"code": c, "zh": zh, "en": en} for c, zh, en in findings]})
    elif findings:
        speaker.problems([Problem(code, zh, en, where=str(record)) for code, zh, en in findings])
    else:
        speaker.say("记录成立", "the record holds")
    if findings:
        raise SystemExit(EXIT_DIFFERENT)
