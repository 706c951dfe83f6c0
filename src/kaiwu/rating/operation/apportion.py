"""Rounding parts so that they add up to the rounded whole (最大余数法).

Owns that one rounding. What the parts are is decided before.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kaiwu.quantity import round_half_up


def apportion(parts: Sequence[Fraction], decimals: int, whole: int | None = None) -> list[int]:
    """Parts in whole units of 10^-``decimals`` whose sum is ``whole``, by default the half-up rounding of their exact sum.

    Every part is its exact value rounded down or up; the units that are left go to the largest remainders, of equal ones
    to the earlier part (最大余数法, Hamilton's method). A part that needs no rounding is moved only where ``whole``, a difference
    of two rounded numbers, leaves no other way.
    """
    scale = Fraction(10) ** decimals
    scaled = [part * scale for part in parts]
    units = [value.numerator // value.denominator for value in scaled]
    if whole is None:
        whole = round_half_up(sum(scaled, Fraction(0))).numerator
    left = whole - sum(units)
    order = sorted(range(len(parts)), key=lambda i: (units[i] - scaled[i], i))
    for i in order[:left] if left > 0 else order[left:] if left else []:
        units[i] += 1 if left > 0 else -1
    return units
