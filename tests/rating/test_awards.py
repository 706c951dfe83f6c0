"""Awards in leagues and wins in a row."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.quantity import KaiwuError
from kaiwu.rating import AwardScheme, load_streak
from kaiwu.rule.decision import Decision, Facts
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table.document import parse_document

CATALOGUE = build_catalogue(load_variables(parse_document("""
variables:
  tier: {zh: 地区层级, en: tier, kind: category, values: [设区市, 县], scope: county, period: constant}
  mountain: {zh: 山区县, en: mountain county, kind: flag, scope: county}
  place: {zh: 组内名次, en: rank in league, kind: quantity, unit: 名次, decimals: 0, bound: [1名次, 200名次], scope: county}
  index: {zh: 综合指数, en: index, kind: score, unit: 分, bound: [0分, 1000分], scope: county}
  won: {zh: 获鼎, en: won the ding, kind: flag, scope: county}
""", "v.yaml")))  # fmt: skip
VOCABULARY = Vocabulary(CATALOGUE.names())

DING = """
rulebook: ding
kind: streak
zh: 某鼎
en: A ding
document: {title: 测试, standing: single_copy}
population: county
produces: won
award:
  code: ding
  zh: 鼎
  en: ding
  rank: 组内名次
  leagues:
    - {code: city, zh: 设区市, en: cities, when: 地区层级 = 设区市, take: 6, article: 第三条}
    - {code: county, zh: 县, en: counties, when: 地区层级 = 县 且 非 山区县, take: 20}
    - {code: hills, zh: 山区县, en: mountain counties, when: 地区层级 = 县 且 山区县, take: 6}
streaks:
  - {code: golden, zh: 金鼎, en: golden ding, won: 获鼎, wins_in_a_row: 3, article: 第七条}
"""
SCORED = DING.replace("rank: 组内名次", "score: 综合指数\n  direction: higher").replace("take: 20", "take: 2")


def awards(text: str) -> AwardScheme:
    return load_streak(parse_document(text, "ding.yaml"), VOCABULARY)


def counties(rows: dict[str, dict[str, Any]]) -> Facts:
    slots = sorted({slot for row in rows.values() for slot in row})
    data = {slot: [row.get(slot) for row in rows.values()] for slot in slots}
    table = pl.DataFrame(data, schema=dict.fromkeys(slots, pl.Int64)).insert_column(
        0, pl.Series("entity", list(rows), dtype=pl.String)
    )
    return Facts(table, dt.date(2025, 5, 23), 2024)


def decide(scheme: AwardScheme, rows: dict[str, dict[str, Any]], entity: str, item: str = "ding") -> Decision:
    district = counties(rows)
    return next(d for d in scheme.explain(district, entity) if d.item == item)


COUNTY = {"tier": 1, "mountain": 0}


def test_a_county_on_rank_20_wins() -> None:
    decision = decide(awards(DING), {"甲": {**COUNTY, "place": 20}}, "甲")
    assert (decision.outcome, decision.label, decision.rank) == (Outcome.PASS, "鼎", 20)


def test_rank_21_does_not_win_and_says_how_far_it_is() -> None:
    decision = decide(awards(DING), {"甲": {**COUNTY, "place": 21}}, "甲")
    assert decision.outcome is Outcome.FAIL
    assert "差 1 名" in [r.gap for r in decision.reasons]


def test_a_mountain_county_on_rank_7_does_not_win_in_its_own_league() -> None:
    assert decide(awards(DING), {"甲": {"tier": 1, "mountain": 1, "place": 7}}, "甲").outcome is Outcome.FAIL
    assert decide(awards(DING), {"甲": {"tier": 1, "mountain": None, "place": 6}}, "甲").outcome is Outcome.MISSING


def test_a_rank_that_wins_nowhere_needs_no_league() -> None:
    assert decide(awards(DING), {"甲": {"tier": 1, "mountain": None, "place": 21}}, "甲").outcome is Outcome.FAIL


def test_three_wins_in_a_row_are_golden() -> None:
    rows = {"甲": {**COUNTY, "won": 1, "won@-1": 1, "won@-2": 1}}
    assert decide(awards(DING), rows, "甲", "golden").outcome is Outcome.PASS


def test_the_award_of_this_run_stands_in_for_the_figure_of_the_rated_year() -> None:
    rows = {
        "甲": {**COUNTY, "place": 20, "won@-1": 1, "won@-2": 1},
        "乙": {**COUNTY, "place": 21, "won@-1": 1, "won@-2": 1},
    }
    assert decide(awards(DING), rows, "甲", "golden").outcome is Outcome.PASS
    assert decide(awards(DING), rows, "乙", "golden").outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((1, 1, None), Outcome.MISSING),
        ((1, 0, None), Outcome.FAIL),
        ((0, 1, 1), Outcome.FAIL),
        ((None, None, 0), Outcome.FAIL),
    ],
)
def test_an_unknown_year_is_missing_unless_another_year_was_lost(
    years: tuple[int | None, ...], expected: Outcome
) -> None:
    rows = {"甲": {**COUNTY, "won": years[0], "won@-1": years[1], "won@-2": years[2]}}
    assert decide(awards(DING), rows, "甲", "golden").outcome is expected


def test_the_award_is_produced_as_a_flag() -> None:
    scheme = awards(DING)
    facts = counties({"甲": {**COUNTY, "place": 1}, "乙": {**COUNTY, "place": 30}, "丙": {**COUNTY, "place": None}})
    assert scheme.produced(scheme.decide(facts)).rows() == [("甲", 1), ("乙", 0), ("丙", None)]


def test_a_tie_across_the_line_needs_a_finding_or_a_rule() -> None:
    rows = {"甲": {**COUNTY, "index": 90}, "乙": {**COUNTY, "index": 80}, "丙": {**COUNTY, "index": 80}}
    assert decide(awards(SCORED), rows, "乙").outcome is Outcome.HUMAN
    shared = awards(SCORED.replace("  leagues:", "  ties: share_rank\n  leagues:"))
    assert [decide(shared, rows, e).outcome for e in rows] == [Outcome.PASS] * 3


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2, 3, None]), st.sampled_from([0, 0, None])), min_size=1, max_size=5))
def test_an_award_is_certain_only_if_no_missing_figure_can_change_it(
    field: list[tuple[int | None, int | None]],
) -> None:
    rows = {f"C{i}": {"tier": 1, "mountain": m, "index": v} for i, (v, m) in enumerate(field)}
    scheme = awards(SCORED)
    table = scheme.decide(counties(rows)).decisions.filter(pl.col("item") == "ding")
    scores = [[v] if v is not None else [0, 1, 2, 3, 4] for v, _ in field]
    hills = [[m] if m is not None else [0, 1] for _, m in field]
    results: list[set[str]] = [set() for _ in field]
    for values, mountains in product(product(*scores), product(*hills)):
        for i, own in enumerate(values):
            take = 6 if mountains[i] else 2
            rivals = [v for j, v in enumerate(values) if j != i and mountains[j] == mountains[i]]
            above, alike = sum(v > own for v in rivals), sum(v == own for v in rivals)
            results[i].add("won" if above + alike < take else "lost" if above >= take else "tied")
    for i, (value, hill) in enumerate(field):
        outcome = Outcome(table["outcome"][i])
        if outcome is Outcome.PASS:
            assert results[i] == {"won"}
        elif outcome is Outcome.FAIL:
            assert results[i] == {"lost"}
        elif outcome is Outcome.HUMAN:
            assert results[i] == {"tied"}
        elif value is not None and hill is not None:
            assert len(results[i]) > 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (DING.replace("take: 6, ", "", 1), "S-TAKE"),
        (DING.replace("  rank: 组内名次\n", ""), "S-AWARD"),
        (DING.replace("rank: 组内名次", "rank: 综合指数"), "S-RANK"),
        (SCORED.replace("  direction: higher\n", ""), "S-DIRECTION"),
        (DING.replace("wins_in_a_row: 3", "wins_in_a_row: 1"), "F-KEY-TYPE"),
        (DING.replace("won: 获鼎", "won: 地区层级"), "S-STREAK"),
        (DING.replace("code: hills", "code: county"), "S-TWICE"),
        (DING.replace("山区县, take", "丘陵县, take"), "R-NAME"),
    ],
)
def test_a_rulebook_with_a_slip_is_refused_at_its_place(text: str, code: str) -> None:
    with pytest.raises(KaiwuError) as error:
        awards(text)
    assert code in [p.code for p in error.value.problems]
    assert all(p.where.startswith("ding.yaml:") for p in error.value.problems)
