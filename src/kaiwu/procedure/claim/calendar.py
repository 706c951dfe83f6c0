"""Days of a window (公示期): working days with declared holidays, or calendar days.

Owns counting of days. The lists of holidays and of worked weekends (调休) stand in the programme.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

SATURDAY = 5
MAX_DAYS = 3660


def end_of_window(
    first: dt.date,
    days: int,
    *,
    is_working: bool,
    holidays: Collection[dt.date] = (),
    workdays: Collection[dt.date] = (),
) -> dt.date:
    """The last day of a window of ``days`` that begins on the day after ``first``."""
    if not 0 < days <= MAX_DAYS:
        raise ValueError(f"a window has 1 to {MAX_DAYS} days, not {days}")
    day, left = first, days
    while left:
        day += dt.timedelta(days=1)
        left -= not is_working or is_workday(day, holidays, workdays)
    return day


def is_workday(day: dt.date, holidays: Collection[dt.date] = (), workdays: Collection[dt.date] = ()) -> bool:
    """Whether offices work on a day: Monday to Friday without holidays, and worked weekends."""
    return day in workdays or (day.weekday() < SATURDAY and day not in holidays)
