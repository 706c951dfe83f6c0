"""Every mistake of tree, values, leagues and method is named in both languages, with its place and what to write instead."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Tree, Values, assign_leagues, make_tree, parse_method
from kaiwu.rating.index.step.ahp import compare_pairs
from kaiwu.rating.index.step.frontier import benefit_of_doubt
from kaiwu.table.document import parse_document

UP = Direction("higher")


def codes(error: pytest.ExceptionInfo[KaiwuError]) -> list[str]:
    assert all(p.zh and p.en for p in error.value.problems)
    return [p.code for p in error.value.problems]


@pytest.mark.parametrize(
    ("code", "nodes"),
    [
        (
            "IX-TREE-PARENTS",
            [
                Node("i"),
                Node("j", parent="i"),
                Node("k", parent="i"),
                Node("a", parent="j", direction=UP),
                Node("a", parent="k", direction=UP),
            ],
        ),
        ("IX-TREE-TWICE", [Node("i"), Node("a", parent="i", direction=UP), Node("a", parent="i", direction=UP)]),
        ("IX-TREE-PARENT", [Node("i"), Node("a", parent="x", direction=UP)]),
        (
            "IX-TREE-ROOT",
            [Node("i"), Node("j"), Node("a", parent="i", direction=UP), Node("b", parent="j", direction=UP)],
        ),
        (
            "IX-TREE-CYCLE",
            [Node("i"), Node("a", parent="i", direction=UP), Node("b", parent="c"), Node("c", parent="b")],
        ),
        ("IX-TREE-DIRECTION", [Node("i"), Node("a", parent="i")]),
        ("IX-TREE-WEIGHT", [Node("i"), Node("a", parent="i", direction=UP, weight=Fraction(-1))]),
        ("IX-TREE-WEIGHT", [Node("i"), Node("a", parent="i", direction=UP, weight=Fraction(0))]),
        ("IX-TREE-INTERVAL", [Node("i"), Node("a", parent="i", direction=Direction("inside", 5, 2))]),
        ("IX-TREE-GOALPOSTS", [Node("i"), Node("a", parent="i", direction=UP, low=5, high=5)]),
        ("IX-TREE-LEVEL", [Node("i", level=1), Node("a", parent="i", direction=UP, level=1)]),
    ],
)
def test_a_wrong_tree_is_refused(code: str, nodes: list[Node]) -> None:
    with pytest.raises(KaiwuError) as error:
        make_tree(nodes)
    assert code in codes(error)


def test_weights_that_do_not_sum_are_refused_exactly_with_both_sums() -> None:
    thirds = [Node("i"), *(Node(c, parent="i", direction=UP, weight=Fraction(1, 3)) for c in "abc")]
    assert make_tree(thirds, weights_sum=1).shares() == {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
    short = [Node("i"), *(Node(c, parent="i", direction=UP, weight=Fraction("33.33")) for c in "abc")]
    with pytest.raises(KaiwuError, match=r"99\.99 and not to 100") as error:
        make_tree(short, weights_sum=100)
    assert codes(error) == ["IX-TREE-SUM"]


def test_all_mistakes_of_a_tree_are_told_at_once() -> None:
    with pytest.raises(KaiwuError) as error:
        make_tree(
            [
                Node("i"),
                Node("a", parent="i"),
                Node("b", parent="i", weight=Fraction(-1)),
                Node("c", parent="x", direction=UP),
            ]
        )
    assert sorted(codes(error)) == ["IX-TREE-DIRECTION", "IX-TREE-DIRECTION", "IX-TREE-PARENT", "IX-TREE-WEIGHT"]


def test_a_unit_in_two_leagues_or_in_none_is_refused() -> None:
    assert assign_leagues([("u", "A"), ("v", "B")], ("u", "v")) == ("A", "B")
    with pytest.raises(KaiwuError, match="“u” is in two leagues, “A” and “B”") as error:
        assign_leagues([("u", "A"), ("u", "B"), ("w", "A")], ("u", "v"), "leagues.csv")
    assert codes(error) == ["IX-LEAGUE-TWO", "IX-LEAGUE-NONE", "IX-LEAGUE-UNIT"]


def two(x: list[list[float]]) -> tuple[Tree, Values]:
    tree = make_tree(
        [Node("i"), Node("a", parent="i", direction=UP, where="tree.csv:2"), Node("b", parent="i", direction=UP)]
    )
    return tree, Values(tuple(f"u{k}" for k in range(len(x))), ("a", "b"), np.array(x))


def run(x: list[list[float]], steps: str) -> None:
    IndexModel(*two(x), parse_method(parse_document(f"method: m\nsteps:\n{steps}", "method.yaml"))).run()


@pytest.mark.parametrize("by", ["min_max", "z_score"])
def test_a_constant_indicator_is_refused_with_its_place_unless_a_score_is_declared(by: str) -> None:
    same = [[5.0, 1], [5, 2], [5, 3]]
    with pytest.raises(KaiwuError, match=r"tree.csv:2.*“a” is constant") as error:
        run(same, f"  - normalise: {{by: {by}}}\n  - aggregate:")
    assert codes(error) == ["IX-NORMALISE-CONSTANT"]
    run(same, f"  - normalise: {{by: {by}, constant: 50}}\n  - aggregate:")


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("IX-NORMALISE-SETTING", "  - normalise: {by: goalposts, low: 0}\n  - aggregate:"),
        ("IX-NORMALISE-SETTING", "  - normalise: {by: ratio}\n  - aggregate:"),
        ("IX-NORMALISE-SETTING", "  - normalise: {by: target}\n  - aggregate:"),
        ("IX-NORMALISE-BANDS", "  - normalise: {by: bands, edges: '[)', bands: [{from: 2, to: 3, points: 1}]}\n  - aggregate:"),
        ("IX-NORMALISE-UNDEFINED", "  - normalise: {by: min_max, log: true}\n  - aggregate:"),
        ("IX-AGGREGATE-NEGATIVE", "  - normalise: {by: z_score}\n  - aggregate: {by: geometric}"),
        ("IX-VALUES-GROUP", "  - normalise: {within: league}\n  - aggregate:"),
        ("IX-VALUES-GROUP", "  - normalise:\n  - aggregate:\n  - rank: {within: league}"),
        ("IX-SCREEN-NONE", "  - screen: {nonzero: 1}\n  - normalise:\n  - aggregate:"),
        ("IX-PANEL-YEAR", "  - normalise: {base_year: 2020}\n  - aggregate:"),
        ("IX-PANEL-MISSING", "  - impute: {by: carry}\n  - normalise:\n  - aggregate:"),
        ("IX-WEIGH-NEGATIVE", "  - weigh: {by: entropy, variant: share}\n  - aggregate:"),
        ("IX-AHP-CHILDREN", "  - weigh: {by: ahp, pairs: {i: {of: [a], matrix: [[1]]}}}\n  - aggregate:"),
        ("IX-WEIGH-POSITIVE", "  - weigh: {by: merec}\n  - aggregate:"),
    ],
)  # fmt: skip
def test_data_that_a_step_cannot_take_are_refused(code: str, steps: str) -> None:
    with pytest.raises(KaiwuError) as error:
        run([[0.0, -1], [0, 0], [0, 9]] if "nonzero" in steps else [[0.0, -1], [1, 0], [2, 9]], steps)
    assert code in codes(error)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("IX-METHOD-STEPS", "method: m"),
        ("IX-METHOD-STEP", "method: m\nsteps:\n  - normalize: {by: min_max}\n  - aggregate:"),
        ("IX-METHOD-AGGREGATE", "method: m\nsteps:\n  - normalise: {by: min_max}"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - aggregate:\n  - normalise:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - impute: {by: mean_score}\n  - normalise:\n  - aggregate:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - normalise:\n  - impute: {by: carry}\n  - aggregate:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - normalise: {by: min_max}\n  - normalise: {by: z_score}\n  - aggregate:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - normalise:\n  - treat: {}\n  - aggregate:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - normalise:\n  - denominate:\n  - aggregate:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - treat: {}\n  - denominate:\n  - normalise:\n  - aggregate:"),
        ("IX-METHOD-ORDER", "method: m\nsteps:\n  - normalise:\n  - weigh: {by: equal}\n  - weigh: {by: given}\n  - aggregate:"),
        ("F-KEY-WORD", "method: m\nsteps:\n  - normalise:\n  - aggregate: {by: arithmetic, aggregates: {a: none}}"),
        ("IX-METHOD-SHARE", "method: m\nsteps:\n  - screen: {available: 90}\n  - aggregate:"),
        ("F-KEY-WORD", "method: m\nsteps:\n  - normalise: {by: minmax}\n  - aggregate:"),
        ("F-KEY-UNKNOWN", "method: m\nsteps:\n  - normalise: {by: min_max, tow: [0, 1]}\n  - aggregate:"),
        ("F-KEY-TYPE", "method: m\nsteps:\n  - normalise: {by: min_max, to: 100}\n  - aggregate:"),
        ("F-KEY-MISSING", "method: m\nsteps:\n  - impute: {by: group_mean}\n  - aggregate:"),
        ("F-KEY-MISSING", "method: m\nsteps:\n  - aggregate: {by: owa}"),
        ("IX-NORMALISE-BASE", "method: m\nsteps:\n  - normalise: {within: league, base_year: 2020}\n  - aggregate:"),
        ("IX-BAND-GAP", "method: m\nsteps:\n  - normalise: {by: bands, edges: '[)', bands: [{to: 3, points: 1}, {from: 4, points: 2}]}\n  - aggregate:"),
        ("IX-BAND-OVERLAP", "method: m\nsteps:\n  - normalise: {by: bands, edges: '[)', bands: [{to: 3, points: 1}, {from: 2, points: 2}]}\n  - aggregate:"),
        ("IX-BAND-EMPTY", "method: m\nsteps:\n  - normalise: {by: bands, edges: '[)', bands: [{from: 3, to: 3, points: 1}]}\n  - aggregate:"),
        ("IX-WEIGH-VARIANT", "method: m\nsteps:\n  - weigh: {by: entropy}\n  - aggregate:"),
        ("IX-AHP-SHAPE", "method: m\nsteps:\n  - weigh: {by: ahp, pairs: {i: {of: [a, b], matrix: [[1, 2]]}}}\n  - aggregate:"),
    ],
)  # fmt: skip
def test_a_wrong_method_is_refused_with_file_line_and_key(code: str, text: str) -> None:
    with pytest.raises(KaiwuError) as error:
        parse_method(parse_document(text, "method.yaml"))
    assert code in codes(error)
    assert all(p.where.startswith("method.yaml:") for p in error.value.problems)


def test_an_override_of_an_indicator_that_is_not_in_the_tree_is_refused() -> None:
    text = "method: m\nsteps:\n  - treat: {indicators: {x: none}}\n  - aggregate: {aggregates: {y: {by: geometric}}}"
    with pytest.raises(KaiwuError) as error:
        parse_method(parse_document(text), known=("i", "a", "b"))
    assert codes(error) == ["IX-METHOD-CODE", "IX-METHOD-CODE"]


def test_judgements_that_contradict_themselves_are_refused() -> None:
    for matrix, code in (
        ([[1, 2], [2, 1]], "IX-AHP-RECIPROCAL"),
        ([[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]], "IX-AHP-RATIO"),
        ([[1, 2]], "IX-AHP-SHAPE"),
    ):
        with pytest.raises(KaiwuError) as error:
            compare_pairs([[float(Fraction(v)) for v in row] for row in matrix])
        assert codes(error) == [code]


def test_bounds_that_cannot_hold_and_negative_values_are_refused_by_the_frontier() -> None:
    with pytest.raises(KaiwuError) as error:
        benefit_of_doubt(np.array([[1.0, 2], [2, 1]]), low=np.array([0.6, 0.6]))
    assert codes(error) == ["IX-FRONTIER-BOUNDS"]
    with pytest.raises(KaiwuError) as error:
        benefit_of_doubt(np.array([[1.0, -2], [2, 1]]))
    assert codes(error) == ["IX-FRONTIER-NEGATIVE"]


def test_values_that_are_no_table_are_refused() -> None:
    with pytest.raises(KaiwuError) as error:
        Values(("u", "u"), ("a", "a"), np.zeros((2, 3)))
    assert sorted(codes(error)) == ["IX-VALUES-CODE", "IX-VALUES-SHAPE", "IX-VALUES-UNIT"]
    with pytest.raises(KaiwuError, match="u, a") as error:
        Values(("u",), ("a",), np.array([[np.inf]]))
    assert codes(error) == ["IX-VALUES-INFINITE"]
    with pytest.raises(KaiwuError, match="“b”") as error:
        Values(("u",), ("a",), np.array([[1.0]])).select(["a", "b"])
    assert codes(error) == ["IX-VALUES-ABSENT"]
