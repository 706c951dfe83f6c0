"""The commands ``rate nowcast`` and ``rate recover``: what can be inferred of an open year, and of weights behind printed totals.

Owns arguments and printing. What is inferred is never attested, and every answer says so.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, speaking
from kaiwu.cli.rate_file import on_files, open_model, plain, tell_synthetic
from kaiwu.rating.index.nowcast import ScoreRange, nowcast_index
from kaiwu.rating.index.recovery import recover_from
from kaiwu.rating.index.value_table import read_parts, read_printed
from kaiwu.rating.points import print_points


@click.command("nowcast")
@on_files
@click.argument("parts", type=FILE)
@click.option("--year", type=click.IntRange(1900, 2200), required=True, help="推算哪一年 / the open year")
@click.option("--months", type=click.IntRange(1, 11), required=True, help="累计到几月 / months that the parts hold")
@speaking
def nowcast(method: Path, values: Path, parts: Path, year: int, months: int, speaker: Speaker) -> None:
    """由前几个月的累计数推算全年得分和名次, 带区间。Nowcast scores and places of an open year, with intervals."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    found = nowcast_index(model, read_parts(parts, ruler, year), year, months)
    if speaker.is_json:
        figures = [
            {"unit": u, "code": c, "total": float(n.total), "low": float(n.low), "high": float(n.high)} for (u, c), n in found.figures.items()
        ]  # fmt: skip
        speaker.data({
            "synthetic": ruler.is_synthetic, "year": year, "months": months, "method": found.method, "scenarios": found.scenarios,
            "figures": figures, "units": [plain(asdict(unit)) for unit in found.units],
        })  # fmt: skip
        return
    rows = [_row(unit, model.values.names.get(unit.unit, "")) for unit in sorted(found.units, key=_order)]
    heads = ("组别", "名次", "名次区间", "代码", "名称", "得分", "得分区间") if speaker.language == "zh" else ("league", "place", "interval", "code", "name", "score", "interval")  # fmt: skip
    speaker.table(speaker.pick(f"{year} 年全年推算", f"nowcast of {year}"), heads, rows, right=(1, 2, 5, 6))
    speaker.say(*found.method)


def _order(unit: ScoreRange) -> tuple[str, float, str]:
    return unit.league, math.inf if unit.rank is None or math.isnan(unit.rank) else unit.rank, unit.unit


def _row(unit: ScoreRange, name: str) -> tuple[str, ...]:
    if unit.score is None or unit.low is None or unit.high is None:
        return unit.league, "", "", unit.unit, name, "", ""
    score, low, high = (print_points(p, unit.decimals) for p in (unit.score, unit.low, unit.high))
    return unit.league, f"{unit.rank:g}", f"{unit.best:g}–{unit.worst:g}", unit.unit, name, score, f"{low}–{high}"


@click.command("recover")
@on_files
@click.option("--total", required=True, metavar="COLUMN", help="公布总分在哪一列 / column of the printed totals")
@click.option("--decimals", type=click.IntRange(0, 6), required=True, help="总分印了几位小数 / decimals of the totals")
@click.option(
    "--sum",
    "whole",
    type=float,
    default=1.0,
    show_default=True,
    help="权重合计, 0 为不知道 / what weights sum to; 0: not known",
)
@speaking
def recover(method: Path, values: Path, total: str, decimals: int, whole: float, speaker: Speaker) -> None:
    """哪些权重与公布的总分相符; 不能确定的逐个点名。Which weights agree with printed totals; what is not identified is named."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    found = recover_from(model, read_printed(values, ruler, total), decimals, weights_sum=whole or None)
    if speaker.is_json:
        speaker.data({"synthetic": ruler.is_synthetic, **asdict(found), "told": found.tell()})
        return
    for zh, en in found.tell():
        speaker.say(zh, en)
    speaker.say("反推的权重只是推断, 不是办法原文", "weights so recovered are inferred, not those of a document")
