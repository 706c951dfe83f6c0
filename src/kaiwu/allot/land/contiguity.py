"""Contiguity (相邻): which plots share a boundary, tolerant of gaps and slivers of a survey.

Owns the definition: two plots touch where their boundaries run within ``tolerance`` mm of each other along at least
``least`` mm in sum; a common corner is no common boundary. All in whole millimetres, on a grid of cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kaiwu.allot.kernel import Whole, kernel
from kaiwu.allot.land.plot import PlotMap

TOLERANCE_MM = 10
LEAST_MM = 2000
FINE = 1 << 20  # parts of an edge, for clipping


@dataclass(frozen=True, eq=False)
class Contiguity:
    """Pairs of plots that touch: ``pairs`` (pairs, 2), the lower number first, and the ``shared`` boundary in mm."""

    count: int
    pairs: Whole
    shared: Whole

    @cached_property
    def rows(self) -> tuple[Whole, Whole, Whole]:
        """Neighbours by plot: ``start`` (plots + 1), ``neighbour`` and ``shared``, both directions, in order."""
        a, b = self.pairs.T
        one, two = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.lexsort((two, one))
        start = np.searchsorted(one[order], np.arange(self.count + 1))
        return start.astype(np.int64), two[order], np.concatenate([self.shared, self.shared])[order]


def find_contiguity(plots: PlotMap, tolerance: int = TOLERANCE_MM, least: int = LEAST_MM) -> Contiguity:
    """Which plots touch (连片相邻). ``tolerance`` and ``least`` in mm."""
    near = find_near(plots, tolerance)
    shared = measure_shared(near, plots.edge_start, np.ascontiguousarray(plots.edges[:, 1:]), plots.boxes, tolerance)
    touch = shared >= least
    return Contiguity(plots.count, near[touch], shared[touch])


def find_near(plots: PlotMap, reach: int) -> Whole:
    """Pairs of plots whose boxes come within ``reach`` mm, the lower number first, in order; ``reach`` < 0 asks for overlap."""
    boxes = plots.boxes
    size = max(int(np.median(boxes[:, 2:] - boxes[:, :2])), 1) * 2
    low = boxes[:, :2] - reach
    first, last = (low - low.min(axis=0)) // size, (boxes[:, 2:] + reach - low.min(axis=0)) // size
    spans = np.maximum(last - first + 1, 1)
    width = int(last[:, 0].max()) + 1
    covered = spans[:, 0] * spans[:, 1]
    numbers = np.repeat(np.arange(plots.count), covered)
    within = np.arange(len(numbers)) - np.repeat(np.cumsum(covered) - covered, covered)
    column, row = first[numbers, 0] + within % spans[numbers, 0], first[numbers, 1] + within // spans[numbers, 0]
    cells = row * width + column
    order = np.argsort(cells, kind="stable")
    pairs = np.empty((16 * plots.count + 64, 2), dtype=np.int64)
    while (found := pair_cells(cells[order], numbers[order], first, boxes, width, reach, pairs)) > len(pairs):
        pairs = np.empty((found, 2), dtype=np.int64)
    near = pairs[:found]
    return near[np.lexsort((near[:, 1], near[:, 0]))]


@kernel
def pair_cells(cells: Whole, numbers: Whole, first: Whole, boxes: Whole, width: int, reach: int, pairs: Whole) -> int:
    """Write the pairs of boxes that come near, each once (in the first cell that both enter); their number."""
    found = 0
    at = 0
    while at < len(cells):
        end = at
        while end < len(cells) and cells[end] == cells[at]:
            end += 1
        for i in range(at, end):
            a = numbers[i]
            for j in range(i + 1, end):
                b = numbers[j]
                x, y = max(first[a, 0], first[b, 0]), max(first[a, 1], first[b, 1])
                if y * width + x != cells[at]:
                    continue
                if boxes[a, 0] > boxes[b, 2] + reach or boxes[b, 0] > boxes[a, 2] + reach:
                    continue
                if boxes[a, 1] > boxes[b, 3] + reach or boxes[b, 1] > boxes[a, 3] + reach:
                    continue
                if found < len(pairs):
                    pairs[found, 0], pairs[found, 1] = min(a, b), max(a, b)
                found += 1
        at = end
    return found


@kernel
def overlap(x0: int, y0: int, x1: int, y1: int, u0: int, v0: int, u1: int, v1: int, tolerance: int) -> int:
    """How many mm of the edge (x0, y0)-(x1, y1) the other edge accompanies within ``tolerance``."""
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy
    length = int(np.sqrt(square))  # a root of whole millimetres; the last millimetre decides nothing
    if length == 0:
        return 0
    limit = tolerance * length
    c0, c1 = dx * (v0 - y0) - dy * (u0 - x0), dx * (v1 - y0) - dy * (u1 - x0)
    if min(c0, c1) > limit or max(c0, c1) < -limit:
        return 0
    t0, t1 = (dx * (u0 - x0) + dy * (v0 - y0)) // length, (dx * (u1 - x0) + dy * (v1 - y0)) // length
    if c0 > c1:
        c0, c1, t0, t1 = c1, c0, t1, t0
    # The part of the other edge inside the strip, in parts of FINE from its lower end to its upper.
    rise = max((c1 - c0) // length, 1)
    low = 0 if c0 >= -limit else (-limit - c0) // length * FINE // rise
    high = FINE if c1 <= limit else (limit - c0) // length * FINE // rise
    s0, s1 = t0 + (t1 - t0) * low // FINE, t0 + (t1 - t0) * high // FINE
    return max(min(max(s0, s1), length) - max(min(s0, s1), 0), 0)


@kernel
def measure_shared(near: Whole, start: Whole, edges: Whole, boxes: Whole, tolerance: int) -> Whole:
    """The boundary that each pair shares, in mm; ``edges`` (edges, 4) of plot p are ``start[p]:start[p + 1]``."""
    out = np.zeros(len(near), dtype=np.int64)
    for k in range(len(near)):
        a, b = near[k, 0], near[k, 1]
        for e in range(start[a], start[a + 1]):
            x0, y0, x1, y1 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            left, right = min(x0, x1) - tolerance, max(x0, x1) + tolerance
            low, high = min(y0, y1) - tolerance, max(y0, y1) + tolerance
            if right < boxes[b, 0] or left > boxes[b, 2] or high < boxes[b, 1] or low > boxes[b, 3]:
                continue
            for f in range(start[b], start[b + 1]):
                u0, v0, u1, v1 = edges[f, 0], edges[f, 1], edges[f, 2], edges[f, 3]
                if max(u0, u1) < left or min(u0, u1) > right or max(v0, v1) < low or min(v0, v1) > high:
                    continue
                out[k] += overlap(x0, y0, x1, y1, u0, v0, u1, v1, tolerance)
    return out
