"""Commands about land: kaiwu allot map, blocks.

Owns arguments and printing; ``kaiwu.allot.land`` answers. None of them grants or changes anything.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from kaiwu.allot.kernel import Whole
from kaiwu.allot.land.block import BlockCase, check_plan
from kaiwu.allot.land.block_search import search_blocks
from kaiwu.allot.land.contiguity import TOLERANCE_MM, find_contiguity
from kaiwu.allot.land.geojson import KEY
from kaiwu.allot.land.plot import PlotMap
from kaiwu.cli.allot_option import out_option
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking
from kaiwu.procedure.plot_file import open_plots
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.page import render
from kaiwu.report.plot_map import COLOURS, MapClass, draw_map

Command = Callable[..., Any]
MOST_CLASSES = 12
_FILE = click.argument("plots", type=click.Path(path_type=Path, dir_okay=False, exists=True))


def _plot_options(command: Command) -> Command:
    """The declarations that every file of plots needs."""
    command = click.option("--encoding", default="utf-8", show_default=True, help="Shapefile 属性表编码 / encoding of a Shapefile's table")(command)  # fmt: skip
    command = click.option("--key", default=KEY, show_default=True, help="地块编号的属性 / property with a plot's code")(command)  # fmt: skip
    return click.option("--datum", default="", help="坐标系声明, 文件自己没有声明时必填 / declared datum, needed where the file has none")(command)  # fmt: skip


@click.command("map")
@_FILE
@_plot_options
@click.option("--by", "by", default="", help="按哪个属性分类着色 / property whose values are the classes")
@out_option
@speaking
def map_command(plots: Path, datum: str, key: str, encoding: str, by: str, out: Path, speaker: Speaker) -> None:
    """地块图: 校验后画成一页。Check a file of plots and draw it on a page."""
    opened = open_plots(plots, datum, key, encoding)
    classes = [str(facts.get(by, "")) for facts in opened.facts] if by else [""] * opened.count
    known = sorted(set(classes))
    if len(known) > MOST_CLASSES:
        raise KaiwuError(Problem("A-MAP-CLASS", f"属性“{by}”有 {len(known)} 个不同的值, 最多 {MOST_CLASSES} 类; 请先分档", f"property “{by}” has {len(known)} values, at most {MOST_CLASSES} classes can be shown: group them first", where=str(plots)))  # fmt: skip
    legend = {c: MapClass(c or speaker.pick("地块", "plots"), COLOURS[i % len(COLOURS)]) for i, c in enumerate(known)}
    title = speaker.pick("地块图", "Plots")
    page = render(
        "plot_map.html",
        lang=speaker.language,
        heading=title,
        source=plots.name,
        map=draw_map(opened, classes, legend, title),
    )
    out.write_text(page, encoding="utf-8")
    mu = int(opened.area.sum()) / 1_000_000
    speaker.say(f"{opened.count} 个地块, {mu:,.1f} 亩: {out}", f"{opened.count} plots, {mu:,.1f} mu: {out}")


@click.command("blocks")
@_FILE
@_plot_options
@click.option("--gain", default="gain_wan", show_default=True, help="收益属性, 整数 / property of the gain, whole")
@click.option("--cost", default="cost_wan", show_default=True, help="成本属性, 整数 / property of the cost, whole")
@click.option(
    "--stays", default="stays", show_default=True, help="不愿搬迁的属性(true) / property of plots that will not move"
)
@click.option("--budget", type=click.IntRange(0), required=True, help="预算 / budget")
@click.option(
    "--most", type=click.IntRange(1, 50), default=1, show_default=True, help="最多几片 / number of blocks at most"
)
@click.option(
    "--least",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="每片最小面积(亩) / least area of a block in mu",
)
@click.option(
    "--penalty",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="形状惩罚, 每米边界千分之几单位收益 / thousandths of a gain for a metre of boundary",
)
@click.option(
    "--gap",
    type=click.IntRange(0),
    default=TOLERANCE_MM,
    show_default=True,
    help="隔开多少毫米仍算相邻(道路) / mm apart that still count as touching",
)
@click.option("--seed", type=int, default=1, show_default=True, help="种子 / seed")
@speaking
def blocks(
    plots: Path, datum: str, key: str, encoding: str, gain: str, cost: str, stays: str, budget: int, most: int, least: int, penalty: int,
    gap: int, seed: int, speaker: Speaker,
) -> None:  # fmt: skip
    """连片: 预算内收益最大的若干连片区, 只是建议。Connected blocks of the greatest gain within a budget; advice only."""
    opened = open_plots(plots, datum, key, encoding)
    movable = np.array([facts.get(stays) not in (True, 1, "true", "是") for facts in opened.facts], dtype=np.int64)
    case = BlockCase(
        _whole(opened, gain), _whole(opened, cost), opened.area // 1000, opened.perimeter, find_contiguity(opened, gap), movable, most, budget,
        least * 1000, penalty,
    )  # fmt: skip
    plan = search_blocks(case, seed)
    if problems := check_plan(case, plan):
        raise KaiwuError(problems)
    rows = [
        (n, len(b), f"{int(opened.area[list(b)].sum()) / 1_000_000:.1f}", int(case.cost[list(b)].sum()), int(case.gain[list(b)].sum()), " ".join(opened.codes[p] for p in b))
        for n, b in enumerate(plan.blocks, 1)
    ]  # fmt: skip
    columns = ("片", "地块数", "面积(亩)", "成本", "收益", "地块") if speaker.language == "zh" else ("block", "plots", "area (mu)", "cost", "gain", "codes")  # fmt: skip
    speaker.table(speaker.pick("连片建议", "blocks (advice)"), columns, rows, right=(0, 1, 2, 3, 4))


def _whole(plots: PlotMap, name: str) -> Whole:
    """A property of every plot as whole numbers; a missing one is no zero."""
    problems = [
        Problem("A-PLOT-NUMBER", f"地块“{code}”的“{name}”不是整数; 请补上", f"“{name}” of plot “{code}” is no whole number: add it", where=where)
        for code, facts, where in zip(plots.codes, plots.facts, plots.wheres, strict=True)
        if not isinstance(facts.get(name), int) or isinstance(facts.get(name), bool)
    ]  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    return np.array([facts[name] for facts in plots.facts], dtype=np.int64)
