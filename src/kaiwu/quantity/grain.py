"""Grains (最小计数): the whole numbers in which figures are stored.

Owns the exact passage from a rational to an integer number of grains. It does not own rounding, which is a
declared step of a clause and never happens here.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.quantity.problem import KaiwuError, Problem

INT64_MAX = 2**63 - 1
"""Grains are stored as int64; a larger one would overflow silently in a column."""


def to_grain(base: Fraction, grain: Fraction) -> int:
    """Return how many grains (最小计数) of ``grain`` base units make ``base`` base units, exactly.

    Raises KaiwuError ``Q-GRAIN-LOSSY`` where it is not a whole number, ``Q-GRAIN-RANGE`` beyond int64.
    """
    count = Fraction(base) / Fraction(grain)
    if count.denominator != 1:
        raise KaiwuError(_lossy(count))
    if abs(count.numerator) > INT64_MAX:
        raise KaiwuError(
            Problem(
                "Q-GRAIN-RANGE",
                "数值超出可存储的范围(64位整数); 请检查单位或位数",
                "the value is beyond what can be stored (64-bit integer); check its unit and digits",
            )
        )
    return count.numerator


def _lossy(count: Fraction) -> Problem:
    below = count.numerator // count.denominator
    return Problem(
        "Q-GRAIN-LOSSY",
        f"数值比这个变量能记录的最小单位还细(介于第{below}与第{below + 1}个最小单位之间), 不会自动取整; "
        "请按规定取整后再填",
        f"the value is finer than this variable can record (between {below} and {below + 1} smallest units) "
        "and is never rounded silently; round it by the rule that applies, then enter it",
    )
