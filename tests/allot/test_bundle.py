"""Bundles against quotas over time, and promises that become debts."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.allot.pool.bundle import Guarantee, Item, Request, decide_bundles, slip, try_cut
from kaiwu.allot.pool.promise import Promise, check_promises, delivery_ratio, discount, list_due, make_debt
from kaiwu.allot.pool.quota_book import hold_guarantee, open_quota, release_guarantee, use_guarantee
from kaiwu.ledger import MemoryBook, is_accepted
from kaiwu.quantity import KaiwuError

MONTHS = ("2026-01", "2026-02", "2026-03")


def ask(project: str, least: int = 100, **amounts: int) -> Request:
    return Request(project, tuple(Item(r, dict.fromkeys(MONTHS, n), least) for r, n in amounts.items()))


def quota(**amounts: int) -> dict[tuple[str, str], int]:
    return {(r, m): n for r, n in amounts.items() for m in MONTHS}


def outcomes(answers: tuple[Guarantee, ...]) -> list[str]:
    return [a.outcome for a in answers]


def test_requests_are_granted_in_part_or_wait_in_their_order():
    answers = decide_bundles([ask("A", energy=60), ask("B", 50, energy=60), ask("C", energy=20)], quota(energy=100))
    assert outcomes(answers) == ["granted", "part", "waiting"]
    assert answers[1].shares == {"energy": 68} and answers[1].drawn[("energy", "2026-01")] == 40
    assert answers[1].binding == ("energy", "2026-01") and answers[2].reason[0]


def test_a_bundle_waits_whole_where_one_of_its_factors_is_short():
    answers = decide_bundles([ask("A", energy=10, land=50), ask("B", energy=10)], quota(energy=10, land=20))
    assert outcomes(answers) == ["waiting", "granted"] and answers[0].drawn == {}


def test_a_request_that_is_not_entitled_is_refused_with_its_reason():
    (answer,) = decide_bundles([Request("A", (), False, ("能效不达标", "energy use too high"))], {})
    assert (answer.outcome, answer.reason[0]) == ("refused", "能效不达标")


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 100)), max_size=8), st.integers(0, 150), st.integers(0, 150))  # fmt: skip
@settings(max_examples=100)
def test_no_quota_is_passed_in_any_month(wanted, energy, land):
    requests = [ask(f"P{k}", least, energy=e, land=n) for k, (e, n, least) in enumerate(wanted)]
    quotas = quota(energy=energy, land=land)
    drawn = dict.fromkeys(quotas, 0)
    for answer in decide_bundles(requests, quotas):
        for cell, amount in answer.drawn.items():
            drawn[cell] += amount
    assert all(drawn[cell] <= quotas[cell] for cell in quotas)


@given(st.integers(1, 500), st.integers(0, 500))
@settings(max_examples=100)
def test_a_part_is_the_greatest_whole_percent_that_fits(wanted, rest):
    (answer,) = decide_bundles([Request("A", (Item("energy", {"2026-01": wanted}, 1),))], {("energy", "2026-01"): rest})
    best = max((s for s in range(101) if wanted * s // 100 <= rest), default=0)
    assert answer.shares.get("energy", 0) == (best if best >= 1 else 0)


def test_slippage_releases_what_was_held():
    quotas = quota(energy=100) | {("energy", "2026-09"): 100}
    late = Request("A", (Item("energy", {"2026-01": 80}),))
    waiting = Request("B", (Item("energy", {"2026-01": 50}),))
    assert outcomes(decide_bundles([late, waiting], quotas)) == ["granted", "waiting"]
    assert outcomes(decide_bundles([slip(late, {"2026-01": "2026-09"}), waiting], quotas)) == ["granted", "granted"]


def test_a_cut_names_who_falls_out_and_the_cheapest_repair():
    requests = [ask("A", energy=50), ask("B", energy=40), ask("C", energy=10)]
    cut = try_cut(requests, quota(energy=100), quota(energy=90), {"energy": 3})
    assert (cut.fallen, cut.reduced, cut.risen) == (("C",), (), ())
    assert cut.repairs["C"] == ({("energy", m): 10 for m in MONTHS}, 90)
    assert cut.whole == ({("energy", m): 10 for m in MONTHS}, 90)
    assert (
        outcomes(decide_bundles(requests, {c: n + cut.whole[0][c] for c, n in quota(energy=90).items()}))
        == ["granted"] * 3
    )


@pytest.mark.parametrize(
    "requests",
    [[ask("A", energy=-1)], [ask("A", 0, energy=1)], [ask("A", energy=1), ask("A", energy=1)], [ask("A", water=1)]],
)
def test_wrong_requests_and_unknown_quotas_are_refused(requests):
    with pytest.raises(KaiwuError, match="A-BUNDLE"):
        decide_bundles(requests, quota(energy=100))


def test_quota_accounts_hold_release_and_never_overdraw():
    book, now, lapse = MemoryBook(), dt.datetime(2026, 1, 1), dt.datetime(2026, 6, 30)
    for cell, amount in quota(energy=100).items():
        assert is_accepted(book.apply(open_quota(cell, amount, "指标文件"), now))
    first, second = (decide_bundles([ask(p, energy=70)], quota(energy=100))[0] for p in "AB")
    assert is_accepted(book.apply(hold_guarantee(first, "2026Q1", lapse), now))
    assert not is_accepted(book.apply(hold_guarantee(second, "2026Q1", lapse), now))
    assert book.balance("quota/energy/2026-01").available == 30
    assert is_accepted(book.apply(release_guarantee(first, "2026Q1", "开工逾期"), now))
    assert is_accepted(book.apply(hold_guarantee(second, "2026Q1", lapse), now))
    assert is_accepted(book.apply(use_guarantee(second, "2026Q1"), now))
    assert book.balance("quota/used/B/energy").credits_posted == 210
    assert book.audit() is None


def test_a_guarantee_lapses_by_itself_on_its_milestone():
    book, now = MemoryBook(), dt.datetime(2026, 1, 1)
    book.apply(open_quota(("energy", "2026-01"), 50, "指标文件"), now)
    (granted,) = decide_bundles([Request("A", (Item("energy", {"2026-01": 50}),))], {("energy", "2026-01"): 50})
    book.apply(hold_guarantee(granted, "2026Q1", dt.datetime(2026, 3, 31)), now)
    book.expire(dt.datetime(2026, 4, 1))
    assert book.balance("quota/energy/2026-01").available == 50


def promise(**change: object) -> Promise:
    kept = {"contract": "K1", "firm": "F", "code": "tax", "zh": "亩均税收", "en": "tax per mu", "promised": 40, "due": dt.date(2026, 12, 31), "rate": Fraction(150), "article": "合同第九条"}  # fmt: skip
    return Promise(**{**kept, **change})


def test_a_hundred_contracts_fire_each_check_on_its_day_and_only_then():
    promises = [promise(contract=f"K{k}", due=dt.date(2026, 1, 1) + dt.timedelta(days=3 * k)) for k in range(100)]
    day, fired = dt.date(2025, 12, 31), []
    while day < dt.date(2027, 1, 1):
        following = day + dt.timedelta(days=1)
        due = list_due(promises, day, following)
        assert all(p.due == following for p in due)
        fired += due
        day = following
    assert [p.id for p in fired] == [p.id for p in promises]


def test_a_shortfall_becomes_a_debt_once_and_names_its_clause():
    p = promise()
    (check,) = check_promises([p], {p.id: 31}, dt.date(2027, 1, 5))
    assert (check.outcome, check.short, check.debt) == ("short", 9, 1350) and "合同第九条" in check.tell()[0]
    book, now = MemoryBook(), dt.datetime(2027, 1, 5)
    assert is_accepted(book.apply(make_debt(check, 2026), now))
    assert is_accepted(book.apply(make_debt(check, 2026), now))
    assert book.balance("promise/owed/F").debits_posted == 1350
    assert all(t.is_balanced for t in book.trial_balance())


@pytest.mark.parametrize(
    ("change", "measured", "day", "outcome"),
    [({}, 40, 5, "kept"), ({}, None, 5, "missing"), ({}, 0, -20, "open"), ({"is_floor": False}, 41, 5, "short"), ({"is_floor": False}, 39, 5, "kept")],
)  # fmt: skip
def test_every_promise_has_one_of_four_answers(change, measured, day, outcome):
    p = promise(**change)
    (check,) = check_promises([p], {p.id: measured}, p.due + dt.timedelta(days=day))
    assert check.outcome == outcome and all(check.tell())


def test_a_promise_is_discounted_by_the_firms_own_delivery():
    promises = [promise(contract=f"K{k}") for k in range(3)] + [promise(contract="M", firm="G")]
    measured = {promises[0].id: 40, promises[1].id: 20, promises[2].id: None}
    checks = check_promises(promises, measured, dt.date(2027, 1, 5))
    assert delivery_ratio(checks, "F") == Fraction(3, 4)
    assert delivery_ratio(checks, "G") is None
    assert (discount(100, Fraction(3, 4)), discount(100, None)) == (75, 100)
