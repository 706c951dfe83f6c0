"""Structured electronic invoices in XML (数电票 and older e-invoices): which of their elements are which field.

Owns the two sets of element names. The bytes are read by a limited child process (``invoice_child``).
Element names are those of the published files: ``EInvoice/TaxSupervisionInfo/InvoiceNumber``, ``EInvoiceData/
BasicInformation/TotalTax-includedAmount`` …, and ``eInvoice/InvoiceNo`` … of the older form.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from kaiwu.procedure.claim.invoice import Invoice, make_invoice
from kaiwu.procedure.claim.invoice_child import SHARED, InvoiceChild
from kaiwu.quantity import KaiwuError, Problem

_DIGITAL = {
    "number": ("TaxSupervisionInfo/InvoiceNumber", "InvoiceNumber", "Header/EIid", "EIid"),
    "issued_on": ("TaxSupervisionInfo/IssueTime", "IssueTime", "BasicInformation/RequestTime"),
    "seller_name": ("SellerInformation/SellerName",),
    "seller_code": ("SellerInformation/SellerIdNum",),
    "buyer_name": ("BuyerInformation/BuyerName",),
    "buyer_code": ("BuyerInformation/BuyerIdNum",),
    "net": ("BasicInformation/TotalAmWithoutTax",),
    "tax": ("BasicInformation/TotalTaxAm",),
    "total": ("BasicInformation/TotalTax-includedAmount", "BasicInformation/TotalTaxIncludedAmount"),
}
_OLDER = {
    "code": ("InvoiceCode",),
    "number": ("InvoiceNo",),
    "issued_on": ("IssueDate",),
    "seller_name": ("Seller/SellerName",),
    "seller_code": ("Seller/SellerTaxID",),
    "buyer_name": ("Buyer/BuyerName",),
    "buyer_code": ("Buyer/BuyerTaxID",),
    "net": ("TaxExclusiveTotalAmount",),
    "tax": ("TaxTotalAmount",),
    "total": ("TaxInclusiveTotalAmount",),
}
_NEEDED = ("number", "issued_on", "total")
_DAY = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})")


def read_invoice_xml(data: bytes, place: str = "", child: InvoiceChild = SHARED) -> Invoice:
    """Read one structured invoice from the bytes of its XML, in the child process. Raises ``KaiwuError``."""
    return read_leaves_of_invoice(child.read(data, "xml", place) or {}, place)


def read_leaves_of_invoice(texts: dict[str, tuple[str, int]], place: str = "") -> Invoice:
    """One structured invoice (数电票 XML) from the texts of its elements by path, with their lines. Raises ``KaiwuError``:
    located, in both languages."""
    names = _OLDER if "InvoiceNo" in {path.rpartition("/")[2] for path in texts} else _DIGITAL
    found = {field: _find(texts, paths) for field, paths in names.items()}
    problems = [
        Problem(
            "CL-XML-FIELD",
            f"发票缺少 {names[field][0]}, 请向开票方要完整的 XML",
            f"the invoice lacks {names[field][0]}: ask the seller for the whole XML",
            where=place,
        )
        for field in _NEEDED
        if not found[field][0]
    ]
    if problems:
        raise KaiwuError(problems)
    text, line = found.pop("issued_on")
    day = _read_day(text, f"{place}:{line}")
    fields: dict[str, Any] = {field: value for field, (value, _) in found.items()}
    return make_invoice(fields.pop("number"), issued_on=day, place=place, **fields)


def _find(texts: dict[str, tuple[str, int]], paths: tuple[str, ...]) -> tuple[str, int]:
    for wanted in paths:
        for path, found in texts.items():
            if path.endswith("/" + wanted) and found[0]:
                return found
    return "", 0


def _read_day(text: str, where: str) -> dt.date:
    match = _DAY.match(text.strip())
    try:
        if match:
            return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        pass
    zh, en = "开票日期看不懂, 应如 2025-03-01", "the day of issue cannot be read, it should be such as 2025-03-01"
    raise KaiwuError(Problem("CL-XML-DAY", zh, en, where=where, text=text))
