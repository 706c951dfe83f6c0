"""Workbooks of the market as printed (邀请名单、漏斗、积压台账): what an officer hands to a chain leader or files away.

Owns which sheets there are and their columns. Rows come from ``kaiwu.match``; how a sheet looks is ``printed``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from kaiwu.match.assignment import explain_price
from kaiwu.match.funnel import REFUSALS, STAGES, Concentration, FunnelRow
from kaiwu.match.funnel.report import GROUPINGS
from kaiwu.match.invitation import IS_SMALL, Invitation, supplier_of
from kaiwu.match.local_share import BUDGET, LocalShare
from kaiwu.match.record import SCORE_DECIMALS, Match
from kaiwu.match.space import Backlog
from kaiwu.quantity import format_decimal
from kaiwu.report.cell import Column
from kaiwu.report.printed import Printed

REASONS = 4  # of a match on the list
PRICES = 50  # full suppliers listed
YES_NO = {1: ("是", "yes"), 0: ("否", "no")}


def print_percent(share: Fraction | None) -> str:
    """A share with one decimal, a dash where it is not known."""
    return "–" if share is None else f"{format_decimal(share * 100, 1)}%"


def print_points(score: int) -> str:
    """Millionths as points with two decimals."""
    return format_decimal(Fraction(score, 10**SCORE_DECIMALS), 2)


def facts_of_invitation(invitation: Invitation, share: LocalShare, name: str, day: dt.date) -> list[str]:
    """The lines under the title of an invitation list."""
    terms, limits = invitation.terms, invitation.terms.limits
    known = "不设上限" if limits.per_buyer is None else f"{limits.per_buyer} 项"
    plan = invitation.plan
    return [
        f"名单编号: {name}  日期: {day}  需求 {len(invitation.answers)} 项(另有已截止 {invitation.expired} 项、没有标的 {len(invitation.refused)} 项未列入)  邀请 {invitation.invitations} 家次",
        f"分配: 总分 {print_points(plan.total)}, 已由影子价格证明为最优; 中小企业预留 {print_percent(limits.small_share)}, 同一采购方给同一供应商{known}; 余量缺数据的 {invitation.assumed} 家按每家 {terms.capacity if terms.capacity is not None else 0} 项假定",
        share.tell()[0],
    ]  # fmt: skip


def print_invitation(
    invitation: Invitation, share: LocalShare, names: Mapping[str, str], *, name: str, day: dt.date, is_synthetic: bool
) -> list[Printed]:
    """The workbook of a round: the list by need, the needs without an invitation, better pairs not chosen, full suppliers."""
    facts = facts_of_invitation(invitation, share, name, day)
    shared: dict[str, Any] = {"is_synthetic": is_synthetic, "footer": f"邀请名单 {name}"}
    return [
        Printed("邀请名单", "家门口的订单: 邀请名单", facts, _LIST, [_list_row(invitation, names, m) for found in invitation.invited.values() for m in found],
                ("理由为文字相同处和逐条硬性条件; 得分只用于排序, 不代表报价或质量。",), **shared),
        Printed("未找到供应商", "没有可邀请供应商的需求", facts[:1], _UNFOUND, [_unfound_row(invitation, code, names) for code in invitation.uninvited], **shared),
        Printed("为何未选", "得分较高而未入选的配对", facts[1:2], _UNCHOSEN, list(_unchosen_rows(invitation, names)), **shared),
        Printed("名额已满", "名额已满的供应商及名额影子价格", facts[1:2], _PRICES, list(_price_rows(invitation, names)), **shared),
    ]  # fmt: skip


_LIST = (
    Column("需求编号", "need", 14), Column("采购标的", "object", 24), Column("采购单位", "buyer", 24), Column("预算(万元)", "budget", 12, "money"), Column("序", "rank", 5, "whole"),
    Column("受邀企业", "invited", 28), Column("统一社会信用代码", "code", 22), Column("供给", "offer", 22), Column("得分", "points", 9), Column("中小企业", "small", 9, words=YES_NO),
    Column("所在地", "place", 10), Column("理由", "reasons", 70),
)  # fmt: skip
_UNFOUND = (
    Column("需求编号", "need", 14), Column("采购标的", "object", 26), Column("采购单位", "buyer", 24), Column("符合条件", "fit", 10, "whole"),
    Column("补齐数据后可能", "open", 12, "whole"), Column("下一步", "next", 90),
)  # fmt: skip
_UNCHOSEN = (
    Column("需求编号", "need", 14),
    Column("供应商", "supplier", 28),
    Column("得分", "points", 9),
    Column("为何未选", "why", 110),
)
_PRICES = (
    Column("供应商", "supplier", 28),
    Column("名额", "places", 8, "whole"),
    Column("再多一个名额可增加的分", "price", 16),
    Column("说明", "meaning", 70),
)


def _list_row(invitation: Invitation, names: Mapping[str, str], match: Match) -> tuple[Any, ...]:
    need, offer, supplier = match.need, match.offer, supplier_of(match)
    budget = need.fields.get(BUDGET)
    rank = [supplier_of(m) for m in invitation.invited[need.code]].index(supplier) + 1
    return (
        need.code, need.title, names.get(need.party or "", need.party or ""), budget if isinstance(budget, int) else None, rank,
        names.get(supplier, supplier), offer.party, offer.title, print_points(match.score), offer.fields.get(IS_SMALL), offer.place or None,
        "; ".join(reason.zh for reason in match.reasons[:REASONS]),
    )  # fmt: skip


def _unfound_row(invitation: Invitation, code: str, names: Mapping[str, str]) -> tuple[Any, ...]:
    answer = invitation.answers[code]
    steps = [step.zh for step in answer.steps] or [why.zh for why in invitation.unchosen(code)[:1]]
    return (
        code,
        answer.need.title,
        names.get(answer.need.party or "", answer.need.party or ""),
        answer.met,
        answer.opened,
        "; ".join(steps[:REASONS]),
    )


def _unchosen_rows(invitation: Invitation, names: Mapping[str, str]) -> list[tuple[Any, ...]]:
    rows = []
    for code in invitation.invited:
        for why in invitation.unchosen(code)[:2]:
            name = names.get(why.supplier, why.supplier)
            rows.append((code, name, print_points(why.score), why.zh.replace(why.supplier, name)))
    return rows


def _price_rows(invitation: Invitation, names: Mapping[str, str]) -> list[tuple[Any, ...]]:
    plan = invitation.plan
    full = (
        plan.places.filter(plan.places["price"] > 0).sort(["price", "supplier"], descending=[True, False]).head(PRICES)
    )
    rows = []
    for supplier, capacity, worth in full.select("supplier", "capacity", "next_place").iter_rows():
        name = names.get(supplier, supplier)
        rows.append((name, capacity, print_points(worth), explain_price(plan, supplier)[0].replace(supplier, name)))
    return rows


def print_funnel(
    rows: Sequence[FunnelRow], by: str, watch: Concentration, names: Mapping[str, str], day: dt.date, is_synthetic: bool
) -> list[Printed]:
    """The funnel board: stages, amounts and times by line; refusals; the concentration watch."""
    facts = [
        f"截至 {day}",
        watch.tell()[0],
        "各环节含其后环节: 签约即视为曾联系; 比率 = 本环节对数 / 上一环节对数; 签约率 = 已签金额 / 需求金额(每项需求只计一次)",
    ]
    heads = (
        Column(GROUPINGS[by][0], by, 18), Column("名单", "lists", 7, "whole"), Column("需求", "needs", 8, "whole"), Column("已签需求", "needs signed", 9, "whole"),
        *(Column(stage.words[0], stage.words[1], 9, "whole") for stage in STAGES), Column("需求金额(万元)", "asked", 14, "money"), Column("签约金额(万元)", "signed", 14, "money"),
        Column("签约率", "share signed", 9), Column("交付金额(万元)", "delivered", 14, "money"), Column("物流成本(万元)", "logistics", 13, "money"), Column("物流占交付", "logistics share", 10),
        Column("响应天数(中位)", "days to quote", 12), Column("交付天数(中位)", "days to deliver", 12), Column("谢绝原因", "refusals", 40),
    )  # fmt: skip
    shared: dict[str, Any] = {"is_synthetic": is_synthetic, "footer": "对接漏斗"}
    places = [
        (names.get(code, code), count, print_percent(Fraction(count, watch.first_places)))
        for code, count in watch.names
    ]
    return [
        Printed("漏斗", f"对接漏斗(按{GROUPINGS[by][0]})", facts, heads, [_funnel_row(row) for row in rows], **shared),
        Printed("集中度", "首位集中度", facts[:2], (Column("供应商", "supplier", 30), Column("首位次数", "first places", 10, "whole"), Column("占比", "share", 10)), places, **shared),
    ]  # fmt: skip


def _funnel_row(row: FunnelRow) -> tuple[Any, ...]:
    return (
        row.key or "(空)", row.lists, row.needs, row.needs_signed, *(row.reached[stage] for stage in STAGES), row.asked, row.signed, print_percent(row.signed_share),
        row.delivered, row.logistics if row.logistics_known else None, print_percent(row.logistics_share), print_days(row.median_response_days),
        print_days(row.median_delivery_days), "、".join(f"{REFUSALS[code][0]} {count}" for code, count in row.refusals.items()),
    )  # fmt: skip


def print_days(days: Fraction | None) -> str:
    """Days with at most one decimal, a dash where not known."""
    return "–" if days is None else format_decimal(days, 0 if days.denominator == 1 else 1)


def print_backlog(rows: Sequence[Backlog], names: Mapping[str, str], day: dt.date, is_synthetic: bool) -> Printed:
    """The ledger of open needs for space, the oldest first."""
    columns = (
        Column("需求编号", "need", 14), Column("企业", "firm", 28), Column("需求", "object", 22), Column("硬性条件", "conditions", 50), Column("积压天数", "days", 10, "whole"),
        Column("档", "class", 9), Column("符合的空间", "fits", 11, "whole"), Column("补齐数据后可能", "nearly", 12, "whole"),
    )  # fmt: skip
    lines = [
        (row.need.code, names.get(row.need.party or "", row.need.party or ""), row.need.title, " 且 ".join(c.text for c in row.need.constraints), row.age, row.age_class, row.fits, row.nearly)
        for row in rows
    ]  # fmt: skip
    return Printed(
        "空间需求台账",
        "空间需求台账",
        [f"截至 {day}  未了需求 {len(rows)} 项; 天数为提出之日至今, 空格为没有登记提出日期"],
        columns,
        lines,
        is_synthetic=is_synthetic,
        footer="空间需求台账",
    )
