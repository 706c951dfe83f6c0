"""Round and rank (取位与排名): the declared conventions by which scores become places.

Owns rounding and ties. Only what comes out of here, whole numbers, may enter a digest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiwu.rating.index.statistic import Array, Ties, rank_ascending

# Two ways of computing one score differ by some 1e-13; a half on which rounding turns is given this much room, in last places.
GUARD = 1e-9


@dataclass(frozen=True, slots=True)
class Rank:
    """Setting: decimals of the printed score (None: ranked unrounded), ties, the grouping within which places are given."""

    decimals: int | None = 2
    ties: Ties = "min"
    within: str = ""
    family: str = "rank"


def round_scores(scores: Array, decimals: int) -> NDArray[np.int64]:
    """Scores in whole 10^-decimals, half away from zero (四舍五入); missing become the smallest integer (see ``MISSING``)."""
    scaled = np.abs(scores) * 10.0**decimals
    with np.errstate(invalid="ignore"):
        whole = np.sign(scores) * np.floor(scaled + 0.5 + GUARD)
    return np.where(np.isnan(scores), MISSING, np.nan_to_num(whole)).astype(np.int64)


MISSING = np.iinfo(np.int64).min
UNROUNDED = 9  # decimals on which unrounded scores are placed: what differs beyond is noise of the machine


def to_decimals(scores: Array, decimals: int | None) -> Array:
    """Scores rounded half away from zero to some decimals, as floats; unchanged for None."""
    if decimals is None:
        return scores
    scale = 10.0**decimals
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sign(scores) * np.floor(np.abs(scores) * scale + 0.5 + GUARD) / scale)


def rank_scores(scores: Array, decimals: int | None = None, ties: Ties = "min") -> Array:
    """Places from the best down along the last axis, ``(..., units)``; missing stay NaN; ``average`` may end in .5."""
    scores = to_decimals(scores, UNROUNDED if decimals is None else decimals)
    return rank_ascending(-scores[..., None], ties)[..., 0]
