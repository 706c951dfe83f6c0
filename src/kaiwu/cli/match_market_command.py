"""The commands ``match import``, ``match invite`` and ``match funnel``: a workspace's market from its sheets to what became of its lists.

Owns arguments and printing. The work is ``kaiwu.procedure.market``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.option import FILE, Day, known_at_option, speaking, today, workspace_argument
from kaiwu.match.assignment import Limits
from kaiwu.match.funnel import REFUSALS, STAGES, report_funnel, watch_concentration
from kaiwu.match.funnel.report import GROUPINGS, FunnelRow
from kaiwu.match.invitation import CANDIDATES, Invitation, Terms
from kaiwu.match.local_share import LocalShare
from kaiwu.procedure import open_workspace
from kaiwu.procedure.intake import SUFFIXES
from kaiwu.procedure.market import MarketDesk, hold_round, take_listings
from kaiwu.procedure.market.step_sheet import read_steps
from kaiwu.quantity import KaiwuError, Problem, parse_quantity
from kaiwu.report.market_sheet import print_days, print_funnel, print_invitation, print_percent
from kaiwu.report.printed import write_book

DAY = click.option("--on", "day", type=Day(), default=None, help="按哪一天 / as of a day (default: today)")
OUT = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写成 Excel / write a workbook"
)


@click.command("import")
@workspace_argument
@click.argument("files", nargs=-1, type=FILE)
@click.option("--listing", default=None, help="登记表样; 缺省按文件名 / listing, by default from the file's name")
@known_at_option
@speaking
def import_market(
    workspace: Path, files: tuple[Path, ...], listing: str | None, known_at: dt.date | None, speaker: Speaker
) -> None:
    """导入需求、供给和合同清单(缺省为 inbox/market 内全部): 有一处错误就全不入库。Take in needs, offers and contracts, all or nothing."""
    opened = open_workspace(workspace)
    chosen = list(files) or sorted(p for p in (workspace / "inbox" / "market").glob("*") if p.suffix.lower() in SUFFIXES and p.name != "planted_pairs.csv")  # fmt: skip
    if not chosen:
        raise KaiwuError(
            Problem(
                "C-NO-FILES",
                "inbox/market 是空的, 没有可导入的文件",
                "inbox/market is empty: there is nothing to import",
                where=str(workspace),
            )
        )
    known = known_at or today()
    taken = take_listings(opened, chosen, known_at=known, day=known, listing=listing)
    if speaker.is_json:
        speaker.data({"accepted": taken.is_accepted, "batch": taken.batch, "records": taken.count, "expired": taken.expired,
                      "files": {name: result.report.to_dict() for name, result in taken.results.items()}})  # fmt: skip
    for name, result in taken.results.items():
        if not result.report.is_accepted:
            path = workspace / "errors" / f"{Path(name).stem}.错误.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            result.report.write_error_workbook(path)
            speaker.say(result.report.to_text(speaker.language), result.report.to_text(speaker.language))
            speaker.say(f"错误表: {path}", f"error workbook: {path}")
    if not taken.is_accepted:
        raise SystemExit(EXIT_DIFFERENT)
    speaker.say(
        f"已入库 {taken.count} 条(批次 {taken.batch}); 其中 {taken.expired} 条已过期, 保留而不推送",
        f"{taken.count} records taken in (batch {taken.batch}); {taken.expired} of them have ended: kept, never shown",
    )


@click.command("invite")
@workspace_argument
@click.option(
    "--buyer", "buyers", multiple=True, help="只看这些采购方代码, 可多次 / only these buyers, may be repeated"
)
@click.option(
    "--local", required=True, multiple=True, help="本地区划代码前几位, 可多次 / leading digits of local places"
)
@click.option("--event", default="", help="活动名称 / event")
@click.option("--section", default="", help="科室 / section")
@click.option(
    "--small-share", default="0%", show_default=True, help="中小企业预留份额 / share reserved for small firms"
)
@click.option(
    "--per-buyer",
    type=click.IntRange(1),
    default=None,
    help="同一采购方给同一供应商至多几项 / most needs of one buyer for one supplier",
)
@click.option(
    "--places",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="未写邀请家数时邀几家 / firms to invite where a need does not say",
)
@click.option(
    "--capacity",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    help="余量缺数据时假定几项, 0 为不参加 / assumed capacity where not known, 0: takes no part",
)
@click.option(
    "--candidates",
    type=click.IntRange(1, 200),
    default=CANDIDATES,
    show_default=True,
    help="每项需求比较几家 / suppliers compared per need",
)
@click.option("--rivals", type=FILE, default=None, help="竞争对手表 CSV, 两列代码 / CSV of rivals, two columns of ids")
@click.option("--draw", default="", help="并列时公开摇号的名称 / name of the draw among equally good plans")
@DAY
@OUT
@speaking
def invite_command(
    workspace: Path, buyers: tuple[str, ...], local: tuple[str, ...], event: str, section: str, small_share: str, per_buyer: int | None, places: int,
    capacity: int, candidates: int, rivals: Path | None, draw: str, day: dt.date | None, out: Path | None, speaker: Speaker,
) -> None:  # fmt: skip
    """家门口的订单: 采购需求 → 邀请名单与本地配套率, 名单存入漏斗。A bill of needs becomes an invitation list; the list is kept for the funnel."""
    when = day or today()
    desk = MarketDesk(open_workspace(workspace), when)
    terms = Terms(Limits(read_share(small_share), per_buyer), places, capacity or None, candidates, draw)
    found = desk.invite(terms, buyers=buyers, rivals=read_rivals(rivals) if rivals else ())
    share = desk.local_share(found, local)
    name = hold_round(desk.funnel, found, event=event, section=section, day=when)
    path = out or workspace / "market" / f"邀请名单_{name}.xlsx"
    write_invitation(desk, found, share, name, path)
    if speaker.is_json:
        speaker.data(invitation_data(found, share, name, path))
        return
    tell_invitation(found, share, speaker)
    speaker.say(f"名单 {name}: {path}", f"list {name}: {path}")


@click.command("funnel")
@workspace_argument
@click.option(
    "--by",
    type=click.Choice(list(GROUPINGS)),
    default="event",
    show_default=True,
    help="按活动、科室或月份 / by event, section or month",
)
@click.option("--record", type=FILE, default=None, help="登记一份进展表 / record a sheet of steps")
@DAY
@OUT
@speaking
def funnel_command(
    workspace: Path, by: str, record: Path | None, day: dt.date | None, out: Path | None, speaker: Speaker
) -> None:
    """对接漏斗: 推送 → 查看 → 联系 → 报价 → 打样 → 签约 → 交付, 金额、时间、谢绝原因和首位集中度。The funnel of every pair that was shown."""
    desk = MarketDesk(open_workspace(workspace), day or today())
    if record is not None:
        count = desk.funnel.add_steps(read_steps(record), record.name)
        speaker.say(f"登记 {count} 步", f"{count} steps recorded")
    rows, watch = report_funnel(desk.pairs(), by), watch_concentration(desk.funnel.shown())
    if out is not None:
        write_book(out, print_funnel(rows, by, watch, desk.names, desk.day, desk.records.is_synthetic))
    if speaker.is_json:
        speaker.data({"day": desk.day, "by": by, "rows": [funnel_data(row) for row in rows], "concentration": {"zh": watch.tell()[0], "en": watch.tell()[1], "alarm": watch.is_alarming}})  # fmt: skip
        return
    tell_funnel(rows, by, speaker)
    speaker.say(*watch.tell())


def write_invitation(desk: MarketDesk, found: Invitation, share: LocalShare, name: str, path: Path) -> Path:
    """The workbook of a round."""
    return write_book(
        path,
        print_invitation(found, share, desk.names, name=name, day=desk.day, is_synthetic=desk.records.is_synthetic),
    )


def tell_invitation(found: Invitation, share: LocalShare, speaker: Speaker, indent: str = "") -> None:
    """What a round came to, in a few lines."""
    plan = found.plan
    full = int((plan.place_price > 0).sum())
    left = ", ".join(f"{code} {count}" for code, count in plan.market.left_out.items()) or "0"
    speaker.say(
        f"{indent}{len(found.answers)} 项需求(已截止 {found.expired} 项、没有标的 {len(found.refused)} 项未列入), 邀请 {found.invitations} 家次, {len(found.uninvited)} 项未邀到",
        f"{indent}{len(found.answers)} needs ({found.expired} that had ended and {len(found.refused)} without an object left out), {found.invitations} invitations, {len(found.uninvited)} needs without one",
    )
    speaker.say(
        f"{indent}分配已证明最优({plan.solver}); {full} 家名额已满, 各有影子价格; 未参加的配对: {left}; 并列由摇号取定 {int(plan.tied.sum())} 对",
        f"{indent}the plan is proven best ({plan.solver}); {full} suppliers are full and have a price; pairs that took no part: {left}; {int(plan.tied.sum())} tied pairs settled by the draw",
    )
    zh, en = share.tell()
    speaker.say(indent + zh, indent + en)


def tell_funnel(rows: Sequence[FunnelRow], by: str, speaker: Speaker) -> None:
    """The board as a table."""
    k = 0 if speaker.language == "zh" else 1
    heads = [
        GROUPINGS[by][k],
        *(s.words[k] for s in STAGES),
        *(("签约率", "响应天数", "谢绝原因") if k == 0 else ("signed", "days to quote", "refusals")),
    ]
    lines = [
        (r.key or "-", *(r.reached[s] for s in STAGES), print_percent(r.signed_share), print_days(r.median_response_days), ", ".join(f"{REFUSALS[c][k]} {n}" for c, n in r.refusals.items()))
        for r in rows
    ]  # fmt: skip
    speaker.table(speaker.pick("对接漏斗", "funnel"), heads, lines, right=range(1, len(STAGES) + 3))


def invitation_data(found: Invitation, share: LocalShare, name: str, path: Path) -> dict[str, Any]:
    """A round as JSON: scores in millionths, amounts in fen."""
    return {
        "list": name, "file": str(path), "needs": len(found.answers), "expired": found.expired, "refused": sorted(found.refused), "invitations": found.invitations,
        "total": found.plan.total, "proven": found.plan.prices.is_optimal, "left_out": dict(found.plan.market.left_out), "uninvited": found.uninvited,
        "local_share": {"total": share.total, "before": share.before, "possible": share.possible, "signed": share.signed, "unknown": share.unknown},
        "invited": {code: [m.offer.code for m in matches] for code, matches in found.invited.items()},
        "prices": dict(found.plan.places.filter(found.plan.places["price"] > 0).select("supplier", "next_place").iter_rows()),
    }  # fmt: skip


def funnel_data(row: FunnelRow) -> dict[str, Any]:
    """A line of the board as JSON: amounts in fen, days as decimals."""

    def days(value: Fraction | None) -> float | None:
        return None if value is None else float(value)

    return {
        "key": row.key, "lists": row.lists, "needs": row.needs, "reached": {s.value: n for s, n in row.reached.items()}, "asked": row.asked, "signed": row.signed,
        "delivered": row.delivered, "logistics": row.logistics, "refusals": row.refusals, "response_days": days(row.median_response_days),
        "delivery_days": days(row.median_delivery_days),
    }  # fmt: skip


def read_share(text: str) -> Fraction:
    """``40%`` or ``2/5``. Raises ``KaiwuError`` for anything else."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        quantity = parse_quantity(text)
        return quantity.amount * quantity.unit.factor / 100_000_000


def read_rivals(path: Path) -> list[tuple[str, str]]:
    """Two columns of ids or names of groups, with a head."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    wrong = [i for i, row in enumerate(rows, start=2) if len(row) < 2 or not (row[0].strip() and row[1].strip())]
    if wrong:
        raise KaiwuError(
            [Problem("C-RIVALS", "每行写两个代码", "write two ids per row", where=f"{path.name}:{i}") for i in wrong]
        )
    return [(row[0].strip(), row[1].strip()) for row in rows]
