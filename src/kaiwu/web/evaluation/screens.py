"""Screens of evaluations (年度评价界面)."""

from __future__ import annotations

from kaiwu.web.account.role import GOVERNMENT, OFFICE, Role
from kaiwu.web.evaluation.models import Consequence, Dispute, DisputeState, Publication, Sheet, SheetState
from kaiwu.web.screen import Choice, Column, Group, Period, Screen, Tag
from kaiwu.web.wording import pick

SHEET_STATES = {
    "sent": ("待确认", "waits"), "confirmed": ("已确认", "confirmed"), "disputed": ("有异议", "disputed"), "settled": ("异议已办结", "settled"),
}  # fmt: skip
CAUSES = {
    "": ("", ""),
    "figure": ("有数据更正, 请再次核对", "a figure was corrected: check it again"),
    "class": ("更正后档次有变化, 请再次核对", "its class changed after a correction: check it again"),
}
SHEET_TAGS = {SheetState.SENT.value: Tag.WARN, "confirmed": Tag.OK, "disputed": Tag.BAD, "settled": Tag.INFO}
DISPUTE_STATES = {
    "raised": ("待镇街转报", "with the town"), "forwarded": ("待认定", "with the bureau"), "upheld": ("成立", "upheld"),
    "rejected": ("不成立", "rejected"), "withdrawn": ("已撤回", "withdrawn"),
}  # fmt: skip
DISPUTE_TAGS: dict[str, Tag] = {
    DisputeState.RAISED.value: Tag.WARN,
    "forwarded": Tag.WARN,
    "upheld": Tag.OK,
    "rejected": Tag.BAD,
    "withdrawn": Tag.MUTED,
}


def state_of(made: Dispute) -> dict[str, str]:
    """Where a dispute is, in the reader's language, with its colour."""
    return {"text": pick(*DISPUTE_STATES[made.state]), "tag": str(DISPUTE_TAGS[made.state])}


CONCERNED = GOVERNMENT | {Role.CLERK, Role.AUDIT}


class SheetScreen(Screen):
    """The sheets of all firms in reach."""

    code, zh, en = "sheet", "一企一单", "Sheets of firms"
    model = Sheet
    heading = "firm"
    columns = (
        Column("firm__name", "企业", "Firm", 34, order="firm__name"),
        Column("evaluation__case__title", "评价", "Evaluation", 26, order="evaluation__rated"),
        Column("firm__town__name", "镇街", "Town", 14, order="firm__town__name"),
        Column("state", "状态", "State", 12, words=SHEET_STATES, tags=SHEET_TAGS, order="state"),
        Column("answered_at", "答复时间", "Answered", 18, kind="time", order="answered_at"),
        Column("asked_for", "再次核对", "Asked again", 26, words=CAUSES, is_listed=False),
    )
    groups = (
        Group(
            "一企一单",
            "Sheet",
            ("firm__name", "evaluation__case__title", "firm__town__name", "state", "asked_for", "answered_at"),
        ),
    )
    filters = (
        Choice("rated", "年度", "Year", "evaluation__rated"),
        Choice("state", "状态", "State", options=SHEET_STATES),
        Choice("town", "镇街", "Town", "firm__town__name"),
    )
    search = ("firm__name", "firm__entity")
    order = ("-evaluation__rated", "firm__name")
    related = ("firm__town", "evaluation__case")
    viewers = CONCERNED


class DisputeScreen(Screen):
    """Objections to figures, from the firm through the town to the bureau."""

    code, zh, en = "dispute", "数据异议", "Disputes"
    model = Dispute
    key = "number"
    heading = "number"
    columns = (
        Column("number", "编号", "Number", 20, order="number"),
        Column("sheet__firm__name", "企业", "Firm", 30, order="sheet__firm__name"),
        Column("label", "指标", "Figure", 20, order="label"),
        Column("printed", "单子上", "On the sheet", 16),
        Column("claimed", "主张", "Claimed", 16),
        Column("state", "状态", "State", 12, words=DISPUTE_STATES, tags=DISPUTE_TAGS, order="state"),
        Column("raised_on", "提出", "Raised", 12, kind="date", order="raised_on"),
        Column("reason", "理由", "Reason", 30, is_listed=False),
        Column("town_note", "镇街意见", "Town's opinion", 30, is_listed=False),
        Column("decision_note", "认定意见", "Decision", 30, is_listed=False),
        Column("decided_on", "认定日期", "Decided", 12, kind="date", is_listed=False),
        Column("sheet__evaluation__case__title", "评价", "Evaluation", 26, is_listed=False),
        Column("run", "测算编号", "Run", 10, is_listed=False),
    )
    groups = (
        Group(
            "异议",
            "Dispute",
            (
                "number",
                "sheet__firm__name",
                "sheet__evaluation__case__title",
                "label",
                "printed",
                "claimed",
                "reason",
                "raised_on",
            ),
        ),
        Group("办理", "Handling", ("state", "town_note", "decision_note", "decided_on", "run")),
    )
    filters = (Choice("state", "状态", "State", options=DISPUTE_STATES), Period("raised_on", "提出日期", "Raised"))
    search = ("number", "sheet__firm__name", "label")
    order = ("-pk",)
    related = ("sheet__firm__town", "sheet__evaluation__case")
    viewers = CONCERNED


class ConsequenceScreen(Screen):
    """Lists for the receiving departments."""

    code, zh, en = "consequence", "结果运用", "Consequences"
    model = Consequence
    heading = "zh"
    columns = (
        Column("zh", "名单", "List", 26, order="zh"),
        Column("department", "接收部门", "Department", 16, order="department"),
        Column("evaluation__case__title", "评价", "Evaluation", 26, order="evaluation__rated"),
        Column("classes", "档次", "Classes", 10),
        Column("firms", "企业数", "Firms", 10, "whole", order="firms"),
        Column("effective_from", "生效", "From", 12, kind="date", order="effective_from"),
        Column("effective_to", "截止", "To", 12, kind="date"),
        Column("received_on", "回执日期", "Received", 12, kind="date", order="received_on"),
        Column("receipt", "回执编号", "Receipt", 18, is_listed=False),
        Column("received_by", "收件人", "Received by", 14, is_listed=False),
    )
    groups = (
        Group(
            "名单",
            "List",
            ("zh", "department", "evaluation__case__title", "classes", "firms", "effective_from", "effective_to"),
        ),
        Group("回执", "Receipt", ("received_on", "received_by", "receipt")),
    )
    filters = (Choice("department", "接收部门", "Department"), Choice("rated", "年度", "Year", "evaluation__rated"))
    order = ("-evaluation__rated", "pk")
    related = ("evaluation__case",)
    viewers = OFFICE | {Role.AUDIT}


class PublicationScreen(Screen):
    """What was published."""

    code, zh, en = "publication", "公示与结果", "Publications"
    model = Publication
    key = "number"
    heading = "title"
    columns = (
        Column("title", "标题", "Title", 34, order="title"),
        Column("number", "编号", "Number", 20, order="number"),
        Column(
            "kind",
            "类型",
            "Kind",
            10,
            words={"notice": ("公示", "notice"), "final": ("结果", "final")},
            tags={"final": Tag.OK, "notice": Tag.INFO},
        ),
        Column("published_on", "发布", "Published", 12, kind="date", order="published_on"),
        Column("last_day", "期满", "Last day", 12, kind="date", order="last_day"),
        Column("run", "测算编号", "Run", 10),
        Column("digest", "摘要", "Digest", 40, is_listed=False),
        Column("signer", "签发人", "Signer", 12, is_listed=False),
    )
    groups = (
        Group(
            "发布", "Publication", ("title", "number", "kind", "published_on", "last_day", "run", "signer", "digest")
        ),
    )
    search = ("title", "number")
    order = ("-pk",)
    viewers = CONCERNED
