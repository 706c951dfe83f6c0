"""The played year: planted cases found and nothing else, the pot to the fen, one claim frozen, and the same again."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from voucher_play import CAP, POT, Played, play_year, write_year

from kaiwu.ledger.log import compare_book
from kaiwu.procedure.claim import Case, EventKind, State
from kaiwu.procedure.claim.bank import list_arrears
from kaiwu.procedure.claim.pot_month import read_months
from kaiwu.procedure.claim.sandbox import list_levers, what_if_year
from kaiwu.procedure.claim.store import refold
from kaiwu.quantity import KaiwuError


def found_by_checks(played: Played) -> dict[str, set[str]]:
    """Contract -> checks that found something that must be answered, hints left out."""
    found: dict[str, set[str]] = {}
    with played.desk.session(played.play.now) as session:
        for case in played.cases:
            for event in session.store.events(case.number):
                if event.kind == EventKind.CHECK:
                    checks = {f["check"] for f in event.data["report"]["findings"] if f["severity"] != "hint"}
                    if checks:
                        found[case.contract["number"]] = checks
    return found


def planted(played: Played) -> dict[str, set[str]]:
    rows = played.year.planted.values()
    return {c.contract: {c.plant.check} for c in rows if c.plant is not None and c.plant.check != "amount"}


def test_every_planted_case_is_found_by_its_check_and_nothing_else_is(played: Played):
    assert found_by_checks(played) == planted(played)


@pytest.mark.parametrize("seed", [2])
def test_so_it_is_with_another_seed(tmp_path, seed):
    other = play_year(tmp_path / "w", write_year(tmp_path / "w", 60, seed))
    assert found_by_checks(other) == planted(other)
    assert all(total.is_balanced for total in other.desk.witness.book.trial_balance())
    assert other.report.asked


def test_what_was_confirmed_is_refused_and_what_was_cleared_is_paid(played: Played):
    by_contract = {case.contract["number"]: case for case in played.cases}
    for claim in played.year.planted.values():
        case = by_contract[claim.contract]
        assert claim.plant is not None
        if claim.plant.verdict == "confirmed":
            assert case.state is State.REFUSED
            assert case.award is None
        else:
            assert case.state in (State.PAID, State.CLAWED_BACK, State.PAYING)


def test_a_sheet_with_a_tampered_amount_comes_back_whole_and_is_filed_corrected(played: Played):
    (problem,) = played.report.corrected
    assert problem.code == "CL-INVOICE-DIFFERS"
    assert "09月" in problem.where
    assert len(played.report.filed) == len(set(played.report.filed)) == len(played.year.claims)


def test_the_books_balance_to_the_fen_every_month_and_the_pot_is_never_overdrawn(played: Played):
    months = read_months(played.desk.witness.book, played.report.programme)
    assert len(months) == 12
    assert all(month.is_balanced for month in months)
    for month in months:
        parts = (month.reserved, month.payable, month.paid, month.recovered, month.left, month.carried)
        assert min(parts) >= 0
        assert month.appropriated <= POT
    lefts = [m.left for m in months if m.appropriated == POT]
    assert lefts == sorted(lefts, reverse=True)
    assert (months[-1].left, months[-1].carried) == (0, played.report.carried)
    assert all(total.difference == 0 and total.is_balanced for total in played.desk.witness.book.trial_balance())


def test_nobody_is_granted_more_than_the_cap_and_all_together_no_more_than_the_pot(played: Played):
    firms: dict[str, int] = {}
    for case in played.cases:
        firms[case.firm] = firms.get(case.firm, 0) + case.amount
    assert max(firms.values()) == CAP
    assert sum(firms.values()) + played.report.carried == POT


def test_city_and_district_bear_their_shares_exactly(played: Played):
    for case in played.cases:
        if case.award is not None:
            parts = {line.fund: line.amount for line in case.award.lines}
            assert sum(parts.values()) == case.amount
            assert Fraction(parts["city"], case.amount) == Fraction(3, 5)


def test_the_pot_runs_out_in_december_and_then_people_are_asked(played: Played):
    asked = [played.play.known[each.claim] for each in played.report.asked]
    assert asked
    assert {case.claimed_on.month for case in asked if case.claimed_on} == {12}
    assert all(case.state is State.CHECKED and case.award is None for case in asked)
    assert played.report.asked[0].problem.code == "CL-HUMAN"
    assert played.report.carried < CAP, "what is left is less than the first asked claim wants"


def paid_in(case: Case, year: int, month: int) -> int:
    return sum(p.amount for p in case.payments if (p.day.year, p.day.month) == (year, month))


def test_an_objection_freezes_its_claim_and_no_other(played: Played):
    ((number, since, until),) = played.report.frozen
    frozen = played.play.known[number]
    assert until is not None
    assert all(p.day > until for p in frozen.payments)
    same_notice = [c for c in played.cases if c.notice == frozen.notice and c.number != number]
    assert same_notice
    assert all(paid_in(case, since.year, since.month) for case in same_notice)
    assert frozen.state in (State.PAID, State.PAYING)


def test_returned_money_is_paid_again_and_the_last_return_is_in_arrears(played: Played):
    first, last = played.report.returned
    again = [p for p in played.play.known[first].payments if p.line == "whole/city"]
    assert [p.is_returned for p in again] == [True, False]
    assert len({p.reference for p in again}) == 2
    decided = {c.number: dt.date(2026, 12, 11) for c in played.cases if c.decided_event}
    (arrear,) = list_arrears(played.cases, decided, played.play.day)
    assert arrear.claim == last


def test_money_claimed_back_came_in(played: Played):
    (number,) = played.report.clawed_back
    (made,) = played.play.known[number].claw_backs
    assert made.recovered == made.amount == played.play.known[number].amount


def test_after_the_closing_nothing_more_can_be_granted(played: Played):
    asked = played.report.asked[-1].claim
    with pytest.raises(KaiwuError), played.desk.session(played.play.now) as session:
        session.assess(
            asked, day=played.play.day, by="经办", today=played.play.day, facts={"资金池不足时准予全额兑付": "是"}
        )


def test_book_and_log_agree_and_every_balance_derives_again(played: Played):
    witness = played.desk.witness
    compare_book(witness.book, witness.log())
    assert witness.book.audit() is None
    with played.desk.session(played.play.now) as session:
        assert all(refold(session.store, c.number) == session.store.case(c.number) for c in played.cases[:10])


# -- what if ---------------------------------------------------------------------------------------------


def lever(played: Played, code: str):
    return next(each for each in list_levers(played.workspace.library, played.report.programme) if each.code == code)


def tried(played: Played, code: str, value: str):
    settings = lever(played, code).settings(value)
    return what_if_year(played.workspace.library, played.report.programme, played.cases, settings)


def test_settling_the_whole_year_at_once_gives_what_the_desk_granted_claim_by_claim(played: Played):
    same = tried(played, "cap", "800万元")
    awards = same.before.awards
    granted = {c.number: c.amount for c in played.cases if c.award is not None}
    settled = {row["claim"].partition("/")[0]: row["low"] for row in awards.iter_rows(named=True)}
    assert {n: settled.get(n, 0) for n in granted} == granted
    assert same.summary()["cost_before_low"] == same.summary()["cost_after_low"] == sum(granted.values())
    assert same.summary()["winners"] == same.summary()["losers"] == 0


def test_a_lower_cap_costs_less_and_nobody_gets_more_than_it(played: Played):
    what = tried(played, "cap", "500万元")
    found = what.summary()
    assert found["cost_after_low"] < found["cost_before_low"]
    assert found["losers"] >= 5
    sums = what.after.awards.select("entity", "high").group_by("entity").sum()
    assert sums["high"].max() <= 500 * 1_000_000


def test_a_lower_rate_and_a_smaller_pot_bind_too(played: Played):
    assert tried(played, "rate_SLQ", "15%").summary()["cost_after_low"] < tried(played, "rate_SLQ", "30%").summary()["cost_after_low"]  # fmt: skip
    assert tried(played, "pot", "1亿元").summary()["cost_after_low"] <= 10_000 * 1_000_000


@pytest.mark.parametrize("value", ["500", "-1万元", "三头牛", "20%", ""])
def test_a_lever_takes_an_amount_with_its_unit_and_nothing_else(played: Played, value):
    with pytest.raises(KaiwuError):
        lever(played, "cap").settings(value)
