"""Filing from a sheet (批量申报): one row is one claim; all rows are filed or none.

Owns the columns of the sheet and what they become. Facts of clauses stand under the names of their variables.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kaiwu.identity import check_uscc
from kaiwu.pack import Library
from kaiwu.pack.case import make_facts
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.event import EventKind
from kaiwu.procedure.claim.filing import Filing
from kaiwu.procedure.claim.invoice import Invoice, make_invoice, normalise_number
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.row import Row, read_rows
from kaiwu.quantity import KaiwuError, Problem

HEADS: Mapping[str, tuple[str, ...]] = {
    "firm": ("统一社会信用代码", "企业代码"), "firm_name": ("企业名称", "单位名称"), "contract": ("合同编号",), "signed_on": ("签订日期", "合同日期"),
    "contract_amount": ("合同金额",), "seller_code": ("供应方代码", "销售方代码"), "seller_name": ("供应方名称", "销售方名称"),
    "invoice_code": ("发票代码",), "invoice": ("发票号码",), "issued_on": ("开票日期",), "invoice_total": ("发票金额", "价税合计"), "buyer_name": ("购买方名称",),
    "paid_on": ("付款日期",), "paid": ("付款金额", "实付金额"), "payment": ("付款凭证号",), "clause": ("条款",), "matter": ("事项",), "materials": ("材料",),
    "account_name": ("开户名",), "account_bank": ("开户行",), "account_number": ("账号", "银行账号"), "key": ("幂等键",),
}  # fmt: skip
"""Column -> heads; amounts are in yuan. Several invoices of one claim stand in one cell, parted by ``;``."""

REMARKS: Mapping[str, tuple[str, ...]] = {"town": ("镇街", "所属镇街"), "nature": ("数据性质",)}
"""Columns of towns' sheets that are read past."""

REQUIRED = ("firm", "firm_name")


def template_heads(library: Library, programme: Programme) -> list[str]:
    """The heads of an empty sheet for a programme: the fixed ones, then the facts that its clauses read."""
    return [names[0] for names in HEADS.values()] + [
        n for n in fact_names(library, programme) if n not in programme.facts
    ]


def fact_names(library: Library, programme: Programme) -> dict[str, Any]:
    """Names of the variables that the clauses of a programme read."""
    scheme = library.scheme(programme.rulebook)
    return {need.variable.zh: need.variable for need in scheme.needs() if need.offset == 0}


def read_filings(
    source: Path | bytes, library: Library, programme: Programme, *, name: str = "", attached: Sequence[Invoice] = (),
    kind: EventKind | None = None,
) -> list[Filing]:  # fmt: skip
    """Filings of a sheet. ``attached``: invoices read from files, which answer for those of the rows with the same number.

    Raises ``KaiwuError`` with every mistake of the sheet, each at its cell.
    """
    if programme.status == "template":
        zh, en = f"方案“{programme.zh}”是空模板", f"programme “{programme.en}” is an empty template"
        raise KaiwuError(Problem("CL-TEMPLATE", f"{zh}, 内容未公布, 不能申报", f"{en}: nothing can be claimed"))
    problems: list[Problem] = []
    files = {invoice.key: invoice for invoice in attached}
    rows = read_rows(
        source, {**HEADS, **REMARKS}, REQUIRED, name=name, problems=problems, others=fact_names(library, programme)
    )
    kind = kind or (EventKind.GRANT if programme.is_automatic else EventKind.CLAIM)
    made = [_filing(row, library, programme, files, kind) for row in rows]
    if problems:
        raise KaiwuError(problems)
    if not made:
        raise KaiwuError(Problem("CL-SHEET", "表里没有申报行", "the sheet has no rows", where=name))
    return made


def _filing(row: Row, library: Library, programme: Programme, files: Mapping[str, Invoice], kind: EventKind) -> Filing:
    firm = check_uscc(row.text("firm")) if row.text("firm") else None
    if firm is not None and firm.valid is False and firm.problem is not None:
        row.problems.append(firm.problem.located(row.where("firm")))
    _check_facts(row, library, programme)
    signed, paid_on, amount, paid = (
        row.day("signed_on"),
        row.day("paid_on"),
        row.fen("contract_amount"),
        row.fen("paid"),
    )
    contract = {
        "number": row.text("contract"), "signed_on": signed.isoformat() if signed else "", "amount": amount or 0,
        "seller_code": row.text("seller_code"), "seller_name": row.text("seller_name"),
    }  # fmt: skip
    payment = {"day": paid_on.isoformat() if paid_on else "", "amount": paid or 0, "reference": row.text("payment")}
    account = {key: row.text(f"account_{key}") for key in ("name", "bank", "number") if row.text(f"account_{key}")}
    return Filing(
        programme=programme.code, firm=firm.code if firm else "", firm_name=row.text("firm_name"), kind=kind,
        contract=contract if row.text("contract") or amount else {}, payments=(payment,) if paid else (),
        invoices=_invoices(row, files), facts=dict(row.others), materials=_materials(row, programme), clause=row.text("clause"),
        matter=row.text("matter"), account=account, key=row.text("key"), place=row.place,
    )  # fmt: skip


def _check_facts(row: Row, library: Library, programme: Programme) -> None:
    shelf = library.shelves[library.heads[programme.rulebook][0]]
    scheme = library.scheme(programme.rulebook)
    year = programme.pot.year
    for head, text in row.others.items():
        try:
            make_facts(scheme, shelf, {"": {head: text}}, programme.validity.valid_from or dt.date(year, 1, 1), year)
        except KaiwuError as error:
            row.problems += [p.located(row.where(head)) for p in error.problems]


def _parts(text: str) -> list[str]:
    """Parts of a cell, parted by a semicolon of either width."""
    return unicodedata.normalize("NFKC", text).split(";")


def _materials(row: Row, programme: Programme) -> dict[str, str]:
    """``合同;发票`` or codes, parted by ``;``: each must be on the programme's list."""
    known = {m.code: m.code for m in programme.materials} | {m.zh: m.code for m in programme.materials}
    out = {}
    for word in filter(None, (w.strip() for w in _parts(row.text("materials")))):
        name, _, reference = word.partition("=")
        if name in known:
            out[known[name]] = reference or "纸质"
        else:
            listed = ", ".join(m.zh for m in programme.materials)
            row.complain("materials", "CL-MATERIAL-UNKNOWN", f"材料清单里没有“{name}”; 有: {listed}", f"the list has no “{name}”; it has: {listed}", name)  # fmt: skip
    return out


def _invoices(row: Row, files: Mapping[str, Invoice]) -> tuple[Invoice, ...]:
    numbers, codes, totals = (
        [part.strip() for part in _parts(row.text(code))] for code in ("invoice", "invoice_code", "invoice_total")
    )  # fmt: skip
    if not any(numbers):
        return ()
    codes = codes if len(codes) == len(numbers) else [codes[0]] * len(numbers)
    found = []
    for i, number in enumerate(numbers):
        try:
            key = normalise_number(number, codes[i], row.where("invoice"))
            filed = files.get(key)
            stated = totals[i] if i < len(totals) else ""
            found.append(filed if filed is not None and not stated else _stated(row, number, codes[i], stated))
            if filed is not None and stated:
                found[-1] = _same(found[-1], filed, row)
        except KaiwuError as error:
            row.problems += error.problems
    return tuple(found)


def _stated(row: Row, number: str, code: str, total: str) -> Invoice:
    if not total:
        zh, en = "没有发票金额, 也没有发票文件", "neither the invoice's amount nor its file is given"
        raise KaiwuError(Problem("CL-INVOICE-AMOUNT", zh, en, where=row.where("invoice")))
    return make_invoice(
        number, code=code, issued_on=row.day("issued_on"), total=total, seller_name=row.text("seller_name"), seller_code=row.text("seller_code"),
        buyer_name=row.text("buyer_name"), place=row.where("invoice"),
    )  # fmt: skip


def _same(stated: Invoice, filed: Invoice, row: Row) -> Invoice:
    """The file counts; a row that says otherwise is a mistake."""
    if stated.total != filed.total:
        zh = f"表中金额与发票文件不同: 文件为 {yuan(filed.total)}"
        en = f"the amount is not that of the file, {yuan(filed.total)}"
        raise KaiwuError(Problem("CL-INVOICE-DIFFERS", zh, en, where=row.where("invoice_total")))
    return filed
