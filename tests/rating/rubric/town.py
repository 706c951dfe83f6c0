"""A small invented point table with every form in it, its variables, and facts for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.fact import read_value
from kaiwu.rating import RubricScheme, load_rubric
from kaiwu.rule.decision import Facts
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table.document import parse_document

VARIABLES = """
variables:
  revenue: {zh: 营业收入, en: revenue, kind: money, unit: 万元, bound: [0元, 10000亿元]}
  research: {zh: 研发费用, en: research, kind: money, unit: 万元, bound: [0元, 1000亿元]}
  assets: {zh: 资产, en: assets, kind: money, unit: 万元, bound: [0元, 1000亿元]}
  debt: {zh: 负债, en: debt, kind: money, unit: 万元, bound: [0元, 1000亿元]}
  patents: {zh: 专利数, en: patents, kind: count, unit: 项, bound: [0项, 1000项], period: point}
  years: {zh: 从业年限, en: years in the trade, kind: quantity, unit: 年, bound: [0年, 100年], period: point}
  prize: {zh: 获奖, en: prize, kind: flag}
  brand: {zh: 有品牌, en: brand, kind: flag}
  standard: {zh: 有标准, en: standard, kind: flag}
  in_town: {zh: 在本镇, en: in town, kind: flag}
  offence: {zh: 有违法, en: offence, kind: flag}
  fine: {zh: 产业合适, en: suits the town, kind: judgement}
  choice: {zh: 所选口径, en: chosen basis, kind: category, values: {sales: {zh: 销售, en: sales}, assets: {zh: 资产, en: assets}}}
  view: {zh: 专家给分, en: points of the expert, kind: score, unit: 分, bound: [0分, 10分]}
  local: {zh: 镇自设得分, en: points of the town, kind: score, unit: 分, bound: [0分, 10分]}
  official: {zh: 平台得分, en: score of the platform, kind: score, unit: 分, bound: [0分, 200分]}
  result: {zh: 评定得分, en: score, kind: score, unit: 分, bound: [0分, 200分]}
  grade: {zh: 星级, en: stars, kind: category, values: {high: {zh: 高, en: high}, low: {zh: 低, en: low}}}
  passes: {zh: 是好企业, en: a good firm, kind: flag}
"""
CATALOGUE = build_catalogue(load_variables(parse_document(VARIABLES, "variables.yaml")))
VOCABULARY = Vocabulary(CATALOGUE.names())

HEAD = """
rulebook: good_firm
kind: rubric
zh: 好企业评分
en: Good firms
document: {title: 测试办法, standing: attested}
"""
TABLE = """
full: 60分
blocks:
  - code: numbers
    zh: 规模
    en: Size
    max: 30分
    floor: 5分
    items:
      - code: share
        zh: 研发占比
        en: Research share
        article: 一1
        max: 10分
        bands: {of: 研发费用 / 营业收入, edges: "[)", rows: [{from: "5%", points: 10分}, {from: "3%", to: "5%", points: 6分}, {to: "3%", points: 0分}]}
      - code: basis
        zh: 规模口径
        en: Basis
        article: 一2
        max: 10分
        choose:
          by: 所选口径
          options:
            - {zh: 销售, en: sales, value: sales, bands: {of: 营业收入, edges: "[)", rows: [{from: 1000万元, points: 10分}, {to: 1000万元, points: 4分}]}}
            - {zh: 资产, en: assets, value: assets, bands: {of: 资产, edges: "[)", rows: [{from: 500万元, points: 8分}, {to: 500万元, points: 0分}]}}
      - {code: age, zh: 年限, en: Age, article: 一3, max: 10分, formula: "较小值(10分, 舍去(从业年限 / 2年 * 1分, 1分))"}
      - {code: extra, zh: 加分, en: Extra, article: 一4, max: 3分, bonus: true, any: {points: 3分, rows: [{zh: 获奖, en: prize, when: 获奖}, {zh: 有标准, en: standard, when: 有标准}]}}
  - code: quality
    zh: 质量
    en: Quality
    max: 20分
    items:
      - code: marks
        zh: 各种证书
        en: Certificates
        article: 二1
        max: 5分
        each: [{zh: 获奖, en: prize, when: 获奖, points: 3分}, {zh: 品牌, en: brand, when: 有品牌, points: 3分}, {zh: 标准, en: standard, when: 有标准, points: 3分}]
      - code: patents
        zh: 专利
        en: Patents
        article: 二2
        max: 5分
        levels: {rows: [{zh: 五项, en: five, when: 专利数 >= 5项, points: 5分}, {zh: 一项, en: one, when: 专利数 >= 1项, points: 2分}], otherwise: 0分}
      - {code: view, zh: 专家印象, en: View of the expert, article: 二3, max: 10分, given: 专家给分, levels: {rows: [{zh: 有专利, en: patents, when: 专利数 >= 1项, points: [6分, 10分]}], otherwise: 0分}}
  - code: town
    zh: 镇里
    en: Town
    max: 10分
    items:
      - {code: local, zh: 镇自设, en: Set by the town, article: 三, max: 10分, slot: 镇自设得分}
"""
VERDICT = """
scope: 在本镇
total: {given: 平台得分}
routes:
  - id: score
    zh: 按分
    en: By score
    gates: [{zh: 收入, en: revenue, when: 营业收入 >= 100万元, article: 四}]
    veto: [{zh: 违法, en: offence, when: 有违法}]
    human: [{id: fit, zh: 合适, en: fits}]
    pass: {from: 30分, article: 四}
    direct: [{zh: 五项专利, en: five patents, when: 专利数 >= 5项}]
  - {id: prize, zh: 直通, en: Direct, direct: [{zh: 获奖, en: prize, when: 获奖}]}
grades: {edges: "[)", rows: [{class: high, zh: 高, en: high, from: 30分}, {class: low, zh: 低, en: low, to: 30分}]}
changes: {articles: [第五条], steps: 1}
"""


def rubric(text: str) -> RubricScheme:
    """A scheme from YAML text."""
    return load_rubric(parse_document(text, "rubric.yaml"), VOCABULARY)


def facts(people: Mapping[str, Mapping[str, Any]]) -> Facts:
    """A frame of facts by Chinese name; what is not named is missing. ``findings`` answers the finding of the route."""
    rows = []
    for entity, given in people.items():
        row: dict[str, Any] = {v.code: None for v in CATALOGUE} | {"good_firm.score.fit": None}
        for name, value in given.items():
            if name == "fit":
                row["good_firm.score.fit"] = int(value)
            else:
                variable = CATALOGUE.find(name)
                row[variable.code] = read_value(variable, value)
        rows.append({"entity": entity, **row})
    schema = {"entity": pl.String, **{k: pl.Int64 for k in rows[0] if k != "entity"}}
    return Facts(pl.DataFrame(rows, schema=schema), dt.date(2025, 6, 1), 2024)
