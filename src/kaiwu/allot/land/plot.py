"""Plots (地块) on one integer plane: codes, polygons in millimetres, and what the file says of each.

Owns the table of plots, their areas and perimeters. It reads no format and checks no topology.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from kaiwu.allot.kernel import Whole
from kaiwu.allot.land.datum import Datum, read_datum, to_cgcs2000
from kaiwu.allot.land.projection import choose_meridian, project, to_millimetre
from kaiwu.allot.land.sine import Floats
from kaiwu.quantity import KaiwuError, Problem

Ring = Sequence[Sequence[float]]
Polygon = Sequence[Ring]
MOST_MM = 2**30
"""A map is at most a thousand kilometres wide, so that no product of two coordinates passes 64 bits."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A plot as a file gives it: ``polygons`` of rings (outer first, then holes) of (x, y), and its place in the file."""

    code: str
    polygons: tuple[Polygon, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, eq=False)
class PlotMap:
    """Plots in the order of their codes, whatever the order of the file.

    ``points`` (vertices, 2) int64 millimetres from ``origin``, no ring repeats its first vertex; ring ``r`` is
    ``points[start[r]:start[r + 1]]`` of plot ``plot_of[r]``, a hole where ``is_hole[r]``; outer rings run against the clock.
    """

    codes: tuple[str, ...]
    facts: tuple[Mapping[str, Any], ...]
    wheres: tuple[str, ...]
    points: Whole
    start: Whole
    plot_of: Whole
    is_hole: np.ndarray[Any, np.dtype[np.bool_]]
    datum: Datum
    meridian: int
    origin: tuple[int, int]

    @property
    def count(self) -> int:
        """Number of plots."""
        return len(self.codes)

    @cached_property
    def edges(self) -> Whole:
        """(edges, 5): plot, x0, y0, x1, y1; those of one plot stand together."""
        following = np.arange(1, len(self.points) + 1)
        following[self.start[1:] - 1] = self.start[:-1]
        plot = np.repeat(self.plot_of, np.diff(self.start))
        return np.column_stack([plot, self.points, self.points[following]])

    @cached_property
    def edge_start(self) -> Whole:
        """(plots + 1): the edges of plot p are ``edges[edge_start[p]:edge_start[p + 1]]``."""
        return np.searchsorted(self.edges[:, 0], np.arange(self.count + 1)).astype(np.int64)

    @cached_property
    def doubled(self) -> Whole:
        """Twice the area of every plot in mm², holes taken off; exact."""
        x0, y0, x1, y1 = self.edges[:, 1:].T
        ring = np.repeat(np.arange(len(self.plot_of)), np.diff(self.start))
        twice = np.zeros(len(self.plot_of), dtype=np.int64)
        np.add.at(twice, ring, x0 * y1 - x1 * y0)
        total = np.zeros(self.count, dtype=np.int64)
        np.add.at(total, self.plot_of, np.where(self.is_hole, -np.abs(twice), np.abs(twice)))
        return total

    @cached_property
    def area(self) -> Whole:
        """Area of every plot in µmu (百万分之一亩; 1 m² = 1500 µmu), halves upwards."""
        area: Whole = (self.doubled * 3 + 2000) // 4000  # 1500 µmu per 10^6 mm², of twice the area
        return area

    @cached_property
    def perimeter(self) -> Whole:
        """Length of the boundary of every plot in mm, each edge rounded down."""
        return np.bincount(self.edges[:, 0], self.lengths, self.count).astype(np.int64)

    @cached_property
    def lengths(self) -> Whole:
        """Length of every edge in mm, rounded down."""
        return root(np.square(self.edges[:, 3:] - self.edges[:, 1:3]).sum(axis=1))

    @cached_property
    def boxes(self) -> Whole:
        """(plots, 4): least x, least y, greatest x, greatest y."""
        out = np.empty((self.count, 4), dtype=np.int64)
        out[:, :2], out[:, 2:] = np.iinfo(np.int64).max, np.iinfo(np.int64).min
        plot = np.repeat(self.plot_of, np.diff(self.start))
        np.minimum.at(out[:, :2], plot, self.points)
        np.maximum.at(out[:, 2:], plot, self.points)
        return out


def root(square: Whole) -> Whole:
    """The whole square root, rounded down; exact for all int64."""
    guess = np.sqrt(square.astype(np.float64)).astype(np.int64)
    guess -= guess * guess > square
    return guess + ((guess + 1) * (guess + 1) <= square)


def make_map(shapes: Iterable[Shape], datum: Datum | str) -> PlotMap:
    """Lay plots on the plane. Raises ``KaiwuError`` for doubled codes, rings of fewer than three corners, coordinates
    that the datum cannot have, and an undeclared datum."""
    declared = read_datum(datum) if isinstance(datum, str) else datum
    ordered = sorted(shapes, key=lambda s: s.code)
    rings, plots, holes = _collect_rings(ordered)
    if not rings:
        raise KaiwuError(Problem("A-MAP-EMPTY", "图中没有地块; 请给出至少一个多边形", "the map has no plots: give at least one polygon"))  # fmt: skip
    sizes = [len(ring) for ring in rings]
    xy: Floats = np.concatenate(rings)
    _check_reach(ordered, np.repeat(plots, sizes), xy, declared)
    if declared.meridian is None:
        longitude, latitude = to_cgcs2000(declared, xy[:, 0], xy[:, 1])
        meridian = choose_meridian(longitude)
        east, north = project(longitude, latitude, meridian)
    else:
        (east, north), meridian = xy.T, declared.meridian
    points = np.column_stack([to_millimetre(east), to_millimetre(north)])
    origin = points.min(axis=0)
    points -= origin
    if int(points.max()) >= MOST_MM:
        zh, en = "地图宽于一千公里; 请检查坐标", "the map is wider than a thousand kilometres: check the coordinates"
        raise KaiwuError(Problem("A-MAP-REACH", zh, en))
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return PlotMap(
        tuple(s.code for s in ordered), tuple(s.facts for s in ordered), tuple(s.where for s in ordered), points, start,
        np.asarray(plots, dtype=np.int64), np.asarray(holes, dtype=np.bool_), declared, meridian, (int(origin[0]), int(origin[1])),
    )  # fmt: skip


def _collect_rings(ordered: Sequence[Shape]) -> tuple[list[Floats], list[int], list[bool]]:
    """Every ring without its repeated last vertex, the plot that it belongs to, and whether it is a hole."""
    rings: list[Floats] = []
    plots: list[int] = []
    holes: list[bool] = []
    problems: list[Problem] = []
    for number, shape in enumerate(ordered):
        if number and ordered[number - 1].code == shape.code:
            problems.append(Problem("A-PLOT-TWICE", f"地块“{shape.code}”出现两次; 请给每个地块唯一编号", f"plot “{shape.code}” stands twice: give every plot its own code", where=shape.where))  # fmt: skip
        if not shape.polygons:
            problems.append(Problem("A-PLOT-RING", f"地块“{shape.code}”没有多边形", f"plot “{shape.code}” has no polygon", where=shape.where))  # fmt: skip
        for polygon in shape.polygons:
            for order, ring in enumerate(polygon):
                corners = _read_ring(ring)
                if corners is None:
                    zh = f"地块“{shape.code}”的第 {order + 1} 圈边界不足三个角点或含非数字; 请重新导出"
                    en = f"ring {order + 1} of plot “{shape.code}” has fewer than three corners or no numbers: export it again"
                    problems.append(Problem("A-PLOT-RING", zh, en, where=shape.where))
                    continue
                rings.append(_turn(corners, is_hole=order > 0))
                plots.append(number)
                holes.append(order > 0)
    if problems:
        raise KaiwuError(problems)
    return rings, plots, holes


def _read_ring(ring: Ring) -> Floats | None:
    try:
        corners = np.array([point[:2] for point in ring], dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        return None
    if len(corners) > 1 and (corners[0] == corners[-1]).all():
        corners = corners[:-1]
    return corners if len(corners) >= 3 and bool(np.isfinite(corners).all()) else None


def _turn(corners: Floats, *, is_hole: bool) -> Floats:
    """Outer rings run against the clock and holes with it, whatever the file does."""
    x, y = (corners - corners[0]).T
    twice = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())
    return corners[::-1] if (twice < 0) != is_hole else corners


def _check_reach(shapes: Sequence[Shape], plot: Whole, xy: Floats, datum: Datum) -> None:
    """Degrees lie in China's reach, metres do not look like degrees: the slip of one for the other is told, not repaired."""
    if datum.is_metric:
        wrong = (np.abs(xy) <= 180).all(axis=1)
        zh, en = "声明为平面米, 坐标却像经纬度", "declared as metres, but the coordinates look like degrees"
    else:
        wrong = (xy[:, 0] < 70) | (xy[:, 0] > 140) | (xy[:, 1] < 0) | (xy[:, 1] > 60)
        zh, en = (
            "声明为经纬度(先经后纬), 坐标却不在中国范围",
            "declared as degrees (longitude first), but the coordinates are not in China",
        )
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        shape = shapes[int(plot[at])]
        text = f"{xy[at, 0]:g}, {xy[at, 1]:g}"
        raise KaiwuError(Problem("A-MAP-REACH", f"地块“{shape.code}”{zh}; 请核对坐标系声明", f"plot “{shape.code}”: {en}; check the declared datum", where=shape.where, text=text))  # fmt: skip
