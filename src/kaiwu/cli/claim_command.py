"""Commands about claims: kaiwu claim file, list, show, check, assess, approve, publish, object …

Owns arguments and printing. What a step may be is ``kaiwu.procedure.claim``.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.claim_option import (
    by_option,
    numbers_argument,
    on_option,
    open_counter,
    print_cases,
)
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure.claim import STATES, Evidence, Invoice, State, keep_evidence, read_invoice_file
from kaiwu.procedure.claim.approval import stage_due
from kaiwu.procedure.claim.bank import ANSWER_HEADS
from kaiwu.procedure.claim.batch import read_filings, template_heads
from kaiwu.procedure.claim.event import EventKind
from kaiwu.procedure.claim.paid_list import PAID_HEADS, PARTY_HEADS, read_paid, read_parties
from kaiwu.procedure.claim.programme_view import describe_programme
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.view import firm_view, list_row, trace_claim
from kaiwu.quantity import KaiwuError, Problem

File = click.Path(path_type=Path, dir_okay=False, exists=True)
reason_option = click.option("--reason", required=True, help="理由 / reason")


@click.group("claim")
def claim_group() -> None:
    """政策兑现: 申报、核验、审批、公示、支付、追回。Claims: filed, checked, approved, noticed, paid, claimed back."""


@claim_group.command("programmes")
@workspace_option
@speaking
def programmes(workspace: Path, speaker: Speaker) -> None:
    """列出兑付方案。List the programmes of the workspace's packs."""
    found = open_counter(workspace, None).workspace.library.programmes.values()
    columns = ("代码", "名称", "规则", "状态", "资金池") if speaker.language == "zh" else ("code", "name", "rulebook", "status", "pot")  # fmt: skip
    rows = [(p.code, speaker.pick(p.zh, p.en), p.rulebook, p.status, yuan(p.pot.amount) if p.pot.amount is not None else "?") for p in found]  # fmt: skip
    speaker.table(speaker.pick("兑付方案", "programmes"), columns, rows, right=(4,))


@claim_group.command("programme")
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


@claim_group.command("budget")
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


@claim_group.command("template")
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


@claim_group.command("invoice")
@click.argument("files", nargs=-1, required=True, type=File)
@speaking
def invoice(files: tuple[Path, ...], speaker: Speaker) -> None:
    """读出发票文件(XML、OFD、PDF)里的字段。Read the fields of invoice files."""
    made: list[dict[str, Any]] = []
    for path in files:
        evidence, found = read_invoice_file(path.read_bytes(), path.name)
        fields = found.to_data() | {"key": found.key} if found else None
        made.append({"file": path.name, "digest": evidence.digest, "kind": evidence.kind, "invoice": fields})
        told = f"{found.key} {found.issued_on} {found.seller_name} {yuan(found.total)}" if found else speaker.pick("只留存, 无结构化字段", "kept only: no structured fields")  # fmt: skip
        speaker.say(f"{path.name} {told}", f"{path.name} {told}")
    if speaker.is_json:
        speaker.data(made)


@claim_group.command("file")
@click.argument("programme")
@click.argument("sheet", type=File)
@workspace_option
@by_option
@on_option
@click.option("--attach", type=click.Path(path_type=Path, file_okay=False, exists=True), default=None, help="凭证文件夹 / folder of proofs")  # fmt: skip
@click.option("--contract-only", is_flag=True, help="只备案合同 / file the contracts only")
@speaking
def file_claims(
    programme: str, sheet: Path, workspace: Path, by: str, day: dt.date | None, attach: Path | None, contract_only: bool, speaker: Speaker,
) -> None:  # fmt: skip
    """按表申报(CSV、Excel): 一行一件, 全部受理或全不受理; 同一行再报仍是原件。File the claims of a sheet, all or none."""
    counter = open_counter(workspace, day)
    library = counter.workspace.library
    kept, invoices = _attach(counter.desk.evidence_folder, attach)
    kind = EventKind.CONTRACT if contract_only else None
    filings = read_filings(sheet, library, library.programme(programme), attached=invoices, kind=kind)
    made = counter.desk.file_all(filings, day=counter.day, by=by, today=counter.today, now=counter.now)
    with counter.desk.session(counter.now) as session:
        for evidence in kept:
            session.store.add_evidence(evidence)
    if speaker.is_json:
        speaker.data([{"claim": number, "again": again} for number, again in made])
        return
    new = [number for number, again in made if not again]
    speaker.say(f"受理 {len(new)} 件 {_span(new)}, 重复 {len(made) - len(new)} 行", f"{len(new)} claims filed {_span(new)}, {len(made) - len(new)} rows were filed before")  # fmt: skip


def _attach(folder: Path, attach: Path | None) -> tuple[list[Evidence], list[Invoice]]:
    """Keep every file of a folder by digest and read those that are structured; all mistakes together."""
    kept: list[Evidence] = []
    invoices: list[Invoice] = []
    problems: list[Problem] = []
    for path in sorted(attach.iterdir()) if attach else ():
        if not path.is_file():
            continue
        data = path.read_bytes()
        try:
            found = read_invoice_file(data, path.name)[1]
        except KaiwuError as error:
            problems += error.problems
            continue
        kept.append(keep_evidence(folder, data, path.name))
        invoices += [found] if found else []
    if problems:
        raise KaiwuError(problems)
    return kept, invoices


def _span(numbers: list[str]) -> str:
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else "".join(numbers)


@claim_group.command("list")
@click.argument("programme", required=False, default="")
@workspace_option
@click.option("--state", type=click.Choice([s.value for s in State]), default=None, help="只列某状态 / one state only")
@click.option("--firm", default="", help="只列某企业 / one firm only")
@click.option("--overdue", is_flag=True, help="只列超过办理时限的 / only those past the days of their stage")
@on_option
@speaking
def list_claims(
    programme: str, workspace: Path, state: str | None, firm: str, overdue: bool, day: dt.date | None, speaker: Speaker
) -> None:  # fmt: skip
    """列出申报。List claims."""
    counter = open_counter(workspace, day)
    with counter.desk.reading(counter.now) as session:
        cases = [c for c in session.store.cases(programme, firm) if state in (None, c.state.value)]
    if overdue:
        dues = ((c, stage_due(counter.desk.versions.programme(c), c)) for c in cases)
        cases = [c for c, due in dues if due is not None and due < counter.day]
    if speaker.is_json:
        speaker.data([list_row(counter.desk.versions.programme(c), c) for c in cases])
        return
    rows = [(c.number, c.programme, c.firm_name, speaker.pick(*STATES[c.state]), yuan(c.paid_by_firm), yuan(c.amount) if c.amount else "", yuan(c.paid)) for c in cases]  # fmt: skip
    columns = ("申报号", "方案", "企业", "状态", "企业实付", "核定", "已支付") if speaker.language == "zh" else ("claim", "programme", "firm", "state", "spent", "award", "paid")  # fmt: skip
    speaker.table(speaker.pick(f"申报 {len(cases)} 件", f"{len(cases)} claims"), columns, rows, right=(4, 5, 6))


@claim_group.command("show")
@click.argument("number")
@workspace_option
@click.option("--firm-view", is_flag=True, help="企业看到的样子 / as the firm sees it")
@speaking
def show(number: str, workspace: Path, firm_view: bool, speaker: Speaker) -> None:
    """一件申报: 支付 → 审批 → 条款 → 文件 → 发票。One claim: payment → approvals → clause → document → invoices."""
    counter = open_counter(workspace, None)
    with counter.desk.reading(counter.now) as session:
        case, events = session.case(number), session.store.events(number)
    programme = counter.desk.versions.programme(case)
    data = _as_firm(programme, case, events) if firm_view else trace_claim(programme, case, events)
    if not firm_view:
        data["is_current"] = counter.desk.versions.is_current(case)
    if speaker.is_json or firm_view:
        speaker.data(data)
        return
    _print_trace(speaker, data)


def _as_firm(programme: Any, case: Any, events: Any) -> dict[str, Any]:
    return firm_view(programme, case, events)


def _print_trace(speaker: Speaker, data: dict[str, Any]) -> None:
    def line(text: str, style: str = "") -> None:
        speaker.console.print(text, style=style or None, markup=False)

    zh = speaker.language == "zh"
    state = data["zh"] if zh else data["en"]
    line(f"{data['claim']} {data['firm_name']} {data['firm']} · {data['programme']} · {state}", "bold")
    if data["frozen_by"]:
        line(speaker.pick("  冻结: 异议 ", "  frozen by objection ") + ", ".join(data["frozen_by"]), "red")
    for p in data["payments"]:
        back = speaker.pick(" (银行退回)", " (returned by the bank)") if p["is_returned"] else ""
        line(f"  ¥ {yuan(p['amount_fen'])} {p['line']} {p['day']} {p['reference']}{back}")
    for d in data["due"]:
        line(f"  … {yuan(d['amount_fen'])} {d['line']} " + speaker.pick("未付", "not paid"))
    for a in data["approvals"]:
        more = " ".join(filter(None, (a["department"], a["minutes"], a["article"])))
        line(f"  ✓ {a['zh'] if zh else a['en']}: {a['by']} {a['day']} {more}")
    if data["notice"]:
        line(
            speaker.pick(
                f"  公示 {data['notice']} 至 {data['window_ends']}",
                f"  notice {data['notice']} until {data['window_ends']}",
            )
        )
    if data["clause"]:
        c, d = data["clause"], data["document"]
        mark = "" if d["standing"] == "attested" else speaker.pick(" (待核实)", " (to be verified)")
        line(f"  § {c['id']} {c['article']} {c['zh'] if zh else c['en']}")
        line(f"    {d['title']} {d['number']} {d['issuer']} {d['date']}{mark}")
        _print_version(speaker, data, line)
        for reason in data["reasons"]:
            line(f"    · {reason[0] if zh else reason[1]}", "dim")
    for i in data["invoices"]:
        line(f"  ▤ {i['number']} {i['issued_on']} {i['seller_name']} {yuan(i['total'])} {i['digest'][:12]}")
    _print_checks(speaker, data["checks"], line)


def _print_version(speaker: Speaker, data: dict[str, Any], line: Any) -> None:
    version = data["version"]
    if version:
        changed = "" if data["is_current"] else speaker.pick("; 方案其后已修改, 本件仍按核定时的版本办理", "; the programme was changed since, this claim follows it as it was")  # fmt: skip
        told = f"{version['rulebook']} {version['version']} {version['packs'][:12]}"
        line(speaker.pick(f"    规则版本 {told}{changed}", f"    version of the rules {told}{changed}"))


def _print_checks(speaker: Speaker, checks: dict[str, Any] | None, line: Any) -> None:
    if checks is None:
        return
    covered = checks["coverage"]
    names = "、".join((*covered["programmes"], *covered["lists"]))
    line(speaker.pick(
        f"  核验范围: {names}; {covered['first']} 至 {covered['last']}; 申报 {covered['claims']} 件, 他处清单 {covered['rows']} 行",
        f"  checks covered {names}; {covered['first']} to {covered['last']}; {covered['claims']} claims, {covered['rows']} rows of other lists",
    ), "dim")  # fmt: skip
    for id, f in zip(checks["ids"], checks["findings"], strict=True):
        answer = checks["answers"].get(id, speaker.pick("未处置", "open"))
        line(f"  ! [{id}] {f['severity']} {f['zh'] if speaker.language == 'zh' else f['en']} · {answer}")
        for e in f["exhibits"]:
            line(f"      ← {e['zh'] if speaker.language == 'zh' else e['en']}", "dim")


# -- at the desk -----------------------------------------------------------------------------------------


@claim_group.command("complete")
@numbers_argument
@workspace_option
@by_option
@on_option
@speaking
def complete(numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, speaker: Speaker) -> None:
    """材料齐全。The materials are complete."""
    print_cases(speaker, open_counter(workspace, day).do(numbers, EventKind.COMPLETE, by, {}))


@claim_group.command("check")
@click.argument("numbers", nargs=-1)
@workspace_option
@by_option
@on_option
@click.option("--programme", default="", help="核验该方案全部材料齐全的申报 / all complete claims of a programme")
@speaking
def check(
    numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, programme: str, speaker: Speaker
) -> None:
    """核验: 重复发票、拆分合同、关联方、日期; 疑点只给经办人看。Run the checks; findings are for the officer only."""
    counter = open_counter(workspace, day)
    with counter.desk.reading(counter.now) as session:
        around = session.around()
    wanted = numbers or [c.number for c in around.cases if c.state == State.COMPLETE and c.programme == programme]
    cases = counter.each(wanted, lambda s, n: s.check(n, around, day=counter.day, by=by, today=counter.today))
    covered = around.coverage([programme] if programme else [])
    if speaker.is_json:
        reports = [{"claim": c.number, **c.report.to_data(), "ids": [f.id for f in c.report.findings]} for c in cases if c.report]  # fmt: skip
        speaker.data(reports)
        return
    names = "、".join((*covered.programmes, *covered.lists)) or "-"
    speaker.say(
        f"核验范围: {names}; {covered.first} 至 {covered.last}", f"covered: {names}; {covered.first} to {covered.last}"
    )
    for case in cases:
        for finding in case.report.findings if case.report else ():
            speaker.say(f"{case.number} [{finding.id}] {finding.severity} {finding.zh}", f"{case.number} [{finding.id}] {finding.severity} {finding.en}")  # fmt: skip
    print_cases(speaker, cases)


@claim_group.command("answer")
@click.argument("number")
@click.argument("finding")
@workspace_option
@by_option
@on_option
@reason_option
@click.option("--cleared/--confirmed", "is_cleared", default=True, help="排除或查实 / cleared or confirmed")
@speaking
def answer(number: str, finding: str, workspace: Path, by: str, day: dt.date | None, reason: str, is_cleared: bool, speaker: Speaker) -> None:  # fmt: skip
    """处置一个疑点。Answer a finding."""
    data = {"finding": finding, "outcome": "cleared" if is_cleared else "confirmed", "reason": reason}
    print_cases(speaker, open_counter(workspace, day).do([number], EventKind.ANSWER, by, data))


@claim_group.command("import-paid")
@click.argument("sheet", type=File)
@workspace_option
@speaking
def import_paid(sheet: Path, workspace: Path, speaker: Speaker) -> None:
    """导入其他部门、层级的已兑付清单, 供查重。Import the paid list of another office or level."""
    counter = open_counter(workspace, None)
    digest, rows = read_paid(sheet)
    with counter.desk.session(counter.now) as session:
        is_new = session.store.add_paid(digest, rows)
    if speaker.is_json:
        speaker.data({"rows": len(rows), "new": is_new, "digest": digest})
    speaker.say(f"{len(rows)} 行" + ("" if is_new else ", 此文件已导入过"), f"{len(rows)} rows" + ("" if is_new else "; this file was imported before"))  # fmt: skip


@claim_group.command("import-parties")
@click.argument("sheet", type=File)
@workspace_option
@speaking
def import_parties(sheet: Path, workspace: Path, speaker: Speaker) -> None:
    """导入企业人员(只存加盐摘要)和地址, 供关联方核验。Import persons (as salted digests only) and addresses of firms."""
    counter = open_counter(workspace, None)
    parties = read_parties(sheet, counter.desk.witness.secret)
    with counter.desk.session(counter.now) as session:
        session.store.add_parties(parties)
    if speaker.is_json:
        speaker.data({"firms": len(parties)})
    speaker.say(f"{len(parties)} 家", f"{len(parties)} firms")


from kaiwu.cli import claim_amount_command as _amount  # noqa: E402, F401
from kaiwu.cli import claim_chain_command as _chain  # noqa: E402, F401  (adds the later steps to the group)
