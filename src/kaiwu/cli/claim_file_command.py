"""Claims come in and are seen: kaiwu claim invoice, file, list.

Owns arguments and printing; reading a sheet of claims is ``kaiwu.procedure.claim.batch``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.claim_option import by_option, on_option, open_counter
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, speaking, workspace_option
from kaiwu.procedure.claim import STATES, Evidence, Invoice, State, keep_evidence, read_invoice_file
from kaiwu.procedure.claim.approval import stage_due
from kaiwu.procedure.claim.batch import read_filings
from kaiwu.procedure.claim.event import EventKind
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.view import list_row
from kaiwu.quantity import KaiwuError, Problem


@click.command("invoice")
@click.argument("files", nargs=-1, required=True, type=FILE)
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


@click.command("file")
@click.argument("programme")
@click.argument("sheet", type=FILE)
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


@click.command("list")
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
