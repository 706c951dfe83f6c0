"""The commands ``match finds``, ``match spaces`` and ``match samples``: what there is for one firm, and the backlog of needs for space.

Owns arguments and printing. The work is ``kaiwu.procedure.market``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.match_market_command import DAY, OUT
from kaiwu.cli.option import speaking, today, workspace_argument
from kaiwu.match.finds import CHAINS, FourFinds
from kaiwu.match.record import MatchKind
from kaiwu.match.sample import effect_words, find_samples
from kaiwu.match.space import find_spaces
from kaiwu.procedure import Run, Workspace, open_run, open_workspace
from kaiwu.procedure.market import MarketDesk
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.market_sheet import print_backlog
from kaiwu.report.market_site import render_finds
from kaiwu.report.printed import write_book

SHOWN = 3  # of each chain on the screen; the page has more


@click.command("finds")
@workspace_argument
@click.argument("firm")
@DAY
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写成网页 / write a page")
@speaking
def finds_command(workspace: Path, firm: str, day: dt.date | None, out: Path | None, speaker: Speaker) -> None:
    """一家企业的四找: 产业链、创新链、服务链、政策链, 一页看完。The four finds of a firm on one page."""
    opened = open_workspace(workspace)
    desk = MarketDesk(opened, day or today())
    found = desk.four_finds(firm, latest_runs(opened))
    path = write_finds(desk, found, out or workspace / "market" / f"四找_{firm}.html", speaker.language)
    if speaker.is_json:
        speaker.data({"firm": firm, "page": str(path), "orders": [m.need.code for m in found.orders], "policies": [f"{d.scheme} {d.item}" for d in found.policies],
                      "chains": {chain: [a.need.code for a in answers] for chain, answers in found.answers.items()}, "samples": [s.sample.code for s in found.samples]})  # fmt: skip
        return
    tell_finds(found, speaker)
    speaker.say(f"一页: {path}", f"one page: {path}")


@click.command("spaces")
@workspace_argument
@click.argument("need", required=False)
@DAY
@OUT
@speaking
def spaces_command(workspace: Path, need: str | None, day: dt.date | None, out: Path | None, speaker: Speaker) -> None:
    """空间需求台账(每项未了需求的天数), 或一项需求的空间。The backlog of needs for space with their ages, or the spaces for one need."""
    desk = MarketDesk(open_workspace(workspace), day or today())
    needs = desk.needs(MatchKind.SPACE)
    if need is not None:
        _tell_spaces(desk, need, speaker)
        return
    rows = desk.backlog()
    if out is not None:
        write_book(out, [print_backlog(rows, desk.names, desk.day, desk.records.is_synthetic)])
    heads = (
        ("编号", "企业", "需求", "积压天数", "档", "符合")
        if speaker.language == "zh"
        else ("code", "firm", "need", "days", "class", "fit")
    )
    lines = [
        (r.need.code, desk.names.get(r.need.party or "", ""), r.need.title, r.age, r.age_class, r.fits) for r in rows
    ]
    speaker.table(
        speaker.pick(
            f"未了空间需求 {len(rows)} 项(登记 {len(needs)} 项)", f"{len(rows)} open needs for space of {len(needs)}"
        ),
        heads,
        lines,
        right=(3, 5),
    )


@click.command("samples")
@workspace_argument
@click.argument("firm")
@DAY
@click.option("--count", type=click.IntRange(1, 50), default=3, show_default=True, help="列几个 / how many")
@speaking
def samples_command(workspace: Path, firm: str, day: dt.date | None, count: int, speaker: Speaker) -> None:
    """看样学样: 按工艺和设备(不按行业名称)最接近的样本。The nearest samples by process and equipment."""
    desk = MarketDesk(open_workspace(workspace), day or today())
    made = [offer for offer in desk.records.offers if offer.party == firm]
    samples = [offer for offer in desk.records.offers_of(MatchKind.SAMPLE) if not offer.is_expired(desk.day)]
    found = find_samples(made, samples, count)
    if not found:
        speaker.say(
            "没有工艺或设备相同的样本; 请先登记该企业的工艺和主要设备",
            "no sample shares a process or a machine: register what the firm makes and with what",
        )
    heads = (
        ("样本", "企业", "相同之处", "相近度", "成效")
        if speaker.language == "zh"
        else ("sample", "firm", "in common", "likeness", "effect")
    )
    rows = [
        (
            s.sample.title,
            desk.names.get(s.sample.party or "", ""),
            speaker.pick(*s.tell()),
            str(s.share),
            effect_words(s.sample),
        )
        for s in found
    ]
    speaker.table(speaker.pick("看样学样", "samples"), heads, rows)


def latest_runs(workspace: Workspace) -> list[Run]:
    """The newest run of every job, opened."""
    newest = {record.job: record.number for record in workspace.state.runs()}
    return [open_run(workspace, number) for number in sorted(newest.values())]


def write_finds(desk: MarketDesk, found: FourFinds, path: Path, language: str = "zh") -> Path:
    """The page of a firm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page = render_finds(found, desk.names, language, is_synthetic=desk.records.is_synthetic, day=desk.day)
    path.write_text(page, encoding="utf-8")
    return path


def tell_finds(found: FourFinds, speaker: Speaker, indent: str = "") -> None:
    """The four finds in a few lines."""
    orders = "、".join(m.need.title for m in found.orders[:SHOWN]) or "-"
    speaker.say(
        f"{indent}{CHAINS['industry'][0]}: 可供订单 {len(found.orders)} 项: {orders}",
        f"{indent}{CHAINS['industry'][1]}: {len(found.orders)} orders: {orders}",
    )
    for chain in ("innovation", "service"):
        titles = [m.offer.title for answer in found.answers.get(chain, ()) for m in answer.matches]
        listed = "、".join(titles[:SHOWN]) or "-"
        speaker.say(
            f"{indent}{CHAINS[chain][0]}: {len(titles)} 项: {listed}",
            f"{indent}{CHAINS[chain][1]}: {len(titles)}: {listed}",
        )
    for s in found.spaces[:1]:
        speaker.say(
            f"{indent}空间: {s.need.title}, 已 {s.age} 天, 符合 {len(s.fits)} 处",
            f"{indent}space: {s.need.title}, {s.age} days, {len(s.fits)} fit",
        )
    clauses = ", ".join(speaker.pick(d.zh, d.en) for d in found.policies[:SHOWN]) or "-"
    speaker.say(
        f"{indent}{CHAINS['policy'][0]}: 规则判定 {len(found.policies)} 条可享或待补, {found.failed} 条不符合: {clauses}",
        f"{indent}{CHAINS['policy'][1]}: {len(found.policies)} clauses met or open by the rules, {found.failed} not met: {clauses}",
    )


def _tell_spaces(desk: MarketDesk, code: str, speaker: Speaker) -> None:
    need = next((n for n in desk.records.needs_of(MatchKind.SPACE) if n.code == code), None)
    if need is None:
        raise KaiwuError(Problem("S-NEED", f"没有空间需求“{code}”", f"there is no need for space “{code}”"))
    fits = find_spaces(need, desk.index(MatchKind.SPACE), desk.day)
    if not fits:
        for step in desk.index(MatchKind.SPACE).find(need, desk.day).steps:
            speaker.say(f"→ {step.zh}", f"→ {step.en}")
    heads = (
        ("空间", "合同形式", "公里", "超出最高价", "逐条硬性条件")
        if speaker.language == "zh"
        else ("space", "form", "km", "above the ceiling", "hard conditions")
    )
    rows = [
        (f.offer.title, speaker.pick(*f.form_words), "" if f.metres is None else f"{f.metres / 1000:.1f}", "" if not f.over else "是", "; ".join(speaker.pick(r.zh, r.en) for r in f.reasons))
        for f in fits
    ]  # fmt: skip
    speaker.table(need.title, heads, rows, right=(2,))
