"""Invoices are one under any spelling; structured files are read safely, all others kept by digest. All synthetic."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.figure.reading.fault import Limits
from kaiwu.procedure.claim import Invoice, invoice_child, keep_evidence, make_invoice, read_invoice_file
from kaiwu.procedure.claim.invoice import normalise_number, read_fen
from kaiwu.procedure.claim.invoice_child import InvoiceChild
from kaiwu.procedure.claim.invoice_file import evidence_path

DIGITAL = """<?xml version="1.0" encoding="UTF-8"?>
<!-- 合成测试数据 synthetic -->
<EInvoice><Header><EIid>25332000000000000001</EIid></Header><EInvoiceData>
<SellerInformation><SellerIdNum>91330109MA2AXY0009</SellerIdNum><SellerName>培训测试公司</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>91330109MA2AXY0001</BuyerIdNum><BuyerName>甲测试公司</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>943.40</TotalAmWithoutTax><TotalTaxAm>56.60</TotalTaxAm>
<TotalTax-includedAmount>1000.00</TotalTax-includedAmount></BasicInformation>
<IssuItemInformation><ItemName>培训</ItemName><Amount>943.40</Amount></IssuItemInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>25332000000000000001</InvoiceNumber><IssueTime>2025-01-20</IssueTime></TaxSupervisionInfo></EInvoice>
"""
OLDER = """<eInvoice xmlns:fp="x"><fp:InvoiceCode>033001900111</fp:InvoiceCode><fp:InvoiceNo>00012345</fp:InvoiceNo><fp:IssueDate>2025年01月20日</fp:IssueDate>
<fp:Seller><fp:SellerName>培训测试公司</fp:SellerName><fp:SellerTaxID>91330109MA2AXY0009</fp:SellerTaxID></fp:Seller>
<fp:Buyer><fp:BuyerName>甲测试公司</fp:BuyerName><fp:BuyerTaxID></fp:BuyerTaxID></fp:Buyer>
<fp:TaxInclusiveTotalAmount>1000.00</fp:TaxInclusiveTotalAmount><fp:TaxExclusiveTotalAmount>943.40</fp:TaxExclusiveTotalAmount>
<fp:TaxTotalAmount>56.60</fp:TaxTotalAmount></eInvoice>"""


def read(text: str | bytes, name: str = "synthetic.xml") -> Invoice | None:
    return read_invoice_file(text.encode() if isinstance(text, str) else text, name)[1]


def test_a_digital_invoice_gives_its_fields_in_fen() -> None:
    found = read(DIGITAL)
    assert found is not None
    assert (found.key, found.net, found.tax, found.total) == ("25332000000000000001", 94_340, 5_660, 100_000)
    assert (found.issued_on, found.seller_name, found.buyer_code) == (
        dt.date(2025, 1, 20),
        "培训测试公司",
        "91330109MA2AXY0001",
    )


def test_an_older_invoice_has_code_and_number_and_prefixes_do_not_matter() -> None:
    found = read(OLDER)
    assert found is not None and found.key == "03300190011100012345" and found.total == 100_000


def test_the_xml_inside_an_ofd_file_is_found() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD xmlns:ofd='x'/>")
        archive.writestr("Doc_0/Attachs/original_invoice.xml", DIGITAL)
    evidence, found = read_invoice_file(held.getvalue(), "synthetic.ofd")
    assert evidence.kind == "ofd" and found is not None and found.digest == evidence.digest


def test_a_pdf_is_kept_by_digest_and_an_embedded_xml_is_read() -> None:
    assert read(b"%PDF-1.4 nothing") is None
    stream = (
        b"<< /Type /EmbeddedFile /Filter /FlateDecode >> stream\n" + zlib.compress(DIGITAL.encode()) + b"\nendstream"
    )
    found = read(b"%PDF-1.4\n" + stream, "synthetic.pdf")
    assert found is not None and found.total == 100_000


def test_the_same_file_is_kept_once(tmp_path: Path) -> None:
    first = keep_evidence(tmp_path, DIGITAL.encode(), "a.xml")
    assert keep_evidence(tmp_path, DIGITAL.encode(), "b.xml").digest == first.digest
    assert evidence_path(tmp_path, first.digest).read_bytes() == DIGITAL.encode()
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><EInvoice>&x;</EInvoice>', "CL-XML-ENTITY"),
        ('<!DOCTYPE EInvoice SYSTEM "file:///etc/passwd"><EInvoice/>', "CL-XML-ENTITY"),
        ("<EInvoice>" * 40 + "</EInvoice>" * 40, "CL-XML-DEPTH"),
        (DIGITAL[:400], "CL-XML-BROKEN"),
        (DIGITAL.replace("56.60", "56.61"), "CL-INVOICE-SUM"),
        (DIGITAL.replace("1000.00", "1000.001"), "CL-AMOUNT"),
        (DIGITAL.replace("2025-01-20", "2025-13-20"), "CL-XML-DAY"),
        (DIGITAL.replace("IssueTime", "Other"), "CL-XML-FIELD"),
        (DIGITAL.replace("943.40<", "-943.40<").replace("56.60", "-56.60").replace("1000.00", "-1000.00"), "CL-INVOICE-AMOUNT"),
        ("<EInvoice>" + "x" * 70_000 + "</EInvoice>", "CL-XML-SIZE"),
    ],
)  # fmt: skip
def test_a_bad_file_is_a_located_error_in_both_languages(text: str, code: str, refused: Callable[..., Any]) -> None:
    with refused(code) as caught:
        read(text)
    problem = caught.value.problems[0]
    assert problem.zh and problem.en and problem.where.startswith("synthetic.xml")


def test_a_zip_that_unpacks_too_large_or_is_broken_is_refused(refused: Callable[..., Any]) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(17):
            archive.writestr(f"{i}.xml", bytes(4 << 20))
    with refused("CL-ZIP-LIMIT"):
        read(held.getvalue(), "bomb.ofd")
    with refused("CL-ZIP-BROKEN"):
        read(b"PK\x03\x04 nothing", "broken.ofd")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("00012345", "033001900111"), ("12345", "33001900111"), ("03300190011100012345", ""), ("3300190011100012345", ""),
        ("0330-0190-0111 0001-2345", ""), ("03300190011100012345", ""), ("00012345", "0330 0190 0111"), ("No.00012345", "代码033001900111"),
    ],
)  # fmt: skip
def test_every_spelling_of_one_number_is_one_invoice(number: str, code: str) -> None:
    assert normalise_number(number, code) == "03300190011100012345"


def test_numbers_whose_digits_a_spreadsheet_lost_are_refused(refused: Callable[..., Any]) -> None:
    with refused("CL-INVOICE-SCIENTIFIC"):
        normalise_number("2.5332E+19")
    for bad in ("", "123456789", "12a45678"):
        with refused("CL-INVOICE-NUMBER"):
            normalise_number(bad)


def test_a_short_number_counts_within_its_seller() -> None:
    a = make_invoice("12345678", total="1", seller_name="甲(测试)公司")
    b = make_invoice("12345678", total="1", seller_name="甲(测试) 公司")
    c = make_invoice("12345678", total="1", seller_name="乙测试公司")
    assert a.key == b.key != c.key


@given(st.text("0123456789", min_size=20, max_size=20), st.integers(0, 19), st.sampled_from([" ", "-", "\u3000", "."]))
def test_separators_anywhere_and_full_width_digits_change_nothing(number: str, at: int, mark: str) -> None:
    wide = "".join(chr(ord(d) + 0xFEE0) for d in number)
    assert normalise_number(number[:at] + mark + number[at:]) == normalise_number(wide) == number


@given(st.integers(1, 10**12))
def test_yuan_as_written_come_back_as_the_same_fen(fen: int) -> None:
    assert read_fen(f"¥{fen // 100:,}.{fen % 100:02d}") == fen


def test_files_made_to_be_slow_are_not() -> None:
    begun = time.perf_counter()
    assert read(b"%PDF-1.4 " + b"/EmbeddedFile stream " * 200_000) is None
    found = read(DIGITAL.replace("<ItemName>培训</ItemName>", "<ItemName>" + "\n" * 60_000 + "</ItemName>"))
    assert found is not None and time.perf_counter() - begun < 2


# -- the limited child -----------------------------------------------------------------------------------


def test_many_files_go_through_one_child_quickly() -> None:
    child = InvoiceChild()
    texts = [DIGITAL.replace("25332000000000000001", f"2533200000000{i:07d}").encode() for i in range(300)]
    begun = time.perf_counter()
    read_invoice_file(texts[0], "0.xml", child)
    first = child._child
    found = [read_invoice_file(text, f"{i}.xml", child)[1] for i, text in enumerate(texts)]
    assert child._child is first and len({i.number for i in found if i}) == 300
    assert time.perf_counter() - begun < 10
    child.close()


def test_a_hang_is_stopped_and_the_next_file_is_read(
    monkeypatch: pytest.MonkeyPatch, refused: Callable[..., Any]
) -> None:
    child = InvoiceChild(seconds=0.3)
    begun = time.perf_counter()
    with monkeypatch.context() as patch:
        patch.setattr(invoice_child, "_BOOT", "import time; time.sleep(600)")
        with refused("CL-FILE-KILLED") as caught:
            read_invoice_file(DIGITAL.encode(), "synthetic.xml", child)
    problem = caught.value.problems[0]
    assert problem.where == "synthetic.xml" and problem.zh and problem.en and time.perf_counter() - begun < 5
    child.seconds = 30
    assert read_invoice_file(DIGITAL.encode(), "synthetic.xml", child)[1] is not None
    child.close()


def test_what_takes_too_much_memory_is_an_error_of_that_file(refused: Callable[..., Any]) -> None:
    child = InvoiceChild(Limits(memory_bytes=80 << 20, output_bytes=64 << 20, seconds=60))
    with refused("CL-FILE-KILLED") as caught:
        read_invoice_file(b"<EInvoice>" + bytes(31 << 20), "large.xml", InvoiceChild(Limits(memory_bytes=40 << 20, output_bytes=64 << 20, seconds=60)))  # fmt: skip
    assert caught.value.problems[0].where == "large.xml"
    assert read_invoice_file(DIGITAL.encode(), "synthetic.xml", child)[1] is not None
    child.close()


def test_a_child_that_died_between_files_is_replaced() -> None:
    child = InvoiceChild()
    assert read_invoice_file(DIGITAL.encode(), "a.xml", child)[1] is not None
    assert child._child is not None
    child._child.kill()
    assert read_invoice_file(DIGITAL.encode(), "b.xml", child)[1] is not None
    child.close()


def test_a_crash_while_reading_is_an_error_and_leaves_the_parent_alive(
    monkeypatch: pytest.MonkeyPatch, refused: Callable[..., Any]
) -> None:
    child = InvoiceChild()
    with monkeypatch.context() as patch:
        patch.setattr(invoice_child, "_BOOT", "import os, sys; sys.stdin.buffer.readline(); os.abort()")
        with refused("CL-FILE-KILLED"):
            read_invoice_file(DIGITAL.encode(), "synthetic.xml", child)
    assert read_invoice_file(DIGITAL.encode(), "synthetic.xml", child)[1] is not None
    child.close()
