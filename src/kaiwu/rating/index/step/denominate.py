"""Denominate (相对化): divide size-dependent indicators by a size.

Owns the division. Which denominator belongs to an indicator is said in the tree or in the method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kaiwu.rating.index.statistic import Array


@dataclass(frozen=True, slots=True)
class Denominate:
    """Setting of the step. ``by`` overrides the tree's denominators (empty text: none)."""

    by: Mapping[str, str] = field(default_factory=dict)
    family: str = "denominate"


def denominate(x: Array, by: Array) -> Array:
    """``x / by`` cell by cell; missing where either is missing or the denominator is zero.

    Shapes: both ``(..., units, indicators)``, or ``by`` with one column.
    """
    usable = ~np.isnan(by) & (by != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(usable, x / np.where(usable, by, 1.0), np.nan))
