"""``如果(条件, 值, 条件, 值, …, 否则)``: the value of the first condition that holds."""

from __future__ import annotations

import pytest

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.quantity import KaiwuError
from kaiwu.rule import expression as x
from kaiwu.rule.check import Checker
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, Unknown
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import parse_document

VARIABLES = """
variables:
  invest: {zh: 投资额, en: Investment, kind: money, unit: 元, bound: [0元, 100元]}
  small: {zh: 小微企业, en: Small firm, kind: flag}
  clean: {zh: 无违法, en: Clean, kind: flag}
"""
TIERS = "如果(投资额 < 10元, 0, 投资额 < 20元, 1元, 投资额 < 30元, 2元, 3元)"


def checker() -> Checker:
    return Checker(Vocabulary(build_catalogue(load_variables(parse_document(VARIABLES))).names()))


@pytest.mark.parametrize(("invest", "fen"), [(999, 0), (1000, 100), (2000, 200), (3000, 300), (None, Unknown.MISSING)])
def test_the_first_condition_that_holds_gives_the_value(invest: int | None, fen: int | Unknown):
    assert Reference({"invest": invest}).number(checker().value(TIERS)) == fen


def test_a_bare_zero_takes_the_dimension_of_the_first_value_that_has_one():
    tree = checker().value("如果(小微企业, 0, 无违法, 0, 投资额)")
    assert isinstance(tree, x.Choose)
    assert {value.dimension for _, value in tree.cases} == {tree.otherwise.dimension} == {tree.dimension}


def test_values_of_two_dimensions_are_refused_at_the_one_that_differs():
    text = "如果(小微企业, 1元, 无违法, 3家, 2元)"
    with pytest.raises(KaiwuError) as caught:
        checker().value(text)
    assert [(p.code, p.at) for p in caught.value.problems] == [("R-DIMENSION", text.index("3家"))]


@pytest.mark.parametrize("text", ["如果(小微企业, 1元)", "如果(小微企业, 1元, 无违法, 2元)"])
def test_an_if_without_otherwise_is_refused(text: str):
    with pytest.raises(KaiwuError) as caught:
        checker().value(text)
    assert [p.code for p in caught.value.problems] == ["R-IF"]


@pytest.mark.parametrize(
    ("invest", "small", "clean", "outcome"),
    [
        (500, 1, None, Outcome.PASS),
        (500, 0, 1, Outcome.FAIL),
        (1500, 0, 1, Outcome.PASS),
        (2500, 0, 0, Outcome.FAIL),
        (1500, 1, None, Outcome.MISSING),
        (None, 1, 1, Outcome.MISSING),
    ],
)
def test_conditions_are_chosen_in_the_same_way(invest: int | None, small: int, clean: int | None, outcome: Outcome):
    tree = checker().condition("如果(投资额 < 10元, 小微企业, 投资额 < 20元, 无违法, false)")
    assert Reference({"invest": invest, "small": small, "clean": clean}).outcome(tree) is outcome


def test_the_contrary_of_a_choice_is_the_choice_of_the_contraries():
    tree = checker().condition("非 如果(投资额 < 10元, 小微企业, 无违法)")
    assert Reference({"invest": 500, "small": 0, "clean": 1}).outcome(tree) is Outcome.PASS
    assert Reference({"invest": 1500, "small": 0, "clean": 1}).outcome(tree) is Outcome.FAIL
