"""Which plots touch."""

import numpy as np
import pytest
from plot_grid import GRID, grid, rectangle

from kaiwu.allot.kernel import plain
from kaiwu.allot.land.contiguity import find_contiguity, find_near, measure_shared
from kaiwu.allot.land.plot import make_map


def touching(*shapes, **options):
    plots = make_map(shapes, GRID)
    found = find_contiguity(plots, **options)
    return {(plots.codes[a], plots.codes[b]): int(s) for (a, b), s in zip(found.pairs, found.shared, strict=True)}


def test_a_gap_or_overlap_of_a_centimetre_is_no_gap():
    for gap in (-0.009, 0.0, 0.009):
        assert touching(rectangle("A", 0, 0, 100, 80), rectangle("B", 100 + gap, 20, 100, 80)) == {("A", "B"): 60_000}


def test_a_road_between_two_plots_parts_them_unless_declared():
    shapes = rectangle("A", 0, 0, 100, 80), rectangle("B", 112, 0, 100, 80)
    assert touching(*shapes) == {}
    assert touching(*shapes, tolerance=12_000) == {("A", "B"): 80_000}


def test_a_common_corner_is_no_common_boundary():
    assert touching(rectangle("A", 0, 0, 100, 80), rectangle("B", 100, 80, 100, 80)) == {}


def test_a_boundary_cut_into_many_edges_is_summed():
    parts = [rectangle(f"B{k}", 10 * k, 80, 10, 10) for k in range(10)]
    found = touching(rectangle("A", 0, 0, 100, 80), *parts)
    assert sum(s for (a, _), s in found.items() if a == "A") == 100_000


def test_a_disturbed_grid_touches_as_the_exact_one():
    exact, moved = find_contiguity(grid(12, 9)), find_contiguity(grid(12, 9, shift=0.004))
    assert exact.pairs.tolist() == moved.pairs.tolist()
    assert len(exact.pairs) == 11 * 9 + 12 * 8
    assert np.abs(exact.shared - moved.shared).max() <= 20


def test_the_plain_twin_measures_the_same():
    plots = grid(5, 4, shift=0.004)
    near, edges = find_near(plots, 10), np.ascontiguousarray(plots.edges[:, 1:])
    args = (near, plots.edge_start, edges, plots.boxes, 10)
    assert plain(measure_shared)(*args).tolist() == measure_shared(*args).tolist()


@pytest.mark.parametrize("order", [1, -1])
def test_neighbours_stand_in_both_rows(order):
    start, neighbour, shared = find_contiguity(make_map([rectangle(c, 100 * k, 0, 100, 80) for k, c in enumerate("ABC")][::order], GRID)).rows  # fmt: skip
    assert (start.tolist(), neighbour.tolist(), shared.tolist()) == ([0, 1, 3, 4], [1, 0, 2, 1], [80_000] * 4)
