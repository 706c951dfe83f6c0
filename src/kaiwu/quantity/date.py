"""Calendar dates (日期): a sortable index with exact month arithmetic.

Owns ``date_index``, its inverse, and reading dates as bureaus type them. It does not own periods; see
``period.py``.
"""

from __future__ import annotations

from datetime import date

from kaiwu.quantity.problem import KaiwuError, Problem

DAYS_PER_MONTH_SLOT = 31
"""Each month takes 31 places in the index, so that a difference divided by 31 counts full months."""


def date_index(day: date) -> int:
    """Return ``(year*12 + month-1)*31 + (day-1)``: order-preserving, and ``(b - a)//31`` is full months.

    A full month (满月) has passed when the day of the month is reached again; from 31 January to the last of
    February none has.
    """
    return (day.year * 12 + day.month - 1) * DAYS_PER_MONTH_SLOT + day.day - 1


def index_date(index: int) -> date:
    """Return the date of an index; KaiwuError ``Q-DATE-INDEX`` where no such day exists (30 February)."""
    months, day = divmod(index, DAYS_PER_MONTH_SLOT)
    year, month = divmod(months, 12)
    try:
        return date(year, month + 1, day + 1)
    except ValueError:
        zh, en = f"日期序号{index}不对应任何一天", f"date index {index} is no calendar day"
        raise KaiwuError(Problem("Q-DATE-INDEX", zh, en)) from None
