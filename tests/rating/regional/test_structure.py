"""Obstacles, location quotients, concentration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.regional import list_obstacles, locate_industries, measure_concentration, measure_obstacles


def test_obstacles_worked_by_hand() -> None:
    """Weights 0.5, 0.3, 0.2; lacks 0.2, 0.5, 1: parts 0.10, 0.15, 0.20 of 0.45."""
    found = measure_obstacles([[0.8, 0.5, 0.0]], [0.5, 0.3, 0.2])
    assert found[0] == pytest.approx([10 / 45, 15 / 45, 20 / 45])
    listed = list_obstacles(["东县"], ["a", "b", "c"], [[0.8, 0.5, 0.0]], [0.5, 0.3, 0.2], top=2)
    assert listed.select("unit", "place", "indicator").rows() == [("东县", 1, "c"), ("东县", 2, "b")]


def test_a_unit_that_lacks_nothing_has_no_obstacle() -> None:
    assert np.isnan(measure_obstacles([[1.0, 1.0]], [0.5, 0.5])).all()
    assert list_obstacles(["最优"], ["a", "b"], [[1.0, 1.0]], [0.5, 0.5]).is_empty()


@settings(max_examples=50)
@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.floats(0, 1), min_size=n, max_size=n)))
def test_obstacles_of_a_unit_sum_to_one(row: list[float]) -> None:
    found = measure_obstacles([row], [1 / len(row)] * len(row))[0]
    assert np.isnan(found).all() or found.sum() == pytest.approx(1)


def test_names_and_columns_must_agree() -> None:
    with pytest.raises(KaiwuError, match="S-REGION-SHAPE"):
        list_obstacles(["a"], ["x"], [[0.5, 0.5]], [0.5, 0.5])


def test_location_quotients_worked_by_hand() -> None:
    found = locate_industries([[30, 70], [10, 90]])
    assert found == pytest.approx(np.array([[1.5, 0.875], [0.5, 1.125]]))


def test_an_industry_that_nobody_has_has_no_quotient() -> None:
    found = locate_industries([[1, 0], [2, 0]])
    assert np.isnan(found[:, 1]).all()
    assert found[:, 0] == pytest.approx([1, 1])


@settings(max_examples=50)
@given(st.lists(st.lists(st.floats(0.1, 1e6), min_size=3, max_size=3), min_size=2, max_size=6))
def test_quotients_weighted_by_the_regions_average_to_one(amounts: list[list[float]]) -> None:
    table = np.array(amounts)
    weights = table.sum(axis=1) / table.sum()
    assert weights @ locate_industries(table) == pytest.approx(np.ones(3))


def test_concentration_worked_by_hand() -> None:
    found = measure_concentration([50, 30, 20])
    assert found.herfindahl == pytest.approx(0.38)
    assert found.normalised == pytest.approx((0.38 - 1 / 3) / (2 / 3))
    assert np.isnan(measure_concentration([5]).normalised)


@settings(max_examples=50)
@given(st.integers(1, 30), st.floats(0.1, 1e6))
def test_equal_firms_are_as_many_as_they_are(count: int, amount: float) -> None:
    assert measure_concentration([amount] * count).effective == pytest.approx(count)


def test_nothing_at_all_has_no_shares() -> None:
    with pytest.raises(KaiwuError, match="S-REGION-BASE"):
        measure_concentration([0, 0])
