"""The command ``operation``: the monthly bulletin of above-scale industry from the figures of a workspace.

Owns arguments and printing. The numbers are ``kaiwu.rating.operation``, the sheet is ``kaiwu.report.operation``.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker, problem_data
from kaiwu.cli.option import known_at_option, speaking, today, workspace_argument
from kaiwu.figure.series import PublishedValue
from kaiwu.procedure import open_workspace
from kaiwu.procedure.operation import find_operation, open_months
from kaiwu.quantity import KaiwuError, Problem, format_decimal
from kaiwu.rating.operation import Bulletin, divide_published, list_contributions, list_moves, make_bulletin
from kaiwu.rating.operation.contribution import BY, PUBLIC_FIRMS, print_units
from kaiwu.rating.series_streak import REVISIONS
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.operation import BY as BY_WORDS
from kaiwu.report.operation import WAN_DECIMALS, describe_bulletin, round_wan, write_bulletin

WAN = Column("", "", kind="decimal", decimals=WAN_DECIMALS)
OF_FIRMS = frozenset({"sample", "bridge_fen", "moves", "moves_decimals", "rate_exact", "not_given"})
"""Keys of the JSON from which a firm can be read."""


class MonthText(click.ParamType[tuple[int, int]]):
    """A month as ``2024-06``."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Parse, or fail with the form that is wanted."""
        found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", str(value))
        if found is None:
            self.fail(f"月份要写成 2024-06 / a month such as 2024-06, not “{value}”", param, ctx)
        return int(found[1]), int(found[2])


@click.command("operation")
@workspace_argument
@click.option("--month", type=MonthText(), required=True, help="月份; 1月随2月 / month; January comes with February")
@click.option("--cumulative", "is_cumulative", is_flag=True, help="1月起累计 / January up to the month")
@click.option("--by", type=click.Choice(BY), default="industry", show_default=True, help="分解 / parts")
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True, help="列出几项 / parts to list on either side"
)
@click.option(
    "--revision", type=click.Choice(REVISIONS), default="latest", show_default=True, help="修订口径 / which revision"
)
@click.option("--nominal", "is_nominal", is_flag=True, help="现价增速 / growth at current prices")
@click.option(
    "--divide",
    "is_divided",
    is_flag=True,
    help="试用两年公布数相除(会被拒绝并说明原因) / try to divide the published totals (refused with the reason)",
)
@click.option(
    "--public",
    "is_public",
    is_flag=True,
    help="公开稿: 不列企业, 少于3家的项目并入其他 / for the public: no firm, small parts put together",
)
@click.option("--operation", "code", default=None, help="哪一项运行监测 / which operation")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写成 .xlsx 或 .html / write it"
)
@known_at_option
@speaking
def operation(
    workspace: Path, month: tuple[int, int], is_cumulative: bool, by: str, top: int, revision: str, is_nominal: bool, is_divided: bool, is_public: bool,
    code: str | None, out: Path | None, known_at: dt.date | None, speaker: Speaker,
) -> None:  # fmt: skip
    """规上工业运行: 可比增速、分行业分镇街分企业拉动、样本进出、修订、连续月数。Monthly operation: comparable growth, parts, sample, revisions, streaks."""
    if is_public and by == "firm":
        raise KaiwuError(
            Problem(
                "S-OP-PUBLIC",
                "公开稿不能分企业, 请改为 --by industry 或 town",
                "a public bulletin lists no firms: use --by industry or town",
            )
        )
    opened = open_workspace(workspace)
    reader = open_months(opened, find_operation(opened, code), known_at or today())
    bulletin = make_bulletin(reader, *month, is_cumulative=is_cumulative, revision=revision, is_nominal=is_nominal)
    if is_divided:
        divide_published(*published_totals(bulletin))
    if out is not None:
        write_bulletin(out, bulletin, speaker.language, is_public=is_public)
    if speaker.is_json:
        speaker.data(bulletin_data(bulletin, by, is_public=is_public))
        return
    for zh, en in describe_bulletin(bulletin, is_public=is_public):
        speaker.say(zh, en)
    if not speaker.is_quiet:
        print_parts(speaker, bulletin, by, top, is_public=is_public)
    if out is not None:
        speaker.say(f"已写 {out}", f"wrote {out}")


def published_totals(bulletin: Bulletin) -> tuple[PublishedValue, PublishedValue]:
    """This year's and last year's totals as they are published: each on the list of its year, at its prices."""
    month, period = bulletin.growth.month, bulletin.period
    name = bulletin.spec.zh
    newer = int(month.table.filter(month.table["listed"])["current"].fill_null(0).sum())
    return (
        PublishedValue(name, period, newer, "county", "现价", f"{period.year}年名录"),
        PublishedValue(
            name, period.previous(), bulletin.bridge.published, "county", "现价", f"{period.year - 1}年名录"
        ),
    )


def print_parts(speaker: Speaker, bulletin: Bulletin, by: str, top: int, *, is_public: bool = False) -> None:
    """The parts that pull most and those that drag most, largest first."""
    decimals = bulletin.spec.decimals.firm if by == "firm" else bulletin.spec.decimals.part
    found = list_contributions(bulletin.growth, by, decimals, PUBLIC_FIRMS if is_public else 1)
    found = found.with_columns(round_wan("current"), round_wan("base"))
    places = [i for i in range(found.height) if i < top or i >= found.height - top]
    label = "zh" if speaker.language == "zh" else "en"
    points = Column("", "", kind="decimal", decimals=decimals)
    rows = [
        (found[label][i], found["firms"][i], *(print_cell(WAN, found[c][i]) for c in ("current", "base")),
         *(print_cell(points, found[c][i]) for c in ("growth", "contribution")))
        for i in places
    ]  # fmt: skip
    whole = print_cell(points, print_units(bulletin.growth.rate, decimals))
    left_out = found.height - len(places)
    more = speaker.pick(f", 另 {left_out} 项未列", f", {left_out} more") if left_out else ""
    zh, en = BY_WORDS[by]
    title = speaker.pick(
        f"分{zh}拉动(百分点), 合计 {whole}{more}", f"contributions by {en} (pp), together {whole}{more}"
    )
    heads = ((zh, "企业数", "本期(万元)", "上年同期(万元)", "同比%", "拉动")
             if speaker.language == "zh" else (en, "firms", "now (10k yuan)", "a year ago", "growth %", "pp"))  # fmt: skip
    speaker.table(title, heads, rows, right=range(1, 6))


def bulletin_data(bulletin: Bulletin, by: str, *, is_public: bool = False) -> dict[str, Any]:
    """A bulletin as JSON, without firms for the public: exact ratios as text, printed numbers as text, amounts in fen."""
    growth, month, decimals = bulletin.growth, bulletin.growth.month, bulletin.spec.decimals
    part = decimals.firm if by == "firm" else decimals.part
    nowcast = bulletin.nowcast
    data = {
        "operation": bulletin.spec.code, "period": bulletin.period.code, "known_at": bulletin.known_at, "revision": bulletin.revision,
        "synthetic": month.is_synthetic, "real": growth.is_real, "rate": percent(growth.rate, decimals.growth), "rate_exact": str(growth.rate),
        "rate_nominal": percent(growth.nominal, decimals.growth),
        "sample": {"comparable": month.sample.height, "entries": month.entries["entity"].to_list(), "exits": month.exits["entity"].to_list(), "gaps": month.gaps["entity"].to_list()},
        "by": by, "decimals": part, "parts": list_contributions(growth, by, part, PUBLIC_FIRMS if is_public else 1).to_dicts(),
        "bridge_fen": {name: getattr(bulletin.bridge, name) for name in bulletin.bridge.__dataclass_fields__},
        "flash_rate": percent(bulletin.flash.rate, decimals.part) if bulletin.flash else None,
        "moves": list_moves(bulletin.flash, growth, decimals.firm).to_dicts() if bulletin.flash else [], "moves_decimals": decimals.firm,
        "streaks": [{"code": s.rule.code, "low": f.low, "high": f.high, "start": f.start.code if f.start else None, "turned": [p.code for p in f.turned]} for s, f in bulletin.streaks],
        "nowcast": {"year": nowcast.year, "total_fen": str(nowcast.total), "low_fen": str(nowcast.low), "high_fen": str(nowcast.high), "method": nowcast.method[0]} if nowcast else None,
        "series": [{"period": p.period.code, "rate": None if p.rate is None else percent(p.rate, decimals.growth)} for p in bulletin.points],
        "not_given": [problem_data(p) for p in bulletin.untold],
    }  # fmt: skip
    return {k: v for k, v in data.items() if not is_public or k not in OF_FIRMS}


def percent(rate: Fraction, decimals: int) -> str:
    """A rate as per cent with so many decimals."""
    return format_decimal(rate * 100, decimals)
