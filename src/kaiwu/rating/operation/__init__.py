"""Monthly operation of above-scale industry (规上工业运行): growth at comparable prices on the comparable sample.

Owns the growth of a month or of cumulative months, its contributions by industry, town and firm, entries and exits of the
sample, what revisions moved, streaks of the series and the nowcast of the year. It owns neither the import of the months nor
how a bulletin is printed (``kaiwu.report``). Sums are exact integers of fen, growth is an exact ratio; only the declared
rounding prints.

``make_month`` (or ``MonthReader`` for the figures of a workspace) → ``measure_growth`` → ``list_contributions``,
``compare_revisions``, ``describe_growth``; ``divide_published`` refuses what may not be divided.
"""

from kaiwu.rating.operation.apportion import apportion
from kaiwu.rating.operation.bulletin import Bulletin, forecast_year, make_bulletin
from kaiwu.rating.operation.contribution import Part, list_contributions, list_parts, merge_small, rank_parts
from kaiwu.rating.operation.declaration import OperationSpec, load_operation
from kaiwu.rating.operation.growth import Growth, measure_growth
from kaiwu.rating.operation.month import MONTH_SCHEMA, Basis, Month, make_month
from kaiwu.rating.operation.nowcast import Nowcast, YearPath, nowcast_year
from kaiwu.rating.operation.published import Bridge, bridge_published, divide_published
from kaiwu.rating.operation.reading import MonthReader
from kaiwu.rating.operation.revision import Move, compare_revisions, list_moves
from kaiwu.rating.operation.sentence import describe_growth, describe_revision
from kaiwu.rating.operation.series import GrowthPoint, count_growth_streak, list_growth

__all__ = [
    "MONTH_SCHEMA",
    "Basis",
    "Bridge",
    "Bulletin",
    "Growth",
    "GrowthPoint",
    "Month",
    "MonthReader",
    "Move",
    "Nowcast",
    "OperationSpec",
    "Part",
    "YearPath",
    "apportion",
    "bridge_published",
    "compare_revisions",
    "count_growth_streak",
    "describe_growth",
    "describe_revision",
    "divide_published",
    "forecast_year",
    "list_contributions",
    "list_growth",
    "list_moves",
    "list_parts",
    "load_operation",
    "make_bulletin",
    "make_month",
    "measure_growth",
    "merge_small",
    "nowcast_year",
    "rank_parts",
]
