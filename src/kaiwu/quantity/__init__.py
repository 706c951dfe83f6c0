"""Typed quantities (量): units, exact amounts, dates and periods.

Owns what a number means: its dimension, unit and time. It does not own variables or figures, and it knows
nothing of tables. No value here is ever a float.
"""

from kaiwu.quantity.date import date_index, excel_serial_date, full_months, index_date, parse_date
from kaiwu.quantity.dimension import BASE_DIMENSIONS, DIMENSIONLESS, RATIO_ONE, Dimension, conversion
from kaiwu.quantity.format import choose_unit, format_decimal, format_quantity, format_ratio, round_half_up
from kaiwu.quantity.grain import to_grain
from kaiwu.quantity.number import is_missing_token
from kaiwu.quantity.numeral import format_numeral, parse_numeral
from kaiwu.quantity.parse import Quantity, parse_quantity
from kaiwu.quantity.period import Period, PeriodKind, point_period
from kaiwu.quantity.period_text import parse_period
from kaiwu.quantity.problem import KaiwuError, Problem
from kaiwu.quantity.unit import Unit, find_unit, known_units, plain_unit, scaled_unit

__all__ = [
    "BASE_DIMENSIONS",
    "DIMENSIONLESS",
    "RATIO_ONE",
    "Dimension",
    "KaiwuError",
    "Period",
    "PeriodKind",
    "Problem",
    "Quantity",
    "Unit",
    "choose_unit",
    "conversion",
    "date_index",
    "excel_serial_date",
    "find_unit",
    "format_decimal",
    "format_numeral",
    "format_quantity",
    "format_ratio",
    "full_months",
    "index_date",
    "is_missing_token",
    "known_units",
    "parse_date",
    "parse_numeral",
    "parse_period",
    "parse_quantity",
    "plain_unit",
    "point_period",
    "round_half_up",
    "scaled_unit",
    "to_grain",
]
