"""The report of the last evaluation of counties (区县评价查询), made once for each run.

Owns the step from ``kaiwu.report``'s index report to plain tables and chart options. Nothing is computed a second way.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from kaiwu.rating.index.certainty import STANDINGS, attribute_ranks
from kaiwu.rating.index.decomposition import Parts, compare, decompose
from kaiwu.rating.index.phrase import signed
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.points import print_points
from kaiwu.report.index_page import IndexReport, make_report
from kaiwu.report.index_site import book_of_run, find_evaluation, model_of_run
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

QUOTA = 10
"""Places of a league on these pages until the method of the year states its own; shown as an assumption."""
CHOICES = {
    "normalise": ("标准化方法", "normalisation"), "means": ("合成方法", "aggregation"), "weights": ("权重 ±25%", "weights ±25 %"),
    "leave_out": ("剔除一项指标", "leaving one indicator out"), "equal": ("等权", "equal weights"),
}  # fmt: skip
SAMPLES, BOOTSTRAPS = 256, 20
_lock = Lock()


def newest_report() -> IndexReport | None:
    """The report of the newest evaluation of counties, or ``None`` where there is none."""
    with _lock:
        return _report(max((r.number for r in workspace().state.runs()), default=""))


@lru_cache(maxsize=2)
def _report(newest: str) -> IndexReport | None:
    """Made anew when a run has been added since; ``newest`` is the number of the newest run."""
    found = find_evaluation(workspace()) if newest else None
    if found is None:
        return None
    run, code = found
    model = model_of_run(run, code, names=workspace().names(run.record.as_of))
    head = book_of_run(run, code).head
    return make_report(model, zh=head.zh, en=head.en, quota=QUOTA, is_synthetic=run.record.is_synthetic)


def league_table(report: IndexReport, league: str) -> list[dict[str, Any]]:
    """The units of a league, the best first: place, score, interval, chance of a place in the quota, standing."""
    rows = []
    for unit in report.leagues().get(league, []):
        at, standing = report.result.units.index(unit), report.standings[unit]
        points = int(report.result.printed[at])
        is_rated = points != MISSING
        rows.append({
            "unit": unit, "name": report.name(unit), "is_rated": is_rated, "place": f"{report.result.ranks[at]:g}" if is_rated else "",
            "score": print_points(points, report.decimals) if is_rated else "", "low": standing.low, "high": standing.high,
            "interval": f"{standing.low:g}–{standing.high:g}" if is_rated else "", "chance": f"{standing.chance:.0%}" if is_rated else "",
            "standing": pick(*STANDINGS[standing.standing]), "tag": {"certain": "ok", "contested": "warn", "out": "muted"}.get(standing.standing, ""),
        })  # fmt: skip
    return rows


def interval_option(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A chart of the intervals of places: a thin bar from the best to the worst place that 90 % of the trials give."""
    rated = [r for r in rows if r["is_rated"]]
    return {
        "grid": {"left": 110, "right": 24, "top": 12, "bottom": 28}, "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "min": 1, "name": pick("名次", "place")},
        "yAxis": {"type": "category", "inverse": True, "data": [r["name"] for r in rated]},
        "series": [
            {"type": "bar", "stack": "i", "silent": True, "itemStyle": {"color": "transparent"}, "data": [r["low"] for r in rated]},
            {"type": "bar", "stack": "i", "name": pick("90% 区间", "90 % interval"), "barWidth": 6, "data": [max(r["high"] - r["low"], 0.15) for r in rated]},
        ],
    }  # fmt: skip


def parts_of(report: IndexReport, unit: str, other: str = "") -> Parts:
    """The parts of a unit's score, or of its gap to another."""
    return compare(report.model, unit, other, report.result) if other else decompose(report.model, unit, report.result)


def part_rows(parts: Parts, *, is_gap: bool) -> list[dict[str, Any]]:
    """Every part with its depth, weight, own score and points; the points of the leaves sum to the printed number."""
    show = signed if is_gap else print_points
    return [
        {
            "label": pick(p.zh, p.en), "depth": p.depth, "weight": f"{p.weight:.2%}" if p.weight else "", "score": "" if p.score is None else f"{p.score:.2f}",
            "other": "" if p.other is None else f"{p.other:.2f}", "points": show(p.points, parts.decimals), "is_missing": p.is_missing,
        }
        for p in parts.parts
    ]  # fmt: skip


def parts_chart(parts: Parts, title: str, *, is_gap: bool) -> dict[str, Any]:
    """The bars of the parts, with the same numbers as a table."""
    show = signed if is_gap else print_points
    leaves = sorted(parts.leaves, key=lambda p: p.value)
    scale = 10**parts.decimals
    return {
        "title": title,
        "option": {
            "grid": {"left": 180, "right": 40, "top": 8, "bottom": 24}, "tooltip": {"trigger": "axis"}, "xAxis": {"type": "value"},
            "yAxis": {"type": "category", "data": [pick(p.zh, p.en) for p in leaves]},
            "series": [{"type": "bar", "data": [p.points / scale for p in leaves]}],
        },
        "columns": [{"label": pick("指标", "Indicator")}, {"label": pick("计入", "Points"), "align": "right"}],
        "rows": [[pick(p.zh, p.en), show(p.points, parts.decimals)] for p in reversed(leaves)],
        "size": "tall",
    }  # fmt: skip


def sensitivity(report: IndexReport) -> list[dict[str, Any]]:
    """How much each choice of method moves the places: the share of the variance of a unit's place, averaged over units, and the
    unit that each moves most. Sobol' total indices of ``kaiwu.rating.index``."""
    found = _sobol(report)
    rows = []
    for i, name in enumerate(found.choices):
        totals = found.total[i]
        moving = ~np.isnan(totals)
        if moving.any():
            most = int(np.nanargmax(np.where(moving, totals * found.variance, np.nan)))
            rows.append({
                "choice": pick(*CHOICES.get(name, (name, name))), "share": float(np.average(totals[moving], weights=found.variance[moving])),
                "unit": report.name(report.result.units[most]),
            })  # fmt: skip
    return sorted(rows, key=lambda r: -r["share"])


@lru_cache(maxsize=2)
def _sobol(report: IndexReport) -> Any:
    leagues = report.result.leagues if report.result.rank.within else ()
    return attribute_ranks(report.model, n=SAMPLES, bootstraps=BOOTSTRAPS, leagues=leagues)
