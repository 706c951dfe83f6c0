"""Who moved the rate between two states of knowledge."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monthly import Row, table

from kaiwu.quantity import KaiwuError, parse_period
from kaiwu.rating.operation import (
    Basis,
    Growth,
    compare_revisions,
    describe_revision,
    list_moves,
    make_month,
    measure_growth,
)
from kaiwu.rating.operation.contribution import print_units

JUNE = parse_period("2024-06")


def growth(rows: list[Row], price: str = "1") -> Growth:
    return measure_growth(make_month(JUNE, table(*rows), Basis({"17": Fraction(price)})))


def firm(name: str, current: int | None, base: int | None) -> Row:
    return (name, "17", "east", True, True, current, base, None)


def test_only_firms_whose_figures_changed_moved_the_rate() -> None:
    then, now = growth([firm("a", 110, 100), firm("b", 90, 100)]), growth([firm("a", 110, 100), firm("b", 100, 100)])
    moves = compare_revisions(then, now)
    assert [(m.entity, m.cause, m.effect) for m in moves] == [("b", "current", Fraction(10, 200))]
    assert (
        describe_revision(then, now)[0]
        == "2024年6月增速由0.00%修订为5.00%(+5.00个百分点), 影响最大的是b(本期数修订, +5.00个百分点)。"
    )


def test_a_late_report_and_a_revised_index_are_named_as_such() -> None:
    then = growth([firm("a", 110, 100), firm("b", None, 100)])
    now = growth([firm("a", 110, 100), firm("b", 50, 100)], "1.1")
    assert {(m.entity, m.cause) for m in compare_revisions(then, now)} == {("a", "price"), ("b", "entered")}


def test_two_periods_are_not_compared() -> None:
    july = measure_growth(make_month(parse_period("2024-07"), table(firm("a", 1, 1)), Basis()))
    with pytest.raises(KaiwuError, match="S-OP-PERIODS"):
        compare_revisions(growth([firm("a", 1, 1)]), july)


AMOUNTS = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 10**9)), st.integers(1, 10**9)), min_size=1, max_size=8
)
INDEX = st.sampled_from(["0.97", "1", "1.013"])


@settings(max_examples=60)
@given(AMOUNTS, AMOUNTS, INDEX, INDEX)
def test_the_moves_add_up_to_the_change(
    then: list[tuple[int | None, int]], now: list[tuple[int | None, int]], index_then: str, index_now: str
) -> None:
    one, other = (
        growth([firm("always", 7, 9), *(firm(f"f{i}", *pair) for i, pair in enumerate(pairs))], index)
        for pairs, index in ((then, index_then), (now, index_now))
    )
    moves = compare_revisions(one, other)
    assert sum((m.effect for m in moves), Fraction(0)) == other.rate - one.rate
    assert list_moves(one, other, 4)["effect"].sum() == print_units(other.rate, 4) - print_units(one.rate, 4)


def test_a_revision_that_changes_no_printed_digit_is_not_told_as_a_change() -> None:
    then = growth([firm("a", 110_000_000, 100_000_000)])
    now = growth([firm("a", 110_000_001, 100_000_000)])
    assert describe_revision(then, then)[0] == "2024年6月增速 10.00%, 与首次公布相同。"
    assert describe_revision(then, now)[0] == "2024年6月增速 10.00%, 修订不改变公布位数。"
