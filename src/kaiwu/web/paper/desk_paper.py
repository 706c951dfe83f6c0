"""Papers of the desk (日常文书): weekly report, list of problems, ledger of cases, from the same queries as the pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from kaiwu.pack.procedure_chart import ROLES
from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import given_fields, overdue, procedure_name, stage_name
from kaiwu.web.evaluation.models import OPEN_DISPUTES, Dispute
from kaiwu.web.evaluation.screens import DISPUTE_STATES
from kaiwu.web.event.models import Event
from kaiwu.web.paper.content import Table, Told
from kaiwu.web.workspace import workspace

WEEK = 7
ROWS = 3_000
"""Rows of a table at most; the list's Excel has all."""


def write_weekly(person: Person, subject: str) -> Told:
    """Seven days of the desk: opened, closed, open and overdue by procedure, requests by theme, what is late."""
    today = timezone.localdate()
    first = today - dt.timedelta(days=WEEK - 1)
    cases = Case.objects.visible_to(person).select_related("firm__town")
    opened, closed = cases.filter(opened_on__gte=first), cases.filter(is_closed=True, stage_since__gte=first)
    running, late = cases.filter(is_closed=False), overdue(person).select_related("firm__town")
    counts = [Counter(q.values_list("procedure", flat=True)) for q in (opened, closed, running, late.order_by())]
    procedures = workspace().library.procedures
    rows = [[p.zh, *(f"{c[p.code]:,}" for c in counts)] for p in procedures.values() if any(c[p.code] for c in counts)]
    disputes = Dispute.objects.visible_to(person).filter(state__in=OPEN_DISPUTES).count()
    deeds = (
        Event.objects.filter(at__date__gte=first, verb__startswith="case.").count()
        if person.organisation.kind == "bureau"
        else None
    )
    return Told(
        title=f"周报({first:%m月%d日}—{today:%m月%d日})", as_of=today, url=reverse("case-list"), rule_version=workspace().library.digest,
        facts=_facts(person, today),
        body=[
            f"本周新开 {opened.count():,} 件, 办结 {closed.count():,} 件; 在办 {running.count():,} 件, 其中逾期 {late.count():,} 件。",
            f"数据异议未办结 {disputes:,} 件。" + (f"本周办件操作 {deeds:,} 次, 均有记录。" if deeds is not None else ""),
        ],
        tables=[
            Table("按程序", ["程序", "本周新开", "本周办结", "在办", "逾期"], rows, numbers=[1, 2, 3, 4]),
            Table("企业诉求按类别(在办)", ["类别", "件数"], _themes(running.filter(procedure="request")), numbers=[1]),
            Table("逾期事项", ["编号", "事项", "企业", "环节", "期限", "责任"], [_late_row(c) for c in late[:ROWS]]),
        ],
        missing=_without_deadline(running),
    )  # fmt: skip


def _themes(requests: QuerySet[Case]) -> list[list[str]]:
    themes = Counter(str(given_fields(c).get("theme") or "未分类") for c in requests)
    return [[theme, f"{n:,}"] for theme, n in themes.most_common()]


def write_problems(person: Person, subject: str) -> Told:
    """Everything that waits: late cases, open requests, open disputes, each with who has to act by when."""
    today = timezone.localdate()
    late = {c.pk: c for c in overdue(person).select_related("firm__town")}
    asked = Case.objects.visible_to(person).filter(procedure="request", is_closed=False).select_related("firm__town")
    cases = [*late.values(), *(c for c in asked if c.pk not in late)]
    rows = [
        [
            *_firm_cells(c),
            str(given_fields(c).get("text") or c.title)[:200],
            stage_name(c),
            ROLES[c.owner][0],
            _day(c.due),
            "逾期" if c.pk in late else "在办",
        ]
        for c in cases[:ROWS]
    ]
    disputes = Dispute.objects.visible_to(person).filter(state__in=OPEN_DISPUTES).select_related("sheet__firm__town")
    rows += [
        [d.number, d.sheet.firm.name, d.sheet.firm.town.name if d.sheet.firm.town else "", f"数据异议: {d.label}, 主张 {d.claimed}", DISPUTE_STATES[d.state][0], "镇街" if d.state == "raised" else "经办", "", "在办"]
        for d in disputes[:ROWS]
    ]  # fmt: skip
    heads = ["编号", "企业", "镇街", "问题", "环节", "责任", "期限", "状态"]
    return Told(
        title=f"问题清单({today:%Y年%m月%d日})", as_of=today, url=reverse("case-list"), rule_version=workspace().library.digest, facts=_facts(person, today),
        body=[f"共 {len(rows):,} 项, 其中逾期 {len(late):,} 项。"], tables=[Table("问题清单", heads, rows)], missing=_without_deadline(asked),
    )  # fmt: skip


def write_ledger(person: Person, subject: str) -> Told:
    """All cases that were opened this year, with where each stands."""
    today = timezone.localdate()
    cases = (
        Case.objects.visible_to(person)
        .filter(opened_on__year=today.year)
        .select_related("firm__town")
        .order_by("procedure", "pk")
    )
    rows = [
        [
            *_firm_cells(c),
            procedure_name(c),
            stage_name(c),
            _day(c.opened_on),
            _day(c.due),
            "已办结" if c.is_closed else "在办",
        ]
        for c in cases[:ROWS]
    ]
    left = cases.count() - len(rows)
    return Told(
        title=f"{today.year}年办件台账", as_of=today, url=reverse("case-list"), rule_version=workspace().library.digest, facts=_facts(person, today),
        body=[f"本年开办 {cases.count():,} 件, 已办结 {cases.filter(is_closed=True).count():,} 件。"],
        tables=[Table("台账", ["编号", "企业", "镇街", "程序", "环节", "开办", "期限", "状态"], rows, note=f"另有 {left:,} 件见办件清单的 Excel。" if left else "")],
        missing=_without_deadline(cases.filter(is_closed=False)),
    )  # fmt: skip


def _firm_cells(case: Case) -> list[str]:
    firm = case.firm
    return [case.number, firm.name if firm else "", firm.town.name if firm and firm.town else ""]


def _late_row(case: Case) -> list[str]:
    return [
        case.number,
        case.title,
        case.firm.name if case.firm else "",
        stage_name(case),
        _day(case.due),
        ROLES[case.owner][0],
    ]


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _facts(person: Person, today: dt.date) -> list[str]:
    return [
        f"范围: {person.organisation.name}可见的办件",
        f"数据截至: {today.isoformat()}",
        f"规则版本: {workspace().library.digest[:16]}",
    ]


def _without_deadline(cases: QuerySet[Case]) -> list[str]:
    """Stages without a deadline: no document sets one, so nothing there is ever late."""
    count = cases.filter(due=None, is_closed=False).count()
    return [f"{count:,} 件所在环节没有文件规定期限, 不计逾期"] if count else ["没有缺项"]
