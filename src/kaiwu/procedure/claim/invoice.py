"""Invoices (发票): their fields, and the one spelling by which two invoices are the same.

Owns the normal form of numbers, codes, names and amounts. It does not own files (``invoice_file``) nor comparison with
other claims (``check``).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from kaiwu.identity import normalise_name, normalise_uscc
from kaiwu.quantity import KaiwuError, Problem

E_INVOICE_DIGITS = 20  # 数电票: one number of 20 digits, no code
NUMBER_DIGITS = 8  # paper and older electronic invoices: a code of 10 or 12 digits and a number of 8
CODE_DIGITS = (10, 12)
MAX_FEN = 10**15
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d+)?\Z")
_NOISE = re.compile(r"[\s\-\u2010-\u2015\u2212_./:,;'’‘`#№]+")
_PREFIX = re.compile(r"\A(NO|发票号码|发票代码|号码|代码)")


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice in normal form. Amounts in fen: ``net`` without tax, ``tax``, ``total`` with tax; ``digest`` of its file."""

    number: str
    issued_on: dt.date | None = None
    seller_name: str = ""
    seller_code: str = ""
    buyer_name: str = ""
    buyer_code: str = ""
    net: int | None = None
    tax: int | None = None
    total: int = 0
    digest: str = ""
    place: str = ""

    @property
    def key(self) -> str:
        """What makes two invoices one: all digits; a short number without its code counts within its seller."""
        if len(self.number) >= NUMBER_DIGITS + min(CODE_DIGITS):
            return self.number
        return f"{self.seller_code or normalise_name(self.seller_name)}|{self.number}"

    def to_data(self) -> dict[str, Any]:
        """Plain data for an event."""
        day = self.issued_on.isoformat() if self.issued_on else ""
        names = ("number", "seller_name", "seller_code", "buyer_name", "buyer_code", "net", "tax", "total", "digest", "place")  # fmt: skip
        return {"issued_on": day, **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Invoice:
        """The invoice of an event."""
        day = data.get("issued_on")
        return cls(**{**data, "issued_on": dt.date.fromisoformat(day) if day else None})


def make_invoice(
    number: str,
    *,
    code: str = "",
    issued_on: dt.date | None = None,
    total: str | int = 0,
    net: str | int | None = None,
    tax: str | int | None = None,
    seller_name: str = "",
    seller_code: str = "",
    buyer_name: str = "",
    buyer_code: str = "",
    digest: str = "",
    place: str = "",
) -> Invoice:
    """An invoice from fields as written (发票信息). Raises ``KaiwuError`` with every field that cannot be read."""
    problems: list[Problem] = []
    digits = _try(problems, lambda: normalise_number(number, code, place), number)
    sums = {
        key: _try(problems, lambda v=value: read_fen(v, place), 0) if value not in (None, "") else None
        for key, value in (("total", total), ("net", net), ("tax", tax))
    }
    net_fen, tax_fen, total_fen = sums["net"], sums["tax"], sums["total"]
    is_whole = net_fen is not None and tax_fen is not None
    if not problems and is_whole and (net_fen or 0) + (tax_fen or 0) != total_fen:
        zh, en = "金额加税额不等于价税合计", "net and tax do not add up to the total"
        problems.append(Problem("CL-INVOICE-SUM", zh, en, where=place))
    if not problems and (sums["total"] or 0) <= 0:
        zh = "发票金额须大于零; 红字发票请与原票一并处理"
        problems.append(Problem("CL-INVOICE-AMOUNT", zh, "an invoice's total must be above zero", where=place))
    if problems:
        raise KaiwuError(problems)
    return Invoice(
        number=digits, issued_on=issued_on, seller_name=seller_name.strip(), seller_code=normalise_uscc(seller_code),
        buyer_name=buyer_name.strip(), buyer_code=normalise_uscc(buyer_code), net=sums["net"], tax=sums["tax"], total=sums["total"] or 0,
        digest=digest, place=place,
    )  # fmt: skip


def normalise_number(number: str, code: str = "", place: str = "") -> str:
    """The digits of code and number: full width, dashes and blanks levelled, zeros that a spreadsheet ate put back.

    20 digits for 数电票 and for a code of 12, 18 for a code of 10, 8 where the code is not given. Raises ``KaiwuError``
    where digits are lost (``2.5E+19``) or cannot be an invoice's.
    """
    digits, prefix = _digits(number, place), _digits(code, place)
    if len(prefix) + 1 in CODE_DIGITS:
        prefix = "0" + prefix
    whole = [E_INVOICE_DIGITS, *(n + NUMBER_DIGITS for n in CODE_DIGITS)]
    if prefix and digits.startswith(prefix) and len(digits) in whole:
        return digits
    if not prefix and (len(digits) in whole or len(digits) + 1 in whole):
        return digits if len(digits) in whole else "0" + digits
    if digits and len(digits) <= NUMBER_DIGITS and (not prefix or len(prefix) in CODE_DIGITS):
        return prefix + digits.zfill(NUMBER_DIGITS)
    if len(digits) == E_INVOICE_DIGITS and prefix and not digits.startswith(prefix):
        return digits  # 数电票 have no code; what stands there is another number
    zh = "发票号码应为20位(数电票), 或10/12位代码加8位号码"
    en = "an invoice number has 20 digits, or a code of 10 or 12 and a number of 8"
    raise KaiwuError(Problem("CL-INVOICE-NUMBER", zh, en, where=place, text=f"{code} {number}".strip()))


def _digits(text: str, place: str) -> str:
    levelled = unicodedata.normalize("NFKC", str(text)).strip().upper()
    if re.search(r"\dE\+\d", levelled):
        zh = "号码被表格软件改成了科学计数, 末位已丢失; 请把该列设为文本后重填"
        en = "the number was turned into scientific notation and its digits are lost: make the column text"
        raise KaiwuError(Problem("CL-INVOICE-SCIENTIFIC", zh, en, where=place, text=str(text)))
    bare = _PREFIX.sub("", _NOISE.sub("", levelled))
    if bare and not (bare.isascii() and bare.isdigit()):
        zh, en = "发票号码只能是数字", "an invoice number has digits only"
        raise KaiwuError(Problem("CL-INVOICE-NUMBER", zh, en, where=place, text=str(text)))
    return bare


def read_fen(value: str | int, place: str = "") -> int:
    """Fen from yuan as written (``¥1,234.50``), or fen as an integer. Raises ``KaiwuError`` for parts of a fen."""
    if isinstance(value, int):
        return value
    text = unicodedata.normalize("NFKC", value).replace(",", "").replace("¥", "").replace("元", "").strip()
    if not _AMOUNT.match(text):
        zh, en = "金额要写成元, 如 1234.50", "an amount is yuan such as 1234.50"
        raise KaiwuError(Problem("CL-AMOUNT", zh, en, where=place, text=value))
    fen = Fraction(text) * 100
    if fen.denominator != 1 or abs(fen) > MAX_FEN:
        zh, en = "金额最多两位小数且不超过十万亿元", "an amount has at most two decimals and 10^13 yuan"
        raise KaiwuError(Problem("CL-AMOUNT", zh, en, where=place, text=value))
    return int(fen)


def same_party(code_a: str, name_a: str, code_b: str, name_b: str) -> bool:
    """Whether two parties are one: by code where both have one, else by the levelled name."""
    if code_a and code_b:
        return normalise_uscc(code_a) == normalise_uscc(code_b)
    return bool(name_a) and normalise_name(name_a) == normalise_name(name_b)


def with_digest(invoice: Invoice, digest: str, place: str) -> Invoice:
    """The invoice with the file that it was read from."""
    return replace(invoice, digest=digest, place=place)


def _try(problems: list[Problem], action: Any, otherwise: Any) -> Any:
    try:
        return action()
    except KaiwuError as error:
        problems += error.problems
        return otherwise
