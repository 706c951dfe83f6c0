"""A sheet of claims is filed whole or not at all; every mistake is told at its cell; the same row counts once."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from claim_office import FIRM, OTHER, PROGRAMME, SELLER, Office, at

from kaiwu.procedure.claim import Filing, make_invoice
from kaiwu.procedure.claim.apportion import apportion, split_award
from kaiwu.procedure.claim.batch import read_filings, template_heads
from kaiwu.procedure.claim.paid_list import read_paid, read_parties
from kaiwu.quantity import KaiwuError

Refused = Callable[..., Any]
HEAD = "统一社会信用代码,企业名称,合同编号,签订日期,合同金额(元),供应方代码,供应方名称,发票号码,开票日期,发票金额,付款日期,付款金额,企业星级,发生亡人事故"
ROWS = (
    f"{FIRM},甲测试公司,HT-1,2025/1/10,200000,{SELLER},培训测试公司,25332000000000000001,2025年1月20日,\"200,000.00\",20250201,200000.00,四星,否",
    f"{OTHER},乙测试公司,HT-2,2025-01-11,300000,{SELLER},培训测试公司,25332000000000000002;25332000000000000003,2025-01-21,100000;200000,2025-02-02,300000,三星,否",
)  # fmt: skip


def filings(office: Office, *rows: str, head: str = HEAD, **options: Any) -> list[Filing]:
    library = office.desk.library
    text = "\n".join((head, *(rows or ROWS)))
    return read_filings(text.encode("utf-8-sig"), library, library.programme(PROGRAMME), name="batch.csv", **options)


def file_all(office: Office, made: list[Filing]) -> list[tuple[str, bool]]:
    return office.desk.file_all(made, day=office.day, by="窗口甲", today=office.day, now=at(office.day))


def test_every_row_becomes_a_claim_and_the_same_row_again_is_the_same_claim(office: Office) -> None:
    made = filings(office)
    assert [(n, again) for n, again in file_all(office, made)] == [("C000001", False), ("C000002", False)]
    assert file_all(office, filings(office, ROWS[1], ROWS[0])) == [("C000002", True), ("C000001", True)]
    case = office.case("C000002")
    assert [i.total for i in case.invoices] == [10_000_000, 20_000_000] and case.paid_by_firm == 30_000_000


def test_an_excel_sheet_with_full_width_text_is_the_same_claim(office: Office) -> None:
    file_all(office, filings(office, ROWS[0]))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD.replace("(", "\uff08").replace(")", "\uff09").split(","))
    cells: list[Any] = [FIRM, "甲测试公司", "HT-1", dt.date(2025, 1, 10), 200000, SELLER, "培训测试公司", "2533 2000 0000 0000 0001",
                        dt.date(2025, 1, 20), 200000, dt.date(2025, 2, 1), 200000, "四星", "否"]  # fmt: skip
    sheet.append(cells)
    held = io.BytesIO()
    book.save(held)
    library = office.desk.library
    made = read_filings(held.getvalue(), library, library.programme(PROGRAMME), name="batch.xlsx")
    assert file_all(office, made) == [("C000001", True)]


def test_one_bad_row_refuses_all_and_every_mistake_is_told_at_its_cell(office: Office) -> None:
    bad = f"{FIRM[:-1]}0,甲,HT-9,2025-13-10,-5,{SELLER},培训,123456789,2025-01-20,1,2025-02-01,x,五星,否"
    with pytest.raises(KaiwuError) as caught:
        filings(office, ROWS[0], bad)
    problems = caught.value.problems
    assert {"CL-DAY", "CL-NEGATIVE", "CL-AMOUNT", "CL-INVOICE-NUMBER"} <= {p.code for p in problems}
    assert len(problems) == 6 and all("batch.csv" in p.where and p.zh and p.en for p in problems)
    with office.desk.reading(at(office.day)) as session:
        assert session.store.cases() == []


def test_a_row_that_the_programme_refuses_keeps_none_of_the_others(office: Office) -> None:
    made = filings(office)
    office.day = dt.date(2025, 1, 15)
    with pytest.raises(KaiwuError) as caught:
        file_all(office, made)
    assert [p.code for p in caught.value.problems] == ["CL-WINDOW"] * 2
    assert all("batch.csv" in p.where for p in caught.value.problems)


def test_unknown_and_missing_heads_are_told(office: Office, refused: Refused) -> None:
    with refused("CL-HEAD"):
        filings(office, f"{FIRM},甲,1", head="统一社会信用代码,企业名称,什么")
    with refused("CL-HEAD-MISSING"):
        filings(office, "甲", head="企业名称")
    with refused("CL-CELL-EMPTY"):
        filings(office, f"{FIRM},", head="统一社会信用代码,企业名称")


def test_an_attached_invoice_answers_for_its_row_and_must_agree(office: Office, refused: Refused) -> None:
    held = make_invoice("25332000000000000001", total="200000", seller_code=SELLER, digest="ab" * 32)
    (made,) = filings(office, ROWS[0], attached=[held])
    assert made.invoices[0].digest == held.digest
    other = make_invoice("25332000000000000001", total="199999.99", seller_code=SELLER)
    with refused("CL-INVOICE-DIFFERS"):
        filings(office, ROWS[0], attached=[other])


def test_the_template_has_the_facts_of_the_clauses_but_none_that_the_case_answers(office: Office) -> None:
    heads = template_heads(office.desk.library, office.desk.library.programme(PROGRAMME))
    assert "企业星级" in heads and "职工培训支出" not in heads


def test_another_offices_list_is_imported_once_with_located_mistakes(office: Office, tmp_path: Path) -> None:
    head = "来源单位,层级,政策名称,统一社会信用代码,企业名称,发票号码,兑付金额,兑付日期\n"
    good = head + f"市科技局,city,科技券,{FIRM},甲测试公司,2533-2000-0000-0000-0001,30000,2024-12-01\n"
    digest, rows = read_paid(good.encode(), name="paid.csv")
    assert rows[0].invoice == "25332000000000000001" and rows[0].amount == 3_000_000
    with office.desk.session(at(office.day)) as session:
        assert session.store.add_paid(digest, rows) and not session.store.add_paid(digest, rows)
        assert session.store.paid() == rows
    with pytest.raises(KaiwuError) as caught:
        read_paid((head + f"市,city,券,{FIRM},甲,1,-3,2024-99-01\n").encode(), name="paid.csv")
    assert [p.code for p in caught.value.problems] == ["CL-NEGATIVE", "CL-DAY"]


def test_persons_are_kept_as_digests_only(office: Office) -> None:
    text = f"统一社会信用代码,企业名称,证件号码,地址\n{FIRM},甲,33010919800101001X,测试路1号\n{FIRM},甲,330109198001010028,\n"
    (party,) = read_parties(text.encode(), b"salt", name="people.csv")
    assert len(party.persons) == 2 and party.address == "测试路1号" and "3301091980" not in repr(party)
    with office.desk.session(at(office.day)) as session:
        session.store.add_parties([party])
        assert session.store.parties()[FIRM] == party
    assert b"33010919800101001X" not in office.desk.path.read_bytes()


def test_parts_of_an_award_always_sum_to_it(office: Office) -> None:
    programme = office.desk.library.programme(PROGRAMME)
    shares = [f.share for f in programme.funds if f.share is not None]
    for amount in (*range(1, 60), 6_000_001, 99_999_999_999):
        assert sum(apportion(amount, shares)) == amount
        lines = split_award(programme, amount, shares)
        assert sum(line.amount for line in lines) == amount and all(line.amount > 0 for line in lines)
