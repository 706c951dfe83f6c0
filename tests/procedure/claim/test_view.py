"""A firm sees its own claim and no finding; lists and payment files carry none either; the officer sees everything."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from claim_office import OTHER, PROGRAMME, Office, at, filing

from kaiwu.procedure.claim import State
from kaiwu.procedure.claim.bank import check_amount, list_arrears, list_due, read_answers
from kaiwu.procedure.claim.view import firm_view, list_row, trace_claim
from kaiwu.report.payment_list import write_arrears, write_payment_list

Refused = Callable[..., Any]
SECRETS = ("same_invoice", "blocks", "核验", "疑点", "查重", "cleared", "人员", OTHER, "乙测试公司", "经办甲")


def with_finding(office: Office) -> str:
    """A claim whose invoice was used by another firm; the officer cleared it."""
    office.file(replace(filing(), firm=OTHER, firm_name="乙测试公司", contract={}))
    number = office.file()
    office.do(number, "complete")
    office.check(number)
    report = office.case(number).report
    assert report is not None
    (found,) = report.findings
    office.do(number, "answer", finding=found.id, outcome="cleared", reason="乙公司误录")
    office.assess(number)
    return number


def test_the_page_of_a_firm_and_the_exported_row_leak_no_finding(office: Office) -> None:
    number = with_finding(office)
    office.approve_to(number, State.DECIDED)
    programme = office.desk.library.programme(PROGRAMME)
    with office.desk.reading(at(office.day)) as session:
        case, events = session.case(number), session.store.events(number)
    assert "same_invoice" in json.dumps(trace_claim(programme, case, events), ensure_ascii=False)
    for shown in (firm_view(programme, case, events), list_row(programme, case)):
        text = json.dumps(shown, ensure_ascii=False)
        assert [s for s in SECRETS if s in text] == []


def test_the_page_of_a_firm_is_the_same_whether_or_not_there_is_a_finding(office: Office) -> None:
    number = with_finding(office)
    clean = office.file(filing("25332000000000000007"))
    office.do(clean, "complete")
    office.check(clean)
    office.assess(clean)
    programme = office.desk.library.programme(PROGRAMME)
    with office.desk.reading(at(office.day)) as session:
        a, b = (firm_view(programme, session.case(n), session.store.events(n)) for n in (number, clean))
    assert a.keys() == b.keys() and a["steps"] == b["steps"] and a["state"] == b["state"]


def test_every_yuan_leads_from_payment_to_signers_clause_document_and_invoice(office: Office) -> None:
    number = office.payable()
    office.do(number, "pay", "国库", line="first/city", reference="GK-1")
    programme = office.desk.library.programme(PROGRAMME)
    with office.desk.reading(at(office.day)) as session:
        told = trace_claim(programme, session.case(number), session.store.events(number))
    assert told["payments"][0]["reference"] == "GK-1"
    assert [a["stage"] for a in told["approvals"]][:2] == ["town", "audit"] and told["approvals"][0][
        "article"
    ] == "第七条"
    assert told["clause"]["article"] == "第二条" and told["document"]["title"] == "示范县培训补贴办法(虚构)"
    assert told["document"]["standing"] == "inferred" and told["invoices"][0]["key"] == "25332000000000000001"
    assert told["checks"]["coverage"]["programmes"] == [PROGRAMME] and told["is_synthetic"] is True


def test_the_list_for_the_bank_has_what_may_be_paid_and_no_formula(office: Office, tmp_path: Path) -> None:
    number = office.payable(filing(firm_name="=HYPERLINK(1)", account={"name": "+甲", "bank": "@行", "number": "6222"}))
    programme = office.desk.library.programme(PROGRAMME)
    with office.desk.reading(at(office.day)) as session:
        accounts = {number: dict(session.store.events(number)[0].data["account"])}
        dues = list_due(programme, session.store.cases(), accounts)
    assert [(d.line.code, bool(d.waits_zh)) for d in dues] == [
        ("first/city", False), ("first/county", False), ("second/city", True), ("second/county", True),
    ]  # fmt: skip
    book, plain = write_payment_list(tmp_path, programme, dues, office.day)
    rows = list(csv.reader(plain.read_text(encoding="utf-8-sig").splitlines()))
    assert [r[7] for r in rows[1:]] == ["18000.00", "12000.00"]
    assert rows[1][3:6] == ["'=HYPERLINK(1)", "'+甲", "'@行"]
    sheet = openpyxl.load_workbook(book).active
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not any(c.data_type == "f" for c in cells)
    texts = " ".join(str(c.value) for c in cells)
    assert "合成数据" in texts and "待 验收单" in texts and [s for s in SECRETS if s in texts] == []


def test_a_frozen_claim_waits_on_the_list(office: Office) -> None:
    number = office.payable()
    office.do(number, "object", "群众", reason="x")
    with office.desk.reading(at(office.day)) as session:
        dues = list_due(office.desk.library.programme(PROGRAMME), session.store.cases(), {})
    assert {d.waits_zh for d in dues} == {"异议未办结"}


def test_arrears_have_their_age_and_vanish_when_paid(office: Office, tmp_path: Path) -> None:
    decided = office.day
    number = office.payable()
    today = decided + dt.timedelta(days=50)
    found = list_arrears([office.case(number)], {number: decided}, today)
    assert {a.age for a in found} == {50} and sum(a.line.amount for a in found) == 6_000_000
    assert write_arrears(tmp_path, "示范县", found, today, True)[1].exists()
    office.do(number, "accept", materials={"acceptance": "x"})
    for i, line in enumerate(office.case(number).due):
        office.do(number, "pay", "国库", line=line.code, reference=f"GK-{i}")
    assert list_arrears([office.case(number)], {number: decided}, today) == []


def test_the_banks_answer_is_read_and_its_amount_compared(office: Office, refused: Refused) -> None:
    number = office.payable()
    sheet = f"申报号,批次,金额,支付凭证号,日期,结果,原因\n{number},first/city,18000.00,GK-1,2025-03-20,已付,\n{number},first/city,18000.00,GK-1,2025-03-21,退票,账号有误\n"
    paid, returned = read_answers(sheet.encode("utf-8-sig"), name="bank.csv")
    assert (paid[2], returned[2]) == ("pay", "bank_return") and returned[3].data["reason"] == "账号有误"
    check_amount(office.case(number), paid[3], paid[4], paid[0])
    with refused("CL-BANK-AMOUNT"):
        check_amount(office.case(number), paid[3], 1_800_001, paid[0])
