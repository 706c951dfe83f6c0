"""Dividing a limited sum (分配): pro rata, water-filling and largest remainder, exactly to the unit.

Owns the arithmetic of one group of claims with whole numbers. It knows no claims, pots or sentences.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mark = Callable[[Ints], Ints]
"""The order of equals: for positions within the group, their places among each other."""

INT64 = 2**63


def divide_pro_rata(weight: Ints, total: int, mark: Mark, most: Ints | None = None) -> Ints:
    """Shares ``total × weight ÷ Σ weight`` by largest remainder (最大余数); they sum to ``total`` unless ``most`` cuts them.

    Of equal remainders the one that ``mark`` puts first comes first.
    """
    whole = int(weight.sum())
    if whole == 0:
        return np.zeros(len(weight), np.int64)
    share, rest = divide_wide(weight, total, whole)
    raise_largest(share, rest, total - int(share.sum()), mark)
    return share if most is None else np.minimum(share, most)


def divide_wide(weight: Ints, total: int, whole: int) -> tuple[Ints, Ints]:
    """``weight × total`` divided by ``whole``: quotients and remainders, exact whatever the size of the product."""
    if len(weight) == 0 or int(weight.max()) * total < INT64:
        return np.divmod(weight * total, whole)
    pairs = [divmod(w * total, whole) for w in weight.tolist()]
    return np.array([q for q, _ in pairs], np.int64), np.array([r for _, r in pairs], np.int64)


def raise_largest(
    share: Ints, rest: Ints, units: int, mark: Mark, step: int = 1, free: NDArray[np.bool_] | None = None
) -> int:
    """Add ``step`` to the ``units`` rows with the largest remainders, in place; only ``free`` rows with a remainder.

    Returns how many units found no row.
    """
    may = (rest > 0) if free is None else (rest > 0) & free
    rows = np.flatnonzero(may)
    if units <= 0:
        return 0
    if units < len(rows):
        edge = -np.partition(-rest[rows], units - 1)[units - 1]
        above, equal = rows[rest[rows] > edge], rows[rest[rows] == edge]
        rows = np.r_[above, _first(equal, units - len(above), mark)]
    share[rows] += step
    return units - len(rows)


def _first(rows: Ints, count: int, mark: Mark) -> Ints:
    return rows if count >= len(rows) else rows[np.argsort(mark(rows))[:count]]


def fill_water(demand: Ints, total: int, mark: Mark) -> Ints:
    """Everybody gets the same, but none more than the demand (注水): shares sum to ``total`` where demand does not fall short."""
    if int(demand.sum()) <= total:
        return demand.copy()
    level, _ = water_level(demand, total)
    share = np.minimum(demand, level)
    above = np.flatnonzero(demand > level)
    left = total - int(share.sum())
    share[_first(above, left, mark)] += 1
    return share


def water_level(demand: Ints, total: int) -> tuple[int, int]:
    """The whole level below which every share stays, and its ceiling; for a total that does not cover the demand."""
    ordered = np.sort(demand)
    before = np.r_[0, np.cumsum(ordered)[:-1]]
    count = len(ordered) - np.arange(len(ordered))
    fits = ordered > (total - before) // count  # the first row whose demand stands above the level of the rest
    at = int(np.argmax(fits))
    level, rest = divmod(total - int(before[at]), int(count[at]))
    return level, level + (rest > 0)
