"""Scores and gaps as parts: whatever the method, the parts sum to what is printed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Tree, Values, make_tree, parse_method
from kaiwu.rating.index.attribution import apportion, average_orders, slope
from kaiwu.rating.index.decomposition import Parts, compare, decompose
from kaiwu.rating.index.step.aggregate import Aggregate, aggregate
from kaiwu.rating.index.step.rank import MISSING
from kaiwu.rating.index.year_gap import split_years
from kaiwu.table.document import parse_document

WAYS = (
    "{by: arithmetic}", "{by: geometric}", "{by: harmonic}", "{by: power, power: 2}", "{by: mpi}", "{by: owa, order: [3, 2, 1]}",
    "{by: minimum}", "{by: maximum}", "{by: median}", "{by: copeland}", "{by: topsis, to: 100}", "{by: vikor, to: 100}", "{by: arithmetic, flat: true}",
    "{by: geometric, flat: true}", "{by: arithmetic, aggregates: {a: {by: geometric}, index: {by: mpi}}}",
)  # fmt: skip


def tree() -> Tree:
    return make_tree([
        Node("index", zh="总指数", en="index"), Node("a", zh="甲", parent="index", weight=3), Node("b", zh="乙", parent="index", weight=2),
        *(Node(f"x{i}", zh=f"指标{i}", parent="ab"[i % 2], weight=i + 1, direction=Direction("lower" if i == 2 else "higher")) for i in range(5)),
        Node("x5", zh="指标5", parent="index", direction=Direction("near", 1.0, 1.0)),
    ])  # fmt: skip


def make(x: np.ndarray, way: str = "{by: arithmetic}", decimals: int = 2, **more: object) -> IndexModel:
    steps = f"method: m\nsteps:\n  - normalise: {{by: min_max, to: [1, 100], constant: 50}}\n  - aggregate: {way}\n  - rank: {{decimals: {decimals}}}"
    units = tuple(f"u{i:02d}" for i in range(len(x)))
    return IndexModel(tree(), Values(units, tree().leaves, x, **more), parse_method(parse_document(steps)))  # type: ignore[arg-type]


def table(units: int, seed: int, missing: float) -> np.ndarray:
    draw = np.random.default_rng(seed)
    x = draw.lognormal(size=(units, 6)).round(2)
    x[draw.random(x.shape) < missing] = np.nan
    x[0, np.isnan(x).all(axis=0)] = 1.0  # an indicator that nobody has is refused
    return x


def check_sums(parts: Parts, printed: int) -> None:
    assert parts.points == printed
    assert sum(part.points for part in parts.leaves) == printed
    for part in parts.parts:
        below = parts.below(part.code)
        if below:
            assert sum(p.points for p in below) == part.points
            assert sum(p.value for p in below) == pytest.approx(part.value, abs=1e-7 * max(1.0, abs(part.value)))
            assert all(abs(p.points - p.value * 10**parts.decimals) < 2 + part.depth for p in below)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=8, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000), st.sampled_from([0.0, 0.25]))
@example(6, 571, 0.25)  # a block is missing and the index above it negative
def test_parts_sum_to_the_printed_score_and_gap_of_every_pair(way: str, units: int, seed: int, missing: float) -> None:
    model = make(table(units, seed, missing), way)
    result = model.run()
    scored = [u for u, p in zip(result.units, result.printed, strict=True) if p != MISSING]
    printed = dict(zip(result.units, result.printed.tolist(), strict=True))
    for unit in scored:
        check_sums(decompose(model, unit, result), printed[unit])
        for other in scored:
            check_sums(compare(model, unit, other, result), printed[unit] - printed[other])


@settings(max_examples=60)
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=12), st.integers(-2, 2))
def test_rounded_parts_sum_and_stay_near(parts: list[float], shift: int) -> None:
    whole = round(sum(parts)) + shift
    out = apportion(parts, whole)
    assert sum(out) == whole
    assert all(abs(a - b) <= 1 + abs(shift) for a, b in zip(out, parts, strict=True))


def test_a_linear_gap_is_weight_times_distance() -> None:
    model = make(table(5, 1, 0.0))
    result = model.run()
    parts = {p.code: p for p in compare(model, "u00", "u03", result).parts}
    for code in tree().leaves:
        scores = result.score_of(code)
        assert parts[code].value == pytest.approx(result.weights()[code] * (scores[0] - scores[3]))
    assert compare(model, "u00", "u03").scheme == "linear"


def test_a_geometric_gap_names_the_indicators_that_differ_and_no_others() -> None:
    x = table(5, 2, 0.0)
    x[1] = x[0]
    x[1, 3] *= 2
    parts = {p.code: p for p in compare(make(x, "{by: geometric}"), "u00", "u01").parts}
    assert parts["x3"].value == pytest.approx(parts["index"].value)
    assert all(parts[code].value == pytest.approx(0, abs=1e-12) for code in ("x0", "x1", "x2", "x4", "x5"))


def test_a_zero_score_falls_back_to_averaged_orders() -> None:
    x = table(4, 3, 0.0)
    model = make(x, "{by: geometric}")
    steps = parse_method(
        parse_document(
            "method: m\nsteps:\n  - normalise: {by: min_max, to: [0, 100]}\n  - aggregate: {by: geometric}\n  - rank: {decimals: 2}"
        )
    )
    model = IndexModel(model.tree, model.values, steps)
    result = model.run()
    assert (result.printed == 0).any()
    for unit in result.units:
        for other in result.units:
            check_sums(
                compare(model, unit, other, result),
                int(result.printed[result.units.index(unit)] - result.printed[result.units.index(other)]),
            )


def test_averaged_orders_are_shapley_values() -> None:
    def worth(c: np.ndarray) -> np.ndarray:
        return c[:, 0] * 3 + c[:, 1] * c[:, 2] * 6

    assert average_orders(worth, 3) == pytest.approx([3, 3, 3])
    assert average_orders(lambda c: c.sum(axis=1) ** 2, 12).sum() == pytest.approx(144)
    assert average_orders(lambda c: c.sum(axis=1) ** 2, 12) == pytest.approx(12.0)


@settings(max_examples=50)
@given(
    st.lists(st.floats(1, 100), min_size=2, max_size=5),
    st.sampled_from(["geometric", "harmonic", "mpi", "owa", "median"]),
    st.integers(0, 99),
)
def test_slopes_times_scores_are_the_score(x: list[float], by: str, seed: int) -> None:
    setting = Aggregate(by=by, order=(5.0, 2.0, 1.0))
    w = np.random.default_rng(seed).random(len(x)) + 0.1
    f = slope(setting, np.array(x), w)
    assert f is not None
    assert f @ np.array(x) == pytest.approx(float(aggregate(np.array(x)[None], w / w.sum(), setting)[0]), rel=1e-9)


def test_a_missing_cell_counts_as_its_own_block_and_is_marked() -> None:
    x = table(4, 5, 0.0)
    x[0, 0] = np.nan
    parts = {p.code: p for p in decompose(make(x), "u00").parts}
    assert parts["x0"].is_missing and not parts["x2"].is_missing
    assert parts["x0"].score == pytest.approx(parts["a"].score)


def test_an_unknown_unit_and_one_without_score_are_refused() -> None:
    x = table(4, 5, 0.0)
    x[2] = np.nan
    with pytest.raises(KaiwuError, match="IX-UNIT-UNKNOWN"):
        decompose(make(x), "nobody")
    with pytest.raises(KaiwuError, match="IX-UNIT-SCORE"):
        compare(make(x), "u00", "u02")


def years(seed: int, way: str) -> tuple[IndexModel, IndexModel]:
    x, y = table(7, seed, 0.0), table(8, seed + 1, 0.1)
    x[0], y[0] = x[0], np.nan_to_num(y[0], nan=1.0)
    old, new = make(x, way), make(y, way)
    return old, IndexModel(new.tree.with_weights({"a": 5, "x1": 1}), new.values.take([0, 1, 2, 4, 5, 7]), new.method)


@pytest.mark.parametrize("way", ["{by: arithmetic}", "{by: geometric}", "{by: mpi}", "{by: topsis, to: 100}"])
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_causes_sum_to_the_printed_change(way: str, seed: int) -> None:
    old, new = years(seed, way)
    gap = split_years(old, new, "u00")
    a, b = old.run(), new.run()
    assert gap.points == int(b.printed[b.units.index("u00")] - a.printed[a.units.index("u00")])
    assert sum(c.points for c in gap.causes) == gap.points
    assert sum(c.value for c in gap.causes) == pytest.approx(float(b.scores[0] - a.scores[0]))
    if gap.indicators:
        assert sum(c.points for c in gap.indicators) == gap.causes[0].points
        assert sum(c.value for c in gap.indicators) == pytest.approx(gap.causes[0].value, abs=1e-9)


def test_a_year_in_which_only_one_thing_changed_has_one_cause() -> None:
    old = make(table(6, 4, 0.0))
    assert [c.points for c in split_years(old, old, "u02").causes] == [0, 0, 0, 0]
    other = split_years(old, old.changed(tree=old.tree.with_weights({"a": 9})), "u02")
    assert [c.code for c in other.causes if c.points] == ["weights"]
    x = old.values.x.copy()
    x[3] *= 3
    assert {
        c.code for c in split_years(old, old.changed(values=replace(old.values, x=x)), "u02").causes if c.points
    } <= {"base"}
    fewer = old.changed(values=old.values.take([0, 1, 2, 3, 4]))
    assert {c.code for c in split_years(old, fewer, "u02").causes if c.value} <= {"membership"}


def test_trees_that_differ_are_not_compared() -> None:
    old = make(table(6, 4, 0.0))
    with pytest.raises(KaiwuError, match="IX-YEARS-TREE"):
        split_years(old, old.changed(tree=old.tree.without(["x5"])), "u02")
