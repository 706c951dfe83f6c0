"""Advice is the cheapest change that the model confirms, on real action only, and never on a statistical figure."""

from __future__ import annotations

import datetime as dt
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.rating.index.advice import Advice, Line, Target, advise
from kaiwu.rating.index.cheapest import Lever
from kaiwu.rating.index.step.rank import rank_scores, round_scores
from kaiwu.table.document import parse_document

TREE = make_tree([
    Node("index"), Node("a", parent="index", weight=3), Node("b", parent="index", weight=2),
    Node("x", zh="研发", en="R&D", parent="a", direction=Direction("higher"), low=0, high=10, base=5, target=8),
    Node("y", zh="能耗", en="energy", parent="a", direction=Direction("lower"), low=0, high=10, base=5, target=2),
    Node("z", zh="产值", en="output", parent="b", direction=Direction("higher"), low=0, high=10, base=5, target=8),
])  # fmt: skip
BANDS = "{by: bands, edges: '[)', bands: [{to: 3, points: 20}, {from: 3, to: 6, points: 60}, {from: 6, points: 100}]}"
METHODS = {
    "goalposts": "{by: goalposts}", "ratio": "{by: ratio, cap: 120}", "min_max": "{by: min_max}", "target": "{by: target}", "z_score": "{by: z_score, to: [50, 10]}",
}  # fmt: skip


def lever(code: str, cost: float = 1.0, low: float = 0.0, high: float = 10.0, **more: object) -> Lever:
    return Lever(code, low, high, cost, f"改{code}", f"move {code}", **more)  # type: ignore[arg-type]


def make(normalise: str, x: np.ndarray, aggregate: str = "arithmetic", **more: object) -> IndexModel:
    steps = f"method: m\nsteps:\n  - normalise: {normalise}\n  - aggregate: {aggregate}\n  - rank: {{decimals: 2}}"
    units = tuple(f"u{i}" for i in range(len(x)))
    return IndexModel(TREE, Values(units, TREE.leaves, x, **more), parse_method(parse_document(steps)))  # type: ignore[arg-type]


def table(seed: int, units: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).integers(4, 37, (units, 3)) / 4


def try_all(model: IndexModel, levers: list[Lever], target: Target, step: float) -> float:
    """The least cost on a grid, by the model at every point."""
    base = model.values.x[0]
    at = [model.values.codes.index(v.code) for v in levers]
    points = np.array(list(product(*(np.arange(v.low, v.high + 1e-9, step) for v in levers))))
    x = np.repeat(model.values.x[None], len(points), axis=0)
    x[:, 0, at] = points
    scores = model.evaluate(x)
    moves = np.abs(points - base[at])
    cost = (moves * [v.cost for v in levers] + (moves > 0) * [v.fixed for v in levers]).sum(axis=1)
    good = (
        round_scores(scores, 2)[:, 0] >= round(target.value * 100)
        if target.kind == "score"
        else rank_scores(scores, 2)[:, 0] <= target.value
    )
    return float(np.where(good, cost, np.inf).min())


def verify(model: IndexModel, advice: Advice) -> None:
    x = model.values.x.copy()
    for change in advice.changes:
        x[model.values.units.index(advice.unit), model.values.codes.index(change.code)] = change.after
    again = model.changed(values=Values(model.values.units, model.values.codes, x)).run()
    at = again.units.index(advice.unit)
    assert int(again.printed[at]) == advice.after and again.ranks[at] == advice.rank_after


@pytest.mark.parametrize("way", METHODS)
@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 1.0), st.sampled_from(["arithmetic", "geometric"]))
def test_no_cheaper_change_is_found_by_trying_all(way: str, seed: int, share: float, mean: str) -> None:
    setting = METHODS[way] if mean == "arithmetic" or way in ("z_score", "ratio") else METHODS[way].replace("}", ", to: [1, 100]}")  # fmt: skip
    model = make(setting, table(seed), mean)
    levers = [lever("x", 3.0), lever("y", 2.0, 1.0)]
    result = model.run()
    most = advise(model, "u0", Target("score", 1e6), levers)
    assert most.status == "infeasible"
    goal = Target("score", round((result.printed[0] + share * (most.after - result.printed[0])) / 100, 2))
    advice = advise(model, "u0", goal, levers)
    assert advice.status in ("feasible", "reached")
    assert advice.after >= round(goal.value * 100)
    verify(model, advice)
    # a grid of quarters can be cheaper only by what rounding to hundredths and straight pieces cost
    assert advice.cost <= try_all(model, levers, goal, 0.25) + 0.06


def test_bands_and_entry_costs_are_bought_whole() -> None:
    model = make("{by: goalposts, indicators: {x: " + BANDS + "}}", np.array([[1.0, 5, 5], [2, 2, 2], [9, 1, 9]]))
    levers = [lever("x", 1.0), lever("y", 4.0, fixed=2.0)]
    for goal in (37.0, 46.0, 52.0, 60.0, 64.0):
        advice = advise(model, "u0", Target("score", goal), levers)
        assert advice.cost == pytest.approx(try_all(model, levers, Target("score", goal), 0.05), abs=0.25)
        verify(model, advice)
    assert advise(model, "u0", Target("score", 47.0), levers).changes[0].after == 3.0


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_a_place_is_reached_as_the_model_counts_places(seed: int, place: int) -> None:
    model = make("{by: min_max, constant: 50}", table(seed))
    levers = [lever("x", 3.0, 0, 10), lever("y", 2.0, 0.5, 10)]
    before = model.run().ranks[0]
    advice = advise(model, "u0", Target("rank", place), levers)
    if advice.status == "feasible":
        assert advice.rank_after <= place < before
        verify(model, advice)
        assert advice.cost <= try_all(model, levers, Target("rank", place), 0.25) + 0.3
    elif advice.status == "infeasible":
        assert try_all(model, levers, Target("rank", place), 0.25) == float("inf")
    else:
        assert before <= place


def test_a_class_is_a_score_or_a_number_of_places() -> None:
    model = make("{by: goalposts}", table(3))
    top = Line("A", "A类", "class A", first=1)
    assert advise(model, "u0", Target("class", line=top), [lever("x"), lever("y"), lever("z")]).rank_after == 1
    line = Line("A", "A类", "class A", least=70.0)
    advice = advise(model, "u0", Target("class", line=line), [lever("x"), lever("y"), lever("z")])
    assert advice.after >= 7000
    assert "“A类”" in advice.tell()[0][0] and "“class A”" in advice.tell()[0][1]
    with pytest.raises(KaiwuError, match="IX-ADVICE-CLASS"):
        advise(model, "u0", Target("class", line=Line("A", "A", "A")), [lever("x")])


def test_a_closed_period_is_settled() -> None:
    model = make("{by: goalposts}", table(3))
    day = dt.date(2024, 12, 31)
    late = advise(model, "u0", Target("score", 90), [lever("x")], closes=day, today=dt.date(2025, 1, 1))
    assert late.status == "closed" and not late.changes
    assert "已定, 不可更改" in late.tell()[0][0] and "not to be changed" in late.tell()[0][1]
    assert advise(model, "u0", Target("score", 90), [lever("x")], closes=day, today=day).status != "closed"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["lever", "flag"]))
def test_a_statistical_figure_is_never_advised_on(seed: int, how: str) -> None:
    flag = {("u0", "x"): "statistical"} if how == "flag" else {}
    model = make("{by: goalposts}", table(seed), flag=flag)
    levers = [lever("x", 0.001, is_statistical=how == "lever"), lever("y", 50.0)]
    advice = advise(model, "u0", Target("score", 60), levers)
    assert all(change.code != "x" for change in advice.changes)
    assert [w.code for w in advice.withheld] == ["x"]
    assert any("不作改动建议" in zh for zh, _ in advice.tell())
    alone = advise(model, "u0", Target("score", 99), levers[:1])
    assert alone.status == "withheld" and not alone.changes


def test_a_lever_must_name_an_action_and_hold_the_present_value() -> None:
    model = make("{by: goalposts}", table(3))
    with pytest.raises(KaiwuError, match="IX-ADVICE-ACTION"):
        advise(model, "u0", Target("score", 99), [Lever("x", 0, 10, 1)])
    with pytest.raises(KaiwuError, match="IX-ADVICE-BOUNDS"):
        advise(model, "u0", Target("score", 99), [lever("x", low=9.9, high=10)])
    with pytest.raises(KaiwuError, match="IX-ADVICE-CODE"):
        advise(model, "u0", Target("score", 99), [lever("nothing")])
    with pytest.raises(KaiwuError, match="IX-ADVICE-FORM"):
        advise(make("{by: goalposts}", table(3), "mpi"), "u0", Target("score", 99), [lever("x")])


def test_what_cannot_be_reached_says_how_far_one_gets() -> None:
    model = make("{by: goalposts}", table(3))
    advice = advise(model, "u0", Target("score", 99.0), [lever("x")])
    assert advice.status == "infeasible" and advice.before < advice.after < 9900
    assert "达不到" in advice.tell()[0][0]


def test_a_unit_that_is_already_best_in_a_lever_is_answered_at_once() -> None:
    x = table(3)
    x[0, 0] = 9.75  # its own score stays full while the others' fall
    advice = advise(make("{by: min_max}", x), "u0", Target("rank", 1), [lever("x", high=40.0), lever("y", 2.0, 0.5)])
    assert advice.status in ("feasible", "infeasible", "reached")


def test_the_solver_writes_nothing_to_standard_output(capfd):
    import os

    from kaiwu.rating.index.cheapest import _silenced

    with _silenced():
        os.write(1, b"a note of the solver\n")
    os.write(1, b"{}\n")
    assert capfd.readouterr().out == "{}\n"
