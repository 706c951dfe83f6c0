"""Printing quantities (打印) in local units: exact, or rounded half up, never through a float.

Owns decimal text, grouping, and choosing 元, 万元 or 亿元 for display. It does not own rounding as a legal
step, which a clause declares and the rule engine performs; the rounding here is for the eye only.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.quantity.dimension import RATIO, YEAR
from kaiwu.quantity.unit import Unit, find_unit, plain_unit, scaled_unit

_DISPLAY_STEPS = ((10**8, "亿"), (10**4, "万"))


def round_half_up(value: Fraction, decimals: int = 0) -> Fraction:
    """Round (四舍五入) to ``decimals`` places: ``(2n + d) div 2d`` for n ≥ 0, negatives by sign.

    -2.5 becomes -3. Negative ``decimals`` round to tens, hundreds and so on.
    """
    scale = Fraction(10) ** decimals
    scaled = abs(value) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole) / scale


def format_decimal(value: Fraction | int, decimals: int | None = None, *, grouping: bool = True) -> str:
    """Write a rational as decimal text: exact if ``decimals`` is None, else rounded half up to that many.

    An exact value without a finite decimal form is written as a fraction (``1/3``), never cut.
    """
    value = Fraction(value)
    places = _finite_places(value) if decimals is None else max(decimals, 0)
    if places is None:
        return f"{value.numerator}/{value.denominator}"
    rounded = value if decimals is None else round_half_up(value, decimals)
    units = abs(rounded) * 10**places
    whole, part = divmod(units.numerator, 10**places)
    text = f"{whole:,}" if grouping else str(whole)
    fraction = f".{part:0{places}d}" if places else ""
    return ("-" if rounded < 0 else "") + text + fraction


def format_quantity(
    base: Fraction | int,
    unit: Unit,
    decimals: int | None = None,
    *,
    grouping: bool = True,
    language: str = "zh",
) -> str:
    """Print base units in a local unit (1,200万元): exact if ``decimals`` is None, else rounded half up.

    ``language="en"`` prints the same, equally rounded amount without 万 and 亿: ``12,000,000 yuan``. A
    calendar year is never grouped.
    """
    amount = unit.from_base(base)
    grouping = grouping and unit.dimension != YEAR
    if language != "en":
        return format_decimal(amount, decimals, grouping=grouping) + unit.zh
    plain = plain_unit(unit)
    if plain != unit:
        amount = amount if decimals is None else round_half_up(amount, decimals)
        amount, decimals = plain.from_base(unit.to_base(amount)), None
    name = plain.en if plain.en in ("", "%", "‰", "‱") else f" {plain.en}"
    return format_decimal(amount, decimals, grouping=grouping) + name


def format_ratio(base: Fraction | int, decimals: int | None = None, *, unit: Unit | None = None) -> str:
    """Print a ratio (比率) given in its base units of 10^-8 as a percentage: 7_000_000 → ``7%``."""
    unit = unit or find_unit("%")
    if unit.dimension != RATIO:
        raise ValueError(f"{unit.code} is no unit of a ratio")
    return format_quantity(base, unit, decimals)


def choose_unit(base: Fraction | int, unit: Unit | None = None) -> Unit:
    """Choose 元, 万元 or 亿元 for display by size; with another ``unit``, its 万 and 亿 where it has them."""
    plain = plain_unit(unit or find_unit("元"))
    amount = abs(plain.from_base(base))
    for size, multiplier in _DISPLAY_STEPS:
        if amount >= size and (scaled := scaled_unit(plain, multiplier)):
            return scaled
    return plain


def _finite_places(value: Fraction) -> int | None:
    """Count the decimals that a rational needs; None where it has no finite decimal form."""
    twos, fives, rest = 0, 0, value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None
