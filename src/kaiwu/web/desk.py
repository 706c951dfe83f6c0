"""What waits for a person (待办): cases on the own desk by stage, what is overdue, sheets to answer.

Owns what the first page counts. Each line leads to the list of what it counts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import inbox, overdue, procedure_name, stage_name, time_left
from kaiwu.web.evaluation.queries import evaluation_cards
from kaiwu.web.wording import pick

LISTED = 20


def list_desk(person: Person) -> list[dict[str, Any]]:
    """One card for each procedure and stage in which something waits, late ones first."""
    waiting: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in inbox(person):
        waiting[(case.procedure, case.stage)].append(case)
    cards = [_card(cases) for cases in waiting.values()]
    late = overdue(person).count()
    if late:
        url = reverse("case-list") + "?" + urlencode({"closed": "False", "order": "due"})
        cards.append(
            {"label": pick("范围内逾期", "Overdue in reach"), "count": late, "due": "", "is_late": True, "url": url}
        )
    cards += evaluation_cards(person)
    return sorted(cards, key=lambda card: not card["is_late"])


def _card(cases: list[Case]) -> dict[str, Any]:
    first, is_late = cases[0], any(time_left(c) == "late" for c in cases)
    url = reverse("case-detail", args=[first.number]) if len(cases) == 1 else _list_url(first)
    days = [c.due for c in cases if c.due is not None]
    due = pick(f"最早期限 {min(days)}", f"first due {min(days)}") if days else ""
    return {"label": f"{procedure_name(first)} · {stage_name(first)}", "count": len(cases), "due": due, "is_late": is_late, "url": url}  # fmt: skip


def _list_url(case: Case) -> str:
    return reverse("case-list") + "?" + urlencode({"procedure": case.procedure, "closed": "False", "order": "due"})


def list_next(person: Person) -> dict[str, Any]:
    """The most urgent cases of the desk as a table."""
    heads = (("title", "办件", "Case"), ("stage", "环节", "Stage"), ("firm", "企业", "Firm"), ("due", "期限", "Due"))
    columns = [{"code": code, "label": pick(zh, en), "align": "left"} for code, zh, en in heads]
    rows = []
    for case in inbox(person)[:LISTED]:
        texts = (case.title, stage_name(case), case.firm.name if case.firm else "", str(case.due or ""))
        cells = [{"label": c["label"], "text": text, "align": "left"} for c, text in zip(columns, texts, strict=True)]
        rows.append({"url": reverse("case-detail", args=[case.number]), "cells": cells})
    empty = {"text": pick("没有待办", "Nothing waits"), "hint": pick("新的办件会出现在这里", "New cases show up here")}
    return {"columns": columns, "rows": rows, "empty": empty}
