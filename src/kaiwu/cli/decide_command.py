"""The command ``decide``: answers for rows in a file, without a workspace.

Owns arguments and the four output formats. Reading rows is ``kaiwu.figure.fact_sheet``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import Day, packs_option, speaking, today
from kaiwu.cli.run_command import decision_data, print_decision
from kaiwu.pack.decide import Decided, decide_file
from kaiwu.report import Column, Printed, print_money, write_book
from kaiwu.report.cell import neutralise
from kaiwu.rule.decision import Decision


@click.command("decide")
@click.argument("scheme")
@click.option(
    "--facts", "source", required=True, help="CSV、XLSX、JSON 行文件, 或 - 表示标准输入 / file, or - for standard input"
)
@click.option("--as-of", type=Day(), default=None, help="基准日 / date of the decision (default: today)")
@click.option("--rated", type=click.IntRange(1900, 2200), default=None, help="评价年度 / rated year")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    default="table",
    show_default=True,
    help="输出格式 / form of the output",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写到文件(xlsx 必需) / output file"
)
@click.option("--explain", "is_explained", is_flag=True, help="逐条说明理由 / with reasons")
@click.option("--pack", default=None, help="内容包 / pack")
@packs_option
@speaking
def decide_command(
    scheme: str, source: str, as_of: dt.date | None, rated: int | None, form: str, out: Path | None, is_explained: bool,
    pack: str | None, pack_roots: tuple[Path, ...], speaker: Speaker,
) -> None:  # fmt: skip
    """按方案判定文件中的每一行; 列名用变量名称或代码, 单元格可带单位。Decide the rows of a file under a scheme."""
    file = source if source == "-" else Path(source)
    decided = decide_file(scheme, file, as_of=as_of or today(), rated=rated, roots=pack_roots, pack=pack)
    decisions = decided.decisions()
    if form == "json" or speaker.is_json:
        Speaker(is_json=True).data([decision_data(d) for d in decisions])
    elif form == "csv":
        text = _csv(decisions)
        if out:
            out.write_text(text, encoding="utf-8-sig")
        else:
            click.echo(text, nl=False)
    elif form == "xlsx":
        _write_xlsx(decided, decisions, out)
        speaker.say(f"已写入 {out}", f"written to {out}")
    elif is_explained:
        for decision in decisions:
            speaker.console.print(f"── {decision.entity}", markup=False)
            print_decision(speaker, decision)
    else:
        head = (
            ("行", "条款", "结论", "类别", "得分", "金额", "缺")
            if speaker.language == "zh"
            else ("row", "item", "answer", "class", "score", "amount", "missing")
        )
        speaker.table(
            speaker.pick(decided.scheme.zh, decided.scheme.en),
            head,
            [_cells(d, speaker, _names(decided, speaker.language)) for d in decisions],
            right=(4, 5),
        )


def _names(decided: Decided, language: str) -> dict[str, str]:
    """What each slot is called, with its year where it is another than the rated one."""
    names = {}
    for need in decided.scheme.needs():
        name = need.variable.zh if language == "zh" else need.variable.en or need.variable.code
        names[need.slot] = (
            f"{decided.facts.rated + need.offset}{'年' if language == 'zh' else ' '}{name}" if need.offset else name
        )
    return names


def _missing(decision: Decision, names: dict[str, str]) -> str:
    return "、".join(names.get(slot, slot) for slot in decision.missing)


def _cells(d: Decision, speaker: Speaker, names: dict[str, str]) -> list[Any]:
    mark = "" if d.document.is_attested else speaker.pick("(待核实)", " (to be verified)")
    return [
        d.entity,
        speaker.pick(d.zh, d.en),
        speaker.pick(d.outcome.zh, d.outcome.en) + mark,
        d.label,
        d.score,
        print_money(d.low, d.high),
        _missing(d, names),
    ]


def _csv(decisions: list[Decision]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        [
            "row",
            "scheme",
            "item",
            "outcome",
            "answer",
            "class",
            "score",
            "rank",
            "low_fen",
            "high_fen",
            "missing",
            "standing",
            "version",
            "reasons",
        ]
    )
    for d in decisions:
        reasons = " | ".join(r.zh for r in d.reasons)
        row = [
            d.entity,
            d.scheme,
            d.item,
            int(d.outcome),
            d.outcome.zh,
            d.label,
            d.score,
            d.rank,
            d.low,
            d.high,
            " ".join(d.missing),
            d.document.standing,
            d.version,
            reasons,
        ]
        writer.writerow([neutralise(v) if isinstance(v, str) else v for v in row])
    return buffer.getvalue()


def _write_xlsx(decided: Decided, decisions: list[Decision], out: Path | None) -> None:
    if out is None:
        raise click.UsageError("xlsx 要用 --out 指明文件 / name the file with --out")
    columns = (
        Column("行", "row", 20), Column("条款", "item", 14), Column("结论", "answer", 10), Column("类别", "class", 10), Column("得分", "score", 10),
        Column("金额下限(万元)", "lowest", 14, "money"), Column("金额上限(万元)", "highest", 14, "money"), Column("缺数据", "missing", 30), Column("理由", "reasons", 90),
    )  # fmt: skip
    names = _names(decided, "zh")
    rows = [
        (
            d.entity,
            d.item,
            d.outcome.zh + ("" if d.document.is_attested else "(待核实)"),
            d.label,
            d.score,
            d.low,
            d.high,
            _missing(d, names),
            "\n".join(r.zh for r in d.reasons),
        )
        for d in decisions
    ]
    document = decided.scheme.document
    facts = [f"依据: {document.title} {document.number}  版本: {decided.scheme.version}", f"评价年度: {decided.facts.rated}  基准日: {decided.facts.as_of}",
             "单位: 金额为万元; 空格表示缺数据, 不是零"]  # fmt: skip
    write_book(out, [Printed(decided.scheme.zh, decided.scheme.zh, facts, columns, rows)])
