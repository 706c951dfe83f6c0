"""The league report and the page of one unit of an index (评价报告、一县一页): HTML that prints, and Excel as printed.

Owns what they show. Scores, parts and places are those of ``kaiwu.rating.index``; nothing is computed a second way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kaiwu.rating.index import IndexModel, IndexResult
from kaiwu.rating.index.advice import Advice
from kaiwu.rating.index.certainty import STANDINGS, Standing, rank_certainty
from kaiwu.rating.index.decomposition import Parts, compare, decompose
from kaiwu.rating.index.diagnosis import Diagnosis, diagnose
from kaiwu.rating.index.phrase import signed, tell_parts
from kaiwu.rating.index.runs import Choices
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.points import print_points
from kaiwu.report.cell import Column
from kaiwu.report.index_chart import interval_chart, parts_chart, radar_chart
from kaiwu.report.page import render
from kaiwu.report.printed import Printed, write_book

Advising = Callable[[str], Advice | None]
RUNS = 2000
NOTE = (
    "名次区间: 换用别的标准化、合成与权重试算, 90% 的名次落在其中; 稳入为 95% 以上的试算在名额内",
    "intervals: 90 % of the places under other normalisation, aggregation and weights; certain is within the quota in at least 95 % of the runs",
)


@dataclass(frozen=True, eq=False)
class IndexReport:
    """A rated index with what its pages need. ``path`` makes the address of a unit's page."""

    zh: str
    en: str
    model: IndexModel
    result: IndexResult
    standings: Mapping[str, Standing]
    diagnosis: Diagnosis
    quota: int | Mapping[str, int]
    is_synthetic: bool = False
    advising: Advising | None = None
    path: Callable[[str], str] = field(default=lambda unit: f"{unit}.html")
    home: str = "index.html"

    @property
    def decimals(self) -> int:
        """Decimals of printed scores."""
        return 6 if self.result.rank.decimals is None else self.result.rank.decimals

    def name(self, unit: str) -> str:
        """The name of a unit, its code where it has none."""
        return self.model.values.names.get(unit, unit)

    def quota_of(self, league: str) -> int:
        """The number of places of a league."""
        return self.quota if isinstance(self.quota, int) else self.quota.get(league, 0)

    def leagues(self) -> dict[str, list[str]]:
        """Units by league, the best first, the unrated last."""
        result = self.result
        order = sorted(range(len(result.units)), key=lambda i: (math.isnan(result.ranks[i]), result.ranks[i], result.units[i]))  # fmt: skip
        out: dict[str, list[str]] = {}
        for i in order:
            out.setdefault(result.leagues[i], []).append(result.units[i])
        return dict(sorted(out.items()))


def make_report(
    model: IndexModel, *, zh: str, en: str, quota: int | Mapping[str, int] = 0, is_synthetic: bool = False, choices: Choices | None = None,
    advising: Advising | None = None, runs: int = RUNS, size: str | None = None, **more: Any,
) -> IndexReport:  # fmt: skip
    """Rate, try other choices and diagnose, for the pages of an index."""
    result = model.run()
    _, standings = rank_certainty(model, quota, choices, runs)
    found = diagnose(model, size, result)
    return IndexReport(zh, en, model, result, {s.unit: s for s in standings}, found, quota, is_synthetic, advising, **more)  # fmt: skip


def render_league(report: IndexReport, language: str = "zh", **shared: Any) -> str:
    """The page of all leagues: places, intervals, certain and contested winners, what the diagnosis says."""
    leagues = []
    for league, units in report.leagues().items():
        rows = [_row(report, unit) for unit in units]
        drawn = [(r["name"], r["rank"], r["low"], r["high"], r["standing"]) for r in rows]
        title = ("名次与 90% 区间", "places and 90 % intervals")[language == "en"]
        leagues.append({
            "name": league, "rows": rows, "quota": report.quota_of(league), "counts": _counts(rows),
            "chart": interval_chart(drawn, f"{league} {title}".strip(), len(rows)),
        })  # fmt: skip
    told = report.diagnosis.tell()
    return render("index_league.html", **{"lang": language, **shared}, report=report, leagues=leagues, told=told, note=NOTE, standings=STANDINGS, is_synthetic=report.is_synthetic)  # fmt: skip


def render_unit(
    report: IndexReport, unit: str, language: str = "zh", *, with_radar: bool = False, **shared: Any
) -> str:
    """The page of one unit: its place, the parts of its score, the gap to the place before it and to the quota, advice."""
    parts = decompose(report.model, unit, report.result)
    k = 1 if language == "en" else 0
    row = _row(report, unit)
    members = report.leagues()[row["league"]]
    at = members.index(unit)
    quota = report.quota_of(row["league"])
    others = {"before": members[at - 1] if at else None, "quota": members[quota - 1] if 0 < quota <= at else None}
    gaps = [_gap(report, unit, other, language) for other in dict.fromkeys(others.values()) if other is not None and report.result.printed[report.result.units.index(other)] != MISSING]  # fmt: skip

    def named(pair: tuple[str, str]) -> tuple[str, str]:
        return pair[0].replace(unit, report.name(unit)), pair[1].replace(unit, report.name(unit))

    advice = report.advising(unit) if report.advising is not None else None
    radar = _radar(parts, k) if with_radar else ""
    return render(
        "index_unit.html", **{"lang": language, **shared}, report=report, row=row, parts=_lines(parts), told=named(tell_parts(parts)[0]), gaps=gaps,
        bars=_bars(parts, language, ("得分构成", "parts of the score")[k]), radar=radar, advice=[named(line) for line in advice.tell()] if advice else [], size=len(members),
        standings=STANDINGS, quota=quota, is_synthetic=report.is_synthetic,
    )  # fmt: skip


def print_league(report: IndexReport) -> list[Printed]:
    """The workbook: one sheet of places by league, one of the parts of every score."""
    scale = report.decimals
    columns = (
        Column("组别", "league", 14), Column("名次", "place", 8, "decimal", 1), Column("代码", "code", 14), Column("名称", "name", 20),
        Column("得分", "score", 10, "decimal", scale), Column("区间下端", "from", 10), Column("区间上端", "to", 10),
        Column("进入名额的比例", "in the quota", 14), Column("判断", "standing", 10, words=STANDINGS),
    )  # fmt: skip
    rows = [
        (r["league"], None if math.isnan(r["rank"]) else round(r["rank"] * 10), r["unit"], r["name"], r["points"], f"{r['low']:g}", f"{r['high']:g}", f"{r['chance']:.1%}", r["standing"])
        for units in report.leagues().values() for r in (_row(report, unit) for unit in units)
    ]  # fmt: skip
    facts = [f"单位数 {len(report.result.units)}", NOTE[0]]
    tree = report.result.tree
    heads = (Column("代码", "code", 14), Column("名称", "name", 20), *(Column(tree.by_code[c].zh or c, tree.by_code[c].en or c, 12, "decimal", scale) for c in tree.leaves), Column("得分", "score", 10, "decimal", scale))  # fmt: skip
    split = []
    for unit, printed in zip(report.result.units, report.result.printed, strict=True):
        if printed != MISSING:
            points = {p.code: p.points for p in decompose(report.model, unit, report.result).parts}
            split.append((unit, report.name(unit), *(points.get(c) for c in tree.leaves), int(printed)))
    notes = ("各项相加等于得分",)
    return [
        Printed("名次", f"{report.zh}: 名次", facts, columns, rows, is_synthetic=report.is_synthetic),
        Printed("得分构成", f"{report.zh}: 得分构成", facts[:1], heads, split, notes=notes, is_synthetic=report.is_synthetic),
    ]  # fmt: skip


def write_report(folder: Path, report: IndexReport, language: str = "zh", *, with_radar: bool = False) -> list[Path]:
    """``index.html``, one page per rated unit, and ``league.xlsx`` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    out = [folder / "index.html"]
    out[0].write_text(render_league(report, language), encoding="utf-8")
    for unit, printed in zip(report.result.units, report.result.printed, strict=True):
        if printed != MISSING:
            out.append(folder / f"{unit}.html")
            out[-1].write_text(render_unit(report, unit, language, with_radar=with_radar), encoding="utf-8")
    return [*out, write_book(folder / "league.xlsx", print_league(report))]


def _row(report: IndexReport, unit: str) -> dict[str, Any]:
    at, standing = report.result.units.index(unit), report.standings[unit]
    points = int(report.result.printed[at])
    return {
        "unit": unit, "name": report.name(unit), "league": report.result.leagues[at], "rank": float(report.result.ranks[at]),
        "points": None if points == MISSING else points, "score": "" if points == MISSING else print_points(points, report.decimals),
        "low": standing.low, "high": standing.high, "chance": standing.chance, "standing": standing.standing,
    }  # fmt: skip


def _counts(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """How many of each standing; they sum to the league."""
    return [(code, sum(r["standing"] == code for r in rows)) for code in STANDINGS]


def _lines(parts: Parts, *, with_sign: bool = False) -> list[dict[str, Any]]:
    show = signed if with_sign else print_points
    return [
        {
            "zh": p.zh, "en": p.en, "depth": p.depth, "points": show(p.points, parts.decimals), "weight": f"{p.weight:.2%}" if p.weight else "",
            "score": "" if p.score is None else f"{p.score:.2f}", "other": "" if p.other is None else f"{p.other:.2f}", "is_missing": p.is_missing,
        }
        for p in parts.parts
    ]  # fmt: skip


def _radar(parts: Parts, k: int) -> Any:
    """The blocks, or the indicators where there are fewer than three blocks: two corners make no shape."""
    blocks = [p for p in parts.parts if p.depth == 1]
    drawn, title = (blocks, ("板块得分", "scores of blocks")) if len(blocks) > 2 else (parts.leaves, ("指标得分", "scores of indicators"))  # fmt: skip
    return radar_chart([((p.zh, p.en)[k], p.score or 0.0) for p in drawn], title[k])


def _bars(parts: Parts, language: str, title: str, *, with_sign: bool = False) -> Any:
    show = signed if with_sign else print_points
    return parts_chart([(p.en if language == "en" else p.zh, show(p.points, parts.decimals), p.points) for p in parts.leaves], title)  # fmt: skip


def _gap(report: IndexReport, unit: str, other: str, language: str) -> dict[str, Any]:
    gap = compare(report.model, unit, other, report.result)
    title = ("差距构成", "parts of the gap")[language == "en"]
    return {
        "other": other, "name": report.name(other), "points": signed(gap.points, gap.decimals), "lines": _lines(gap, with_sign=True),
        "bars": _bars(gap, language, f"{title}: {report.name(unit)} − {report.name(other)}", with_sign=True),
    }  # fmt: skip
