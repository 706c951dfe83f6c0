"""Papers as a screen (文书界面)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.paper.kind import DISTRICT, KINDS
from kaiwu.web.paper.models import Paper
from kaiwu.web.screen import Action, Choice, Column, Group, Screen, Section
from kaiwu.web.wording import pick

READERS = OFFICE | {Role.TOWN, Role.CLERK, Role.AUDIT}
KIND_WORDS: dict[Any, tuple[str, str]] = {kind.code: (kind.zh, kind.en) for kind in KINDS.values()}


class PaperScreen(Screen):
    """All papers in reach, each with its Word file and its print page."""

    code, zh, en = "paper", "文书", "Papers"
    model = Paper
    key = "number"
    heading = "title"
    columns = (
        Column("title", "标题", "Title", 40, order="title"),
        Column("number", "编号", "Number", 22, order="number"),
        Column("kind", "种类", "Kind", 18, words=KIND_WORDS, order="kind"),
        Column("as_of", "数据截至", "As of", 12, kind="date", order="as_of"),
        Column("run", "测算编号", "Run", 10),
        Column("made_by", "制作人", "Made by", 12),
        Column("made_at", "制作时间", "Made at", 18, kind="time", order="made_at"),
        Column("rule_version", "规则版本", "Rule version", 40, is_listed=False),
        Column("digest", "内容摘要", "Digest", 40, is_listed=False),
        Column("template", "模板摘要", "Template digest", 40, is_listed=False),
    )
    groups = (
        Group("文书", "Paper", ("title", "number", "kind", "as_of", "run", "made_by", "made_at")),
        Group("版本与摘要", "Version and digests", ("rule_version", "digest", "template")),
    )
    filters = (Choice("kind", "种类", "Kind", options={str(k): v for k, v in KIND_WORDS.items()}),)
    search = ("title", "number")
    order = ("-pk",)
    viewers = READERS
    actions = tuple(
        Action(f"make-{kind.code}", kind.zh, kind.en, f"paper-make-{kind.code}", kind.roles, is_post=True)
        for kind in KINDS.values()
        if kind.subject == DISTRICT
    )
    record_actions = (
        Action("word", "下载 Word", "Word", "paper-word", READERS, is_primary=True),
        Action("print", "打印(PDF)", "Print (PDF)", "paper-print", READERS),
        Action("evidence", "打开依据页", "Evidence", "paper-evidence", READERS),
    )

    def sections(self, record: Any, person: Person) -> Sequence[Section]:
        """What the paper says."""
        told = json.loads(record.content)
        lines = [
            Section("body", pick("正文", "Text"), table_of([pick("内容", "Text")], [[line] for line in told["body"]]))
        ]
        tables = [
            Section(f"table-{i}", t["title"], table_of(t["heads"], t["rows"][:50], t["numbers"]), len(t["rows"]))
            for i, t in enumerate(told["tables"])
        ]
        lacking = Section(
            "missing",
            pick("缺少的数据", "Missing data"),
            table_of([pick("内容", "Text")], [[line] for line in told["missing"]]),
        )
        return (*lines, *tables, lacking)


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> dict[str, Any]:
    """A table of texts as the templates take it."""
    columns = [
        {"code": str(i), "label": head, "align": "right" if i in numbers else "left"} for i, head in enumerate(heads)
    ]
    shown = [{"cells": [{"text": text, **column} for text, column in zip(row, columns, strict=True)]} for row in rows]
    return {"columns": columns, "rows": shown, "empty": {"text": pick("没有内容", "Nothing")}}
