"""Classes by share, count and cut-off; ties, vetoes, exemptions, units, changes, completeness."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rulers import districts, rulers

from district import HEAD, decision_of, facts, rating
from kaiwu.quantity import KaiwuError
from kaiwu.rating import Change, check_complete, check_counts
from kaiwu.rating.book import ClassRow, ClassTable
from kaiwu.rating.classing import edges_of
from kaiwu.rule.decision import Facts, Result
from kaiwu.rule.outcome import Outcome
from kaiwu.table.digest import digest_frame

ITEM = """
defaults: {round: {to: 0.01分, mode: half_up}}
indicators:
  - {code: a, zh: 亩均税收, en: tax per mu, value: 实缴税金 / 用地面积, weight: 100分, direction: higher,
     score: {benchmark: 100万元/亩}, missing: data_missing}
"""
SHARES = "classes: {by: share, rounding: floor, rows: [{class: A, share: 20%}, {class: B, share: 60%}, {class: C, share: 15%}, {class: D}]}\n"


def firms(*taxes: Any, **cells: Any) -> dict[str, dict[str, Any]]:
    return {f"F{i:02}": {"above": True, "tax": f"{t}万元", "land": "1亩", **cells} for i, t in enumerate(taxes)}


def labels(result: Result) -> str:
    return "".join(label or "-" for label in result.decisions.sort("entity")["class"])


def test_shares_are_taken_of_the_cumulative_number() -> None:
    # of 11: floor(2.2) = 2, floor(8.8) = 8, floor(10.45) = 10, the rest
    result = rating(HEAD + ITEM + SHARES).decide(facts(firms(*range(11, 0, -1))))
    assert labels(result) == "AABBBBBBCCD"
    assert result.tables["classes"].select("class", "units", "lowest").rows() == [
        ("A", 2, 1000),
        ("B", 6, 400),
        ("C", 2, 200),
        ("D", 1, 100),
    ]


@pytest.mark.parametrize(
    ("rounding", "number", "expected"),
    [("floor", 755, [188, 528, 717, 755]), ("half_up", 755, [189, 529, 717, 755]), ("up", 755, [189, 529, 718, 755]),
     ("largest_remainder", 755, [189, 529, 718, 755])],
)  # fmt: skip
def test_each_rounding_of_shares_is_the_declared_one(rounding: str, number: int, expected: list[int]) -> None:
    # 25/45/25/5 %: 188.75, 528.5, 717.25; parts 188.75 + 339.75 + 188.75 + 37.75, three units to hand out: A, B, C
    rows = tuple(ClassRow(c, c, c, share=Fraction(s, 100)) for c, s in zip("ABCD", (25, 45, 25, 5), strict=True))
    assert edges_of(ClassTable("share", rows, rounding), number).tolist() == expected


def test_a_tie_across_an_edge_is_a_finding_and_not_a_coin_toss() -> None:
    result = rating(HEAD + ITEM + SHARES).decide(facts(firms(9, 8, 8, 7, 6)))  # of five the first is A, B to the fourth
    assert labels(result) == "ABBBD"
    torn = rating(HEAD + ITEM + SHARES).decide(facts(firms(9, 9, 8, 7, 6)))
    assert labels(torn) == "--BBD"
    row = decision_of(torn, "F00")
    assert (row["status"], row["outcome"], row["cause"]) == ("pending", Outcome.HUMAN, "tie")


def test_a_declared_tie_rule_decides_and_share_rank_lets_both_in() -> None:
    rows = firms(9, 9, 8, 7, 6)
    rows["F01"]["staff"] = "10人"
    rows["F00"]["staff"] = "9人"
    by_staff = rating(HEAD + ITEM + SHARES + "ties: {rule: [{value: 平均职工人数, direction: higher}]}\n").decide(
        facts(rows)
    )
    assert labels(by_staff) == "BABBD"
    assert labels(rating(HEAD + ITEM + SHARES + "ties: share_rank\n").decide(facts(rows))) == "AABBD"


def test_a_cut_off_follows_its_declared_edge() -> None:
    table = "classes: {by: cutoff, edges: '%s', rows: [{class: A, from: 90分}, {class: B, from: 60分}, {class: C}]}\n"
    assert labels(rating(HEAD + ITEM + table % "[)").decide(facts(firms(90, 60, 59.99)))) == "ABC"
    assert labels(rating(HEAD + ITEM + table % "(]").decide(facts(firms(90, 60, 59.99)))) == "BCC"


VETO = "veto: [{code: acc, zh: 事故, en: accident, when: 发生重大事故, class: D, article: 第九条}]\n"


def test_a_veto_must_be_known_clean() -> None:
    text = HEAD + ITEM + VETO + SHARES.replace("rounding", "vetoed: outside, rounding")
    rows = firms(9, 8, 7, accident=False)
    rows["F00"]["accident"], rows["F01"]["accident"] = True, None
    result = rating(text).decide(facts(rows))
    assert [decision_of(result, e)["status"] for e in rows] == ["vetoed", "pending", "rated"]
    assert (decision_of(result, "F00")["class"], decision_of(result, "F01")["class"]) == ("D", None)
    assert decision_of(result, "F02")["provisional"]


def test_vetoed_firms_count_in_the_shares_where_that_is_declared() -> None:
    rows = firms(*range(10, 0, -1), accident=False)
    for entity in ("F00", "F01", "F02", "F03", "F04"):
        rows[entity]["accident"] = True
    inside = rating(HEAD + ITEM + VETO + SHARES.replace("rounding", "vetoed: inside, rounding")).decide(facts(rows))
    outside = rating(HEAD + ITEM + VETO + SHARES.replace("rounding", "vetoed: outside, rounding")).decide(facts(rows))
    assert (labels(inside), labels(outside)) == ("DDDDDAABBB", "DDDDDABBBD")


def test_exempt_firms_are_listed_with_their_reason_and_not_classed() -> None:
    text = HEAD + ITEM + SHARES + "exempt: [{code: new, zh: 新投产, when: 基准日 - 投产日期 < 24月, article: 第三条}]\n"
    rows = firms(5, 4, 3, opened=12 * 31 * 2000)
    rows["F00"]["opened"], rows["F01"]["opened"] = 12 * 31 * 2022, None
    result = rating(text).decide(facts(rows))
    assert [(decision_of(result, e)["status"], decision_of(result, e)["cause"]) for e in rows] == [
        ("exempt", "new"), ("pending", "exempt.new"), ("rated", None),
    ]  # fmt: skip


MERGE = "unit: {merge: 宗地, without: alone, sum: [实缴税金], sum_known: [用地面积]}\n"


def test_tenants_of_one_plot_are_scored_as_one() -> None:
    rows = firms(10, 30, 50)
    rows["F00"] |= {"plot": "P1"}
    rows["F01"] |= {"plot": "P1", "land": None}  # a tenant has no land of its own
    result = rating(HEAD + ITEM + MERGE + SHARES).decide(facts(rows))
    assert [decision_of(result, e)["score"] for e in rows] == [4000, 4000, 5000]
    assert decision_of(result, "F00")["unit"] == "plot:P1"
    assert decision_of(result, "F00")["class"] == decision_of(result, "F01")["class"]


def test_a_missing_tax_of_one_tenant_leaves_the_whole_plot_pending() -> None:
    rows = firms(10, 30)
    rows["F00"] |= {"plot": "P1"}
    rows["F01"] |= {"plot": "P1", "tax": None}
    result = rating(HEAD + ITEM + MERGE).decide(facts(rows))
    assert [decision_of(result, e)["outcome"] for e in rows] == [Outcome.MISSING, Outcome.MISSING]


def test_a_sum_beyond_the_bound_of_its_variable_is_refused_by_name() -> None:
    rows = firms(1, 1)
    for row in rows.values():
        row |= {"plot": "P1", "tax": "999亿元"}
    with pytest.raises(KaiwuError) as error:
        rating(HEAD + ITEM + MERGE).decide(facts(rows))
    assert [(p.code, p.where) for p in error.value.problems] == [("S-MERGE-BOUND", "plot:P1")]


# -- changes of class ------------------------------------------------------------------------------------------------

CHANGES = "changes: {articles: [第十二条], steps: 1}\n"


def test_a_signed_change_moves_one_firm_and_nobody_else() -> None:
    scheme = rating(HEAD + ITEM + SHARES + CHANGES)
    district = facts(firms(*range(10, 0, -1)))
    plain = scheme.decide(district)
    changed = scheme.decide(district, [Change("F02", "A", "第十二条", "王某", "省级示范")])
    assert (labels(plain), labels(changed)) == ("AABBBBBBCD", "AAABBBBBCD")
    assert decision_of(changed, "F02")["computed_class"] == "B"
    (decision,) = scheme.explain(district, "F02", changed)
    assert any("B → A" in r.zh for r in decision.reasons)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Change("F02", "A", "", "王某", "x"), "S-CHANGE-BARE"),
        (Change("F02", "A", "第十二条", "", "x"), "S-CHANGE-BARE"),
        (Change("F02", "A", "第一条", "王某", "x"), "S-CHANGE-ARTICLE"),
        (Change("F02", "E", "第十二条", "王某", "x"), "S-CHANGE-CLASS"),
        (Change("F99", "A", "第十二条", "王某", "x"), "S-CHANGE-WHO"),
        (Change("F09", "A", "第十二条", "王某", "x"), "S-CHANGE-STEPS"),
    ],
)
def test_a_change_without_article_signer_or_measure_is_refused(change: Change, code: str) -> None:
    with pytest.raises(KaiwuError) as error:
        rating(HEAD + ITEM + SHARES + CHANGES).decide(facts(firms(*range(10, 0, -1))), [change])
    assert code in [p.code for p in error.value.problems]


def test_a_rulebook_without_changes_allows_none() -> None:
    with pytest.raises(KaiwuError, match="S-CHANGE-NONE"):
        rating(HEAD + ITEM + SHARES).decide(facts(firms(1)), [Change("F00", "A", "x", "y", "z")])


# -- laws ------------------------------------------------------------------------------------------------------------


def test_a_printed_table_that_does_not_sum_is_refused_with_the_rest() -> None:
    check_counts(39, {"A": 11, "B": 21, "C": 7, "D": 0})
    with pytest.raises(KaiwuError, match="8"):
        check_counts(36, {"A": 4, "B": 21, "C": 0, "D": 3})


def test_a_list_that_lacks_somebody_is_refused_by_name() -> None:
    result = rating(HEAD + ITEM + SHARES).decide(facts(firms(3, 2, 1)))
    assert check_complete(result, ["F00", "F01", "F02"]).classes == {"B": 2, "D": 1}
    short = Result({"decisions": result.decisions.filter(pl.col("entity") != "F01")}, result.keys)
    with pytest.raises(KaiwuError, match=r"S-LIST-MISSING.*F01"):
        check_complete(short, ["F00", "F01", "F02"])
    blank = result.decisions.with_columns(pl.when(pl.col("entity") != "F01").then("class").alias("class"))
    with pytest.raises(KaiwuError, match=r"S-LIST-CLASS.*F01"):
        check_complete(Result({"decisions": blank}, result.keys), ["F00", "F01", "F02"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulers(), districts(least=2), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing_and_the_list_is_complete(text: str, rows: dict, random: Random) -> None:
    scheme, district = rating(text), facts(rows)
    result = scheme.decide(district)
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = scheme.decide(Facts(district.table[order], district.as_of, district.rated))
    for name, keys in result.keys.items():
        assert digest_frame(result.tables[name], keys) == digest_frame(shuffled.tables[name], keys), name
    found = check_complete(result, rows)
    assert sum(found.statuses.values()) == found.population == len(rows)
    units = (
        result.decisions.filter(pl.col("status").is_in(["rated", "vetoed"]))
        .group_by("unit")
        .agg(pl.col("class").n_unique())
    )
    assert (units["class"] == 1).all()


GAPPED = st.lists(st.sampled_from([10, 20, 20, 30, 45.5, 60, 61]), min_size=3, max_size=12)


@settings(max_examples=60, deadline=None)
@given(GAPPED, st.sampled_from([SHARES, SHARES + "ties: share_rank\n",
       "classes: {by: cutoff, edges: '(]', rows: [{class: A, from: 45.5分}, {class: B, from: 20分}, {class: C}]}\n"]))  # fmt: skip
def test_closing_the_printed_gap_gives_the_better_class(scores: list[float], table: str) -> None:
    scheme = rating(HEAD + ITEM + table)
    rows = firms(*scores)
    district = facts(rows)
    result = scheme.decide(district)
    for entity in rows:
        (decision,) = scheme.explain(district, entity, result)
        gaps = [r.gap for r in decision.reasons if r.gap]
        if not gaps:
            continue
        points = Fraction(gaps[0].removeprefix("差 ").removesuffix(" 分"))
        for short, better in ((Fraction(0), True), (Fraction(1, 100), False)):
            tax = Fraction(decision.score) + points - short
            moved = scheme.decide(facts({**rows, entity: {**rows[entity], "tax": int(tax * 10**6)}}))
            now = decision_of(moved, entity)["class"]
            assert (now is not None and now < decision.label) is better
