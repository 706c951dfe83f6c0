"""Decided, published under a checkpoint, payable only after the window; an objection freezes one claim, not the batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from claim_office import FIRM, OTHER, PROGRAMME, SELLER, Office, at, filing
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.ledger.log import check_proof, verify_checkpoint
from kaiwu.pack import Library
from kaiwu.procedure.claim import Event, Refusal, State, advance, make_invoice
from kaiwu.procedure.claim.bank import list_arrears
from kaiwu.procedure.claim.calendar import end_of_window, is_workday

Refused = Callable[..., Any]


def second() -> Any:
    invoice = make_invoice("25332000000000000002", total="300000", seller_code=SELLER, buyer_code=OTHER)
    return filing(amount=30_000_000, firm=OTHER, firm_name="乙测试公司", invoices=(invoice,))


def decided(office: Office) -> list[str]:
    numbers = [office.assessed(), office.assessed(second())]
    for number in numbers:
        office.approve_to(number, State.DECIDED)
    return numbers


def test_a_notice_stands_under_a_signed_checkpoint_that_covers_the_decisions(office: Office) -> None:
    decided(office)
    cases = office.publish()
    assert {c.state for c in cases} == {State.PUBLISHED} and {c.notice for c in cases} == {"N0001"}
    checkpoint = cases[0].checkpoint
    read = verify_checkpoint(checkpoint["text"], office.desk.witness.key.public)
    assert read.size == checkpoint["size"]
    with office.desk.reading(at(office.day)) as session:
        assert all(session.store.leaf(c.number, c.decided_event) < read.size for c in cases)


def test_without_a_checkpoint_that_covers_the_decision_nothing_is_published(office: Office, library: Library) -> None:
    number = decided(office)[0]
    case, programme = office.case(number), library.programme(PROGRAMME)
    for data in ({}, {"leaf": 9, "checkpoint": {}}, {"leaf": 9, "checkpoint": {"text": "x", "size": 9}}):
        answer = advance(programme, case, Event("publish", office.day, "x", {"notice": "N1", **data}), office.day)
        assert isinstance(answer, Refusal) and answer.code == "CL-CHECKPOINT"


def test_a_notice_whose_days_are_not_declared_asks_for_them(office: Office, library: Library) -> None:
    number = decided(office)[0]
    programme = replace(library.programme(PROGRAMME), notice=replace(library.programme(PROGRAMME).notice, days=None))
    data = {"notice": "N1", "leaf": 1, "checkpoint": {"text": "x", "size": 9}}
    for more, code in (
        ({}, "CL-NOTICE-DAYS"),
        ({"days": 7}, "CL-NOTICE-DAYS"),
        ({"days": 7, "ground": "局办公会"}, ""),
    ):
        answer = advance(
            programme, office.case(number), Event("publish", office.day, "x", {**data, **more}), office.day
        )
        assert (answer.code if isinstance(answer, Refusal) else "") == code


def test_nothing_is_released_before_the_window_is_over(office: Office, refused: Refused) -> None:
    number = decided(office)[0]
    office.day = dt.date(2025, 4, 25)  # Friday; Sunday 27 April is worked, 1, 2 and 5 May are holidays
    (case,) = office.publish(number)
    assert case.window_ends == dt.date(2025, 5, 6)
    office.day = dt.date(2025, 5, 6)
    with refused("CL-WINDOW-OPEN"):
        office.do(number, "release")
    office.day = dt.date(2025, 5, 7)
    assert office.do(number, "release").state == State.RELEASED


def test_an_open_objection_freezes_its_claim_and_no_other(office: Office, refused: Refused) -> None:
    first, other = decided(office)
    office.publish()
    office.do(first, "object", "乙测试公司", reason="没有培训")
    office.day += dt.timedelta(days=8)
    with refused("CL-FROZEN"):
        office.do(first, "release")
    office.do(other, "release")
    assert office.approve_to(other, State.PAYABLE).state == State.PAYABLE
    office.do(other, "pay", "国库", line="first/city", reference="GK-1")
    with refused("CL-OBJECTION-NONE"):
        office.do(first, "close_objection", objection="2", is_upheld=False, reason="x")
    office.do(first, "close_objection", objection="1", is_upheld=False, reason="查证属实")
    assert office.do(first, "release").state == State.RELEASED


def test_an_objection_freezes_a_payable_claim_too(office: Office, refused: Refused) -> None:
    number = office.payable()
    office.do(number, "object", "群众", reason="x")
    with refused("CL-FROZEN"):
        office.do(number, "pay", "国库", line="first/city", reference="GK-1")


def test_an_upheld_objection_takes_the_award_back_to_the_desk(office: Office) -> None:
    before = office.available()
    number = decided(office)[0]
    office.publish(number)
    office.do(number, "object", "群众", reason="星级有误")
    case = office.do(number, "close_objection", objection="1", is_upheld=True, reason="星级更正")
    assert case.state == State.COMPLETE and case.award is None and case.signatures == ()
    office.do(decided_other(office), "refuse", reason="x")
    assert office.available() == before
    office.check(number)
    office.assess(number)
    assert office.approve_to(number, State.DECIDED).state == State.DECIDED


def test_an_objection_after_a_payment_freezes_the_rest_until_it_is_claimed_back(
    office: Office, refused: Refused
) -> None:
    number = office.payable()
    office.do(number, "pay", "国库", line="first/city", reference="GK-1")
    office.do(number, "object", "群众", reason="虚假发票")
    with refused("CL-FROZEN"):
        office.do(number, "pay", "国库", line="first/county", reference="GK-2")
    with refused("CL-OBJECTION-PAID"):
        office.do(number, "close_objection", objection="1", is_upheld=True, reason="属实")
    office.do(number, "claw_back", rule="false_proof", reason="虚假发票", second="财政乙")
    case = office.do(number, "close_objection", objection="1", is_upheld=True, reason="属实")
    assert case.state == State.CLAWED_BACK and case.award is not None
    office.do(number, "recover", rule="false_proof", reference="JK-1")
    assert office.available() == [60_000_000 - 1_800_000, 40_000_000]
    with refused("CL-ORDER"):
        office.do(number, "pay", "国库", line="first/county", reference="GK-2")
    with office.desk.reading(at(office.day)) as session:
        assert all(session.book.balance(a.id).available == 0 for a in session.book.accounts(kind="payable"))
        assert list_arrears([case], {number: office.day}, office.day) == []


def decided_other(office: Office) -> str:
    with office.desk.reading(at(office.day)) as session:
        return next(c.number for c in session.store.cases() if c.state == State.DECIDED)


def test_the_firm_can_prove_an_event_and_the_log_has_no_figure(office: Office) -> None:
    number = office.file()
    office.do(number, "complete")
    proof = office.desk.prove(number, 0, at(office.day))
    assert check_proof(proof.encode(), str(office.desk.witness.key.public))
    with office.desk.reading(at(office.day)) as session:
        leaves = b"\n".join(session.book.leaves())
    assert FIRM.encode() not in leaves and "甲测试公司".encode() not in leaves


@given(st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)), st.integers(1, 30), st.booleans())
def test_a_window_has_exactly_its_days(first: dt.date, days: int, is_working: bool) -> None:
    ends = end_of_window(first, days, is_working=is_working)
    between = [first + dt.timedelta(days=i + 1) for i in range((ends - first).days)]
    assert sum(not is_working or is_workday(d) for d in between) == days
    assert not is_working or is_workday(ends)
