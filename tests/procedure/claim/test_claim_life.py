"""A claim from filing to payment, survey and claw-back; the books balance at every step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from claim_office import FACTS, FIRM, PROGRAMME, Office, at, filing

from kaiwu.pack import Library
from kaiwu.procedure.claim import Desk, Filing, State
from kaiwu.procedure.claim.event import EventKind

Refused = Callable[..., Any]


def balanced(office: Office) -> None:
    with office.desk.reading(at(office.day)) as session:
        assert all(total.is_balanced for total in session.book.trial_balance())
        assert session.book.audit() is None


def pay_all(office: Office, number: str) -> None:
    office.do(number, "accept", materials={"acceptance": "验收单1号"})
    for i, line in enumerate(office.case(number).due):
        office.do(number, "pay", "国库甲", line=line.code, reference=f"GK-{i}")


def test_a_claim_is_paid_by_two_treasuries_on_two_dates_in_two_instalments(office: Office) -> None:
    number = office.payable()
    case = office.case(number)
    assert case.award is not None and case.amount == 6_000_000
    assert [(line.code, line.amount) for line in case.award.lines] == [
        ("first/city", 1_800_000), ("first/county", 1_200_000), ("second/city", 1_800_000), ("second/county", 1_200_000),
    ]  # fmt: skip
    assert office.available() == [60_000_000 - 3_600_000, 40_000_000 - 2_400_000]
    office.do(number, "pay", "国库甲", line="first/city", reference="GK-1")
    office.day += dt.timedelta(days=20)
    case = office.do(number, "pay", "国库甲", line="first/county", reference="GK-2")
    assert case.state == State.PAYING and case.paid == 3_000_000
    assert case.payments[0].day != case.payments[1].day
    office.do(number, "accept", materials={"acceptance": "验收单1号"})
    office.do(number, "pay", "国库甲", line="second/city", reference="GK-3")
    case = office.do(number, "pay", "国库甲", line="second/county", reference="GK-4")
    assert case.state == State.PAID and case.paid == case.amount
    with office.desk.reading(at(office.day)) as session:
        spent = {a.fund: session.book.balance(a.id).credits_posted for a in session.book.accounts(kind="disbursed")}
    assert spent == {"demo_training.city": 3_600_000, "demo_training.county": 2_400_000}
    balanced(office)


def test_the_whole_road_from_contract_to_claim(office: Office) -> None:
    made = filing()
    with office.desk.session(at(office.day)) as session:
        number, _ = session.file(
            replace(made, kind=EventKind.CONTRACT, invoices=(), payments=()),
            day=office.day,
            by="申报员",
            today=office.day,
        )
    assert office.case(number).state == State.FILED
    office.do(number, "work", "申报员", note="开班")
    office.do(number, "spent", "申报员", payments=[{"day": "2025-02-01", "amount": 12_000_000, "reference": "FK-1"}])
    case = office.do(
        number, "spent", "申报员", payments=[{"day": "2025-02-02", "amount": 8_000_000, "reference": "FK-2"}]
    )
    assert case.state == State.SPENT and case.paid_by_firm == 20_000_000
    case = office.do(number, "claim", "申报员", invoices=[i.to_data() for i in made.invoices], facts=FACTS)
    assert case.state == State.CLAIMED
    assert office.do(number, "complete").paid_by_firm == 20_000_000


def test_a_returned_claim_is_filed_again_and_goes_on(office: Office) -> None:
    number = office.file(filing(payments=()))
    office.do(number, "return", reason="缺付款凭证")
    assert office.case(number).state == State.RETURNED
    office.do(number, "claim", "申报员", payments=list(filing().payments))
    office.do(number, "complete")
    office.check(number)
    assert office.assess(number).amount == 6_000_000


def test_a_returned_claim_counts_from_the_day_on_which_it_first_came_in(office: Office) -> None:
    office.day = dt.date(2025, 12, 19)
    number = office.file()
    office.day = dt.date(2025, 12, 30)
    office.do(number, "return", reason="补签到册")
    case = office.do(number, "claim", "申报员", materials={"roll": "补"})
    assert case.claimed_on == dt.date(2025, 12, 19)


@pytest.mark.parametrize(
    ("state", "kind"), [("decided", "return"), ("decided", "refuse"), ("payable", "refuse"), ("payable", "withdraw")]
)
def test_a_claim_that_falls_gives_back_vouchers_payables_and_invoices(office: Office, state: str, kind: str) -> None:
    before = office.available()
    if state == "decided":
        number = office.assessed()
        office.approve_to(number, State.DECIDED)
    else:
        number = office.payable()
    assert office.available() != before
    office.do(number, kind, reason="复核不符")
    assert office.available() == before
    with office.desk.reading(at(office.day)) as session:
        (invoice,) = session.book.accounts(kind="invoice")
        assert session.book.balance(invoice.id).available == 12_000_000
        assert all(session.book.balance(a.id).available == 0 for a in session.book.accounts(kind="payable"))
    balanced(office)


def test_a_payment_that_the_bank_returns_is_due_again_and_both_entries_stay(office: Office) -> None:
    number = office.payable()
    office.do(number, "pay", "国库甲", line="first/city", reference="GK-1")
    case = office.do(number, "bank_return", "国库甲", line="first/city", reference="GK-1", reason="账号有误")
    assert case.state == State.PAYABLE and case.paid == 0
    case = office.do(number, "pay", "国库甲", line="first/city", reference="GK-2")
    assert [(p.reference, p.is_returned) for p in case.payments] == [("GK-1", True), ("GK-2", False)]
    with office.desk.reading(at(office.day)) as session:
        (paid,) = [a for a in session.book.accounts(kind="disbursed") if a.level == "city"]
        assert len(session.book.statement(paid.id)) == 3
    balanced(office)


def test_the_survey_comes_after_a_year_with_every_answer(office: Office, refused: Refused) -> None:
    number = office.payable()
    pay_all(office, number)
    answers = {"sales": "3000万元", "people": "120人"}
    with refused("CL-QUESTION"):
        office.do(number, "survey", answers={"sales": "3000万元"})
    with refused("CL-SURVEY-EARLY"):
        office.do(number, "survey", answers=answers)
    office.day = dt.date(2026, 3, 11)
    assert office.do(number, "survey", answers=answers).state == State.SURVEYED


def test_money_claimed_back_cites_its_payments_and_never_exceeds_them(office: Office, refused: Refused) -> None:
    number = office.payable()
    pay_all(office, number)
    with refused("CL-SECOND"):
        office.do(number, "claw_back", rule="moved_away", reason="迁出", amount=1)
    with refused("CL-SAME-SIGNER"):
        office.do(number, "claw_back", rule="moved_away", reason="迁出", amount=1, second=" 经办甲")
    with refused("CL-CLAW-AMOUNT"):
        office.do(number, "claw_back", rule="moved_away", reason="迁出", second="财政乙")
    with refused("CL-CLAW-RULE"):
        office.do(number, "claw_back", rule="other", reason="x", second="财政乙")
    case = office.do(number, "claw_back", rule="moved_away", reason="迁出", second="财政乙", amount=1_000_001)
    assert sum(part for _, part in case.claw_backs[0].shares) == 1_000_001
    with refused("CL-CLAW-TWICE"):
        office.do(number, "claw_back", rule="moved_away", reason="迁出", second="财政乙", amount=1)
    office.do(number, "recover", rule="moved_away", reference="JK-1", amount=400_000)
    with refused("CL-RECOVERED"):
        office.do(number, "recover", rule="moved_away", reference="JK-1 ", amount=400_000)
    case = office.do(number, "recover", rule="moved_away", reference="JK-2")
    assert case.claw_backs[0].recovered == 1_000_001
    with refused("CL-CLAW-AMOUNT"):
        office.do(number, "recover", rule="moved_away", reference="JK-3", amount=1)
    case = office.do(number, "claw_back", rule="false_proof", reason="虚假发票", second="财政乙")
    assert case.claimed_back == case.paid == 6_000_000
    office.do(number, "recover", rule="false_proof", reference="JK-4")
    with office.desk.reading(at(office.day)) as session:
        assert (
            sum(session.book.balance(a.id).credits_posted for a in session.book.accounts(kind="returned")) == 6_000_000
        )
        (returned, *_) = session.book.accounts(kind="returned")
        assert all("财政乙" in line.approvers for line in session.book.statement(returned.id))
    balanced(office)


def test_nobody_has_to_claim_where_the_programme_is_automatic(
    tmp_path_factory: pytest.TempPathFactory, library: Library, refused
) -> None:
    programme = replace(
        library.programme(PROGRAMME), is_automatic=True, is_invoiced=False, materials=(), facts={}, instalments=()
    )
    automatic = replace(library, programmes={**library.programmes, PROGRAMME: programme})
    office = Office(Desk(tmp_path_factory.mktemp("auto"), automatic))
    office.fund()
    made = Filing(PROGRAMME, FIRM, "甲测试公司", kind=EventKind.GRANT, facts={**FACTS, "职工培训支出": "20万元"})
    number = office.file(made, by="经办丙")
    assert office.case(number).state == State.COMPLETE
    office.check(number)
    office.assess(number)
    office.approve_to(number, State.DECIDED)
    office.publish(number)
    office.day += dt.timedelta(days=8)
    office.do(number, "release", "人社局")
    case = office.approve_to(number, State.PAYABLE)
    assert [line.code for line in case.due] == ["whole/city", "whole/county"]


def test_a_grant_needs_an_automatic_programme(office: Office, refused: Refused) -> None:
    with refused("CL-ORDER"):
        office.file(replace(filing(), kind=EventKind.GRANT))


def test_a_programme_without_notice_is_payable_when_approved(
    tmp_path_factory: pytest.TempPathFactory, library: Library
) -> None:
    programme = library.programme(PROGRAMME)
    short = replace(programme, stages=(programme.stages[0], programme.stages[-1]), instalments=())
    office = Office(Desk(tmp_path_factory.mktemp("short"), replace(library, programmes={PROGRAMME: short})))
    office.fund()
    number = office.assessed()
    case = office.approve_to(number, State.PAYABLE)
    assert case.decided_event == case.payable_event > 0
    for line in case.due:
        office.do(number, "pay", "国库甲", line=line.code, reference="GK")
    assert office.case(number).state == State.PAID
    balanced(office)


def test_a_voucher_that_is_not_redeemed_in_time_lapses_by_itself(
    office: Office, library: Library, refused: Refused
) -> None:
    programme = library.programme(PROGRAMME)
    pot = replace(programme.pot, expires=dt.date(2025, 3, 10))
    office.desk.library = replace(library, programmes={PROGRAMME: replace(programme, pot=pot)})
    before = office.available()
    number = office.assessed()
    office.approve_to(number, State.DECIDED)
    office.publish(number)
    office.day += dt.timedelta(days=8)
    office.do(number, "release", "人社局")
    with refused("CL-LEDGER") as caught:
        office.approve_to(number, State.PAYABLE)
    assert "hold_expired" in str(caught.value)
    assert office.do(number, "refuse", reason="逾期失效").state == State.REFUSED
    assert office.available() == before
    balanced(office)
