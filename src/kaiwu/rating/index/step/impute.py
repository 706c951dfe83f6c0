"""Impute (缺失值处理): what stands in for a missing cell, or that nothing does.

Owns the fillings of one table and of a panel. A filled cell is always reported; ``keep`` leaves it to the aggregation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kaiwu.rating.index import statistic
from kaiwu.rating.index.statistic import Array

WAYS = (
    "keep", "mean", "median", "group_mean", "group_median", "neighbour", "carry", "interpolate", "mean_score", "block_mean", "value",
)  # fmt: skip
FROM_OTHERS = (
    "mean",
    "median",
    "group_mean",
    "group_median",
    "neighbour",
    "mean_score",
)  # what stands in is other units'


@dataclass(frozen=True, slots=True)
class Impute:
    """Setting of one or all indicators.

    ``by`` one of ``WAYS``; ``group`` names the grouping; ``neighbours`` how many; ``value`` the constant; ``least`` how many
    present cells a mean needs; ``reach`` how many years a value may be carried. ``overrides`` are by indicator.
    """

    by: str = "keep"
    group: str = ""
    neighbours: int = 5
    value: float = 0.0
    least: int = 1
    reach: int = 1
    overrides: dict[str, Any] = field(default_factory=dict, hash=False)
    family: str = "impute"


def fill_mean(x: Array, least: int = 1) -> Array:
    """Mean of the column (列均值); stays missing where fewer than ``least`` cells are present."""
    return _fill(x, statistic.mean(x), least)


def fill_median(x: Array, least: int = 1) -> Array:
    """Median of the column (列中位数)."""
    return _fill(x, statistic.median(x), least)


def fill_group(x: Array, labels: Sequence[str], how: str = "mean", least: int = 1) -> Array:
    """Mean or median of the unit's own group (同组均值); missing where the group has fewer than ``least``."""
    out = x.copy()
    of = np.asarray(labels)
    for label in sorted(set(labels)):
        rows = of == label
        part = x[..., rows, :]
        out[..., rows, :] = fill_mean(part, least) if how == "mean" else fill_median(part, least)
    return out


def fill_neighbour(x: Array, k: int = 5) -> Array:
    """Mean of the ``k`` nearest units that have the cell (近邻), by root mean square distance of standardised shared columns.

    Troyanskaya et al. 2001. Units at the same distance as the k-th are all taken, so that the order of rows does not matter.
    """
    if x.ndim > 2:
        return np.stack([fill_neighbour(part, k) for part in x])
    sd = statistic.deviation(x)
    z = (x - statistic.mean(x)) / np.where((sd > 0) & ~np.isnan(sd), sd, 1.0)
    present = ~np.isnan(z)
    filled = np.where(present, z, 0.0)
    shared = present.astype(np.float64) @ present.T
    squares = (filled**2) @ present.T
    distance = squares + squares.T - 2 * filled @ filled.T
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(shared > 0, np.maximum(distance, 0) / shared, np.inf)
    np.fill_diagonal(distance, np.inf)
    out = x.copy()
    for u, i in np.argwhere(np.isnan(x)):
        donors = np.flatnonzero(present[:, i] & np.isfinite(distance[u]))
        if len(donors):
            d = distance[u, donors]
            reach = np.sort(d)[min(k, len(d)) - 1] * (1 + 1e-9) + 1e-12
            out[u, i] = x[donors[d <= reach], i].mean()
    return out


def carry(panel: Array, reach: int = 1) -> Array:
    """Last known value of the unit, at most ``reach`` years old (沿用上年值). Shape ``(years, units, indicators)``."""
    out = panel.copy()
    age = np.where(np.isnan(panel[0]), np.inf, 0.0)
    last = panel[0].copy()
    for t in range(1, panel.shape[0]):
        known = ~np.isnan(panel[t])
        age = np.where(known, 0.0, age + 1)
        last = np.where(known, panel[t], last)
        out[t] = np.where(~known & (age <= reach), last, panel[t])
    return out


def interpolate(panel: Array, years: Sequence[int] | None = None) -> Array:
    """Straight line between the years around a gap (线性插值); the ends of a series are not extended.

    Shape ``(years, units, indicators)``; ``years`` where they are not one apart.
    """
    at = np.arange(panel.shape[0], dtype=np.float64) if years is None else np.asarray(years, dtype=np.float64)
    flat = panel.reshape(panel.shape[0], -1).copy()
    for c in np.flatnonzero(np.isnan(flat).any(axis=0)):
        series = flat[:, c]
        known = np.flatnonzero(~np.isnan(series))
        if len(known) > 1:
            inner = slice(known[0], known[-1] + 1)
            series[inner] = np.interp(at[inner], at[known], series[known])
    return flat.reshape(panel.shape)


def fill_block(x: Array, blocks: Sequence[Sequence[int]], weights: Array | None = None) -> Array:
    """The unit's own mean over the other indicators of the block (同类指标均值); for normalised scores only."""
    out = x.copy()
    for block in blocks:
        at = list(block)
        part = x[..., at]
        w = np.ones(len(at)) if weights is None else weights[at]
        w = np.where(np.isnan(part), 0.0, w)
        with np.errstate(divide="ignore", invalid="ignore"):
            own = (w * np.nan_to_num(part)).sum(axis=-1, keepdims=True) / w.sum(axis=-1, keepdims=True)
        out[..., at] = np.where(np.isnan(part), own, part)
    return out


def _fill(x: Array, stand_in: Array, least: int) -> Array:
    enough = statistic.count(x) >= least
    return np.asarray(np.where(np.isnan(x) & enough, stand_in, x))
