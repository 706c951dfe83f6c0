"""Whether one way is better than another beyond chance (配对自助法).

Owns the paired bootstrap: needs are drawn anew with their two scores together, 10,000 times from a declared seed (B.
Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13; percentile interval).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 10_000
SEED = 20_260_101
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean difference over needs with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def is_better(self) -> bool:
        """Whether even the low end is above nothing."""
        return self.low > 0


def paired_difference(new: Sequence[float], old: Sequence[float], draws: int = DRAWS, seed: int = SEED) -> Difference:
    """The difference of two scores of the same needs. Raises ``ValueError`` where they are not as many."""
    gaps = np.array(new, np.float64) - np.array(old, np.float64)
    if not len(gaps):
        return Difference(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [gaps[rng.integers(0, len(gaps), (1000, len(gaps)))].mean(axis=1) for _ in range(draws // 1000)]
    )
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Difference(float(gaps.mean()), float(low), float(high))
