"""The table of nodes: equal nodes are one node, constants fold, bounds are proven and widths refused."""

from __future__ import annotations

import pytest

from kaiwu.rule.program import INT128, Op, Program, WidthError


def test_equal_nodes_are_one_node() -> None:
    p = Program()
    a, b = p.slot("a", 0, 9), p.slot("b", 0, 9)
    assert p.add(a, b) == p.add(b, a)
    assert p.compare(Op.LT, a, b) != p.compare(Op.LT, b, a)
    assert p.mul(a, p.const(3)) == p.mul(p.const(3), a)


def test_a_second_alternative_counts_where_the_first_one_may_be_missing_too() -> None:
    p = Program()
    a, b, c = (p.slot(name, 0, 9) for name in "abc")
    either = p.coalesce(a, b)
    assert p.coalesce(either, c) != either
    certain = p.coalesce(either, p.const(1))
    assert p.coalesce(certain, c) == certain


def test_bounds_follow_the_arithmetic() -> None:
    p = Program()
    a, b = p.slot("a", -3, 5), p.slot("b", -7, 2)
    assert [(p.low[n], p.high[n]) for n in (p.add(a, b), p.sub(a, b), p.mul(a, b))] == [(-10, 7), (-5, 12), (-35, 21)]
    half = p.divide(Op.ROUND, a, p.const(2))
    assert p.low[half] <= -2 and p.high[half] >= 3


def test_a_product_beyond_128_bits_is_refused_with_its_bounds() -> None:
    p = Program()
    a = p.slot("a", 0, 2**63 - 1)
    square = p.mul(a, a)
    with pytest.raises(WidthError, match=str((2**63 - 1) ** 3)):
        p.mul(square, a)


def test_a_division_whose_doubled_divisor_is_too_wide_is_refused() -> None:
    p = Program()
    one = p.slot("one", 0, 1)
    wide = p.mul(p.const(INT128 // 2 + 1), one)
    with pytest.raises(WidthError):
        p.divide(Op.ROUND, one, wide)


def test_negation_turns_a_comparison_round_and_undoes_itself() -> None:
    p = Program()
    a, b = p.slot("a", 0, 9), p.slot("b", 0, 9)
    less = p.compare(Op.LT, a, b)
    assert p.negate(less) == p.compare(Op.LE, b, a)
    equal = p.compare(Op.EQ, a, b)
    assert p.negate(p.negate(equal)) == equal


def test_constants_decide_a_conjunction_or_drop_out_of_it() -> None:
    p = Program()
    flag = p.flag(p.slot("f", 0, 1))
    assert p.conjunction(Op.AND, [flag, p.truth(False)]) == p.truth(False)
    assert p.conjunction(Op.AND, [p.truth(True), flag]) == flag
    assert p.conjunction(Op.OR, []) == p.truth(False)


def test_only_nodes_that_rest_on_a_finding_may_need_a_human() -> None:
    p = Program()
    found, flag = p.judged(p.slot("j", 0, 1)), p.flag(p.slot("f", 0, 1))
    assert p.human[p.conjunction(Op.OR, [flag, found])]
    assert not p.human[flag]
    assert p.is_human(flag) == p.truth(False)
