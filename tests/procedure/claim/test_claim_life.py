"""A claim from filing to payment, survey and claw-back; every yuan in the ledger at every step."""

from __future__ import annotations

import datetime as dt

from claim_office import Office, at

from kaiwu.procedure.claim import State


def test_a_claim_is_paid_by_two_treasuries_on_two_dates_in_two_instalments(office: Office) -> None:
    number = office.payable()
    case = office.case(number)
    assert case.amount == 6_000_000
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
        assert all(total.is_balanced for total in session.book.trial_balance())
        assert session.book.audit() is None
