"""Products and quotients of dimensions, and which may be compared."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.quantity import BASE_DIMENSIONS, DIMENSIONLESS, conversion
from kaiwu.quantity import dimension as d

bases = st.sampled_from(sorted(BASE_DIMENSIONS.values(), key=str))
dimensions = st.lists(st.tuples(bases, st.booleans()), max_size=4).map(
    lambda parts: _combine(parts),
)


def _combine(parts: list[tuple[d.Dimension, bool]]) -> d.Dimension:
    result = DIMENSIONLESS
    for base, above in parts:
        result = result * base if above else result / base
    return result


@given(dimensions, dimensions)
def test_multiplying_and_dividing_undo_each_other(a: d.Dimension, b: d.Dimension) -> None:
    assert a * b / b == a
    assert hash(a * b) == hash(b * a)


@given(dimensions)
def test_a_dimension_divided_by_itself_is_a_plain_number(a: d.Dimension) -> None:
    assert a / a == DIMENSIONLESS


def test_a_quotient_of_money_compares_with_a_percentage() -> None:
    # 7 fen out of 100 fen is 7 %, which is 7_000_000 base units of ratio.
    assert conversion(d.MONEY / d.MONEY, d.RATIO) == 10**8
    assert Fraction(7, 100) * 10**8 == 7 * 10**6


def test_a_share_of_money_is_money() -> None:
    factor = conversion(d.RATIO * d.MONEY, d.MONEY)
    assert factor is not None
    assert 30 * 10**6 * 1000 * factor == 300


def test_money_does_not_compare_with_money_per_mu() -> None:
    assert conversion(d.MONEY, d.MONEY / d.AREA) is None


def test_the_two_coal_values_do_not_compare() -> None:
    assert conversion(d.COAL_EQUIVALENT, d.COAL_CALORIFIC) is None


def test_names_read_in_both_languages() -> None:
    assert (d.MONEY / d.AREA).name == "金额/面积 (money/area)"
    assert DIMENSIONLESS.zh == "纯数"
    assert (DIMENSIONLESS / d.DURATION).en == "1/duration in months"


def test_an_unknown_base_dimension_is_refused() -> None:
    with pytest.raises(KeyError):
        d.base_dimension("height")
