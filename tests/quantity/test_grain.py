"""Storing a rational as a whole number of grains: exactly, or not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError, find_unit, to_grain

grains = st.fractions(min_value=Fraction(1, 10**6), max_value=10**9)


@given(st.integers(-(2**63) + 1, 2**63 - 1), grains)
def test_a_whole_number_of_grains_survives(count: int, grain: Fraction) -> None:
    assert to_grain(count * grain, grain) == count


@given(st.fractions(min_value=-(10**12), max_value=10**12), grains)
def test_a_conversion_is_lossless_or_an_error(base: Fraction, grain: Fraction) -> None:
    try:
        assert to_grain(base, grain) * grain == base
    except KaiwuError as error:
        assert error.problems[0].code == "Q-GRAIN-LOSSY"
        assert (base / grain).denominator != 1


def test_a_third_of_a_cent_is_refused() -> None:
    with pytest.raises(KaiwuError, match="Q-GRAIN-LOSSY"):
        to_grain(Fraction(1, 3), Fraction(1))


def test_twelve_hundred_wan_yuan_are_stored_in_fen() -> None:
    assert to_grain(find_unit("万元").to_base(1200), Fraction(1)) == 1_200_000_000


def test_a_value_beyond_int64_is_refused() -> None:
    with pytest.raises(KaiwuError, match="Q-GRAIN-RANGE"):
        to_grain(Fraction(2**63), Fraction(1))
