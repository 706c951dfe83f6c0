"""A small synthetic grid of plots for the tests of land."""

from __future__ import annotations

import numpy as np

from kaiwu.allot.land.block import BlockCase
from kaiwu.allot.land.contiguity import find_contiguity
from kaiwu.allot.land.plot import PlotMap, Shape, make_map

GRID = "CGCS2000-GK120"
EAST, NORTH = 500_000.0, 3_340_000.0


def rectangle(code: str, x: float, y: float, width: float, height: float, **facts: object) -> Shape:
    """A rectangle in metres from the corner of the test area."""
    a, b = EAST + x, NORTH + y
    ring = [[a, b], [a + width, b], [a + width, b + height], [a, b + height], [a, b]]
    return Shape(code, ([ring],), facts, f"test {code}")


def grid(columns: int, rows: int, shift: float = 0.0) -> PlotMap:
    """Plots of 100 m × 80 m side by side, every corner off by up to ``shift`` metres."""
    rng = np.random.default_rng(7)
    shapes = []
    for i in range(columns):
        for j in range(rows):
            whole = rectangle(f"P{i:02d}{j:02d}", 100 * i, 80 * j, 100, 80)
            ring = np.array(whole.polygons[0][0][:-1]) + rng.uniform(-shift, shift, (4, 2))
            shapes.append(Shape(whole.code, ([ring.tolist()],), {}, whole.where))
    return make_map(shapes, GRID)


def block_case(columns: int, rows: int, seed: int = 1, most: int = 2, share: int = 4, penalty: int = 50) -> BlockCase:
    """A case of blocks on a grid with drawn gains and costs."""
    rng, plots = np.random.default_rng(seed), grid(columns, rows)
    n = plots.count
    cost = rng.integers(500, 2000, n)
    return BlockCase(
        rng.integers(-60, 300, n), cost, plots.area // 1000, plots.perimeter, find_contiguity(plots),
        (rng.random(n) > 0.15).astype(np.int64), most, int(cost.sum()) // share, 24_000, penalty,
    )  # fmt: skip
