"""An appeal corrects one fact and shows what it moved for everybody; the first record stays as it is."""

from __future__ import annotations

import json

import pytest
from invented_round import invent_round
from small_round import applicant, plots, small_round

from kaiwu.allot.appeal import Correction, appeal, correct
from kaiwu.allot.record import make_record, record_bytes
from kaiwu.allot.result import allot
from kaiwu.quantity import KaiwuError

ROUND = small_round((applicant("甲", 500, 300), applicant("乙", 450, 250), applicant("丙", 430, 237)), plots(20, 30))


def test_an_upheld_appeal_names_who_gains_and_who_loses() -> None:
    found = appeal(ROUND, Correction("丙", "item", "tax", 470))
    assert [(m.applicant, m.status) for m in found.moves] == [
        ("丙", ("waiting", "granted")),
        ("乙", ("granted", "waiting")),
    ]
    assert found.moves[0].supply == ("", "P2")
    assert found.moves[1].place == (2, 3)


def test_a_correction_that_moves_nobody_still_shows_the_applicant() -> None:
    found = appeal(ROUND, Correction("丙", "item", "rd", 238))
    assert [m.applicant for m in found.moves] == ["丙"]
    assert not found.moves[0].is_material


def test_an_appeal_from_a_kept_record_equals_one_from_the_round() -> None:
    round_ = invent_round(16, 8, 2)
    record = json.loads(record_bytes(make_record(allot(round_))))
    loser = next(round_.applicants[i] for i in allot(round_).cutoffs)
    correction = Correction(loser.id, "item", "tax", 100 - loser.items["rd"])
    assert appeal(record, correction).moves == appeal(round_, correction).moves


def test_the_moves_are_the_difference_of_two_whole_rounds() -> None:
    for seed in range(20):
        round_ = invent_round(16, 8, seed)
        correction = Correction("A003", "item", "rd", 0)
        moved = {m.applicant for m in appeal(round_, correction).moves if m.is_material}
        one, two = allot(round_), allot(correct(round_, correction))
        was, now = one.grants(), two.grants()
        assert moved == {n for n in {*was, *now} if was.get(n) != now.get(n)} | {
            n for n, s in one.statuses().items() if s != two.statuses()[n]
        }


@pytest.mark.parametrize(
    "correction",
    [Correction("丙", "item", "beauty", 1), Correction("丙", "score", "", 1), Correction("丙", "mood", "x", 1), Correction("丙", "demand", "energy", 1)],
)  # fmt: skip
def test_a_fact_that_is_not_in_the_round_cannot_be_corrected(correction: Correction) -> None:
    with pytest.raises(KaiwuError) as caught:
        appeal(ROUND, correction)
    assert caught.value.problems[0].code == "A-FACT"


def test_an_applicant_who_is_not_there_cannot_appeal() -> None:
    with pytest.raises(KaiwuError) as caught:
        appeal(ROUND, Correction("丁", "item", "tax", 1))
    assert caught.value.problems[0].code == "A-WHO"
