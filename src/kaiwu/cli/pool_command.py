"""Commands about the reserve pool: kaiwu pool tally, rescore.

Owns arguments and printing; ``kaiwu.allot.pool`` answers. Nothing is stored.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.allot.pool.posting import post_steps, tally
from kaiwu.allot.pool.rescore import WORDS, Band, rescore, try_band
from kaiwu.allot.pool.stage import STAGES
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import Day, speaking, today
from kaiwu.ledger import MemoryBook
from kaiwu.procedure.pool_file import read_scores, read_steps

_FILE = click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.group("pool")
def pool_group() -> None:
    """储备项目库: 按阶段和日期统计, 优进劣汰。The reserve pool: counts by stage and date, yearly re-scoring."""


@pool_group.command("tally")
@_FILE
@click.option("--day", type=Day(), default=today, help="截至某日, 默认今天 / by the end of a day, default today")
@speaking
def tally_command(source: Path, day: dt.date, speaker: Speaker) -> None:
    """各阶段累计与当前的项目数和投资额, 由一本台账得出。Projects and investment by stage: reached, and standing there, from one ledger."""
    book = MemoryBook()
    post_steps(book, read_steps(source))
    counts = [tally(book, stage, day) for stage in STAGES]
    rows = [(speaker.pick(*STAGES[c.stage]), c.reached, _yi(c.reached_fen), c.standing, _yi(c.standing_fen)) for c in counts]  # fmt: skip
    columns = ("阶段", "累计", "累计投资(亿元)", "当前", "当前投资(亿元)") if speaker.language == "zh" else ("stage", "reached", "100 million yuan", "standing", "100 million yuan now")  # fmt: skip
    speaker.table(speaker.pick(f"截至 {day}", f"by {day}"), columns, rows, right=(1, 2, 3, 4))


@pool_group.command("rescore")
@_FILE
@click.option("--enter", type=int, default=70, show_default=True, help="入库线 / enters at")
@click.option("--leave", type=int, default=60, show_default=True, help="出库线(低于则出库) / leaves below")
@click.option(
    "--noise",
    type=click.IntRange(0),
    default=3,
    show_default=True,
    help="试算时得分误差 / error of scores in the trial",
)
@speaking
def rescore_command(source: Path, enter: int, leave: int, noise: int, speaker: Speaker) -> None:
    """年度复评: 谁入库、留库、出库, 以及双门槛在扰动数据上的表现。Who enters, stays or leaves, and how the two lines behave on perturbed data."""
    scores, members = read_scores(source)
    band = Band(enter, leave)
    verdicts = rescore(members, scores, band)
    columns = ("项目", "结论", "得分", "线") if speaker.language == "zh" else ("project", "verdict", "score", "line")
    rows = [(v.project, speaker.pick(*WORDS[v.outcome]), v.score, v.line) for v in verdicts]
    speaker.table(speaker.pick("复评", "re-scoring"), columns, rows, right=(2, 3))
    speaker.say(*try_band(members, scores, band, noise).tell())


def _yi(fen: int) -> str:
    return f"{fen / 10_000_000_000:.2f}"
