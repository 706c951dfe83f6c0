"""Sobol' indices (方差敏感度): which choice moves a unit's place, alone and together with the others.

Owns the sample and the estimators, for any number of outputs at once. What a choice does to the outputs is in ``certainty.py``.

First order by Saltelli et al. 2010 (Comput. Phys. Commun. 181), total order by Jansen 1999 (ibid. 117), outputs centred before
products are formed; a choice may be a group of coordinates. Samples are scrambled Sobol' sequences (Owen 1998).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index.statistic import Array

STILL = 1e-12  # share of the largest variance below which an output counts as not moving


@dataclass(frozen=True, eq=False)
class Sobol:
    """Indices ``(choices, outputs)`` with the 5 % and 95 % ends of their bootstrap; NaN where an output never moves.

    ``variance`` is ``(outputs,)``, in the square of the output's unit.
    """

    choices: tuple[str, ...]
    first: Array
    total: Array
    first_low: Array
    first_high: Array
    total_low: Array
    total_high: Array
    variance: Array


def draw_pair(dimensions: int, n: int, seed: int = 20240101) -> tuple[Array, Array]:
    """Two samples ``(n, dimensions)`` in 0 … 1 from one scrambled Sobol' sequence; ``n`` is a power of two.

    Raises ``KaiwuError`` where it is not: the sequence is balanced at powers of two only.
    """
    from scipy.stats import qmc  # heavy; only needed here

    if n < 2 or n & (n - 1):
        raise KaiwuError(Problem(
            "IX-SOBOL-SIZE", f"样本数要是 2 的幂(如 1024), 现为 {n}", f"the size of the sample is a power of two such as 1024, not {n}",
        ))  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        points = qmc.Sobol(2 * dimensions, scramble=True, rng=np.random.default_rng(seed)).random(n)
    return np.asarray(points[:, :dimensions]), np.asarray(points[:, dimensions:])


def estimate(
    a: Array, b: Array, crossed: Sequence[Array], choices: Sequence[str], bootstraps: int = 100, seed: int = 20240101
) -> Sobol:
    """Indices from outputs ``(n, outputs)`` of the samples A and B, and of A with one choice after the other from B.

    A bootstrap redraws rows; it enters as counts of rows, so that all of them are a few matrix products.
    """
    n = len(a)
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2
    kind: Any = np.float32 if a.dtype == np.float32 else np.float64
    a, b = (np.asarray(side - centre, dtype=kind) for side in (a, b))
    draw = np.random.default_rng(seed)
    counts = np.ones((bootstraps + 1, n))
    counts[1:] = draw.multinomial(n, np.full(n, 1 / n), size=bootstraps)
    c: Array = np.asarray(counts, dtype=kind)
    mean = (c @ (a + b)) / (2 * n)
    variance = np.asarray((c @ (a * a + b * b)) / (2 * n) - mean**2, dtype=np.float64)
    still = variance[0] <= STILL * max(float(np.nanmax(variance[0], initial=0.0)), np.finfo(np.float64).tiny)
    below = np.where(variance > 0, variance, np.inf)
    first = np.empty((bootstraps + 1, len(crossed), a.shape[1]))
    total = np.empty_like(first)
    for i, side in enumerate(crossed):
        moved = np.asarray(side - centre, dtype=kind) - a
        first[:, i] = ((c @ (b * moved)) - mean * (c @ moved)) / n / below
        total[:, i] = (c @ (moved * moved)) / (2 * n) / below
    first[..., still], total[..., still] = np.nan, np.nan
    ends = [np.quantile(part[1:], share, axis=0) if bootstraps else part[0] for part in (first, total) for share in (0.05, 0.95)]  # fmt: skip
    return Sobol(tuple(choices), first[0], total[0], ends[0], ends[1], ends[2], ends[3], variance[0])
