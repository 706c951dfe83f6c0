"""The columns of a round's tables (批次数据表) that every round has, beside those that a rulebook reads.

Owns their names and kinds. A project stands in one row with its firm, filing date and the kinds that it accepts; a supply with
its kind, park and area; quotas and demands one amount a row.
"""

from __future__ import annotations

from fractions import Fraction

from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import find_unit
from kaiwu.quantity.date import EARLIEST_YEAR, LATEST_YEAR

MOST_AREA = 10**6 * 10**8  # µmu: a hundred million mu
_FIRST, _LAST = EARLIEST_YEAR * 12 * 31, (LATEST_YEAR + 1) * 12 * 31


def _text(code: str, zh: str, en: str) -> Variable:
    return Variable(code, zh, en, Kind.TEXT, period=PeriodType.CONSTANT, scope="project")


FIRM = _text("round_firm", "申请企业", "Firm")
GROUP = _text("round_group", "所属集团", "Group")
ACCEPTS = _text("round_accepts", "接受方式", "Kinds accepted, in order")
PREFERS = _text("round_prefers", "意向地块", "Supplies preferred, in order")
TITLE = _text("round_title", "项目名称", "Title")
FILED = Variable(
    "round_filed",
    "申请日期",
    "Filed on",
    Kind.DATE,
    low=_FIRST,
    high=_LAST,
    period=PeriodType.CONSTANT,
    scope="project",
)
PROJECT = (FIRM, GROUP, ACCEPTS, PREFERS, TITLE, FILED)

KIND = _text("round_kind", "供给方式", "Kind of supply")
PARK = _text("round_park", "所属园区", "Park")
OWNER = _text("round_owner", "产权人", "Owner")
RESERVED = _text("round_reserved", "预留给", "Reserved for")
OWN_CONDITION = _text("round_condition", "附加条件", "Conditions of its own")
LABEL = _text("round_label", "位置", "Where it lies")
AREA = Variable(
    "round_area",
    "供给面积",
    "Area",
    Kind.QUANTITY,
    find_unit("亩"),
    Fraction(1),
    -MOST_AREA,
    MOST_AREA,
    PeriodType.CONSTANT,
    "plot",
)
SUPPLY = (KIND, PARK, OWNER, RESERVED, OWN_CONDITION, LABEL, AREA)

PROJECT_CODE = _text("round_project", "项目", "Project")
RESOURCE = _text("round_resource", "资源", "Resource")
WHERE = _text("round_where", "园区", "Park of the quota")
PERIOD = _text("round_period", "时期", "Period")
AMOUNT = _text("round_amount", "数量", "Amount")
QUOTA = (RESOURCE, WHERE, PERIOD, AMOUNT)
DEMAND = (PROJECT_CODE, RESOURCE, PERIOD, AMOUNT)
