"""Cut-offs: each is run again just above and just below; all must be right."""

from __future__ import annotations

from dataclasses import replace

from invented_round import invent_round, with_score

from kaiwu.allot.cutoff import BINDINGS
from kaiwu.allot.result import WAITING, allot
from kaiwu.allot.round import Round

ROUNDS = 300


def is_granted(round_: Round, applicant: str, score: int) -> bool:
    return applicant in allot(with_score(round_, applicant, score)).grants()


def test_every_cut_off_is_right_just_above_and_just_below() -> None:
    """About 2,000 waiting applicants; where no cut-off is given, not even the full score is enough."""
    tried, bindings = 0, set()
    for seed in range(ROUNDS):
        round_ = invent_round(16, 8, seed)
        placed, full = allot(round_), round_.rule.scale.highest
        for i, applicant in enumerate(round_.applicants):
            if placed.status(i) != WAITING:
                continue
            tried += 1
            cutoff = placed.cutoffs.get(i)
            if cutoff is None or cutoff.needed > full:
                assert not is_granted(round_, applicant.id, full), (seed, applicant.id)
                continue
            bindings.add(cutoff.binding)
            assert cutoff.needed > applicant.score
            assert is_granted(round_, applicant.id, cutoff.needed), (seed, applicant.id, cutoff)
            assert not is_granted(round_, applicant.id, cutoff.needed - 1), (seed, applicant.id, cutoff)
    assert tried > 1500
    assert bindings == set(BINDINGS)


def test_a_larger_quota_lifts_the_one_who_waited_for_it() -> None:
    """The binding cell is the true one: with enough of it the same applicant is placed, or another limit is named."""
    moved = 0
    for seed in range(60):
        round_ = invent_round(16, 8, seed)
        placed = allot(round_)
        for i, cutoff in placed.cutoffs.items():
            if cutoff.cell is None:
                continue
            cell = placed.cell(cutoff.cell)
            wider = replace(round_, quotas={**round_.quotas, cell: 10**6})
            after = allot(wider)
            again = after.cutoffs.get(i)
            assert again is None or again.cell is None or after.cell(again.cell) != cell
            moved += round_.applicants[i].id in after.grants()
    assert moved
