"""Which period a value gets (时期对应): the period of a sheet or column, brought to the kind that a variable takes.

Owns that passage. Days decide: 2024年1-12月 is the year 2024, 上半年 is January to June. It does not own
periods (``kaiwu.quantity``) nor where one is written (``head``, ``layout``).
"""

from __future__ import annotations

import datetime as dt

from kaiwu.figure.variable import PeriodType, Variable
from kaiwu.quantity.period import Period, PeriodKind, point_period
from kaiwu.quantity.problem import KaiwuError, Problem

_QUARTERS = tuple((PeriodKind.QUARTER, number) for number in range(1, 5))
_MONTHS = tuple((PeriodKind.MONTH, number) for number in range(1, 13))
_CUMULATIVE = tuple((PeriodKind.CUMULATIVE, number) for number in range(1, 13))
_FORMS: dict[PeriodType, tuple[tuple[PeriodKind, int], ...]] = {
    PeriodType.YEAR: ((PeriodKind.YEAR, 0),),
    PeriodType.QUARTER: _QUARTERS,
    # January and February are published as one value.
    PeriodType.MONTH: (*_MONTHS, (PeriodKind.CUMULATIVE, 2)),
    PeriodType.CUMULATIVE: _CUMULATIVE,
}
_WANTED: dict[PeriodType, str] = {
    PeriodType.YEAR: "2024年",
    PeriodType.QUARTER: "2024年一季度",
    PeriodType.MONTH: "2024年6月",
    PeriodType.CUMULATIVE: "2024年1-6月",
    PeriodType.POINT: "2024-06-30",
}


def fit_period(variable: Variable, period: Period | None, point: dt.date | None = None) -> str:
    """The canonical period text of a value (时期): empty for constants, a day for states.

    A state (point) without a day of its own is dated ``point``, else the last day of ``period``: what stands
    in a sheet of 2024 is 期末. Raises ``KaiwuError``: ``IN-PERIOD-MISSING``, ``IN-PERIOD-KIND``.
    """
    if variable.period == PeriodType.CONSTANT:
        return ""
    if period is None:
        raise KaiwuError(_missing(variable))
    if variable.period == PeriodType.POINT:
        day = period.last_day if point is None or period.kind == PeriodKind.POINT else point
        return point_period(day).code
    days = (period.first_day, period.last_day)
    for kind, number in _FORMS[variable.period]:
        form = Period(kind, period.year, number)
        if (form.first_day, form.last_day) == days:
            return form.code
    raise KaiwuError(_other_kind(variable, period))


def _missing(variable: Variable) -> Problem:
    wanted = _WANTED[variable.period]
    zh = f"不知道“{variable.zh}”是哪个时期的数; 请在标题或表头写明, 如 {wanted}, 或导入时给出时期"
    en = f"the period of “{variable.en}” is unknown; write it in the title or head, like {wanted}, or give it"
    return Problem("IN-PERIOD-MISSING", zh, en)


def _other_kind(variable: Variable, period: Period) -> Problem:
    wanted = _WANTED[variable.period]
    zh = f"“{variable.zh}”要 {wanted} 这样的时期, 这里是{period.zh}"
    en = f"“{variable.en}” takes a period like {wanted}, here it is {period.en}"
    return Problem("IN-PERIOD-KIND", zh, en, text=period.code)
