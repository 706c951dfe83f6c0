"""Statistics down the units of an array, missing cells left out (列统计).

Owns sums, means, deviations, extremes, skewness, kurtosis and ranks along the axis of units (second from the last), for
arrays of shape ``(..., units, indicators)`` with NaN for missing. It does not own what is done with them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Ties = Literal["min", "max", "dense", "average"]
TIES: tuple[Ties, ...] = ("min", "max", "dense", "average")


def count(x: Array) -> Array:
    """Number of present cells of every column, shape ``(..., 1, indicators)``."""
    return np.asarray((~np.isnan(x)).sum(axis=-2, keepdims=True), dtype=np.float64)


def total(x: Array) -> Array:
    """Sum of the present cells of every column; NaN where none is present."""
    n = count(x)
    return np.where(n > 0, np.nansum(x, axis=-2, keepdims=True), np.nan)


def mean(x: Array) -> Array:
    """Mean of the present cells of every column (均值); NaN where none is present."""
    n = count(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(n > 0, np.nansum(x, axis=-2, keepdims=True) / n, np.nan)


def deviation(x: Array, ddof: int = 1) -> Array:
    """Standard deviation of every column (标准差); NaN where ``ddof`` leaves no degree of freedom."""
    n = count(x)
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = np.nansum((x - mean(x)) ** 2, axis=-2, keepdims=True)
        return np.where(n > ddof, np.sqrt(squares / (n - ddof)), np.nan)


def least(x: Array) -> Array:
    """Smallest present cell of every column; NaN where none is present."""
    out = np.where(np.isnan(x), np.inf, x).min(axis=-2, keepdims=True, initial=np.inf)
    return np.where(np.isposinf(out) & (count(x) == 0), np.nan, out)


def greatest(x: Array) -> Array:
    """Largest present cell of every column; NaN where none is present."""
    out = np.where(np.isnan(x), -np.inf, x).max(axis=-2, keepdims=True, initial=-np.inf)
    return np.where(np.isneginf(out) & (count(x) == 0), np.nan, out)


def median(x: Array) -> Array:
    """Median of the present cells of every column (中位数); the mean of the middle two where they are even in number."""
    ordered = np.sort(x, axis=-2)  # NaN sorts last
    n = count(x).astype(np.int64)
    low, high = np.maximum((n - 1) // 2, 0), np.maximum(n // 2, 0)
    high = np.minimum(high, x.shape[-2] - 1)
    middle = (np.take_along_axis(ordered, low, axis=-2) + np.take_along_axis(ordered, high, axis=-2)) / 2
    return np.where(n > 0, middle, np.nan)


def skewness(x: Array) -> Array:
    """Sample skewness G1 of every column (偏度), as in spreadsheets; NaN below three cells or where all are equal.

    ``sqrt(n (n-1)) / (n-2) * m3 / m2^1.5`` (Joanes and Gill 1998, type 2).
    """
    n, d = count(x), x - mean(x)
    m2, m3 = (np.nansum(d**k, axis=-2, keepdims=True) for k in (2, 3))
    with np.errstate(invalid="ignore", divide="ignore"):
        out = np.sqrt(n) * m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    return np.where((n >= 3) & (m2 > 0), out, np.nan)


def kurtosis(x: Array) -> Array:
    """Sample excess kurtosis G2 of every column (峰度), as in spreadsheets; NaN below four cells or where all are equal.

    ``((n+1) g2 + 6) (n-1) / ((n-2) (n-3))`` with ``g2 = n m4 / m2^2 - 3`` (Joanes and Gill 1998, type 2).
    """
    n, d = count(x), x - mean(x)
    m2, m4 = (np.nansum(d**k, axis=-2, keepdims=True) for k in (2, 4))
    with np.errstate(invalid="ignore", divide="ignore"):
        out = ((n + 1) * (n * m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return np.where((n >= 4) & (m2 > 0), out, np.nan)


NOISE = 1e-12  # share of its size within which a column does not vary: what differs less is noise of the machine


def is_constant(x: Array) -> Mask:
    """Columns whose present cells are all equal (to ``NOISE``), or that have none, shape ``(..., 1, indicators)``."""
    return is_flat(least(x), greatest(x))


def is_flat(low: Array, high: Array) -> Mask:
    """Whether two ends are one point but for the machine's noise; an end that is missing counts as flat."""
    return np.asarray(
        np.isnan(low) | np.isnan(high) | (np.abs(high - low) <= NOISE * np.maximum(np.abs(low), np.abs(high)))
    )


def rank_ascending(x: Array, ties: Ties = "average") -> Array:
    """Ranks from the smallest (1) up every column, missing cells stay NaN."""
    return np.swapaxes(_rank_last(np.swapaxes(x, -1, -2), ties), -1, -2)


def _rank_last(x: Array, ties: Ties) -> Array:
    """Ascending ranks along the last axis."""
    order = np.argsort(x, axis=-1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=-1)
    n = x.shape[-1]
    at = np.broadcast_to(np.arange(1, n + 1, dtype=np.float64), x.shape)
    fresh = np.ones(x.shape, dtype=bool)
    fresh[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    if ties == "dense":
        placed = np.cumsum(fresh, axis=-1).astype(np.float64)
    else:
        first = np.maximum.accumulate(np.where(fresh, at, 0.0), axis=-1)
        ends = np.ones(x.shape, dtype=bool)
        ends[..., :-1] = fresh[..., 1:]
        last = np.minimum.accumulate(np.where(ends, at, np.inf)[..., ::-1], axis=-1)[..., ::-1]
        placed = first if ties == "min" else last if ties == "max" else (first + last) / 2
    out = np.empty(x.shape)
    np.put_along_axis(out, order, placed, axis=-1)
    out[np.isnan(x)] = np.nan
    return out


def correlation(x: Array) -> Array:
    """Pearson correlations of the columns of one table ``(units, indicators)``, each pair over its shared units.

    NaN where a column of the pair is constant over them.
    """
    known = (~np.isnan(x)).astype(np.float64)
    y = np.nan_to_num(x - mean(x))  # near zero, so that the products below lose no digits
    spread = np.sqrt((y**2).sum(axis=0))
    y = y / np.where(spread > 0, spread, 1.0)
    n, first, second = known.T @ known, y.T @ known, (y**2).T @ known
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = y.T @ y - first * first.T / n
        own = np.maximum(second - first**2 / n, 0.0)
        own = np.where(own > 1e-14, own, 0.0)
        norm = np.sqrt(own * own.T)
        out = np.where(norm > 0, np.clip(cross / norm, -1, 1), np.nan)
    np.fill_diagonal(out, np.where(np.isnan(np.diag(out)), np.nan, 1.0))
    return np.asarray(out)
