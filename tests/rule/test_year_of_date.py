"""``年份(日期)``: the calendar year of a date, in every evaluator."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.quantity import KaiwuError, date_index
from kaiwu.rule.check import Checker
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.lower import Lowering
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.program import Program
from kaiwu.rule.reference import Reference, Unknown
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.rule.wording import Wording
from kaiwu.table import parse_document

VARIABLES = """
variables:
  founded: {zh: 成立日期, en: Date of registration, kind: date, period: constant}
  founded_year: {zh: 成立年份, en: Year of registration, kind: year, period: constant, derive: 年份(成立日期)}
  revenue: {zh: 营业收入, en: Revenue, kind: money, unit: 元, bound: [0元, 100元]}
"""


def checker() -> Checker:
    return Checker(Vocabulary(build_catalogue(load_variables(parse_document(VARIABLES))).names()))


@pytest.mark.parametrize(
    ("day", "year"), [("2023-01-01", 2023), ("2023-12-31", 2023), ("2024-02-29", 2024), ("1949-10-01", 1949)]
)
def test_the_first_and_the_last_day_belong_to_their_year(day: str, year: int):
    row = {"founded": date_index(dt.date.fromisoformat(day))}
    assert Reference(row).number(checker().value("成立年份")) == year
    assert Reference({"founded": None}).number(checker().value("成立年份")) is Unknown.MISSING


@pytest.mark.parametrize(
    ("day", "outcome"), [("2022-12-31", Outcome.PASS), ("2023-01-01", Outcome.FAIL), (None, Outcome.MISSING)]
)
def test_years_of_age_are_counted_the_same_by_both_evaluators(day: str | None, outcome: Outcome):
    tree = checker().condition("评价年度 - 成立年份 >= 2年")
    row = {"founded": date_index(dt.date.fromisoformat(day)) if day else None, "founded_year": None, "#rated": 2024}
    assert Reference(row).outcome(tree) is outcome
    program = Program()
    node = Lowering(program).condition(tree)
    columns = {slot: pl.Series(slot, [row[slot]], dtype=pl.Int64) for slot in program.slots}
    assert evaluate_numpy(program, [node], [], columns).outcome(node)[0] == outcome


def test_the_year_is_named_in_both_languages():
    tree = checker().value("年份(成立日期)")
    assert Wording({}, 2024).name(tree) == ("年份(成立日期)", "the year of Date of registration")


def test_a_number_has_no_year():
    with pytest.raises(KaiwuError) as caught:
        checker().value("年份(营业收入)")
    assert [(p.code, p.at) for p in caught.value.problems] == [("R-YEAR", 0)]
