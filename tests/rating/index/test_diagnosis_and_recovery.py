"""What an index really measures, and which weights printed totals allow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.rating.index.diagnosis import cronbach_alpha, diagnose, find_redundant, rank_correlation
from kaiwu.rating.index.recovery import recover_weights
from kaiwu.table.document import parse_document

TREE = make_tree([
    Node("index", "总指数", "index"), Node("a", "甲", "A", parent="index"), Node("b", "乙", "B", parent="index"),
    *(Node(f"x{i}", f"项{i}", f"item {i}", parent="ab"[i // 2], direction=Direction()) for i in range(4)),
])  # fmt: skip
STEPS = "method: m\nsteps:\n  - normalise: {by: min_max}\n  - aggregate:\n  - rank: {decimals: 2}"


def make(x: np.ndarray) -> IndexModel:
    units = tuple(f"u{i:02d}" for i in range(len(x)))
    return IndexModel(TREE, Values(units, (*TREE.leaves, "size"), x), parse_method(parse_document(STEPS)))


def test_alpha_agrees_with_a_worked_example() -> None:
    # two items: alpha = 2 * (1 - (var a + var b) / var(a + b)); a = 1 2 3 4, b = 2 1 4 3: 5/3, 5/3, sum 3 3 7 7: 16/3
    alpha, n = cronbach_alpha(np.array([[1.0, 2], [2, 1], [3, 4], [4, 3], [np.nan, 9]]))
    assert (alpha, n) == (pytest.approx(2 * (1 - (10 / 3) / (16 / 3))), 4)
    assert cronbach_alpha(np.array([[1.0, 1], [2, 2], [5, 5]]))[0] == pytest.approx(1.0)
    assert np.isnan(cronbach_alpha(np.array([[1.0], [2]]))[0])


def test_twins_and_mirrors_are_redundant() -> None:
    x = np.random.default_rng(0).random((30, 3))
    x = np.column_stack([x, -x[:, 0], x[:, 1] + 1e-3 * x[:, 2]])
    assert [(p.first, p.second) for p in find_redundant(x, tuple("abcde"))] == [("a", "d"), ("b", "e")]


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_influences_of_a_weighted_sum_sum_to_one(seed: int) -> None:
    found = diagnose(make(np.random.default_rng(seed).random((15, 5))))
    assert sum(w.influence for w in found.weights) == pytest.approx(1.0)
    assert sum(w.nominal for w in found.weights) == pytest.approx(1.0)
    assert all(0 <= w.squared <= 1 + 1e-12 for w in found.weights)


def test_an_index_of_size_is_told_to_be_one() -> None:
    size = np.random.default_rng(1).lognormal(size=(25, 1))
    x = np.hstack([size + 0.01 * np.random.default_rng(2).random((25, 4)), size])
    found = diagnose(make(x), "size")
    assert found.size["index"] > 0.9 and len(found.redundant) == 6
    told = " ".join(zh for zh, _ in found.tell())
    assert "主要在量规模" in told and "几乎重复" in told
    with pytest.raises(KaiwuError, match="IX-VALUES-ABSENT"):
        diagnose(make(x), "nothing")


def test_an_indicator_that_pulls_against_the_index_is_named() -> None:
    draw = np.random.default_rng(3)
    base = draw.random(40)
    x = np.column_stack([base, base + 0.1 * draw.random(40), base + 0.1 * draw.random(40), -base, base])
    found = diagnose(make(x))
    assert min(found.weights, key=lambda w: w.influence).code == "x3"
    assert any("pulls against" in en and "item 3" in en for _, en in found.tell())
    assert any("Cronbach" in en and "“B”" in en for _, en in found.tell())


def test_rank_correlation_looks_at_order_only() -> None:
    a = np.array([1.0, 2, 3, np.nan, 5])
    assert rank_correlation(a, np.exp(a)) == pytest.approx(1.0)
    assert np.isnan(rank_correlation(a, np.ones(5)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(0, 3))
def test_planted_weights_lie_inside_the_bounds(seed: int, indicators: int, decimals: int) -> None:
    draw = np.random.default_rng(seed)
    w = draw.dirichlet(np.ones(indicators))
    x = draw.random((12, indicators)) * 100
    found = recover_weights(x, np.round(x @ w, decimals), decimals)
    assert all(b.low - 1e-7 <= v <= b.high + 1e-7 for b, v in zip(found.weights, w, strict=True))


def test_many_units_with_two_decimals_identify_every_weight() -> None:
    draw = np.random.default_rng(7)
    w = np.array([0.2, 0.2, 0.2, 0.4])
    x = draw.random((90, 4)) * 100
    found = recover_weights(x, np.round(x @ w, 2), 2, codes=("a", "b", "c", "d"))
    assert not found.unknown
    assert [round((b.low + b.high) / 2, 3) for b in found.weights] == [0.2, 0.2, 0.2, 0.4]


def test_what_is_not_identified_is_named_with_the_sum_that_is() -> None:
    draw = np.random.default_rng(8)
    x = draw.random((60, 3)) * 100
    x = np.column_stack([x, x[:, 1]])
    totals = np.round(x @ np.array([0.5, 0.2, 0.2, 0.1]), 2)
    found = recover_weights(x, totals, 2, codes=("a", "b", "c", "d"))
    assert found.unknown == ("b", "d")
    ((codes, low, high),) = found.together
    assert codes == ("b", "d") and low <= 0.3 <= high and high - low < 0.01
    assert any("不能确定" in zh for zh, _ in found.tell()) and any("only the sum" in en for _, en in found.tell())


def test_totals_that_no_weights_explain_name_who_contradicts() -> None:
    x = np.random.default_rng(9).random((20, 3)) * 100
    totals = np.round(x @ np.array([0.5, 0.3, 0.2]), 2)
    totals[4] += 30
    found = recover_weights(x, totals, 2, units=tuple(f"u{i}" for i in range(20)))
    assert not found.weights and "u4" in found.against and found.miss > 1
    assert "u4" in found.tell()[0][0]


def test_rows_with_missing_cells_are_left_out() -> None:
    x = np.array([[1.0, np.nan], [np.nan, 2.0]])
    with pytest.raises(KaiwuError, match="IX-RECOVER-NONE"):
        recover_weights(x, np.array([1.0, 2.0]), 2)
