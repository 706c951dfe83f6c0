"""Formulas of the steps against arithmetic done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.rating.index import Direction, Node
from kaiwu.rating.index.step import impute, weigh
from kaiwu.rating.index.step.aggregate import (
    arithmetic,
    copeland,
    geometric,
    harmonic,
    mpi,
    owa,
    power,
    settle_missing,
    topsis,
)
from kaiwu.rating.index.step.denominate import denominate
from kaiwu.rating.index.step.frontier import benefit_of_doubt
from kaiwu.rating.index.step.influence import influence, weigh_by_influence
from kaiwu.rating.index.step.normalise import Band, Normalise, normalise
from kaiwu.rating.index.step.rank import MISSING, rank_scores, round_scores
from kaiwu.rating.index.step.screen import screen
from kaiwu.rating.index.step.treat import box_cox

NAN = float("nan")


def one(x: list[float], setting: Normalise, direction: Direction | None = None, **node: float) -> list[float]:
    out = normalise(np.array(x)[:, None], [Node("a", direction=direction or Direction("higher"), **node)], setting)  # type: ignore[arg-type]
    return np.round(out[:, 0], 10).tolist()


def test_a_size_of_zero_gives_no_ratio() -> None:
    out = denominate(np.array([[6.0], [6], [NAN]]), np.array([[3.0], [0], [1]]))
    assert out[0, 0] == 2
    assert np.isnan(out[1:, 0]).all()


def test_screening_counts_the_edge_as_enough() -> None:
    x = np.array([[1.0, 2, 0, 4, NAN], [1, NAN, NAN, 4, 5]])
    assert screen(x, 0.8).tolist() == [True, False]
    assert screen(x, 0, 0.75).tolist() == [True, True]
    assert screen(x, 0, 0.76).tolist() == [False, True]


def test_direction_turns_lower_near_and_inside() -> None:
    assert one([1, 2, 5], Normalise(), Direction("lower")) == [100, 75, 0]
    assert one([80, 100, 110, NAN][:3], Normalise(), Direction("near", 100, 100)) == [0, 100, 50]
    assert one([30, 40, 55, 80], Normalise(), Direction("inside", 40, 60)) == [50, 100, 100, 0]
    assert one([30, 40, 55, 100], Normalise(), Direction("inside", 40, 60, span=20)) == [50, 100, 100, 0]


def test_goalposts_do_not_depend_on_the_units() -> None:
    assert one([55], Normalise(by="goalposts", to=(0, 1)), low=20, high=90) == [0.5]
    assert one([55, 100], Normalise(by="goalposts", to=(0, 1), cap=1), Direction("lower"), low=20, high=90) == [
        0.5,
        pytest.approx(-1 / 7),
    ]
    assert one([1000], Normalise(by="goalposts", to=(0, 1), log=True), low=100, high=10000) == [0.5]


def test_ranks_borda_and_percentiles_with_ties() -> None:
    assert one([3, 1, 3, 9], Normalise(by="rank")) == [2.5, 1, 2.5, 4]
    assert one([3, 1, 3, 9], Normalise(by="borda")) == [1.5, 0, 1.5, 3]
    assert one([3, 1, 3, 9], Normalise(by="percentile")) == [pytest.approx(100 / 3), 0, pytest.approx(100 / 3), 100]


def test_distance_to_target_gives_full_marks_at_the_target_and_beyond() -> None:
    assert one([2, 6, 10, 14], Normalise(by="target"), target=10) == [0, 50, 100, 100]
    assert one([14, 10, 6, 2], Normalise(by="target"), Direction("lower"), target=6) == [0, 50, 100, 100]


def test_ratio_to_base_with_cap_floor_and_penalty() -> None:
    setting = Normalise(by="ratio", to=(0, 30), base=24, cap=45, floor=-5)
    assert one([12, 24, 60, -40], setting) == [15, 30, 45, -5]
    assert one([48, 24, 8], setting, Direction("lower")) == [15, 30, 45]
    assert one([-12, 12], Normalise(by="ratio", to=(0, 30), base=24, penalty=(0, 0.5))) == [-7.5, 15]


def test_bands_follow_their_declared_edges() -> None:
    rows = (Band(None, 2, 0), Band(2, 5, 3), Band(5, None, 9))
    assert one([1, 2, 5], Normalise(by="bands", bands=rows, edges="[)")) == [0, 3, 9]
    assert one([1, 2, 5], Normalise(by="bands", bands=rows, edges="(]")) == [0, 0, 3]


def test_box_cox_by_likelihood_finds_the_logarithm_of_lognormal_values() -> None:
    x = np.exp(np.linspace(0, 4, 60))[:, None]
    assert box_cox(x, 0.0) == pytest.approx(np.log(x - 1 + 1), abs=1e-12)
    assert abs(box_cox(x) - np.log(x)).max() < 1.0


def test_imputations_of_one_table() -> None:
    x = np.array([[1.0, 10], [3, NAN], [8, 40], [NAN, 20]])
    assert impute.fill_mean(x)[3, 0] == 4
    assert impute.fill_median(x)[3, 0] == 3
    assert impute.fill_group(x, ["p", "p", "q", "q"])[:, 0].tolist() == [1, 3, 8, 8]
    assert np.isnan(impute.fill_mean(x, least=4)[3, 0])
    assert impute.fill_block(x, [[0, 1]])[1].tolist() == [3, 3]
    near = np.array([[1.0, 1, NAN], [1.1, 1.1, 5], [9, 9, 50], [9.1, 9, 51]])
    assert impute.fill_neighbour(near, 1)[0, 2] == 5


def test_a_value_is_carried_only_as_far_as_declared() -> None:
    panel = np.array([5.0, NAN, NAN, NAN, 9]).reshape(5, 1, 1)
    assert impute.carry(panel, 1)[:, 0, 0].tolist()[:2] == [5, 5]
    assert np.isnan(impute.carry(panel, 1)[2, 0, 0])
    assert impute.carry(panel, 3)[3, 0, 0] == 5
    assert impute.interpolate(panel)[:, 0, 0].tolist() == [5, 6, 7, 8, 9]
    open_end = np.array([NAN, 2.0, NAN, 4, NAN]).reshape(5, 1, 1)
    assert np.isnan(impute.interpolate(open_end)[[0, 4], 0, 0]).all()


def test_entropy_weights_by_hand() -> None:
    x = np.array([[1.0, 1], [1, 3]])
    e = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75)) / math.log(2)
    assert 1 - e == pytest.approx(0.18872187554086717)
    assert weigh.entropy(x).tolist() == [0, 1]
    y = np.array([[1.0, 2], [3, 2.5]])
    spread = [1 + sum(p * math.log(p) for p in row) / math.log(2) for row in ((0.25, 0.75), (2 / 4.5, 2.5 / 4.5))]
    assert weigh.entropy(y) == pytest.approx(np.array(spread) / sum(spread))


def test_variation_and_gini_by_hand() -> None:
    x = np.array([[1.0, 1], [3, 2]])
    cv = [math.sqrt(2) / 2, math.sqrt(0.5) / 1.5]
    assert weigh.variation(x) == pytest.approx(np.array(cv) / sum(cv))
    assert weigh.gini(x) == pytest.approx(np.array([0.25, 1 / 6]) / (0.25 + 1 / 6))


def test_components_weigh_equally_what_is_alike() -> None:
    draw = np.random.default_rng(0)
    common = draw.normal(size=200)
    x = np.stack([common + 0.1 * draw.normal(size=200) for _ in range(3)] + [draw.normal(size=200)], axis=1)
    first = weigh.components(x, "first")
    assert first[:3] == pytest.approx([1 / 3] * 3, abs=0.02)
    assert weigh.components(x, "explained", 1.0).sum() == pytest.approx(1)


def test_joined_weights() -> None:
    a, b = np.array([0.5, 0.5]), np.array([0.8, 0.2])
    assert weigh.join(a, b, "multiply") == pytest.approx([0.8, 0.2])
    assert weigh.join(a, b, "linear", 0.25) == pytest.approx([0.725, 0.275])
    assert weigh.join(a, b, "root") == pytest.approx(np.sqrt([0.4, 0.1]) / np.sqrt([0.4, 0.1]).sum())
    assert weigh.pool_experts([[1, 3], [2, 2]]) == pytest.approx([0.375, 0.625])


def test_weights_by_influence_reach_a_target_that_can_be_reached() -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(400, 3)) * [1, 3, 10]
    target = np.array([0.5, 0.3, 0.2])
    w = weigh_by_influence(x, target)
    assert w.sum() == pytest.approx(1)
    assert influence(x, w) == pytest.approx(target, abs=1e-3)
    assert abs(influence(x, target) - target).max() > 0.3


def test_benefit_of_the_doubt_gives_one_to_a_unit_that_is_best_somewhere() -> None:
    x = np.array([[4.0, 1], [1, 4], [2, 2], [1, 1]])
    scores, weights = benefit_of_doubt(x)
    assert scores == pytest.approx([1, 1, 0.8, 0.4])
    assert (x @ weights.T <= 1 + 1e-9).all()
    bounded, own = benefit_of_doubt(x, low=np.array([0.4, 0.4]))
    assert (bounded <= scores + 1e-9).all()
    assert ((own * x) / (own * x).sum(axis=1, keepdims=True) >= 0.4 - 1e-9).all()


def test_means_by_hand() -> None:
    x, w = np.array([[2.0, 8]]), np.array([[0.5, 0.5]])
    assert [f(x, w)[0] for f in (arithmetic, geometric, harmonic)] == pytest.approx([5, 4, 3.2])
    assert power(x, w, 2)[0] == pytest.approx(math.sqrt(34))
    assert mpi(x, w)[0] == pytest.approx(5 - 9 / 5)
    assert mpi(x, w, 1)[0] == pytest.approx(5 + 9 / 5)
    assert owa(x, w, np.array([0.7, 0.3]))[0] == pytest.approx(0.7 * 8 + 0.3 * 2)
    zero = np.array([[0.0, 8]])
    assert [f(zero, w)[0] for f in (geometric, harmonic)] == [0, 0]


def test_copeland_and_topsis_by_hand() -> None:
    x = np.array([[3.0, 3, 1], [2, 2, 2], [1, 1, 3]])
    w = np.full(3, 1 / 3)
    assert copeland(x, np.broadcast_to(w, x.shape)).tolist() == [2, 0, -2]
    best_and_worst = np.array([[1.0, 1], [0, 0], [1, 0]])
    assert topsis(best_and_worst, np.full((3, 2), 0.5)) == pytest.approx([1, 0, 0.5])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=6), st.integers(0, 9999))
def test_means_keep_their_order(children: list[float], seed: int) -> None:
    """minimum <= harmonic <= geometric <= arithmetic <= maximum, whatever the weights."""
    x = np.array([children])
    w = np.random.default_rng(seed).uniform(0.05, 1, size=len(children))
    _, share = settle_missing(x, w)
    h, g, a = (f(x, share)[0] for f in (harmonic, geometric, arithmetic))
    assert (
        min(children) * (1 - 1e-9) <= h <= g * (1 + 1e-12) and g <= a * (1 + 1e-12) and a <= max(children) * (1 + 1e-9)
    )


def test_rounding_is_half_away_from_zero_with_room_for_noise() -> None:
    assert round_scores(np.array([0.125, -0.125, 1.005, 2.675, 0.1 + 0.2, NAN]), 2).tolist() == [
        13,
        -13,
        101,
        268,
        30,
        MISSING,
    ]


@pytest.mark.parametrize(
    ("ties", "places"),
    [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("dense", [1, 2, 2, 3]), ("average", [1, 2.5, 2.5, 4])],
)
def test_ties_follow_their_convention(ties: str, places: list[float]) -> None:
    scores = np.array([90.004, 80.01, 79.99, 70.0])
    assert rank_scores(scores, 2, ties).tolist() == [1, 2, 3, 4]  # type: ignore[arg-type]
    assert rank_scores(scores, 1, ties).tolist() == places  # type: ignore[arg-type]
