"""A mistake in a mechanism is told at the key where it was made, in two languages, with what to write instead."""

from __future__ import annotations

from fractions import Fraction
from textwrap import dedent, indent

import pytest

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.figure.entry import Entry
from kaiwu.quantity import Problem
from kaiwu.rule.check import Checker
from kaiwu.rule.mechanism import MechanismContext, expand
from kaiwu.rule.mechanism.tier import TierRow, cliffs, tier_rows
from kaiwu.rule.vocabulary import Period, PeriodKind, Vocabulary
from kaiwu.table import parse_document

VARIABLES = """
variables:
  invest: {zh: 投资额, en: Investment, kind: money, unit: 万元, bound: [0元, 100亿元]}
  grant: {zh: 上级补助, en: Upper grant, kind: money, unit: 万元, bound: [0元, 1亿元]}
  firms: {zh: 引进企业数, en: Firms, kind: count, unit: 家, bound: [0家, 1000家]}
  coal: {zh: 年节能量, en: Energy saved, kind: quantity, unit: 吨标煤(等价值), bound: [0吨标煤(等价值), 100万吨标煤(等价值)]}
  share: {zh: 设备占比, en: Share of machines, kind: ratio, unit: "%", bound: [0%, 100%]}
  level: {zh: 级别, en: Level, kind: category, values: {n: {zh: 国家级, en: national}, p: {zh: 省级, en: provincial}}}
  small: {zh: 小微企业, en: Small firm, kind: flag}
  year: {zh: 认定年份, en: Year, kind: year, period: constant}
"""
PERIODS = {
    "前三年均": Period("前三年均", PeriodKind.MEAN, (-1, -2, -3)),
    "上年": Period("上年", PeriodKind.VALUE, (-1,)),
}


def context_of(spec: str) -> tuple[MechanismContext, object]:
    document = parse_document(VARIABLES + "amount:\n" + indent(dedent(spec).strip("\n"), "  ") + "\n", "book.yaml")
    vocabulary = Vocabulary(build_catalogue(load_variables(document)).names(), PERIODS)
    return MechanismContext(Checker(vocabulary), Entry(document, (), document.data, [])), document.data["amount"]


def problems(spec: str) -> list[Problem]:
    context, data = context_of(spec)
    expand(data, context, ("amount",))
    return context.entry.problems


def told(spec: str) -> list[tuple[str, str]]:
    """(code, key path) of every problem."""
    return [(p.code, p.where.split(" ", 1)[1]) for p in problems(spec)]


def tiers(rows: str, head: str = "of: 投资额, base: 投资额, edges: '[)'") -> str:
    keys = "".join(f"  {part.strip()}\n" for part in head.split(", "))
    return f"tiers:\n{keys}  rows:\n" + indent(dedent(rows).strip("\n"), "    ")


# -- tiers -----------------------------------------------------------------------------------------------------


def test_a_gap_between_tiers_names_both_rows_and_what_lies_between():
    spec = tiers("- {from: 5万元, to: 20万元, rate: 1%}\n- {from: 30万元, rate: 2%}")
    (problem,) = problems(spec)
    assert (problem.code, problem.where.split(" ", 1)[1]) == ("R-TIER-GAP", "amount.tiers.rows[1]")
    assert "第 1 行与第 2 行" in problem.zh and "20万元 – 30万元" in problem.zh and "amount: 0元" in problem.zh
    assert "rows 1 and 2" in problem.en


def test_overlapping_tiers_are_refused():
    spec = tiers("- {from: 5万元, to: 20万元, rate: 1%}\n- {from: 19万元, rate: 2%}")
    assert told(spec) == [("R-TIER-OVERLAP", "amount.tiers.rows[1]")]


def test_an_edge_that_belongs_to_both_tiers_overlaps():
    spec = tiers("- {to: 20万元, edges: '[]', rate: 1%}\n- {from: 20万元, rate: 2%}")
    (problem,) = problems(spec)
    assert problem.code == "R-TIER-OVERLAP" and "20万元 同时属于两行" in problem.zh


def test_an_edge_that_belongs_to_neither_tier_is_a_gap():
    spec = tiers("- {to: 20万元, rate: 1%}\n- {from: 20万元, edges: '(]', rate: 2%}")
    (problem,) = problems(spec)
    assert problem.code == "R-TIER-GAP" and "20万元 不属于任何一行" in problem.zh


def test_tiers_are_written_from_low_to_high():
    spec = tiers("- {from: 20万元, to: 30万元, rate: 2%}\n- {from: 5万元, rate: 1%}")
    assert told(spec) == [("R-TIER-ORDER", "amount.tiers.rows[1]")]
    assert told(tiers("- {from: 20万元, to: 5万元, rate: 2%}\n- {from: 20万元, rate: 1%}"))[0] == (
        "R-TIER-ORDER",
        "amount.tiers.rows[0]",
    )


def test_a_slip_between_yuan_and_wan_shows_as_a_gap():
    spec = tiers("- {from: 500万元, to: 3000元, rate: 1%}\n- {from: 3000万元, rate: 2%}")
    assert [code for code, _ in told(spec)] == ["R-TIER-ORDER", "R-TIER-GAP"]


def test_only_the_first_row_may_begin_open_and_only_the_last_end_open():
    spec = tiers("- {from: 5万元, rate: 1%}\n- {to: 30万元, rate: 2%}\n- {from: 30万元, rate: 3%}")
    assert told(spec) == [("R-TIER-OPEN", "amount.tiers.rows[0]"), ("R-TIER-OPEN", "amount.tiers.rows[1]")]


def test_the_edges_must_be_declared():
    spec = tiers("- {from: 5万元, rate: 1%}", "of: 投资额, base: 投资额")
    assert told(spec) == [("F-KEY-MISSING", "amount.tiers")]
    assert told(tiers("- {from: 5万元, rate: 1%}", "of: 投资额, base: 投资额, edges: '[]'")) == [
        ("F-KEY-WORD", "amount.tiers.edges")
    ]


def test_what_happens_above_a_closed_last_tier_must_be_said():
    rows = "- {from: 5万元, to: 20万元, rate: 1%}"
    assert told(tiers(rows)) == [("R-TIER-TOP", "amount.tiers.rows[0]")]
    assert told(tiers(rows, "of: 投资额, base: 投资额, edges: '[)', otherwise: 0元")) == []


def test_a_rate_needs_a_base():
    assert told(tiers("- {from: 5万元, rate: 1%}", "of: 投资额, edges: '[)'")) == [
        ("R-GRANT-BASE", "amount.tiers.rows[0].rate")
    ]


def test_a_row_grants_exactly_one_thing():
    spec = tiers("- {from: 5万元, to: 10万元, rate: 1%, amount: 1万元}\n- {from: 10万元}")
    assert told(spec) == [("R-GRANT", "amount.tiers.rows[0]"), ("R-GRANT", "amount.tiers.rows[1]")]


def test_money_is_an_amount_and_a_rate_is_a_value():
    spec = tiers("- {to: 5万元, amount: 1%}\n- {from: 5万元, value: 1万元}", "of: 投资额, edges: '[)'")
    assert told(spec) == [("R-DIMENSION", "amount.tiers.rows[0].amount"), ("R-GRANT", "amount.tiers.rows[1].value")]


def test_an_edge_has_the_unit_of_its_measure():
    (bare, wrong) = problems(tiers("- {from: 50000, to: 20万元, rate: 1%}\n- {from: 20家, rate: 2%}"))
    assert (bare.code, bare.text, bare.at) == ("R-UNIT", "50000", 0)
    assert (wrong.code, wrong.text, wrong.at) == ("R-DIMENSION", "20家", 0)
    assert wrong.where.endswith("amount.tiers.rows[1].from")


def test_an_edge_is_the_same_for_everybody():
    assert told(tiers("- {from: 上级补助, rate: 1%}")) == [("R-MECHANISM-CONSTANT", "amount.tiers.rows[0].from")]


def test_a_rate_without_a_percent_sign_is_refused():
    (problem,) = problems(tiers("- {from: 5万元, rate: 15}"))
    assert problem.code == "R-UNIT" and problem.where.endswith("rows[0].rate") and "%" in problem.zh


def test_a_decimal_edge_stands_in_quotes():
    assert told(tiers("- {from: 1.5, rate: 15%}")) == [("R-TEXT-WANTED", "amount.tiers.rows[0].from")]


def test_the_place_of_a_mistake_is_a_line_of_the_file():
    (problem,) = problems(tiers("- {from: 5万元, rate: 1% * 不存在的量}"))
    line = next(i for i, text in enumerate(context_of(tiers("- {from: 5万元, rate: 1% * 不存在的量}"))[0]
                .entry.document.text.splitlines(), 1) if "不存在的量" in text)  # fmt: skip
    assert problem.where.startswith(f"book.yaml:{line}:")
    assert (problem.code, problem.text, problem.at) == ("R-NAME", "1% * 不存在的量", 5)


def test_all_mistakes_are_told_in_one_pass():
    spec = """
    capped:
      at_most: 100家
      of:
        tiers:
          of: 无此变量
          base: 投资额
          edges: "[)"
          rows: [{from: 5万元, to: 3万元, rate: 不详}, {from: 3万元, rat: 2%}]
    """
    codes = [code for code, _ in told(spec)]
    assert codes == ["R-NAME", "F-KEY-UNKNOWN", "R-NAME", "R-GRANT"]


# -- the other mechanisms --------------------------------------------------------------------------------------

MISTAKES = {
    "an unknown mechanism": ("teirs: {of: 投资额}", "R-MECHANISM", "amount"),
    "two mechanisms in one place": ("{smallest: [投资额, 1万元], highest: [投资额, 1万元]}", "R-MECHANISM", "amount"),
    "a list where a formula belongs": ("capped: {of: [投资额], at_most: 1万元}", "R-TEXT-WANTED", "amount.capped.of"),
    "a mechanism without keys": ("capped: 投资额", "R-MECHANISM", "amount.capped"),
    "a misspelt key": ("capped: {of: 投资额, at_mots: 1万元, at_most: 2万元}", "F-KEY-UNKNOWN", "amount.capped.at_mots"),
    "a cap without a limit": ("capped: {of: 投资额}", "R-CAPPED", "amount.capped"),
    "a least above the most": ("capped: {of: 投资额, at_least: 5万元, at_most: 4万元}", "R-CAPPED-ORDER", "amount.capped.at_least"),
    "a cap of another dimension": ("capped: {of: 投资额, at_most: 5家}", "R-DIMENSION", "amount.capped.at_most"),
    "marginal bands with a gap": (
        "marginal: {of: 投资额, rows: [{to: 1万元, rate: 10%}, {from: 2万元, rate: 5%}]}", "R-TIER-GAP", "amount.marginal.rows[1]"),
    "a marginal band without a rate": ("marginal: {of: 投资额, rows: [{to: 1万元}]}", "F-KEY-MISSING", "amount.marginal.rows[0]"),
    "a case without a condition": ("cases: {rows: [{amount: 1万元}]}", "F-KEY-MISSING", "amount.cases.rows[0]"),
    "a case whose condition is a number": ("cases: {rows: [{when: 投资额, amount: 1万元}]}", "R-NOT-CONDITION", "amount.cases.rows[0].when"),
    "cases of two dimensions": (
        "cases: {rows: [{when: 小微企业, value: 1%}], otherwise: 1万元}", "R-DIMENSION", "amount.cases.otherwise"),
    "a table of no category": ("by_value: {of: 投资额, table: {国家级: 1万元}}", "R-TABLE-CATEGORY", "amount.by_value.of"),
    "a value that the category has not": (
        "by_value: {of: 级别, table: {国级: 1万元}, otherwise: 0元}", "R-VALUE", "amount.by_value.table.国级"),
    "a value that stands twice under two names": (
        "by_value: {of: 级别, table: {国家级: 2万元, n: 1万元}, otherwise: 0元}", "R-TABLE-TWICE", "amount.by_value.table.n"),
    "a forgotten value": ("by_value: {of: 级别, table: {国家级: 1万元}}", "R-TABLE-OPEN", "amount.by_value.table"),
    "an empty table": ("by_value: {of: 级别, table: {}}", "R-TABLE", "amount.by_value.table"),
    "a share that is no rate": ("share: {of: 投资额, rate: 3万元}", "R-DIMENSION", "amount.share.rate"),
    "one limit alone": ("smallest: [投资额]", "R-MECHANISM", "amount.smallest"),
    "limits that are all conditional": (
        "smallest: [{when: 小微企业, amount: 1万元}, {when: 非 小微企业, amount: 2万元}]", "R-SMALLEST", "amount.smallest"),
    "limits of two dimensions": ("smallest: [投资额, 5家]", "R-DIMENSION", "amount.smallest[1]"),
    "an item that grants nothing": ("highest: [投资额, {when: 小微企业}]", "R-GRANT", "amount.highest[1]"),
    "a sum of two dimensions": ("sum: [投资额, 引进企业数]", "R-DIMENSION", "amount.sum[1]"),
    "a mean over an undeclared period": ("mean: {of: 投资额, period: 近三年均}", "R-MEAN-PERIOD", "amount.mean.period"),
    "a mean over one year": ("mean: {of: 投资额, period: 上年}", "R-MEAN-PERIOD", "amount.mean.period"),
    "a price without its unit": ("per_unit: {count: 引进企业数, each: 20万元}", "R-PER-UNIT", "amount.per_unit.each"),
    "a price per another unit": ("per_unit: {count: 引进企业数, each: 350元/吨}", "R-PER-UNIT", "amount.per_unit.each"),
    "a step without its remainder": (
        "per_unit: {count: 投资额, every: 1亿元, each: 1万元}", "F-KEY-MISSING", "amount.per_unit"),
    "a remainder without a step": (
        "per_unit: {count: 引进企业数, remainder: full, each: 1万元/家}", "R-PER-UNIT", "amount.per_unit.remainder"),
    "a step of zero": (
        "per_unit: {count: 投资额, every: 0元, remainder: full, each: 1万元}", "R-PER-UNIT", "amount.per_unit.every"),
    "interest on no money": ("interest: {of: 引进企业数, rate: 3%, time: 1年}", "R-DIMENSION", "amount.interest.of"),
    "interest for no time": ("interest: {of: 投资额, rate: 3%, time: 3天}", "R-DIMENSION", "amount.interest.time"),
    "a milestone without its edge": (
        "first_time: {of: 投资额, before: 上级补助, pays: sum, levels: [{at: 1万元, amount: 1元}]}", "F-KEY-MISSING", "amount.first_time"),
    "milestones that fall": (
        "first_time: {of: 投资额, before: 上级补助, pays: sum, reached: '>=', levels: [{at: 2万元, amount: 1元}, {at: 1万元, amount: 2元}]}",
        "R-FIRST-TIME-ORDER", "amount.first_time.levels[1].at"),
    "a milestone worth less than the one before": (
        "first_time: {of: 投资额, before: 上级补助, pays: sum, reached: '>=', levels: [{at: 1万元, amount: 2元}, {at: 2万元, amount: 1元}]}",
        "R-FIRST-TIME-ORDER", "amount.first_time.levels[1].amount"),
    "an increment that does not say what a fall is": ("increment: {of: 投资额, base: 上年 投资额}", "F-KEY-MISSING", "amount.increment"),
    "an increment over another thing": (
        "increment: {of: 投资额, base: 引进企业数, negative: zero}", "R-DIMENSION", "amount.increment.base"),
    "a top-up that says nothing of before": (
        "top_up: {level: 级别, table: {国家级: 2万元, 省级: 1万元}}", "R-TOP-UP", "amount.top_up"),
    "a top-up that says it twice": (
        "top_up: {level: 级别, table: {国家级: 2万元, 省级: 1万元}, already: 上级补助, before: 级别}", "R-TOP-UP", "amount.top_up"),
    "two uplifts without a word how they join": (
        "uplift: {of: 投资额, by: [{when: 小微企业, rate: 20%}, {when: true, rate: 10%}]}", "F-KEY-MISSING", "amount.uplift"),
    "points on an amount": ("uplift: {of: 投资额, by: [{when: 小微企业, points: 5个百分点}]}", "R-UPLIFT-POINTS", "amount.uplift.by"),
    "points among rates": (
        "uplift: {of: 设备占比, combine: additive, by: [{when: 小微企业, points: 5%}, {when: true, rate: 5%}]}", "R-UPLIFT-MIXED", "amount.uplift.by"),
    "an uplift that raises nothing": ("uplift: {of: 投资额, by: [{when: 小微企业}]}", "R-UPLIFT-ROW", "amount.uplift.by[0]"),
    "matching without a share": ("matching: {of: 上级补助}", "R-MATCHING", "amount.matching"),
    "a ratio that is none": ("matching: {of: 上级补助, ratio: 一比一}", "R-MATCHING", "amount.matching.ratio"),
    "a limit over all levels without its number": (
        "matching: {of: 上级补助, share: 1%, all_levels: {of: 投资额}}", "F-KEY-MISSING", "amount.matching.all_levels"),
    "a schedule since no year": (
        "declining: {since: 投资额, first_year: same, schedule: [50%], of: 投资额}", "R-DECLINING-SINCE", "amount.declining.since"),
    "a schedule that mixes rates and amounts": (
        "declining: {since: 认定年份, first_year: same, schedule: [50%, 1万元]}", "R-DIMENSION", "amount.declining.schedule[1]"),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "code", "where"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_once_at_its_key(spec: str, code: str, where: str):
    found = problems(spec)
    assert [(p.code, p.where.split(" ", 1)[1]) for p in found] == [(code, where)]
    assert all(p.zh and p.en and p.where.startswith("book.yaml:") for p in found)


def test_an_endless_table_is_refused_before_it_is_rewritten():
    rows = ", ".join(f"{{when: 投资额 > {n}万元, amount: {n}元}}" for n in range(101, 0, -1))
    assert told(f"cases: {{rows: [{rows}]}}") == [("R-MECHANISM-ROWS", "amount.cases.rows")]


def test_a_table_of_the_greatest_allowed_length_is_read():
    rows = ", ".join(f"{{when: 投资额 > {n}万元, amount: {n}元}}" for n in range(100, 0, -1))
    assert told(f"cases: {{rows: [{rows}]}}") == []


def test_a_broken_amount_stands_in_as_nothing_so_that_no_second_mistake_follows():
    context, data = context_of("share: {of: 没有, rate: 3%}")
    assert expand(data, context, ("amount",)) == "0元"


def test_plain_coal_takes_the_meaning_that_the_counted_variable_declares():
    assert told("per_unit: {count: 年节能量, each: 350元/吨标煤}") == []
    assert told("per_unit: {count: 年节能量, each: 350元/吨标煤(当量值)}") == [("R-PER-UNIT", "amount.per_unit.each")]


# -- what lint reads -------------------------------------------------------------------------------------------


def rows_of(spec: str) -> tuple[TierRow, ...]:
    context, data = context_of(spec)
    assert isinstance(data, dict)
    return tier_rows(data["tiers"], context, ("amount", "tiers"))


def test_the_rows_of_tiers_are_given_with_their_edges():
    first, second = rows_of(tiers("- {from: 5万元, to: 20万元, edges: '[]', rate: 15%}\n- {from: 20万元, rate: 25%}",
                                  "of: 投资额, base: 投资额, edges: '(]'"))  # fmt: skip
    assert (first.low, first.high, first.low_closed, first.high_closed) == (5_000_000, 20_000_000, True, True)
    assert (second.low, second.high, second.low_closed) == (20_000_000, None, False)
    assert first.path == ("amount", "tiers", "rows", 0) and first.on_measure and first.rate == Fraction(15, 100)


def test_rows_with_mistakes_are_given_as_none():
    assert rows_of(tiers("- {from: 5万元, rate: 1%}\n- {from: 3万元, rate: 2%}")) == ()


def test_a_rate_on_the_whole_measure_jumps_at_every_edge():
    entry, inner = cliffs(rows_of(tiers("- {from: 5万元, to: 20万元, rate: 15%}\n- {from: 20万元, rate: 25%}")))
    assert (entry.at, entry.below, entry.above, entry.is_entry) == (5_000_000, 0, 750_000, True)
    assert (inner.at, inner.below, inner.above, inner.is_rate) == (20_000_000, 3_000_000, 5_000_000, False)


def test_a_higher_tier_that_grants_less_is_a_cliff_downwards():
    (cliff,) = cliffs(
        rows_of(tiers("- {to: 10万元, amount: 2万元}\n- {from: 10万元, amount: 1万元}", "of: 投资额, edges: '[)'"))
    )
    assert cliff.above < cliff.below and not cliff.is_entry


def test_rates_on_another_base_are_compared_as_rates():
    (cliff,) = cliffs(
        rows_of(tiers("- {to: 50%, rate: 12%}\n- {from: 50%, rate: 14%}", "of: 设备占比, base: 投资额, edges: '[)'"))
    )
    assert (cliff.below, cliff.above, cliff.is_rate) == (Fraction(12, 100), Fraction(14, 100), True)


def test_equal_grants_on_both_sides_are_no_cliff():
    assert (
        cliffs(
            rows_of(tiers("- {to: 10万元, amount: 2万元}\n- {from: 10万元, amount: 2万元}", "of: 投资额, edges: '[)'"))
        )
        == ()
    )
