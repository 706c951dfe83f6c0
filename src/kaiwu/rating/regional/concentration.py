"""Specialisation and concentration (专业化与集中度): location quotient and Herfindahl index.

Owns both. It does not own which industries and regions there are.

    LQᵢⱼ = (eᵢⱼ / eᵢ) / (Eⱼ / E)        H = Σ sᵢ²        H* = (H − 1/n) / (1 − 1/n)        N = 1/H

with eᵢⱼ the amount of industry j in region i, eᵢ of the region, Eⱼ of the industry, E of all. LQ > 1: the industry weighs more in the
region than in the whole. Source: location quotient (区位商) after Haggett 1965; Hirschman 1964, American Economic Review 54(5),
for the index (both from memory).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kaiwu.rating.regional.array import Floats, read_floats, require_positive


@dataclass(frozen=True, slots=True)
class Concentration:
    """``herfindahl`` within 1/n … 1, ``normalised`` 0 … 1 (``nan`` for a single one), ``effective`` how many equal ones it amounts to."""

    herfindahl: float
    normalised: float
    effective: float


def locate_industries(amounts: ArrayLike) -> Floats:
    """Location quotients (区位商), (regions, industries), of amounts of the same shape.

    ``nan`` where the region or the industry has no amount at all: there is no quotient then, and none is zero.
    """
    e = read_floats(amounts, "amounts", dimensions=2)
    require_positive(float(e.sum()), "amounts")
    region, industry = e.sum(axis=1, keepdims=True), e.sum(axis=0, keepdims=True)
    expected = region * industry / e.sum()
    return np.asarray(np.divide(e, expected, out=np.full_like(e, np.nan), where=expected > 0))


def measure_concentration(amounts: ArrayLike) -> Concentration:
    """The Herfindahl index (赫芬达尔指数) of amounts (units,), each not negative."""
    e = read_floats(amounts, "amounts", dimensions=1)
    require_positive(float(e.sum()), "amounts")
    n, h = len(e), float(((e / e.sum()) ** 2).sum())
    return Concentration(h, (h - 1 / n) / (1 - 1 / n) if n > 1 else float("nan"), 1 / h)
