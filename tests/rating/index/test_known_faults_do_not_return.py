"""Mistakes found in other tools, each held away by a test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.rating.index.step import treat, weigh
from kaiwu.rating.index.step.aggregate import WAYS, Aggregate, aggregate
from kaiwu.rating.index.step.impute import fill_mean
from kaiwu.rating.index.step.normalise import Normalise, normalise
from kaiwu.table.document import parse_document

SKEWED = np.array([[1.0], [2], [3], [4], [5], [6], [7], [8], [9], [400]])
HIGHER = [Node("a", direction=Direction("higher"))]


@pytest.mark.parametrize("bend", [treat.log_shift, treat.log_range, treat.log, treat.box_cox])
def test_a_log_treatment_returns_the_logarithm_and_not_the_raw_vector(
    bend: treat.Callable[[np.ndarray], np.ndarray],
) -> None:
    bent = bend(SKEWED)
    assert not np.allclose(bent, SKEWED)
    assert abs(treat.statistic.skewness(bent)[0, 0]) < abs(treat.statistic.skewness(SKEWED)[0, 0])
    assert (np.diff(bent[:, 0]) > 0).all()


def test_the_range_logarithm_keeps_direction_where_all_values_are_below_one() -> None:
    small = SKEWED / 1000
    assert (np.diff(treat.log_range(small)[:, 0]) > 0).all()


@pytest.mark.parametrize("by", [w for w in WAYS if w != "frontier"])
@pytest.mark.parametrize("missing", ["skip", "spread"])
def test_every_aggregate_treats_missing_alike(by: str, missing: str) -> None:
    """A geometric mean that turns a missing child into one, or the whole unit into missing, is not like its sisters."""
    x = np.array([[4.0, 9, 5], [4, np.nan, 5], [np.nan, np.nan, np.nan], [2, 8, 1]])
    setting = Aggregate(by=by, power=2, order=(0.5, 0.3, 0.2), missing=missing)
    out = aggregate(x, np.array([0.5, 0.25, 0.25]), setting)
    assert np.isnan(out).tolist() == [False, missing == "spread", True, False]
    if by not in ("copeland", "topsis", "vikor") and missing == "skip":
        alone = aggregate(
            x[1:2, [0, 2]], np.array([0.5, 0.25]), setting if by != "owa" else Aggregate(by=by, order=(0.5, 0.3, 0.2))
        )
        assert out[1] == pytest.approx(alone[0], abs=1e-12)


@pytest.mark.parametrize("by", ["arithmetic", "geometric", "harmonic", "minimum"])
def test_too_few_present_children_give_no_score_with_any_mean(by: str) -> None:
    x = np.array([[4.0, np.nan, np.nan], [4, 5, np.nan]])
    out = aggregate(x, np.ones(3), Aggregate(by=by, least=0.5))
    assert np.isnan(out).tolist() == [True, False]


def test_means_and_deviations_are_taken_down_columns_and_not_along_rows() -> None:
    x = np.array([[1.0, 10, 100], [2, 20, 200], [3, 30, 300]])  # square: a slip of axes would pass unseen
    z = normalise(x, HIGHER * 3, Normalise(by="z_score", to=(0, 1)))
    assert z == pytest.approx(np.array([[-1.0] * 3, [0] * 3, [1] * 3]), abs=1e-12)
    assert fill_mean(np.where(x == 30, np.nan, x))[2, 1] == 15


@pytest.mark.parametrize("variant", weigh.ENTROPIES)
def test_entropy_weights_take_zeros(variant: str) -> None:
    x = np.array([[0.0, 1, 5], [0, 2, 5.5], [4, 3, 6], [4, 4, 6.5]])
    w = weigh.entropy(x, variant)
    assert np.isfinite(w).all()
    assert w.sum() == pytest.approx(1)
    assert w[0] > w[1] > 0


def test_entropy_with_a_zero_is_the_limit_of_small_values() -> None:
    x = np.array([[0.0, 1], [1, 2], [3, 2]])
    near = weigh.entropy(np.where(x == 0, 1e-12, x))
    assert weigh.entropy(x) == pytest.approx(near, abs=1e-9)


def test_a_constant_indicator_gets_no_weight_from_entropy_or_critic() -> None:
    x = np.array([[1.0, 1, 7], [1, 2, 3], [1, 5, 4]])
    for found in (
        *(weigh.entropy(x, v) for v in weigh.ENTROPIES),
        weigh.critic(x),
        weigh.gini(x),
        weigh.components(x),
        weigh.variation(x),
    ):
        assert found[0] == pytest.approx(0, abs=1e-12)
        assert found.sum() == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6), by=st.sampled_from(["min_max", "z_score", "percentile", "rank", "vector", "maximum"])
)
def test_one_missing_cell_spoils_only_its_own_cell(seed: int, by: str) -> None:
    x = np.random.default_rng(seed).uniform(1, 9, size=(8, 3))
    holed = x.copy()
    holed[2, 1] = np.nan
    scores = normalise(holed, HIGHER * 3, Normalise(by=by))
    assert np.isnan(scores).sum() == 1
    others = normalise(x, HIGHER * 3, Normalise(by=by))
    assert (scores[:, [0, 2]] == others[:, [0, 2]]).all()


def test_one_missing_cell_leaves_every_other_unit_rated_and_ranked() -> None:
    x = np.array([[1.0, 5], [2, np.nan], [3, 6], [4, 9]])
    tree = make_tree([Node("i"), *(Node(c, parent="i", direction=Direction("higher")) for c in "ab")])
    for by in ("min_max", "z_score", "rank"):
        text = f"method: m\nsteps:\n  - normalise: {{by: {by}, to: [1, 100]}}\n  - aggregate: {{missing: spread}}"
        result = IndexModel(tree, Values(tuple("wxyz"), ("a", "b"), x), parse_method(parse_document(text))).run()
        assert np.isnan(result.scores).tolist() == [False, True, False, False]
        assert result.ranks[[0, 2, 3]].tolist() == [3, 2, 1]


def test_treatment_never_turns_the_order_of_units() -> None:
    draw = np.random.default_rng(5)
    for _ in range(40):
        x = np.sort(draw.lognormal(0, 2, size=(20, 1)), axis=0)
        for then in treat.BENDS:
            assert (np.diff(treat.treat(x, treat.Treat(skew=0.3, kurt=0.3, then=then))[:, 0]) >= 0).all()


def test_winsorising_counts_ties_and_stops_at_its_limit() -> None:
    x = np.array([[v] for v in (1.0, 2, 3, 4, 5, 6, 7, 8, 900, 900, 1000)])
    out = treat.winsorise(x, most=3, skew=0.1, kurt=-5)
    assert out[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8]
    assert treat.winsorise(x, most=1, skew=0.1, kurt=-5)[-1, 0] == 900


def test_runs_in_front_give_what_each_run_gives_alone() -> None:
    runs = np.random.default_rng(9).lognormal(size=(4, 12, 3))
    runs[1, 3, 1] = np.nan
    setting = treat.Treat(skew=0.5, kurt=0.5, winsorise=2, then="log_shift")
    assert (treat.treat(runs, setting) == np.stack([treat.treat(r, setting) for r in runs])).sum() >= runs.size - 4
    for by in WAYS:
        step = Aggregate(by=by, power=2, order=(3, 2, 1), missing="skip")
        whole, alone = (
            aggregate(runs, np.array([0.5, 0.3, 0.2]), step),
            [aggregate(r, np.array([0.5, 0.3, 0.2]), step) for r in runs],
        )
        assert whole == pytest.approx(np.stack(alone), abs=1e-12, nan_ok=True)
