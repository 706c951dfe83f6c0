"""Units are checked when a rule is loaded: no unit, a wrong dimension and a bare number are errors, never guesses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from explain_district import CHECKER

from kaiwu.quantity import KaiwuError
from kaiwu.quantity.dimension import AREA, COAL_EQUIVALENT, DIMENSIONLESS, MONEY
from kaiwu.rule import expression as x


def code_of(text: str) -> str:
    with pytest.raises(KaiwuError) as caught:
        CHECKER.condition(text)
    return caught.value.problems[0].code


def compared(text: str) -> x.Compare:
    condition = CHECKER.condition(text)
    assert isinstance(condition, x.Compare)
    return condition


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("营业收入 < 40000", "R-UNIT"),
        ("营业收入 >= 100亩", "R-DIMENSION"),
        ("营业收入 / 用地面积 >= 40万元", "R-DIMENSION"),
        ("亩均税收 >= 40万元", "R-DIMENSION"),
        ("研发费用 / 营业收入 >= 3", "R-UNIT"),
        ("营业收入 + 用地面积 > 0", "R-DIMENSION"),
        ("max(营业收入, 3亩) > 1元", "R-DIMENSION"),
        ("如果(重大事故, 1元, 1亩) > 1元", "R-DIMENSION"),
        ("四舍五入(营业收入, 1) > 1元", "R-UNIT"),
        ("四舍五入(营业收入, 研发费用) > 1元", "R-ROUND"),
        ("四舍五入(营业收入) > 1元", "R-ROUND"),
        ("基准日 - 成立日期 >= 1", "R-UNIT"),
        ("基准日 + 成立日期 >= 1年", "R-DATE-SUM"),
        ("成立日期 * 2 > 2024-01-01", "R-DATE-SUM"),
        ("营业收入 / 0 > 1元", "R-ZERO"),
        ("亩均评价 > A", "R-CATEGORY"),
        ("亩均评价 = E", "R-VALUE"),
        ("营业收入 in (A)", "R-IN"),
        ("重大事故 > 1", "R-FLAG"),
        ("营业收入 且 重大事故", "R-NOT-CONDITION"),
        ("重大事故 + 1元 > 1元", "R-NOT-NUMBER"),
        ("近三年复合增长 营业收入 >= 研发费用占比", "R-COMPOUND"),
        ("近三年复合增长 营业收入 >= 3", "R-COMPOUND"),
        ("近三年复合增长 营业收入 + 1% >= 3%", "R-COMPOUND"),
        ("近两年均 亩均评价 = A", "R-PERIOD"),
        ("综合能耗 >= 100吨标煤(当量值)", "R-DIMENSION"),
    ],
)
def test_what_makes_no_sense_is_an_error(text: str, code: str) -> None:
    assert code_of(text) == code


def test_the_same_line_in_every_unit_is_the_same_line() -> None:
    sides = {
        compared(f"营业收入 >= {text}").right
        for text in ("1亿元", "10000万元", "100000000元", "1000万元 * 10", "2亿元 / 2")
    }
    assert {side.value for side in sides if isinstance(side, x.Literal)} == {Fraction(10**10)}
    assert len(sides) == 1


def test_a_ratio_is_a_plain_number_wherever_it_stands() -> None:
    for text in ("研发费用占比 >= 3%", "研发费用 / 营业收入 >= 3%", "研发费用 / 营业收入 >= 30‰"):
        right = compared(text).right
        assert isinstance(right, x.Literal)
        assert right.value == Fraction(3, 100)
        assert right.dimension == DIMENSIONLESS


def test_zero_needs_no_unit() -> None:
    assert compared("利润总额 > 0").right.dimension == MONEY
    assert isinstance(CHECKER.condition("为正(利润总额)"), x.Compare)


def test_dimensions_multiply_and_divide() -> None:
    assert compared("营业收入 / 用地面积 >= 40万元/亩").left.dimension == MONEY / AREA
    assert compared("综合能耗 / 营业收入 <= 0.5吨标煤(等价值)/万元").left.dimension == COAL_EQUIVALENT / MONEY
    assert compared("亩均税收 * 用地面积 >= 1万元").left.dimension == MONEY


def test_plain_standard_coal_takes_the_meaning_of_the_variable() -> None:
    assert compared("综合能耗 >= 100吨标煤").right.dimension == COAL_EQUIVALENT


def test_negation_is_pushed_to_the_comparison() -> None:
    assert compared("非 营业收入 >= 1元").op == "<"
    assert compared("非 (非 营业收入 = 1元)").op == "="
    both = CHECKER.condition("非 (营业收入 >= 1元 且 重大事故)")
    assert isinstance(both, x.Or)
    assert isinstance(both.items[1], x.Not)


def test_a_flag_compares_with_yes_and_no() -> None:
    for text in ("重大事故 = 是", "重大事故 != 否", "重大事故"):
        assert isinstance(CHECKER.condition(text), x.FlagIs)
    for text in ("重大事故 = 否", "重大事故 != 是", "非 重大事故"):
        assert isinstance(CHECKER.condition(text), x.Not)


def test_an_error_points_at_the_words_that_are_wrong() -> None:
    with pytest.raises(KaiwuError) as caught:
        CHECKER.condition("营业收入 >= 1000万元 且 研发费用 > 5亩")
    problem = caught.value.problems[0]
    assert problem.at == len("营业收入 >= 1000万元 且 研发费用 > ")
    assert "5亩" in problem.zh and "area" in problem.en
