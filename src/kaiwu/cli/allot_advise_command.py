"""The adviser's command: kaiwu allot advise: what keeping to the order costs, and what a change would do to whom.

Owns arguments and printing; ``kaiwu.allot.adviser`` answers. It grants and changes nothing.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import click

from kaiwu.allot.adviser.allotment import lay_case, read_grants
from kaiwu.allot.adviser.bound import bound_case
from kaiwu.allot.adviser.price import price_rule
from kaiwu.allot.adviser.round_change import RoundChange, try_round
from kaiwu.allot.adviser.search import MOVES, search_plan
from kaiwu.allot.adviser.what_if import Fates
from kaiwu.allot.quota import Cell
from kaiwu.allot.result import Allotment
from kaiwu.allot.round import Round
from kaiwu.cli.allot_option import desk_of, round_argument
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.quantity import KaiwuError, Problem, find_unit, parse_quantity

SHOWN = 10
"""Justified envies that are named."""


@click.command("advise")
@round_argument
@workspace_option
@click.option("--quota", "quotas", multiple=True, metavar="RESOURCE/PARK/PERIOD=AMOUNT", help="假如指标改为, 可多次 / what if a quota were, may be repeated")  # fmt: skip
@click.option("--threshold", "thresholds", multiple=True, metavar="KIND=POINTS", help="假如门槛改为 / what if a threshold were")  # fmt: skip
@click.option("--limit", "limits", multiple=True, metavar="PASS=NUMBER", help="假如某轮限额改为 / what if the limit of a pass were")  # fmt: skip
@click.option("--moves", type=click.IntRange(1), default=MOVES, show_default=True, help="搜索步数(计步不计时) / moves of the search")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="种子 / seed")
@speaking
def advise(
    round_code: str, workspace: Path, quotas: tuple[str, ...], thresholds: tuple[str, ...], limits: tuple[str, ...], moves: int, seed: int,
    speaker: Speaker,
) -> None:  # fmt: skip
    """参谋: 守住名次的代价; 指标、门槛、限额改了谁得谁失。What the order costs; who wins and loses by other quotas, thresholds, limits."""
    placed = desk_of(workspace).placed(round_code)
    if quotas or thresholds or limits:
        change = read_change(placed.round, quotas, thresholds, limits)
        after, fates = try_round(placed, change)
        print_fates(speaker, placed, after, fates)
        return
    print_price(speaker, placed, moves, seed)


def read_change(round_: Round, quotas: tuple[str, ...], thresholds: tuple[str, ...], limits: tuple[str, ...]) -> RoundChange:  # fmt: skip
    """The change that the options state. Raises ``KaiwuError`` (A-WHAT-IF) where one cannot be read."""
    scale = round_.rule.scale
    by_cell: dict[Cell, int] = {}
    for name, value in map(_split, quotas):
        resource, park, period = (*name.split("/"), "", "")[:3]
        unit = next((r.unit for r in round_.rule.resources if r.code == resource), "")
        by_cell[resource, park, period] = int(parse_quantity(value, default_unit=find_unit(unit) if unit else None).base)  # fmt: skip
    steps = {kind: scale.count_steps(_number(points), kind) for kind, points in map(_split, thresholds)}
    most = {name: int(_number(number)) for name, number in map(_split, limits)}
    return RoundChange(by_cell, steps, dict(most))


def _split(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name or not value:
        raise KaiwuError(Problem("A-WHAT-IF", f"“{text}”要写成 名称=值", f"“{text}” is written name=value", text=text))
    return name, value


def _number(text: str) -> Fraction:
    try:
        return Fraction(text)
    except ValueError as error:
        raise KaiwuError(Problem("A-WHAT-IF", f"“{text}”不是数", f"“{text}” is no number", text=text)) from error


def print_fates(speaker: Speaker, before: Allotment, after: Allotment, fates: Fates) -> None:
    """Who wins, loses and moves, by name, with the supply before and after."""
    names = [a.id for a in before.round.applicants]
    had, has = before.grants(), after.grants()
    if speaker.is_json:
        speaker.data({"winners": [names[a] for a in fates.winners], "losers": [names[a] for a in fates.losers], "moved": [names[a] for a in fates.moved], "unchanged": len(fates.unchanged)})  # fmt: skip
        return
    speaker.say(*fates.tell())
    for at in (*fates.winners, *fates.losers, *fates.moved):
        speaker.say(f"  {names[at]}: {had.get(names[at], '-')} → {has.get(names[at], '-')}", f"  {names[at]}: {had.get(names[at], '-')} → {has.get(names[at], '-')}")  # fmt: skip


def print_price(speaker: Speaker, placed: Allotment, moves: int, seed: int) -> None:
    """What the order costs against the best plan and the bound, and by name whom that plan would drop, take and pass over."""
    case = lay_case(placed)
    plan, bound = search_plan(case, seed, moves), bound_case(case)
    price = price_rule(case, read_grants(placed, case), plan, bound, placed.pairing.score)
    names = [a.id for a in placed.round.applicants]
    displaced, favoured = [names[a] for a in price.displaced], [names[a] for a in price.favoured]
    if speaker.is_json:
        envies = [{"loser": names[e.loser], "winner": names[e.winner], "gap": e.gap} for e in price.plan_envies]
        speaker.data({
            "rule": price.rule, "plan": price.plan, "bound": price.bound, "rule_placed": price.rule_placed, "plan_placed": price.plan_placed,
            "displaced": displaced, "favoured": favoured, "plan_envies": envies,
        })  # fmt: skip
        return
    for zh, en in price.tell():
        speaker.say(zh, en)
    if displaced or favoured:
        zh, en = " ".join(displaced) or "-", " ".join(favoured) or "-"
        speaker.say(f"  撤下: {zh}; 换上: {en}", f"  dropped: {zh}; taken instead: {en}")
    show = placed.round.rule.scale.print_score
    for envy in price.plan_envies[:SHOWN]:
        loser, winner, gap = names[envy.loser], names[envy.winner], show(envy.gap)
        speaker.say(f"  最好方案越过 {loser}: 比得到位置的 {winner} 高 {gap} 分", f"  the plan passes {loser} over, {gap} above {winner} who is placed")  # fmt: skip
