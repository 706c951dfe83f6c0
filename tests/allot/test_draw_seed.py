"""The public draw: nobody can choose it, and everybody can work it out afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_round import DRAW, SALT

from kaiwu.allot.tie import Draw, commit_secret, seed_commitment
from kaiwu.quantity import KaiwuError


def code_of(draw: Draw) -> set[str]:
    with pytest.raises(KaiwuError) as caught:
        _ = draw.seed
    return {p.code for p in caught.value.problems}


def test_every_part_moves_the_seed() -> None:
    other = b"another secret of 32 bytes, yes!"
    public = replace(DRAW, public="01")
    secret = replace(DRAW, secret=other.hex(), commitment=commit_secret(SALT, other))
    own = replace(DRAW, seeds={"A": "x"}, seed_commitments={"A": seed_commitment("A", "x")})
    assert len({d.seed for d in (DRAW, public, secret, own)}) == 4


def test_a_secret_that_was_not_committed_to_is_refused() -> None:
    assert code_of(replace(DRAW, secret="00" * 32)) == {"A-DRAW-OPEN"}
    assert code_of(replace(DRAW, salt="zz")) == {"A-DRAW-OPEN"}


def test_a_public_number_known_before_the_deadline_is_refused() -> None:
    assert code_of(replace(DRAW, public_on=DRAW.deadline)) == {"A-DRAW-ORDER"}
    assert code_of(replace(DRAW, committed_on=DRAW.deadline)) == {"A-DRAW-ORDER"}
    assert code_of(replace(DRAW, public_on=None)) == {"A-DRAW-ORDER"}


def test_the_office_alone_draws_nothing() -> None:
    assert code_of(replace(DRAW, public="", public_on=None)) == {"A-DRAW-ALONE"}


def test_a_seed_of_an_applicant_that_was_changed_afterwards_is_refused() -> None:
    changed = replace(DRAW, seeds={"A": "y"}, seed_commitments={"A": seed_commitment("A", "x")})
    assert code_of(changed) == {"A-DRAW-OPEN"}


def test_seeds_of_applicants_may_take_the_place_of_a_public_number() -> None:
    alone = replace(
        DRAW, public="", public_on=None, seeds={"A": "x"}, seed_commitments={"A": seed_commitment("A", "x")}
    )
    assert alone.check() == []


def test_who_hides_a_seed_stands_behind_everybody() -> None:
    hiding = replace(DRAW, seed_commitments={"A": seed_commitment("A", "x")})
    numbers = hiding.numbers([f"B{i}" for i in range(20)] + ["A"])
    assert max(numbers, key=lambda name: numbers[name]) == "A"


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text("甲乙丙AB", min_size=1, max_size=4), unique=True, max_size=12),
    st.dates(dt.date(2026, 2, 2), dt.date(2026, 12, 1)),
)
def test_a_number_hangs_on_seed_and_name_alone(names: list[str], day: dt.date) -> None:
    numbers = DRAW.numbers(names)
    assert len(set(numbers.values())) == len(names)
    assert DRAW.numbers(reversed(names)) == numbers == replace(DRAW, public_on=day).numbers(names)
