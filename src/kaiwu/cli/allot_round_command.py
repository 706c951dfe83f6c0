"""The steps up to the order: ``kaiwu allot preview``, ``adopt``, ``seed``, ``run``.

Owns arguments and printing; the steps are ``kaiwu.procedure.allot.desk``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.allot.result import STATUSES, Allotment
from kaiwu.cli.allot_option import by_option, day_option, desk_of, round_argument, signer_option
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure.allot.tailored import find_tailored


@click.command("preview")
@round_argument
@workspace_option
@by_option
@day_option
@speaking
def preview(round_code: str, workspace: Path, by: str, day: dt.date, speaker: Speaker) -> None:
    """用以前的数据试算办法, 采用之前必做。Try a rule on earlier data; needed before it is adopted."""
    desk = desk_of(workspace)
    print_order(speaker, desk.preview(round_code, day, by), is_trial=True)
    for warning in find_tailored(desk.folder(round_code)):
        speaker.say(f"注意 [{warning.code}] {warning.zh}", f"note [{warning.code}] {warning.en}")


@click.command("adopt")
@round_argument
@workspace_option
@signer_option
@day_option
@speaking
def adopt(round_code: str, workspace: Path, signer: str, day: dt.date, speaker: Speaker) -> None:
    """采用办法: 这个版本须先用以前的数据试算过。Adopt the rule of a round; this very version must have been previewed."""
    event = desk_of(workspace).adopt(round_code, day, signer)
    if speaker.is_json:
        speaker.data({"rule": event.data["rule"], "leaf": event.leaf})
    speaker.say(f"已采用, 办法哈希 {event.data['rule'][:16]}…, 存证第 {event.leaf} 条", f"adopted, rule {event.data['rule'][:16]}…, log leaf {event.leaf}")  # fmt: skip


@click.command("seed")
@round_argument
@workspace_option
@by_option
@day_option
@speaking
def seed(round_code: str, workspace: Path, by: str, day: dt.date, speaker: Speaker) -> None:
    """截止日之前登记抽签承诺。Commit to the seed of the draw, before the deadline."""
    event = desk_of(workspace).commit_seed(round_code, day, by)
    if speaker.is_json:
        speaker.data({"commitment": event.data["commitment"], "leaf": event.leaf})
    speaker.say(
        f"承诺 {event.data['commitment']}, 存证第 {event.leaf} 条",
        f"commitment {event.data['commitment']}, log leaf {event.leaf}",
    )


@click.command("run")
@round_argument
@workspace_option
@by_option
@day_option
@speaking
def run(round_code: str, workspace: Path, by: str, day: dt.date, speaker: Speaker) -> None:
    """截止日之后按已采用的办法排序与安排, 生成决定记录。Order and place a round under its adopted rule; keeps the decision record."""
    print_order(speaker, desk_of(workspace).run(round_code, day, by))


def print_order(speaker: Speaker, placed: Allotment, *, is_trial: bool = False) -> None:
    """The order of supply and the counts, which sum to the scope."""
    show = placed.round.rule.scale.print_score
    counts = placed.counts()
    rows = []
    for number, grant in enumerate(placed.placement.grants, start=1):
        applicant, supply = placed.applicant_of(grant), placed.supply_of(grant)
        kind = placed.round.rule.kind(supply.kind)
        rows.append((number, supply.id, speaker.pick(kind.zh, kind.en), applicant.id, show(applicant.score), placed.priority.places[grant.applicant], grant.stage))  # fmt: skip
    if speaker.is_json:
        order = [
            {"number": r[0], "supply": r[1], "applicant": r[3], "score": r[4], "place": r[5], "pass": r[6]}
            for r in rows
        ]
        speaker.data({"round": placed.round.code, "trial": is_trial, "counts": counts, "order": order})
        return
    heads = ("序", "供给", "方式", "项目", "得分", "名次", "轮次") if speaker.language == "zh" else ("no.", "supply", "kind", "project", "score", "place", "pass")  # fmt: skip
    title = speaker.pick(
        f"{placed.round.zh}: 供地优先序{'(试算)' if is_trial else ''}",
        f"{placed.round.en}: order of supply{' (trial)' if is_trial else ''}",
    )
    if not speaker.is_quiet:
        speaker.table(title, heads, rows, right=(0, 4, 5))
    told = [" ".join(f"{STATUSES[code][k]} {n}" for code, n in counts.items()) for k in (0, 1)]
    speaker.say(f"{told[0]}, 合计 {len(placed.round.applicants)}", f"{told[1]}, {len(placed.round.applicants)} in all")
