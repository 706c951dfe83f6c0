"""Treat outliers (异常值处理): winsorise by skewness and kurtosis, then bend what is still too skewed.

Owns the test and the treatments; each changed cell can be reported (``changes``). It never changes the order of the units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from kaiwu.rating.index import statistic
from kaiwu.rating.index.statistic import Array, Mask

BENDS = ("none", "log_shift", "log", "log_range", "box_cox")


@dataclass(frozen=True, slots=True)
class Treat:
    """Setting: a column passes if |skewness| < ``skew`` or kurtosis < ``kurt``; else up to ``winsorise`` cells are moved to the
    next value; if it still fails, ``then`` bends the column as it was before (or after, with ``combine``).

    ``always`` skips the test and bends at once. ``power`` is the exponent of Box-Cox (None: by likelihood).
    """

    skew: float = 2.0
    kurt: float = 3.5
    winsorise: int | None = 5
    then: str = "log_shift"
    combine: bool = False
    always: bool = False
    power: float | None = None
    overrides: dict[str, Any] = field(default_factory=dict, hash=False)
    family: str = "treat"


def passes(x: Array, skew: float = 2.0, kurt: float = 3.5) -> Mask:
    """Columns that need no treatment, shape ``(..., 1, indicators)``; too few or equal cells pass."""
    s, k = statistic.skewness(x), statistic.kurtosis(x)
    return np.asarray((np.abs(s) < skew) | (k < kurt) | np.isnan(s) | np.isnan(k))


def winsorise(x: Array, most: int | None = 5, skew: float = 2.0, kurt: float = 3.5) -> Array:
    """Move the farthest cell on the skewed side to the next one until the column passes or ``most`` cells are moved (缩尾).

    Ties move together and count each. OECD/JRC Handbook 2008; Becker et al. 2022 (COINr). ``most`` None: no limit.
    """
    out = x.copy()
    moved = np.zeros(x.shape, dtype=bool)
    limit = x.shape[-2] if most is None else most
    for _ in range(x.shape[-2]):
        active = ~passes(out, skew, kurt) & (moved.sum(axis=-2, keepdims=True) < limit)
        if not active.any():
            break
        is_high = statistic.skewness(out) >= 0
        top, bottom = statistic.greatest(out), statistic.least(out)
        extreme = active & np.where(is_high, out == top, out == bottom)
        rest = np.where(extreme, np.nan, out)
        edge = np.where(is_high, statistic.greatest(rest), statistic.least(rest))
        out = np.where(extreme & ~np.isnan(edge), edge, out)
        moved |= extreme
    return out


def log_shift(x: Array) -> Array:
    """``log(x - min + 0.01 (max - min))`` (平移对数): rises with x whatever its sign (Becker et al. 2022)."""
    low, high = statistic.least(x), statistic.greatest(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(high > low, np.log(x - low + 0.01 * (high - low)), x))


def log_range(x: Array) -> Array:
    """``log((max - 1)(x - min)/(max - min) + 1)`` (Global Innovation Index 2020); left alone where max <= 1, as it would turn round."""
    low, high = statistic.least(x), statistic.greatest(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        bent = np.log((high - 1) * (x - low) / (high - low) + 1)
    return np.asarray(np.where((high > 1) & (high > low), bent, x))


def log(x: Array) -> Array:
    """Natural logarithm; missing where x is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan))


def box_cox(x: Array, power: float | None = None) -> Array:
    """``((x - min + 1)^p - 1) / p``, log for p = 0 (Box and Cox 1964); p by maximum likelihood where none is given."""
    shifted = x - statistic.least(x) + 1
    if power is not None:
        return _bend(shifted, np.full((*x.shape[:-2], 1, x.shape[-1]), power))
    grid = np.linspace(-3, 3, 121)
    best = np.zeros((*x.shape[:-2], 1, x.shape[-1]))
    top = np.full(best.shape, -np.inf)
    logs = statistic.total(np.log(shifted))
    n = statistic.count(x)
    for p in grid:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            spread = statistic.deviation(_bend(shifted, np.full(best.shape, p)), ddof=0)
            likelihood = -n * np.log(spread) + (p - 1) * logs
        better = likelihood > top
        best, top = np.where(better, p, best), np.where(better, likelihood, top)
    return _bend(shifted, best)


def treat(x: Array, setting: Treat) -> Array:
    """The whole treatment of some columns by one setting."""
    bends: dict[str, Callable[[Array], Array]] = {"log_shift": log_shift, "log_range": log_range, "log": log}
    if setting.then == "box_cox":
        bends["box_cox"] = partial(box_cox, power=setting.power)
    bend = bends.get(setting.then)
    if setting.always:
        return x.copy() if bend is None else bend(x)
    most = setting.winsorise
    moved = x if most == 0 else winsorise(x, most, setting.skew, setting.kurt)
    if bend is None:
        return moved
    fine = passes(moved, setting.skew, setting.kurt)
    return np.asarray(np.where(fine, moved, bend(moved if setting.combine else x)))


def changes(before: Array, after: Array) -> list[tuple[int, int, float, float, str]]:
    """``(unit, indicator, before, after, kind)`` of every changed cell; ``kind`` is winsorised_high, winsorised_low or bent."""
    out: list[tuple[int, int, float, float, str]] = []
    for i in range(before.shape[1]):
        a, b = before[:, i], after[:, i]
        rows = np.flatnonzero(~((a == b) | (np.isnan(a) & np.isnan(b))))
        kept = b[a == b]
        ends = (kept.min(), kept.max()) if len(kept) else (np.nan, np.nan)
        for u in rows:  # a moved cell stands on the edge of those that stayed; a bent one does not
            kind = (
                "winsorised_high" if a[u] > b[u] == ends[1] else "winsorised_low" if a[u] < b[u] == ends[0] else "bent"
            )
            out.append((int(u), i, float(a[u]), float(b[u]), kind))
    return out


def _bend(x: Array, power: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        flat = np.abs(power) < 1e-12
        return np.asarray(np.where(flat, np.log(x), (x**power - 1) / np.where(flat, 1.0, power)))
