"""The stage of the demo that rates synthetic counties (区县评价): places with certainty, one county explained, and advice.

Owns what is printed and the report's folder. Costs and bounds of the levers are invented for the demonstration and say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from kaiwu.cli.console import Speaker
from kaiwu.procedure import Workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index import IndexModel
from kaiwu.rating.index.advice import Advice, Target, advise
from kaiwu.rating.index.certainty import STANDINGS
from kaiwu.rating.index.cheapest import Lever
from kaiwu.rating.index.decomposition import decompose
from kaiwu.rating.index.phrase import tell_parts
from kaiwu.report.index_page import IndexReport, make_report, write_report
from kaiwu.report.index_site import book_of_run, find_evaluation, model_of_run

FOLDER = "counties"
QUOTA = 10  # of each league, for the demonstration only
STATISTICS = "统计"  # departments whose figures are statistical ones
COUNTED = ("家", "项", "个", "件", "台")  # what a real action adds to; ratios and values rest on statistical figures
PER = "每"  # a count per something rests on a statistical figure too
REACH = 0.5  # how far a lever goes in the demonstration, in standard deviations of its indicator


def rank_counties_demo(
    workspace: Workspace, speaker: Speaker | None = None, names: Mapping[str, str] | None = None
) -> Path:
    """Rank the synthetic counties of the last evaluation with certainty and advice; returns the page of the county that is told of.

    Raises ``KaiwuError`` where the workspace has no evaluation of counties.
    """
    found = find_evaluation(workspace)
    if found is None:
        raise KaiwuError(
            Problem("C-COUNTIES", "工作区里没有区县评价的测算", "the workspace has no run that rates counties")
        )
    run, code = found
    model = model_of_run(run, code, names=names or workspace.names(run.record.as_of))
    head = book_of_run(run, code).head
    report = make_report(
        model, zh=f"{head.zh}(试算)", en=f"{head.en} (trial)", quota=QUOTA, is_synthetic=run.record.is_synthetic,
        advising=lambda unit: advise_county(model, unit),
    )  # fmt: skip
    folder = workspace.folder / FOLDER
    write_report(folder, report)
    if speaker is not None:
        tell_counties(report, speaker)
    return folder / report.path(pick_county(report))


def advise_county(model: IndexModel, unit: str) -> Advice:
    """What would bring a county into the quota by adding things that are counted; statistical figures are never moved."""
    owners = {code: model.tree.by_code[code].owner for code in model.tree.leaves}
    own = model.values.units.index(unit)
    levers: list[Lever] = []
    for code in model.tree.leaves:
        node, column = model.tree.by_code[code], model.values.column(code)
        now, spread = float(column[own]), float(np.nanstd(column))
        if np.isnan(now):
            continue
        levers.append(Lever(
            code, now, now + float(np.ceil(REACH * spread)), 1 / spread if spread else 0.0, f"演示措施({owners[code]})",
            f"a measure of the demonstration ({node.en})", decimals=0,
            is_statistical=STATISTICS in owners[code] or node.unit not in COUNTED or PER in node.zh,
        ))  # fmt: skip
    return advise(model, unit, Target("rank", QUOTA), levers)


def tell_counties(report: IndexReport, speaker: Speaker) -> None:
    """Print each league in one line, one contested county with its parts, and its advice."""
    for league, units in report.leagues().items():
        counts = Counter(report.standings[u].standing for u in units)
        told = (
            [f"{STANDINGS[c][0]} {counts[c]}" for c in STANDINGS],
            [f"{counts[c]} {STANDINGS[c][1]}" for c in STANDINGS],
        )
        speaker.say(f"    {league}: {len(units)} 个, 名额 {QUOTA}, {'、'.join(told[0])}", f"    {league}: {len(units)} units, quota {QUOTA}, {', '.join(told[1])}")  # fmt: skip
    unit = pick_county(report)
    sentences: Sequence[tuple[str, str]] = [
        report.standings[unit].tell(report.quota_of(report.standings[unit].league)), *tell_parts(decompose(report.model, unit, report.result), 3),
    ]  # fmt: skip
    for zh, en in (*sentences, *advise_county(report.model, unit).tell()[:4]):
        speaker.say(f"    {zh.replace(unit, report.name(unit))}", f"    {en.replace(unit, report.name(unit))}")


def pick_county(report: IndexReport) -> str:
    """The first contested county behind the quota, else the last rated one."""
    rated = [u for units in report.leagues().values() for u in units if report.standings[u].standing != "unrated"]
    contested = [u for u in rated if report.standings[u].standing == "contested" and report.standings[u].rank > QUOTA]
    return contested[0] if contested else rated[-1]
