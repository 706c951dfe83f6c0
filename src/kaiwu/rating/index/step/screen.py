"""Screen (筛选): which units have enough data to be rated.

Owns the share of present (and of non-zero) cells. What is screened out stays named in the report.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaiwu.rating.index.statistic import Array, Mask


@dataclass(frozen=True, slots=True)
class Screen:
    """Setting: the least share of present cells, and of non-zero ones among them where asked.

    ``under`` applies the first to each block under its direct parent as well.
    """

    available: float = 0.0
    nonzero: float = 0.0
    under: bool = False
    family: str = "screen"


def screen(x: Array, available: float, nonzero: float = 0.0) -> Mask:
    """Units kept, shape ``(..., units)``: share of present cells at or above ``available`` (both edges included)."""
    n = x.shape[-1]
    present = (~np.isnan(x)).sum(axis=-1)
    kept: Mask = present >= available * n - 1e-12 * n
    if nonzero > 0:
        live = (np.where(np.isnan(x), 0.0, x) != 0).sum(axis=-1)
        kept &= live >= nonzero * np.maximum(present, 1) - 1e-12 * n
    return kept
