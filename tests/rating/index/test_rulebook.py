"""A rulebook of kind ``index``: exact figures in, whole scores and places out, explained from the same tables."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.quantity import KaiwuError
from kaiwu.rating.index import IndexModel, Values, parse_method
from kaiwu.rating.index.loader import load
from kaiwu.rating.index.scheme import IndexScheme
from kaiwu.rule.decision import Facts
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table import digest_frame
from kaiwu.table.document import parse_document

VARIABLES = """
variables:
  added: {zh: 规上工业增加值, en: value added, kind: money, unit: 亿元, bound: [0元, 100000亿元], scope: county}
  growth: {zh: 增加值增速, en: growth, kind: ratio, unit: "%", bound: [-100%, 1000%], scope: county}
  energy: {zh: 工业能耗, en: energy, kind: quantity, unit: 吨标煤(等价值), decimals: 3, bound: [0吨标煤, 10000万吨标煤], scope: county}
  land: {zh: 工业用地, en: land, kind: quantity, unit: 亩, decimals: 4, bound: [0亩, 1000000亩], scope: county}
  tax: {zh: 工业税收, en: tax, kind: money, unit: 亿元, bound: [0元, 10000亿元], scope: county}
  group: {zh: 评价组别, en: league, kind: category, values: [工业大县, 山区县], scope: county}
  industrial: {zh: 参评县, en: takes part, kind: flag, scope: county}
  place: {zh: 名次, en: place, kind: count, unit: 名次, bound: [0名次, 1000名次], scope: county}
  points: {zh: 综合指数, en: index, kind: score, unit: 分, bound: [0分, 1000分], scope: county}
"""
CATALOGUE = build_catalogue(load_variables(parse_document(VARIABLES, "variables.yaml")))
VOCABULARY = Vocabulary(CATALOGUE.names())

BOOK = """
rulebook: county_index
kind: index
zh: 某省制造业高质量发展指数
en: Index of counties
document: {title: 测试办法, standing: attested}
population: county
produces: place
scope: 参评县
league: 评价组别
weights_sum: 100
indicators:
  - {code: index, zh: 总指数, en: Index}
  - {code: quality, zh: 质量, en: Quality, parent: index, weight: 60}
  - {code: added, zh: 规上工业增加值, en: Value added, parent: quality, weight: 50, of: 规上工业增加值, unit: 亿元, direction: higher, owner: 统计局}
  - {code: growth, zh: 增速, en: Growth, parent: quality, weight: 50, of: 增加值增速, unit: "%", direction: higher, article: 第三条}
  - {code: efficiency, zh: 效率, en: Efficiency, parent: index, weight: 40}
  - {code: energy, zh: 单位增加值能耗, en: Energy per value added, parent: efficiency, weight: 60, of: 工业能耗 / 规上工业增加值, unit: 吨标煤/万元, direction: lower}
  - {code: tax_mu, zh: 亩均税收, en: Tax per mu, parent: efficiency, weight: 40, of: 工业税收 / 工业用地, unit: 万元/亩, direction: higher, low: 5, high: 60}
steps:
  - screen: {available: 0.5}
  - impute: {by: group_median, group: league}
  - treat: {}
  - normalise: {by: min_max, to: [40, 100], indicators: {tax_mu: {by: goalposts, cap: 100, floor: 40}}}
  - aggregate: {by: arithmetic}
  - rank: {decimals: 2, ties: min, within: league}
"""


def scheme(text: str = BOOK) -> IndexScheme:
    return load(parse_document(text, "index.yaml"), VOCABULARY)


def facts(counties: int = 90, seed: int = 3) -> Facts:
    """Synthetic counties, some cells missing, one outside, one without a league, one with hardly any figures."""
    draw = np.random.default_rng(seed)
    yi = 10**10  # fen in 亿元
    columns: dict[str, list[int | None]] = {
        "added": [int(v * yi) for v in draw.lognormal(5, 0.9, counties)],
        "growth": [int(v * 10**6) for v in draw.normal(6, 3, counties)],
        "energy": [int(v) for v in draw.lognormal(20, 0.5, counties)],
        "land": [int(v * 10**4) for v in draw.lognormal(10, 0.4, counties)],
        "tax": [int(v * yi) for v in draw.lognormal(3, 0.8, counties)],
        "group": [int(v) for v in draw.integers(0, 2, counties)], "industrial": [1] * counties,
    }  # fmt: skip
    for name in ("growth", "energy", "land"):
        for row in draw.choice(np.arange(10, counties), 4, replace=False):
            columns[name][row] = None
    columns["industrial"][0] = 0
    columns["group"][1] = None
    for name in ("added", "growth", "land", "tax"):
        columns[name][2] = None
    names = [f"C{i:02d}" for i in range(counties)]
    table = pl.DataFrame({"entity": names, **{k: pl.Series(k, v, dtype=pl.Int64) for k, v in columns.items()}})
    return Facts(table, dt.date(2025, 4, 1), 2024)


def row(result: Any, entity: str) -> dict[str, Any]:
    return dict(result.decisions.filter(pl.col("entity") == entity).row(0, named=True))


def test_ninety_counties_are_ranked_inside_their_leagues() -> None:
    result = scheme().decide(facts())
    rated = result.decisions.filter(pl.col("status") == "rated")
    assert rated.height == 87
    for league, counties in rated.group_by("league"):
        places = sorted(counties["rank"].to_list())
        assert places[0] == 1
        assert set(counties["ranked"]) == {counties.height}, league
        best = counties.sort("score", descending=True)
        assert best["rank"].to_list() == sorted(best["rank"].to_list())


def test_tables_hold_whole_numbers_and_words_and_have_a_stable_digest() -> None:
    result, again = scheme().decide(facts()), scheme().decide(facts())
    assert set(result.tables) == {"decisions", "items", "weights"}
    for name, table in result.tables.items():
        assert not any(dtype.is_float() for dtype in table.dtypes), name
        assert not table.select(result.keys[name]).is_duplicated().any()
        assert digest_frame(table, result.keys[name]) == digest_frame(again.tables[name], result.keys[name])


def test_the_order_of_rows_changes_no_answer() -> None:
    f = facts()
    turned = Facts(f.table.sample(fraction=1, shuffle=True, seed=4), f.as_of, f.rated)
    a, b = scheme().decide(f), scheme().decide(turned)
    for name in a.tables:
        assert a.tables[name].sort(a.keys[name]).equals(b.tables[name].sort(a.keys[name]))


def test_who_is_outside_unknown_or_hardly_known_gets_no_place_and_is_not_left_out() -> None:
    result = scheme().decide(facts())
    assert result.decisions.height == 90
    assert (row(result, "C00")["outcome"], row(result, "C00")["status"]) == (Outcome.FAIL, "out_of_scope")
    assert (row(result, "C01")["outcome"], row(result, "C01")["status"]) == (Outcome.MISSING, "pending")
    assert (row(result, "C02")["outcome"], row(result, "C02")["score"], row(result, "C02")["rank"]) == (
        Outcome.MISSING,
        None,
        None,
    )


def test_where_nobody_is_known_to_take_part_everybody_is_pending() -> None:
    f = facts()
    empty = Facts(f.table.with_columns(group=pl.lit(None, pl.Int64)), f.as_of, f.rated)
    result = scheme().decide(empty)
    assert result.decisions["status"].value_counts().sort("count").rows() == [("out_of_scope", 1), ("pending", 89)]
    assert result.tables["items"].is_empty()
    assert result.decisions.schema == scheme().decide(f).decisions.schema


def test_values_reach_the_engine_exactly_in_the_units_of_the_rulebook() -> None:
    f = facts()
    rated = scheme().rate(f)
    at = rated.values.units.index("C50")
    own = f.row("C50")
    expected = {
        "added": Fraction(own["added"], 10**10), "growth": Fraction(own["growth"], 10**6),
        "tax_mu": Fraction(own["tax"], 10**6) / Fraction(own["land"], 10**4),
        "energy": Fraction(own["energy"], 10**3) / Fraction(own["added"], 10**6) if own["energy"] is not None else None,
    }  # fmt: skip
    for code, value in expected.items():
        assert value is not None
        assert rated.values.column(code)[at] == pytest.approx(float(value), rel=1e-15)


def test_the_scheme_gives_what_the_model_gives_on_the_same_values() -> None:
    rated = scheme().rate(facts())
    steps = BOOK[BOOK.index("steps:") :]
    plain = IndexModel(scheme().book.tree, Values(rated.values.units, rated.values.codes, rated.values.x, groups=rated.values.groups),
                       parse_method(parse_document(f"method: m\n{steps}"))).run()  # type: ignore[arg-type]  # fmt: skip
    table = scheme().decide(facts()).decisions.filter(pl.col("score").is_not_null()).sort("entity")
    assert plain.table().drop_nulls("score")["score"].to_list() == table["score"].to_list()
    assert plain.table().drop_nulls("score")["rank"].to_list() == table["rank"].to_list()


def test_what_is_produced_is_the_place_or_the_score() -> None:
    s = scheme()
    result = s.decide(facts())
    assert (
        s.produced(result).join(result.decisions, on="entity").select((pl.col("value") == pl.col("rank")).all()).item()
    )
    scored = scheme(BOOK.replace("produces: place", "produces: points"))
    value = scored.produced(scored.decide(facts())).drop_nulls()["value"]
    assert value.max() <= 100 * 10**6 / int(CATALOGUE.get("points").grain)  # type: ignore[union-attr,operator]


def test_the_explanation_is_made_of_the_tables() -> None:
    s, f = scheme(), facts()
    result = s.decide(f)
    filled = result.tables["items"].filter(pl.col("treatment") == "imputed").row(0, named=True)
    (decision,) = s.explain(f, filled["entity"], result)
    mine = row(result, filled["entity"])
    assert decision.score == f"{mine['score'] / 100:.2f}"
    assert decision.rank == mine["rank"]
    assert f"第 {mine['rank']} 名(共 {mine['ranked']} 个)" in decision.reasons[0].zh
    assert sum("缺失, 按方法填补" in reason.zh for reason in decision.reasons) == mine["filled"]
    assert [r.article for r in decision.reasons if r.zh.startswith("增速")] == ["第三条"]
    assert "权重 24.00%" in next(r.zh for r in decision.reasons if r.zh.startswith("单位增加值能耗"))
    (unknown,) = s.explain(f, "C01", result)
    assert unknown.missing == ("group",)
    with pytest.raises(KeyError):
        s.explain(f, "nobody", result)


def test_needs_and_titles_name_every_column_and_node() -> None:
    s = scheme()
    assert {need.slot for need in s.needs()} == {"added", "growth", "energy", "land", "tax", "group", "industrial"}
    assert s.titles()["growth"] == ("增速", "Growth", "第三条")
    assert (s.kind, s.entity_kind, s.produces) == ("index", "county", "place")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("weight: 60}", "weight: 50}", "IX-TREE-SUM"),
        (", direction: lower}", "}", "IX-TREE-DIRECTION"),
        ("direction: lower", "direction: down", "IX-TREE-DIRECTION"),
        (
            "parent: quality, weight: 50, of: 增加值增速",
            "parent: nowhere, weight: 50, of: 增加值增速",
            "IX-TREE-PARENT",
        ),
        ("unit: 万元/亩", "unit: 吨", "R-DIMENSION"),
        ("unit: 万元/亩", "unit: 斤半", "Q-UNIT-UNKNOWN"),
        ("of: 工业税收 / 工业用地", "of: 工业税金 / 工业用地", "R-NAME"),
        ("weight: 60}", "weight: 60, of: 工业税收}", "IX-TREE-FORMULA"),
        ("group: league", "group: region", "IX-METHOD-GROUP"),
        ("league: 评价组别\n", "", "IX-METHOD-GROUP"),
        ("  - screen:", "  - denominate:\n  - screen:", "IX-METHOD-DENOMINATE"),
        ("to: [40, 100],", "to: [40, 100], base_year: 2020,", "IX-METHOD-PANEL"),
        ("indicators: {tax_mu", "indicators: {tax_my", "IX-METHOD-CODE"),
        ("produces: place", "produces: group", "S-PRODUCES"),
        ("by: min_max", "by: minmax", "F-KEY-WORD"),
    ],
)
def test_a_wrong_rulebook_is_refused_with_file_line_and_key(old: str, new: str, code: str) -> None:
    assert old in BOOK
    with pytest.raises(KaiwuError) as error:
        scheme(BOOK.replace(old, new, 1))
    found = {p.code: p for p in error.value.problems}
    assert code in found, list(found)
    assert found[code].where.startswith("index.yaml:")
    assert found[code].zh and found[code].en


def test_a_template_loads_and_refuses_to_run() -> None:
    text = BOOK[: BOOK.index("weights_sum")].replace("population: county", "population: county\nstatus: template")
    with pytest.raises(KaiwuError, match="S-TEMPLATE"):
        scheme(text).decide(facts())


TEMPLATE = """
rulebook: unknown_index
kind: index
zh: 未公布的指数(空模板)
en: An index nobody has printed
document: {title: 未公布, standing: inferred}
population: county
status: template
league: 评价组别
indicators:
  - {code: index, zh: 总指数, en: Index}
  - {code: slot_1, zh: 第1项(名称未公布), en: Indicator 1}
  - {code: slot_2, zh: 第2项(名称未公布), en: Indicator 2}
"""


def test_a_template_names_its_slots_and_cannot_be_run() -> None:
    empty = scheme(TEMPLATE)
    assert set(empty.titles()) == {"unknown_index", "index", "slot_1", "slot_2"}
    assert [need.variable.code for need in empty.needs()] == ["group"]
    with pytest.raises(KaiwuError, match="S-TEMPLATE"):
        empty.decide(facts())


def test_a_template_refuses_a_slot_that_stands_twice() -> None:
    with pytest.raises(KaiwuError, match="S-TWICE"):
        scheme(TEMPLATE.replace("slot_2", "slot_1"))
