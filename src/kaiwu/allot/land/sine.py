"""Sine and cosine (正弦、余弦) that are the same to the last bit on every machine.

Owns two polynomials of ``+ − × ÷``, which IEEE 754 rounds alike everywhere; a processor's or library's own sine is not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PI = 3.14159265358979323846
# pi / 2 in two parts, so that the reduction keeps its last bits.
_HALF, _REST = 1.5707963267948966, 6.123233995736766e-17
_SINE = (-1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800, 1 / 6_227_020_800, -1 / 1_307_674_368_000)
_COSINE = (-1 / 2, 1 / 24, -1 / 720, 1 / 40_320, -1 / 3_628_800, 1 / 479_001_600, -1 / 87_178_291_200)


def sine(angle: Floats) -> Floats:
    """The sine of angles in radians, |angle| < 10^6; within 2·10^-16 + 10^-16·|angle|."""
    turn = np.floor(angle / _HALF + 0.5)
    r = (angle - turn * _HALF) - turn * _REST
    quarter = turn - 4 * np.floor(turn / 4)
    s, c = r * _series(r * r, _SINE), _series(r * r, _COSINE)
    value = np.where((quarter == 1) | (quarter == 3), c, s)
    return np.where(quarter >= 2, -value, value)


def cosine(angle: Floats) -> Floats:
    """The cosine of angles in radians."""
    return sine(angle + _HALF)


def _series(square: Floats, coefficients: tuple[float, ...]) -> Floats:
    total = np.zeros_like(square)
    for c in reversed(coefficients):
        total = (total + c) * square
    return 1 + total
