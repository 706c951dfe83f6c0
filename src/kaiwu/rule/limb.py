"""Integers of 128 bits for NumPy as two limbs: value = high × 2^64 + low, in two's complement.

Owns exact addition, multiplication, comparison and choice of such arrays. Whoever calls has proven that the
results fit; nothing is checked here. Division is left to Python integers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_HALF = np.uint64(32)
_MASK = np.uint64(0xFFFFFFFF)
_WORD = 1 << 64


@dataclass(frozen=True, slots=True, eq=False)
class Wide:
    """An array of 128-bit integers; ``high`` is signed, ``low`` unsigned, both of one shape."""

    high: NDArray[np.int64]
    low: NDArray[np.uint64]

    def __setitem__(self, at: int, value: int) -> None:
        self.high[at], self.low[at] = value >> 64, value % _WORD


def widen(values: NDArray[np.int64]) -> Wide:
    """64-bit integers with their sign carried into the high limb."""
    return Wide(values >> 63, values.astype(np.uint64))


def from_integers(values: list[int] | NDArray[np.object_]) -> Wide:
    """Python integers, of any shape, each within 128 bits."""
    array = np.asarray(values, object)
    flat = array.ravel().tolist()
    high = np.array([v >> 64 for v in flat], np.int64).reshape(array.shape)
    low = np.array([v % _WORD for v in flat], np.uint64).reshape(array.shape)
    return Wide(high, low)


def to_integers(wide: Wide) -> NDArray[np.object_]:
    """Python integers in an object array of the same shape."""
    result: NDArray[np.object_] = wide.high.astype(object) * _WORD + wide.low.astype(object)
    return result


def narrow(wide: Wide) -> NDArray[np.int64]:
    """The low limb as a signed integer: the value, where it is known to fit 64 bits."""
    return wide.low.astype(np.int64)


def add(a: Wide, b: Wide) -> Wide:
    """a + b."""
    low = a.low + b.low
    return Wide(a.high + b.high + (low < a.low), low)


def subtract(a: Wide, b: Wide) -> Wide:
    """a - b."""
    return Wide(a.high - b.high - (a.low < b.low), a.low - b.low)


def multiply(a: Wide, b: Wide) -> Wide:
    """a × b; the cross terms wrap round as two's complement wants."""
    cross = a.high.astype(np.uint64) * b.low + a.low * b.high.astype(np.uint64)
    top, low = _multiply_words(a.low, b.low)
    return Wide((top + cross).astype(np.int64), low)


def _multiply_words(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The 128-bit product of unsigned words, high and low, from four products of halves."""
    a_low, a_high, b_low, b_high = a & _MASK, a >> _HALF, b & _MASK, b >> _HALF
    lowest = a_low * b_low
    middle = a_high * b_low + (lowest >> _HALF)
    other = a_low * b_high + (middle & _MASK)
    return a_high * b_high + (middle >> _HALF) + (other >> _HALF), a * b


def is_less(a: Wide, b: Wide) -> NDArray[np.bool_]:
    """a < b."""
    result: NDArray[np.bool_] = (a.high < b.high) | ((a.high == b.high) & (a.low < b.low))
    return result


def is_less_or_equal(a: Wide, b: Wide) -> NDArray[np.bool_]:
    """a <= b."""
    return ~is_less(b, a)


def is_equal(a: Wide, b: Wide) -> NDArray[np.bool_]:
    """a = b."""
    result: NDArray[np.bool_] = (a.high == b.high) & (a.low == b.low)
    return result


def choose(test: NDArray[np.bool_], a: Wide, b: Wide) -> Wide:
    """``a`` where the test holds, else ``b``."""
    return Wide(np.where(test, a.high, b.high), np.where(test, a.low, b.low))
