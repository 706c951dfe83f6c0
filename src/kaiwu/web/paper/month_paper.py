"""Papers of the monthly operation (运行文书): the monthly report and the special report “why down, who helps”.

Owns their words; every number is the bulletin's (``kaiwu.report.operation``). Inside papers: they name firms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from django.urls import reverse

from kaiwu.pack.procedure_chart import ROLES
from kaiwu.rating.operation import Bulletin, list_contributions
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.operation import describe_bulletin, list_facts, print_bulletin
from kaiwu.report.printed import Printed
from kaiwu.web.account.models import Person
from kaiwu.web.case.models import Case
from kaiwu.web.operation import latest_bulletin
from kaiwu.web.paper.content import Table, Told
from kaiwu.web.registry.models import Firm
from kaiwu.web.workspace import workspace

DRAGS, FIRMS, PARTS = 5, 10, 20
SHOWN = ("分行业", "分镇街", "各月增速")


def write_monthly(person: Person, subject: str) -> Told:
    """The newest month: what the bulletin says, by industry and town, and the growth of the months."""
    bulletin = latest_bulletin()
    tables = [_table(t) for t in print_bulletin(bulletin) if t.name in SHOWN]
    return _told(
        bulletin, f"{bulletin.period.zh}{bulletin.spec.zh}月报", [zh for zh, _ in describe_bulletin(bulletin)], tables
    )


def write_special(person: Person, subject: str) -> Told:
    """Why down: the industries, towns and firms that drag most. Who helps: the firm's town and the cases that are open."""
    bulletin = latest_bulletin()
    decimals = bulletin.spec.decimals
    drags = {
        by: _drags(bulletin, by, decimals.firm if by == "firm" else decimals.part)
        for by in ("industry", "town", "firm")
    }
    lines = [zh for zh, _ in describe_bulletin(bulletin)][:2]
    told = {
        by: "、".join(f"{r['zh']}({_points(r['contribution'], decimals.part)})" for r in drags[by][:DRAGS]) or "无"
        for by in ("industry", "town")
    }  # fmt: skip
    rows = _helpers(drags["firm"][:FIRMS], decimals.firm)
    fell = "为什么下降" if bulletin.growth.rate < 0 else "哪些在下拉"
    body = [
        f"一、总体。{lines[0]}", f"二、{fell}。下拉的行业: {told['industry']}; 下拉的镇街: {told['town']}。",
        f"三、谁来帮。下拉最多的 {len(rows)} 家企业及其镇街、在办诉求见表; 没有在办诉求的, 由所在镇街先行走访。", *lines[1:],
    ]  # fmt: skip
    heads = ["企业", "拉动(百分点)", "同比(%)", "镇街(帮扶)", "在办事项", "责任"]
    return _told(
        bulletin,
        f"{bulletin.period.zh}{bulletin.spec.zh}专报: 为什么下降、谁来帮",
        body,
        [Table("下拉企业与帮扶", heads, rows, numbers=[1, 2])],
    )


def _drags(bulletin: Bulletin, by: str, decimals: int) -> list[dict[str, Any]]:
    found = list_contributions(bulletin.growth, by, decimals)
    return found.filter(pl.col("contribution") < 0).sort("contribution").to_dicts()


def _helpers(drags: Sequence[dict[str, Any]], decimals: int) -> list[list[str]]:
    keys = [r["key"] for r in drags]
    firms = {f.entity: f for f in Firm.objects.filter(entity__in=keys).select_related("town")}
    cases: dict[str, list[Case]] = {}
    for case in Case.objects.filter(firm__entity__in=keys, is_closed=False).select_related("firm"):
        cases.setdefault(case.firm.entity if case.firm else "", []).append(case)
    rows = []
    for row in drags:
        firm, own = firms.get(row["key"]), cases.get(row["key"], [])
        town = firm.town.name if firm and firm.town else "(未登记镇街)"
        helping = "; ".join(f"{c.number} {c.title}" for c in own) or "无"
        duty = "、".join(dict.fromkeys(ROLES[c.owner][0] for c in own)) or "镇街"
        rows.append(
            [row["zh"], _points(row["contribution"], decimals), _points(row["growth"], decimals), town, helping, duty]
        )
    return rows


def _points(units: int | None, decimals: int) -> str:
    return print_cell(Column("", "", kind="decimal", decimals=decimals), units)


def _table(printed: Printed) -> Table:
    assert isinstance(printed.rows, pl.DataFrame), "tables of a bulletin are frames"
    keep = [i for i, c in enumerate(printed.columns) if c.zh != "代码"]
    rows = [[print_cell(printed.columns[i], row[i]) for i in keep] for row in printed.rows.head(PARTS).iter_rows()]
    left = printed.rows.height - len(rows)
    note = "; ".join([*printed.notes, *([f"另有 {left:,} 行见快报的 Excel"] if left else [])])
    numbers = [n for n, i in enumerate(keep) if printed.columns[i].kind != "text"]
    return Table(printed.name, [printed.columns[i].zh for i in keep], rows, note=note, numbers=numbers)


def _told(bulletin: Bulletin, title: str, body: list[str], tables: list[Table]) -> Told:
    missing = [f"[{p.code}] {p.zh}" for p in bulletin.untold] or ["没有缺项"]
    facts = [*(zh for zh, _ in list_facts(bulletin)), f"规则版本: {workspace().library.digest[:16]}"]
    return Told(
        title,
        bulletin.known_at,
        reverse("cockpit"),
        facts,
        body,
        tables,
        missing,
        rule_version=workspace().library.digest,
    )
