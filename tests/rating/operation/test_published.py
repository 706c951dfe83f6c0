"""Published totals are not divided; the bridge says what lies between them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monthly import table

from kaiwu.figure.series import PublishedValue
from kaiwu.quantity import KaiwuError, parse_period
from kaiwu.rating.operation import Basis, bridge_published, divide_published, make_month


def value(period: str, amount: int, sample: str, price: str = "现价", scope: str = "county") -> PublishedValue:
    return PublishedValue("规上工业增加值", parse_period(period), amount, scope, price, sample)


def test_totals_of_two_lists_of_firms_are_not_divided_and_the_reason_is_given() -> None:
    with pytest.raises(KaiwuError) as error:
        divide_published(value("2024-06", 110, "2024年名录"), value("2023-06", 100, "2023年名录"))
    problem = error.value.problems[0]
    assert problem.code == "S-OP-DIVIDE"
    assert "样本不同" in problem.zh and "2023年名录" in problem.zh and "sample" in problem.en


def test_totals_at_current_prices_are_not_divided_even_on_one_sample() -> None:
    with pytest.raises(KaiwuError, match="现价"):
        divide_published(value("2024-06", 110, "同一名录"), value("2023-06", 100, "同一名录"))


def test_different_parts_of_the_year_are_not_divided() -> None:
    with pytest.raises(KaiwuError, match="时段"):
        divide_published(value("2024-06", 110, "s", "可比价"), value("2023-01..06", 100, "s", "可比价"))


def test_one_sample_at_constant_prices_may_be_divided() -> None:
    assert divide_published(value("2024-06", 110, "s", "可比价"), value("2023-06", 100, "s", "可比价")) * 10 == 1


def test_the_bridge_leads_from_the_published_total_to_the_comparable_base() -> None:
    month = make_month(
        parse_period("2024-06"),
        table(
            ("a", "17", None, True, True, 1_100, 1_020, 1_000), ("new", "17", None, True, False, 300, 100, None),
            ("built", "17", None, True, False, 50, None, None), ("gone", "17", None, False, True, None, None, 400),
            ("late", "17", None, True, True, None, 70, 70),
        ),
        Basis(),
    )  # fmt: skip
    bridge = bridge_published(month)
    assert (bridge.published, bridge.exits, bridge.gaps, bridge.entries, bridge.revisions) == (
        1_470,
        -400,
        -70,
        100,
        20,
    )
    assert (bridge.base, bridge.current, bridge.entries_current) == (1_120, 1_400, 50)


AMOUNT = st.one_of(st.none(), st.integers(0, 10**12))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), AMOUNT, AMOUNT, AMOUNT), max_size=20))
def test_the_parts_of_the_bridge_add_up(rows: list[tuple[bool, bool, int | None, int | None, int | None]]) -> None:
    month = make_month(
        parse_period("2024-06"), table(*((f"f{i}", "17", None, *row) for i, row in enumerate(rows))), Basis()
    )
    b = bridge_published(month)
    assert b.published + b.exits + b.gaps + b.entries + b.revisions == b.base
