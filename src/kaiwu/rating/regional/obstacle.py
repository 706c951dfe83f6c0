"""Obstacle degree (障碍度): which indicators hold a unit back most.

Owns the shares of the indicators in what a unit lacks. It does not own normalisation or weights.

    Iᵢⱼ = 1 − xᵢⱼ        Oᵢⱼ = wⱼ·Iᵢⱼ / Σₖ wₖ·Iᵢₖ

with x normalised to 0 … 1, best = 1, and wⱼ the indicator's weight in the whole (factor contribution, 因子贡献度). Source: the
obstacle degree model (障碍度模型) as used in Chinese land and regional studies, after Lei Xunping (雷勋平) et al. 2016, 农业工程学报 32(12),
from memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.regional.array import Floats, read_floats, read_weights


def measure_obstacles(normalised: ArrayLike, weights: ArrayLike) -> Floats:
    """Obstacle degrees, (units, indicators); each row sums to 1, and is ``nan`` for a unit that lacks nothing.

    ``normalised`` is (units, indicators) within 0 … 1, 1 the best; ``weights`` sum to 1.
    """
    x = read_floats(normalised, "normalised", dimensions=2, high=1.0)
    w = read_weights(weights, x.shape[1], "weights")
    lacking = w * (1 - x)
    whole = lacking.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(lacking, whole, out=np.full_like(lacking, np.nan), where=whole > 0))


def list_obstacles(
    units: Sequence[str], indicators: Sequence[str], normalised: ArrayLike, weights: ArrayLike, top: int = 5
) -> pl.DataFrame:
    """The main obstacles (主要障碍因子) of each unit: unit, place, indicator, degree (Float64); equal ones in given order.

    A unit that lacks nothing has no rows. Raises ``KaiwuError`` where names and columns differ in number.
    """
    degrees = measure_obstacles(normalised, weights)
    if degrees.shape != (len(units), len(indicators)):
        zh, en = "单位或指标的名称个数与表不符", "there are not as many names as rows and columns"
        raise KaiwuError(Problem("S-REGION-SHAPE", zh, en, text=str(degrees.shape)))
    order = np.argsort(-degrees, axis=1, kind="stable")[:, :top]
    rows = [
        (unit, place + 1, indicators[j], float(degrees[i, j]))
        for i, unit in enumerate(units)
        for place, j in enumerate(order[i])
        if degrees[i, j] > 0
    ]
    schema = {"unit": pl.String, "place": pl.Int64, "indicator": pl.String, "degree": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")
