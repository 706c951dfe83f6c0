"""Checks of a map (地块图校验): areas above zero, boundaries that do not cross themselves, plots that do not overlap.

Owns the findings as located problems. Nothing is repaired: a map with a finding decides nothing until its owner mends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from kaiwu.allot.kernel import Whole, kernel
from kaiwu.allot.land.contiguity import TOLERANCE_MM, find_near
from kaiwu.allot.land.plot import PlotMap
from kaiwu.allot.land.sine import Floats
from kaiwu.quantity import KaiwuError, Problem, Quantity, find_unit, parse_quantity

AREA_FACT = "area"
"""The property in which a file states the area of a plot, for example ``18.5亩``."""
MOST_DIFFERENCE = Fraction(5, 100)
"""A stated area further than this from the drawn one belongs to another plot or another unit."""


def check_map(plots: PlotMap, tolerance: int = TOLERANCE_MM) -> None:
    """Refuse a map with mistakes, all of them in one ``KaiwuError``."""
    problems = [*_check_areas(plots), *_check_crossings(plots), *_check_overlaps(plots, tolerance)]
    if problems:
        raise KaiwuError(problems)


def _check_areas(plots: PlotMap) -> Iterator[Problem]:
    """Areas that are not above zero, drawn or stated, and stated ones that are far from the drawn."""
    for number, (code, facts) in enumerate(zip(plots.codes, plots.facts, strict=True)):
        drawn = int(plots.area[number])
        stated = _stated_area(facts.get(AREA_FACT))
        if drawn <= 0:
            zh, en = (
                f"地块“{code}”的图形面积不大于零(洞大于外圈或退化成线); 请重画",
                f"the drawn area of plot “{code}” is not above zero (its hole is larger than it, or it is a line): draw it again",
            )
            yield Problem("A-PLOT-AREA", zh, en, where=plots.wheres[number])
        elif isinstance(stated, str):
            zh, en = (
                f"地块“{code}”的面积“{stated}”读不出; 请写数字和单位, 如 18.5亩",
                f"the area “{stated}” of plot “{code}” cannot be read: write a number with its unit, such as 18.5亩",
            )
            yield Problem("A-PLOT-AREA", zh, en, where=plots.wheres[number], text=stated)
        elif stated is not None and stated <= 0:
            zh, en = (
                f"地块“{code}”填报面积不大于零; 请核对",
                f"the stated area of plot “{code}” is not above zero: check it",
            )
            yield Problem("A-PLOT-AREA", zh, en, where=plots.wheres[number], text=str(facts[AREA_FACT]))
        elif stated is not None and abs(stated - drawn) > MOST_DIFFERENCE * drawn:
            zh = f"地块“{code}”填报面积 {facts[AREA_FACT]} 与图形面积 {_mu(drawn)}亩 相差超过 5%; 请核对单位和图形"
            en = f"plot “{code}” states {facts[AREA_FACT]} but is drawn with {_mu(drawn)} mu, more than 5 % apart: check the unit and the drawing"
            yield Problem("A-PLOT-AREA", zh, en, where=plots.wheres[number], text=str(facts[AREA_FACT]))


def _stated_area(value: Any) -> Fraction | str | None:
    """The stated area in µmu; text where it cannot be read; None where there is none."""
    if value is None or value == "":
        return None
    try:
        read: Quantity = parse_quantity(str(value), dimension=find_unit("亩").dimension)
    except KaiwuError:
        return str(value)
    return read.base


def _mu(area: int) -> str:
    return f"{area / 1_000_000:.3f}"


def _check_crossings(plots: PlotMap) -> Iterator[Problem]:
    """Boundaries that cross themselves, by exact signs."""
    for number in np.flatnonzero(find_crossings(plots.edge_start, np.ascontiguousarray(plots.edges[:, 1:]))):
        code = plots.codes[number]
        yield Problem("A-PLOT-CROSS", f"地块“{code}”的边界自相交; 请重画", f"the boundary of plot “{code}” crosses itself: draw it again", where=plots.wheres[number])  # fmt: skip


def _check_overlaps(plots: PlotMap, tolerance: int) -> Iterator[Problem]:
    """Pairs that overlap by more than the ring that an error of ``tolerance`` around the smaller one can make."""
    near = find_near(plots, -tolerance)
    if not len(near):
        return
    overlap = measure_overlaps(near, plots.edge_start, np.ascontiguousarray(plots.edges[:, 1:]), plots.boxes)
    allowed = tolerance * np.minimum(plots.perimeter[near[:, 0]], plots.perimeter[near[:, 1]])
    for (a, b), area in zip(near[overlap > allowed], overlap[overlap > allowed], strict=True):
        one, two, size = plots.codes[a], plots.codes[b], f"{area / 1e6:.1f}"
        zh, en = (
            f"地块“{one}”与“{two}”重叠 {size} 平方米; 请核对边界",
            f"plots “{one}” and “{two}” overlap by {size} m²: check their boundaries",
        )
        yield Problem("A-PLOT-OVERLAP", zh, en, where=f"{plots.wheres[a]}; {plots.wheres[b]}")


@kernel
def find_crossings(start: Whole, edges: Whole) -> Whole:
    """1 for each plot of which two edges cross properly; touching ends are no crossing."""
    out = np.zeros(len(start) - 1, dtype=np.int64)
    for p in range(len(start) - 1):
        for e in range(start[p], start[p + 1]):
            x0, y0, x1, y1 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            for f in range(e + 1, start[p + 1]):
                u0, v0, u1, v1 = edges[f, 0], edges[f, 1], edges[f, 2], edges[f, 3]
                if max(u0, u1) < min(x0, x1) or min(u0, u1) > max(x0, x1):
                    continue
                a = (x1 - x0) * (v0 - y0) - (y1 - y0) * (u0 - x0)
                b = (x1 - x0) * (v1 - y0) - (y1 - y0) * (u1 - x0)
                c = (u1 - u0) * (y0 - v0) - (v1 - v0) * (x0 - u0)
                d = (u1 - u0) * (y1 - v0) - (v1 - v0) * (x1 - u0)
                if ((a > 0 and b < 0) or (a < 0 and b > 0)) and ((c > 0 and d < 0) or (c < 0 and d > 0)):
                    out[p] = 1
    return out


@kernel
def measure_overlaps(near: Whole, start: Whole, edges: Whole, boxes: Whole) -> Floats:
    """The area in mm² that each pair of plots shares.

    Green's theorem on both: the sum over pairs of edges of the signed area that lies beneath both of them, down to a common
    floor. Holes run against outer rings, so that they take away.
    """
    out = np.zeros(len(near), dtype=np.float64)
    for k in range(len(near)):
        a, b = near[k, 0], near[k, 1]
        floor = max(boxes[a, 1], boxes[b, 1])
        total = 0.0
        for e in range(start[a], start[a + 1]):
            for f in range(start[b], start[b + 1]):
                total += beneath(edges[e], edges[f], floor)
        out[k] = abs(total)
    return out


@kernel
def beneath(one: Whole, two: Whole, floor: int) -> float:
    """The signed area beneath both edges and above ``floor``, in mm²."""
    sign = 1.0
    ax, ay, bx, by = one[0], one[1], one[2], one[3]
    cx, cy, dx, dy = two[0], two[1], two[2], two[3]
    if ax > bx:
        ax, ay, bx, by, sign = bx, by, ax, ay, -sign
    if cx > dx:
        cx, cy, dx, dy, sign = dx, dy, cx, cy, -sign
    left, right = max(ax, cx), min(bx, dx)
    if right <= left:
        return 0.0
    width = float(right - left)
    # Heights of both at both ends; the lower one counts, and nothing counts below the floor.
    p0 = float(ay - floor) + float(by - ay) * float(left - ax) / float(bx - ax)
    p1 = float(ay - floor) + float(by - ay) * float(right - ax) / float(bx - ax)
    q0 = float(cy - floor) + float(dy - cy) * float(left - cx) / float(dx - cx)
    q1 = float(cy - floor) + float(dy - cy) * float(right - cx) / float(dx - cx)
    cuts = (0.0, _cut(p0, p1, 0.0, 0.0), _cut(q0, q1, 0.0, 0.0), _cut(p0, p1, q0, q1), 1.0)
    total, at = 0.0, 0.0
    while at < 1.0:
        following = 1.0
        for cut in cuts:
            if at < cut < following:
                following = cut
        middle = (at + following) / 2
        height = min(p0 + (p1 - p0) * middle, q0 + (q1 - q0) * middle)
        if height > 0.0:
            total += height * (following - at)
        at = following
    return sign * total * width


@kernel
def _cut(p0: float, p1: float, q0: float, q1: float) -> float:
    """Where two straight lines over [0, 1] meet; 1 where they do not."""
    if (p0 - q0) * (p1 - q1) >= 0.0:
        return 1.0
    return (p0 - q0) / ((p0 - q0) - (p1 - q1))
