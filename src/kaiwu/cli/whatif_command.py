"""The command ``whatif``: a policy with changed numbers, settled beside the one in force (政策沙盘).

Owns arguments and printing. The comparison is ``kaiwu.procedure.what_if``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, packs_option, speaking, today, workspace_option
from kaiwu.cli.settle_command import input_options, read_pots
from kaiwu.pack.decide import find_scheme
from kaiwu.procedure import open_run, open_workspace
from kaiwu.procedure.settlement import find_settled_scheme, list_of
from kaiwu.procedure.what_if import WhatIf, as_text, what_if_claims, what_if_run
from kaiwu.report import print_money


@click.command("whatif")
@click.argument("scheme")
@click.option(
    "--set",
    "settings",
    multiple=True,
    required=True,
    metavar="PATH=VALUE",
    help="改动, 可多次: settlement.steps[2].amount=2亿元 / a change",
)
@click.option("--run", "number", default=None, help="测算编号 / run")
@click.option(
    "--claims",
    type=FILE,
    default=None,
    help="申报表, 代替测算 / a list of claims instead of a run",
)
@click.option("--top", default=20, show_default=True, help="列出差额最大的几家 / firms to list")
@input_options
@workspace_option
@packs_option
@speaking
def whatif_command(
    scheme: str, settings: tuple[str, ...], number: str | None, claims: Path | None, top: int, filings: Path | None, prior: Path | None,
    lefts: tuple[str, ...], as_of: dt.date | None, workspace: Path, pack_roots: tuple[Path, ...], speaker: Speaker,
) -> None:  # fmt: skip
    """政策沙盘: 改比例、封顶、资金池、门槛, 看成本、赢家、输家和资金池消耗; 改动不会生效。What if a rate, cap, pot or threshold were another."""
    pots = read_pots(lefts)
    is_synthetic = False
    if number is not None and claims is None:
        run = open_run(open_workspace(workspace), number)
        is_synthetic = run.record.is_synthetic
        found = find_settled_scheme(run.library, run.record.schemes, scheme)
        lists = {"filings": list_of(filings, run.library, found.code), "prior": list_of(prior, run.library, found.code)}
        result = what_if_run(run, settings, found.code, **lists, pots=pots)
    elif claims is not None and number is None:
        day = as_of or today()
        library, compiled = find_scheme(scheme, day, pack_roots)
        code = compiled.code
        is_synthetic = library.shelves[library.heads[code][0]].pack.is_synthetic
        result = what_if_claims(
            library,
            code,
            settings,
            list_of(claims, library, code),
            prior=list_of(prior, library, code),
            pots=pots,
            as_of=day,
        )
    else:
        raise click.UsageError("给出 --run 或 --claims 之一 / give --run or --claims, one of the two")
    _print(speaker, result, top, is_synthetic)


def _print(speaker: Speaker, result: WhatIf, top: int, is_synthetic: bool) -> None:
    summary, differences, burned = result.summary(), result.differences, result.burn_down()
    if speaker.is_json:
        speaker.data(
            {
                "synthetic": is_synthetic,
                "changes": as_text(result.changes),
                "summary": summary,
                "differences": differences.to_dicts(),
                "burn_down": burned.to_dicts(),
            }
        )
        return
    if is_synthetic:
        speaker.say("合成数据, 非真实企业", "synthetic data, no real firms")
    for change in as_text(result.changes):
        speaker.say(
            f"{change['path']}: {change['before']} → {change['after']}",
            f"{change['path']}: {change['before']} → {change['after']}",
        )
    cost = [print_money(summary[f"cost_{name}_low"], summary[f"cost_{name}_high"]) for name in ("before", "after")]
    speaker.say(f"成本: {cost[0]} → {cost[1]}", f"cost: {cost[0]} → {cost[1]}")
    speaker.say(
        f"得益 {summary['winners']} 家, 受损 {summary['losers']} 家, 不变 {summary['same']} 家, 未定 {summary['open']} 家",
        f"{summary['winners']} win, {summary['losers']} lose, {summary['same']} stay, {summary['open']} open",
    )
    zh = ("主体", "现行", "改动后", "差额")
    moved = differences.filter((differences["difference_low"] != 0) | (differences["difference_high"] != 0))
    ordered = moved.sort(
        (moved["difference_low"].abs() + moved["difference_high"].abs()).alias("#"), descending=True
    ).head(top)
    rows = [
        (r["entity"], print_money(r["before_low"], r["before_high"]), print_money(r["after_low"], r["after_high"]), print_money(r["difference_low"], r["difference_high"]))
        for r in ordered.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        speaker.table(
            speaker.pick("差额", "differences"),
            zh if speaker.language == "zh" else ("entity", "now", "changed", "difference"),
            rows,
            right=(1, 2, 3),
        )
    if not burned.is_empty():
        pots = [
            (
                b["pot"],
                b["year"],
                b["month"],
                print_money(b["left_before"], b["left_before"]),
                print_money(b["left_after"], b["left_after"]),
            )
            for b in burned.iter_rows(named=True)
        ]
        head = (
            ("资金池", "年度", "月", "现行余额", "改动后余额")
            if speaker.language == "zh"
            else ("pot", "year", "month", "left now", "left changed")
        )
        speaker.table(speaker.pick("资金池消耗", "burn-down"), head, pots, right=(3, 4))
