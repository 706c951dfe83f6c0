"""Policies as screens (政策界面): clauses with reach and cost, answers by firm, titles."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from kaiwu.report.label import OUTCOMES
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.policy.models import PolicyAnswer, PolicyClause, Title
from kaiwu.web.run.queries import TAGS as ANSWER_TAGS
from kaiwu.web.run.screens import town_options
from kaiwu.web.screen import Choice, Column, Group, Period, Screen, Tag
from kaiwu.web.wording import pick

OFFICES = OFFICE | {Role.AUDIT, Role.TOWN}
COUNTERS = OFFICE | {Role.AUDIT}
NEAR = {True: ("差一点", "near miss"), False: ("", "")}


class ClauseScreen(Screen):
    """Clauses of the newest policy run: how many firms each reaches and what it costs."""

    code, zh, en = "clause", "政策条款", "Policy clauses"
    model = PolicyClause
    key = "key"
    heading = "zh"
    columns = (
        Column("zh", "条款", "Clause", 28, order="zh", read=lambda r: pick(r.zh, r.en)),
        Column("scheme_zh", "政策", "Policy", 30, order="scheme_zh", read=lambda r: pick(r.scheme_zh, r.scheme_en)),
        Column("jurisdiction", "地区", "Place", 12, order="jurisdiction"),
        Column("fits", "符合", "Fit", 7, "whole", order="fits", roles=COUNTERS),
        Column("near", "差一点", "Near", 8, "whole", order="near", roles=COUNTERS),
        Column("human", "需认定", "Finding", 8, "whole", order="human", roles=COUNTERS),
        Column("missing", "缺数据", "Missing", 8, "whole", order="missing", roles=COUNTERS),
        Column("low", "至少(万元)", "At least", 12, "money", order="low", roles=COUNTERS),
        Column("high", "至多(万元)", "At most", 12, "money", order="high", roles=COUNTERS),
        Column("until", "截止", "Until", 11, kind="date", order="until"),
        Column("mark", "可信程度", "Standing", 14, read=lambda r: pick(r.mark_zh, r.mark_en) or None),
        Column("article", "条文", "Article", 14, is_listed=False),
        Column("document", "依据文件", "Document", 30, is_listed=False),
        Column("department", "主管部门", "Department", 14, is_listed=False),
        Column("grants", "给予", "Grants", 12, is_listed=False),
        Column("text", "条文内容", "Text", 60, is_listed=False),
    )
    groups = (
        Group(
            "条款",
            "Clause",
            ("zh", "scheme_zh", "article", "document", "department", "jurisdiction", "grants", "until", "mark", "text"),
        ),
    )
    filters = (
        Choice("place", "地区", "Place", "jurisdiction"),
        Choice("policy", "政策", "Policy", "scheme_zh"),
        Choice("department", "主管部门", "Department"),
        Choice(
            "kind", "类别", "Kind", "is_recognition", {"True": ("认定", "recognition"), "False": ("奖补等", "support")}
        ),
    )
    search = ("zh", "en", "scheme_zh", "text", "document")
    order = ("-fits",)
    viewers = OFFICES


class AnswerScreen(Screen):
    """Which clause fits which firm: for an officer's push list and a town's visits."""

    code, zh, en = "answer", "政策匹配", "Policy answers"
    model = PolicyAnswer
    heading = "pk"
    columns = (
        Column("firm__name", "企业", "Firm", 28, order="firm__name"),
        Column("firm__town__name", "镇街", "Town", 10, order="firm__town__name"),
        Column("clause__zh", "条款", "Clause", 28, read=lambda r: pick(r.clause.zh, r.clause.en)),
        Column("clause__scheme_zh", "政策", "Policy", 28, read=lambda r: pick(r.clause.scheme_zh, r.clause.scheme_en)),
        Column(
            "outcome",
            "结论",
            "Answer",
            9,
            words=OUTCOMES,
            tags={k: v for k, v in ANSWER_TAGS.items() if isinstance(k, int)},
            order="outcome",
        ),
        Column("is_near", "临界", "Near", 9, words=NEAR, tags={True: Tag.WARN}),
        Column("low", "至少(万元)", "At least", 12, "money", order="low"),
        Column("high", "至多(万元)", "At most", 12, "money", order="high"),
        Column("clause__until", "截止", "Until", 11, kind="date"),
        Column("firm__entity", "主体代码", "Code", 20, is_listed=False),
        Column("clause__article", "条文", "Article", 14, is_listed=False),
        Column("clause__department", "主管部门", "Department", 14, is_listed=False),
    )
    groups = (
        Group("企业", "Firm", ("firm__name", "firm__entity", "firm__town__name")),
        Group(
            "条款",
            "Clause",
            ("clause__zh", "clause__scheme_zh", "clause__article", "clause__department", "clause__until"),
        ),
        Group("结论", "Answer", ("outcome", "is_near", "low", "high")),
    )
    filters = (
        Choice("outcome", "结论", "Answer", options={str(k): v for k, v in OUTCOMES.items() if k}),
        Choice("near", "临界", "Near", "is_near", {"True": NEAR[True]}),
        Choice("clause", "条款", "Clause", "clause__key", lambda rows: _clauses()),
        Choice("place", "地区", "Place", "clause__jurisdiction", lambda rows: _places()),
        Choice("town", "镇街", "Town", "firm__town__name", lambda rows: town_options()),
    )
    search = ("firm__name", "firm__entity", "clause__zh")
    order = ("pk",)
    related = ("firm", "firm__town", "clause")
    viewers = OFFICES

    def heading_of(self, record: Any) -> str:
        """The firm and the clause."""
        return f"{record.firm.name} · {pick(record.clause.zh, record.clause.en)}"

    def url(self, record: Any) -> str:
        """Why the clause answers the firm as it does."""
        return reverse("policy-why", args=[record.firm.entity, record.clause.key])


def _places() -> list[tuple[str, str]]:
    places = PolicyClause.objects.order_by("jurisdiction").values_list("jurisdiction", flat=True).distinct()
    return [(place, place) for place in places if place]


def _clauses() -> list[tuple[str, str]]:
    return [(c.key, f"{pick(c.scheme_zh, c.scheme_en)} · {pick(c.zh, c.en)}") for c in PolicyClause.objects.all()]


class TitleScreen(Screen):
    """Titles that platforms of the province or the state gave, as imported from their lists."""

    code, zh, en = "title", "认定结果", "Titles"
    model = Title
    columns = (
        Column("firm__entity", "企业代码", "Code", 22, order="firm__entity"),
        Column("firm__name", "企业", "Firm", 30, order="firm__name"),
        Column("name", "认定名称", "Title", 28, order="name"),
        Column("granted_on", "认定日期", "Granted on", 12, kind="date", order="granted_on"),
        Column("valid_to", "有效期至", "Valid to", 12, kind="date", order="valid_to"),
        Column("document", "文号", "Document", 28),
    )
    groups = (Group("认定", "Title", ("firm__name", "firm__entity", "name", "granted_on", "valid_to", "document")),)
    filters = (
        Choice("name", "认定名称", "Title"),
        Choice("town", "镇街", "Town", "firm__town__name"),
        Period("granted_on", "认定日期", "Granted on"),
    )
    search = ("firm__name", "firm__entity", "name", "document")
    order = ("-granted_on",)
    related = ("firm",)
    viewers = OFFICES | {Role.CLERK}
    importable = ("firm__entity", "name", "granted_on", "valid_to", "document")
    importers = OFFICE
    import_key = ("firm__entity", "name", "granted_on")
