"""What claims are made under: kaiwu claim programmes, programme, budget, template.

Owns arguments and printing; a programme is read by ``kaiwu.pack.programme_reader``.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.claim_option import on_option, open_counter
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure.claim.bank import ANSWER_HEADS
from kaiwu.procedure.claim.batch import template_heads
from kaiwu.procedure.claim.paid_list import PAID_HEADS, PARTY_HEADS
from kaiwu.procedure.claim.programme_view import describe_programme
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.quantity import KaiwuError, Problem


@click.command("programmes")
@workspace_option
@speaking
def programmes(workspace: Path, speaker: Speaker) -> None:
    """列出兑付方案。List the programmes of the workspace's packs."""
    found = open_counter(workspace, None).workspace.library.programmes.values()
    columns = ("代码", "名称", "规则", "状态", "资金池") if speaker.language == "zh" else ("code", "name", "rulebook", "status", "pot")  # fmt: skip
    rows = [(p.code, speaker.pick(p.zh, p.en), p.rulebook, p.status, yuan(p.pot.amount) if p.pot.amount is not None else "?") for p in found]  # fmt: skip
    speaker.table(speaker.pick("兑付方案", "programmes"), columns, rows, right=(4,))


@click.command("programme")
@click.argument("code")
@workspace_option
@speaking
def programme_command(code: str, workspace: Path, speaker: Speaker) -> None:
    """一个兑付方案: 资金、材料、核验、环节; 标出待核实和原文未写的。One programme, with what is unverified or unknown marked."""
    programme = open_counter(workspace, None).workspace.library.programme(code)
    rows = describe_programme(programme)
    if speaker.is_json:
        speaker.data([{"part": r.part, "zh": r.zh, "en": r.en, "article": r.ground.article, "standing": r.ground.standing, "note": r.ground.note} for r in rows])  # fmt: skip
        return
    speaker.say(f"{programme.zh} · {programme.rulebook} · {programme.status}", f"{programme.en} · {programme.rulebook} · {programme.status}")  # fmt: skip
    for r in rows:
        mark = "" if r.ground.is_attested else speaker.pick(" (待核实)", " (to be verified)")
        note = f" — {r.ground.note}" if r.ground.note else ""
        speaker.say(f"  {r.zh} {r.ground.article}{mark}{note}", f"  {r.en} {r.ground.article}{mark}{note}")


@click.command("budget")
@click.argument("programme")
@click.argument("fund")
@click.argument("amount")
@workspace_option
@on_option
@click.option("--document", required=True, help="预算文号 / budget document")
@click.option("--by", "people", multiple=True, required=True, help="经办和复核, 两人 / two persons")
@speaking
def budget(programme: str, fund: str, amount: str, workspace: Path, day: dt.date | None, document: str, people: tuple[str, ...], speaker: Speaker) -> None:  # fmt: skip
    """下达预算指标到资金池(金额带单位)。Budget arrives in the pot of a programme; the amount carries its unit."""
    from kaiwu.quantity import parse_quantity
    from kaiwu.quantity.dimension import MONEY

    counter = open_counter(workspace, day)
    fen = parse_quantity(amount, dimension=MONEY).base
    if fen.denominator != 1:
        raise KaiwuError(Problem("CL-AMOUNT", "金额要精确到分", "an amount is whole fen", text=amount))
    with counter.desk.session(counter.now) as session:
        wanted = counter.workspace.library.programme(programme)
        is_new = session.appropriate(wanted, fund, int(fen), document, people)
    if speaker.is_json:
        data = {"programme": programme, "fund": fund, "amount_fen": int(fen), "document": document, "is_new": is_new}
        speaker.data(data)
    elif not is_new:
        speaker.say(f"{document} 以前已下达, 不再记账", f"{document} was entered before; nothing was added")
        return
    speaker.say(f"{programme} {fund}: 下达 {yuan(int(fen))}", f"{programme} {fund}: {yuan(int(fen))} appropriated")


@click.command("template")
@click.argument("programme")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@click.option("--of", "sheet", type=click.Choice(["claims", "paid", "parties", "answers"]), default="claims", help="申报表、他处已兑付、关联信息、银行回单 / which sheet")  # fmt: skip
@speaking
def template(programme: str, out: Path, workspace: Path, sheet: str, speaker: Speaker) -> None:
    """写出空表头(CSV): 申报表、他处已兑付清单、关联信息或银行回单。Write the heads of a sheet (CSV)."""
    library = open_counter(workspace, None).workspace.library
    others = {"paid": PAID_HEADS, "parties": PARTY_HEADS, "answers": ANSWER_HEADS}
    made = library.programme(programme)
    heads = [names[0] for names in others[sheet].values()] if sheet in others else template_heads(library, made)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow(heads)
    if speaker.is_json:
        speaker.data({"path": str(out), "heads": heads})
    speaker.say(f"已写入 {out}", f"written to {out}")
