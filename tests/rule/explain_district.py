"""A small made-up district for the tests of explanations and lint: variables, period words, one firm."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

from kaiwu.figure.catalogue import build_catalogue
from kaiwu.figure.variable import Kind, PeriodType, Variable
from kaiwu.quantity import date_index, find_unit
from kaiwu.rule.check import Checker
from kaiwu.rule.vocabulary import Period, PeriodKind, Vocabulary

YUAN = 100  # fen
MU = 10**6


def declare(code: str, zh: str, en: str = "", kind: Kind = Kind.MONEY, unit: str | None = "万元", **rest) -> Variable:
    grain = find_unit(unit).factor / 10**6 if unit and "/" in unit else Fraction(1)
    rest = {"low": 0, "high": 10**15, "owner": "统计局"} | rest
    return Variable(code, zh, en, kind, find_unit(unit) if unit else None, grain, **rest)


VARIABLES = [
    declare("revenue", "营业收入", "operating revenue"),
    declare("rd", "研发费用", "R&D expense"),
    declare("tax", "实缴税收", "tax paid"),
    declare("equity", "股权融资", "equity raised"),
    declare("profit", "利润总额", "total profit", low=-(10**15)),
    declare("debts", "负债总额", "total debts"),
    declare("assets", "资产总额", "total assets"),
    declare("fee", "实付算力费用", "compute fees paid"),
    declare("land", "用地面积", "land used", Kind.QUANTITY, "亩", high=10**12, period=PeriodType.POINT),
    declare("energy", "综合能耗", "energy use", Kind.QUANTITY, "吨标煤(等价值)", high=10**13),
    declare("tax_per_mu", "亩均税收", "tax per mu", Kind.QUANTITY, "万元/亩", high=10**12, derive="实缴税收 / 用地面积"),
    declare("debt_ratio", "资产负债率", "debt ratio", Kind.RATIO, "%", high=10**10),
    declare("rd_share", "研发费用占比", "R&D share", Kind.RATIO, "%", high=10**10, derive="研发费用 / 营业收入"),
    declare("staff", "职工人数", "staff", Kind.COUNT, "人", high=10**9),
    declare("patents", "有效专利", "valid patents", Kind.COUNT, "项", high=10**6),
    declare("score", "评价得分", "score", Kind.SCORE, "分", high=100 * 10**6),
    declare("founded", "成立日期", "founded", Kind.DATE, None, high=2200 * 372, period=PeriodType.CONSTANT),
    declare("accident", "重大事故", "major accident", Kind.FLAG, None, high=1),
    declare("large", "规上企业", "above-scale firm", Kind.FLAG, None, high=1, derive="营业收入 >= 2000万元"),
    declare("organised", "有研发机构", "R&D organisation", Kind.JUDGEMENT, None, high=1),
    declare("grade", "亩均评价", "per-mu class", Kind.CATEGORY, None, high=3, values=("A", "B", "C", "D")),
]  # fmt: skip

PERIODS = [
    Period("上年", PeriodKind.VALUE, (-1,)),
    Period("近两年均", PeriodKind.MEAN, (0, -1)),
    Period("近两年每年", PeriodKind.EACH, (0, -1)),
    Period("比上年增长", PeriodKind.GROWTH, (0, -1)),
    Period("近三年复合增长", PeriodKind.COMPOUND_GROWTH, (0, -3)),
]

CATALOGUE = build_catalogue(VARIABLES)
CHECKER = Checker(Vocabulary({n: v for v in VARIABLES for n in v.names}, {p.word: p for p in PERIODS}, {"以上": ">="}))


def condition(text: str):
    return CHECKER.condition(text)


def amount(text: str):
    return CHECKER.value(text)


def firm(**stored: int | None) -> dict[str, int | None]:
    """A firm rated for 2024 as of mid 2025; figures not named are missing."""
    context = {"#as_of": date_index(dt.date(2025, 6, 30)), "#rated": 2024}
    return {**context, **{slot.replace("__", "@-"): value for slot, value in stored.items()}}


def with_variables(**changes: dict) -> list[Variable]:
    """The variables with some attributes of some of them changed."""
    return [replace(v, **changes.get(v.code, {})) for v in VARIABLES]
