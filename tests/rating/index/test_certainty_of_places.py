"""How certain places are: what runs say of a quota, and which choice matters for whom."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Tree, Values, make_tree, parse_method
from kaiwu.rating.index.certainty import attribute_ranks, judge_quota, rank_certainty, split_leagues
from kaiwu.rating.index.runs import Choices, Runs, place
from kaiwu.rating.index.sobol import draw_pair, estimate
from kaiwu.rating.index.step.normalise import Normalise
from kaiwu.table.document import parse_document

STEPS = "method: m\nsteps:\n  - normalise: {by: min_max, to: [1, 100]}\n  - aggregate:\n  - rank: {decimals: 2, within: league}"


def tree() -> Tree:
    return make_tree([
        Node("index"), Node("a", parent="index"), Node("b", parent="index", weight=2),
        *(Node(f"x{i}", parent="ab"[i % 2], direction=Direction("higher")) for i in range(6)),
    ])  # fmt: skip


def model(units: int = 12, seed: int = 0) -> IndexModel:
    x = np.random.default_rng(seed).lognormal(size=(units, 6))
    names = tuple(f"u{i:02d}" for i in range(units))
    leagues = tuple("甲" if i % 2 else "乙" for i in range(units))
    return IndexModel(
        tree(), Values(names, tree().leaves, x, groups={"league": leagues}), parse_method(parse_document(STEPS))
    )


def ishigami(u: np.ndarray) -> np.ndarray:
    z = (2 * u - 1) * np.pi
    return np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


def test_ishigami_has_the_indices_that_are_known_in_closed_form() -> None:
    a, b = draw_pair(3, 4096, seed=3)
    crossed = []
    for i in range(3):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        crossed.append(ishigami(mixed)[:, None])
    found = estimate(ishigami(a)[:, None], ishigami(b)[:, None], crossed, ("x1", "x2", "x3"))
    v1, v2, v13 = (
        0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2,
        49 / 8,
        0.01 * np.pi**8 * 8 / 225,
    )
    whole = v1 + v2 + v13
    assert found.variance[0] == pytest.approx(whole, rel=0.01)
    assert found.first[:, 0] == pytest.approx([v1 / whole, v2 / whole, 0.0], abs=0.02)
    assert found.total[:, 0] == pytest.approx([(v1 + v13) / whole, v2 / whole, v13 / whole], abs=0.02)
    assert (found.first_low[:, 0] <= found.first[:, 0] + 1e-9).all()
    assert (found.first[:, 0] <= found.first_high[:, 0] + 1e-9).all()


def test_a_shift_of_all_outputs_changes_no_index() -> None:
    a, b = draw_pair(3, 256)
    crossed = [np.concatenate([b[:, :1], a[:, 1:]], axis=1)]
    near = estimate(ishigami(a)[:, None], ishigami(b)[:, None], [ishigami(c)[:, None] for c in crossed], ("x1",))
    far = estimate(
        ishigami(a)[:, None] + 1e6, ishigami(b)[:, None] + 1e6, [ishigami(c)[:, None] + 1e6 for c in crossed], ("x1",)
    )
    assert far.first == pytest.approx(near.first, abs=1e-6)
    assert far.total == pytest.approx(near.total, abs=1e-6)


def test_an_output_that_never_moves_has_no_index() -> None:
    a, b = draw_pair(2, 64)
    still = np.ones((64, 1))
    moving = a[:, :1]
    found = estimate(np.hstack([still, moving]), np.hstack([still, b[:, :1]]), [np.hstack([still, b[:, :1]])], ("x",))
    assert np.isnan(found.first[0, 0]) and np.isnan(found.total[0, 0])
    assert found.total[0, 1] == pytest.approx(1.0, abs=0.1)


def test_a_sample_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(KaiwuError, match="IX-SOBOL-SIZE"):
        draw_pair(2, 1000)


def test_a_bootstrap_by_counts_is_a_bootstrap_by_rows() -> None:
    draw = np.random.default_rng(5)
    a, b = draw_pair(3, 128, seed=9)
    ya, yb = ishigami(a)[:, None], ishigami(b)[:, None]
    yc = ishigami(np.concatenate([b[:, :1], a[:, 1:]], axis=1))[:, None]
    counts = np.random.default_rng(20240101).multinomial(128, np.full(128, 1 / 128), size=20)
    by_rows = []
    centre = (ya.mean() + yb.mean()) / 2
    for count in counts:
        rows = np.repeat(np.arange(128), count)
        draw.shuffle(rows)
        p, q, r = ya[rows, 0] - centre, yb[rows, 0] - centre, yc[rows, 0] - centre
        m = (p + q).mean() / 2
        by_rows.append(((q - m) * (r - p)).mean() / ((p**2 + q**2).mean() / 2 - m**2))
    found = estimate(ya, yb, [yc], ("x1",), bootstraps=20)
    assert found.first_low[0, 0] == pytest.approx(np.quantile(by_rows, 0.05), rel=1e-9)
    assert found.first_high[0, 0] == pytest.approx(np.quantile(by_rows, 0.95), rel=1e-9)


def test_the_only_choice_explains_every_place_that_moves() -> None:
    found = attribute_ranks(model(), Choices(normalise=(Normalise(to=(1, 100)), Normalise("rank"))), n=256)
    moving = ~np.isnan(found.total[0])
    assert found.choices == ("normalise",) and moving.any()
    assert found.total[0, moving] == pytest.approx(1.0, abs=0.05)


def test_every_unit_has_indices_of_its_own() -> None:
    choices = Choices(
        normalise=(Normalise(to=(1, 100)), Normalise("rank")), weight_noise=0.5, leave_out=True, equal_weights=True
    )
    m = model(20)
    found = attribute_ranks(m, choices, n=128, leagues=m.run().leagues)
    assert found.choices == ("normalise", "equal", "leave_out", "weights")
    assert found.first.shape == found.total.shape == (4, 20)
    assert np.nanmax(np.abs(found.total[:, 0] - found.total[:, 1])) > 0.01


def test_certain_contested_and_out_of_a_quota() -> None:
    places = np.array([[1, 2, 3, 4], [1, 3, 2, 4]] * 50, dtype=np.int16)
    told = judge_quota(Runs(("a", "b", "c", "d"), places), np.arange(1.0, 5.0), 2)
    assert [s.standing for s in told] == ["certain", "contested", "contested", "out"]
    assert [s.chance for s in told] == [1.0, 0.5, 0.5, 0.0]
    assert [(s.low, s.high) for s in told] == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert told[1].tell(2)[0] == "b: 名次 2, 90% 的试算在第 2–3 名, 进前 2 名的比例 50%, 待定"
    assert told[1].tell(2)[1].endswith("among the first 2 in 50%, contested")


def test_a_quota_by_league_counts_places_inside_the_league() -> None:
    m = model(12)
    runs, told = rank_certainty(m, {"甲": 2, "乙": 1}, runs=200)
    for league, quota in (("甲", 2), ("乙", 1)):
        mine = [s for s in told if s.league == league]
        assert len(mine) == 6 and max(s.high for s in mine) <= 6
        assert sum(s.chance for s in mine) == pytest.approx(quota, abs=1e-9)
    with pytest.raises(KaiwuError, match="IX-RUNS-SCORES"):
        split_leagues(Runs(runs.units, runs.ranks), m.run().leagues)


@settings(max_examples=40)
@given(st.integers(1, 8), st.integers(2, 30), st.integers(0, 10_000))
def test_chances_of_a_quota_sum_to_the_quota(units: int, runs: int, seed: int) -> None:
    scores = np.random.default_rng(seed).random((runs, units))
    drawn = Runs(tuple(map(str, range(units))), place(scores))
    for k in range(1, units + 1):
        assert drawn.in_top(k).sum() == pytest.approx(k)
    beats = drawn.beats()
    assert beats + beats.T + np.eye(units) == pytest.approx(1.0)
    low, high = drawn.interval()
    assert (low <= high).all() and (low >= 1).all() and (high <= units).all()
