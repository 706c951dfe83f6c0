"""The command ``settle``: what is paid of claims, in the declared order, line by line.

Owns arguments and the output formats. Settling is ``kaiwu.benefit.settlement``, claims of a run ``kaiwu.procedure.settlement``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import click
import polars as pl

from kaiwu.benefit.settlement import Settled
from kaiwu.cli.console import EXIT_DIFFERENT, Speaker
from kaiwu.cli.option import FILE, Command, Day, now, packs_option, speaking, today, workspace_option
from kaiwu.pack.decide import find_scheme
from kaiwu.procedure import open_run, open_workspace
from kaiwu.procedure.claim_sheet import template
from kaiwu.procedure.settlement import (
    find_settled_scheme,
    list_of,
    plan_of,
    replay_settlement,
    save_settlement,
    settle_claims,
    settle_run,
)
from kaiwu.procedure.what_if import compare_with_paid
from kaiwu.quantity import KaiwuError, Problem, parse_quantity
from kaiwu.quantity.dimension import MONEY
from kaiwu.report import Column, Printed, print_money, write_book
from kaiwu.report.cell import neutralise

OPEN_WORDS = {"": ("", ""), "own": ("本申报未定", "open itself"), "others": ("取决于未定的申报", "depends on open claims"), "ask": ("需认定", "a finding is needed")}  # fmt: skip
VERDICTS = {
    "same": ("一致", "same"), "within": ("在未定区间内", "within the open amount"), "more": ("多付", "paid more"), "less": ("少付", "paid less"),
    "unpaid": ("未付", "unpaid"), "unclaimed": ("没有申报", "no claim"),
}  # fmt: skip


def input_options(function: Command) -> Command:
    """Options of both commands that settle: lists beside the claims, and what is left in pots."""
    for option in (
        click.option("--filings", type=FILE, default=None, help="测算之外的申报信息(主体、条款、申报日期、名次…) / filings beside a run"),
        click.option("--prior", type=FILE, default=None, help="已兑付清单 / earlier awards"),
        click.option("--left", "lefts", multiple=True, metavar="POT[@YEAR]=AMOUNT", help="资金池余额, 可多次 / what is left in a pot"),
        click.option("--as-of", type=Day(), default=None, help="基准日 / date (with --claims; default: today)"),
    ):  # fmt: skip
        function = option(function)
    return function


@click.command("settle")
@click.argument("number", required=False)
@click.option(
    "--claims", type=FILE, default=None, help="申报表 CSV/XLSX, 代替测算编号 / a list of claims instead of a run"
)
@click.option("--scheme", default=None, help="方案 / scheme")
@click.option(
    "--paid", type=FILE, default=None, help="实付清单: 逐笔对账 / what was really paid: compare claim by claim"
)
@click.option("--explain", "explained", default=None, metavar="CLAIM", help="逐步说明一笔申报 / the lines of one claim")
@click.option(
    "--replay", "replayed", default=None, metavar="NUMBER", help="重放已存的结算 / settle again what was kept"
)
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
@click.option(
    "--template",
    "template_kind",
    type=click.Choice(["claims", "prior", "paid"]),
    default=None,
    help="打印申报表(与 --scheme)、已兑付清单或实付清单的表头 / print the heads of a list to fill in",
)
@click.option("--pack", default=None, help="内容包 / pack")
@input_options
@workspace_option
@packs_option
@speaking
def settle_command(
    number: str | None, claims: Path | None, scheme: str | None, paid: Path | None, explained: str | None, replayed: str | None, form: str,
    out: Path | None, template_kind: str | None, pack: str | None, filings: Path | None, prior: Path | None, lefts: tuple[str, ...], as_of: dt.date | None,
    workspace: Path, pack_roots: tuple[Path, ...], speaker: Speaker,
) -> None:  # fmt: skip
    """按声明的次序结算一次测算或一张申报表, 逐步说明; 测算的结算连同输入一起存入 settlements/。Settle a run or a list of claims."""
    speaker.is_json = speaker.is_json or form == "json"
    if replayed is not None:
        _replay(workspace, replayed, speaker)
        return
    if template_kind is not None:
        _print_template(template_kind, scheme, as_of or today(), pack_roots, pack, out)
        return
    pots = read_pots(lefts)
    record: dict[str, Any] = {"synthetic": False}
    if number is not None and claims is None:
        opened = open_workspace(workspace)
        run = open_run(opened, number)
        found = find_settled_scheme(run.library, run.record.schemes, scheme)
        code, library = found.code, run.library
        lists = {"filings": list_of(filings, library, code), "prior": list_of(prior, library, code)}
        settled = settle_run(run, code, **lists, pots=pots)
        if explained is None and paid is None:
            kept = save_settlement(
                opened,
                settled,
                library,
                run=number,
                pots=pots,
                as_of=run.record.as_of,
                rated=run.record.rated,
                created_at=now(),
            )
            record = {"number": kept.number, "run": number, "digest": kept.result_digest}
        record["synthetic"] = run.record.is_synthetic
    elif claims is not None and number is None and scheme is not None:
        library, settled = settle_claims(
            scheme, claims, as_of=as_of or today(), prior=prior, pots=pots, roots=pack_roots, pack=pack
        )
        in_pack = library.shelves[library.heads[settled.plan.scheme][0]].pack
        record = {"digest": settled.digest(), "synthetic": in_pack.is_synthetic}
    else:
        raise click.UsageError("给出测算编号, 或 --claims 与 --scheme / give a run, or --claims and --scheme")
    if paid is not None:
        _print_comparison(speaker, compare_with_paid(settled, list_of(paid, library, settled.plan.scheme)), form, out)
    elif explained is not None:
        _explain(speaker, settled, explained)
    else:
        _print(speaker, settled, record, form, out)


def _print_template(
    kind: str, scheme: str | None, as_of: dt.date, roots: tuple[Path, ...], pack: str | None, out: Path | None
) -> None:
    if kind == "claims" and scheme is None:
        raise click.UsageError(
            "申报表的列由方案决定, 请给出 --scheme / the columns of claims depend on the scheme: give --scheme"
        )
    plan = plan_of(find_scheme(scheme, as_of, roots, pack)[1]) if scheme is not None and kind == "claims" else None
    text = template(kind, plan)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8-sig")


def read_pots(lefts: tuple[str, ...]) -> dict[tuple[str, int], int]:
    """``CODE@2025=200万元`` as fen by (code, year); without a year the pot has none."""
    pots = {}
    for text in lefts:
        name, sign, amount = text.partition("=")
        code, _, year = name.partition("@")
        if not sign or (year and not year.isdigit()):
            raise KaiwuError(Problem("BS-LEFT", "写成 资金池@年份=金额, 如 voucher@2025=200万元", "write POT@YEAR=AMOUNT, such as voucher@2025=200万元", text=text))  # fmt: skip
        base = parse_quantity(amount, dimension=MONEY).base
        if base < 0 or base.denominator != 1:
            raise KaiwuError(
                Problem(
                    "BS-AMOUNT", "余额要是以分为单位的非负金额", "what is left must be whole fen from zero", text=text
                )
            )
        pots[code, int(year or 0)] = int(base)
    return pots


def _replay(workspace: Path, number: str, speaker: Speaker) -> None:
    _, report = replay_settlement(open_workspace(workspace), number)
    if speaker.is_json:
        speaker.data({"number": number, "identical": report.is_identical, "then": report.then, "now": report.now})
    elif report.is_identical:
        speaker.say(
            f"第 {number} 号结算重放一致: {report.now}", f"settlement {number} replays identically: {report.now}"
        )
    else:
        speaker.errors.print(f"{number}: {report.then} ≠ {report.now}", style="red", markup=False)
    if not report.is_identical:
        raise SystemExit(EXIT_DIFFERENT)


def _explain(speaker: Speaker, settled: Settled, claim: str) -> None:
    try:
        lines = settled.explain(claim)
    except KeyError:
        raise KaiwuError(Problem("BS-CLAIM", f"没有申报“{claim}”", f"no claim “{claim}”")) from None
    asks = settled.asks.filter(pl.col("claim") == claim).to_dicts()
    depends = settled.depends_on(claim)
    if speaker.is_json:
        speaker.data({"claim": claim, "lines": lines, "asks": asks, "depends_on": list(depends)})
        return
    for line in lines:
        speaker.console.print(
            f"{line['number']}. {speaker.pick(line['zh'], line['en'])} 〔{line['article']}〕{_mark(speaker, line['standing'])}",
            markup=False,
        )
    for ask in asks:
        speaker.console.print(f"◇ {speaker.pick(ask['zh'], ask['en'])} 〔{ask['article']}〕", markup=False)
    if depends:
        speaker.console.print(
            speaker.pick(f"取决于未定的申报: {'、'.join(depends)}", f"depends on open claims: {', '.join(depends)}"),
            markup=False,
        )


def _mark(speaker: Speaker, standing: str) -> str:
    return "" if standing == "attested" else speaker.pick("(待核实)", " (to be verified)")


def _print(speaker: Speaker, settled: Settled, record: dict[str, Any], form: str, out: Path | None) -> None:
    if form == "xlsx":
        write_settlement(settled, need_file(out), is_synthetic=record["synthetic"])
        speaker.say(f"已写入 {out}", f"written to {out}")
        return
    if form == "csv":
        labelled = [pl.lit(value=True).alias("synthetic")] if record["synthetic"] else []
        write_csv(settled.awards.with_columns(labelled), out)
        return
    if speaker.is_json:
        tables = {name: table.to_dicts() for name, table in settled.tables().items() if name != "entries"}
        speaker.data({**record, "scheme": settled.plan.scheme, "version": settled.plan.version, **tables})
        return
    label = speaker.pick("(合成数据)", " (synthetic)") if record["synthetic"] else ""
    zh = ("申报", "主体", "条款", "应付", "资金池", "说明")
    en = ("claim", "entity", "clause", "due", "pot", "remark")
    rows = [
        (
            r["claim"],
            r["entity"],
            r["clause"],
            print_money(r["low"], r["high"]),
            r["pot"],
            speaker.pick(*OPEN_WORDS[r["open"]]),
        )
        for r in settled.awards.iter_rows(named=True)
    ]
    speaker.table(
        speaker.pick(settled.plan.zh, settled.plan.en) + label, zh if speaker.language == "zh" else en, rows, right=(3,)
    )
    _print_pots(speaker, settled)
    for ask in settled.asks.group_by("number", "zh", "en", "article", maintain_order=True).len().iter_rows(named=True):
        said = speaker.pick(f"{ask['zh']} ({ask['len']} 笔)", f"{ask['en']} ({ask['len']} claims)")
        speaker.console.print(f"◇ {said} 〔{ask['article']}〕", markup=False)
    if "digest" in record:
        number = record.get("number", "")
        speaker.say(
            f"结算{number and f'第 {number} 号'}摘要 {record['digest']}",
            f"settlement {number} digest {record['digest']}",
        )


def _print_pots(speaker: Speaker, settled: Settled) -> None:
    if settled.pots.is_empty():
        return
    zh, en = ("资金池", "年度", "总额", "申请", "支付"), ("pot", "year", "amount", "demand", "granted")
    rows = [
        (p["pot"], p["year"], print_money(p["amount"], p["amount"]), print_money(p["demand_low"], p["demand_high"]), print_money(p["granted_low"], p["granted_high"]))
        for p in settled.pots.iter_rows(named=True)
    ]  # fmt: skip
    speaker.table(speaker.pick("资金池", "pots"), zh if speaker.language == "zh" else en, rows, right=(2, 3, 4))


def _print_comparison(speaker: Speaker, table: pl.DataFrame, form: str, out: Path | None) -> None:
    if form == "csv":
        write_csv(table, out)
    elif form == "xlsx":
        columns = (
            Column("申报", "claim", 24), Column("主体", "entity", 20), Column("条款", "clause", 12), Column("应付下限(万元)", "lowest due", 16, "money"),
            Column("应付上限(万元)", "highest due", 16, "money"), Column("实付(万元)", "paid", 14, "money"), Column("差额(万元)", "difference", 14, "money"),
            Column("结论", "verdict", 14), Column("条款依据", "article", 12), Column("理由", "reason", 70),
        )  # fmt: skip
        rows = [
            (
                r["claim"],
                r["entity"],
                r["clause"],
                r["low"],
                r["high"],
                r["paid"],
                r["difference"],
                VERDICTS[r["verdict"]][0],
                r["article"],
                r["zh"],
            )
            for r in table.iter_rows(named=True)
        ]
        write_book(need_file(out), [Printed("与实付对账", "与实付对账", [], columns, rows)])
        speaker.say(f"已写入 {out}", f"written to {out}")
    elif speaker.is_json:
        speaker.data(table.to_dicts())
    else:
        zh = ("申报", "主体", "应付", "实付", "差额", "结论", "理由")
        en = ("claim", "entity", "due", "paid", "difference", "verdict", "reason")
        cells = [
            (r["claim"], r["entity"], print_money(r["low"], r["high"]), print_money(r["paid"], r["paid"]), print_money(r["difference"], r["difference"]),
             speaker.pick(*VERDICTS[r["verdict"]]), speaker.pick(r["zh"], r["en"]))
            for r in table.iter_rows(named=True)
        ]  # fmt: skip
        speaker.table(
            speaker.pick("与实付对账", "against what was paid"),
            zh if speaker.language == "zh" else en,
            cells,
            right=(2, 3, 4),
        )


def need_file(out: Path | None) -> Path:
    """The output file of a workbook."""
    if out is None:
        raise click.UsageError("xlsx 要用 --out 指明文件 / name the file with --out")
    return out


def write_csv(table: pl.DataFrame, out: Path | None) -> None:
    """A table as CSV, amounts in fen (``_fen``); what a spreadsheet would take for a formula gets an apostrophe."""
    names: dict[str, str] = {c: f"{c}_fen" for c in ("low", "high", "paid", "difference") if c in table.columns}
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([names.get(c, c) for c in table.columns])
    writer.writerows([neutralise(v) if isinstance(v, str) else v for v in row] for row in table.iter_rows())
    if out is None:
        click.echo(buffer.getvalue(), nl=False)
    else:
        out.write_text(buffer.getvalue(), encoding="utf-8-sig")


def write_settlement(settled: Settled, path: Path, *, is_synthetic: bool = False) -> Path:
    """A workbook: awards, lines with their sentences, pots and questions."""
    document = settled.plan.document
    facts = [
        f"依据: {document.title} {document.number}  版本: {settled.plan.version}",
        f"摘要: {settled.digest()}",
        "未定的申报列下限和上限; 下限是现在就可以支付的",
    ]
    money = [Column(f"{zh}(万元)", en, 14, "money") for zh, en in (("下限", "lowest"), ("上限", "highest"))]
    award = (Column("申报", "claim", 24), Column("主体", "entity", 20), Column("条款", "clause", 12), Column("事项", "matter", 16), *money, Column("资金池", "pot", 16), Column("说明", "remark", 20))  # fmt: skip
    awards = [
        (
            r["claim"],
            r["entity"],
            r["clause"],
            r["matter"] or "",
            r["low"],
            r["high"],
            r["pot"],
            OPEN_WORDS[r["open"]][0],
        )
        for r in settled.awards.iter_rows(named=True)
    ]
    line = (Column("申报", "claim", 24), Column("步", "step", 6, "whole"), *[Column(f"{w}(万元)", e, 14, "money") for w, e in (("前下限", "lowest before"), ("前上限", "highest before"), ("后下限", "lowest after"), ("后上限", "highest after"))], Column("说明", "sentence", 70), Column("条款", "article", 12))  # fmt: skip
    lines = [
        (
            r["claim"],
            r["number"],
            r["before_low"],
            r["before_high"],
            r["after_low"],
            r["after_high"],
            r["zh"],
            r["article"],
        )
        for r in settled.lines.sort("claim", "number").iter_rows(named=True)
    ]
    ask = (
        Column("步", "step", 6, "whole"),
        Column("申报", "claim", 24),
        Column("待认定", "question", 70),
        Column("条款", "article", 12),
    )
    asks = [(r["number"], r["claim"], r["zh"], r["article"]) for r in settled.asks.iter_rows(named=True)]
    sheets = (
        ("兑付", settled.plan.zh, award, awards),
        ("逐步", f"{settled.plan.zh}: 逐步说明", line, lines),
        ("待认定", f"{settled.plan.zh}: 待认定", ask, asks),
    )
    return write_book(
        path,
        [
            Printed(name, title, facts, columns, rows, is_synthetic=is_synthetic)
            for name, title, columns, rows in sheets
        ],
    )
