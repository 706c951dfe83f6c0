"""What was reached against what was published (标定对照): one row for each target of the calibration.

Owns measuring a district against the targets and printing the comparison. It does not own the targets.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.quantity.dimension import RATIO
from kaiwu.quantity.parse import parse_quantity
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.district import District
from kaiwu.synth.draw import Floats, Mask
from kaiwu.synth.section import model_number, model_unit
from kaiwu.synth.setting import Target
from kaiwu.synth.site import NOWHERE

COLUMNS = ("code", "zh", "en", "year", "unit", "target", "scaled", "achieved", "difference", "tolerance", "met",
           "source", "standing", "note")  # fmt: skip
"""Columns of the comparison, all text."""
STANDINGS = {
    "attested": "多处来源",
    "single_copy": "仅一处来源, 待核实",
    "memory": "凭记忆, 待核实",
    "inferred": "推断, 待核实",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One target, what it is for a district of this size, and what the district has; in the unit as published."""

    target: Target
    unit: str
    published: float
    scaled: float
    achieved: float
    difference: float
    tolerance: float
    is_met: bool


def compare_targets(district: District, *, missing: float | None = None) -> list[Comparison]:
    """Compare every target. ``missing`` is the share of empty cells in the sheets; without it that row is left out.

    A count may miss its scaled target by one half, because firms are whole. Raises ``KaiwuError`` for a target that
    nobody knows how to measure.
    """
    found = dict(_measured(district))
    if missing is not None:
        found["missing"] = missing
    rows = []
    for target in district.calibration.settings.targets:
        if target.code not in found and target.code != "missing":
            known = ", ".join(found)
            raise KaiwuError(Problem("Y-TARGET", f"不会计算标定目标“{target.code}”; 会的有: {known}",
                                     f"nobody can measure target “{target.code}”; known are: {known}"))  # fmt: skip
        if target.code in found:
            rows.append(_compare(district.calibration, target, found[target.code], district.firms.count))
    return rows


def _compare(calibration: Calibration, target: Target, achieved: float, firms: int) -> Comparison:
    quantity = parse_quantity(target.value)
    shown = float(model_unit(quantity.unit).factor / quantity.unit.factor)
    published = float(quantity.amount)
    scaled = published * (calibration.scale(firms) if target.scales else 1.0)
    got = achieved * shown
    tolerance = model_number(target.tolerance)
    if quantity.unit.dimension == RATIO:
        difference, limit = got - scaled, tolerance * shown
    else:
        difference, limit = got / scaled - 1, tolerance
    is_whole = (
        quantity.unit.dimension not in (RATIO,)
        and quantity.unit.factor == 1
        and Fraction(quantity.amount).denominator == 1
    )
    is_met = abs(difference) <= limit or (is_whole and abs(got - scaled) <= _slack(scaled))
    return Comparison(target, quantity.unit.zh, published, scaled, got, difference, limit, is_met)


def _slack(scaled: float) -> float:
    """Whole firms: one half, and a district too small for one has one all the same."""
    return max(0.5, 1 - scaled) + 1e-9


# -- what a district has ---------------------------------------------------------------------------------------------


def _measured(district: District) -> Mapping[str, float]:
    """What the district has, by target, in the units of the model."""
    measures, calibration = district.firms.measures, district.calibration
    found = {**_industry(district), **_land(district)}
    found |= {"electricity": float(np.nansum(_column(district, "electricity", measures["electricity"])))}
    chain = measures["chain"] > 0
    for rule in calibration.settings.assume.lists:
        found.setdefault(rule.target, float((measures[rule.code] > 0).sum()))
        if rule.chain:
            found[rule.chain] = float(((measures[rule.code] > 0) & chain).sum())
    for grade in calibration.settings.assume.grades:
        found |= {target: float((measures[grade.code] == label).sum()) for label, target in grade.values.items()}
    in_pool = district.projects.measures["in_pool"] > 0
    found["pool_projects"] = float(in_pool.sum())
    found["pool_investment"] = float(district.projects.measures["investment"][in_pool].mean())
    return found


def _industry(district: District) -> dict[str, float]:
    """Size, cluster, value added and its shares."""
    sizes, industries, calibration = district.sizes, district.industries, district.calibration
    value = np.nan_to_num(industries.value_added)
    codes = np.array([d.code for d in calibration.divisions])[industries.division]
    cluster = np.isin(codes, calibration.settings.assume.cluster.divisions)

    def above(code: str) -> Mask:
        return np.asarray(sizes.above[:, sizes.column(calibration.target(code).year)])

    def share(code: str, part: Floats | Mask) -> float:
        weights, column = above(code), sizes.column(calibration.target(code).year)
        return float((value[:, column] * part)[weights].sum() / value[weights, column].sum())

    strategic: Floats = np.nan_to_num(industries.strategic)
    members = cluster & above("cluster_firms")
    revenue = sizes.revenue[:, sizes.column(calibration.target("cluster_revenue").year)]
    shares: dict[str, Callable[[], Floats | Mask]] = {
        "hightech_share": lambda: industries.is_hightech,
        "equipment_share": lambda: industries.is_equipment,
        "platform_share": lambda: industries.on_platform,
        "strategic_share": lambda: _column(district, "strategic_share", strategic),
        "strategic_share_later": lambda: _column(district, "strategic_share_later", strategic),
    }
    return {
        "above_scale": float(above("above_scale").sum()),
        "cluster_firms": float(members.sum()),
        "cluster_large": float((revenue[members] >= calibration.settings.assume.cluster.large).sum()),
        "cluster_revenue": float(revenue[members].sum()),
        "value_added": float(_column(district, "value_added", value)[above("value_added")].sum()),
        "value_added_growth": _growth(district, value),
        **{code: share(code, part()) for code, part in shares.items()},
    }


def _column(district: District, target: str, values: Floats) -> Floats:
    """The year of a target."""
    return np.asarray(values[:, district.sizes.column(district.calibration.target(target).year)])


def _growth(district: District, value: Floats) -> float:
    """Growth of the firms that are above scale in both years."""
    column = district.sizes.column(district.calibration.target("value_added_growth").year)
    same = district.sizes.above[:, column] & district.sizes.above[:, column - 1]
    return float(value[same, column].sum() / value[same, column - 1].sum() - 1)


def _land(district: District) -> dict[str, float]:
    """The stock of land, and the part on plots below the line."""
    sites, line = district.sites, district.calibration.settings.assume.land.low_yield_line
    land = district.firms.measures["land"]
    stock = float(np.nansum(_column(district, "land_stock", land)))
    users = ~np.isnan(_column(district, "low_yield_land", land)) & np.asarray(sites.plot != NOWHERE)
    area = np.bincount(sites.plot[users], _column(district, "low_yield_land", land)[users], sites.plots)
    tax = _column(district, "low_yield_land", district.firms.measures["tax_assessed"])
    taxes = np.bincount(sites.plot[users], tax[users], sites.plots)
    return {"land_stock": stock, "low_yield_land": float(area[(area > 0) & (taxes < line * area)].sum())}


# -- print -----------------------------------------------------------------------------------------------------------


def print_csv(rows: Sequence[Comparison]) -> str:
    """The comparison as CSV with the columns ``COLUMNS``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)
    return out.getvalue()


def print_markdown(rows: Sequence[Comparison], title: str, label: str) -> str:
    """The comparison as a page to read."""
    lines = [f"# {title} ({label})", "", f"本表及所列数据均为{label}, 不代表任何真实企业或区域。", "",
             "| 目标 | 年份 | 公布值 | 按规模折算 | 合成结果 | 差 | 允许差 | 达到 | 来源 | 可信程度 | 说明 |",
             "|---|---|--:|--:|--:|--:|--:|---|---|---|---|"]  # fmt: skip
    for row in rows:
        c = dict(zip(COLUMNS, _cells(row), strict=True))
        lines.append(
            f"| {c['zh']} | {c['year']} | {c['target']}{c['unit']} | {c['scaled']} | {c['achieved']} | {c['difference']} | {c['tolerance']} "
            f"| {'是' if row.is_met else '否'} | {c['source']} | {STANDINGS.get(c['standing'], c['standing'])} | {c['note']} |"
        )
    return "\n".join(lines) + "\n"


def _cells(row: Comparison) -> tuple[str, ...]:
    t = row.target
    is_ratio = "%" in t.value
    return (
        t.code, t.zh, t.en, str(t.year), row.unit, f"{row.published:g}", f"{row.scaled:.6g}", f"{row.achieved:.6g}",
        f"{row.difference:+.2f}个百分点" if is_ratio else f"{row.difference:+.2%}",
        f"{row.tolerance:g}个百分点" if is_ratio else f"{row.tolerance:.1%}", "true" if row.is_met else "false",
        t.source, t.standing, t.note,
    )  # fmt: skip
