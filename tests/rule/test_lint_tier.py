"""Tier tables and chains of 如果: gaps, overlaps, cliffs, tiers never reached."""

from __future__ import annotations

from fractions import Fraction

import pytest
from explain_district import YUAN, amount

from kaiwu.quantity import find_unit
from kaiwu.quantity.dimension import MONEY, PERSON
from kaiwu.rule.lint import LintItem, Scale, Tier, inspect_tiers, lint_rules
from kaiwu.rule.lint_tier import inspect_chains

WAN = 10_000 * YUAN
MONEY_SCALE = Scale(("合同额", "contract"), MONEY, find_unit("万元"), Fraction(1))


def tier(
    low: int | None, high: int | None, *, rate: str | None = None, fixed: int | None = None, ends: str = "[)"
) -> Tier:
    return Tier(
        None if low is None else Fraction(low * WAN),
        None if high is None else Fraction(high * WAN),
        ends[0] == "[",
        ends[1] == "]",
        None if fixed is None else Fraction(fixed * WAN),
        None if rate is None else Fraction(rate),
        where=f"t{low}",
    )


def codes(*tiers: Tier, scale: Scale = MONEY_SCALE) -> list[str]:
    return [f.code for f in inspect_tiers(tiers, scale)]


def test_a_table_whose_tiers_meet_is_sound() -> None:
    assert codes(tier(0, 20, fixed=1), tier(20, 100, fixed=2), tier(100, None, fixed=3)) == []
    assert codes(tier(100, None, fixed=3), tier(0, 20, fixed=1), tier(20, 100, fixed=2)) == []


def test_a_gap_between_two_tiers() -> None:
    (finding,) = inspect_tiers([tier(0, 20), tier(30, None)], MONEY_SCALE)
    assert (finding.code, finding.where) == ("L-TIER-GAP", "t30") and "20万元 与 30万元 之间" in finding.zh


def test_an_edge_in_neither_tier_is_a_gap_and_in_both_an_overlap() -> None:
    assert codes(tier(0, 20, ends="[)"), tier(20, None, ends="()")) == ["L-TIER-GAP"]
    assert codes(tier(0, 20, ends="[]"), tier(20, None, ends="[)")) == ["L-TIER-OVERLAP"]


def test_tiers_that_reach_into_each_other() -> None:
    (finding,) = inspect_tiers([tier(0, 50), tier(20, None)], MONEY_SCALE)
    assert finding.code == "L-TIER-OVERLAP" and "20万元 至 50万元" in finding.zh


def test_whole_numbers_may_end_and_begin_one_apart() -> None:
    people = Scale(("人数", "staff"), PERSON, find_unit("人"), Fraction(100))
    rows = [Tier(Fraction(0), Fraction(900), True, True), Tier(Fraction(1000), None, True, True)]
    assert codes(*rows, scale=people) == []
    assert codes(*rows, scale=Scale(("人数", "staff"), PERSON, find_unit("人"))) == ["L-TIER-GAP"]


def test_a_tier_that_begins_above_its_end() -> None:
    assert codes(tier(20, 5), tier(20, None)) == ["L-TIER-ORDER"]


def test_an_open_top_is_asked_for_unless_the_scale_ends_there() -> None:
    assert codes(tier(0, 20), tier(20, 100)) == ["L-TIER-TOP"]
    ended = Scale(("得分", "score"), MONEY, find_unit("万元"), highest=Fraction(100 * WAN))
    assert codes(tier(0, 20), tier(20, 100, ends="[]"), scale=ended) == []


def test_a_lower_rate_on_the_whole_amount_is_a_cliff() -> None:
    (finding,) = inspect_tiers(
        [tier(0, 50, rate="1/2", ends="[]"), tier(50, None, rate="3/10", ends="()")], MONEY_SCALE
    )
    assert finding.code == "L-TIER-DROP" and finding.severity == "warning"
    assert "金额由 25万元 降为 15万元" in finding.zh and "from 250,000 yuan to 150,000 yuan" in finding.en


def test_a_higher_rate_on_the_whole_amount_is_a_step_and_fixed_steps_are_silent() -> None:
    assert codes(tier(5, 20, rate="0.15"), tier(20, None, rate="0.25")) == ["L-TIER-JUMP"]
    assert codes(tier(5, 20, fixed=1), tier(20, None, fixed=2)) == []


# -- chains -------------------------------------------------------------------------------------------------


def chain(text: str) -> list[str]:
    tree = amount(text)
    return [f.code for f in inspect_chains(LintItem(tree=tree, text=text, article="二"), tree)]


def test_a_rising_chain_is_sound() -> None:
    assert chain("如果(营业收入 >= 1亿元, 50万元, 如果(营业收入 >= 3000万元, 20万元, 0元))") == []
    assert chain("min(30% * 实付算力费用, 800万元)") == []


def test_a_rate_that_falls_on_the_whole_amount_is_a_cliff() -> None:
    tree = amount("如果(实付算力费用 <= 50万元, 50%, 30%) * 实付算力费用")
    (finding,) = inspect_chains(LintItem(tree=tree, text=""), tree)
    assert finding.code == "L-TIER-DROP"
    assert "从 50万元 到 50.000001万元" in finding.zh and "由 25万元 降为 约15.00万元" in finding.zh


def test_a_cap_can_take_a_cliff_away() -> None:
    assert chain("min(如果(实付算力费用 <= 50万元, 50%, 30%) * 实付算力费用, 5万元)") == []


def test_the_other_figures_of_a_formula_stay_typical() -> None:
    assert chain("如果(营业收入 >= 1亿元, 10%, 20%) * 研发费用") == ["L-TIER-DROP"]
    assert chain("如果(营业收入 >= 1亿元, 20%, 10%) * 研发费用") == []


def test_a_tier_after_one_that_contains_it_is_never_reached() -> None:
    assert chain("如果(营业收入 >= 1000万元, 20万元, 如果(营业收入 >= 1亿元, 50万元, 0元))") == ["L-TIER-DEAD"]


def test_a_stretch_between_two_tiers_that_no_tier_covers() -> None:
    bands = "如果(营业收入 >= 1亿元, 50万元, 如果(营业收入 >= 1000万元 且 营业收入 < 5000万元, 20万元, 0元))"
    assert "L-TIER-GAP" in chain(bands)
    assert chain("如果(营业收入 >= 1亿元, 50万元, 如果(营业收入 >= 1000万元 且 营业收入 < 1亿元, 20万元, 0元))") == []


def test_bands_that_share_an_end_overlap() -> None:
    text = "如果(营业收入 between 1000万元 and 5000万元, 20万元, 如果(营业收入 between 5000万元 and 9000万元, 30万元, 0元))"
    assert "L-TIER-OVERLAP" in chain(text)


def test_the_chains_are_part_of_the_round() -> None:
    tree = amount("如果(实付算力费用 <= 50万元, 50%, 30%) * 实付算力费用")
    found = lint_rules([LintItem(tree=tree, text="t", article="二", role="amount")], [])
    assert [f.code for f in found] == ["L-TIER-DROP"]


@pytest.mark.parametrize("text", ["30% * 实付算力费用", "绝对值(利润总额)", "max(利润总额, 0元)"])
def test_formulas_without_tiers_have_no_finding(text: str) -> None:
    assert chain(text) == []
