"""Typed quantities (量): units, exact amounts, dates and periods.

Owns what a number means: its dimension, unit and time. It does not own variables or figures, and it knows
nothing of tables. No value here is ever a float.
"""

from kaiwu.quantity.date import date_index, index_date
from kaiwu.quantity.dimension import BASE_DIMENSIONS, DIMENSIONLESS, RATIO_ONE, Dimension, conversion
from kaiwu.quantity.grain import to_grain
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import Unit, find_unit, known_units, scaled_unit

__all__ = [
    "BASE_DIMENSIONS",
    "DIMENSIONLESS",
    "RATIO_ONE",
    "Dimension",
    "KaiwuError",
    "Problem",
    "Unit",
    "conversion",
    "date_index",
    "find_unit",
    "index_date",
    "known_units",
    "scaled_unit",
    "to_grain",
]
