"""The stage of the demo that renews low-yield land (低效用地改造): list, ways, blocks and their map, from a synthetic plot map.

Owns what is printed and the folder. Plots, owners, costs and gains are drawn and say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kaiwu.allot.land.block import FREE, BlockCase, check_plan
from kaiwu.allot.land.block_frontier import find_pivots, trace_frontier
from kaiwu.allot.land.contiguity import find_contiguity
from kaiwu.allot.land.renewal import WAYS
from kaiwu.allot.land.validity import check_map
from kaiwu.cli.allot_demo import THIS
from kaiwu.cli.console import Speaker
from kaiwu.procedure.allot.desk import ROUNDS
from kaiwu.procedure.renewal import list_renewals, name_stages
from kaiwu.quantity import KaiwuError
from kaiwu.report.block_page import BlockReport, render_blocks
from kaiwu.synth.land_round import list_plot_supplies
from kaiwu.synth.plot_map import SyntheticPlots, draw_plots, open_plot_map, print_geojson

FOLDER = "blocks"
ROAD_MM = 25_000  # plots on both sides of a road belong to one block
SHARES = (25, 50, 100, 150)  # budgets of the frontier, in % of the declared one
MOVES = 60_000
PIVOT_MOVES = 20_000


def show_blocks_demo(folder: Path, pack: str, as_of: dt.date, speaker: Speaker, seed: int = 1) -> Path | None:
    """Draw the plot map of a pack, list and join its low-yield plots, and write the map page; None where the pack has none."""
    rule = open_plot_map(pack)
    if rule is None:
        return None
    drawn = draw_plots(rule, seed)
    check_map(drawn.plots)
    report = make_report(drawn, as_of)
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    supplies = list_plot_supplies(folder / ROUNDS / THIS.code)
    (place / "plots.geojson").write_text(print_geojson(drawn, describe_plots(report, supplies)), encoding="utf-8")
    page = place / "index.html"
    page.write_text(render_blocks(report), encoding="utf-8")
    tell_blocks(report, speaker)
    return page


def make_report(drawn: SyntheticPlots, as_of: dt.date) -> BlockReport:
    """Decide stages and ways, find the blocks, trace the frontier and the owners on whom it turns."""
    rule = drawn.rule
    lines = list_renewals(drawn.rows, rule.stages, rule.ways, as_of)
    case = lay_case(drawn)
    points = trace_frontier(case, [case.budget * share // 100 for share in SHARES], moves=MOVES)
    plan = points[SHARES.index(100)].plan
    if problems := check_plan(case, plan):
        raise KaiwuError(problems)
    owners = {p: str(facts["owner"]) for p, facts in enumerate(drawn.plots.facts)}
    pivots = find_pivots(case, plan, owners, moves=PIVOT_MOVES)
    stages = name_stages(rule.stages, as_of)
    return BlockReport(f"低效用地连片方案({rule.label})", "Blocks of renewal (synthetic)", drawn.plots, lines, stages, case, plan, points, pivots, is_synthetic=True)  # fmt: skip


def describe_plots(report: BlockReport, supplies: Sequence[str]) -> list[dict[str, Any]]:
    """What the rules and the adviser said of each plot, for the platform's map: stage, way, block; and which supply of the round lies
    on it. Plots off the list take the supplies in the order of their codes (invented, like the plots)."""
    rows: list[dict[str, Any]] = []
    for line, block in zip(report.lines, report.plan.label.tolist(), strict=True):
        row: dict[str, Any] = {"listed": line.outcome.name.lower()}
        if line.stage:
            row["stage"], row["stage_en"] = report.stages[line.stage]
        if line.way:
            row["way"], row["way_en"] = WAYS[line.way]
        if block != FREE:
            row["block"] = block + 1
        rows.append(row)
    free = [row for row in rows if row["listed"] == "fail" and "block" not in row]
    for row, supply in zip(free[:: max(1, len(free) // max(1, len(supplies)))], supplies, strict=False):
        row["supply"] = supply
    return rows


def lay_case(drawn: SyntheticPlots) -> BlockCase:
    """The case of blocks of a drawn map: 万元, 10^-3 mu, mm."""
    plots, rule = drawn.plots, drawn.rule.blocks
    cost = np.array(drawn.cost, dtype=np.int64)
    movable = np.array([p not in drawn.stays for p in range(plots.count)], dtype=np.int64)
    return BlockCase(
        np.array(drawn.gain, dtype=np.int64), cost, plots.area // 1000, plots.perimeter, find_contiguity(plots, ROAD_MM), movable,
        rule.most, int(cost.sum()) * rule.budget // 100, rule.least * 1000, rule.penalty,
    )  # fmt: skip


def tell_blocks(report: BlockReport, speaker: Speaker) -> None:
    """The list, the blocks and the weightiest owner, in a line each."""
    listed = sum(bool(line.stage) for line in report.lines)
    areas = [f"{int(report.plots.area[list(b)].sum()) / 1_000_000:.0f}" for b in report.plan.blocks]
    speaker.say(f"    {report.plots.count} 个地块, 低效 {listed} 个; 连片 {len(areas)} 处: {'、'.join(areas)} 亩", f"    {report.plots.count} plots, {listed} of low yield; {len(areas)} blocks of {', '.join(areas)} mu")  # fmt: skip
    for zh, en in [p.tell() for p in report.pivots[:1]]:
        speaker.say(f"    {zh}", f"    {en}")
