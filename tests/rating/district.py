"""A small invented county: variables, a rating of its factories, and facts written as quantities."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import polars as pl

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.variable import Kind
from kaiwu.quantity import date_index, parse_quantity, to_grain
from kaiwu.rating.scheme import RatingScheme, load
from kaiwu.rule.decision import Facts
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table.document import parse_document

VARIABLES = """
variables:
  above: {zh: 规上企业, en: above scale, kind: flag}
  tax: {zh: 实缴税金, en: tax paid, kind: money, unit: 元, bound: [0元, 1000亿元]}
  land: {zh: 用地面积, en: land, kind: quantity, unit: 亩, decimals: 4, bound: [0亩, 100000亩]}
  value_added: {zh: 工业增加值, en: value added, kind: money, unit: 元, bound: [-1000亿元, 1000亿元]}
  energy: {zh: 综合能耗, en: energy, kind: quantity, unit: 吨标煤(等价值), decimals: 3, bound: [0吨标煤, 1000万吨标煤]}
  emission: {zh: 主要污染物排放量, en: emission, kind: quantity, unit: 吨, decimals: 6, bound: [0吨, 10万吨]}
  staff: {zh: 平均职工人数, en: staff, kind: count, unit: 人, bound: [0人, 10万人]}
  research: {zh: 研发费用, en: research, kind: money, unit: 元, bound: [0元, 1000亿元]}
  revenue: {zh: 营业收入, en: revenue, kind: money, unit: 元, bound: [0元, 10000亿元]}
  opened: {zh: 投产日期, en: opened, kind: date, period: constant}
  utility: {zh: 公用事业, en: utility, kind: flag}
  accident: {zh: 发生重大事故, en: accident, kind: flag}
  violation: {zh: 严重违法, en: violation, kind: judgement}
  award: {zh: 获质量奖, en: award, kind: flag}
  tenants: {zh: 出租户数, en: tenants, kind: count, unit: 家, bound: [0家, 1000家]}
  industry: {zh: 行业组, en: group of industries, kind: category, values: [机械, 化工, 纺织], period: constant}
  plot: {zh: 宗地, en: plot, kind: category, values: [P1, P2, P3, P4, P5], period: constant}
  grade: {zh: 综合评价档次, en: class, kind: category, values: [A, B, C, D]}
  points: {zh: 综合评价得分, en: score, kind: score, unit: 分, bound: [-1000分, 1000000分]}
"""

CATALOGUE = build_catalogue(load_variables(parse_document(VARIABLES, "variables.yaml")))
VOCABULARY = Vocabulary(CATALOGUE.names())

HEAD = """
rulebook: county_ruler
kind: rating
zh: 某县工业企业综合评价
en: Rating of factories
document: {title: 测试办法, standing: attested}
scope: 规上企业
total: {round: {to: 0.01分, mode: half_up}}
"""

SIX = """
defaults: {round: {to: 0.01分, mode: half_up}, missing: data_missing}
indicators:
  - {code: tax_mu, zh: 亩均税收, en: tax per mu, value: 实缴税金 / 用地面积, direction: higher, weight: 30分,
     score: {benchmark: 24.097万元/亩}, article: 第五条}
  - {code: value_mu, zh: 亩均增加值, en: value added per mu, value: 工业增加值 / 用地面积, direction: higher, weight: 20分,
     score: {benchmark: 136.16万元/亩}}
  - {code: energy_va, zh: 单位能耗增加值, en: value added per energy, value: 工业增加值 / 综合能耗, direction: higher,
     weight: 20分, score: {benchmark: 2.694万元/吨标煤}}
  - {code: emission_va, zh: 单位排放增加值, en: value added per emission, value: 工业增加值 / 主要污染物排放量,
     direction: higher, weight: 10分, score: {benchmark: 4929.81万元/吨}, missing: mean_of_item}
  - {code: productivity, zh: 全员劳动生产率, en: productivity, value: 工业增加值 / 平均职工人数, direction: higher,
     weight: 10分, score: {benchmark: 18.14万元/人}}
  - {code: research_share, zh: 研发投入强度, en: research share, value: 研发费用 / 营业收入, direction: higher, weight: 10分,
     score: {benchmark: 3.02%}}
"""


def rating(text: str) -> RatingScheme:
    """A scheme from YAML text."""
    return load(parse_document(text, "ruler.yaml"), VOCABULARY)


def stored(name: str, value: Any) -> int | None:
    """The stored integer of a cell: a quantity as text, a flag, a category, a date, or a plain whole number of grains."""
    variable = CATALOGUE.find(name.partition("@")[0])
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.date):
        return date_index(value)
    if variable.kind is Kind.CATEGORY:
        return variable.values.index(value)
    assert variable.unit is not None
    return to_grain(parse_quantity(value, dimension=variable.unit.dimension).base, variable.grain)


def facts(rows: dict[str, dict[str, Any]], *, as_of: dt.date = dt.date(2023, 6, 30), rated: int = 2022) -> Facts:
    """Facts from cells by entity and variable code; a cell that is not given is missing."""
    slots = sorted({slot for row in rows.values() for slot in row})
    data = {slot: [stored(slot, row.get(slot)) for row in rows.values()] for slot in slots}
    schema = dict.fromkeys(slots, pl.Int64)
    table = pl.DataFrame(data, schema=schema).insert_column(0, pl.Series("entity", list(rows), dtype=pl.String))
    return Facts(table, as_of, rated)


def full_firm(**cells: Any) -> dict[str, Any]:
    """A firm whose six values equal their benchmarks, changed by ``cells``."""
    row: dict[str, Any] = {
        "above": True,
        "tax": "240.97万元",
        "land": "10亩",
        "value_added": "1361.6万元",
        "energy": None,
        "emission": None,
        "staff": None,
        "research": "30.2万元",
        "revenue": "1000万元",
    }
    return row | cells


def score_of(result: Any, entity: str) -> Fraction | None:
    """The total of an entity in 分."""
    row = result.decisions.filter(pl.col("entity") == entity).row(0, named=True)
    return None if row["score"] is None else Fraction(row["score"], 10 ** row["decimals"])


def decision_of(result: Any, entity: str) -> dict[str, Any]:
    """The row of an entity in the decisions."""
    return result.decisions.filter(pl.col("entity") == entity).row(0, named=True)  # type: ignore[no-any-return]
