"""Files of a voucher year as users would get them (申报表、电子发票、用量记录、他处清单、关联信息), all labelled synthetic.

Owns writing them into ``inbox/vouchers``. What stands in the sheets is ``voucher``; the bank's answers come later
(``voucher_bank``). The same year gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import xlsxwriter

from kaiwu.quantity import KaiwuError
from kaiwu.synth.district import District
from kaiwu.synth.voucher import VoucherClaim, VoucherInvoice, VoucherYear, draw_claims
from kaiwu.synth.voucher_plant import key_of, plant_cases
from kaiwu.synth.voucher_setting import VoucherPlan
from kaiwu.synth.workbook import CREATED, WIDTH
from kaiwu.table import parse_document

FOLDER = Path("inbox", "vouchers")
KEY = "voucher_key.json"
CORRECTED = "更正"
TAX_PERCENT = 6
HEADS = (
    "数据性质", "镇街", "统一社会信用代码", "企业名称", "合同编号", "签订日期", "合同金额(元)", "供应方代码", "供应方名称", "发票号码", "开票日期", "发票金额(元)", "购买方名称",
    "付款日期", "付款金额(元)", "付款凭证号", "材料", "开户名", "开户行", "账号",
)  # fmt: skip
TAMPERED = 10
"""A tampered amount is the real one with a nought behind it."""


def make_voucher_year(district: District, plan: VoucherPlan) -> VoucherYear:
    """The claims of a year with the planted cases (一年的券)."""
    pot = pot_of(plan)
    year = draw_claims(district, plan, pot)
    plant_cases(district, year)
    return year


def pot_of(plan: VoucherPlan) -> int:
    """The pot of the programme in fen. Raises ``KaiwuError`` where its amount is not stated."""
    from kaiwu.quantity import Problem, parse_quantity
    from kaiwu.quantity.dimension import MONEY

    data = parse_document(plan.programme, plan.rule.programme).data
    pot = data.get("pot", {}) if isinstance(data, dict) else {}
    if not pot.get("amount"):
        zh, en = "方案没有写资金池金额", "the programme states no amount of its pot"
        raise KaiwuError(Problem("Y-POT", zh, en, where=plan.rule.programme))
    return int(parse_quantity(str(pot["amount"]), dimension=MONEY).base)


def write_pack(plan: VoucherPlan, folder: Path, label: str) -> str:
    """The small synthetic pack with the programme; its code."""
    rule = plan.rule
    (folder / rule.pack / "programmes").mkdir(parents=True, exist_ok=True)
    head = (
        f"pack: {rule.pack}\nzh: {label}兑付方案\nen: Synthetic programme\nversion: \"1\"\nsynthetic: true\n"
        f"depends: [{', '.join(rule.depends)}]\nnote: {label}; 由合成程序写出, 只有兑付方案\n"
    )  # fmt: skip
    (folder / rule.pack / "pack.yaml").write_text(head, encoding="utf-8")
    (folder / rule.pack / "programmes" / rule.programme).write_text(plan.programme, encoding="utf-8")
    return rule.pack


def write_voucher_files(year: VoucherYear, folder: Path, rng: np.random.Generator) -> list[Path]:
    """All files of the year below a workspace, and the key of what was planted beside them."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    made = [_write_paid(year, place, rng), _write_parties(year, place)]
    for month in range(1, 13):
        made += _write_month(year, month, place)
    key = json.dumps(key_of(year), ensure_ascii=False, indent=1) + "\n"
    (folder / KEY).write_text(key, encoding="utf-8")
    return made


def month_name(year: VoucherYear, month: int) -> str:
    """How the files of a month begin: label, year, month."""
    return f"{year.label}_{year.rule.year}年{month:02d}月"


def _write_month(year: VoucherYear, month: int, place: Path) -> list[Path]:
    """The sheet of a month with its proofs; where one amount is tampered with, the corrected sheet too."""
    claims = year.of_month(month)
    if not claims:
        return []
    name = month_name(year, month)
    proofs = place / f"{name}_凭证"
    proofs.mkdir(exist_ok=True)
    logs = {c.contract: _write_proofs(year, c, proofs) for c in claims}
    heads = [*HEADS, year.rule.facts.is_small, year.rule.facts.kind, year.rule.facts.is_base_model]
    tampered = [c for c in claims if c.plant is not None and c.plant.case == "tampered"]
    made = []
    for suffix in ("", f"_{CORRECTED}") if tampered else ("",):
        rows = [_row(year, c, logs[c.contract], is_tampered=c in tampered and not suffix) for c in claims]
        made.append(write_plain_sheet(place / f"{name}_兑付申报表{suffix}.xlsx", year.label, heads, rows))
    return made


def _row(year: VoucherYear, claim: VoucherClaim, log: str, *, is_tampered: bool) -> list[Any]:
    first = claim.invoices[0]
    totals = "" if claim.has_xml else ";".join(spell_yuan(i.total) for i in claim.invoices)
    if is_tampered:
        totals = ";".join([spell_yuan(first.total * TAMPERED), *(spell_yuan(i.total) for i in claim.invoices[1:])])
    materials = ";".join(filter(None, (f"acceptance={year.label}-YS-{claim.contract[-4:]}", f"usage={log}" if log else "")))  # fmt: skip
    return [
        year.label, claim.firm.town, claim.firm.code, claim.spelled, claim.contract, claim.signed_on.isoformat(), spell_yuan(claim.amount),
        claim.supplier.code, claim.supplier.name, ";".join(i.written or i.number for i in claim.invoices), first.issued_on.isoformat(), totals,
        claim.spelled, claim.paid_on.isoformat(), spell_yuan(claim.paid), claim.reference, materials, claim.firm.name, f"{year.label}银行",
        f"SYN{sha256(claim.firm.code.encode()).hexdigest()[:12].upper()}", "是" if claim.is_small else "否", year.rule.kind_words.get(claim.kind, claim.kind), "否",
    ]  # fmt: skip


def _write_proofs(year: VoucherYear, claim: VoucherClaim, proofs: Path) -> str:
    """The e-invoices of a claim, and its usage log, of which the digest is told."""
    if claim.has_xml:
        for invoice in claim.invoices:
            path = proofs / f"{year.label}_发票_{invoice.number}.xml"
            path.write_bytes(print_invoice(year.label, claim, invoice))
    if not claim.has_log:
        return ""
    data = _print_log(year, claim)
    (proofs / f"{year.label}_用量_{claim.contract}.csv").write_bytes(data)
    return sha256(data).hexdigest()


def print_invoice(label: str, claim: VoucherClaim, invoice: VoucherInvoice) -> bytes:
    """A structured e-invoice (数电票 XML) of a synthetic supplier."""
    net = (invoice.total * 100 * 2 + 100 + TAX_PERCENT) // (2 * (100 + TAX_PERCENT))
    seller, buyer = claim.supplier, claim.firm
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {label} -->\n<EInvoice>\n'
        f"<Header><EIid>{invoice.number}</EIid><Remark>{label}</Remark></Header>\n<EInvoiceData>\n"
        f"<SellerInformation><SellerIdNum>{seller.code}</SellerIdNum><SellerName>{escape(seller.name)}</SellerName></SellerInformation>\n"
        f"<BuyerInformation><BuyerIdNum>{buyer.code}</BuyerIdNum><BuyerName>{escape(buyer.name)}</BuyerName></BuyerInformation>\n"
        f"<BasicInformation><TotalAmWithoutTax>{spell_yuan(net)}</TotalAmWithoutTax><TotalTaxAm>{spell_yuan(invoice.total - net)}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{spell_yuan(invoice.total)}</TotalTax-includedAmount></BasicInformation>\n</EInvoiceData>\n"
        f"<TaxSupervisionInfo><InvoiceNumber>{invoice.number}</InvoiceNumber><IssueTime>{invoice.issued_on}</IssueTime></TaxSupervisionInfo>\n"
        "</EInvoice>\n"
    ).encode()  # fmt: skip


def _print_log(year: VoucherYear, claim: VoucherClaim) -> bytes:
    """Card hours by month from the signing on, as the supplier would export them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["数据性质", "合同编号", "月份", "卡时"])
    hours = max(claim.paid // 1500, 1)
    for i in range(3):
        day = claim.signed_on + dt.timedelta(days=31 * i)
        writer.writerow([year.label, claim.contract, f"{day:%Y-%m}", hours * (i + 2) // 9])
    return text.getvalue().encode("utf-8-sig")


# -- lists of others -------------------------------------------------------------------------------------------------


def _write_paid(year: VoucherYear, place: Path, rng: np.random.Generator) -> Path:
    """What another office paid: one invoice that is claimed here, and many that are not."""
    office = year.rule.other_office
    heads = [
        "数据性质",
        "来源单位",
        "层级",
        "政策名称",
        "统一社会信用代码",
        "企业名称",
        "发票号码",
        "兑付金额(元)",
        "兑付日期",
    ]
    return write_plain_sheet(
        place / f"{year.label}_他处已兑付清单.xlsx", year.label, heads, list(_paid_rows(year, office.rows, rng))
    )


def _paid_rows(year: VoucherYear, count: int, rng: np.random.Generator) -> Iterator[list[Any]]:
    office, first = year.rule.other_office, dt.date(year.rule.year, 1, 8)
    planted = year.planted.get("paid_elsewhere")
    for i in range(count):
        company = year.companies[int(rng.integers(len(year.companies)))]
        number, amount = (
            f"{year.rule.year % 100:02d}98{int(rng.integers(0, 10**16)):016d}",
            int(rng.integers(2_000_00, 90_000_00)),
        )
        day = first + dt.timedelta(days=int(rng.integers(0, 80)))
        if i == count // 2 and planted is not None:
            company, number = planted.firm, planted.invoices[0].number
        spelled = f"{number[:10]} {number[10:]}" if i % 3 == 0 else number
        yield [year.label, office.origin, office.level, office.programme, company.code, company.name, spelled, spell_yuan(amount), day.isoformat()]  # fmt: skip


def _write_parties(year: VoucherYear, place: Path) -> Path:
    """One person and one address of every claimant and supplier."""
    known = {claim.firm.code for claim in year.claims}
    rows = [
        [year.label, c.code, c.name, c.person, c.address]
        for c in (*(c for c in year.companies if c.code in known), *year.suppliers)
    ]
    heads = ["数据性质", "统一社会信用代码", "企业名称", "证件号码", "地址"]
    return write_plain_sheet(place / f"{year.label}_企业人员与地址.xlsx", year.label, heads, rows)


def write_plain_sheet(path: Path, label: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    """A sheet whose first row has the heads; every cell is text, so that no number loses a digit."""
    workbook = xlsxwriter.Workbook(str(path))
    workbook.set_properties({"title": path.stem, "subject": label, "comments": label, "created": CREATED})
    bold = workbook.add_format({"bold": True, "align": "center", "text_wrap": True})
    sheet = workbook.add_worksheet(label)
    sheet.set_column(0, len(heads) - 1, WIDTH)
    sheet.set_header(f"&C{label}")
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            if cell not in ("", None):
                sheet.write_string(row, column, str(cell))
    workbook.close()
    return path


def spell_yuan(fen: int) -> str:
    """Yuan with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"
