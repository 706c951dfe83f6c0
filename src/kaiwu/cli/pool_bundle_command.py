"""Commands about bundles of factors: kaiwu pool bundle quota, request, decide, slip, use, cut.

Owns arguments and printing; the steps are ``kaiwu.procedure.pool.bundle_desk``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from kaiwu.allot.pool.bundle import OUTCOMES, Cell, Guarantee
from kaiwu.cli.allot_option import by_option, day_option
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import Day, speaking, workspace_option
from kaiwu.cli.pool_option import desk_of, pool_option, table_argument
from kaiwu.procedure.pool.bundle_desk import BundleDesk
from kaiwu.procedure.pool.file import read_quotas, read_requests


@click.group("bundle")
def bundle_group() -> None:
    """要素保障: 指标、申请、决定、滑坡释放、兑现、压减试算。Bundles: quotas, requests, decisions, release, use, trial cuts."""


@bundle_group.command("quota")
@table_argument
@workspace_option
@pool_option
@click.option("--document", required=True, help="下达文件 / the document")
@by_option
@day_option
@speaking
def quota(source: Path, workspace: Path, code: str, document: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """下达指标(表: resource,period,amount)。Enter quotas from a table."""
    desk = desk_of(workspace, code)
    event = BundleDesk(desk).enter_quotas(read_quotas(source, desk.rule), document, day, by)
    speaker.say(f"已下达, 存证第 {event.leaf} 条", f"entered, log leaf {event.leaf}")


@bundle_group.command("request")
@table_argument
@workspace_option
@pool_option
@by_option
@day_option
@speaking
def request(source: Path, workspace: Path, code: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """登记要素申请, 一个项目一份(表: project,resource,period,amount)。Take in requests, one for each project."""
    desk = desk_of(workspace, code)
    asked = read_requests(source, desk.rule)
    event = BundleDesk(desk).request(asked, day, by)
    speaker.say(f"{len(asked)} 份申请, 存证第 {event.leaf} 条", f"{len(asked)} requests, log leaf {event.leaf}")


@bundle_group.command("decide")
@workspace_option
@pool_option
@click.option("--until", type=Day(), required=True, help="里程碑日期, 届时未兑现即释放 / milestone on which what is unused lapses")  # fmt: skip
@by_option
@day_option
@speaking
def decide(workspace: Path, code: str, until: dt.date, by: str, day: dt.date, speaker: Speaker) -> None:
    """按得分先后决定: 保障、部分保障、轮候、不予保障。Decide in the order of scores: granted, in part, waiting, refused."""
    print_answers(speaker, BundleDesk(desk_of(workspace, code)).decide(day, by, until))


def print_answers(speaker: Speaker, answers: Sequence[Guarantee]) -> None:
    """Every answer with its shares, what binds and the reason."""
    columns = ("项目", "决定", "比例", "制约", "说明") if speaker.language == "zh" else ("project", "answer", "shares", "binding", "reason")  # fmt: skip
    rows = [
        (a.project, speaker.pick(*OUTCOMES[a.outcome]), " ".join(f"{r} {s}%" for r, s in a.shares.items()), " ".join(a.binding or ()), speaker.pick(*a.reason))
        for a in answers
    ]  # fmt: skip
    speaker.table(speaker.pick("要素保障", "bundles"), columns, rows)


@bundle_group.command("slip")
@click.argument("project")
@click.argument("months", nargs=-1, required=True, metavar="OLD=NEW…")
@workspace_option
@pool_option
@click.option("--reason", required=True, help="理由 / reason")
@by_option
@day_option
@speaking
def slip(project: str, months: tuple[str, ...], workspace: Path, code: str, reason: str, by: str, day: dt.date, speaker: Speaker) -> None:  # fmt: skip
    """进度滑坡: 释放已占指标, 改到以后的时期再排。Release what a late project holds; it asks again for later periods."""
    pairs = [m.partition("=") for m in months]
    if any(not (old and new) for old, _, new in pairs):
        raise click.UsageError("时期要写 2026-01=2026-06 / periods are written 2026-01=2026-06")
    event = BundleDesk(desk_of(workspace, code)).slip(project, {o: n for o, _, n in pairs}, day, by, reason)
    speaker.say(f"已释放, 存证第 {event.leaf} 条", f"released, log leaf {event.leaf}")


@bundle_group.command("use")
@click.argument("project")
@workspace_option
@pool_option
@click.option("--evidence", required=True, help="凭证 / evidence")
@by_option
@day_option
@speaking
def use(project: str, workspace: Path, code: str, evidence: str, by: str, day: dt.date, speaker: Speaker) -> None:
    """兑现保障。Turn what is held into what is used."""
    event = BundleDesk(desk_of(workspace, code)).use(project, day, by, evidence)
    speaker.say(f"已兑现, 存证第 {event.leaf} 条", f"used, log leaf {event.leaf}")


@bundle_group.command("cut")
@table_argument
@workspace_option
@pool_option
@speaking
def cut(source: Path, workspace: Path, code: str, speaker: Speaker) -> None:
    """压减试算: 谁落下、谁减少、怎样补最省(表: 改后的 resource,period,amount)。Who falls out of a cut, and the cheapest repair."""
    desk = desk_of(workspace, code)
    found = BundleDesk(desk).cut(read_quotas(source, desk.rule))
    if speaker.is_json:
        repairs = {p: {"cells": _plain(cells), "fen": fen} for p, (cells, fen) in found.repairs.items()}
        whole = {"cells": _plain(found.whole[0]), "fen": found.whole[1]}
        speaker.data({"fallen": found.fallen, "reduced": found.reduced, "risen": found.risen, "repairs": repairs, "whole": whole})  # fmt: skip
        return
    names = [" ".join(group) or "-" for group in (found.fallen, found.reduced, found.risen)]
    speaker.say(f"落下: {names[0]}; 减少: {names[1]}; 递补: {names[2]}", f"fall out: {names[0]}; get less: {names[1]}; move up: {names[2]}")  # fmt: skip
    for project, (cells, fen) in found.repairs.items():
        told = ", ".join(f"{r} {p} +{n}" for (r, p), n in cells.items())
        speaker.say(f"  补回 {project}: {told}, {fen / 1_000_000:,.2f} 万元", f"  {project} comes back with {told}: {fen / 100:,.0f} yuan")  # fmt: skip
    speaker.say(
        f"全部恢复: {found.whole[1] / 1_000_000:,.2f} 万元", f"everybody back: {found.whole[1] / 100:,.0f} yuan"
    )


def _plain(cells: Mapping[Cell, int]) -> list[list[object]]:
    return [[*cell, amount] for cell, amount in cells.items()]
