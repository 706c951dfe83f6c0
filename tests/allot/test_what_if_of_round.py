"""What a change of a round would do, by the ruler itself: everybody stands in one list, nothing is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from invented_round import invent_round

from kaiwu.allot.adviser.round_change import RoundChange, change_round, try_round
from kaiwu.allot.result import allot
from kaiwu.cli.allot_advise_command import read_change
from kaiwu.quantity import KaiwuError


@pytest.mark.parametrize("seed", range(20))
def test_no_change_moves_nobody_and_every_change_is_that_of_the_ruler(seed: int) -> None:
    placed = allot(invent_round(16, 8, seed))
    _, same = try_round(placed, RoundChange())
    assert len(same.unchanged) == len(placed.round.applicants)
    cells = dict.fromkeys(placed.round.quotas, 0)
    after, fates = try_round(placed, RoundChange(quotas=cells))
    assert sorted((*fates.winners, *fates.losers, *fates.moved, *fates.unchanged)) == list(range(16))
    assert after.grants() == allot(replace(placed.round, quotas=cells)).grants()


def test_a_threshold_nobody_reaches_takes_every_grant_of_its_kind() -> None:
    placed = allot(invent_round(16, 8, 1))
    highest = placed.round.rule.scale.highest
    tops = {k.code: highest for k in placed.round.rule.kinds}
    after, fates = try_round(placed, RoundChange(thresholds=tops))
    assert all(placed.round.applicant(name).score == highest for name in after.grants())
    assert fates.losers and not fates.winners


def test_what_is_not_in_the_round_is_told_with_what_is() -> None:
    round_ = invent_round(16, 8, 1)
    for change in (RoundChange(quotas={("x", "", ""): 1}), RoundChange(thresholds={"x": 1}), RoundChange(limits={"x": 1})):  # fmt: skip
        with pytest.raises(KaiwuError, match="A-WHAT-IF"):
            change_round(round_, change)
    for words in ((("x",), (), ()), ((), ("land_sale=x",), ()), ((), (), ("open",))):
        with pytest.raises(KaiwuError):
            read_change(round_, *words)
