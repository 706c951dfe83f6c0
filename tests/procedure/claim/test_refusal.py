"""Every wrong step is a named refusal in both languages, and leaves no event and no entry."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from claim_office import FIRM, OTHER, PROGRAMME, SELLER, Office, at, filing

from kaiwu.identity import make_uscc
from kaiwu.pack import Library, open_library
from kaiwu.procedure.claim import REFUSALS, Case, Event, Invoice, Refusal, State, advance, make_invoice, next_steps
from kaiwu.procedure.claim import event as event_module
from kaiwu.quantity import KaiwuError

Refused = Callable[..., Any]


def test_every_refusal_speaks_both_languages_with_the_same_blanks() -> None:
    for code, (zh, en) in REFUSALS.items():
        assert zh and en and code.startswith("CL-"), code


def test_a_claim_outside_its_window_or_after_the_pots_year_is_refused(office: Office, refused: Refused) -> None:
    office.day = dt.date(2025, 1, 31)
    with refused("CL-WINDOW"):
        office.file()
    office.day = dt.date(2025, 12, 21)
    with refused("CL-WINDOW"):
        office.file()


def test_a_claim_after_the_pots_date_is_refused(library: Library) -> None:
    programme = library.programme(PROGRAMME)
    late = replace(
        programme, window=replace(programme.window, valid_to=None), validity=replace(programme.validity, valid_to=None)
    )
    answer = advance(late, Case("C1", PROGRAMME), filing().event(dt.date(2026, 1, 2), "x"), dt.date(2026, 1, 2))
    assert isinstance(answer, Refusal) and answer.code == "CL-POT-YEAR"


def test_a_template_takes_no_claims() -> None:
    programme = next(p for p in open_library(["xiaoshan"]).programmes.values() if p.status == "template")
    answer = advance(
        programme, Case("C1", programme.code), filing().event(dt.date(2025, 3, 3), "x"), dt.date(2025, 3, 3)
    )
    assert isinstance(answer, Refusal) and answer.code == "CL-TEMPLATE"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"clause": "C999"}, "CL-CLAUSE"),
        ({"payments": ({"day": "2025-02-01", "amount": 0, "reference": ""},)}, "CL-NEGATIVE"),
        ({"payments": ({"day": "2025-02-01", "amount": -5, "reference": ""},)}, "CL-NEGATIVE"),
        ({"kind": event_module.EventKind.CONTRACT, "contract": {"amount": -1}}, "CL-NEGATIVE"),
        ({"contract": {"number": "HT-1", "amount": -1}}, "CL-NEGATIVE"),
        ({"invoices": (Invoice("25332000000000000001", total=-100),)}, "CL-NEGATIVE"),
        ({"invoices": (Invoice("25332000000000000001", total=0),)}, "CL-NEGATIVE"),
        ({"contract": {"number": "HT-1", "amount": 1, "signed_on": "2025-02-30"}}, "CL-DATE-TEXT"),
        ({"payments": ({"day": "去年", "amount": 5, "reference": ""},)}, "CL-DATE-TEXT"),
    ],
)  # fmt: skip
def test_a_filing_with_wrong_content_is_refused(
    office: Office, refused: Refused, changes: dict[str, Any], code: str
) -> None:
    with refused(code):
        office.file(replace(filing(), **changes))
    with office.desk.reading(at(office.day)) as session:
        assert session.store.cases() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"contract": {}}, "CL-MATERIAL"),
        ({"payments": ()}, "CL-MATERIAL"),
        ({"invoices": (), "materials": {"invoice": "纸质"}}, "CL-NO-INVOICE"),
        ({"payments": ({"day": "2025-02-01", "amount": 20_000_001, "reference": ""},)}, "CL-PAID-MORE"),
        ({"invoices": (make_invoice("25332000000000000001", total="200000", seller_code=SELLER, buyer_code=OTHER, buyer_name="乙测试公司"),)}, "CL-INVOICE-BUYER"),
    ],
)  # fmt: skip
def test_an_incomplete_claim_does_not_pass_the_desk(
    office: Office, refused: Refused, changes: dict[str, Any], code: str
) -> None:
    number = office.file(replace(filing(), **changes))
    with refused(code):
        office.do(number, "complete")
    assert office.case(number).state == State.CLAIMED


@pytest.mark.parametrize(
    ("facts", "amount", "code"),
    [
        ({"企业星级": "四星"}, 20_000_000, "CL-MISSING"),
        ({"企业星级": "一星", "发生亡人事故": "否"}, 20_000_000, "CL-FAILED"),
        ({"企业星级": "四星", "发生亡人事故": "是"}, 20_000_000, "CL-FAILED"),
        ({"企业星级": "四星", "发生亡人事故": "否"}, 9_000_000, "CL-FAILED"),
    ],
)  # fmt: skip
def test_what_the_clauses_do_not_grant_is_not_assessed(office: Office, refused: Refused, facts: dict[str, str], amount: int, code: str) -> None:  # fmt: skip
    number = office.file(filing(amount=amount, facts=facts))
    office.do(number, "complete")
    office.check(number)
    with refused(code):
        office.assess(number)
    assert office.case(number).amount == 0


def test_a_stated_amount_must_lie_in_the_clauses_range(office: Office, refused: Refused) -> None:
    number = office.file()
    office.do(number, "complete")
    office.check(number)
    with refused("CL-RANGE"):
        office.assess(number, amount=6_000_001)
    with refused("CL-NEGATIVE"):
        office.assess(number, amount=-1)


def test_the_chain_is_signed_in_order_by_the_right_people(office: Office, refused: Refused) -> None:
    number = office.assessed()
    for data, by, code in (
        ({"stage": "audit"}, "镇街甲", "CL-STAGE"),
        ({}, " ", "CL-SIGNER"),
        ({}, "经办甲", "CL-SELF-APPROVAL"),
        ({}, "申报员", "CL-SELF-APPROVAL"),
    ):
        with refused(code):
            office.do(number, "approve", by, **data)
    office.do(number, "approve", "镇街甲")
    office.do(number, "approve", "审计甲")
    with refused("CL-DEPARTMENT"):
        office.do(number, "approve", "甲", department="公安")
    office.do(number, "approve", "甲", department="信用")
    with refused("CL-DEPARTMENT"):
        office.do(number, "approve", "乙", department="信用")
    for department in ("税务", "环保", "应急"):
        case = office.do(number, "approve", department, department=department)
    assert office.desk.library.programme(PROGRAMME).stages[case.stage].code == "committee"
    with refused("CL-MINUTES"):
        office.do(number, "approve", "党委")
    assert office.do(number, "approve", "党委", minutes="纪要1号").state == State.DECIDED


def test_two_different_people_sign_where_two_are_wanted(office: Office, refused: Refused) -> None:
    number = office.assessed()
    office.approve_to(number, State.DECIDED)
    office.publish(number)
    office.day += dt.timedelta(days=8)
    office.do(number, "release", "人社局")
    assert office.do(number, "approve", "财政甲").state == State.RELEASED
    for again in ("财政甲", " 财政甲", "财政 甲", "财政甲\u3000"):
        with refused("CL-SAME-SIGNER"):
            office.do(number, "approve", again)
    with refused("CL-SELF-APPROVAL"):
        office.do(number, "approve", " 申报员")
    office.do(number, "approve", "财政乙")
    assert office.do(number, "approve", "县领导").state == State.PAYABLE


def test_a_payment_wants_its_number_its_line_and_its_materials(office: Office, refused: Refused) -> None:
    number = office.payable()
    with refused("CL-REFERENCE"):
        office.do(number, "pay", "国库", line="first/city", reference=" ")
    with refused("CL-LINE"):
        office.do(number, "pay", "国库", line="third/city", reference="GK-1")
    with refused("CL-MATERIAL"):
        office.do(number, "pay", "国库", line="second/city", reference="GK-1")
    with refused("CL-MATERIAL"):
        office.do(number, "accept", materials={"unknown": "x"})
    office.do(number, "pay", "国库", line="first/city", reference="GK-1")
    with refused("CL-LINE"):
        office.do(number, "pay", "国库", line="first/city", reference="GK-2")
    with refused("CL-NOT-PAID"):
        office.do(number, "bank_return", "国库", line="first/county", reason="x")
    with refused("CL-REASON"):
        office.do(number, "bank_return", "国库", line="first/city", reason="")


def test_a_row_of_the_bank_that_is_read_again_after_a_return_pays_nothing(office: Office, refused: Refused) -> None:
    number = office.payable()
    office.do(number, "pay", "国库", line="first/city", reference="GK-1")
    office.do(number, "bank_return", "国库", line="first/city", reference="GK-1", reason="账号有误")
    with refused("CL-REFERENCE-USED"):
        office.do(number, "pay", "国库", line="first/city", reference="GK-1 ")
    assert office.case(number).paid == 0


def test_days_neither_run_back_nor_ahead(office: Office, refused: Refused) -> None:
    number = office.file()
    with office.desk.session(at(office.day)) as session, refused("CL-DATE-AHEAD"):
        session.do(number, Event("complete", office.day + dt.timedelta(days=1), "x"), office.day)
    with office.desk.session(at(office.day)) as session, refused("CL-DATE-BACK"):
        session.do(number, Event("complete", office.day - dt.timedelta(days=1), "x"), office.day)


@pytest.mark.parametrize(
    "kind", [k for k in event_module.EventKind if k not in ("complete", "return", "refuse", "withdraw")]
)
def test_a_claim_that_was_only_filed_takes_no_later_step(office: Office, refused: Refused, kind: str) -> None:
    number = office.file()
    with refused("CL-ORDER"):
        office.do(number, kind, reason="x", report={}, candidates=[])
    assert {str(k) for k in next_steps(office.case(number))} == {"complete", "return", "refuse", "withdraw"}


def test_a_refused_claim_is_closed(office: Office, refused: Refused) -> None:
    number = office.file()
    with refused("CL-REASON"):
        office.do(number, "refuse", reason="")
    office.do(number, "refuse", reason="不在范围")
    with refused("CL-ORDER"):
        office.do(number, "claim", "申报员")
    with refused("CL-UNKNOWN"):
        office.do("C999999", "complete")


def many_firms(count: int) -> list[Any]:
    """Claims of as many firms, each capped at 200,000 yuan."""
    made = []
    for i in range(count):
        firm = make_uscc("9", "1", "330109", f"{20 + i:08d}")
        invoice = make_invoice(f"253320000000000000{i + 10}", total="900000", seller_code=SELLER)
        made.append(filing(amount=90_000_000, firm=firm, firm_name=f"企业{i}", invoices=(invoice,)))
    return made


def test_the_settlement_grants_no_more_than_the_pot_can_still_promise(office: Office, refused: Refused) -> None:
    claims = many_firms(6)
    assert [office.case(office.assessed(made)).amount for made in claims[:5]] == [20_000_000] * 5
    last = office.file(claims[5])
    office.do(last, "complete")
    office.check(last)
    with refused("CL-FAILED"):
        office.assess(last)


def test_even_a_wrong_assessment_cannot_overdraw_the_pot(
    office: Office, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaiwu.procedure.claim.desk.pot_left", lambda *_: 10**12)
    numbers = [office.assessed(made) for made in many_firms(6)]
    for number in numbers[:5]:
        office.approve_to(number, State.DECIDED)
    assert office.available() == [0, 0]
    with refused("CL-LEDGER") as caught:
        office.approve_to(numbers[5], State.DECIDED)
    assert "exceeds_credits" in str(caught.value)
    case = office.case(numbers[5])
    assert case.state == State.APPROVING and case.decided_event == 0
    with office.desk.reading(at(office.day)) as session:
        assert len(session.store.events(numbers[5])) == case.events


def test_a_double_subsidy_across_programmes_fails_in_the_ledger(
    office: Office, refused: Refused, library: Library
) -> None:
    """All programmes together may pay 50 % of this invoice: 30 % fits, another programme's 30 % does not."""
    programme = replace(library.programme(PROGRAMME), checks=(), invoice_cap=Fraction(1, 2))
    codes = (PROGRAMME, "demo_second")
    office.desk.library = replace(library, programmes={c: replace(programme, code=c) for c in codes})
    numbers = [office.assessed(filing(programme=code)) for code in codes]
    office.approve_to(numbers[0], State.DECIDED)
    with refused("CL-LEDGER") as caught:
        office.approve_to(numbers[1], State.DECIDED)
    assert "exceeds_credits" in str(caught.value) and "invoice" in str(caught.value)


def test_a_reused_key_with_other_content_is_refused(office: Office, refused: Refused) -> None:
    first = office.file(filing(key="行1"))
    assert office.file(filing(key="行1")) == first
    with refused("CL-KEY"):
        office.file(filing(key="行1", amount=1_000_000))


def test_rows_cannot_be_changed_or_taken_away(office: Office) -> None:
    office.file()
    with sqlite3.connect(office.desk.path) as connection:
        for sql in (
            "DELETE FROM claim_event",
            "UPDATE claim_event SET day = '2020-01-01'",
            "UPDATE claim SET firm = 'x'",
            "DELETE FROM invoice",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(sql)


def test_an_error_after_the_event_undoes_the_event(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case and entry are one transaction: what breaks between them leaves neither."""
    number = office.assessed()
    case = office.case(number)
    while case.stage < 3:
        stage = office.desk.library.programme(PROGRAMME).stages[case.stage]
        done = [s.department for s in case.signatures if s.stage == stage.code]
        department = next((d for d in stage.departments if d not in done), "")
        case = office.do(number, "approve", f"甲{case.events}", department=department)
    before = office.available()

    def crash(*_: Any) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("kaiwu.procedure.claim.desk.Session.enter", crash)
    with pytest.raises(RuntimeError, match="killed"):
        office.do(number, "approve", "党委", minutes="纪要1号")
    monkeypatch.undo()
    assert office.case(number) == case and office.available() == before
    assert office.do(number, "approve", "党委", minutes="纪要1号").state == State.DECIDED


def test_a_rulebook_that_is_not_in_force_takes_no_claim(office: Office, library: Library) -> None:
    programme = library.programme(PROGRAMME)
    open_ended = replace(
        programme, validity=replace(programme.validity, valid_to=None), window=replace(programme.window, valid_to=None)
    )
    office.desk.library = replace(library, programmes={PROGRAMME: open_ended})
    office.day = dt.date(2026, 1, 5)
    with pytest.raises(KaiwuError) as caught:
        office.file()
    assert [p.code for p in caught.value.problems] == ["P-VALIDITY"]
    assert FIRM != OTHER


def test_a_contract_that_was_only_filed_cannot_be_assessed(office: Office, refused: Refused) -> None:
    number = office.file(filing(kind=event_module.EventKind.CONTRACT))
    with refused("CL-ORDER"):
        office.assess(number)
