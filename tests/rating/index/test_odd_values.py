"""Odd values: what has no spread, no cell, the wrong sign or the wrong direction is refused by name, and noise makes no places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from test_rulebook import facts, scheme

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.rating.index.model import IndexResult
from kaiwu.rating.index.runs import Choices, place, vary_method
from kaiwu.rating.index.step.frontier import benefit_of_doubt
from kaiwu.rating.index.step.normalise import Normalise, normalise
from kaiwu.rating.index.step.weigh import gini
from kaiwu.rule.decision import Facts
from kaiwu.table.document import parse_document

MIN_MAX = "  - normalise: min_max\n"
MEAN = "  - aggregate: arithmetic\n"


def model(x: Sequence[Sequence[float]], steps: str, direction: Direction | None = None, groups: Sequence[str] = ()) -> IndexModel:  # fmt: skip
    table = np.asarray(x, dtype=float)
    codes = tuple(f"i{k}" for k in range(table.shape[1]))
    nodes = [Node("index"), *(Node(c, parent="index", direction=direction or Direction()) for c in codes)]
    units = tuple(f"u{k}" for k in range(len(table)))
    values = Values(units, codes, table, groups={"league": tuple(groups)} if groups else {})
    return IndexModel(make_tree(nodes), values, parse_method(parse_document(f"method: m\nsteps:\n{steps}")))


def run(x: Sequence[Sequence[float]], steps: str, direction: Direction | None = None) -> IndexResult:
    return model(x, steps, direction).run()


@pytest.mark.parametrize("way", ["ratio", "maximum"])
@pytest.mark.parametrize("direction", [Direction("near", 50, 50), Direction("inside", 40, 60)])
def test_a_two_sided_indicator_is_never_read_as_the_more_the_better(way: str, direction: Direction) -> None:
    with pytest.raises(KaiwuError, match="IX-NORMALISE-DIRECTION"):
        run([[50.0], [70.0]], f"  - normalise: {{by: {way}, base: 50}}\n{MEAN}", direction)


def test_logarithms_do_not_take_a_wanted_value_in_another_scale() -> None:
    with pytest.raises(KaiwuError, match="IX-NORMALISE-DIRECTION"):
        run([[5.0], [2.0]], f"  - normalise: {{by: min_max, log: true}}\n{MEAN}", Direction("near", 4, 4))


def test_units_that_differ_but_are_all_inside_have_full_marks() -> None:
    assert run([[50.0], [55.0], [45.0]], MIN_MAX + MEAN, Direction("inside", 40, 60)).scores.tolist() == [100, 100, 100]


def test_units_that_are_all_beyond_the_target_have_full_marks() -> None:
    result = run([[5.0], [6.0], [7.0]], f"  - normalise: {{by: target, target: 4}}\n{MEAN}")
    assert result.scores.tolist() == [100, 100, 100]


@pytest.mark.parametrize("way", ["min_max", "z_score", "rank", "borda", "percentile"])
def test_a_constant_indicator_is_refused_by_every_formula_that_compares_units(way: str) -> None:
    with pytest.raises(KaiwuError, match="IX-NORMALISE-CONSTANT"):
        run([[1.0, 5.0], [1.0, 3.0], [1.0, 9.0]], f"  - normalise: {way}\n{MEAN}")


def test_noise_of_the_machine_is_no_difference() -> None:
    with pytest.raises(KaiwuError, match="IX-NORMALISE-CONSTANT"):
        run([[0.1 + 0.2], [0.3], [0.3]], MIN_MAX + MEAN)


@pytest.mark.parametrize(("x", "direction"), [([[-5.0], [-2.0]], "higher"), ([[-5.0], [2.0]], "lower")])
def test_a_ratio_to_the_extreme_does_not_turn_the_order_of_negative_values(
    x: list[list[float]], direction: str
) -> None:
    with pytest.raises(KaiwuError, match="IX-NORMALISE-UNDEFINED"):
        run(x, f"  - normalise: maximum\n{MEAN}", Direction(direction))


def test_a_penalty_stays_a_penalty_below_zero() -> None:
    even, uneven = run([[-1.0, -1.0], [-2.0, 0.0]], "  - normalise: none\n  - aggregate: mpi\n").scores
    assert even == -1
    assert uneven == -2  # -1 - 1/|-1|


def test_a_unit_with_nothing_but_zeros_scores_zero() -> None:
    assert run([[0.0, 0.0], [1.0, 2.0]], "  - normalise: none\n  - aggregate: mpi\n").scores[0] == 0
    assert benefit_of_doubt(np.array([[0.0, 0.0], [1.0, 2.0]]))[0].tolist() == [0, 1]


def test_a_bent_cell_is_reported_as_bent_though_the_least_keeps_its_value() -> None:
    steps = f"  - treat: {{winsorise: 0, then: log_range}}\n{MIN_MAX}{MEAN}"
    cells = run([[0.0], [1.0], [2.0], [3.0], [1.0], [2.0], [500.0]], steps).sheet.cells
    assert {cell.kind for cell in cells} == {"bent"}


def test_gini_weights_refuse_negative_values() -> None:
    with pytest.raises(KaiwuError, match="IX-WEIGH-NEGATIVE"):
        gini(np.array([[-1.0, 2.0], [-3.0, 1.0]]))


def test_a_unit_without_a_league_is_not_ranked_among_others_without_one() -> None:
    rated = model([[1.0], [2.0], [3.0]], f"  - normalise: none\n{MEAN}  - rank: {{within: league}}\n", groups=["", "a", "a"])  # fmt: skip
    with pytest.raises(KaiwuError, match=r"IX-LEAGUE-NONE.*u0"):
        rated.run()


def test_equal_scores_share_a_place_in_bulk_runs_whatever_the_order_of_adding() -> None:
    steps = MIN_MAX + MEAN
    rated = model([[1, 2, 3], [3, 1, 2], [2, 3, 1], [0, 0, 0], [4, 4, 4]], steps).run()
    assert rated.ranks.tolist() == [2, 2, 2, 5, 1]
    assert place(rated.scores[None])[0].tolist() == [2, 2, 2, 5, 1]


def test_places_of_more_than_thirty_two_thousand_units_do_not_overflow() -> None:
    n = 40_000
    assert place(np.arange(n, dtype=float)[None])[0].tolist() == list(range(n, 0, -1))


def test_two_equal_units_never_beat_each_other() -> None:
    x = np.random.default_rng(0).random((12, 5))
    x[3] = x[7]
    rated = model(x.tolist(), f"  - normalise: {{by: min_max, to: [1, 100]}}\n{MEAN}")
    runs = vary_method(rated, Choices(weight_noise=0.25, means=("arithmetic", "geometric")), 500)
    a, b, beats = runs.units.index("u3"), runs.units.index("u7"), runs.beats()
    assert beats[a, b] == beats[b, a] == 0


def test_an_indicator_that_nobody_has_does_not_vanish_from_a_rulebook() -> None:
    given = facts()
    empty = Facts(given.table.with_columns(growth=pl.lit(None, pl.Int64)), dt.date(2025, 4, 1), 2024)
    with pytest.raises(KaiwuError, match=r"IX-VALUES-EMPTY.*增速"):
        scheme().decide(empty)


def test_a_kernel_refuses_the_direction_too() -> None:
    node = Node("near", direction=Direction("near", 3, 3))
    with pytest.raises(KaiwuError, match="IX-NORMALISE-DIRECTION"):
        normalise(np.array([[1.0], [2.0]]), [node], Normalise("ratio", base=3))


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("IX-BAND-EDGES", "  - normalise: {by: bands, bands: [{to: 5, points: 1}, {from: 5, points: 2}]}\n"),
        ("IX-BAND-OVERLAP", "  - normalise: {by: bands, edges: '[)', bands: [{from: 5, points: 2}, {to: 7, points: 1}]}\n"),
        ("IX-NORMALISE-SCALE", "  - normalise: {by: min_max, to: [100, 0]}\n"),
        ("IX-NORMALISE-SCALE", "  - normalise: {by: min_max, cap: 0, floor: 10}\n"),
        ("IX-TREE-GOALPOSTS", "  - normalise: {by: goalposts, low: 9, high: 5}\n"),
        ("IX-NORMALISE-SETTING", "  - normalise: {by: ratio, base: -2}\n"),
        ("F-KEY-MISSING", "  - weigh: ahp\n  - normalise: min_max\n"),
        ("F-KEY-MISSING", "  - weigh: expert\n  - normalise: min_max\n"),
        ("F-KEY-MISSING", "  - normalise: bands\n"),
    ],
)  # fmt: skip
def test_a_setting_that_contradicts_itself_is_refused_where_it_is_written(code: str, steps: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        parse_method(parse_document(f"method: m\nsteps:\n{steps}{MEAN}", "method.yaml"))
    assert code in [p.code for p in caught.value.problems]
    assert all("method.yaml" in p.where for p in caught.value.problems)


@pytest.mark.parametrize(
    "extra", ["{by: owa, order: [1, -1]}", "{by: owa, order: [0, 0]}", "{by: frontier, low: 0.9, high: 0.1}"]
)
def test_an_aggregate_that_contradicts_itself_is_refused(extra: str) -> None:
    with pytest.raises(KaiwuError):
        parse_method(parse_document(f"method: m\nsteps:\n{MIN_MAX}  - aggregate: {extra}\n"))


def test_a_constant_inside_one_league_names_the_league() -> None:
    rated = model([[1.0], [2.0], [3.0]], f"  - normalise: {{by: min_max, within: league}}\n{MEAN}", groups=["山区", "平原", "平原"])  # fmt: skip
    with pytest.raises(KaiwuError, match=r"IX-NORMALISE-CONSTANT.*山区"):
        rated.run()


def test_a_logarithm_inside_leagues_is_not_reported_as_a_constant() -> None:
    steps = f"  - normalise: {{by: min_max, log: true, within: league}}\n{MEAN}"
    rated = model([[-1.0], [2.0], [3.0], [2.0], [5.0]], steps, groups=["山区", "山区", "山区", "平原", "平原"])
    with pytest.raises(KaiwuError, match=r"IX-NORMALISE-UNDEFINED.*u0"):
        rated.run()


@pytest.mark.parametrize(
    ("code", "weigh"),
    [("IX-METHOD-CODE", "{by: expert, experts: [{other: 3}]}"), ("IX-TREE-WEIGHT", "{by: given, weights: {i0: -5}}")],
)
def test_weights_of_strangers_and_negative_weights_are_refused_where_they_are_written(code: str, weigh: str) -> None:
    document = parse_document(f"method: m\nsteps:\n  - weigh: {weigh}\n{MIN_MAX}{MEAN}", "method.yaml")
    with pytest.raises(KaiwuError) as caught:
        parse_method(document, known=["index", "i0"])
    assert code in [p.code for p in caught.value.problems]
