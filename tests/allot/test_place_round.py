"""Placing a round: nobody is passed over without a hard reason, nothing is overdrawn, order of input changes nothing."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_round import invent_round, with_score

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.quota import Cell
from kaiwu.allot.result import STATUSES, Allotment, allot
from kaiwu.allot.round import Round
from kaiwu.allot.supply import LAND_KINDS, Supply
from kaiwu.quantity import KaiwuError
from kaiwu.rule.outcome import Outcome

ROUNDS = st.integers(0, 10**9).map(lambda seed: invent_round(14, 9, seed))
FEW = settings(max_examples=60, deadline=None)


def draws_on(round_: Round, applicant: Applicant, supply: Supply) -> Counter[Cell]:
    """What a grant takes, spelled out a second time."""
    taken: Counter[Cell] = Counter()
    for month, amount in applicant.demand["energy"].items():
        taken["energy", supply.park, month] += amount
    for month, amount in applicant.demand["emission"].items():
        taken["emission", "", month[:4]] += amount
    taken["plan", "", ""] += supply.area if supply.kind in LAND_KINDS else 0
    taken["plots", supply.park, ""] += 1
    return taken


def used(placed: Allotment) -> Counter[Cell]:
    total: Counter[Cell] = Counter()
    for grant in placed.placement.grants:
        total += draws_on(placed.round, placed.applicant_of(grant), placed.supply_of(grant))
    return total


def could_take(round_: Round, applicant: Applicant, supply: Supply) -> bool:
    """Kind, conditions, threshold, constraints and owner, spelled out a second time."""
    need, offer = applicant.needs, supply.offers
    is_zoned = (
        supply.kind not in LAND_KINDS
        or need["zone"] is None
        or (offer["zone"] is not None and offer["zone"] >> need["zone"] & 1 == 1)
    )
    return (
        supply.kind in applicant.accepts
        and applicant.admitted[supply.kind] == Outcome.PASS
        and applicant.score >= round_.rule.kind(supply.kind).threshold
        and supply.owner in ("", applicant.firm)
        and offer["area"] >= need["area"]
        and is_zoned
    )


@FEW
@given(ROUNDS)
def test_no_quota_of_any_month_year_or_round_is_exceeded(round_: Round) -> None:
    for cell, amount in used(allot(round_)).items():
        assert amount <= round_.quotas[cell]


@FEW
@given(ROUNDS)
def test_every_grant_keeps_every_constraint_and_each_supply_firm_and_group_has_one(round_: Round) -> None:
    placed = allot(round_)
    pairs = [(placed.applicant_of(g), placed.supply_of(g)) for g in placed.placement.grants]
    assert all(could_take(round_, a, s) for a, s in pairs)
    for names in ([s.id for _, s in pairs], [a.firm for a, _ in pairs], [a.group for a, _ in pairs if a.group]):
        assert len(names) == len(set(names))


@FEW
@given(ROUNDS)
def test_the_counts_sum_to_the_scope(round_: Round) -> None:
    counts = allot(round_).counts()
    assert set(counts) == set(STATUSES)
    assert sum(counts.values()) == len(round_.applicants)


@FEW
@given(ROUNDS)
def test_nobody_envies_a_later_grant_with_reason(round_: Round) -> None:
    """Justified envy: a waiting applicant is before the holder of a grant in a pass open to both, could take that supply, and
    the quotas would hold it if the holder gave everything back."""
    placed = allot(round_)
    total, place = used(placed), {a.id: placed.priority.places.get(i) for i, a in enumerate(round_.applicants)}
    holders = {n for g in placed.placement.grants for a in (placed.applicant_of(g),) for n in (a.firm, a.group) if n}
    passes = {p.code: p for p in round_.rule.passes}
    for i, loser in enumerate(round_.applicants):
        if placed.status(i) != "waiting" or {loser.firm, loser.group} & holders:
            continue
        for grant in placed.placement.grants:
            winner, supply = placed.applicant_of(grant), placed.supply_of(grant)
            pool = passes[grant.stage].pool
            if place[loser.id] > place[winner.id] or (pool and pool not in loser.pools):
                continue
            left = {c: round_.quotas[c] - n for c, n in total.items()}
            freed = draws_on(round_, winner, supply)
            wanted = draws_on(round_, loser, supply)
            fits = all(left.get(c, round_.quotas.get(c, 0)) + freed[c] >= n for c, n in wanted.items())
            assert not (could_take(round_, loser, supply) and fits), (loser.id, winner.id, supply.id)


@FEW
@given(ROUNDS, st.integers(0, 10**6))
def test_the_order_of_the_input_changes_nothing(round_: Round, seed: int) -> None:
    r = random.Random(seed)
    applicants, supplies, quotas = list(round_.applicants), list(round_.supplies), list(round_.quotas.items())
    for rows in (applicants, supplies, quotas):
        r.shuffle(rows)
    shuffled = replace(round_, applicants=tuple(applicants), supplies=tuple(supplies), quotas=dict(quotas))
    one, other = allot(round_), allot(shuffled)
    assert list(one.grants().items()) == list(other.grants().items())
    assert one.statuses() == {a.id: other.statuses()[a.id] for a in round_.applicants}
    named = [{p.round.applicants[i].id: c for i, c in p.cutoffs.items()} for p in (one, other)]
    assert named[0] == named[1]


@FEW
@given(ROUNDS, st.integers(0, 13), st.integers(1, 60))
def test_raising_a_score_never_loses_a_place(round_: Round, who: int, more: int) -> None:
    applicant = round_.applicants[who]
    raised = with_score(round_, applicant.id, min(applicant.score + more, round_.rule.scale.highest))
    if applicant.id in allot(round_).grants():
        assert applicant.id in allot(raised).grants()


def test_a_round_without_an_order_for_ties_is_refused_and_names_who_ties() -> None:
    round_ = invent_round(14, 9, 3)
    same = with_score(with_score(round_, "A001", 50), "A002", 50)
    same = replace(same, applicants=tuple(replace(a, admitted=dict.fromkeys(a.admitted, Outcome.PASS)) for a in same.applicants))  # fmt: skip
    untied = replace(same, rule=replace(same.rule, ties=()))
    with pytest.raises(KaiwuError) as caught:
        allot(untied)
    assert {p.code for p in caught.value.problems} == {"A-TIE"}
    assert any("A001" in p.en and "A002" in p.en for p in caught.value.problems)
