"""The newest month of the operation (最新月度运行), for papers, cockpit and pages: found in the figures, computed once."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import polars as pl
from django.utils import timezone

from kaiwu.procedure.operation import list_operations, open_months
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.operation import Bulletin, make_bulletin
from kaiwu.web.workspace import workspace


def latest_bulletin() -> Bulletin:
    """The bulletin of the newest month whose growth can be stated. Raises ``KaiwuError`` where there is none."""
    made = _latest(timezone.localdate(), len(workspace().figures.batches()))
    if made is None:
        zh, en = (
            "没有能算出增速的月度数据; 请先导入规上工业月报",
            "no month whose growth can be stated: import the monthly figures first",
        )
        raise KaiwuError(Problem("W-OPERATION", zh, en))
    return made


MONTH = len("2024-06")


@lru_cache(maxsize=2)
def _latest(day: dt.date, batches: int) -> Bulletin | None:
    home = workspace()
    for spec in list_operations(home).values():
        reader = open_months(home, spec, day)
        stored = home.figures.scan_lazily([spec.month.current.code], day)
        periods = stored.select(pl.col("period").unique()).collect().to_series().to_list()
        for text in sorted((p for p in periods if len(p) == MONTH), reverse=True):
            try:
                return make_bulletin(reader, int(text[:4]), int(text[5:7]))
            except KaiwuError:
                continue
    return None
