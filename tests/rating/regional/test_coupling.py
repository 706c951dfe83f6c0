"""Coupling coordination: the variants are told apart, and behave as their papers say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.regional import CLASSES, VARIANTS, classify_coordination, couple

SCORE = st.floats(0.001, 1)
SYSTEMS = st.integers(2, 5).flatmap(lambda n: st.lists(SCORE, min_size=n, max_size=n))


def test_two_subsystems_worked_by_hand() -> None:
    """U = 0.2, 0.8: geometric mean 0.4, arithmetic mean 0.5."""
    assert couple([[0.2, 0.8]], variant="standard").c[0] == pytest.approx(0.8)
    assert couple([[0.2, 0.8]], variant="liao").c[0] == pytest.approx(0.64**2)
    assert couple([[0.2, 0.8]], variant="modified").c[0] == pytest.approx(np.sqrt(0.4 * 0.25))
    assert couple([[0.2, 0.8]], variant="unscaled").c[0] == pytest.approx(0.4)
    found = couple([[0.2, 0.8]], variant="standard", weights=[0.75, 0.25])
    assert (found.t[0], found.d[0]) == (pytest.approx(0.35), pytest.approx(np.sqrt(0.28)))


def test_three_subsystems_of_the_modified_degree_worked_by_hand() -> None:
    """U = 0.2, 0.4, 0.8: gaps 0.2 + 0.4 + 0.6 over 3; ratios 1/4 and 1/2, root of the second order."""
    assert couple([[0.2, 0.4, 0.8]], variant="modified").c[0] == pytest.approx(np.sqrt(0.6 * np.sqrt(1 / 8)))


PUBLISHED_2008 = {
    "standard": [0.9989, 0.9935, 0.8868, 0.9073, 0.6821, 0.8328, 0.6816, 0.7789, 0.6871, 0.6101, 0.8017, 0.7867, 0.7191],
    "modified": [0.9404, 0.8660, 0.5440, 0.5769, 0.3006, 0.4780, 0.3344, 0.4171, 0.3278, 0.2700, 0.4374, 0.4196, 0.3738],
}  # fmt: skip


def test_the_published_pairs_of_both_degrees_come_from_one_pair_of_scores() -> None:
    """Wang et al. 2021, table 8, thirteen cities in 2008: ratio from the one degree, level from the other, both within 0 … 1."""
    c, modified = np.array(PUBLISHED_2008["standard"]), np.array(PUBLISHED_2008["modified"])
    ratio = ((1 - np.sqrt(1 - c**2)) / c) ** 2
    larger = (1 - modified**2 / ratio) / (1 - ratio)
    assert ((larger > 0) & (larger < 1)).all()
    scores = np.column_stack([larger * ratio, larger])
    assert couple(scores, variant="standard").c == pytest.approx(c, abs=1e-9)
    assert couple(scores, variant="modified").c == pytest.approx(modified, abs=1e-9)


@settings(max_examples=60)
@given(SYSTEMS, st.sampled_from(VARIANTS))
def test_degrees_lie_between_zero_and_one_and_order_is_irrelevant(scores: list[float], variant: str) -> None:
    found, other = couple([scores], variant=variant), couple([scores[::-1]], variant=variant)
    assert 0 <= found.c[0] <= 1
    assert 0 <= found.d[0] <= 1
    assert found.c[0] == pytest.approx(other.c[0], abs=1e-12)


@settings(max_examples=40)
@given(SCORE, st.integers(2, 5))
def test_equal_subsystems_are_fully_coupled_except_where_the_coefficient_is_lost(score: float, count: int) -> None:
    for variant, whole in (("standard", 1), ("liao", 1), ("modified", 1), ("unscaled", 1 / count)):
        assert couple([[score] * count], variant=variant).c[0] == pytest.approx(whole)


@settings(max_examples=40)
@given(SYSTEMS)
def test_the_standard_degree_depends_on_ratios_only(scores: list[float]) -> None:
    one, half = couple([scores], variant="standard"), couple([[s / 2 for s in scores]], variant="standard")
    assert one.c[0] == pytest.approx(half.c[0])
    assert half.d[0] == pytest.approx(one.d[0] / np.sqrt(2))


def test_one_empty_subsystem_uncouples_and_two_empty_ones_say_nothing() -> None:
    found = couple([[0.0, 0.5], [0.0, 0.0]], variant="standard")
    assert found.c[0] == 0
    assert np.isnan(found.c[1])
    assert np.isnan(found.d[1])
    assert classify_coordination(found.d[1]) is None


@pytest.mark.parametrize(
    ("d", "zh"), [(0.0, "极度失调"), (0.1, "极度失调"), (0.1001, "严重失调"), (0.4, "轻度失调"), (0.5, "濒临失调"), (0.5001, "勉强协调"), (0.7 + 1e-12, "初级协调"), (1.0, "优质协调")]
)  # fmt: skip
def test_the_classes_shut_their_upper_end(d: float, zh: str) -> None:
    found = classify_coordination(d)
    assert found is not None
    assert found[0] == zh
    assert found in CLASSES


@pytest.mark.parametrize(
    ("scores", "options", "code"),
    [
        ([[0.5]], {}, "S-REGION-SHAPE"), ([[0.5, 60.0]], {}, "S-REGION-BOUND"), ([[0.5, np.nan]], {}, "S-REGION-MISSING"),
        ([[0.5, 0.5]], {"weights": [0.5, 0.6]}, "S-REGION-WEIGHT"), ([[0.5, 0.5]], {"variant": "best"}, "S-REGION-VARIANT"),
        ([[0.5, 0.5]], {"variant": "liao", "exponent": 0.0}, "S-REGION-VARIANT"), ([0.5, 0.5], {}, "S-REGION-SHAPE"),
    ],
)  # fmt: skip
def test_what_cannot_be_coupled_is_refused(scores: list[list[float]], options: dict[str, object], code: str) -> None:
    with pytest.raises(KaiwuError, match=code):
        couple(scores, **{"variant": "standard", **options})  # type: ignore[arg-type]
