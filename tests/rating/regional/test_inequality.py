"""Theil and Gini by region: the parts add up, and known values come out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.regional import decompose_gini, decompose_theil, gini, theil

REGIONS = st.integers(1, 14).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0.01, 1e6), min_size=n, max_size=n),
        st.lists(st.sampled_from("abc"), min_size=n, max_size=n),
        st.lists(st.floats(0.1, 1e3), min_size=n, max_size=n),
    )
)
Regions = tuple[list[float], list[str], list[float]]


def test_known_values() -> None:
    assert theil([1, 0, 0, 0]) == pytest.approx(math.log(4))
    assert gini([1, 0, 0, 0]) == pytest.approx(0.75)
    assert gini([1, 2, 3]) == pytest.approx(2 / 9)
    assert theil([1, 3]) == pytest.approx(0.25 * math.log(0.5) + 0.75 * math.log(1.5))
    assert theil([1, 3], index="L") == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))


def test_equal_regions_have_no_inequality_however_large() -> None:
    assert theil([10, 20], [1, 2]) == pytest.approx(0)
    assert gini([5, 5, 5], [1, 2, 3]) == pytest.approx(0)


@settings(max_examples=80)
@given(REGIONS, st.sampled_from("TL"))
def test_theil_is_within_plus_between(regions: Regions, index: str) -> None:
    amounts, groups, population = regions
    found = decompose_theil(amounts, groups, population, index=index)
    assert found.within + found.between == pytest.approx(found.total, abs=1e-9)
    assert found.total >= -1e-12
    assert found.between >= -1e-12
    assert all(value >= -1e-12 for value in found.inner.values())
    if found.shares:
        assert sum(found.shares.values()) == pytest.approx(found.within / found.total)


@settings(max_examples=80)
@given(REGIONS)
def test_gini_is_within_plus_between_plus_overlap(regions: Regions) -> None:
    amounts, groups, population = regions
    found = decompose_gini(amounts, groups, population)
    assert found.within + found.between + found.overlap == pytest.approx(found.total, abs=1e-9)
    assert min(found.within, found.between, found.overlap) >= -1e-12
    assert -1e-12 <= found.total < 1


@settings(max_examples=40)
@given(REGIONS, st.floats(0.1, 100))
def test_the_unit_of_the_amounts_is_irrelevant(regions: Regions, factor: float) -> None:
    amounts, _, population = regions
    scaled = [a * factor for a in amounts]
    assert theil(scaled, population) == pytest.approx(theil(amounts, population), abs=1e-9)
    assert gini(scaled, population) == pytest.approx(gini(amounts, population), abs=1e-9)


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 1e4), min_size=2, max_size=8))
def test_a_region_of_twice_the_population_is_two_regions(amounts: list[float]) -> None:
    twice = [amounts[0], *amounts]
    weights = [2.0, *[1.0] * (len(amounts) - 1)]
    assert gini(amounts, weights) == pytest.approx(gini(twice), abs=1e-9)
    assert theil([2 * amounts[0], *amounts[1:]], weights) == pytest.approx(theil(twice), abs=1e-9)


def test_groups_that_do_not_overlap_have_no_overlap() -> None:
    found = decompose_gini([1, 2, 10, 20], ["poor", "poor", "rich", "rich"])
    assert found.overlap == pytest.approx(0)
    assert found.inner == {"poor": pytest.approx(1 / 6), "rich": pytest.approx(1 / 6)}
    assert found.outer[("poor", "rich")] == pytest.approx(13.5 / 16.5)


def test_one_group_is_all_within() -> None:
    assert decompose_gini([1, 2, 4], "aaa").within == pytest.approx(gini([1, 2, 4]))
    assert decompose_theil([1, 2, 4], "aaa").within == pytest.approx(theil([1, 2, 4]))


def test_missing_is_not_zero_and_zero_has_no_logarithm() -> None:
    with pytest.raises(KaiwuError, match="S-REGION-MISSING"):
        theil([1.0, np.nan])
    with pytest.raises(KaiwuError, match="S-REGION-ZERO"):
        theil([1, 0], index="L")
    with pytest.raises(KaiwuError, match="S-REGION-BASE"):
        gini([0, 0])
    with pytest.raises(KaiwuError, match="S-REGION-BOUND"):
        gini([1, -1])
    with pytest.raises(KaiwuError, match="S-REGION-INDEX"):
        theil([1, 2], index="X")
    with pytest.raises(KaiwuError, match="S-REGION-SHAPE"):
        decompose_gini([1, 2], ["a"])
    with pytest.raises(KaiwuError, match="S-REGION-WEIGHT"):
        gini([1, 2], [1, 0])
