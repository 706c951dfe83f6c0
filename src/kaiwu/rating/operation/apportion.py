"""Rounding parts so that they add up to the rounded whole (最大余数法).

Owns that one rounding. What the parts are is decided before.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kaiwu.quantity import round_half_up


def apportion(parts: Sequence[Fraction], decimals: int) -> list[int]:
    """Parts in whole units of 10^-``decimals`` whose sum is the half-up rounding of their exact sum.

    Every part is its exact value rounded down or up; the units that are left go to the largest remainders, of equal ones
    to the earlier part (最大余数法, Hamilton's method). A part that needs no rounding is never moved.
    """
    scale = Fraction(10) ** decimals
    scaled = [part * scale for part in parts]
    floors = [value.numerator // value.denominator for value in scaled]
    whole = round_half_up(sum(scaled, Fraction(0)))
    left = whole.numerator - sum(floors)
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - scaled[i], i))
    for i in order[:left]:
        floors[i] += 1
    return floors
