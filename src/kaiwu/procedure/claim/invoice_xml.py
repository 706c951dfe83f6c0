"""Structured electronic invoices in XML (数电票 and older e-invoices): their fields, read safely.

Owns the two sets of element names and the limits. DTDs and entities are refused, nothing outside the file is opened.
Element names are those of the published files: ``EInvoice/TaxSupervisionInfo/InvoiceNumber``, ``EInvoiceData/
BasicInformation/TotalTax-includedAmount`` …, and ``eInvoice/InvoiceNo`` … of the older form.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from kaiwu.procedure.claim.invoice import Invoice, make_invoice
from kaiwu.quantity import KaiwuError, Problem

MAX_BYTES = 4 << 20  # a structured invoice has some kilobytes; 4 MB hold ten thousand lines
MAX_DEPTH = 32
MAX_ELEMENTS = 100_000
MAX_TEXT = 1 << 16

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


class _Refused(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


def is_invoice_xml(data: bytes) -> bool:
    """Whether the root element is that of a structured invoice, going by the beginning of the file."""
    return bool(re.search(rb"<(?:\w+:)?(?:EInvoice|eInvoice)[\s>]", data[:4096]))


def read_invoice_xml(data: bytes, place: str = "") -> Invoice:
    """Read one structured invoice (数电票 XML). Raises ``KaiwuError``: located, in both languages."""
    texts = _scan(data, place)
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


def _scan(data: bytes, place: str) -> dict[str, tuple[str, int]]:
    """Texts of leaf elements by path of local names, with their line; the first of equal paths counts."""
    if len(data) > MAX_BYTES:
        raise KaiwuError(Problem("CL-XML-SIZE", "XML 过大", "the XML is too large", where=place))
    parser = expat.ParserCreate(namespace_separator=None)
    stack: list[str] = []
    parser.buffer_text = True
    held: list[str] = []
    length = 0
    texts: dict[str, tuple[str, int]] = {}
    count = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal count, length
        count, length = count + 1, 0
        stack.append(tag.rpartition(":")[2])
        held.clear()
        if len(stack) > MAX_DEPTH or count > MAX_ELEMENTS:
            raise _Refused(
                "CL-XML-DEPTH", "XML 嵌套过深或元素过多", "the XML is nested too deeply or has too many elements"
            )

    def text(part: str) -> None:
        nonlocal length
        length += len(part)
        held.append(part)
        if length > MAX_TEXT:
            raise _Refused("CL-XML-SIZE", "一个元素的文字过长", "the text of one element is too long")

    def end(_tag: str) -> None:
        path = "/" + "/".join(stack)
        texts.setdefault(path, ("".join(held).strip(), parser.CurrentLineNumber))
        nonlocal length
        stack.pop()
        held.clear()
        length = 0

    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
    _refuse_entities(parser)
    try:
        parser.Parse(data, True)
    except _Refused as refused:
        where = f"{place}:{parser.CurrentLineNumber}"
        raise KaiwuError(Problem(refused.code, refused.zh, refused.en, where=where)) from refused
    except (expat.ExpatError, LookupError, ValueError) as flaw:
        where = f"{place}:{getattr(flaw, 'lineno', 1)}"
        zh, en = f"不是完整的 XML: {flaw}", f"this is no complete XML: {flaw}"
        raise KaiwuError(Problem("CL-XML-BROKEN", zh, en, where=where)) from flaw
    return texts


def _refuse_entities(parser: Any) -> None:
    def refuse(*_: Any) -> None:
        raise _Refused(
            "CL-XML-ENTITY",
            "XML 含有 DTD 或实体声明, 不予读取; 请上传税务平台下载的原文件",
            "the XML declares a DTD or entities and is not read: upload the file as the tax platform gave it",
        )

    handlers: tuple[str, ...] = ("StartDoctypeDeclHandler", "EntityDeclHandler", "ExternalEntityRefHandler", "UnparsedEntityDeclHandler")  # fmt: skip
    for name in handlers:
        handler: Callable[..., None] = refuse
        setattr(parser, name, handler)
