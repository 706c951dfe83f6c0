"""Reading what people really type: one exact quantity, or an error that asks; never a guess."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError, find_unit, is_missing_token, parse_quantity
from kaiwu.quantity import dimension as d


def code_of(text: str, head: str | None = None, dimension: d.Dimension | None = None) -> str:
    with pytest.raises(KaiwuError) as caught:
        parse_quantity(text, default_unit=find_unit(head) if head else None, dimension=dimension)
    problem = caught.value.problems[0]
    assert problem.zh and problem.en and len(str(problem)) < 1000
    return problem.code


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("1,200万", "1200", "万元"),
        ("１２００ 万元", "1200", "万元"),
        ("１，２００．５０元", "1200.5", "元"),
        ("1.2亿", "1.2", "亿元"),
        ("三千万元", "30000000", "元"),
        ("三千万", "30000000", "元"),
        ("两亿元", "200000000", "元"),
        ("一点二亿元", "120000000", "元"),
        ("壹佰贰拾叁万元整", "1230000", "元"),
        ("人民币壹佰元伍角贰分", "100.52", "元"),
        ("五元零三分", "5.03", "元"),
        ("￥1,200元", "1200", "元"),
        ("￥1,200", "1200", "元"),
        ("¥12万", "12", "万元"),
        ("1200元整", "1200", "元"),
        ("1.2E+08元", "120000000", "元"),
        ("1亿2000万元", "120000000", "元"),
        ("12万5千元", "125000", "元"),
        ("3千万元", "3", "千万元"),
        ("-3.5万元", "-3.5", "万元"),
        ("−3.5万元", "-3.5", "万元"),
        ("负三万元", "-30000", "元"),
        ("1200\u00a0万元", "1200", "万元"),
        ("12万 元", "12", "万元"),
        ("1200萬元", "1200", "万元"),
        ("50分钱", "50", "分钱"),
        (".5元", "0.5", "元"),
        ("0元", "0", "元"),
    ],
)
def test_money_is_read_as_people_type_it(text: str, amount: str, unit: str) -> None:
    quantity = parse_quantity(text, dimension=d.MONEY)
    assert (quantity.amount, quantity.unit) == (Fraction(amount), find_unit(unit))


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("3%", "3"),
        ("３．５％", "3.5"),
        ("-3.5%", "-3.5"),
        ("百分之三", "3"),
        ("百分之三点五", "3.5"),
        ("百分之百", "100"),
        ("百分之3.5", "3.5"),
        ("负百分之三", "-3"),
        ("百分之负三", "-3"),
        ("千分之五", "0.5"),
        ("5‰", "0.5"),
        ("万分之一", "0.01"),
        ("3个百分点", "3"),
        ("三成", "30"),
        ("1.5倍", "150"),
    ],
)
def test_ratios_are_read_as_people_type_them(text: str, percent: str) -> None:
    assert parse_quantity(text, dimension=d.RATIO).base == Fraction(percent) * 10**6


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("12㎡", "12", "平方米"),
        ("12 m2", "12", "平方米"),
        ("2.5吨/平方米", "2.5", "吨/平方米"),
        ("15万元/亩", "15", "万元/亩"),
        ("1,200万千瓦时", "1200", "万千瓦时"),
        ("三万千瓦时", "30000", "千瓦时"),
        ("30度", "30", "千瓦时"),
        ("一百二十家", "120", "家"),
        ("5吨标准煤", "5", "吨标煤"),
        ("85分", "85", "分"),
        ("18个月", "18", "月"),
        ("1亿2000万千瓦时", "120000000", "千瓦时"),
    ],
)
def test_other_units_are_read_too(text: str, amount: str, unit: str) -> None:
    quantity = parse_quantity(text)
    assert (quantity.amount, quantity.unit) == (Fraction(amount), find_unit(unit))


@pytest.mark.parametrize(
    ("text", "head", "amount", "unit"),
    [
        ("1200", "元", "1200", "元"),
        ("1,200万", "元", "1200", "万元"),
        ("三千", "万元", "3000", "万元"),
        ("1.2亿元", "万元", "1.2", "亿元"),
        ("1.2万", "元/平方米", "1.2", "万元/平方米"),
        ("5百", "元", "500", "元"),
        ("0.03", "%", "0.03", "%"),
        ("12", "人", "12", "人"),
        ("1.2e8", "元", "120000000", "元"),
        ("1.0", "亩", "1", "亩"),
    ],
)
def test_the_unit_of_the_head_settles_a_bare_number(text: str, head: str, amount: str, unit: str) -> None:
    quantity = parse_quantity(text, default_unit=find_unit(head))
    assert (quantity.amount, quantity.unit) == (Fraction(amount), find_unit(unit))


@pytest.mark.parametrize("text", ["1200", "1.2e8", "0.5", "十二", "0"])
def test_money_without_a_unit_is_an_error(text: str) -> None:
    assert code_of(text, dimension=d.MONEY) == "Q-UNIT-MISSING"
    assert code_of(text) == "Q-UNIT-MISSING"


@pytest.mark.parametrize(
    "text", ["约1000万元", "1000左右", ">1000元", "≥3%", "1000+", "1000余万元", "300多家", "数百万元"]
)
def test_an_approximate_value_is_an_error(text: str) -> None:
    assert code_of(text) == "Q-QUANTITY-INEXACT"


@pytest.mark.parametrize(
    "text", ["100/200", "100万元/200万元", "100-200元", "100、200", "12万元 3", "1万5", "3年6个月"]
)
def test_two_values_in_one_cell_are_an_error(text: str) -> None:
    assert code_of(text) == "Q-QUANTITY-TWO-VALUES"


@pytest.mark.parametrize("text", ["1,20元", "1,2000元", "1234,567元", "0,123元", ",5元", "1,,200元"])
def test_wrong_grouping_is_an_error(text: str) -> None:
    assert code_of(text) == "Q-QUANTITY-GROUPING"


@pytest.mark.parametrize("text", ["(1,200)", "（1,200）元", "￥(1,200)"])
def test_accounting_brackets_ask_for_a_minus_sign(text: str) -> None:
    assert code_of(text, "元") == "Q-QUANTITY-BRACKETS"


def test_a_space_between_digits_asks() -> None:
    assert code_of("1 200", "元") == "Q-QUANTITY-SPACE"


@pytest.mark.parametrize(
    "text", ["", "元", "abc", "#DIV/0!", "$100", "①元", "٣元", "1.2.3元", "--5元", "1e31元", "5.元", "..."]
)
def test_what_is_no_number_is_an_error(text: str) -> None:
    assert code_of(text, "元") in {"Q-QUANTITY-NUMBER", "Q-QUANTITY-MISSING"}


def test_a_wrong_dimension_names_both_and_points_at_the_unit() -> None:
    with pytest.raises(KaiwuError) as caught:
        parse_quantity("12.5亩", dimension=d.MONEY)
    problem = caught.value.problems[0]
    assert problem.code == "Q-UNIT-DIMENSION" and problem.at == 4
    assert "面积" in problem.zh and "金额" in problem.zh


@pytest.mark.parametrize(
    ("text", "head"), [("12万", "万元"), ("三千万", "万元"), ("1.2亿", "万元/亩"), ("￥1200", "万元")]
)
def test_a_multiplier_under_a_scaled_head_names_both_readings(text: str, head: str) -> None:
    assert code_of(text, head) == "Q-QUANTITY-SCALE-AMBIGUOUS"


def test_both_readings_of_twelve_wan_are_named() -> None:
    with pytest.raises(KaiwuError, match="12万元, 或12万个万元"):
        parse_quantity("12万", default_unit=find_unit("万元"))


def test_a_bare_number_for_a_percentage_names_both_readings() -> None:
    with pytest.raises(KaiwuError, match=r"可读作0.03%, 也可读作3%"):
        parse_quantity("0.03", dimension=d.RATIO)


def test_a_multiplier_on_a_percentage_is_an_error() -> None:
    assert code_of("1.2万", "%") == "Q-QUANTITY-SCALE"


def test_a_bare_wan_of_area_is_an_error_because_it_may_be_mu_or_square_metres() -> None:
    assert code_of("1.2万", dimension=d.AREA) == "Q-UNIT-MISSING"


@pytest.mark.parametrize("text", ["一万五元", "三百五元", "一亿五千元", "一万五千瓦时"])
def test_a_colloquial_numeral_is_an_error(text: str) -> None:
    assert code_of(text) == "Q-NUMERAL-COLLOQUIAL"


def test_plain_coal_needs_a_variable_that_says_which() -> None:
    assert parse_quantity("5吨标煤").unit.dimension == d.COAL
    assert parse_quantity("5吨标煤", dimension=d.COAL_EQUIVALENT).unit.dimension == d.COAL_EQUIVALENT
    assert parse_quantity("5", default_unit=find_unit("吨标煤"), dimension=d.COAL_CALORIFIC).unit.code == "tce_cal"
    assert code_of("5吨标煤(等价值)", "吨标煤(当量值)") == "Q-UNIT-DIMENSION"


def test_a_head_of_another_dimension_than_the_variable_is_an_error() -> None:
    assert code_of("3", "万元", d.AREA) == "Q-UNIT-DIMENSION"


def test_calendar_years_scores_and_levels_need_no_unit() -> None:
    assert parse_quantity("2024", dimension=d.YEAR).base == 2024
    assert parse_quantity("2024年", dimension=d.YEAR).base == 2024
    assert parse_quantity("85.5", dimension=d.SCORE).base == Fraction("85.5") * 10**6


def test_overlong_text_is_refused_quickly() -> None:
    assert code_of("9" * 1_000_000, "元") == "Q-QUANTITY-LONG"
    assert code_of("一" * 100, "元") == "Q-NUMERAL"


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "－", "—", "——", "/", "／", "无", " 无 ", "N/A", "ｎ／ａ", "null", "不适用"]
)
def test_a_blank_cell_is_missing_not_zero(text: str) -> None:
    assert is_missing_token(text)
    assert code_of(text, "元") == "Q-QUANTITY-MISSING"


@pytest.mark.parametrize("text", ["0", "0元", "-1", "零", "无锡", "#N/A"])
def test_a_zero_or_a_word_is_not_missing(text: str) -> None:
    assert not is_missing_token(text)


@given(st.text(max_size=120))
def test_any_text_gives_an_exact_quantity_or_a_bilingual_error(text: str) -> None:
    try:
        quantity = parse_quantity(text, default_unit=find_unit("元"))
    except KaiwuError as error:
        assert all(problem.zh and problem.en and problem.code for problem in error.problems)
    else:
        assert isinstance(quantity.amount, Fraction) and quantity.unit.dimension == d.MONEY


@given(st.text(alphabet="0123456789.,-+万亿千百十一二两三零元亩%()/ ￥eE点分之", max_size=14))
def test_text_made_of_plausible_characters_never_crashes(text: str) -> None:
    for dimension in (None, d.MONEY, d.RATIO):
        try:
            assert isinstance(parse_quantity(text, dimension=dimension).base, Fraction)
        except KaiwuError as error:
            assert error.problems


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_decimal_text_is_read_exactly(value: object) -> None:
    assert parse_quantity(f"{value}万元").base == Fraction(str(value)) * 10**6
