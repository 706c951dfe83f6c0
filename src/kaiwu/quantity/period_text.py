"""Reading periods (期间的写法): 2024年, 2024年1—8月, 2024Q1, 2024年上半年, 2024年6月末, 2024-06.

Owns the spellings. It does not own what a period is; see ``period.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from kaiwu.quantity.date import parse_date
from kaiwu.quantity.number import fold_text
from kaiwu.quantity.numeral import write_digits
from kaiwu.quantity.period import Period, PeriodKind, month_end_period, point_period
from kaiwu.quantity.problem import KaiwuError, Problem

MAX_PERIOD_LENGTH = 40
"""No period that people write is longer."""

_DASH = "(?:-|—|–|~|至|到)+"
_SPELLINGS: tuple[tuple[str, Callable[[int, int], Period]], ...] = (
    (r"(\d{4})(?:年度?)?(?:全年)?", lambda year, _: Period(PeriodKind.YEAR, year)),
    (r"(\d{4})年?上半年()", lambda year, _: Period(PeriodKind.HALF, year, 1)),
    (r"(\d{4})年?下半年()", lambda year, _: Period(PeriodKind.HALF, year, 2)),
    (r"(\d{4})[年-]?H([12])", lambda year, half: Period(PeriodKind.HALF, year, half)),
    (r"(\d{4})[年-]?Q([1-4])", lambda year, quarter: Period(PeriodKind.QUARTER, year, quarter)),
    (r"(\d{4})年?第?([1-4])季度?", lambda year, quarter: Period(PeriodKind.QUARTER, year, quarter)),
    (rf"(\d{{4}})年?1{_DASH}([1-4])季度", lambda year, q: Period(PeriodKind.CUMULATIVE, year, q * 3)),
    (r"(\d{4})年?前([1-4])个?季度", lambda year, q: Period(PeriodKind.CUMULATIVE, year, q * 3)),
    (r"(\d{4})年(\d{1,2})月份?", lambda year, month: Period(PeriodKind.MONTH, year, month)),
    (r"(\d{4})[-/](\d{1,2})", lambda year, month: Period(PeriodKind.MONTH, year, month)),
    (r"(\d{4})(\d{2})", lambda year, month: Period(PeriodKind.MONTH, year, month)),
    (rf"(\d{{4}})年?0?1月?{_DASH}(\d{{1,2}})月份?", lambda year, m: Period(PeriodKind.CUMULATIVE, year, m)),
    (r"(\d{4})年前(\d{1,2})个?月", lambda year, m: Period(PeriodKind.CUMULATIVE, year, m)),
    (r"(\d{4})-01\.\.(\d{2})", lambda year, m: Period(PeriodKind.CUMULATIVE, year, m)),
    (r"(\d{4})年[末底]()", lambda year, _: month_end_period(year, 12)),
    (r"(\d{4})年(\d{1,2})月[末底]", month_end_period),
)
_COMPILED = tuple((re.compile(pattern, re.ASCII | re.IGNORECASE), build) for pattern, build in _SPELLINGS)
_UNSURE = re.compile(r"\d{2}年.*|\d{4}\.\d{1,2}|\d{1,2}[-/.]\d{4}", re.ASCII)
_OTHER_RANGE = re.compile(rf"\d{{4}}年?(?:[2-9]|1[0-2]|0[2-9])月?{_DASH}\d{{1,2}}月份?", re.ASCII)


def parse_period(text: str) -> Period:
    """Read a period (期间): year, half, quarter, month, cumulative months from January, or a day.

    Raises KaiwuError: ``Q-PERIOD-AMBIGUOUS`` for 24年 and 2024.1 (January, or October that lost its 0?),
    ``Q-PERIOD-RANGE`` for 2024年13月 and for ranges that do not begin in January, ``Q-PERIOD-FORMAT`` else.
    """
    return _parse(text) if len(text) <= MAX_PERIOD_LENGTH else _refuse(text[:MAX_PERIOD_LENGTH] + "…", "")


@lru_cache(maxsize=4096)
def _parse(text: str) -> Period:
    folded = write_digits(re.sub(r"\s+", "", fold_text(text)).removeprefix("截至").removeprefix("截止"))
    for pattern, build in _COMPILED:
        if found := pattern.fullmatch(folded):
            try:
                return build(int(found[1]), int(found[2] or 0) if pattern.groups > 1 else 0)
            except (KaiwuError, ValueError):
                raise KaiwuError(_out_of_range(text)) from None
    # Only a day is left; another spelling gets the message about periods, not the one about dates.
    try:
        return point_period(parse_date(folded))
    except KaiwuError as error:
        if error.problems[0].code == "Q-DATE-NO-SUCH-DAY":
            raise
    return _refuse(text, folded)


def _refuse(text: str, folded: str) -> Period:
    if _UNSURE.fullmatch(folded):
        raise KaiwuError(_unsure(text))
    if _OTHER_RANGE.fullmatch(folded):
        raise KaiwuError(_out_of_range(text))
    zh = f"“{text}”不是一个期间; 请写成2024年、2024年1-8月、2024年一季度、2024年6月或2024-06-30"
    en = f"'{text}' is no period; write 2024, 2024-01..08, 2024Q1, 2024-06 or 2024-06-30"
    raise KaiwuError(Problem("Q-PERIOD-FORMAT", zh, en, text=text))


def _unsure(text: str) -> Problem:
    return Problem(
        "Q-PERIOD-AMBIGUOUS",
        f"“{text}”分不清年和月; 请写成2024年或2024年1月(2024.1可能是丢了末位0的10月)",
        f"year and month of '{text}' are unclear; write 2024-01 (2024.1 may be October without its 0)",
        text=text,
    )


def _out_of_range(text: str) -> Problem:
    return Problem(
        "Q-PERIOD-RANGE",
        f"没有“{text}”这样的期间; 月份为1至12, 累计从1月起, 如2024年1-8月",
        f"there is no period '{text}'; months are 1 to 12, cumulative ones begin in January: 2024-01..08",
        text=text,
    )
