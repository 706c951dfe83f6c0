"""The model as a whole: overrides, leagues, panels, base years, and recomputing only what a change touches."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import (
    Direction,
    IndexModel,
    Method,
    Node,
    Panel,
    Tree,
    Values,
    effective_weights,
    make_tree,
    parse_method,
    read_cells,
    read_frame,
    sibling_shares,
)
from kaiwu.rating.index.step.rank import rank_scores
from kaiwu.table.document import parse_document

STEPS = """
  - impute: {by: median}
  - treat: {}
  - normalise: {by: min_max, to: [1, 100]}
  - weigh: {by: given}
  - aggregate: {by: geometric}
  - rank: {decimals: 2, ties: min}
"""


def method(steps: str = STEPS) -> Method:
    return parse_method(parse_document(f"method: m\nsteps:\n{steps}"))


def tree(**weights: int) -> Tree:
    up, down = Direction("higher"), Direction("lower")
    w = {code: Fraction(weights.get(code, 1)) for code in "pqabcd"}
    return make_tree([
        Node("i"), Node("p", parent="i", weight=w["p"]), Node("q", parent="i", weight=w["q"]), Node("a", parent="p", direction=up, weight=w["a"], high=9, low=0),
        Node("b", parent="p", direction=down, weight=w["b"]), Node("c", parent="q", direction=up, weight=w["c"]),
        Node("d", parent="q", direction=up, weight=w["d"]),
    ])  # fmt: skip


def values(seed: int = 1, year: int | None = None, n: int = 12) -> Values:
    x = np.random.default_rng(seed).lognormal(size=(n, 4))
    return Values(
        tuple(f"u{i:02d}" for i in range(n)),
        tuple("abcd"),
        x,
        groups={"league": tuple("AB"[i % 2] for i in range(n))},
        year=year,
    )


def test_a_change_recomputes_only_what_lies_below_it() -> None:
    model = IndexModel(tree(), values(), method())
    model.run()
    assert model.computed == ["impute", "treat", "normalise", "weigh", "aggregate", "rank"]
    model.run()
    assert model.computed == []
    heavier = model.changed(tree=tree(a=3))
    heavier.run()
    assert heavier.computed == ["weigh", "aggregate", "rank"]
    averaged = model.changed(method=method(STEPS.replace("geometric", "arithmetic")))
    averaged.run()
    assert averaged.computed == ["aggregate", "rank"]
    z = model.changed(method=method(STEPS.replace("by: min_max, to: [1, 100]", "by: z_score, to: [100, 10]")))
    z.run()
    assert z.computed == ["normalise", "weigh", "aggregate", "rank"]


def test_what_comes_from_memory_equals_what_is_computed_afresh() -> None:
    first = IndexModel(tree(), values(), method())
    first.run()
    for other in (tree(a=5), tree(p=2), tree()):
        assert (first.changed(tree=other).run().scores == IndexModel(other, values(), method()).run().scores).all()


def test_overrides_and_none_apply_to_their_indicator_only() -> None:
    steps = "  - normalise: {by: min_max, to: [0, 1], indicators: {a: {by: goalposts}, b: none, d: {by: rank}}}\n  - aggregate:"
    v = values()
    result = IndexModel(tree(), v, method(steps)).run()
    assert result.score_of("a") == pytest.approx(v.column("a") / 9)
    assert result.score_of("b") == pytest.approx(v.column("b"))
    assert result.score_of("c").max() == 1
    assert sorted(result.score_of("d").tolist()) == list(range(1, 13))


def test_leagues_are_normalised_and_ranked_apart() -> None:
    steps = "  - normalise: {by: min_max, within: league}\n  - aggregate:\n  - rank: {within: league}"
    result = IndexModel(tree(), values(), method(steps)).run()
    table = result.table()
    assert table.filter(pl.col("league") == "A")["rank"].sort().to_list() == [1, 2, 3, 4, 5, 6]
    at = [i for i, league in enumerate(result.leagues) if league == "A"]
    assert result.score_of("c")[at].min() == 0
    assert result.score_of("c")[at].max() == 100


def test_scores_against_a_base_year_can_pass_its_extremes() -> None:
    base, now = values(1, 2020), values(2, 2024)
    steps = "  - normalise: {by: min_max, base_year: 2020}\n  - aggregate:"
    result = IndexModel(tree(), now, method(steps), Panel({2020: base, 2024: now})).run()
    c, b = now.column("c"), base.column("c")
    assert result.score_of("c") == pytest.approx((c - b.min()) / (b.max() - b.min()) * 100)
    pooled = IndexModel(tree(), now, method(steps.replace("2020", "pooled")), Panel({2020: base, 2024: now})).run()
    both = np.concatenate([b, c])
    assert pooled.score_of("c") == pytest.approx((c - both.min()) / (both.max() - both.min()) * 100)


def test_last_years_value_is_carried_and_reported() -> None:
    last, now = values(1, 2023), values(2, 2024)
    now.x[3, 1] = np.nan
    steps = "  - impute: {by: carry}\n  - normalise:\n  - aggregate:"
    result = IndexModel(tree(), now, method(steps), Panel({2023: last, 2024: now})).run()
    (cell,) = result.sheet.cells
    assert (cell.unit, cell.code, cell.kind, cell.after) == ("u03", "b", "imputed", last.x[3, 1])


def test_the_mean_score_is_given_after_normalisation() -> None:
    v = values()
    v.x[0, 2] = np.nan
    steps = "  - normalise: {by: min_max}\n  - impute: {by: mean_score}\n  - aggregate:"
    result = IndexModel(tree(), v, method(steps)).run()
    c = result.score_of("c")
    assert c[0] == pytest.approx(c[1:].mean())


@pytest.mark.parametrize(
    "setting",
    [
        "by: entropy, variant: share", "by: entropy, variant: shifted", "by: critic", "by: variation", "by: gini", "by: components", "by: equal",
        "by: merec", "by: influence, targets: {a: 1, b: 1, c: 1, d: 1}", "by: critic, join: multiply", "by: gini, join: linear, share: 0.3",
        "by: expert, experts: [{a: 1, b: 2, c: 3, d: 4}, {a: 4, b: 3, c: 2, d: 1}]", "by: entropy, variant: min_max, over: siblings",
        "by: ahp, pairs: {i: {of: [p, q], matrix: [[1, 3], [\"1/3\", 1]]}}", "by: given, weights: {p: 3, q: 1}", "by: equal, over: siblings",
    ],
)  # fmt: skip
def test_every_weighting_gives_shares_that_sum_to_one_at_every_parent(setting: str) -> None:
    steps = f"  - normalise: {{by: min_max, to: [1, 100]}}\n  - weigh: {{{setting}}}\n  - aggregate:"
    result = IndexModel(tree(), values(), method(steps)).run()
    weights = result.sheet.weights
    for kids in result.tree.children.values():
        assert sum(weights[k] for k in kids) == pytest.approx(1)
    assert sum(result.weights()[leaf] for leaf in result.tree.leaves) == pytest.approx(1)
    if "ahp" in setting or "weights" in setting:
        assert weights["p"] == pytest.approx(0.75)


def test_effective_weights_and_shares_are_two_forms_of_one_thing() -> None:
    t = tree(p=3, a=2)
    whole = effective_weights(t, t.shares())
    assert whole["a"] == pytest.approx(0.5)
    assert sibling_shares(t, {leaf: whole[leaf] for leaf in t.leaves}) == pytest.approx(t.shares())


@pytest.mark.parametrize("by", ["topsis, to: 100", "vikor", "copeland", "frontier", "owa, order: [0.4, 0.3, 0.2, 0.1]"])
def test_a_flat_aggregate_looks_at_all_indicators_at_once(by: str) -> None:
    steps = f"  - normalise: {{by: min_max, to: [1, 100]}}\n  - aggregate: {{by: {by}, flat: true}}\n  - rank:"
    result = IndexModel(tree(), values(), method(steps)).run()
    assert list(result.sheet.scores) == ["i"]
    assert sorted(result.ranks.tolist())[0] == 1


def test_a_screened_unit_stands_in_the_table_without_a_place() -> None:
    v = values()
    v.x[4, :3] = np.nan
    result = IndexModel(
        tree(), v, method("  - screen: {available: 0.5}\n  - normalise:\n  - aggregate:\n  - rank:")
    ).run()
    row = result.table().filter(pl.col("unit") == "u04").row(0, named=True)
    assert (row["score"], row["rank"]) == (None, None)
    assert result.table().height == 12


def test_the_table_holds_whole_numbers_and_texts_only() -> None:
    table = IndexModel(tree(), values(), method(STEPS.replace("ties: min", "ties: average"))).run().table()
    assert set(table.dtypes) <= {pl.String, pl.Int64, pl.Boolean}
    assert table["halves"].all()
    assert table["rank"].min() == 2


def test_values_are_read_from_a_frame() -> None:
    frame = pl.DataFrame(
        {"unit": ["x", "y"], "name": ["X县", "Y县"], "league": ["A", None], "a": [1, None], "b": [0.5, 2.0]}
    )
    v = read_frame(frame, groups=["league"], name="name")
    assert v.codes == ("a", "b")
    assert np.isnan(v.x[1, 0])
    assert v.groups["league"] == ("A", "")
    assert v.names["y"] == "Y县"


def test_scores_are_rounded_on_the_way_where_a_document_says_so() -> None:
    steps = "  - normalise: {by: min_max, to: [0, 100], decimals: 0}\n  - aggregate: {by: arithmetic, decimals: 1}\n  - rank: {decimals: 1}"
    result = IndexModel(tree(), values(), method(steps)).run()
    assert (result.score_of("a") == np.round(result.score_of("a"))).all()
    p = (result.score_of("a") + result.score_of("b")) / 2
    assert result.score_of("p").tolist() == [math.floor(v * 10 + 0.5 + 1e-9) / 10 for v in p]


def test_scores_that_differ_by_noise_share_a_place_even_unrounded() -> None:
    assert rank_scores(np.array([0.1 + 0.2, 0.3, 0.2])).tolist() == [1, 1, 3]


def test_values_are_read_cell_by_cell_with_their_sources() -> None:
    cells = pl.DataFrame({
        "unit": ["x", "y", "x"], "code": ["a", "a", "b"], "value": [1.0, None, 3.0], "error": [0.1, None, None], "source": ["统计局", None, "税务局"],
        "as_of": ["2025-03-01", None, None], "flag": [None, None, "快报"],
    })  # fmt: skip
    v = read_cells(cells, year=2024)
    assert (v.units, v.codes, v.year) == (("x", "y"), ("a", "b"), 2024)
    assert np.isnan(v.x).tolist() == [[False, False], [True, True]]
    assert v.error is not None and v.error[0, 0] == 0.1
    assert v.source["x", "b"] == "税务局" and v.flag["x", "b"] == "快报" and v.as_of["x", "a"] == "2025-03-01"
    with pytest.raises(KaiwuError, match="IX-VALUES-TWICE] x, a"):
        read_cells(pl.concat([cells, cells.head(1)]))
    with pytest.raises(KaiwuError, match="IX-VALUES-COLUMN"):
        read_cells(cells.drop("value"))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), factor=st.floats(0.01, 100), shift=st.floats(-50, 50), by=st.sampled_from(["min_max", "z_score", "rank", "percentile"]),
)  # fmt: skip
def test_the_unit_of_an_indicator_does_not_matter_where_the_scale_follows_from_the_data(
    seed: int, factor: float, shift: float, by: str
) -> None:
    steps = f"  - normalise: {{by: {by}, to: [40, 100]}}\n  - aggregate:"
    v = values(seed)
    other = replace(v, x=v.x * [factor, 1, 1, 1] + [shift, 0, 0, 0])
    a, b = (IndexModel(tree(), w, method(steps)).run().scores for w in (v, other))
    assert a == pytest.approx(b, rel=1e-7)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6), unit=st.integers(0, 11), code=st.sampled_from("abcd"), step=st.floats(0.01, 5),
    by=st.sampled_from(["arithmetic", "geometric", "harmonic", "minimum", "median", "owa, order: [0.7, 0.3]"]),
)  # fmt: skip
def test_doing_better_in_one_indicator_never_lowers_the_score_or_the_place(
    seed: int, unit: int, code: str, step: float, by: str
) -> None:
    steps = f"  - normalise: {{by: goalposts, low: -100, high: 100, to: [1, 100]}}\n  - aggregate: {{by: '{by}'}}\n  - rank: {{decimals: none}}"
    steps = steps.replace(f"'{by}'", by)
    v = values(seed)
    better = v.x.copy()
    better[unit, "abcd".index(code)] += -step if code == "b" else step
    free = make_tree([replace(n, low=None, high=None) for n in tree().nodes])
    a, b = (IndexModel(free, replace(v, x=x), method(steps)).run() for x in (v.x, better))
    assert b.scores[unit] >= a.scores[unit] - 1e-12
    assert b.ranks[unit] <= a.ranks[unit]
