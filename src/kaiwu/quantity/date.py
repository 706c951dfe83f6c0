"""Calendar dates (日期): a sortable index with exact month arithmetic.

Owns ``date_index``, its inverse, and reading dates as bureaus type them. It does not own periods; see
``period.py``.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from kaiwu.quantity.number import fold_text
from kaiwu.quantity.numeral import write_digits
from kaiwu.quantity.problem import KaiwuError, Problem

DAYS_PER_MONTH_SLOT = 31
"""Each month takes 31 places in the index, so that a difference divided by 31 counts full months."""

MAX_DATE_LENGTH = 40
"""No date that people write is longer."""

EARLIEST_YEAR, LATEST_YEAR = 1800, 2199
"""Years outside are slips of the finger, not dates of firms or policies."""

EXCEL_1904_SHIFT = 1462
"""Days from the first day of the 1900 system to that of the 1904 system."""

EXCEL_LAST_SERIAL = 2_958_465
"""31 December 9999, the last day that a workbook can hold."""

_SEPARATED = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?:[ T]0?0:00(?::00(?:\.0+)?)?)?")
_WRITTEN = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日号]")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.年])[0-9]{1,2}[-/.月][0-9]{1,4}日?")
_SERIAL = re.compile(r"[0-9]{5}(\.0+)?")


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
    except (ValueError, OverflowError):
        zh, en = f"日期序号{index}不对应任何一天", f"date index {index} is no calendar day"
        raise KaiwuError(Problem("Q-DATE-INDEX", zh, en)) from None


def parse_date(text: str) -> date:
    """Read a date (日期) as bureaus type it: 2024-06-30, 2024/6/30, 2024.6.30, 2024年6月30日, 20240630.

    Numerals (二〇二四年六月三十日) and a midnight behind the date are read too. Raises KaiwuError:
    ``Q-DATE-AMBIGUOUS`` for 24/6/30 and 6/30/2024, ``Q-DATE-SERIAL`` for a bare Excel serial,
    ``Q-DATE-NO-SUCH-DAY``, or ``Q-DATE-FORMAT``.
    """
    if len(text) > MAX_DATE_LENGTH:
        raise KaiwuError(_unreadable(text[:MAX_DATE_LENGTH] + "…", ""))
    folded = re.sub(r"\s*([年月日号/.-])\s*", r"\1", write_digits(fold_text(text).strip()))
    if found := _SEPARATED.fullmatch(folded):
        return _build(text, found[1], found[3], found[4])
    if found := _WRITTEN.fullmatch(folded) or _COMPACT.fullmatch(folded):
        return _build(text, found[1], found[2], found[3])
    raise KaiwuError(_unreadable(text, folded))


def excel_serial_date(serial: int, *, is_1904: bool = False) -> date:
    """Return the date of an Excel serial (日期序号); call it only for a cell known to be a date.

    In the usual 1900 system serial 60 is a 29 February 1900 that never was; it raises ``Q-DATE-SERIAL``.
    Workbooks from old Macintoshes count from 1904.
    """
    serial_1900 = serial + EXCEL_1904_SHIFT if is_1904 else serial
    if not (EXCEL_1904_SHIFT if is_1904 else 1) <= serial_1900 <= EXCEL_LAST_SERIAL or serial_1900 == 60:
        raise KaiwuError(_bad_serial(serial))
    return _date_of_1900_serial(serial_1900)


def _date_of_1900_serial(serial: int) -> date:
    return date(1899, 12, 31 if serial < 60 else 30) + timedelta(days=serial)


def full_months(earlier: date, later: date) -> int:
    """Count the full months (满月) from one date to another; negative where ``later`` comes first."""
    return (date_index(later) - date_index(earlier)) // DAYS_PER_MONTH_SLOT


def _build(text: str, year: str, month: str, day: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        found = None
    if found is None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        zh, en = f"“{text}”不是日历上的一天; 请核对年月日", f"'{text}' is no day of the calendar; check it"
        raise KaiwuError(Problem("Q-DATE-NO-SUCH-DAY", zh, en, text=text))
    return found


def _unreadable(text: str, folded: str) -> Problem:
    if _SHORT_YEAR.fullmatch(folded):
        return Problem(
            "Q-DATE-AMBIGUOUS",
            f"“{text}”分不清年月日; 年份请写四位并放在前面, 如2024-06-30",
            f"year, month and day of '{text}' are unclear; put a four-digit year first: 2024-06-30",
            text=text,
        )
    if _SERIAL.fullmatch(folded):
        return Problem(
            "Q-DATE-SERIAL",
            f"“{text}”像是Excel的日期序号; 请把单元格设为日期格式, 或写成2024-06-30",
            f"'{text}' looks like an Excel serial number; format the cell as a date or write 2024-06-30",
            text=text,
        )
    return Problem(
        "Q-DATE-FORMAT",
        f"“{text}”不是一个日期; 请写成2024-06-30或2024年6月30日",
        f"'{text}' is no date; write 2024-06-30 or 2024年6月30日",
        text=text,
    )


def _bad_serial(serial: int) -> Problem:
    return Problem(
        "Q-DATE-SERIAL",
        f"Excel日期序号{serial}不对应任何一天; 请写成2024-06-30",
        f"the Excel serial number {serial} is no day of the calendar; write 2024-06-30",
        text=str(serial),
    )
