"""The yearly score from some months: every open figure nowcast, scores and places with the range over past years' errors."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import Direction, IndexModel, Node, Values, make_tree, parse_method
from kaiwu.rating.index.nowcast import PartFigure, nowcast_index
from kaiwu.rating.operation import YearPath
from kaiwu.table.document import parse_document

TREE = make_tree([
    Node("index"), Node("output", parent="index", weight=Fraction(60), direction=Direction("higher")),
    Node("energy", parent="index", weight=Fraction(40), direction=Direction("lower")),
])  # fmt: skip
METHOD = parse_method(
    parse_document("""
method: open
steps:
  - normalise: {by: min_max, to: [40, 100]}
  - aggregate: {by: arithmetic}
  - rank: {decimals: 2, ties: min, within: league}
""")
)
YEARS = (2021, 2022, 2023)


def model(x: list[list[float | None]]) -> IndexModel:
    n = len(x)
    values = Values(
        tuple(f"u{i}" for i in range(n)), ("output", "energy"), np.array(x, dtype=np.float64),
        groups={"league": tuple("ab"[i % 2] for i in range(n))},
    )  # fmt: skip
    return IndexModel(TREE, values, METHOD)


def part(unit: str, code: str, shares: list[int], now: int = 60, years: tuple[int, ...] = YEARS) -> PartFigure:
    """A figure whose past totals were 1000, of which the months had ``shares`` thousandths."""
    history = tuple(YearPath(y, s, 1000) for y, s in zip(years, shares, strict=True))
    return PartFigure(unit, code, Fraction(now), history)


OPEN = [[100.0, 5.0], [None, 6.0], [80.0, None], [140.0, 8.0]]


def test_known_figures_stay_and_open_ones_are_their_part_over_the_mean_share() -> None:
    found = nowcast_index(
        model(OPEN), [part("u1", "output", [480, 500, 520]), part("u2", "energy", [750] * 3, 6)], 2024, 6
    )
    assert found.figures["u1", "output"].total == 120
    assert found.figures["u2", "energy"].total == 8
    closed = model([[100, 5], [120, 6], [80, 8], [140, 8]]).run()
    assert found.result.printed.tolist() == closed.printed.tolist()
    assert [u.score for u in found.units] == closed.printed.tolist()
    assert found.scenarios == YEARS
    assert "不代表概率" in found.method[0] and "1–6" in found.method[1]


def test_months_that_never_err_leave_no_interval() -> None:
    found = nowcast_index(model(OPEN), [part("u1", "output", [500] * 3), part("u2", "energy", [750] * 3, 6)], 2024, 6)
    assert all(u.low == u.score == u.high and u.best == u.rank == u.worst for u in found.units)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(300, 700), min_size=3, max_size=3), min_size=4, max_size=4), st.integers(0, 2))
def test_a_year_that_errs_as_a_past_one_did_lies_inside_every_interval(shares: list[list[int]], past: int) -> None:
    x: list[list[float | None]] = [[None, 5.0], [None, 6.0], [None, 7.0], [None, 8.0]]
    parts = [part(f"u{i}", "output", s, 60 + 7 * i) for i, s in enumerate(shares)]
    found = nowcast_index(model(x), parts, 2024, 6)
    true = [
        [float(f.total * (1 + dict(f.errors)[YEARS[past]])), 5.0 + i]
        for i, f in enumerate(found.figures[f"u{i}", "output"] for i in range(4))
    ]
    came = model(true).run()  # type: ignore[arg-type]
    for unit, printed, rank in zip(found.units, came.printed.tolist(), came.ranks.tolist(), strict=True):
        assert unit.low is not None and unit.high is not None and unit.best is not None and unit.worst is not None
        assert unit.low <= printed <= unit.high
        assert unit.best <= rank <= unit.worst


def test_a_unit_without_a_score_is_told_so() -> None:
    spread = replace(METHOD, steps=(METHOD.steps[0], replace(METHOD.steps[1], missing="spread"), METHOD.steps[2]))  # type: ignore[arg-type]
    found = nowcast_index(model(OPEN).changed(method=spread), [part("u1", "output", [480, 500, 520])], 2024, 6)
    (lacking,) = [u for u in found.units if u.score is None]
    assert lacking.unit == "u2" and "不推算" in lacking.tell()[0]
    assert "全年得分推算" in found.units[1].tell()[0]


@pytest.mark.parametrize(
    ("parts", "code", "where"),
    [
        ([part("u1", "output", [480, 500, 520]), part("u0", "output", [1, 1, 1])], "IX-NOWCAST-KNOWN", "u0, output"),
        ([part("u9", "output", [480, 500, 520])], "IX-NOWCAST-UNKNOWN", "u9, output"),
        ([part("u1", "output", [480, 500, 520])] * 2, "IX-VALUES-TWICE", "u1, output"),
        ([part("u1", "output", [480, 500], years=(2022, 2023))], "S-OP-HISTORY", "u1, output"),
        ([part("u1", "output", [480, 0, 520])], "S-OP-BASE", "u1, output"),
        (
            [part("u1", "output", [480, 500, 520]), part("u2", "energy", [500] * 3, years=(2018, 2019, 2020))],
            "IX-NOWCAST-YEARS",
            "u1, output",
        ),
        ([], "IX-NOWCAST-NONE", ""),
    ],
)
def test_what_cannot_be_nowcast_is_refused_with_its_place(parts: list[PartFigure], code: str, where: str) -> None:
    with pytest.raises(KaiwuError) as error:
        nowcast_index(model(OPEN), parts, 2024, 6)
    assert (code, where) in [(p.code, p.where) for p in error.value.problems]
