"""Growth of a month: comparable prices, comparable sample, contributions that add up."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monthly import Row, table

from kaiwu.quantity import KaiwuError, parse_period
from kaiwu.rating.operation import (
    Basis,
    apportion,
    describe_growth,
    list_contributions,
    list_parts,
    make_month,
    measure_growth,
)
from kaiwu.rating.operation.contribution import print_units

JUNE = parse_period("2024-06")
FIRMS: tuple[Row, ...] = (
    ("a", "17", "east", True, True, 1_100, 1_000, 1_000),
    ("b", "17", "west", True, True, 990, 1_000, 950),
    ("c", "28", "east", True, True, 2_200, 2_000, 2_000),
)
PRICES = {"17": Fraction(11, 10), "28": Fraction(1)}


def rate(*rows: Row, **basis: object) -> Fraction:
    return measure_growth(make_month(JUNE, table(*rows), Basis(**{"prices": PRICES, **basis}))).rate  # type: ignore[arg-type]


def test_growth_is_the_hand_calculation() -> None:
    assert rate(*FIRMS) == Fraction(1000 + 900 + 2200, 4000) - 1 == Fraction(1, 40)


def test_growth_at_current_prices_is_another_number_and_says_so() -> None:
    growth = measure_growth(make_month(JUNE, table(*FIRMS), Basis()))
    assert growth.rate == growth.nominal == Fraction(4290, 4000) - 1
    assert not growth.is_real


def test_value_added_rates_weigh_the_industries() -> None:
    rates = {"17": Fraction(1, 10), "28": Fraction(1, 5)}
    assert rate(*FIRMS, rates=rates) == Fraction(190 + 440, 200 + 400) - 1


def test_a_new_firm_without_a_base_stands_apart_and_does_not_move_the_rate() -> None:
    month = make_month(JUNE, table(*FIRMS, ("d", "28", "east", True, False, 10**9, None, None)), Basis(PRICES))
    assert measure_growth(month).rate == rate(*FIRMS)
    assert month.entries["entity"].to_list() == ["d"]


def test_a_firm_that_grew_into_the_list_brings_its_own_base_unless_the_basis_says_otherwise() -> None:
    grown: Row = ("d", "28", "east", True, False, 3_000, 1_000, None)
    assert rate(*FIRMS, grown) == Fraction(4100 + 3000, 5000) - 1
    assert rate(*FIRMS, grown, entries="both_years") == rate(*FIRMS)


def test_a_firm_off_the_list_is_an_exit_and_counts_neither_now_nor_then() -> None:
    month = make_month(JUNE, table(*FIRMS, ("x", "17", "west", False, True, None, None, 700)), Basis(PRICES))
    assert (measure_growth(month).rate, month.exits["entity"].to_list()) == (rate(*FIRMS), ["x"])


def test_a_firm_that_has_not_reported_is_named_and_is_not_zero() -> None:
    month = make_month(JUNE, table(*FIRMS, ("e", "28", None, True, True, None, 1_000, 1_000)), Basis(PRICES))
    growth = measure_growth(month)
    assert growth.rate == rate(*FIRMS)
    assert (month.gaps["entity"].to_list(), growth.gap_share, month.is_complete) == (["e"], Fraction(1, 5), False)


def test_a_gap_without_a_base_has_no_known_share() -> None:
    month = make_month(JUNE, table(*FIRMS, ("e", "28", None, True, True, 5, None, None)), Basis(PRICES))
    assert measure_growth(month).gap_share is None


def test_without_the_index_of_an_industry_there_is_no_real_growth() -> None:
    with pytest.raises(KaiwuError, match=r"S-OP-PRICE.*28"):
        rate(*FIRMS, prices={"17": Fraction(1)})


def test_an_index_is_asked_for_only_where_the_sample_needs_it() -> None:
    assert rate(*FIRMS[:2], prices={"17": Fraction(1)}) == Fraction(2090, 2000) - 1


def test_a_firm_without_industry_has_no_price() -> None:
    with pytest.raises(KaiwuError, match="S-OP-INDUSTRY"):
        rate(*FIRMS, ("d", None, None, True, True, 1, 1, 1))


def test_a_missing_value_added_rate_is_named() -> None:
    with pytest.raises(KaiwuError, match="S-OP-RATE"):
        rate(*FIRMS, rates={"17": Fraction(1, 10)})


def test_a_base_of_zero_has_no_growth() -> None:
    with pytest.raises(KaiwuError, match="S-OP-BASE"):
        rate(("a", "17", None, True, True, 5, 0, 0))


def test_a_month_without_firms_is_refused() -> None:
    with pytest.raises(KaiwuError, match="S-OP-EMPTY"):
        rate(("d", "28", "east", True, False, 10, None, None))


def test_a_firm_with_two_rows_is_refused() -> None:
    with pytest.raises(KaiwuError, match=r"S-OP-TWICE.*a"):
        rate(FIRMS[0], FIRMS[0])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(KaiwuError, match=r"S-OP-COLUMN.*base"):
        make_month(JUNE, table(*FIRMS).drop("base"), Basis())


def test_contributions_are_printed_largest_first_and_add_up() -> None:
    growth = measure_growth(make_month(JUNE, table(*FIRMS), Basis(PRICES)))
    found = list_contributions(growth, "industry")
    assert found.select("key", "firms", "growth", "contribution").rows() == [
        ("28", 1, 1000, 500),
        ("17", 2, -500, -250),
    ]
    assert [p.contribution for p in list_parts(growth, "town")] == [Fraction(200, 4000), Fraction(-100, 4000)]


def test_a_firm_of_unknown_town_is_shown_and_not_dropped() -> None:
    growth = measure_growth(
        make_month(JUNE, table(*FIRMS, ("d", "28", None, True, True, 2_000, 1_000, None)), Basis(PRICES))
    )
    assert list_contributions(growth, "town").filter(pl.col("key") == "?")["zh"].to_list() == ["未知"]


AMOUNT = st.integers(0, 10**13)


@st.composite
def months(draw: st.DrawFn) -> tuple[Row, ...]:
    count = draw(st.integers(1, 25))
    return tuple(
        (f"f{i}", draw(st.sampled_from(["17", "28"])), draw(st.sampled_from(["east", "west", None])), True, True,
         draw(AMOUNT), draw(st.integers(1, 10**13)), None)
        for i in range(count)
    )  # fmt: skip


@settings(max_examples=60)
@given(months(), st.integers(0, 6), st.sampled_from(["industry", "town", "firm"]))
def test_parts_add_up_to_the_printed_rate_to_the_last_digit(rows: tuple[Row, ...], decimals: int, by: str) -> None:
    growth = measure_growth(make_month(JUNE, table(*rows), Basis(PRICES)))
    assert sum(p.contribution for p in list_parts(growth, by)) == growth.rate
    assert list_contributions(growth, by, decimals)["contribution"].sum() == print_units(growth.rate, decimals)


@settings(max_examples=30)
@given(months(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: tuple[Row, ...], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (measure_growth(make_month(JUNE, table(*r), Basis(PRICES))) for r in (rows, shuffled))
    assert list_contributions(one, "firm").equals(list_contributions(other, "firm"))


@settings(max_examples=60)
@given(st.lists(st.fractions(-10, 10), min_size=1, max_size=12), st.integers(0, 4))
def test_no_part_moves_by_a_whole_unit(parts: list[Fraction], decimals: int) -> None:
    units = apportion(parts, decimals)
    assert all(abs(unit - part * 10**decimals) < 1 for unit, part in zip(units, parts, strict=True))


def test_sentences_name_what_pulled_and_what_held_back_and_add_up() -> None:
    month = make_month(
        JUNE, table(*FIRMS, ("d", "28", None, True, False, 5, None, None), ("x", "17", None, False, True, None, None, 5)),
        Basis(PRICES), industries={"17": ("纺织业", "Textiles"), "28": ("化学纤维制造业", "Chemical fibres")},
    )  # fmt: skip
    zh, en = describe_growth(measure_growth(month), ("规上工业增加值", "value added"))
    assert zh == (
        "2024年6月规上工业增加值同比增长2.5%(可比价、可比样本3家), 拉动最大的是化学纤维制造业(+5.0个百分点), 拖累最大的是纺织业(-2.5个百分点); "
        "另有新增入统而无同期 1 家、退出 1 家, 单列不计入增速。"
    )
    assert "value added up 2.5% on a year before (comparable prices, 3 comparable firms)" in en


def test_seven_thousand_firms_equal_the_hand_calculation() -> None:
    rows = [
        (f"f{i:04}", ("17", "28")[i % 2], None, True, True, 10**9 + 7 * i, 10**9 + 5 * i, None) for i in range(7_000)
    ]
    current = {key: sum(r[5] for r in rows if r[1] == key) for key in PRICES}
    base = sum(r[6] for r in rows)
    assert rate(*rows) == sum((current[k] / PRICES[k] for k in PRICES), Fraction(0)) / base - 1


@settings(max_examples=60)
@given(months(), st.sampled_from(["industry", "town"]))
def test_a_public_table_shows_no_part_of_one_or_two_firms_and_still_adds_up(rows: tuple[Row, ...], by: str) -> None:
    growth = measure_growth(make_month(JUNE, table(*rows), Basis(PRICES)))
    found = list_contributions(growth, by, 2, least=3)
    assert found["contribution"].sum() == print_units(growth.rate, 2)
    assert found["firms"].sum() == len(rows)
    assert len(rows) < 3 or found["firms"].min() >= 3  # type: ignore[operator]
