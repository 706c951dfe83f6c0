"""Period words mean what the pack declares: which years are read, and what is made of them."""

from __future__ import annotations

import pytest
from explain_district import CHECKER

from kaiwu.quantity import KaiwuError
from kaiwu.rule import expression as x
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference

YUAN = 100


def slots(text: str) -> list[str]:
    return list(x.slots_of(CHECKER.condition(text)))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("营业收入 > 1元", ["revenue"]),
        ("上年 营业收入 > 1元", ["revenue@-1"]),
        ("上年 上年 营业收入 > 1元", ["revenue@-2"]),
        ("近两年均 营业收入 > 1元", ["revenue", "revenue@-1"]),
        ("上年(近两年均 营业收入) > 1元", ["revenue@-1", "revenue@-2"]),
        ("近三年复合增长 营业收入 >= 10%", ["revenue", "revenue@-3"]),
        ("近两年每年(研发费用 / 营业收入 >= 3%)", ["rd", "revenue", "rd@-1", "revenue@-1"]),
        ("上年 研发费用占比 >= 3%", ["rd_share@-1", "rd@-1", "revenue@-1"]),
        ("上年 亩均评价 = A", ["grade@-1"]),
        ("上年 重大事故", ["accident@-1"]),
    ],
)
def test_the_years_that_a_word_names_are_read(text: str, read: list[str]) -> None:
    assert slots(text) == read


def test_what_does_not_change_has_no_years() -> None:
    assert slots("上年(营业收入 / 用地面积) >= 1万元/亩") == ["revenue@-1", "land"]
    assert slots("上年(基准日 - 成立日期) >= 1年") == ["founded"]


def test_years_beyond_what_is_kept_are_refused() -> None:
    with pytest.raises(KaiwuError) as caught:
        CHECKER.condition("上年 " * 31 + "营业收入 > 1元")
    assert caught.value.problems[0].code == "R-PERIOD"


@pytest.mark.parametrize(
    ("now", "before", "outcome"),
    [(109, 100, Outcome.FAIL), (110, 100, Outcome.PASS), (110, None, Outcome.MISSING), (110, 0, Outcome.HUMAN),
     (110, -5, Outcome.HUMAN), (None, 0, Outcome.HUMAN)],
)  # fmt: skip
def test_growth_has_a_positive_base_or_none_at_all(now: int | None, before: int | None, outcome: Outcome) -> None:
    tree = CHECKER.condition("比上年增长 利润总额 >= 10%")
    assert Reference({"profit": now, "profit@-1": before}).outcome(tree) is outcome


@pytest.mark.parametrize(("now", "outcome"), [(1331, Outcome.PASS), (1330, Outcome.FAIL), (1332, Outcome.PASS)])
def test_compound_growth_is_decided_by_whole_powers(now: int, outcome: Outcome) -> None:
    tree = CHECKER.condition("近三年复合增长 营业收入 >= 10%")
    assert Reference({"revenue": now, "revenue@-3": 1000}).outcome(tree) is outcome


def test_a_mean_needs_every_year() -> None:
    tree = CHECKER.condition("近两年均 营业收入 >= 5元")
    assert Reference({"revenue": 9 * YUAN, "revenue@-1": YUAN}).outcome(tree) is Outcome.PASS
    assert Reference({"revenue": 9 * YUAN, "revenue@-1": None}).outcome(tree) is Outcome.MISSING


def test_every_year_must_hold_and_one_failing_year_decides() -> None:
    tree = CHECKER.condition("近两年每年(营业收入 >= 5元)")
    assert Reference({"revenue": None, "revenue@-1": YUAN}).outcome(tree) is Outcome.FAIL
    assert Reference({"revenue": None, "revenue@-1": 5 * YUAN}).outcome(tree) is Outcome.MISSING
