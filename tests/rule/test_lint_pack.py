"""The round through all inspections: articles, owners, unused variables, scale, population, fair competition, edges."""

from __future__ import annotations

import polars as pl
import pytest
from explain_district import CATALOGUE, VARIABLES, YUAN, condition, with_variables

from kaiwu.quantity import Problem
from kaiwu.rule.lint import LintItem, lint_rules, undeclared_edges
from kaiwu.rule.lint_phrase import FINDINGS, SEVERITIES
from kaiwu.rule.outcome import Outcome

EVERY = [v.code for v in VARIABLES]


def item(text: str = "研发费用 >= 100万元", **rest) -> LintItem:
    given = {"article": "第三条", "where": "rulebooks/a.yaml:9:5 clauses[0].when", "item": "c1"} | rest
    return LintItem(tree=condition(text), text=text, **given)


def codes(*items: LintItem, facts=None, variables=CATALOGUE, used=EVERY) -> list[str]:
    return [f.code for f in lint_rules(items, variables, facts, used=used)]


def test_a_sound_clause_has_no_finding() -> None:
    assert codes(item(wording="上年度研发费用总额不低于100万元")) == []


def test_findings_are_problems_with_a_severity_worst_first() -> None:
    found = lint_rules([item("研发费用 >= 5万元 且 研发费用 < 3万元", article="")], CATALOGUE, used=EVERY)
    assert [f.severity for f in found] == ["error", "warning"]
    assert all(isinstance(f, Problem) and f.zh and f.en and f.where for f in found)
    assert found[0].text == "研发费用 >= 5万元 且 研发费用 < 3万元" and str(found[0]).startswith(
        "[L-CONTRADICT] rulebooks/a.yaml:9:5"
    )


def test_the_same_finding_is_said_once() -> None:
    assert codes(item(article=""), item(article="")) == ["L-ARTICLE"]


def test_a_clause_without_an_article_is_found() -> None:
    assert codes(item(article="  ")) == ["L-ARTICLE"]


def test_a_variable_without_an_owner_is_found_once_some_rule_reads_it() -> None:
    variables = with_variables(rd={"owner": "", "where": "v.yaml:4:3"})
    (finding,) = lint_rules([item()], variables, used=EVERY)
    assert (finding.code, finding.where) == ("L-OWNER", "v.yaml:4:3") and "研发费用" in finding.zh
    assert codes(item("营业收入 >= 1万元"), variables=variables, used=set(EVERY) - {"rd"}) == ["L-UNUSED"]


def test_an_unused_variable_is_found_and_the_inputs_of_a_formula_are_used() -> None:
    used = set(EVERY) - {"tax", "land", "tax_per_mu", "staff"}
    assert [f.zh[:8] for f in lint_rules([item("亩均税收 >= 20万元/亩", is_grant=False)], CATALOGUE, used=used)] == [
        "变量“职工人数”"
    ]


# -- scale --------------------------------------------------------------------------------------------------


def population(**columns: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {slot.replace("__", "@-"): pl.Series(values, dtype=pl.Int64) for slot, values in columns.items()}
    )


MANY = population(
    revenue=[k * 1_000_000 * YUAN for k in range(1, 101)], rd=[k * 30_000 * YUAN for k in range(1, 101)]
)  # fmt: skip


def test_a_constant_beyond_the_declared_bound_is_found() -> None:
    (finding,) = lint_rules([item("营业收入 >= 1000000亿元")], CATALOGUE, used=EVERY)
    assert finding.code == "L-SCALE-BOUND" and "请核对万、亿" in finding.zh
    assert codes(item("营业收入 >= 10000亿元")) == []


def test_a_constant_ten_thousand_times_off_the_data_offers_the_likely_one() -> None:
    (finding,) = lint_rules([item("营业收入 >= 1000亿元")], CATALOGUE, MANY, used=EVERY)
    assert finding.code == "L-SCALE-SLIP" and "是否应为 1,000万元?" in finding.zh and "5,100万元" in finding.zh
    assert codes(item("营业收入 >= 2000元"), facts=MANY) == ["L-SCALE-SLIP"]
    assert codes(item("营业收入 >= 2000万元"), facts=MANY) == []


def test_a_constant_above_every_figure_is_a_question() -> None:
    (finding,) = lint_rules([item("营业收入 >= 2亿元")], CATALOGUE, MANY, used=EVERY)
    assert (finding.code, finding.severity) == ("L-SCALE-MAX", "note") and "10,000万元" in finding.zh
    assert codes(item("营业收入 <= 2亿元"), facts=MANY) == []


def test_computed_values_are_compared_too() -> None:
    assert codes(item("研发费用 / 营业收入 >= 30000%"), facts=MANY) == ["L-SCALE-SLIP"]
    assert codes(item("研发费用 / 营业收入 >= 3%"), facts=MANY) == []


def test_few_figures_say_nothing() -> None:
    assert codes(item("营业收入 >= 1000亿元"), facts=MANY.head(19)) == []


# -- population ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({Outcome.FAIL: 50, Outcome.MISSING: 3}, ["L-NOBODY"]),
        ({Outcome.PASS: 50}, ["L-EVERYBODY"]),
        ({Outcome.PASS: 50, Outcome.MISSING: 1}, []),
        ({Outcome.PASS: 1, Outcome.FAIL: 49}, []),
        ({Outcome.MISSING: 50}, ["L-NO-DATA"]),
        ({Outcome.HUMAN: 50}, []),
        ({}, []),
        (None, []),
    ],
)
def test_rules_that_nobody_or_everybody_meets(counts, expected) -> None:
    assert codes(item(counts=counts)) == expected


# -- fair competition ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("上年产值超100亿元且纳税2亿元的企业, 奖励5000万元", ["L-FAIR-TAX"]),
        ("按企业对区财政贡献增量的50%给予奖励", ["L-FAIR-TAX"]),
        ("在区内注册并具有独立法人资格的企业", ["L-FAIR-PLACE"]),
        ("获奖企业五年内不得迁出", ["L-FAIR-PLACE"]),
        ("骨干企业采购区内无关联企业配套产品的, 补助2%", ["L-FAIR-PURCHASE"]),
        ("对本地采购额给予补助", ["L-FAIR-PURCHASE"]),
        ("纳税信用等级为A级的企业", []),
        ("无重大税收违法", []),
        ("按实际研发投入的20%给予补助", []),
        ("支持模型本地化部署", []),
        ("企业购买智算服务的, 按合同额30%补助", []),
    ],
)
def test_ties_to_taxes_place_and_local_purchase_are_flagged_with_their_article(
    wording: str, expected: list[str]
) -> None:
    found = lint_rules([item(wording=wording)], CATALOGUE, used=EVERY)
    assert [f.code for f in found] == expected
    assert all(f.article == "第三条" and "第三条" in f.zh and "公平竞争审查" in f.zh for f in found)


def test_a_variable_can_give_the_tie_away_and_an_evaluation_is_no_grant() -> None:
    assert codes(item("亩均税收 >= 20万元/亩")) == ["L-FAIR-TAX"]
    assert codes(item("亩均税收 >= 20万元/亩", is_grant=False)) == []


# -- edges --------------------------------------------------------------------------------------------------


def test_an_edge_word_beside_a_number_must_be_declared() -> None:
    (finding,) = lint_rules([item(wording="固定资产投资10亿元以上的项目")], CATALOGUE, used=EVERY)
    assert (
        (finding.code, finding.severity) == ("L-EDGE", "error")
        and "10亿元以上" in finding.zh
        and "'>=' 或 '>'" in finding.zh
    )
    assert codes(item(wording="固定资产投资10亿元以上的项目", edges={"以上": ">="})) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("不满三年的, 或超过50人", ["不满", "超过"]),
        ("50万元以下, 10%以内, 三年以外", ["以下", "以内", "以外"]),
        ("不超过300万元, 不低于60分, 至少2项", []),
        ("省级以上研发机构; 以上各项; 超过标准", []),
    ],
)
def test_which_edge_words_count(text: str, words: list[str]) -> None:
    assert [word for word, _ in undeclared_edges(text)] == words


# -- the table ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", FINDINGS)
def test_every_finding_is_worded_in_both_languages_and_says_what_to_do(code: str) -> None:
    from string import Formatter

    severity, zh, en = FINDINGS[code]
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
    assert severity in SEVERITIES and fields[0] == fields[1]
    assert ";" in zh and any(mark in en for mark in (":", ";"))
