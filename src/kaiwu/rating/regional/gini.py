"""Gini coefficient of regions (基尼系数) with Dagum's decomposition by groups.

Owns G and its three parts, which add up. It does not own Theil (``theil``).

With p the population shares and μ the mean, G = Σᵢ Σₖ pᵢ·pₖ·|yᵢ−yₖ| / (2μ). For groups g, h with shares of population P and of amount
S, G_gh = Σ_{i∈g} Σ_{k∈h} pᵢ·pₖ·|yᵢ−yₖ| / [P_g·P_h·(μ_g+μ_h)] and the relative affluence D_gh = (d−q)/(d+q), where for μ_g ≥ μ_h
d is the weighted sum of yᵢ−yₖ over pairs with yᵢ > yₖ and q that of yₖ−yᵢ over the others:

    within  Gw  = Σ_g G_gg·P_g·S_g
    between Gnb = Σ_{g>h} G_gh·(P_g·S_h + P_h·S_g)·D_gh          (net, 组间净值)
    overlap Gt  = Σ_{g>h} G_gh·(P_g·S_h + P_h·S_g)·(1 − D_gh)    (transvariation, 超变密度)

Source: Dagum 1997, Empirical Economics 22(4):515–531, here with population shares in place of counts (from memory).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kaiwu.rating.regional.array import Floats, read_floats, read_groups, read_population, require_positive


@dataclass(frozen=True, slots=True)
class GiniParts:
    """``total`` = ``within`` + ``between`` + ``overlap``. ``inner`` is G inside each group, ``outer`` G between two groups, in order of
    their names; ``nan`` for two groups without any amount."""

    total: float
    within: float
    between: float
    overlap: float
    inner: Mapping[Any, float]
    outer: Mapping[tuple[Any, Any], float]


def gini(amounts: ArrayLike, population: ArrayLike | None = None) -> float:
    """The Gini coefficient of regions (基尼系数), 0 … 1. ``amounts`` per head is (regions,), not negative.

    Raises ``KaiwuError`` ``S-REGION-BASE`` for a total of zero.
    """
    y = read_floats(amounts, "amounts", dimensions=1)
    p = read_population(population, len(y))
    mean = float(p @ y)
    require_positive(mean, "amounts")
    return _spread(y, p, y, p) / (2 * mean)


def _spread(y: Floats, p: Floats, other: Floats, q: Floats) -> float:
    return float((p[:, None] * q[None, :] * np.abs(y[:, None] - other[None, :])).sum())


def decompose_gini(amounts: ArrayLike, groups: Iterable[Any], population: ArrayLike | None = None) -> GiniParts:
    """The Gini coefficient split by groups of regions (Dagum 分解); the parts add up. ``amounts`` are per head.

    Raises as ``gini``.
    """
    y = read_floats(amounts, "amounts", dimensions=1)
    total = gini(y, population)
    names, place = read_groups(groups, len(y))
    p = read_population(population, len(y))
    mean = float(p @ y)
    inner: dict[Any, float] = {}
    outer: dict[tuple[Any, Any], float] = {}
    within = between = overlap = 0.0
    for g, name in enumerate(names):
        a, w = y[place == g], p[place == g]
        size, amount = float(w.sum()), float(w @ a)
        inner[name] = _spread(a, w, a, w) / (2 * size * amount) if amount > 0 else 0.0
        within += inner[name] * size * amount / mean
        for h in range(g):
            b, v = y[place == h], p[place == h]
            size_b, amount_b = float(v.sum()), float(v @ b)
            above, below = _affluence(a, w, b, v)
            scale = size * amount_b + size_b * amount
            outer[(names[h], name)] = (above + below) / scale if scale > 0 else float("nan")
            # G_gh·(P_g·S_h + P_h·S_g) is (d+q) in population shares over the mean; D splits it into d−q and 2q.
            net, part = abs(above - below), above + below
            between += net / mean
            overlap += (part - net) / mean
    return GiniParts(total, within, between, overlap, inner, outer)


def _affluence(a: Floats, w: Floats, b: Floats, v: Floats) -> tuple[float, float]:
    """Weighted sums of the differences in favour of the one group and of the other."""
    gap = a[:, None] - b[None, :]
    weight = w[:, None] * v[None, :]
    return float((weight * np.maximum(gap, 0)).sum()), float((weight * np.maximum(-gap, 0)).sum())
