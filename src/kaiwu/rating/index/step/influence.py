"""Weights by target influence (按目标影响力赋权): so that each indicator explains the share of the index that was meant.

Owns the search. A nominal weight is not an influence: correlated or spread-out indicators count for more (Becker et al. 2017).
"""

from __future__ import annotations

import numpy as np

from kaiwu.rating.index import statistic
from kaiwu.rating.index.statistic import Array


def influence(x: Array, weights: Array) -> Array:
    """Share of every indicator in the sum of squared correlations with ``x @ weights``; zero for a negative correlation.

    ``x`` is complete, ``(units, indicators)``.
    """
    index = x @ weights
    d, y = x - x.mean(axis=0), index - index.mean()
    norm = np.sqrt((d**2).sum(axis=0) * (y**2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where(norm > 0, d.T @ y / norm, 0.0)
    squares = np.maximum(r, 0) ** 2
    whole = squares.sum()
    return np.asarray(squares / whole if whole > 0 else squares)


def weigh_by_influence(x: Array, target: Array, rounds: int = 400) -> Array:
    """Weights, none negative and summing to one, whose influence is as near to ``target`` as it can be (least squares).

    Missing cells stand at the mean of their column. SLSQP from equal weights and from the target; the better end is taken.
    """
    from scipy.optimize import minimize  # heavy; only needed here

    x = np.where(np.isnan(x), statistic.mean(x), x)
    goal = target / target.sum()
    n = len(goal)
    best, least = goal, np.inf
    for start in (np.full(n, 1 / n), goal):
        found = minimize(
            lambda w: float(((influence(x, w) - goal) ** 2).sum()) * 100, start, method="SLSQP", bounds=[(0, 1)] * n,
            constraints=[{"type": "eq", "fun": lambda w: w.sum() - 1}], options={"maxiter": rounds, "ftol": 1e-14},
        )  # fmt: skip
        w = np.maximum(found.x, 0)
        w = w / w.sum()
        miss = float(((influence(x, w) - goal) ** 2).sum())
        if miss < least:
            best, least = w, miss
    return np.asarray(best)
