"""The map page of renewal (低效用地改造地图): low-yield plots by stage, the ways, the blocks, and the land before and after.

Owns what the page shows. Stages and ways are the rules', blocks the adviser's; the page says that blocks are advice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaiwu.allot.land.block import FREE, BlockCase, BlockPlan
from kaiwu.allot.land.block_frontier import FrontierPoint, Pivot
from kaiwu.allot.land.plot import PlotMap
from kaiwu.allot.land.renewal import WAYS, Renewal
from kaiwu.report.page import render
from kaiwu.report.plot_map import COLOURS, PALE, MapClass, draw_map
from kaiwu.rule.outcome import Outcome

STAYS = "#5a6372"


@dataclass(frozen=True, eq=False)
class BlockReport:
    """What the page needs: plots, lines of the list in the order of the plots, names of stages, the case and its plan."""

    zh: str
    en: str
    plots: PlotMap
    lines: Sequence[Renewal]
    stages: Mapping[str, tuple[str, str]]
    case: BlockCase
    plan: BlockPlan
    frontier: Sequence[FrontierPoint]
    pivots: Sequence[Pivot]
    unit: tuple[str, str] = ("万元", "10,000 yuan")
    is_synthetic: bool = False


def render_blocks(report: BlockReport, language: str = "zh") -> str:
    """The page as HTML text: three maps, blocks with their sums, the frontier and the owners on whom the plan turns."""
    k = 1 if language == "en" else 0
    before, legend = _stage_classes(report, k)
    notes = [_note(line, k) for line in report.lines]
    blocks = [_block_row(report, number, block) for number, block in enumerate(report.plan.blocks, 1)]
    maps = (
        ("改造前: 低效分档", "before: stages of low yield")[k], draw_map(report.plots, before, legend, ("低效分档", "stages")[k], notes),
        ("连片方案(建议)", "blocks (advice)")[k], draw_map(report.plots, *_block_classes(report, k), ("连片方案", "blocks")[k]),
        ("实施后: 仍在清单上的地块", "after: plots still on the list")[k], draw_map(report.plots, _after(report, before), {**legend, "renewed": MapClass(("已改造", "renewed")[k], COLOURS[4])}, ("实施后", "after")[k]),
    )  # fmt: skip
    return render(
        "block_map.html", lang=language, report=report, maps=list(zip(maps[::2], maps[1::2], strict=True)), blocks=blocks,
        ways=_count_ways(report, k), counts=_count_answers(report, k), pivots=[p.tell() for p in report.pivots[:10]],
        frontier=[(p.budget, p.spent, f"{p.worth / 1000:,.1f}", len(p.plan.blocks)) for p in report.frontier], is_synthetic=report.is_synthetic,
    )  # fmt: skip


def _stage_classes(report: BlockReport, k: int) -> tuple[list[str], dict[str, MapClass]]:
    legend = {code: MapClass(label[k], COLOURS[i % 3]) for i, (code, label) in enumerate(report.stages.items())}
    legend |= {"": MapClass(("不在清单", "off the list")[k]), "open": MapClass(("缺数据或需认定", "figure or finding missing")[k], COLOURS[6])}  # fmt: skip
    classes = [line.stage or ("" if line.outcome is Outcome.FAIL else "open") for line in report.lines]
    return classes, legend


def _block_classes(report: BlockReport, k: int) -> tuple[list[str], dict[str, MapClass]]:
    legend = {str(b): MapClass((f"第 {b + 1} 片", f"block {b + 1}")[k], COLOURS[3 + b % 3]) for b in range(len(report.plan.blocks))}  # fmt: skip
    legend |= {"stays": MapClass(("不愿搬迁", "will not move")[k], STAYS), "": MapClass(("片外", "outside")[k], PALE)}
    movable = report.case.is_movable.tolist()
    return [str(b) if b != FREE else ("" if movable[p] else "stays") for p, b in enumerate(report.plan.label.tolist())], legend  # fmt: skip


def _after(report: BlockReport, before: Sequence[str]) -> list[str]:
    return ["renewed" if b != FREE else c for b, c in zip(report.plan.label.tolist(), before, strict=True)]


def _note(line: Renewal, k: int) -> str:
    way = WAYS[line.way][k] if line.way else ""
    return "; ".join(filter(None, (way, line.reasons[-1].zh if line.reasons and k == 0 else "", line.reasons[-1].en if line.reasons and k else "")))  # fmt: skip


def _block_row(report: BlockReport, number: int, block: Sequence[int]) -> dict[str, Any]:
    """A block's sums: those of its plots."""
    at = list(block)
    return {
        "number": number, "plots": len(at), "area": f"{int(report.plots.area[at].sum()) / 1_000_000:,.1f}",
        "cost": int(report.case.cost[at].sum()), "gain": int(report.case.gain[at].sum()), "codes": "、".join(report.plots.codes[p] for p in at),
    }  # fmt: skip


def _count_ways(report: BlockReport, k: int) -> list[tuple[str, int]]:
    return [(names[k], sum(line.way == way for line in report.lines)) for way, names in WAYS.items()]


def _count_answers(report: BlockReport, k: int) -> list[tuple[str, int]]:
    """Every plot in exactly one line: the counts sum to the map."""
    listed, off = ("在清单", "on the list")[k], ("不在清单", "off the list")[k]
    names = {Outcome.PASS: listed, Outcome.FAIL: off, Outcome.MISSING: ("缺数据", "data missing")[k], Outcome.HUMAN: ("需认定", "needs a finding")[k]}  # fmt: skip
    return [(name, sum(line.outcome is outcome for line in report.lines)) for outcome, name in names.items()]
