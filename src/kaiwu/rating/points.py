"""Points (得分): exact, rounded at a declared step, stored as whole numbers of 10^-k 分.

Owns rounding of rationals held as pairs of integer arrays, and printing of points. Integers here are Python
integers in object arrays: exact at any width, so that no bound has to be proven for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kaiwu.quantity import format_decimal

Objects = NDArray[np.object_]
Integers = NDArray[np.int64]

MODES = ("half_up", "down", "up")
MAX_DECIMALS = 6  # scores are stored in 10^-6 分 at the finest, as variables of kind score are
LIMIT = 10**15  # in the finest step 10^9 分: more points are a slip in a figure or in a benchmark


@dataclass(frozen=True, slots=True)
class Rounding:
    """A declared rounding (舍入): to a multiple of ``step`` 分; half_up, down (towards zero) or up (away from it)."""

    step: Fraction
    mode: str = "half_up"

    @property
    def decimals(self) -> int:
        """The decimals that the step needs."""
        return decimals_of(self.step)

    def units(self, decimals: int) -> int:
        """How many 10^-``decimals`` 分 one step is."""
        return int(self.step * 10**decimals)


def decimals_of(value: Fraction) -> int:
    """The decimals that a value needs; more than ``MAX_DECIMALS`` if it has no short decimal form."""
    for places in range(MAX_DECIMALS + 1):
        if (value * 10**places).denominator == 1:
            return places
    return MAX_DECIMALS + 1


def divide(n: Any, d: Any, mode: str) -> Any:
    """``n / d`` for ``d > 0`` to a whole number: half_up is (2n + d) div 2d by sign. Scalars or object arrays."""
    size = abs(n)
    whole = {"half_up": lambda: (2 * size + d) // (2 * d), "down": lambda: size // d, "up": lambda: -(-size // d)}[
        mode
    ]()
    if isinstance(n, np.ndarray):
        return np.where(n < 0, -whole, whole)
    return -whole if n < 0 else whole


def round_ratio(n: Objects, d: Objects, rounding: Rounding, decimals: int) -> Objects:
    """Round ``n / d`` 分 as declared; in whole 10^-``decimals`` 分."""
    steps = divide(n * rounding.step.denominator, d * rounding.step.numerator, rounding.mode)
    return np.asarray(steps * rounding.units(decimals), dtype=object)


def round_points(value: Fraction, rounding: Rounding, decimals: int) -> int:
    """Round one exact number of 分; in whole 10^-``decimals`` 分."""
    quotient = value / rounding.step
    return int(divide(quotient.numerator, quotient.denominator, rounding.mode)) * rounding.units(decimals)


def points_of(stored: int, decimals: int) -> Fraction:
    """The exact 分 of a stored whole number."""
    return Fraction(stored, 10**decimals)


def stored_points(value: Fraction, decimals: int) -> int:
    """An exact number of 分 in whole 10^-``decimals`` 分; ``ValueError`` where it does not fit."""
    scaled = value * 10**decimals
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than {decimals} decimals")
    return int(scaled.numerator)


def print_points(stored: int, decimals: int) -> str:
    """``78.35`` for 7835 with two decimals: always as many decimals as are stored."""
    return format_decimal(Fraction(stored, 10**decimals), decimals)
