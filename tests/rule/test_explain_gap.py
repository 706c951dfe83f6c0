"""Near misses: the smallest change, of figures that may sensibly change, and never a promise that fails."""

from __future__ import annotations

import pytest
from explain_district import MU, PERIODS, YUAN, condition, declare, firm
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.explain import explain_condition, explain_misses, near_misses
from kaiwu.rule.gap import GapSearch, Move
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference
from kaiwu.rule.vocabulary import Vocabulary


def changes_of(text: str, row: dict, **options) -> list[dict[str, int]]:
    return [{c.slot: c.grains for c in miss.changes} for miss in near_misses(condition(text), row, **options)]


def test_the_ratio_that_is_two_hundred_yuan_short() -> None:
    row = firm(rd=1_000_000 * YUAN, revenue=33_340_000 * YUAN)
    text = "研发费用 >= 100万元 且 研发费用 / 营业收入 >= 3%"
    assert changes_of(text, row) == [{"rd": 200 * YUAN}]
    (reason,) = explain_misses(condition(text), row)
    assert reason.gap == "研发费用差200元"
    assert reason.zh == "2024年研发费用再增加200元(由100万元到100.02万元)即符合"
    assert reason.en == "R&D expense 2024 raised by 200 yuan (from 1,000,000 yuan to 1,000,200 yuan) would meet it"


def test_the_threshold_and_the_ratio_are_closed_by_the_larger_of_both_needs() -> None:
    row = firm(rd=990_000 * YUAN, revenue=10_000_000 * YUAN)
    assert changes_of("研发费用 >= 100万元 且 研发费用 / 营业收入 >= 3%", row) == [{"rd": 10_000 * YUAN}]
    row = firm(rd=990_000 * YUAN, revenue=100_000_000 * YUAN)
    assert changes_of("研发费用 >= 100万元 且 研发费用 / 营业收入 >= 3%", row) == [{"rd": 2_010_000 * YUAN}]


def test_nobody_is_told_to_lower_revenue_or_to_give_up_land() -> None:
    row = firm(rd=1, revenue=10**12, land=50 * MU, tax=10**8)
    for text in (
        "营业收入 <= 1万元",
        "研发费用 / 营业收入 >= 3%",
        "实缴税收 / 用地面积 >= 40万元/亩",
        "营业收入 < 2000万元",
    ):
        assert all(grains > 0 for change in changes_of(text, row) for grains in change.values())
        assert "再降低" not in "".join(r.zh for r in explain_condition(condition(text), row))


def test_debts_may_be_lowered_or_assets_raised_where_their_ratio_is_limited() -> None:
    row = firm(debts=8_000 * 10**6, assets=10_000 * 10**6, debt_ratio=70_100_000)
    found = changes_of("负债总额 / 资产总额 <= 70%", row)
    assert {"debts": -1_000 * 10**6} in found and {"assets": 1_428_571_429} in found
    assert changes_of("资产负债率 <= 70%", row) == [{"debt_ratio": -100_000}]
    assert changes_of("资产负债率 < 70%", row) == [{"debt_ratio": -100_001}]


def test_energy_use_is_never_advised_to_grow() -> None:
    row = firm(energy=10**9, revenue=10**10)
    assert changes_of("综合能耗 >= 5000吨标煤", row) == []
    assert changes_of("综合能耗 <= 500吨标煤", row) == [{"energy": 500 * 10**6 - 10**9}]


def test_dates_categories_flags_and_findings_are_never_advised() -> None:
    row = firm(founded=2025 * 372, grade=3, accident=1, organised=0)
    for text in (
        "成立日期 <= 2020-01-01",
        "基准日 - 成立日期 >= 3年",
        "亩均评价 in (A, B)",
        "非 重大事故",
        "有研发机构",
    ):
        assert Reference(row).outcome(condition(text)) is Outcome.FAIL
        assert changes_of(text, row) == []


def test_a_past_year_is_settled_so_only_the_newest_year_moves() -> None:
    row = firm(rd=10**8, rd__1=10**8)
    assert changes_of("近两年均 研发费用 >= 200万元", row) == [{"rd": 2 * 10**8}]
    assert changes_of("近两年每年(研发费用 >= 200万元)", row) == []
    both = changes_of("近两年均 研发费用 >= 200万元", row, open_from=-1)
    assert both == [{"rd": 2 * 10**8}, {"rd@-1": 2 * 10**8}]


def test_two_figures_are_named_where_one_does_not_suffice() -> None:
    row = firm(revenue=10**9, rd=10**8)
    text = "营业收入 > 2000万元 且 研发费用 >= 200万元"
    assert changes_of(text, row) == [{"revenue": 10**9 + 1, "rd": 10**8}]
    (reason,) = explain_misses(condition(text), row)
    assert reason.zh.startswith("须同时: ") and reason.gap.count("差") == 2


def test_the_cheapest_branch_is_advised() -> None:
    row = firm(revenue=10**9, rd=10**8, tax=5 * 10**8)
    text = "(营业收入 >= 10亿元 且 研发费用 >= 200万元) 或 (实缴税收 >= 600万元 且 研发费用 >= 110万元)"
    assert changes_of(text, row) == [{"tax": 10**8, "rd": 10**7}]


def test_what_still_stands_in_the_way_is_said() -> None:
    row = firm(rd=90_000_000)
    (miss,) = near_misses(condition("研发费用 >= 100万元 且 有研发机构"), row)
    assert miss.outcome is Outcome.HUMAN
    (reason,) = explain_misses(condition("研发费用 >= 100万元 且 有研发机构"), row)
    assert reason.zh.endswith("后不再不符合, 但仍需认定")


def test_a_closed_period_gives_no_advice() -> None:
    row = firm(rd=1_000_000 * YUAN, revenue=33_340_000 * YUAN)
    tree = condition("研发费用 / 营业收入 >= 3%")
    assert near_misses(tree, row, is_open=False) == []
    (note,) = explain_misses(tree, row, is_open=False)
    assert (note.zh, note.en) == ("该期已定, 不可更改", "this period is settled and cannot be changed")
    (reason,) = explain_condition(tree, row, is_open=False)
    assert reason.gap == "" and "再增加" not in reason.zh and reason.zh.endswith("已定, 不可更改")
    assert reason.en.endswith("settled, cannot be changed")


def test_what_passes_or_cannot_be_known_has_no_near_miss() -> None:
    assert changes_of("研发费用 >= 100万元", firm(rd=10**8)) == []
    assert changes_of("研发费用 >= 100万元", firm()) == []
    assert explain_misses(condition("研发费用 >= 100万元"), firm(rd=10**8)) == []


def test_a_change_beyond_the_bounds_of_the_variable_is_no_advice() -> None:
    assert changes_of("评价得分 >= 200分", firm(score=90 * 10**6)) == []


def test_a_declared_direction_wins() -> None:
    row = firm(revenue=10**10, rd=1)
    tree = condition("营业收入 <= 2000万元")
    assert near_misses(tree, row) == []
    (miss,) = near_misses(tree, row, moves={"revenue": Move.DOWN})
    assert miss.changes[0].after == 2 * 10**9
    assert near_misses(condition("研发费用 >= 1元"), row, moves={"rd": Move.NONE}) == []


def test_the_formula_of_a_derived_variable_is_moved_by_its_inputs() -> None:
    row = firm(tax=5 * 10**8, land=20 * MU)
    assert changes_of("亩均税收 >= 30万元/亩", row) == [{"tax": 10**8}]
    given_figure = firm(tax_per_mu=25 * 10**6, tax=5 * 10**8, land=20 * MU)
    assert changes_of("亩均税收 >= 30万元/亩", given_figure) == [{"tax_per_mu": 5 * 10**6}]


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_no_more_misses_than_asked_for(limit: int) -> None:
    row = firm(debts=8 * 10**9, assets=10**10)
    assert len(near_misses(condition("负债总额 / 资产总额 <= 70%"), row, limit)) == min(limit, 2)


# -- against brute force ------------------------------------------------------------------------------------

_TINY = [declare(code, zh, high=40) for code, zh in (("a", "甲"), ("b", "乙"), ("c", "丙"))]
_CHECKER = Checker(Vocabulary({n: v for v in _TINY for n in v.names}, {p.word: p for p in PERIODS}))
_VALUES = st.sampled_from(
    [
        "甲",
        "乙",
        "甲 + 乙",
        "甲 - 丙",
        "2 * 甲 - 乙",
        "min(甲, 乙)",
        "max(乙, 丙)",
        "如果(甲 >= 9分钱, 乙, 丙)",
        "四舍五入(甲, 7分钱)",
    ]
)
_RATIOS = st.sampled_from(["甲 / 乙", "(甲 + 乙) / 丙", "乙 / (甲 + 丙)"])


@st.composite
def tiny_rules(draw: st.DrawFn, depth: int = 2) -> str:
    """Rules over three figures of at most 40 fen, small enough to try every value."""
    if depth and draw(st.booleans()):
        word = draw(st.sampled_from(["且", "或"]))
        return f"({draw(tiny_rules(depth - 1))}) {word} ({draw(tiny_rules(depth - 1))})"
    op = draw(st.sampled_from([">=", ">", "<=", "<", "="]))
    if draw(st.booleans()):
        return f"{draw(_VALUES)} {op} {draw(st.integers(0, 45))}分钱"
    return f"{draw(_RATIOS)} {op} {draw(st.integers(1, 150))}%"


@settings(max_examples=400, deadline=None)
@given(tiny_rules(), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_single_figure_is_found_whenever_one_suffices_and_none_nearer_does(text: str, a: int, b: int, c: int) -> None:
    tree, row = _CHECKER.condition(text), firm(a=a, b=b, c=c)
    if Reference(row).outcome(tree) is not Outcome.FAIL:
        return
    search = GapSearch(tree, row)
    found = {(m.changes[0].slot, m.changes[0].grains > 0): m.changes[0].after for m in search.single(tree)}
    for ref, steps in search.levers:
        for step in steps:
            nearest = _nearest_by_trial(tree, row, ref, step)
            assert found.get((ref.slot, step > 0)) == nearest, (text, row, ref.slot, step)


def _nearest_by_trial(tree: x.Bool, row: dict, ref: x.Ref, step: int) -> int | None:
    values = range(row[ref.slot] + step, 41 if step > 0 else -1, step)
    return next((v for v in values if Reference({**row, ref.slot: v}).outcome(tree) is not Outcome.FAIL), None)
