"""Four answers, never two: what the reference says where figures are missing, undefined or left to a person."""

from __future__ import annotations

from fractions import Fraction

import pytest
from explain_district import CHECKER
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import Case, cases

from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome, all_of, any_of, negated
from kaiwu.rule.reference import Reference, Row, Unknown, round_to

F, M, H, T = Outcome.FAIL, Outcome.MISSING, Outcome.HUMAN, Outcome.PASS
YUAN = 100


def outcome(text: str, **row: int | None) -> Outcome:
    return Reference(row).outcome(CHECKER.condition(text))


@pytest.mark.parametrize("a", [F, M, H, T])
@pytest.mark.parametrize("b", [F, M, H, T])
def test_and_is_the_minimum_and_or_the_maximum_of_their_orders(a: Outcome, b: Outcome) -> None:
    assert all_of([a, b]) is min(a, b, key=[F, M, H, T].index)
    assert any_of([a, b]) is max(a, b, key=[F, H, M, T].index)
    assert negated(any_of([a, b])) is all_of([negated(a), negated(b)])


def test_a_missing_figure_neither_passes_nor_fails_nor_is_zero() -> None:
    assert outcome("营业收入 >= 0", revenue=None) is M
    assert outcome("营业收入 < 1元", revenue=None) is M
    assert outcome("营业收入 >= 1元 或 研发费用 >= 1元", revenue=None, rd=YUAN) is T
    assert outcome("营业收入 >= 1元 且 研发费用 >= 1元", revenue=None, rd=0) is F


def test_a_finding_waits_until_no_figure_can_change_the_result() -> None:
    assert outcome("有研发机构 且 营业收入 >= 1元", organised=None, revenue=YUAN) is H
    assert outcome("有研发机构 且 营业收入 >= 1元", organised=None, revenue=None) is M
    assert outcome("有研发机构 且 营业收入 >= 1元", organised=None, revenue=0) is F
    assert outcome("有研发机构 或 营业收入 >= 1元", organised=None, revenue=YUAN) is T
    assert outcome("有研发机构 或 营业收入 >= 1元", organised=None, revenue=0) is H


def test_a_divisor_of_zero_is_undefined_and_outweighs_what_is_missing() -> None:
    assert outcome("研发费用 / 营业收入 >= 3%", rd=1, revenue=0) is H
    assert outcome("研发费用 / 营业收入 >= 3%", rd=None, revenue=0) is H
    assert outcome("研发费用 / 营业收入 >= 3%", rd=1, revenue=None) is M
    assert outcome("研发费用 / (营业收入 / 用地面积) > 0亩", rd=1, revenue=0, land=None) is M


def test_a_derived_variable_answers_with_its_figure_first() -> None:
    share = 10**8 // 100
    assert outcome("研发费用占比 >= 3%", rd_share=3 * share, rd=0, revenue=1) is T
    assert outcome("研发费用占比 >= 3%", rd_share=None, rd=3, revenue=100) is T
    assert outcome("研发费用占比 >= 3%", rd_share=None, rd=3, revenue=None) is M
    assert outcome("规上企业", large=None, revenue=2000 * 10**6) is T
    assert outcome("非 规上企业", large=0, revenue=2000 * 10**6) is T


def test_whether_a_figure_is_known_is_always_known() -> None:
    assert outcome("已知(营业收入)", revenue=None) is F
    assert outcome("已知(研发费用 / 营业收入)", rd=1, revenue=0) is F
    assert outcome("非 已知(研发费用占比)", rd_share=None) is T


def test_a_choice_needs_only_the_branch_that_is_taken() -> None:
    text = "如果(重大事故, 营业收入, 研发费用) > 0"
    assert outcome(text, accident=1, revenue=1, rd=None) is T
    assert outcome(text, accident=None, revenue=1, rd=1) is M


def test_a_ratio_is_compared_exactly() -> None:
    third = "研发费用 / 营业收入 = 100% / 3"
    assert outcome(third, rd=1, revenue=3) is T
    assert outcome(third, rd=33_333_333_333, revenue=10**11) is F


@pytest.mark.parametrize(
    ("value", "half_up", "down", "up"),
    [
        ("5/2", 3, 2, 3),
        ("-5/2", -3, -2, -3),
        ("7/3", 2, 2, 3),
        ("-7/3", -2, -2, -3),
        ("-1/2", -1, 0, -1),
        ("4", 4, 4, 4),
    ],
)
def test_rounding_is_away_from_zero_at_the_half(value: str, half_up: int, down: int, up: int) -> None:
    rounded = [round_to(Fraction(value), Fraction(1), mode) for mode in ("half_up", "down", "up")]
    assert rounded == [half_up, down, up]


def test_full_months_count_from_day_to_day() -> None:
    text = "基准日 - 成立日期 >= 12个月"
    day = {"#as_of": (2024 * 12 + 2) * 31 + 14}  # 15 March 2024
    assert outcome(text, founded=(2023 * 12 + 2) * 31 + 14, **day) is T
    assert outcome(text, founded=(2023 * 12 + 2) * 31 + 15, **day) is F
    assert outcome("2024-03-15 - 成立日期 >= 1年", founded=(2023 * 12 + 2) * 31 + 15) is F
    assert outcome("2024-03-15 - 成立日期 >= 1年", founded=(2023 * 12 + 2) * 31 + 14) is T


def test_why_a_number_is_not_known_is_told_apart() -> None:
    ratio = CHECKER.value("研发费用 / 营业收入")
    assert Reference({"rd": None, "revenue": 0}).number(ratio) is Unknown.UNDEFINED
    assert Reference({"rd": None, "revenue": 1}).number(ratio) is Unknown.MISSING
    assert Reference({"rd": 1, "revenue": 4}).number(ratio) == Fraction(1, 4)


# -- what holds for whatever can be written -----------------------------------------------------------------

MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def is_plain(tree: x.Expr) -> bool:
    """Whether more figures can only add to what is known: neither 已知 nor a formula that a figure replaces."""
    return not any(isinstance(node, x.Known | x.Derived) for node in x.walk(tree))


def completed(row: Row, refs: dict[str, x.Ref], data: st.DataObject) -> Row:
    """The row with a value for every missing figure; findings stay open."""
    filled = dict(row)
    for slot, ref in refs.items():
        if filled[slot] is None and ref.variable.kind != "judgement":
            low, high = ref.variable.low, ref.variable.high
            edges = [v for v in (low, high, 0, 1, 10**6, 10**8) if low <= v <= high]
            filled[slot] = data.draw(st.one_of(st.sampled_from(edges), st.integers(low, high)))
    return filled


@MANY
@given(cases(conditions_count=3, rows=3), st.data())
def test_more_figures_never_change_an_answer_that_was_not_for_want_of_them(case: Case, data: st.DataObject) -> None:
    trees = [tree for tree in case.conditions if is_plain(tree)]
    assume(trees)
    for tree in trees:
        for row in case.rows:
            before = Reference(row).outcome(tree)
            after = Reference(completed(row, x.slots_of(tree), data)).outcome(tree)
            assert after is before or before is M
            assert after is not M


@MANY
@given(cases(conditions_count=0, amounts_count=3, rows=3), st.data())
def test_an_amount_lies_between_its_ends_whatever_the_missing_figures_are(case: Case, data: st.DataObject) -> None:
    trees = [tree for tree, _, _ in case.amounts if is_plain(tree)]
    assume(trees)
    for tree in trees:
        for row in case.rows:
            low, high = Reference(row).interval(tree)
            filled = Reference(completed(row, x.slots_of(tree), data))
            value = filled.number(tree)
            if isinstance(value, Fraction):
                assert low <= value <= high
                assert filled.interval(tree) == (value, value)
