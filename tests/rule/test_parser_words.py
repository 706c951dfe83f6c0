"""Rules read as officers write them: the longest name wins, connectives stand alone, units follow numbers."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from explain_district import PERIODS, VARIABLES, declare

from kaiwu.quantity import KaiwuError, find_unit
from kaiwu.rule import syntax as s
from kaiwu.rule.parser import parse
from kaiwu.rule.vocabulary import Vocabulary

EXTRA = [declare("contingent", "或有负债"), declare("gdp", "GDP"), declare("not_listed", "非流动资产")]
WORDS = Vocabulary({n: v for v in [*VARIABLES, *EXTRA] for n in v.names}, {p.word: p for p in PERIODS})


def tree(text: str) -> s.Node:
    return parse(text, WORDS)


def shape(node: s.Node) -> object:
    """The tree as nested tuples, without places."""
    match node:
        case s.Binary():
            return (node.op, shape(node.left), shape(node.right))
        case s.Unary():
            return (node.op, shape(node.inner))
        case s.InPeriod():
            return (node.word, shape(node.inner))
        case s.Call():
            return (node.function, *(shape(a) for a in node.args))
        case s.Number():
            return (node.value, node.unit.code if node.unit else None)
        case s.Name() | s.Word():
            return node.text
        case s.Between():
            return ("between", shape(node.value), shape(node.low), shape(node.high))
        case s.In():
            return ("not in" if node.negated else "in", shape(node.value), *(shape(i) for i in node.items))
    return type(node).__name__


def problem(text: str) -> tuple[str, int | None]:
    with pytest.raises(KaiwuError) as caught:
        tree(text)
    return caught.value.problems[0].code, caught.value.problems[0].at


def test_a_name_that_begins_with_a_connective_is_a_name() -> None:
    assert shape(tree("或有负债 > 1元")) == (">", "或有负债", (Fraction(1), find_unit("元").code))
    assert shape(tree("非流动资产 > 或有负债")) == (">", "非流动资产", "或有负债")
    assert shape(tree("非 重大事故 或 或有负债 > 1元"))[:2] == ("or", ("not", "重大事故"))  # type: ignore[index]


def test_the_longest_declared_name_wins() -> None:
    assert shape(tree("研发费用占比 > 研发费用")) == (">", "研发费用占比", "研发费用")


def test_a_name_in_capitals_is_found_however_it_is_typed() -> None:
    assert shape(tree("GDP > 1元")) == shape(tree("gdp > 1元"))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("营业收入≥1元 且 研发费用≠2元", "营业收入 >= 1元 and 研发费用 != 2元"),
        ("（营业收入＋研发费用）＊２ ＞ 3元", "(营业收入 + 研发费用) * 2 > 3元"),
        ("营业收入 > 1元 并且 研发费用 > 1元", "营业收入 > 1元 AND 研发费用 > 1元"),
        ("亩均评价 属于 (A, B)", "亩均评价 in (A, B)"),
        ("营业收入 between 1元 至 2元", "营业收入 between 1元 and 2元"),
        ("取小(营业收入, 研发费用) > 1元", "min(营业收入, 研发费用) > 1元"),
        ("　营业收入　>　1元　", "营业收入 > 1元"),
    ],
)
def test_chinese_full_width_and_english_spellings_are_one(text: str, same: str) -> None:
    assert shape(tree(text)) == shape(tree(same))


def test_precedence_is_or_and_not_comparison_sum_product_minus_period() -> None:
    money = find_unit("元").code
    one = (Fraction(1), money)
    assert shape(tree("重大事故 或 非 重大事故 且 营业收入 + 2 * -上年 研发费用 > 1元")) == (
        "or",
        "重大事故",
        (
            "and",
            ("not", "重大事故"),
            (">", ("+", "营业收入", ("*", (Fraction(2), None), ("-", ("上年", "研发费用")))), one),
        ),
    )
    assert shape(tree("营业收入 - 研发费用 - 实缴税收 > 1元"))[1] == ("-", ("-", "营业收入", "研发费用"), "实缴税收")  # type: ignore[index]
    assert shape(tree("营业收入 / 研发费用 / 2 > 1%"))[1] == ("/", ("/", "营业收入", "研发费用"), (Fraction(2), None))  # type: ignore[index]


def test_a_chain_of_comparisons_means_each_of_them() -> None:
    left = tree("1元 < 营业收入 <= 2元")
    assert shape(left)[0] == "and"  # type: ignore[index]
    assert shape(left) == shape(tree("1元 < 营业收入 且 营业收入 <= 2元"))


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("1000万元", 1000, "万元"), ("1.5 亿元", Fraction(3, 2), "亿元"), ("40万元/亩", 40, "万元/亩"), ("3%", 3, "%"),
     ("0.5吨标煤/万元", Fraction(1, 2), "吨标煤/万元"), ("3", 3, None)],
)  # fmt: skip
def test_a_unit_belongs_to_the_number_before_it(text: str, amount: Fraction, unit: str | None) -> None:
    number = tree(f"营业收入 > {text}").right  # type: ignore[attr-defined]
    assert number.value == amount
    assert number.unit == (find_unit(unit) if unit else None)


def test_dates_and_years_are_read_and_impossible_days_refused() -> None:
    for text in ("2024-02-29", "2024年2月29日"):
        assert tree(f"成立日期 > {text}").right.value == dt.date(2024, 2, 29)  # type: ignore[attr-defined]
    assert tree("评价年度 = 2024年").right.value == 2024  # type: ignore[attr-defined]
    assert problem("成立日期 > 2023-02-29") == ("R-DATE", 7)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("营业收入 > 1元或 研发费用 > 1元", "R-CONNECTIVE", 9),
        ("营业收入 >", "R-END", 6),
        ("", "R-EMPTY", 0),
        ("(营业收入 > 1元", "R-EXPECT", 10),
        ("营业收入增速 > 3%", "R-NAME", 0),
        ("营业收入 > 1,000元", "R-COMMA", 8),
        ("亩均评价 = 'A", "R-QUOTE", 7),
        ("营业收入 > 1元 ; 研发费用 > 1元", "R-CHAR", 10),
        ("营业收入 between 1元", "R-BETWEEN", 15),
        ("亩均评价 in A", "R-EXPECT", 8),
        ("营业收入 > " + "9" * 31 + "元", "R-DIGITS", 7),
        ("exec(营业收入) > 1元", "R-FUNCTION", 0),
        ("营业收入 1亿元以上", "R-EDGE", 8),
    ],
)
def test_a_mistake_is_told_at_its_character(text: str, code: str, at: int) -> None:
    assert problem(text) == (code, at)
