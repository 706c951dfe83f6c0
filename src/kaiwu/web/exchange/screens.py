"""Screens of the exchange (数据报送界面)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kaiwu.web.account.role import GOVERNMENT, OFFICE, Role
from kaiwu.web.exchange.models import DataRequest, Ruling
from kaiwu.web.screen import Action, Choice, Column, Group, Period, Screen, Tag

STAGES: dict[Any, tuple[str, str]] = {
    "late": ("逾期未报", "late"), "asked": ("待报送", "asked"), "received": ("待核收", "received"), "closed": ("已回执", "receipt given"),
    "withdrawn": ("已撤销", "withdrawn"),
}  # fmt: skip
STAGE_TAGS = {"late": Tag.BAD, "asked": Tag.WARN, "received": Tag.INFO, "closed": Tag.OK, "withdrawn": Tag.MUTED}


def state_of(record: DataRequest) -> str:
    """The stage of its case, or that it is late."""
    stage = record.case.stage
    return "late" if stage == "asked" and record.due < timezone.localdate() else stage


class DataRequestScreen(Screen):
    """Who owes which table by when."""

    code, zh, en = "data_request", "数据催报", "Data requests"
    model = DataRequest
    heading = "case"
    columns = (
        Column("zh", "表", "Table", 26, order="zh"),
        Column("organisation__name", "报送单位", "From", 20, order="organisation__name"),
        Column("period", "期间", "Period", 12, order="period"),
        Column("due", "期限", "Due", 12, kind="date", order="due"),
        Column("state", "状态", "State", 12, words=STAGES, tags=STAGE_TAGS, read=state_of),
        Column("versions", "版本数", "Versions", 8, "whole", read=lambda r: r.versions.count()),
        Column("reminders", "催报次数", "Reminders", 9, "whole", order="reminders"),
        Column("reminded_on", "最近催报", "Last reminder", 12, kind="date", order="reminded_on"),
        Column("case__number", "编号", "Number", 24, is_listed=False),
        Column("template", "导入模板", "Import template", 24, is_listed=False),
    )
    groups = (
        Group(
            "催报",
            "Request",
            (
                "zh",
                "organisation__name",
                "period",
                "due",
                "state",
                "reminders",
                "reminded_on",
                "case__number",
                "template",
            ),
        ),
    )
    filters = (
        Choice("organisation", "报送单位", "From", "organisation__name"),
        Choice("stage", "环节", "Stage", "case__stage", {k: v for k, v in STAGES.items() if k != "late"}),
        Period("due", "期限", "Due"),
    )
    search = ("zh", "organisation__name", "case__number")
    order = ("case__is_closed", "due")
    related = ("case", "organisation")
    viewers = GOVERNMENT | {Role.AUDIT}
    actions = (
        Action("remind", "催报全部逾期", "Remind of all that is late", "exchange-remind-late", frozenset({Role.OFFICER}), is_post=True,
               confirm=("向全部逾期未报的单位催报?", "Remind everybody who is late?")),
        Action("new", "要一张表", "Ask for a table", "exchange-new", frozenset({Role.OFFICER}), is_primary=True),
    )  # fmt: skip

    def heading_of(self, record: Any) -> str:
        """The title of its case."""
        return str(record.case.title)


class RulingScreen(Screen):
    """Decisions where sources disagreed."""

    code, zh, en = "ruling", "对数认定", "Rulings"
    model = Ruling
    heading = "label"
    columns = (
        Column("firm__name", "企业", "Firm", 30, order="firm__name"),
        Column("label", "指标", "Variable", 20, order="label"),
        Column("period", "期间", "Period", 10, order="period"),
        Column("source", "采用来源", "Source that stands", 18, order="source"),
        Column("printed", "认定数值", "Value", 16),
        Column("decided_by", "认定人", "Decided by", 12, order="decided_by"),
        Column("decided_on", "认定日期", "Decided on", 12, kind="date", order="decided_on"),
        Column("reason", "理由", "Reason", 40, is_listed=False),
        Column("batch", "入库批次", "Batch", 8, "whole", is_listed=False),
    )
    groups = (Group("认定", "Ruling", tuple(c.code for c in columns)),)
    filters = (Choice("variable", "指标", "Variable", "label"), Choice("period", "期间", "Period"))
    search = ("firm__name", "firm__entity", "label")
    order = ("-pk",)
    related = ("firm",)
    viewers = OFFICE | {Role.AUDIT, Role.TOWN, Role.CLERK}
