"""Runs and near misses as screens (测算界面)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kaiwu.report.label import OUTCOMES
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.registry.models import Place, PlaceKind
from kaiwu.web.run.models import NearRow, RunRow
from kaiwu.web.screen import Action, Choice, Column, Group, Screen, Tag
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

SYNTHETIC: dict[object, tuple[str, str]] = {True: ("合成", "synthetic"), False: ("", "")}


class RunScreen(Screen):
    """All runs, newest first."""

    code, zh, en = "run", "测算", "Runs"
    model = RunRow
    key = "number"
    heading = "zh"
    columns = (
        Column("number", "编号", "Number", 8, order="number"),
        Column("zh", "任务", "Job", 30, order="zh"),
        Column("rated", "评价年度", "Rated year", 10, order="rated"),
        Column("as_of", "基准日", "As of", 12, kind="date", order="as_of"),
        Column("known_at", "数据截至", "Known at", 12, kind="date", order="known_at"),
        Column("population", "范围", "Scope", 10, "whole", order="population"),
        Column("corrects", "更正自", "Corrects", 8),
        Column("is_synthetic", "数据", "Data", 8, words=SYNTHETIC, tags={True: Tag.WARN}),
        Column("result_digest", "结果摘要", "Result digest", 40, is_listed=False),
        Column("pack_digest", "规则版本", "Pack digest", 40, is_listed=False),
        Column("engine", "引擎", "Engine", 10, is_listed=False),
        Column("asked_by", "发起人", "Asked by", 12, is_listed=False),
    )
    groups = (
        Group("测算", "Run", ("number", "zh", "rated", "as_of", "known_at", "population", "corrects")),
        Group("版本与摘要", "Version and digests", ("result_digest", "pack_digest", "engine", "asked_by")),
    )
    filters = (Choice("job", "任务", "Job", "zh"), Choice("rated", "评价年度", "Rated year"))
    search = ("number", "zh")
    order = ("-number",)
    viewers = OFFICE | {Role.AUDIT, Role.TOWN}
    actions = (Action("new", "开始测算", "Start a run", "run-new", OFFICE, is_primary=True),)

    def rows(self, person: Person) -> Any:
        """A town opens every run too; of its lists it sees the rows of its own firms."""
        return RunRow.objects.all() if person.holds(Role.TOWN) else super().rows(person)


NEAR_KINDS = {"figure": ("差指标", "figure short"), "fact": ("缺数据", "figure missing")}


# Values of the filters come from small tables: looking for them among all near misses would cost more than the page.


def _runs() -> list[tuple[str, str]]:
    return [(r.number, f"{r.number} {pick(r.zh, r.en)}") for r in RunRow.objects.all()[:50]]


def _schemes() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Code, name and clauses of every scheme that some run decided and that still stands in the packs."""
    library = workspace().library
    codes = dict.fromkeys(
        c for text in RunRow.objects.values_list("schemes", flat=True).distinct() for c in text.split("\n")
    )
    found = [
        library.scheme(c) for c in codes if c in library.heads and library.heads[c][2].kind in ("clauses", "rubric")
    ]
    return [(s.code, pick(s.zh, s.en), [(zh, pick(zh, en)) for zh, en, _ in s.titles().values()]) for s in found]


def _owners() -> list[tuple[str, str]]:
    return [(o, o) for o in sorted({v.owner for v in workspace().library.variables.values() if v.owner})]


def town_options() -> list[tuple[str, str]]:
    """All towns, for a filter."""
    return [
        (name, name)
        for name in Place.objects.filter(kind=PlaceKind.TOWN, is_current=True).values_list("name", flat=True)
    ]


class NearScreen(Screen):
    """Who is one condition or one figure short of a clause: a list worth chasing, by clause and department."""

    code, zh, en = "near", "临界企业", "Near misses"
    model = NearRow
    heading = "gap_zh"
    columns = (
        Column("firm__name", "企业", "Firm", 26, order="firm__name"),
        Column("firm__town__name", "镇街", "Town", 10, order="firm__town__name"),
        Column("scheme_zh", "政策", "Policy", 22, read=lambda r: pick(r.scheme_zh, r.scheme_en)),
        Column("zh", "条款", "Clause", 20, read=lambda r: pick(r.zh, r.en)),
        Column("kind", "差在", "Short of", 9, words=NEAR_KINDS, tags={"figure": Tag.INFO, "fact": Tag.WARN}),
        Column("gap", "差什么", "What is missing", 40, read=lambda r: pick(r.gap_zh, r.gap_en)),
        Column("owner", "数据部门", "Department", 14, order="owner"),
        Column(
            "effort",
            "差距(%)",
            "Gap (%)",
            8,
            "decimal",
            1,
            order="effort",
            read=lambda r: r.effort if r.kind == "figure" else None,
        ),
        Column("outcome", "补齐后", "Then", 9, words=OUTCOMES),
        Column("high", "最高可得(万元)", "At most (10k yuan)", 12, "money", order="high"),
        Column("mark", "可信程度", "Standing", 14, read=lambda r: pick(r.mark_zh, r.mark_en) or None),
        Column("run__number", "测算", "Run", 7, is_listed=False),
        Column("article", "条文", "Article", 14, is_listed=False),
        Column("firm__entity", "主体代码", "Code", 20, is_listed=False),
    )
    groups = (
        Group("企业", "Firm", ("firm__name", "firm__entity", "firm__town__name")),
        Group("条款", "Clause", ("scheme_zh", "zh", "article", "mark", "run__number")),
        Group("差距", "Gap", ("kind", "gap", "owner", "effort", "outcome", "high")),
    )
    filters = (
        Choice("run", "测算", "Run", "run__number", lambda rows: _runs()),
        Choice("kind", "差在", "Short of", options=NEAR_KINDS),
        Choice("scheme", "政策", "Policy", options=lambda rows: [(code, name) for code, name, _ in _schemes()]),
        Choice(
            "clause", "条款", "Clause", "zh", lambda rows: list(dict.fromkeys(c for _, _, cs in _schemes() for c in cs))
        ),
        Choice("owner", "数据部门", "Department", options=lambda rows: _owners()),
        Choice("town", "镇街", "Town", "firm__town__name", lambda rows: town_options()),
    )
    search = ("firm__name", "firm__entity", "zh", "gap_zh")
    order = ("-run_id", "-kind", "effort")  # figures first: what is missing has no size
    related = ("run", "firm", "firm__town")
    viewers = OFFICE | {Role.AUDIT, Role.TOWN}
    unit_line = (
        "差距: 占现值的百分比; 缺数据者没有差距, 补来后才知是否符合; 金额单位: 万元",
        "gap in per cent of the present figure; none where a figure is missing: whether it fits is known once it comes",
    )

    def heading_of(self, record: Any) -> str:
        """The firm and the clause."""
        return f"{record.firm.name} · {pick(record.zh, record.en)}"

    def url(self, record: Any) -> str:
        """The sheet of the firm under the clause's rulebook: reasons down to figure and article."""
        sheet = reverse("run-sheet", args=[record.run.number, record.firm.entity])
        return f"{sheet}?{urlencode({'scheme': record.scheme})}"
