"""Figures are checked for shape, words and bounds before they may be stored."""

import datetime as dt

import polars as pl
import pytest

from kaiwu.figure.declaration import load_variables
from kaiwu.figure.figure import FIGURE_SCHEMA, make_figures, print_value, shape_figures, validate_figures
from kaiwu.quantity import KaiwuError, date_index
from kaiwu.table import parse_document

PACK = """
variables:
  revenue: {zh: 营业收入, en: revenue, kind: money, unit: 万元, bound: [0元, 1亿元]}
  staff: {zh: 职工人数, en: staff, kind: count, unit: 人, bound: [0, 1000], period: point}
  output: {zh: 月产值, en: output, kind: money, unit: 万元, bound: [0元, 1亿元], period: month}
  running: {zh: 累计产值, en: running, kind: money, unit: 万元, bound: [0元, 1亿元], period: cumulative}
  turnover: {zh: 季度营收, en: turnover, kind: money, unit: 万元, bound: [0元, 1亿元], period: quarter}
  founded: {zh: 成立日期, en: founded, kind: date, period: constant}
  label: {zh: 称号, en: label, kind: text, period: constant}
  strategic: {zh: 战新企业, en: strategic, kind: flag}
  grade: {zh: 等级, en: grade, kind: category, values: [A, B]}
"""
VARIABLES = {v.code: v for v in load_variables(parse_document(PACK))}


def row(**keys):
    return {"entity": "E1", "variable": "revenue", "period": "2024", "value": 100, "source": "S"} | keys


def codes(*rows):
    return [p.code for p in validate_figures(make_figures(rows), VARIABLES)]


def test_sound_figures_have_no_problems():
    assert codes(row(), row(variable="grade", value=1), row(variable="label", period="", value=None, text="x")) == []


@pytest.mark.parametrize(
    ("variable", "good", "bad"),
    [
        ("revenue", "2024", "2024Q1"),
        ("staff", "2024-02-29", "2023-02-29"),
        ("output", "2024-01..02", "2024-01..03"),
        ("output", "2024-12", "2024-13"),
        ("running", "2024-01..12", "2024-02..12"),
        ("turnover", "2024Q4", "2024Q5"),
    ],
)
def test_a_period_must_be_of_the_type_of_its_variable(variable, good, bad):
    assert codes(row(variable=variable, period=good)) == []
    assert codes(row(variable=variable, period=bad)) == ["F-FIGURE-PERIOD"]


@pytest.mark.parametrize(("value", "sound"), [(0, True), (10**10, True), (-1, False), (10**10 + 1, False)])
def test_bounds_include_their_ends(value, sound):
    assert codes(row(value=value)) == ([] if sound else ["F-FIGURE-BOUND"])


def test_a_value_out_of_bounds_is_told_in_the_unit_of_the_variable_with_its_cell():
    (problem,) = validate_figures(make_figures([row(value=10**12, source="税务.xlsx", place="C5")]), VARIABLES)
    assert "1,000,000万元" in problem.zh and problem.where == "税务.xlsx C5"


def test_an_undeclared_variable_is_refused():
    assert codes(row(variable="reveneu")) == ["F-FIGURE-VARIABLE"]


def test_text_takes_text_and_numbers_may_be_withdrawn():
    assert codes(row(variable="label", period="", value=1)) == ["F-FIGURE-TEXT"]
    assert codes(row(value=None)) == []


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"scope": "firm"}, "F-FIGURE-WORD"),
        ({"status": "sure"}, "F-FIGURE-WORD"),
        ({"standing": "rumour"}, "F-FIGURE-WORD"),
        ({"scope": ""}, "F-FIGURE-EMPTY"),
        ({"entity": ""}, "F-FIGURE-EMPTY"),
        ({"source": None}, "F-FIGURE-EMPTY"),
        ({"synthetic": None}, "F-FIGURE-SYNTHETIC"),
    ],
)
def test_words_come_from_closed_lists(keys, code):
    with pytest.raises(KaiwuError, match=code):
        make_figures([row(**keys)])


def test_two_values_for_one_cell_are_refused_and_both_places_named():
    with pytest.raises(KaiwuError) as error:
        make_figures([row(place="B2"), row(place="B9", value=101)])
    (problem,) = error.value.problems
    assert problem.code == "F-FIGURE-TWICE" and {"B2", "B9"} <= set(
        f"{problem.where} {problem.zh}".replace(")", " ").split()
    )


def test_the_same_value_twice_is_kept_twice():
    assert make_figures([row(place="B2"), row(place="B9")]).height == 2


def test_missing_and_unknown_columns_are_named():
    with pytest.raises(KaiwuError, match=r"scope.*colour"):
        shape_figures(make_figures([row()]).drop("scope").with_columns(colour=pl.lit("red")))


@pytest.mark.parametrize("value", [1.0, True, "5", 2**63, dt.date(2024, 1, 1)])
def test_a_value_is_a_whole_number_and_nothing_else(value):
    with pytest.raises(KaiwuError, match="F-FIGURE-TYPE"):
        make_figures([row(value=value)])


@pytest.mark.parametrize("dtype", [pl.Float64, pl.UInt64, pl.String, pl.Boolean])
def test_a_column_that_could_lose_something_is_refused(dtype):
    with pytest.raises(KaiwuError, match="F-FIGURE-TYPE"):
        shape_figures(make_figures([row(value=1)]).with_columns(pl.col("value").cast(dtype)))


def test_narrow_integers_and_categories_are_taken():
    narrow = make_figures([row()]).with_columns(
        pl.col("value").cast(pl.Int16), pl.col("scope").cast(pl.Categorical), raw=pl.lit(None)
    )
    assert shape_figures(narrow).equals(make_figures([row()]))


def test_an_unknown_key_is_not_dropped():
    with pytest.raises(KaiwuError, match="stauts"):
        make_figures([row(stauts="flash")])


def test_optional_columns_may_be_left_out():
    shaped = shape_figures(make_figures([row()]).drop("raw", "place", "purposes"))
    assert shaped.schema == FIGURE_SCHEMA and shaped["purposes"].to_list() == [""]


@pytest.mark.parametrize(
    ("variable", "grains", "zh", "en"),
    [
        ("revenue", 12_000_000, "12万元", "120,000 yuan"),
        ("grade", 1, "B", "B"),
        ("grade", 7, "7", "7"),
        ("founded", 1, "#1", "#1"),
        ("founded", date_index(dt.date(2001, 2, 3)), "2001-02-03", "2001-02-03"),
        ("strategic", 1, "是", "yes"),
    ],
)
def test_values_are_printed_as_people_read_them(variable, grains, zh, en):
    assert print_value(VARIABLES[variable], grains) == zh
    assert print_value(VARIABLES[variable], grains, language="en") == en
