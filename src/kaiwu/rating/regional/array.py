"""Arrays of analysis: what may go into a regional measure, and what is refused.

Owns the checks that all measures share. It computes none.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kaiwu.quantity import KaiwuError, Problem

Floats: TypeAlias = NDArray[np.float64]


def read_floats(values: ArrayLike, what: str, *, dimensions: int, low: float = 0.0, high: float = np.inf) -> Floats:
    """An array of floats within bounds. Raises ``KaiwuError``: ``S-REGION-SHAPE``, ``S-REGION-MISSING``, ``S-REGION-BOUND``."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != dimensions or array.size == 0:
        zh, en = (
            f"“{what}”要是 {dimensions} 维且不空的数组",
            f"“{what}” must be an array of {dimensions} dimensions, not empty",
        )
        raise KaiwuError(Problem("S-REGION-SHAPE", zh, en, text=str(array.shape)))
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        zh, en = (
            f"“{what}”有 {count} 个缺数或无穷; 请先补齐或剔除, 缺数不当作零",
            f"“{what}” has {count} missing or infinite values: fill or drop them, missing is not zero",
        )
        raise KaiwuError(Problem("S-REGION-MISSING", zh, en))
    if (array < low).any() or (array > high).any():
        zh, en = f"“{what}”要在 {low:g} 至 {high:g} 之间", f"“{what}” must lie between {low:g} and {high:g}"
        raise KaiwuError(Problem("S-REGION-BOUND", zh, en, text=str(array[(array < low) | (array > high)][0])))
    return array


def read_weights(weights: ArrayLike | None, count: int, what: str) -> Floats:
    """Weights that sum to one; equal ones where none are given. Raises ``KaiwuError`` ``S-REGION-WEIGHT``."""
    if weights is None:
        return np.full(count, 1 / count)
    array = read_floats(weights, what, dimensions=1)
    if len(array) != count or abs(array.sum() - 1) > 1e-9:
        zh, en = f"“{what}”要有 {count} 个, 且合计为 1", f"“{what}” must be {count} weights that sum to 1"
        raise KaiwuError(Problem("S-REGION-WEIGHT", zh, en, text=f"{len(array)}, {array.sum():g}"))
    return array


def read_population(population: ArrayLike | None, count: int) -> Floats:
    """Shares of the population of each region; equal ones where none is given."""
    if population is None:
        return np.full(count, 1 / count)
    array = read_floats(population, "population", dimensions=1)
    if len(array) != count or (array <= 0).any():
        zh, en = f"人口(或权数)要有 {count} 个且都大于零", f"the population needs {count} positive values"
        raise KaiwuError(Problem("S-REGION-WEIGHT", zh, en))
    return np.asarray(array / array.sum())


def read_groups(groups: Any, count: int) -> tuple[list[Any], NDArray[np.int64]]:
    """The groups in order of their names and the group of each region. Raises ``KaiwuError`` ``S-REGION-SHAPE``."""
    listed = list(groups)
    if len(listed) != count or any(g is None for g in listed):
        zh, en = f"每个地区要有一个分组, 共 {count} 个", f"each of the {count} regions needs a group"
        raise KaiwuError(Problem("S-REGION-SHAPE", zh, en))
    names = sorted(set(listed))
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place[g] for g in listed], dtype=np.int64)


def require_positive(total: float, what: str) -> None:
    """Refuse a total of zero. Raises ``KaiwuError`` ``S-REGION-BASE``."""
    if not total > 0:
        raise KaiwuError(
            Problem("S-REGION-BASE", f"“{what}”合计不大于零, 无法计算", f"the total of “{what}” is not positive")
        )
