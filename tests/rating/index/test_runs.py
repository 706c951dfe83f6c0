"""Bulk runs give what single runs give, and their summaries are right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Tree, Values, make_tree, parse_method
from kaiwu.rating.index.runs import Choices, Runs, draw_choices, place, score_choices, vary_cells, vary_method
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.table.document import parse_document

STEPS = "method: m\nsteps:\n  - treat: {}\n  - normalise: {by: min_max, to: [1, 100]}\n  - aggregate: {by: BY}\n  - rank: {decimals: none}"


def tree() -> Tree:
    leaves = [Node(f"x{i}", parent="pqr"[i % 3], direction=Direction("higher" if i % 2 else "lower")) for i in range(9)]
    return make_tree(
        [Node("i"), Node("p", parent="i", weight=3), Node("q", parent="i"), Node("r", parent="i"), *leaves]
    )  # type: ignore[arg-type]


def model(by: str = "arithmetic", missing: float = 0.0, scale: str = "min_max, to: [1, 100]") -> IndexModel:
    draw = np.random.default_rng(4)
    t = tree()
    x = draw.lognormal(size=(20, 9))
    x[draw.random(x.shape) < missing] = np.nan
    text = STEPS.replace("BY", by).replace("min_max, to: [1, 100]", scale)
    return IndexModel(t, Values(tuple(f"u{i:02d}" for i in range(20)), t.leaves, x), parse_method(parse_document(text)))


@pytest.mark.parametrize("by", ["arithmetic", "geometric", "harmonic"])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_a_run_with_the_methods_own_choices_is_the_model_itself(by: str, missing: float) -> None:
    m = model(by, missing)
    scores = score_choices(m, Choices(), {"equal": np.zeros(2)})
    expected = m.run().scores
    assert scores[1] == pytest.approx(expected, abs=1e-10, nan_ok=True)


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_each_choice_gives_what_a_model_so_changed_gives(missing: float) -> None:
    m = model(missing=missing)
    choices = Choices(
        normalise=(Normalise(to=(1, 100)), Normalise("rank")), means=("arithmetic", "geometric"), leave_out=True
    )
    drawn = {"normalise": np.array([0.0, 1, 1]), "means": np.array([1.0, 0, 1]), "leave_out": np.array([-1.0, 4, 4])}
    scores = score_choices(m, choices, drawn)
    for k, (scale, by, gone) in enumerate(
        [("min_max, to: [1, 100]", "geometric", ()), ("rank", "arithmetic", ("x4",)), ("rank", "geometric", ("x4",))]
    ):
        other = model(by, missing, scale)
        changed = other.changed(tree=other.tree.without(gone)) if gone else other
        assert scores[k] == pytest.approx(changed.run().scores, abs=1e-10, nan_ok=True)


def test_noise_on_weights_of_zero_width_changes_nothing_and_draws_repeat_by_seed() -> None:
    m = model()
    a = vary_method(m, Choices(weight_noise=0.3, equal_weights=True), 200, seed=1)
    b = vary_method(m, Choices(weight_noise=0.3, equal_weights=True), 200, seed=1)
    c = vary_method(m, Choices(weight_noise=0.3, equal_weights=True), 200, seed=2)
    assert (a.ranks == b.ranks).all()
    assert (a.ranks != c.ranks).any()
    assert a.ranks.dtype == np.int16
    still = vary_method(m, Choices(weight_noise=1e-13), 10)
    assert (still.ranks == m.run().ranks).all()


@pytest.mark.parametrize("scale", ["min_max, to: [1, 100]", "z_score, to: [100, 10]"])
@pytest.mark.parametrize("treated", [True, False])
def test_the_short_way_through_noise_equals_the_long_one(
    scale: str, treated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    m = model(scale=scale)
    if not treated:
        text = STEPS.replace("BY", "arithmetic").replace("min_max, to: [1, 100]", scale).replace("  - treat: {}\n", "")
        m = m.changed(method=parse_method(parse_document(text)))
    short = vary_cells(m, 0.1, 50, keep_scores=True)
    monkeypatch.setattr("kaiwu.rating.index.runs._linear", lambda model: None)
    long = vary_cells(m, 0.1, 50, keep_scores=True)
    assert short.scores == pytest.approx(long.scores, abs=1e-9)
    assert (short.ranks == long.ranks).all()


def test_noise_of_zero_leaves_every_place_and_missing_cells_missing() -> None:
    m = model(missing=0.1)
    runs = vary_cells(m, 0.0, 5)
    assert (runs.ranks == np.nan_to_num(m.run().ranks)).all()


def test_the_values_own_errors_are_used_where_none_are_given() -> None:
    m = model()
    with pytest.raises(KaiwuError, match="IX-RUNS-ERROR"):
        vary_cells(m, runs=5)
    error = np.zeros_like(m.values.x)
    error[3] = 10.0
    noisy = vary_cells(m.changed(values=replace(m.values, error=error)), runs=40)
    assert len(np.unique(noisy.ranks[:, 3])) > 3
    assert (noisy.ranks == vary_cells(m, error, 40).ranks).all()


def test_places_share_the_least_for_ties_and_zero_for_missing() -> None:
    scores = np.array([[3.0, 5, 5, 1], [np.nan, 2, 2, 2]])
    assert place(scores).tolist() == [[3, 1, 1, 4], [0, 1, 1, 1]]


def test_intervals_chances_and_duels_by_hand() -> None:
    ranks = np.array([[1, 2, 3]] * 15 + [[2, 1, 3]] * 4 + [[3, 1, 2]], dtype=np.int16)
    runs = Runs(("a", "b", "c"), ranks)
    low, high = runs.interval(0.9)
    assert low.tolist() == [1, 1, 2]  # c was second in one run of twenty
    assert high.tolist() == [2, 2, 3]
    assert runs.in_top(1).tolist() == [0.75, 0.25, 0]
    assert runs.in_top(2).tolist() == [0.95, 1, 0.05]
    beats = runs.beats()
    assert beats[0].tolist() == [0, 0.75, 0.95]
    assert (beats + beats.T + np.eye(3) == 1).all()


def test_a_method_that_bulk_runs_cannot_take_is_refused_by_name() -> None:
    with pytest.raises(KaiwuError, match="IX-RUNS-MEAN"):
        vary_method(model("mpi"), Choices(weight_noise=0.1), 10)
    with pytest.raises(KaiwuError, match="IX-RUNS-MEAN"):
        Choices(means=("mpi",))
    with pytest.raises(KaiwuError, match="IX-RUNS-NONE"):
        draw_choices(model(), Choices(), 10, 1)
