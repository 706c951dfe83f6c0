"""The commands ``rate …``: a composite index from a method file and a table of values, explained.

Owns arguments and printing. The file is ``kaiwu.rating.index.ruler``, the pages are ``kaiwu.report.index_page``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, speaking, today
from kaiwu.cli.rate_file import on_files, open_model, plain, tell_synthetic
from kaiwu.cli.rate_inference import nowcast, recover
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.index import IndexModel
from kaiwu.rating.index.advice import Target, advise
from kaiwu.rating.index.certainty import CHOICES, STANDINGS, attribute_ranks, rank_certainty, usual_choices
from kaiwu.rating.index.decomposition import Parts, compare, decompose
from kaiwu.rating.index.diagnosis import diagnose
from kaiwu.rating.index.phrase import signed, tell_parts, tell_years
from kaiwu.rating.index.ruler import Ruler
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.index.year_gap import split_years
from kaiwu.rating.points import print_points
from kaiwu.report.index_page import IndexReport, make_report, render_unit, write_report


@click.group("rate")
def rate_group() -> None:
    """综合指数: 排名、构成、差距、确定性、改进建议、诊断、推算、反推。Composite indices: places, parts, gaps, certainty, advice, diagnosis, inference."""


rate_group.add_command(nowcast)
rate_group.add_command(recover)


@rate_group.command("rank")
@on_files
@speaking
def rank(method: Path, values: Path, speaker: Speaker) -> None:
    """按方法文件给各单位打分排名。Score and rank the units of a table."""
    ruler, model = open_model(method, values)
    result = model.run()
    tell_synthetic(ruler, speaker)
    decimals = 6 if result.rank.decimals is None else result.rank.decimals
    if speaker.is_json:
        speaker.data({"synthetic": ruler.is_synthetic, "units": result.table().to_dicts()})
        return
    order = sorted(range(len(result.units)), key=lambda i: (result.leagues[i], math.isnan(result.ranks[i]), result.ranks[i]))  # fmt: skip
    rows = [
        (result.leagues[i], "" if math.isnan(result.ranks[i]) else f"{result.ranks[i]:g}", result.units[i], model.values.names.get(result.units[i], ""), "" if result.printed[i] == MISSING else print_points(int(result.printed[i]), decimals))
        for i in order
    ]  # fmt: skip
    heads = ("组别", "名次", "代码", "名称", "得分") if speaker.language == "zh" else ("league", "place", "code", "name", "score")  # fmt: skip
    speaker.table(speaker.pick(ruler.zh, ruler.en), heads, rows, right=(1, 4))


@rate_group.command("explain")
@on_files
@click.argument("unit")
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="另写一页单位画像 / write the unit's page too",
)
@click.option("--radar", is_flag=True, help="画像页加板块雷达图 / with a radar chart of the blocks on the page")
@speaking
def explain(method: Path, values: Path, unit: str, page: Path | None, radar: bool, speaker: Speaker) -> None:
    """一个单位的得分由哪些部分组成, 各部分相加等于得分。The parts of a unit's score; they sum to it."""
    if radar and page is None:
        raise click.UsageError("雷达图画在画像页上, 请给出 --page / a radar chart stands on the page: give --page")
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    _print_parts(decompose(model, unit), speaker)
    if page is not None:
        report = _report(ruler, model, None)
        page.write_text(render_unit(report, unit, speaker.language, with_radar=radar), encoding="utf-8")


@rate_group.command("compare")
@on_files
@click.argument("unit")
@click.argument("other", required=False)
@click.option("--before", type=FILE, default=None, help="上一年的数据表 / values of the year before")
@click.option("--before-method", type=FILE, default=None, help="上一年的方法文件, 默认同今年 / its method, if another")
@speaking
def compare_command(
    method: Path, values: Path, unit: str, other: str | None, before: Path | None, before_method: Path | None, speaker: Speaker
) -> None:  # fmt: skip
    """两个单位的差距, 或与上一年的差距(数据、基准、权重、参评单位)。The gap of two units, or of two years by cause."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    if (other is None) == (before is None):
        raise click.UsageError("给出另一个单位, 或 --before 之一 / give another unit or --before, one of the two")
    if other is not None:
        _print_parts(compare(model, unit, other), speaker)
        return
    assert before is not None
    gap = split_years(open_model(before_method or method, before)[1], model, unit)
    if speaker.is_json:
        speaker.data(asdict(gap))
        return
    for zh, en in tell_years(gap):
        speaker.say(zh, en)
    rows = [(c.code, speaker.pick(c.zh, c.en), signed(c.points, gap.decimals)) for c in gap.indicators]
    if rows:
        heads = ("代码", "指标", "分") if speaker.language == "zh" else ("code", "indicator", "points")
        speaker.table(speaker.pick("本单位数据的变化", "the unit's own figures"), heads, rows, right=(2,))


@rate_group.command("certainty")
@on_files
@click.option("--runs", default=2000, show_default=True, help="试算次数 / runs")
@click.option("--seed", default=20240101, show_default=True, help="随机种子 / seed")
@click.option("--sobol", is_flag=True, help="另列每项选择对每个单位名次的敏感度 / Sobol' indices of every choice too")
@speaking
def certainty(method: Path, values: Path, runs: int, seed: int, sobol: bool, speaker: Speaker) -> None:
    """名次区间、进入名额的概率、稳入与待定名单。Intervals of places, chances of the quota, certain and contested lists."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    with speaker.progress("试算", "trying"):
        drawn, standings = rank_certainty(model, ruler.quota, None, runs, seed)
        result = model.run()
        leagues = result.leagues if result.rank.within else ()
        found = attribute_ranks(model, usual_choices(model), 512, 100, seed, leagues=leagues) if sobol else None
    if speaker.is_json:
        more = {} if found is None else {"sobol": {"choices": found.choices, "units": drawn.units, "first": plain(found.first), "total": plain(found.total)}}  # fmt: skip
        speaker.data({"synthetic": ruler.is_synthetic, "runs": runs, "units": [{k: plain(v) for k, v in asdict(s).items()} for s in standings], **more})  # fmt: skip
        return
    rows = [
        (s.league, f"{s.rank:g}", s.unit, f"{s.low:g}–{s.high:g}", f"{s.chance:.0%}", speaker.pick(*STANDINGS[s.standing]))
        for s in sorted(standings, key=lambda s: (s.league, math.isnan(s.rank), s.rank))
    ]  # fmt: skip
    heads = ("组别", "名次", "代码", "90% 区间", "在名额内", "判断") if speaker.language == "zh" else ("league", "place", "code", "90 % interval", "in the quota", "standing")  # fmt: skip
    speaker.table(speaker.pick("名次的确定性", "certainty of places"), heads, rows, right=(1, 3, 4))
    if found is not None:
        labels = [speaker.pick(*CHOICES[c]) for c in found.choices]
        lines = [(u, *(f"{found.first[k, i]:.2f} / {found.total[k, i]:.2f}" for k in range(len(labels)))) for i, u in enumerate(drawn.units)]  # fmt: skip
        speaker.table(speaker.pick("敏感度: 一阶 / 总", "Sobol' indices: first / total"), (speaker.pick("代码", "code"), *labels), lines)  # fmt: skip


@rate_group.command("advise")
@on_files
@click.argument("unit")
@click.option(
    "--target", required=True, metavar="KIND:VALUE", help="score:85、rank:3 或 class:A / what is to be reached"
)
@speaking
def advise_command(method: Path, values: Path, unit: str, target: str, speaker: Speaker) -> None:
    """达到某个得分、名次或档次的最低成本的实际行动; 不对统计数据提建议。The cheapest real action that reaches a score, place or class."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    if unit not in model.values.units:
        raise KaiwuError(
            Problem("IX-UNIT-UNKNOWN", f"“{unit}”不在数据表中", f"“{unit}” is not in the table", where=unit)
        )
    found = advise(model, unit, read_target(target, ruler), ruler.levers_of(model.values, unit), closes=ruler.closes, today=today())  # fmt: skip
    if speaker.is_json:
        speaker.data({"synthetic": ruler.is_synthetic, **asdict(found), "told": found.tell()})
        return
    for zh, en in found.tell():
        speaker.say(zh, en)


@rate_group.command("diagnose")
@on_files
@speaking
def diagnose_command(method: Path, values: Path, speaker: Speaker) -> None:
    """内部一致性、重复指标、与规模的相关、名义权重与实际影响。Consistency, redundancy, size, weights against influence."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    found = diagnose(model, ruler.size or None)
    if speaker.is_json:
        speaker.data({k: plain(v) for k, v in asdict(found).items()})
        return
    blocks = [(speaker.pick(b.zh, b.en), b.children, b.units, f"{b.alpha:.2f}") for b in found.blocks]
    speaker.table("Cronbach α", ("板块", "项", "单位数", "α") if speaker.language == "zh" else ("block", "items", "units", "α"), blocks, right=(1, 2, 3))  # fmt: skip
    rows = [(speaker.pick(w.zh, w.en), f"{w.nominal:.1%}", f"{w.influence:.1%}", f"{w.squared:.2f}") for w in found.weights]  # fmt: skip
    heads = ("指标", "名义权重", "实际影响", "与总分相关的平方") if speaker.language == "zh" else ("indicator", "weight", "influence", "squared correlation")  # fmt: skip
    speaker.table(speaker.pick("权重与影响", "weights and influence"), heads, rows, right=(1, 2, 3))
    for zh, en in found.tell():
        speaker.say(zh, en)


@rate_group.command("report")
@on_files
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="放在哪里 / folder")
@click.option(
    "--target", default=None, metavar="KIND:VALUE", help="各单位页上改进建议的目标 / target of the advice on each page"
)
@click.option("--radar", is_flag=True, help="各单位页加板块雷达图 / with a radar chart on each page")
@speaking
def report_command(
    method: Path, values: Path, out: Path, target: str | None, radar: bool, speaker: Speaker
) -> None:  # fmt: skip
    """评价报告: 总页、每个单位一页、Excel。The league report, one page per unit, and a workbook."""
    ruler, model = open_model(method, values)
    tell_synthetic(ruler, speaker)
    files = write_report(out, _report(ruler, model, target), speaker.language, with_radar=radar)
    if speaker.is_json:
        speaker.data([str(path) for path in files])
    speaker.say(f"已写 {len(files)} 个文件: {files[0]}", f"{len(files)} files written: {files[0]}")


def _report(ruler: Ruler, model: IndexModel, target: str | None) -> IndexReport:
    return make_report(
        model, zh=ruler.zh, en=ruler.en, quota=ruler.quota, is_synthetic=ruler.is_synthetic, size=ruler.size or None,
        advising=None if target is None else _advising(ruler, model, read_target(target, ruler)),
    )  # fmt: skip


def read_target(text: str, ruler: Ruler) -> Target:
    """``score:85``, ``rank:3`` or ``class:A``. Raises ``KaiwuError`` for another form or an unknown class."""
    kind, _, value = text.partition(":")
    try:
        if kind == "class":
            return Target("class", line=next(line for line in ruler.lines if value in (line.code, line.zh, line.en)))
        if kind in ("score", "rank") and math.isfinite(float(value)):
            return Target(kind, float(value))
    except (ValueError, StopIteration):
        pass
    raise KaiwuError(Problem(
        "IX-ADVICE-TARGET", f"目标要写 score:85、rank:3 或 class:档次(方法文件里的 classes), 不是“{text}”", f"the target is score:85, rank:3 or class:CODE of the method's classes, not “{text}”", text=text,
    ))  # fmt: skip


def _advising(ruler: Ruler, model: IndexModel, target: Target) -> Callable[[str], Any]:
    return lambda unit: advise(model, unit, target, ruler.levers_of(model.values, unit), closes=ruler.closes, today=today())  # fmt: skip


def _print_parts(parts: Parts, speaker: Speaker) -> None:
    if speaker.is_json:
        speaker.data(asdict(parts))
        return
    speaker.say(*tell_parts(parts)[0])
    show = print_points if len(parts.units) == 1 else signed
    rows = [("  " * p.depth + speaker.pick(p.zh, p.en), f"{p.weight:.1%}" if p.weight else "", show(p.points, parts.decimals)) for p in parts.parts]  # fmt: skip
    heads = ("指标", "占总权重", "分") if speaker.language == "zh" else ("indicator", "weight", "points")
    speaker.table(speaker.pick("构成", "parts"), heads, rows, right=(1, 2))
