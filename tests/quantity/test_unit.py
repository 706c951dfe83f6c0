"""Finding units by what people write, and their exact factors."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kaiwu.quantity import KaiwuError, find_unit, known_units, scaled_unit
from kaiwu.quantity import dimension as d
from kaiwu.quantity.unit import scale_of


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("元", d.MONEY, 100),
        ("角", d.MONEY, 10),
        ("分钱", d.MONEY, 1),
        ("fen", d.MONEY, 1),
        ("万元", d.MONEY, 10**6),
        ("萬元", d.MONEY, 10**6),
        ("百万元", d.MONEY, 10**8),
        ("千万元", d.MONEY, 10**9),
        ("亿元", d.MONEY, 10**10),
        ("亩", d.AREA, 10**6),
        ("㎡", d.AREA, 1500),
        ("m²", d.AREA, 1500),
        ("平方米", d.AREA, 1500),
        ("万平方米", d.AREA, 15 * 10**6),
        ("公顷", d.AREA, 15 * 10**6),
        ("平方公里", d.AREA, 15 * 10**8),
        ("吨", d.MASS, 10**6),
        ("公斤", d.MASS, 1000),
        ("吨标准煤", d.COAL, 10**6),
        ("TCE", d.COAL, 10**6),
        ("吨标煤（等价值）", d.COAL_EQUIVALENT, 10**6),
        ("万吨标准煤(当量)", d.COAL_CALORIFIC, 10**10),
        ("千克标煤", d.COAL, 1000),
        ("度", d.ELECTRICITY, 1000),
        ("KWH", d.ELECTRICITY, 1000),
        ("MWh", d.ELECTRICITY, 10**6),
        ("万千瓦时", d.ELECTRICITY, 10**7),
        ("亿千瓦时", d.ELECTRICITY, 10**11),
        ("立方米", d.VOLUME, 1000),
        ("厘米", d.LENGTH, 10),
        ("人", d.PERSON, 100),
        ("万人", d.PERSON, 10**6),
        ("户", d.FIRM, 1),
        ("台", d.ITEM, 1),
        ("％", d.RATIO, 10**6),
        ("‰", d.RATIO, 10**5),
        ("个百分点", d.RATIO, 10**6),
        ("倍", d.RATIO, 10**8),
        ("分", d.SCORE, 10**6),
        ("级", d.LEVEL, 10**6),
        ("年", d.DURATION, 12),
        ("季度", d.DURATION, 3),
        ("个月", d.DURATION, 1),
        ("日", d.DAY, 1),
        ("工作日", d.WORKDAY, 1),
        ("千瓦", d.POWER, 1000),
        ("kVA", d.APPARENT_POWER, 1000),
        ("卡时", d.COMPUTE, 1000),
    ],
)
def test_a_unit_is_found_by_what_people_write(text: str, dimension: d.Dimension, factor: int) -> None:
    unit = find_unit(text)
    assert (unit.dimension, unit.factor) == (dimension, factor)


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("万元/亩", d.MONEY / d.AREA, Fraction(1)),
        ("元/㎡", d.MONEY / d.AREA, Fraction(1, 15)),
        ("万元/人", d.MONEY / d.PERSON, Fraction(10**4)),
        ("吨/平方米", d.MASS / d.AREA, Fraction(2000, 3)),
        ("吨标准煤/万元", d.COAL / d.MONEY, Fraction(1)),
        ("件/亿元", d.ITEM / d.MONEY, Fraction(1, 10**10)),
        ("%/年", d.RATIO / d.DURATION, Fraction(10**6, 12)),
        ("元/平方米/月", d.MONEY / d.AREA / d.DURATION, Fraction(1, 15)),
    ],
)
def test_a_compound_unit_is_the_quotient_of_its_parts(text: str, dimension: d.Dimension, factor: Fraction) -> None:
    unit = find_unit(text)
    assert (unit.dimension, unit.factor) == (dimension, factor)


def test_a_million_square_metres_are_fifteen_hundred_mu_exactly() -> None:
    assert find_unit("亩").from_base(find_unit("平方米").to_base(10**6)) == 1500


def test_plain_coal_takes_the_meaning_that_the_variable_declares() -> None:
    assert find_unit("吨标煤", dimension=d.COAL_EQUIVALENT).code == "tce_eq"
    assert find_unit("万吨标煤", dimension=d.COAL_CALORIFIC).code == "wan_tce_cal"
    assert find_unit("万元/吨标煤", dimension=d.MONEY / d.COAL_EQUIVALENT).zh == "万元/吨标煤(等价值)"


def test_equivalent_and_calorific_coal_are_never_mixed() -> None:
    with pytest.raises(KaiwuError, match="Q-UNIT-DIMENSION"):
        find_unit("吨标煤(等价值)", dimension=d.COAL_CALORIFIC)


def test_a_year_is_a_duration_unless_a_calendar_year_is_declared() -> None:
    assert find_unit("年").dimension == d.DURATION
    assert find_unit("年", dimension=d.YEAR).dimension == d.YEAR


def test_a_wrong_dimension_names_both() -> None:
    with pytest.raises(KaiwuError) as caught:
        find_unit("亩", dimension=d.MONEY)
    problem = caught.value.problems[0]
    assert problem.code == "Q-UNIT-DIMENSION"
    assert "面积" in problem.zh and "金额" in problem.zh and "area" in problem.en and "money" in problem.en


@pytest.mark.parametrize(
    "text", ["", "万", "w", "W/", "万亩元", "元/", "/元", "元//亩", "元/亩/月/人/天", "元" * 10_000]
)
def test_an_unknown_unit_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        find_unit(text)
    problem = caught.value.problems[0]
    assert problem.code == "Q-UNIT-UNKNOWN" and len(problem.zh) < 200


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(KaiwuError, match="平方米"):
        find_unit("平方M米")


def test_codes_are_unique_and_find_their_unit() -> None:
    units = known_units()
    assert len({unit.code for unit in units}) == len(units)
    assert all(find_unit(unit.code) == unit for unit in units)


def test_a_printed_name_finds_the_unit_again_when_the_dimension_is_known() -> None:
    named = [unit for unit in known_units() if unit.zh]
    assert all(find_unit(unit.zh, dimension=unit.dimension) == unit for unit in named)


def test_scaling_a_unit_puts_one_multiplier_in_front() -> None:
    yuan = find_unit("元")
    assert scaled_unit(yuan, "万") == find_unit("万元")
    assert scaled_unit(find_unit("万元"), "万") is None
    assert (scale_of(find_unit("万元/亩")), scale_of(yuan)) == ("万", "")
