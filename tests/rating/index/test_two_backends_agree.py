"""Arrays and Polars expressions, written apart: equal to 1e-12 before the declared rounding, and exactly after it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Tree, Values, make_tree, parse_method
from kaiwu.rating.index.frame import rate_frame
from kaiwu.rating.index.step.normalise import WAYS
from kaiwu.table.document import parse_document

NORMALISE = {
    "goalposts": "to: [1, 100], low: -2, high: 40, floor: 1",
    "z_score": "to: [100, 10]",
    "target": "target: 6, to: [1, 100]",
    "ratio": "base: 5, to: [0, 20], cap: 30, floor: 0.5, penalty: [0.1, 0.5], indicators: {a3: min_max, b1: min_max}",
    "maximum": "indicators: {a3: min_max, b1: min_max}",
    "bands": "edges: '[)', bands: [{to: 1, points: 1}, {from: 1, to: 4, points: 5}, {from: 4, points: 9}]",
    "min_max": "to: [1, 100], constant: 50",
    "percentile": "to: [1, 100]",
}
AGGREGATES = ("arithmetic", "geometric", "harmonic", "power, power: 3", "mpi", "mpi, sign: '+'", "minimum", "maximum")


def tree() -> Tree:
    return make_tree([
        Node("index"), Node("a", parent="index", weight=2), Node("b", parent="index"),
        Node("a1", parent="a", direction=Direction("higher"), denominator="size"), Node("a2", parent="a", weight=3, direction=Direction("lower")),
        Node("a3", parent="a", direction=Direction("near", 3, 3)), Node("b1", parent="b", direction=Direction("inside", 2, 5, span=9)),
        Node("b2", parent="b", direction=Direction("higher")),
    ])  # fmt: skip


def values(seed: int, missing: float = 0.15) -> Values:
    draw = np.random.default_rng(seed)
    x = draw.lognormal(1, 0.8, size=(23, 6))
    x[:, :5][draw.random((23, 5)) < missing] = np.nan
    units = tuple(f"u{i:02d}" for i in draw.permutation(23))
    return Values(
        units, ("a1", "a2", "a3", "b1", "b2", "size"), x, groups={"league": tuple("AB"[i % 2] for i in range(23))}
    )


def frame(v: Values) -> pl.DataFrame:
    data = {"unit": v.units, "league": v.groups["league"], **{c: v.x[:, i] for i, c in enumerate(v.codes)}}
    return pl.DataFrame(data)


def compare(text: str, v: Values) -> None:
    method = parse_method(parse_document(f"method: m\nsteps:\n{text}"))
    result = IndexModel(tree(), v, method).run()
    other = rate_frame(frame(v), tree(), method)
    assert tuple(other["unit"]) == result.units
    for code in ("a", "b", "index"):
        mine, theirs = result.score_of(code), other[code].to_numpy().astype(float)
        assert (np.isnan(mine) == np.isnan(theirs)).all()
        scale = np.maximum(np.abs(mine), 1)
        assert np.nanmax(np.abs(mine - theirs) / scale, initial=0) < 1e-12
    table = result.table().filter(pl.col("unit").is_in(result.units))
    assert table["score"].to_list() == other["printed"].to_list()
    assert result.ranks.tolist() == pytest.approx(other["rank"].to_numpy().astype(float).tolist(), nan_ok=True)


@pytest.mark.parametrize("way", [w for w in WAYS if w != "none"])
@pytest.mark.parametrize("within", ["", ", within: league"])
def test_every_normalisation_agrees(way: str, within: str) -> None:
    setting = NORMALISE.get(way, "")
    steps = f"  - normalise: {{by: {way}{', ' + setting if setting else ''}{within}}}\n  - aggregate: {{by: arithmetic}}\n  - rank: {{decimals: 3}}"
    compare(steps, values(7))


@pytest.mark.parametrize("by", AGGREGATES)
@pytest.mark.parametrize("policy", ["skip", "spread", "skip, least: 0.6"])
def test_every_mean_agrees_and_treats_missing_alike(by: str, policy: str) -> None:
    steps = f"  - normalise: {{by: min_max, to: [1, 100]}}\n  - aggregate: {{by: {by}, missing: {policy}}}\n  - rank: {{decimals: 2, ties: dense}}"
    compare(steps, values(3))


@pytest.mark.parametrize(
    "impute",
    ["mean", "median", "group_mean, group: league", "group_median, group: league", "value, value: 1.5", "keep"],
)
@pytest.mark.parametrize(
    "treat",
    [
        "{}",
        "{skew: 0.5, kurt: 0.5, winsorise: 2}",
        "{always: true, then: log_range}",
        "{skew: 0.1, kurt: 0, then: box_cox, power: 0.5}",
    ],
)
def test_every_imputation_and_treatment_agrees(impute: str, treat: str) -> None:
    steps = f"""
  - denominate:
  - impute: {{by: {impute}}}
  - screen: {{available: 0.7}}
  - treat: {treat}
  - normalise: {{by: min_max, to: [1, 100]}}
  - aggregate: {{by: geometric}}
  - rank: {{decimals: 1, ties: max}}"""
    compare(steps, values(11))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), ties=st.sampled_from(["min", "max", "dense", "average"]), decimals=st.integers(0, 4))
def test_rounded_scores_and_places_are_the_same_for_any_data(seed: int, ties: str, decimals: int) -> None:
    steps = f"  - normalise: {{by: min_max, to: [1, 100]}}\n  - aggregate: {{by: harmonic}}\n  - rank: {{decimals: {decimals}, ties: {ties}}}"
    compare(steps, values(seed))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_rows_changes_no_printed_score_and_no_place(seed: int) -> None:
    v = values(seed)
    method = parse_method(parse_document(
        "method: m\nsteps:\n  - impute: {by: neighbour, neighbours: 3}\n  - treat: {skew: 0.5, kurt: 0.5}\n  - normalise: {by: z_score, to: [100, 10]}\n"
        "  - weigh: {by: entropy, variant: min_max}\n  - aggregate: {by: mpi}\n  - rank:"
    ))  # fmt: skip
    turned = v.take(np.random.default_rng(seed).permutation(len(v.units)).tolist())
    a, b = (IndexModel(tree(), w, method).run() for w in (v, turned))
    # Linear algebra may add in another order from one call to the next; what is printed and ranked may not differ.
    np.testing.assert_allclose(a.scores, b.scores, rtol=1e-12, atol=1e-12)
    assert a.table().equals(b.table())


def test_the_frame_height_refuses_what_it_does_not_have() -> None:
    method = parse_method(
        parse_document("method: m\nsteps:\n  - normalise: {by: min_max}\n  - aggregate: {by: topsis}")
    )
    with pytest.raises(KaiwuError, match="IX-FRAME-STEP"):
        rate_frame(frame(values(1)), tree(), method)


PAIR = make_tree([
    Node("index"), Node("a", parent="index", direction=Direction("higher")), Node("b", parent="index", direction=Direction("lower"), base=4.0)
])  # fmt: skip
REFUSED = [
    ("IX-NORMALISE-CONSTANT", [[1, 1], [1, 2], [1, 3]], "{by: min_max}", "arithmetic"),
    ("IX-NORMALISE-CONSTANT", [[1, 1], [1, 2], [1, 3]], "{by: z_score}", "arithmetic"),
    ("IX-NORMALISE-CONSTANT", [[1, 1], [1, 2], [1, 3]], "{by: rank}", "arithmetic"),
    ("IX-NORMALISE-UNDEFINED", [[1, 0], [2, 2], [3, 3]], "{by: min_max, log: true}", "arithmetic"),
    (
        "IX-NORMALISE-ZERO",
        [[1, 0], [2, 2], [3, 3]],
        "{by: min_max, indicators: {b: {by: ratio, cap: 100}}}",
        "arithmetic",
    ),
    ("IX-NORMALISE-SETTING", [[1, 1], [2, 2], [3, 3]], "{by: goalposts}", "arithmetic"),
    ("IX-AGGREGATE-NEGATIVE", [[-1, 1], [2, 2], [3, 3]], "{by: none, indicators: {b: min_max}}", "geometric"),
    ("IX-VALUES-EMPTY", [[1, np.nan], [2, np.nan], [3, np.nan]], "{by: min_max}", "arithmetic"),
]


@pytest.mark.parametrize(("code", "x", "normalise", "mean"), REFUSED)
def test_both_backends_refuse_the_same_figures_by_the_same_place(
    code: str, x: list[list[float]], normalise: str, mean: str
) -> None:
    method = parse_method(
        parse_document(f"method: m\nsteps:\n  - normalise: {normalise}\n  - aggregate: {{by: {mean}}}")
    )
    v = Values(("u0", "u1", "u2"), ("a", "b"), np.array(x, dtype=np.float64))
    with pytest.raises(KaiwuError) as arrays:
        IndexModel(PAIR, v, method).run()
    with pytest.raises(KaiwuError) as frames:
        rate_frame(pl.DataFrame({"unit": v.units, "a": v.x[:, 0], "b": v.x[:, 1]}), PAIR, method)
    told = [[(p.code, p.where, p.zh) for p in error.value.problems] for error in (arrays, frames)]
    assert told[0] == told[1] and code in [c for c, _, _ in told[0]]


def test_a_ratio_of_what_is_not_positive_earns_what_is_declared_in_both_backends() -> None:
    text = "method: m\nsteps:\n  - normalise: {by: min_max, indicators: {b: {by: ratio, cap: 150, zero: 20}}}\n  - aggregate:\n  - rank:"
    method = parse_method(parse_document(text))
    v = Values(("u0", "u1", "u2"), ("a", "b"), np.array([[1.0, 0], [2, 2], [3, 8]]))
    result = IndexModel(PAIR, v, method).run()
    assert result.score_of("b").tolist() == [20, 150, 50]
    other = rate_frame(pl.DataFrame({"unit": v.units, "a": v.x[:, 0], "b": v.x[:, 1]}), PAIR, method)
    assert other["index"].to_list() == pytest.approx(result.scores.tolist(), abs=1e-12)
