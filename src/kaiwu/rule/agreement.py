"""How two sides of a rule agree in dimension (量纲): what may be compared, and how a message names it.

Owns the dimension of a variable in rules, dates included, and the spellings with two meanings. It raises nothing.
"""

from __future__ import annotations

from dataclasses import replace

from kaiwu.figure.variable import Kind, Variable
from kaiwu.quantity import DIMENSIONLESS, Dimension, conversion
from kaiwu.quantity.dimension import YEAR
from kaiwu.rule import expression as x

DATE = Dimension((("date", 1),))


def is_plain(number: x.Num) -> bool:
    """Whether a bare number may stand against this: only a variable declared as a plain number."""
    return (
        any(
            isinstance(n, x.Ref) and n.variable.unit is not None and n.variable.unit.dimension == DIMENSIONLESS
            for n in x.walk(number)
        )
        and number.dimension == DIMENSIONLESS
    )


def settle(left: x.Num, right: x.Num) -> tuple[x.Num, x.Num] | None:
    """吨标煤 written plainly takes the meaning of the other side; a year count (年) against a calendar year does not."""
    for literal, other in ((left, right), (right, left)):
        if not isinstance(literal, x.Literal):
            continue
        if literal.dimension.power_of("coal") and conversion(literal.dimension, other.dimension) is None:
            for meant in ("coal_equivalent", "coal_calorific"):
                powers = tuple((meant if name == "coal" else name, power) for name, power in literal.dimension.powers)
                if dict(powers) == dict(other.dimension.powers):
                    fixed = replace(literal, dimension=other.dimension)
                    return (fixed, right) if literal is left else (left, fixed)
    return None


def settle_coal(left: x.Num, right: x.Num) -> tuple[x.Num, x.Num]:
    """In ``350元/吨标煤 * 年节能量`` the plain 吨标煤 takes the meaning that the other factor has."""
    sides = [left, right]
    for i, (literal, other) in enumerate(((left, right), (right, left))):
        meanings = [name for name in ("coal_equivalent", "coal_calorific") if other.dimension.power_of(name)]
        if isinstance(literal, x.Literal) and literal.dimension.power_of("coal") and len(meanings) == 1:
            powers = tuple((meanings[0] if name == "coal" else name, power) for name, power in literal.dimension.powers)
            sides[i] = replace(literal, dimension=Dimension(powers))
    return sides[0], sides[1]


def dimension_of(variable: Variable) -> Dimension:
    """The dimension of a variable in rules, ratios taken out."""
    if variable.kind is Kind.DATE:
        return DATE
    if variable.kind is Kind.YEAR:
        return YEAR
    return variable.unit.dimension.without_ratio()[0] if variable.unit is not None else DIMENSIONLESS


def spell(dimension: Dimension) -> tuple[str, str]:
    """The dimension in Chinese and English, as messages say it."""
    if dimension == DATE:
        return ("日期", "a date")
    if dimension == DIMENSIONLESS:
        return ("比率", "a ratio")
    return (dimension.zh, dimension.en)
