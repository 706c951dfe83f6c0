"""Theil indices of regional inequality (泰尔指数), within and between groups of regions.

Owns T and L and their exact decomposition. It does not own Gini (``gini``).

With yᵢ the amount of region i (income, value added), Y its total and pᵢ the share of the population:

    T = Σ (yᵢ/Y)·ln[(yᵢ/Y)/pᵢ]            (weights by amount; a region without amount adds nothing)
    L = Σ pᵢ·ln[pᵢ/(yᵢ/Y)]                (weights by population; infinite where an amount is zero)
    T = Σ_g (Y_g/Y)·T_g + Σ_g (Y_g/Y)·ln[(Y_g/Y)/p_g]          L = Σ_g p_g·L_g + Σ_g p_g·ln[p_g/(Y_g/Y)]

Without populations every region weighs the same. Source: Theil 1967, Economics and Information Theory; Shorrocks 1980,
Econometrica 48(3) for the decomposition (both from memory).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.regional.array import Floats, read_floats, read_groups, read_population, require_positive

INDICES = ("T", "L")


@dataclass(frozen=True, slots=True)
class TheilParts:
    """``total`` = ``within`` + ``between``; ``inner`` is the index inside each group, ``shares`` what each group's inside adds
    to ``within`` over the total (贡献率; empty where the total is zero)."""

    total: float
    within: float
    between: float
    inner: Mapping[Any, float]
    shares: Mapping[Any, float]


def theil(amounts: ArrayLike, population: ArrayLike | None = None, *, index: str = "T") -> float:
    """Theil's T or L of regions (泰尔指数). ``amounts`` is (regions,), not negative.

    Raises ``KaiwuError``: ``S-REGION-INDEX``, ``S-REGION-BASE`` for a total of zero, ``S-REGION-ZERO`` for L with an amount of zero.
    """
    y = read_floats(amounts, "amounts", dimensions=1)
    require_positive(float(y.sum()), "amounts")
    return _measure(y / y.sum(), read_population(population, len(y)), index)


def _measure(share: Floats, p: Floats, index: str) -> float:
    if index not in INDICES:
        raise KaiwuError(Problem("S-REGION-INDEX", "要写明 T 或 L", "name the index: T or L", text=index))
    if index == "L":
        if (share <= 0).any():
            zh, en = "L 指数不能有为零的地区, 请用 T", "L has no value where an amount is zero: use T"
            raise KaiwuError(Problem("S-REGION-ZERO", zh, en))
        return float((p * np.log(p / share)).sum())
    filled = share > 0
    return float((share[filled] * np.log(share[filled] / p[filled])).sum())


def decompose_theil(
    amounts: ArrayLike, groups: Iterable[Any], population: ArrayLike | None = None, *, index: str = "T"
) -> TheilParts:
    """Theil's index split within and between groups of regions (组内、组间); the parts add up.

    A group without any amount has no inside under T. Raises as ``theil``.
    """
    y = read_floats(amounts, "amounts", dimensions=1)
    total = theil(y, population, index=index)
    names, place = read_groups(groups, len(y))
    share, p = y / y.sum(), read_population(population, len(y))
    whole_y: Floats = np.bincount(place, share, len(names)).astype(np.float64)
    whole_p: Floats = np.bincount(place, p, len(names)).astype(np.float64)
    inner = {
        name: _measure(share[place == g] / whole_y[g], p[place == g] / whole_p[g], index) if whole_y[g] > 0 else 0.0
        for g, name in enumerate(names)
    }
    weight = whole_y if index == "T" else whole_p
    adds = {name: float(weight[g]) * inner[name] for g, name in enumerate(names)}
    shares = {name: part / total for name, part in adds.items()} if total > 0 else {}
    return TheilParts(total, sum(adds.values()), _measure(whole_y, whole_p, index), inner, shares)
