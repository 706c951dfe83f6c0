"""The steps behind the order: ``kaiwu allot explain``, ``exception``, ``appeal``, ``final``, ``supply``, ``state``.

Owns arguments and printing; the steps are ``kaiwu.procedure.allot.desk``.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import click

from kaiwu.allot.appeal import FIELDS, FIGURE, ITEM, SCORE, Appeal, Correction
from kaiwu.allot.disposal import STATES
from kaiwu.allot.exception import MeetingException
from kaiwu.allot.explanation import explain
from kaiwu.allot.phrase import tell
from kaiwu.allot.result import STATUSES
from kaiwu.cli.allot_option import by_option, day_option, desk_of, round_argument, signer_option
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.figure.variable import Variable
from kaiwu.procedure.allot.desk import Desk, roll_over
from kaiwu.procedure.allot.event import LABELS
from kaiwu.quantity import KaiwuError, Problem, parse_quantity, to_grain


@click.command("explain")
@round_argument
@click.argument("applicant")
@workspace_option
@speaking
def explain_command(round_code: str, applicant: str, workspace: Path, speaker: Speaker) -> None:
    """一个项目为什么: 名次、入围线、谁决定的、差在哪项、多少分就够。Why one project: place, line, who set it, which part, what would do."""
    desk = desk_of(workspace)
    placed = desk.placed(round_code)
    found = explain(placed, applicant)
    sentences = [*tell(placed.round.rule, found), *desk.entry_reasons(round_code, applicant)]
    if speaker.is_json:
        line = found.line
        shown = {"needed": line.needed, "gap": line.gap, "winner": line.winner, "binding": line.binding, "differences": dict(line.differences)} if line else None  # fmt: skip
        speaker.data({"applicant": applicant, "status": found.status, "place": found.place, "score": found.score, "supply": found.supply, "line": shown, "sentences": [zh for zh, _ in sentences]})  # fmt: skip
        return
    for zh, en in sentences:
        speaker.say(zh, en)


@click.command("exception")
@round_argument
@click.argument("applicant")
@click.argument("supply")
@workspace_option
@click.option("--minutes", required=True, help="会议纪要编号 / number of the minutes")
@click.option("--reason", required=True, help="理由 / reason")
@signer_option
@day_option
@speaking
def exception(
    round_code: str, applicant: str, supply: str, workspace: Path, minutes: str, reason: str, signer: str, day: dt.date, speaker: Speaker
) -> None:  # fmt: skip
    """会议例外事项: 有纪要、有签署, 写明替换了谁。An exception of a meeting: minuted, signed, naming whom it displaces."""
    entry = MeetingException(applicant, supply, minutes, signer, day, reason)
    print_moves(speaker, desk_of(workspace).except_by_meeting(round_code, entry, day))


@click.command("appeal")
@round_argument
@click.argument("applicant")
@click.argument("field", type=click.Choice(FIELDS))
@click.argument("key")
@click.argument("value")
@workspace_option
@click.option(
    "--uphold", "decision", flag_value="uphold", help="成立, 重新排序并留记录 / uphold: place again and keep a record"
)
@click.option("--reject", "decision", flag_value="reject", help="不成立 / reject")
@click.option("--signer", default="", help="签署人 / who signs")
@click.option("--reason", default="", help="理由 / reason")
@day_option
@speaking
def appeal_command(
    round_code: str, applicant: str, field: str, key: str, value: str, workspace: Path, decision: str | None, signer: str, reason: str,
    day: dt.date, speaker: Speaker,
) -> None:  # fmt: skip
    """更正一个事实会影响谁; 加 --uphold 成立并重新排序。What correcting one fact would move; --uphold places the round again."""
    desk = desk_of(workspace)
    correction = Correction(applicant, field, key, read_value(desk, round_code, field, key, value))
    if decision is None:
        print_moves(speaker, desk.try_correction(round_code, correction)[0])
        return
    found = desk.decide_objection(round_code, correction, day, signer, reason, is_upheld=decision == "uphold")
    print_moves(speaker, found, is_rejected=decision == "reject")


def read_value(desk: Desk, code: str, field: str, key: str, text: str) -> int:
    """Points of a score or an item as steps, a figure with its unit as grains, everything else a whole number."""
    if field == FIGURE:
        return read_figure(desk.folder(code).scheme.book.vocabulary.variable(key), key, text)
    try:
        number = Fraction(text)
    except ValueError as error:
        raise KaiwuError(Problem("A-FACT", "更正值要写数字", "a corrected value is a number", text=text)) from error
    if field in (ITEM, SCORE):
        return desk.placed(code).round.rule.scale.count_steps(number, field)
    if number.denominator != 1:
        raise KaiwuError(Problem("A-FACT", "更正值要写整数", "a corrected value is a whole number", text=text))
    return int(number)


def read_figure(variable: Variable | None, key: str, text: str) -> int:
    """A figure as people write it (``3.5%``, ``是``) in grains of its variable."""
    if variable is None:
        raise KaiwuError(Problem("A-FACT", f"没有变量“{key}”", f"no variable “{key}”", text=key))
    if text in ("是", "否"):
        return int(text == "是")
    value = parse_quantity(
        text, default_unit=variable.unit, dimension=variable.unit.dimension if variable.unit else None
    )
    return to_grain(value.base, variable.grain)


def print_moves(speaker: Speaker, found: Appeal, *, is_rejected: bool = False) -> None:
    """Everybody whom a correction moved."""
    if speaker.is_json:
        rows = [
            {"applicant": m.applicant, "status": m.status, "place": m.place, "supply": m.supply} for m in found.moves
        ]
        speaker.data({"rejected": is_rejected, "moves": rows})
        return
    k = 0 if speaker.language == "zh" else 1
    material = [m for m in found.moves if m.is_material]
    heads = (
        ("项目", "原", "现", "原供给", "现供给", "名次")
        if k == 0
        else ("project", "before", "after", "supply before", "after", "place")
    )
    body = [
        (m.applicant, STATUSES[m.status[0]][k], STATUSES[m.status[1]][k], m.supply[0], m.supply[1], f"{m.place[0] or '-'} → {m.place[1] or '-'}")
        for m in found.moves
    ]  # fmt: skip
    if not speaker.is_quiet:
        speaker.table(speaker.pick("变动", "moves"), heads, body)
    more = sum(m.is_shifted for m in found.moves)
    speaker.say(
        f"结果改变 {len(material)} 个, 只变名次 {more} 个", f"{len(material)} results change, {more} only change places"
    )


@click.command("final")
@round_argument
@workspace_option
@signer_option
@day_option
@speaking
def final(round_code: str, workspace: Path, signer: str, day: dt.date, speaker: Speaker) -> None:
    """定案: 此后只变供应状态, 不变结果。Close the round: from now on supplies move, results do not."""
    event = desk_of(workspace).finalise(round_code, day, signer)
    speaker.say(f"已定案, 存证第 {event.leaf} 条", f"final, log leaf {event.leaf}")


@click.command("supply")
@round_argument
@click.argument("supply_code", metavar="SUPPLY")
@click.argument("to", type=click.Choice(list(STATES)))
@workspace_option
@click.option("--evidence", default="", help="凭证 / evidence")
@by_option
@day_option
@speaking
def supply(
    round_code: str, supply_code: str, to: str, workspace: Path, evidence: str, by: str, day: dt.date, speaker: Speaker
) -> None:
    """供应状态: 挂牌、成交、流拍、由他人竞得、直接供给。A supply is listed, sold, left, won by another, or granted."""
    state = desk_of(workspace).supply(round_code, supply_code, to, day, by, evidence)
    speaker.say(f"{supply_code}: {STATES[state][0]}", f"{supply_code}: {STATES[state][1]}")


@click.command("state")
@round_argument
@workspace_option
@speaking
def state(round_code: str, workspace: Path, speaker: Speaker) -> None:
    """批次到了哪一步, 各宗供应状态, 下一批次从什么开始。Where a round stands, its supplies, and what the next begins with."""
    desk = desk_of(workspace)
    events = desk.docket.events(round_code)
    states = desk.supply_states(round_code)
    projects, left = roll_over(desk.placed(round_code), states)
    if speaker.is_json:
        speaker.data({"events": [{"kind": e.kind, "day": e.day, "by": e.by, "leaf": e.leaf} for e in events], "supplies": states, "waiting": projects, "left": left})  # fmt: skip
        return
    k = 0 if speaker.language == "zh" else 1
    heads = ("日期", "步骤", "签署", "存证") if k == 0 else ("day", "step", "by", "leaf")
    speaker.table(round_code, heads, [(e.day, LABELS[e.kind][k], e.by, e.leaf) for e in events])
    for code, at in states.items():
        speaker.say(f"{code}: {STATES[at][0]}", f"{code}: {STATES[at][1]}")
    speaker.say(
        f"下一批次: 轮候 {len(projects)} 个项目, 余 {len(left)} 宗",
        f"next round: {len(projects)} projects wait, {len(left)} supplies are left",
    )
