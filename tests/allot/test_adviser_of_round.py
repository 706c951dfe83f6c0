"""A placed round as a case of the adviser: the rule's own result is a right plan of it, and never above the bound."""

from dataclasses import replace

import pytest
from invented_round import invent_round

from kaiwu.allot.adviser.allotment import lay_case, read_grants
from kaiwu.allot.adviser.bound import bound_case
from kaiwu.allot.adviser.case import NONE, Plan, check_plan
from kaiwu.allot.adviser.price import find_envies, price_rule
from kaiwu.allot.adviser.search import search_plan
from kaiwu.allot.result import allot
from kaiwu.allot.rule import Pass


@pytest.mark.parametrize("seed", range(4))
def test_the_rules_own_result_is_a_right_plan_below_the_bound(seed):
    placed = allot(invent_round(40, 15, seed))
    case = lay_case(placed)
    granted = read_grants(placed, case)
    assert (granted != NONE).sum() == len(placed.placement.grants)
    assert check_plan(case, Plan(granted, int(case.value[granted[granted != NONE]].sum()))) == ()
    price = price_rule(case, granted, search_plan(case, moves=20_000), bound_case(case), placed.pairing.score)
    assert price.rule <= price.bound and price.plan <= price.bound
    assert len(price.displaced) - len(price.favoured) == price.rule_placed - price.plan_placed


@pytest.mark.parametrize("seed", range(6))
def test_a_rule_without_reserves_leaves_no_justified_envy(seed):
    drawn = invent_round(60, 20, seed)
    rule = replace(drawn.rule, passes=(Pass("open", "公开", "open"),))
    supplies = tuple(replace(s, is_reserved=False) for s in drawn.supplies)
    placed = allot(replace(drawn, rule=rule, supplies=supplies))
    case = lay_case(placed)
    assert list(find_envies(case, read_grants(placed, case), placed.pairing.score)) == []
