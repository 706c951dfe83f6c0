"""Amounts are explained step by step, and a range says what makes it one."""

from __future__ import annotations

from explain_district import YUAN, amount, firm

from kaiwu.rule.explain import explain_amount, missing_in_amount


def lines(text: str, row: dict) -> list[str]:
    return [reason.zh for reason in explain_amount(amount(text), row)]


FEE = firm(fee=10_000_000 * YUAN)


def test_a_formula_is_shown_with_its_numbers_and_the_cap_that_bites() -> None:
    reasons = explain_amount(amount("min(30% * 实付算力费用, 200万元)"), FEE, "第二条")
    assert [r.zh for r in reasons] == [
        "30% × 2024年实付算力费用 1,000万元 = 300万元",
        "算得300万元, 超过上限200万元, 取200万元",
        "金额为200万元",
    ]
    assert reasons[1].en == "3,000,000 yuan computed, above the cap of 2,000,000 yuan: 2,000,000 yuan counts"
    assert [r.kind for r in reasons] == ["amount", "cap", "amount"]
    assert {r.article for r in reasons} == {"第二条"} and reasons[0].slots == ("fee",)


def test_a_cap_that_does_not_bite_says_so_and_a_floor_of_zero_is_silent() -> None:
    assert lines("max(min(30% * 实付算力费用, 800万元), 0元)", FEE) == [
        "30% × 2024年实付算力费用 1,000万元 = 300万元",
        "算得300万元, 未超过上限800万元",
        "金额为300万元",
    ]
    assert lines("max(50万元, 0元)", FEE) == ["金额为50万元"]
    assert any("不到下限" in line for line in lines("max(实付算力费用 - 2000万元, 0元)", FEE))


def test_the_tier_that_applies_is_named() -> None:
    assert lines("如果(实付算力费用 >= 1亿元, 50%, 如果(实付算力费用 >= 500万元, 30%, 20%)) * 实付算力费用", FEE) == [
        "符合“实付算力费用 >= 500万元”, 取30%",
        "不符合“实付算力费用 >= 1亿元”, 取30%",
        "30% × 2024年实付算力费用 1,000万元 = 300万元",
        "金额为300万元",
    ]


def test_a_table_of_tiers_names_the_one_that_applies_or_says_that_none_does() -> None:
    text = "如果(营业收入 >= 10亿元, 50万元, 营业收入 >= 1亿元, 20万元, 0元)"
    assert lines(text, firm(revenue=2 * 10**10)) == ["符合“营业收入 >= 1亿元”, 取20万元", "金额为20万元"]
    assert lines(text, firm(revenue=1)) == ["各档都不符合, 取0元", "金额为0元"]


def test_rounding_is_a_line_only_where_it_changes_something() -> None:
    assert "333.333万元按1万元四舍五入为333万元" in lines("四舍五入(33.3333% * 实付算力费用, 1万元)", FEE)
    assert not any("四舍五入" in line for line in lines("四舍五入(30% * 实付算力费用, 1万元)", FEE))
    assert "333.333万元按1万元舍去为333万元" in lines("舍去(33.3333% * 实付算力费用, 1万元)", FEE)


def test_a_range_names_the_missing_figure_and_the_open_finding() -> None:
    *_, last = lines("min(30% * 股权融资, 800万元)", firm())
    assert last == "缺2024年股权融资, 故金额为区间: 0元至800万元"
    *_, last = lines("如果(有研发机构, 50万元, 20万元)", firm())
    assert last == "2024年有研发机构尚待认定, 故金额为区间: 20万元至50万元"
    (*_, last) = explain_amount(amount("min(30% * 股权融资, 800万元)"), firm())
    assert last.en == "equity raised 2024 missing, hence the amount is a range: 0 yuan to 8,000,000 yuan"


def test_a_missing_figure_that_cannot_move_the_amount_is_not_asked_for() -> None:
    tree = amount("min(30% * 实付算力费用, 50% * 股权融资, 100万元)")
    assert missing_in_amount(tree, firm(fee=0)) == ()
    assert missing_in_amount(tree, firm(fee=10**9)) == ("equity",)
    tree = amount("如果(营业收入 >= 1亿元, 股权融资, 20万元)")
    assert missing_in_amount(tree, firm(revenue=1)) == ()
    assert missing_in_amount(tree, firm()) == ("revenue", "equity")


def test_the_smallest_of_several_is_listed() -> None:
    row = firm(fee=10**9, tax=10**8)
    assert "300万元、100万元中取小: 100万元" in lines("min(30% * 实付算力费用, 实缴税收)", row)


def test_a_derived_rate_says_where_it_came_from() -> None:
    row = firm(revenue=10**9, rd=10**8)
    assert lines("研发费用占比 * 营业收入", row)[0] == "2024年研发费用占比由公式算出: 研发费用 / 营业收入"
    assert "2024年研发费用占比 10% × 2024年营业收入 1,000万元 = 100万元" in lines("研发费用占比 * 营业收入", row)
