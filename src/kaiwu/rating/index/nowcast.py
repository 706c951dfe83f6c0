"""The yearly score from a part of the year (全年得分推算): every open figure nowcast, the index made of each past year's errors.

Owns the passage from figures of some months to intervals of scores and places. How one figure is nowcast is
``kaiwu.rating.operation.nowcast``; it claims no probability, and neither does this.

Method: an open figure is its part over the mean share that the same months had in past years. One scenario for each past year lets every
figure err as it erred in that year (left out in turn), so that figures that move together do so here; the index is computed in each. The
interval of a score or place is the range over the scenarios and the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.model import IndexModel, IndexResult
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.index.values import Values
from kaiwu.rating.operation.nowcast import LEAST_YEARS, Nowcast, YearPath, nowcast_year
from kaiwu.rating.points import print_points


@dataclass(frozen=True, slots=True)
class PartFigure:
    """One open figure of the year: what its first months brought, in the indicator's unit, and the same months of past years."""

    unit: str
    code: str
    part: Fraction
    history: tuple[YearPath, ...]


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """One unit: printed score (10^-decimals) and place in the middle, least and most; None where it has no score."""

    unit: str
    league: str
    decimals: int
    score: int | None = None
    low: int | None = None
    high: int | None = None
    rank: float | None = None
    best: float | None = None
    worst: float | None = None

    def tell(self) -> tuple[str, str]:
        """One sentence, zh and en."""
        if self.score is None or self.low is None or self.high is None:
            return f"{self.unit}: 数据不足, 不推算得分", f"{self.unit}: too little is known, no score"
        score, low, high = (print_points(p, self.decimals) for p in (self.score, self.low, self.high))
        return (
            f"{self.unit}: 全年得分推算 {score}({low}–{high}), 名次 {self.rank:g}({self.best:g}–{self.worst:g})",
            f"{self.unit}: nowcast of the yearly score {score} ({low}–{high}), place {self.rank:g} ({self.best:g}–{self.worst:g})",
        )


@dataclass(frozen=True, eq=False)
class IndexNowcast:
    """The index of an open year: ``figures`` by (unit, code), ``scenarios`` the past years whose errors were played, units by code."""

    year: int
    months: int
    result: IndexResult
    figures: dict[tuple[str, str], Nowcast]
    scenarios: tuple[int, ...]
    units: tuple[ScoreRange, ...]

    @property
    def method(self) -> tuple[str, str]:
        """What was done, in both languages; stands beside every printed nowcast."""
        years = "、".join(map(str, self.scenarios)), ", ".join(map(str, self.scenarios))
        return (
            f"{len(self.figures)} 个数按1—{self.months}月累计除以往年同月占全年的平均比重推算; 再让各数同时按 {years[0]} 年各自留出检验的误差变动, "
            "每年重算一次指数, 区间是各次的范围, 不代表概率",
            f"open figures ({len(self.figures)}) are their months 1–{self.months} over the mean share of past years; the index is computed again with all of them "
            f"erring as they did in {years[1]}, each left out in turn; intervals are the range and claim no probability",
        )


def nowcast_index(model: IndexModel, parts: Sequence[PartFigure], year: int, months: int) -> IndexNowcast:
    """Nowcast the open figures of a model's values and with them scores and places.

    ``model.values`` hold what is known of ``year``; the cells of ``parts`` are missing there. Raises ``KaiwuError`` naming every part
    whose unit or indicator is not in the values, whose cell is known already, that is given twice, whose figures are not positive, or that
    has fewer than three complete years in common with the others.
    """
    figures = _nowcast_figures(model, parts, year, months)
    scenarios = _common_years(figures)
    middle = model.changed(values=_filled(model, {cell: found.total for cell, found in figures.items()}))
    result = middle.run()
    runs = [result]
    for past in scenarios:
        values = {cell: found.total * (1 + dict(found.errors)[past]) for cell, found in figures.items()}
        runs.append(model.changed(values=_filled(model, values)).run())
    return IndexNowcast(year, months, result, figures, scenarios, _ranges(runs))


def _nowcast_figures(
    model: IndexModel, parts: Sequence[PartFigure], year: int, months: int
) -> dict[tuple[str, str], Nowcast]:
    found: dict[tuple[str, str], Nowcast] = {}
    problems: list[Problem] = []
    for part in parts:
        cell, where = (part.unit, part.code), f"{part.unit}, {part.code}"
        if part.unit not in model.values.units or part.code not in model.values.codes:
            problems.append(
                Problem(
                    "IX-NOWCAST-UNKNOWN",
                    "数据表里没有这个单位或指标",
                    "the values have no such unit or indicator",
                    where=where,
                )
            )
        elif cell in found:
            problems.append(Problem("IX-VALUES-TWICE", "给了两次", "given twice", where=where))
        elif not np.isnan(model.values.column(part.code)[model.values.units.index(part.unit)]):
            problems.append(
                Problem(
                    "IX-NOWCAST-KNOWN",
                    "数据表里已有全年数, 不必推算",
                    "the values hold the total of the year already",
                    where=where,
                )
            )
        else:
            try:
                found[cell] = nowcast_year(year, months, part.part, part.history)
            except KaiwuError as error:
                problems += [p.located(where) for p in error.problems]
    if not parts:
        problems.append(Problem("IX-NOWCAST-NONE", "没有要推算的数", "there is no open figure to nowcast"))
    if problems:
        raise KaiwuError(problems)
    return found


def _common_years(figures: dict[tuple[str, str], Nowcast]) -> tuple[int, ...]:
    """Past years that every open figure has: only they can be played together."""
    years = [{year for year, _ in found.errors} for found in figures.values()]
    common = sorted(set.intersection(*years))
    if len(common) < LEAST_YEARS:
        unit, code = min(figures, key=lambda cell: len(figures[cell].errors))
        have = ", ".join(map(str, common)) or "-"
        raise KaiwuError(Problem(
            "IX-NOWCAST-YEARS", f"各数共有的完整年度只有 {have}, 至少要 {LEAST_YEARS} 年; 历史最短的是“{unit}”的“{code}”",
            f"the complete years that all figures share are {have}; {LEAST_YEARS} are wanted; the shortest history is “{code}” of “{unit}”",
            where=f"{unit}, {code}",
        ))  # fmt: skip
    return tuple(common)


def _filled(model: IndexModel, figures: dict[tuple[str, str], Fraction]) -> Values:
    x = model.values.x.copy()
    rows = {unit: u for u, unit in enumerate(model.values.units)}
    columns = {code: i for i, code in enumerate(model.values.codes)}
    for (unit, code), value in figures.items():
        x[rows[unit], columns[code]] = float(value)
    return replace(model.values, x=x)


def _ranges(runs: Sequence[IndexResult]) -> tuple[ScoreRange, ...]:
    """The range of printed scores and places of every unit over all runs; a unit may be screened out of some."""
    first = runs[0]
    decimals = 6 if first.rank.decimals is None else first.rank.decimals
    points = [dict(zip(r.units, r.printed.tolist(), strict=True)) for r in runs]
    places = [dict(zip(r.units, r.ranks.tolist(), strict=True)) for r in runs]
    out = []
    for unit, league in zip(first.units, first.leagues, strict=True):
        if points[0][unit] == MISSING:
            out.append(ScoreRange(unit, league, decimals))
            continue
        seen = [p[unit] for p in points if p.get(unit, MISSING) != MISSING]
        stood = [p[unit] for p in places if unit in p and not np.isnan(p[unit])]
        out.append(
            ScoreRange(
                unit, league, decimals, points[0][unit], min(seen), max(seen), places[0][unit], min(stood), max(stood)
            )
        )
    return tuple(out)
