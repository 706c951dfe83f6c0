"""Cases as a screen (办件界面)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import GOVERNMENT, Role
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import given_fields, procedure_name, procedure_of, stage_name, time_left
from kaiwu.web.screen import Action, Choice, Column, Group, Period, Screen, Section, Tag
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick
from kaiwu.web.workspace import workspace

LATE = {"late": ("逾期", "late"), "today": ("今日到期", "due today")}
STATES = {True: ("已办结", "closed"), False: ("在办", "open")}


@dataclass(frozen=True, slots=True)
class Late:
    """Open cases whose day has passed (逾期), as a filter."""

    code: str = "late"

    def condition(self, query: Mapping[str, str]) -> Q | None:
        """Open, and due before today."""
        return Q(is_closed=False, due__lt=timezone.localdate()) if query.get(self.code) == "yes" else None

    def shown(self, query: Mapping[str, str], rows: QuerySet[Model]) -> dict[str, Any]:
        """All or the late ones."""
        chosen = query.get(self.code) == "yes"
        options = [
            {"value": "", "label": pick("全部", "all"), "selected": not chosen},
            {"value": "yes", "label": pick("逾期", "overdue"), "selected": chosen},
        ]
        return {
            "name": self.code,
            "label": pick("时限", "Time"),
            "kind": "select",
            "value": query.get(self.code, ""),
            "options": options,
        }


def procedure_words() -> dict[str, tuple[str, str]]:
    """The names of all procedures."""
    return {p.code: (p.zh, p.en) for p in workspace().library.procedures.values()}


class CaseScreen(Screen):
    """All cases in reach, of every procedure."""

    code, zh, en = "case", "办件", "Cases"
    model = Case
    key = "number"
    heading = "title"
    columns = (
        Column("title", "办件", "Case", 40, order="title"),
        Column("number", "编号", "Number", 20, order="number"),
        Column("procedure_name", "程序", "Procedure", 14, order="procedure", read=procedure_name),
        Column("firm__name", "企业", "Firm", 28, order="firm__name"),
        Column("stage_name", "环节", "Stage", 14, read=stage_name),
        Column("due", "期限", "Due", 12, kind="date", order="due"),
        Column(
            "time_left",
            "剩余天数",
            "Days left",
            12,
            words=LATE,
            tags={"late": Tag.BAD, "today": Tag.WARN},
            read=time_left,
        ),
        Column(
            "is_closed", "状态", "State", 10, words=STATES, tags={True: Tag.MUTED, False: Tag.INFO}, order="is_closed"
        ),
        Column("opened_on", "开办", "Opened", 12, kind="date", order="opened_on", is_listed=False),
    )
    groups = (
        Group(
            "办件",
            "Case",
            ("number", "procedure_name", "firm__name", "stage_name", "due", "time_left", "is_closed", "opened_on"),
        ),
    )
    filters = (
        Choice(
            "procedure", "程序", "Procedure", options=lambda rows: [(c, pick(*w)) for c, w in procedure_words().items()]
        ),
        Choice("closed", "状态", "State", "is_closed", {"False": STATES[False], "True": STATES[True]}),
        Late(),
        Period("due", "期限", "Due"),
    )
    search = ("number", "title", "firm__name", "firm__entity")
    order = ("is_closed", "due")
    related = ("firm",)
    actions = (
        Action(
            "open",
            "开办",
            "Open a case",
            "case-open",
            frozenset({Role.CLERK, Role.OFFICER, Role.TOWN}),
            is_primary=True,
        ),
    )
    viewers = GOVERNMENT | {Role.CLERK, Role.AUDIT, Role.PROVIDER, Role.EXPERT}

    def word_deed(self, record: Any, verb: str) -> str:
        """A step is told by the stage that it led to."""
        stage = procedure_of(record.procedure).stages.get(verb.removeprefix("case.advance."))
        return super().word_deed(record, verb) if stage is None else "→ " + pick(stage.zh, stage.en)

    def sections(self, record: Any, person: Person) -> Sequence[Section]:
        """What was filled in, and the files."""
        procedure = procedure_of(record.procedure)
        given = given_fields(record)
        fields = [(pick(f.zh, f.en), str(given.get(f.code, ""))) for f in procedure.fields]
        files = list(record.files.all())
        rows = [(f.name, f"{f.size:,}", f.sha256[:12], f.added_by) for f in files]
        urls = [reverse("case-file", args=[record.number, f.pk]) for f in files]
        heads = (pick("文件", "File"), pick("字节", "Bytes"), pick("摘要", "Digest"), pick("提交人", "By"))
        return (
            Section(
                "fields", pick("内容", "Content"), make_table((pick("项目", "Field"), pick("内容", "Content")), fields)
            ),
            Section("files", pick("附件", "Files"), make_table(heads, rows, right=(1,), urls=urls), len(files)),
        )
