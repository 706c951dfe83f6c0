"""Contiguity of 50,000 plots and blocks of renewal: the counted search against HiGHS, and its spread over eight seeds."""

from __future__ import annotations

import sys
import time

import numpy as np

from kaiwu.allot.land.block import BlockCase, check_plan
from kaiwu.allot.land.block_exact import solve_blocks
from kaiwu.allot.land.block_search import search_blocks
from kaiwu.allot.land.contiguity import find_contiguity
from kaiwu.allot.land.plot import PlotMap, Shape, make_map

SEEDS = 8
HIGHS_SECONDS = 60.0
ROAD_MM = 25_000  # plots across a road of 20 m belong to one block


def make_plots(columns: int, rows: int, road: int, seed: int = 1) -> PlotMap:
    """Drawn plots of 120 m × 90 m, corners off by up to 4 mm, with a road of 20 m after every ``road`` plots."""
    rng = np.random.default_rng(seed)
    shapes = []
    for i in range(columns):
        for j in range(rows):
            x, y = 500_000 + 120 * i + 20 * (i // road), 3_340_000 + 90 * j + 20 * (j // road)
            ring = np.array([[x, y], [x + 120, y], [x + 120, y + 90], [x, y + 90]]) + rng.uniform(-0.004, 0.004, (4, 2))
            shapes.append(Shape(f"P{i:03d}{j:03d}", ([ring.tolist()],)))
    return make_map(shapes, "CGCS2000-GK120")


def make_case(columns: int, rows: int, most: int, least_mu: int, seed: int = 1) -> BlockCase:
    """Gains that lie in patches, drawn costs, one owner in ten who will not move, money for 15 % of all."""
    rng, plots = np.random.default_rng(seed), make_plots(columns, rows, 7)
    patch = rng.normal(size=(columns, rows))
    for _ in range(2):
        patch = (patch + sum(np.roll(patch, s, a) for s in (1, -1) for a in (0, 1))) / 5
    gain = np.maximum((patch.ravel() * 1.5 + rng.normal(size=plots.count) * 0.3 + 1) * 100, -50).astype(np.int64)
    cost = rng.integers(400, 2000, plots.count)
    movable = (rng.random(plots.count) > 0.1).astype(np.int64)
    touching = find_contiguity(plots, ROAD_MM)
    return BlockCase(gain, cost, plots.area // 1000, plots.perimeter, touching, movable, most, int(cost.sum()) * 15 // 100, least_mu * 1000, 50)  # fmt: skip


def measure_contiguity() -> None:
    find_contiguity(make_plots(5, 5, 3))  # compile
    plots = make_plots(250, 200, 7)
    began = time.perf_counter()
    found = find_contiguity(plots)
    print(
        f"| contiguity of {plots.count:,} plots, corners off by 4 mm | {time.perf_counter() - began:.3f} s, {len(found.pairs):,} pairs |"
    )


def measure_search(case: BlockCase) -> int:
    """Eight seeds; the first worth."""
    times, worths = [], []
    for seed in range(1, SEEDS + 1):
        began = time.perf_counter()
        plan = search_blocks(case, seed)
        times.append(time.perf_counter() - began)
        assert check_plan(case, plan) == ()
        worths.append(plan.worth)
    spread = (max(worths) - min(worths)) / max(worths)
    print(
        f"| blocks of {case.count:,} plots: {plan.moves:,} moves, longest of {SEEDS} seeds, spread | {max(times):.2f} s, {spread:.2%} |"
    )
    return worths[0]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else HIGHS_SECONDS
    print("| what | value |")
    print("|---|---:|")
    measure_contiguity()
    small = make_case(10, 10, 3, 100)
    search_blocks(small, moves=1)  # compile
    worth = measure_search(small)
    solved = solve_blocks(small, seconds)
    print(
        f"| the same 100 plots: search, HiGHS in {seconds:g} s, its bound | {worth / 1000:,.1f}, {solved.worth / 1000:,.1f}, {(solved.bound or 0) / 1000:,.1f} |"
    )
    measure_search(make_case(50, 40, 5, 200))


if __name__ == "__main__":
    main()
