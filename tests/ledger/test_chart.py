"""The chart of accounts: public money from the appropriation to the claw-back, each step once and within its pot."""

from __future__ import annotations

import datetime as dt

import pytest
from shelf import NOW

from kaiwu.ledger import ALL, Accepted, Book, Command, Refusal, Transfer, join_commands
from kaiwu.ledger import chart as c

POT = c.Fund("专项资金", 2025, "district")
CITY = c.Fund("专项资金", 2025, "city")
NEXT = c.Fund("专项资金", 2026, "district")
JUNE = dt.datetime(2025, 6, 30)
GROUNDS = c.Grounds("杭经信〔2025〕1号", "第十条", ("张", "李"))


def ok(book: Book, *commands: Command) -> None:
    for command in commands:
        told = book.apply(command, NOW)
        assert isinstance(told, Accepted), told


def refused(book: Book, command: Command) -> str:
    told = book.apply(command, NOW)
    assert isinstance(told, Refusal), told
    return told.code


def get(book: Book, id: str) -> Transfer:
    found = book.transfer(id)
    assert found is not None
    return found


@pytest.fixture
def funded(book: Book) -> Book:
    ok(book, c.appropriate("a", POT, 1_000), c.register_invoice("i", "INV1", 500, "firm"))
    return book


def test_a_voucher_goes_all_the_way_and_every_fen_is_somewhere(funded: Book) -> None:
    ok(
        funded,
        c.issue_voucher("v", POT, "firm", 400, JUNE, "C1", GROUNDS),
        c.redeem("r", "v/1", 300, [c.Use("INV1", 300)], GROUNDS),
        c.disburse("d", POT, "firm", 300, "TR-1", "C1", GROUNDS),
    )
    ok(funded, c.claw_back("cb", POT, get(funded, "d/1"), 120, "TR-2", [(get(funded, "r/2"), 120)]))
    assert funded.balance(POT.available.id).available == 700
    assert funded.balance(POT.payable("firm", "C1").id).available == 0
    assert funded.balance(POT.disbursed.id).available == 180
    assert funded.balance(POT.returned.id).available == 120
    assert funded.balance(c.invoice_account("INV1").id).available == 320
    assert all(total.is_balanced for total in funded.trial_balance())
    assert get(funded, "d/1").reference == "TR-1"
    assert funded.accounts(kind="payable", firm="firm", year=2025, clause="C1", level="district") == [
        POT.payable("firm", "C1")
    ]


def test_a_pot_promises_no_more_than_it_has(funded: Book) -> None:
    ok(funded, c.issue_voucher("v", POT, "firm", 700, JUNE))
    assert refused(funded, c.issue_voucher("w", POT, "other", 301, JUNE)) == "exceeds_credits"
    assert refused(funded, c.award("x", POT, "other", 301)) == "exceeds_credits"
    ok(funded, c.void_voucher("void", "v/1"), c.award("x", POT, "other", 301))


def test_a_voucher_that_expires_is_free_again(funded: Book) -> None:
    ok(funded, c.issue_voucher("v", POT, "firm", 700, JUNE))
    told = funded.apply(c.award("x", POT, "other", 1_000), JUNE)
    assert isinstance(told, Accepted) and told.records[0].kind == "expiry"
    late = funded.apply(c.redeem("r", "v/1", 1), JUNE)
    assert isinstance(late, Refusal) and late.code == "hold_expired"


def test_one_invoice_is_not_subsidised_twice_by_two_programmes(funded: Book) -> None:
    ok(funded, c.appropriate("ac", CITY, 1_000), c.award("one", POT, "firm", 300, "C1", [c.Use("INV1", 300)]))
    double = c.award("two", CITY, "firm", 300, "C9", [c.Use("INV1", 300)])
    assert refused(funded, double) == "exceeds_credits"
    assert funded.balance(CITY.available.id).available == 1_000
    ok(funded, c.award("two", CITY, "firm", 200, "C9", [c.Use("INV1", 200)]))


def test_a_partial_redemption_can_hold_the_rest_again(funded: Book) -> None:
    ok(funded, c.issue_voucher("v", POT, "firm", 400, JUNE))
    rest = c.hold_rest("r", get(funded, "v/1"), 150)
    ok(funded, c.redeem("r", "v/1", 150, rest=rest), c.redeem("s", "r/rest", ALL))
    assert funded.balance(POT.payable("firm").id).credits_posted == 400


def test_shares_of_city_and_district_are_paid_together_or_not_at_all(funded: Book) -> None:
    ok(funded, c.appropriate("ac", CITY, 100))
    shares = [c.award("e", POT, "firm", 150), c.award("f", CITY, "firm", 150)]
    assert refused(funded, join_commands("both", *shares)) == "exceeds_credits"
    assert funded.balance(POT.available.id).available == 1_000


def test_money_that_the_bank_sends_back_is_payable_again(funded: Book) -> None:
    ok(funded, c.award("a1", POT, "firm", 300), c.disburse("d", POT, "firm", 300, "TR-1"))
    paid = get(funded, "d/1")
    assert refused(funded, c.return_money("b", POT, paid, 301)) == "cite_exceeds"
    ok(funded, c.return_money("b", POT, paid, 300, "BK-9"))
    assert refused(funded, c.claw_back("cb", POT, paid, 1)) == "cite_exceeds"  # nothing of it is with the firm
    ok(funded, c.disburse("d2", POT, "firm", 300, "TR-2"))


def test_an_invoice_is_registered_once_whoever_asks(funded: Book) -> None:
    assert refused(funded, c.register_invoice("another office", "INV1", 500, "firm")) == "id_exists"
    assert funded.balance(c.invoice_account("INV1").id).available == 500


def test_a_claw_back_frees_no_more_of_an_invoice_than_was_used(funded: Book) -> None:
    ok(funded, c.award("a1", POT, "firm", 300, "", [c.Use("INV1", 300)]), c.disburse("d", POT, "firm", 300, "TR-1"))
    use, paid = get(funded, "a1/2"), get(funded, "d/1")
    assert refused(funded, c.claw_back("b", POT, paid, 300, "", [(use, 301)])) == "cite_exceeds"
    ok(funded, c.claw_back("b", POT, paid, 300, "", [(use, 300)]))
    assert funded.balance(c.invoice_account("INV1").id).available == 500


def test_a_payment_is_clawed_back_once_and_never_more_than_was_paid(funded: Book) -> None:
    ok(funded, c.award("a1", POT, "firm", 300), c.disburse("d", POT, "firm", 300, "TR-1"))
    paid = get(funded, "d/1")
    assert refused(funded, c.claw_back("b", POT, paid, 301)) == "cite_exceeds"
    ok(funded, c.claw_back("b", POT, paid, 100))
    assert refused(funded, c.claw_back("again", POT, paid, 100)) == "cite_repeated"


def test_a_correction_turns_the_original_round_once_and_leaves_both_entries(funded: Book) -> None:
    ok(funded, c.award("a1", POT, "firm", 300))
    wrong = get(funded, "a1/1")
    right = c.award("k", POT, "firm", 30).transfers[0]
    ok(funded, c.correct("fix", wrong, Transfer("k/right", right.debit, right.credit, 30, "fen")))
    assert refused(funded, c.correct("more", wrong, None)) == "cite_repeated"
    assert [line.posted for line in funded.statement(POT.payable("firm").id)] == [300, 300, 30]
    assert funded.balance(POT.payable("firm").id).available == 30


def test_a_year_is_closed_by_a_transfer_and_takes_no_more_entries(funded: Book) -> None:
    ok(funded, c.award("a1", POT, "firm", 300), c.issue_voucher("v", POT, "firm", 100, None))
    assert refused(funded, c.close_year("y", POT, 600, NEXT)) == "close_has_holds"
    ok(funded, c.void_voucher("void", "v/1"), c.close_year("y", POT, 700, NEXT))
    assert funded.balance(NEXT.available.id).available == 700
    assert refused(funded, c.award("a2", POT, "firm", 1)) == "debit_closed"
    ok(funded, c.disburse("d", POT, "firm", 300, "TR-1"))  # what is owed from the old year is still paid


def test_a_year_without_a_rest_is_closed_too_and_a_lapsed_rest_goes_back(funded: Book) -> None:
    ok(funded, c.award("a1", POT, "firm", 1_000), c.close_year("y", POT, 0))
    ok(funded, c.appropriate("ac", CITY, 10), c.close_year("z", CITY, 10))
    assert funded.balance(CITY.appropriation.id) == (0, 10, 0, 10)


def test_a_fund_under_the_two_person_rule_moves_for_two_people_only(book: Book) -> None:
    guarded = c.Fund("专项资金", 2025, signers=2)
    for again in ("张三 ", "张 三", "张\u3000三", " 张三"):
        alone = c.Grounds("文", "条", ("张三", again, ""))
        assert refused(book, c.appropriate("a", guarded, 100, alone)) == "signers_missing"
    ok(book, c.appropriate("a", guarded, 100, GROUNDS))


def test_names_with_a_slash_do_not_collide() -> None:
    assert c.Fund("a/b", 1).available.id != c.Fund("a", 1, "b").available.id
    assert c.Fund("f", 1).payable("x/y").id != c.Fund("f", 1, clause="").payable("x", "y").id
