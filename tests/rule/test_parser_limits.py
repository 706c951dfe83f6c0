"""Untrusted text is safe: every rule gives a tree or a located problem, in bounded time and depth."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from explain_district import CHECKER, PERIODS, VARIABLES
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.quantity import KaiwuError
from kaiwu.rule.check import Checker
from kaiwu.rule.vocabulary import Vocabulary

ATOM = "营业收入 > 1元"
LINES = """
营业收入 研发费用 重大事故 亩均评价 有研发机构 成立日期 基准日 评价年度 研发费用占比 亩均税收
上年 近两年均 近两年每年 近三年复合增长 比上年增长
且 或 非 and or not in between 如果 min max 绝对值 四舍五入 已知 为正 以上 超过 是 否 A D
( ) , + - * / > >= < <= = != 1 0 3% 1元 2万元 5亩 1年 12个月 2024年 2024-01-31 0.5 ' ；
"""
PIECES = LINES.split()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + ATOM + ")" * 5_000,
        "非 " * 5_000 + ATOM,
        "-" * 15_000 + "营业收入 > 1元",
        "上年 " * 5_000 + ATOM,
        "如果(" * 30 + ATOM + f", {ATOM}, {ATOM})" * 30,
        "绝对值(" * 25 + "营业收入" + ")" * 25 + " > 1元",
        "近两年每年(" * 25 + ATOM + ")" * 25,
        "近两年均(" * 25 + "营业收入" + ")" * 25 + " > 1元",
        "+".join(["营业收入"] * 3_000) + " > 1元",
        " 且 ".join([ATOM] * 1_500),
        ATOM * 700_000,
        "9" * 10_000 + "元 < 营业收入",
        "(select 1 from firms)",
        "__import__('os').system('true')",
        "营业收入 > 1元 -- comment",
    ],
    ids=lambda text: text[:16],
)
def test_what_no_officer_writes_is_refused_quickly(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(KaiwuError) as caught:
        CHECKER.condition(text)
    assert time.perf_counter() - start < 5
    for problem in caught.value.problems:
        assert len(problem.text) <= 20_000
        assert problem.zh and problem.en and problem.code.startswith(("R-", "Q-"))


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)))
def test_any_text_gives_a_tree_or_a_problem_at_a_place_in_it(text: str) -> None:
    try:
        CHECKER.condition(text)
    except KaiwuError as error:
        for problem in error.problems:
            assert problem.at is None or 0 <= problem.at <= max(len(problem.text), len(text))
            assert str(problem)


def test_a_rule_of_many_clauses_is_still_a_rule() -> None:
    assert CHECKER.condition(" 或 ".join([f"营业收入 > {n}万元" for n in range(500)])) is not None


def test_a_formula_that_leads_back_to_itself_is_refused_with_the_ring() -> None:
    ring = {"revenue": "研发费用 + 1元", "rd": "实缴税收 * 2", "tax": "营业收入 / 2"}
    variables = [replace(v, derive=ring.get(v.code, v.derive)) for v in VARIABLES]
    checker = Checker(Vocabulary({n: v for v in variables for n in v.names}, {p.word: p for p in PERIODS}))
    with pytest.raises(KaiwuError, match="revenue → rd → tax → revenue") as caught:
        checker.condition(ATOM)
    assert caught.value.problems[0].code == "R-CYCLE"
    with pytest.raises(KaiwuError, match="rd → tax → revenue → rd"):
        checker.condition("研发费用 > 1元")
