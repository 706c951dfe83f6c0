"""Benefit of the doubt (数据包络): every unit is scored with the weights that suit it best, within declared bounds.

Owns the linear programmes. Melyn and Moesen 1991; Cherchye et al. 2007.
"""

from __future__ import annotations

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.statistic import Array


def benefit_of_doubt(x: Array, low: Array | None = None, high: Array | None = None) -> tuple[Array, Array]:
    """Scores in [0, 1] and the weights of each unit: max w·x so that no unit exceeds one with the same weights.

    ``low`` and ``high`` bound each indicator's share of the unit's own score, ``(indicators,)``. ``x`` is ``(units, indicators)``,
    none negative; a missing cell takes no part for that unit and counts as zero in the comparison of others.
    Raises ``KaiwuError`` for negative values or bounds that cannot hold.
    """
    from scipy.optimize import linprog  # heavy; only needed here

    if (x < 0).any():
        u, i = (int(v) for v in np.argwhere(x < 0)[0])
        raise KaiwuError(Problem(
            "IX-FRONTIER-NEGATIVE", f"数据包络要求数值不为负(第 {u + 1} 行第 {i + 1} 列)", f"values must not be negative (row {u + 1}, column {i + 1})",
        ))  # fmt: skip
    filled = np.nan_to_num(x)
    n, m = x.shape
    scores, weights = np.full(n, np.nan), np.full((n, m), np.nan)
    for u in range(n):
        own = filled[u]
        if np.isnan(x[u]).all():
            continue
        if own.sum() == 0:  # no weights help who has nothing
            scores[u], weights[u] = 0.0, np.zeros(m)
            continue
        rows, limits = [filled], [np.ones(n)]
        if low is not None:
            rows.append(np.outer(low * ~np.isnan(x[u]), own) - np.diag(own))
            limits.append(np.zeros(m))
        if high is not None:
            rows.append(np.diag(own) - np.outer(high, own))
            limits.append(np.zeros(m))
        bounds = [(0, None) if not missing else (0, 0) for missing in np.isnan(x[u])]
        done = linprog(-own, A_ub=np.vstack(rows), b_ub=np.concatenate(limits), bounds=bounds, method="highs")
        if done.status != 0 or (-done.fun <= 1e-12):
            raise KaiwuError(Problem(
                "IX-FRONTIER-BOUNDS", f"第 {u + 1} 个单位的权重上下限无法同时满足", f"the bounds cannot hold for unit {u + 1}; widen them",
            ))  # fmt: skip
        scores[u], weights[u] = -done.fun, done.x
    return scores, weights
