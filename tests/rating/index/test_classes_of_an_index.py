"""Classes of a rulebook of kind ``index``: shares inside leagues, ties, signed changes, counts that sum to the scope."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.catalogue import build_catalogue, load_variables
from kaiwu.procedure.class_change import ClassChange, place_changes
from kaiwu.procedure.execution import execute
from kaiwu.quantity import KaiwuError
from kaiwu.rating import Change
from kaiwu.rating.index.certainty import rank_certainty
from kaiwu.rating.index.loader import load
from kaiwu.rating.index.scheme import IndexScheme
from kaiwu.rule.decision import Facts, Result
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.vocabulary import Vocabulary
from kaiwu.table.document import parse_document

VARIABLES = """
variables:
  tax: {zh: 税收, en: tax, kind: money, unit: 万元, bound: [0元, 100000万元]}
  land: {zh: 用地, en: land, kind: quantity, unit: 亩, decimals: 4, bound: [0亩, 100000亩]}
  group: {zh: 行业组, en: trade, kind: category, values: [纺织, 机械]}
  listed: {zh: 规上, en: above scale, kind: flag}
  label: {zh: 亩均档次, en: class, kind: category, values: [A, B, C, D]}
"""
VOCABULARY = Vocabulary(build_catalogue(load_variables(parse_document(VARIABLES, "variables.yaml"))).names())
BOOK = """
rulebook: per_mu
kind: index
zh: 亩均指数
en: Per-mu index
document: {title: 测试办法, standing: attested}
population: firm
produces: label
scope: 规上
league: 行业组
indicators:
  - {code: index, zh: 总指数, en: Index}
  - {code: tax_mu, zh: 亩均税收, en: Tax per mu, parent: index, weight: 100, of: 税收 / 用地, unit: 万元/亩, direction: higher, base: 100}
steps:
  - normalise: {by: ratio}
  - aggregate: {by: arithmetic}
  - rank: {decimals: 2, ties: min, within: league}
classes: {by: share, rounding: floor, rows: [{class: A, share: 20%}, {class: B, share: 60%}, {class: C, share: 15%}, {class: D}]}
changes: {articles: [第十条], steps: 1}
"""


def scheme(text: str = BOOK) -> IndexScheme:
    return load(parse_document(text, "index.yaml"), VOCABULARY)


def facts(taxes: list[int | None], groups: list[int | None] | None = None, listed: list[int | None] | None = None) -> Facts:  # fmt: skip
    n = len(taxes)
    columns = {
        "tax": [None if t is None else t * 10**6 for t in taxes], "land": [10**4] * n, "group": groups or [0] * n, "listed": listed or [1] * n,
    }  # fmt: skip
    table = pl.DataFrame(
        {"entity": [f"F{i:02}" for i in range(n)], **{k: pl.Series(k, v, dtype=pl.Int64) for k, v in columns.items()}}
    )
    return Facts(table, dt.date(2025, 4, 1), 2024)


def labels(result: Result) -> str:
    return "".join(label or "-" for label in result.decisions.sort("entity")["class"])


def row(result: Result, entity: str) -> dict[str, Any]:
    return dict(result.decisions.filter(pl.col("entity") == entity).row(0, named=True))


def test_shares_are_taken_inside_each_league() -> None:
    taxes, groups = [*range(11, 0, -1), 5, 4, 3, 2, 1], [0] * 11 + [1] * 5
    result = scheme().decide(facts([*taxes], [*groups]))
    assert labels(result) == "AABBBBBBCCD" + "ABBBD"
    assert result.tables["classes"].select("league", "class", "entities", "lowest").rows() == [
        ("机械", "A", 1, 500), ("机械", "B", 3, 200), ("机械", "D", 1, 100),
        ("纺织", "A", 2, 1000), ("纺织", "B", 6, 400), ("纺织", "C", 2, 200), ("纺织", "D", 1, 100),
    ]  # fmt: skip
    produced = scheme().produced(result)
    assert produced["value"].to_list()[:3] == [0, 0, 1]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 40)), st.integers(0, 1), st.sampled_from([0, 1, 1, 1, None])), min_size=1, max_size=25)
)  # fmt: skip
def test_everybody_stands_once_and_the_counts_sum_to_the_scope(rows: list[tuple[int | None, int, int | None]]) -> None:
    taxes, groups, listed = (list(column) for column in zip(*rows, strict=True))
    result = scheme().decide(facts(taxes, groups, listed))
    table = result.decisions
    assert table["entity"].n_unique() == table.height == len(rows)
    assert table["status"].is_in(["rated", "pending", "out_of_scope"]).all()
    classed = table.filter(pl.col("class").is_not_null())
    assert result.tables["classes"]["entities"].sum() == classed.height == table.filter(status="rated").height
    assert table.filter(pl.col("status") == "rated")["rank"].null_count() == 0
    better = {"A": 0, "B": 1, "C": 2, "D": 3}
    for _, league in classed.group_by("league"):
        order = [better[label] for label in league.sort("score", descending=True)["class"]]
        assert order == sorted(order)


def test_a_tie_across_an_edge_waits_for_a_finding_unless_the_rule_says_otherwise() -> None:
    taxes: list[int | None] = [9, 5, 5, 4, 3, 2, 1, 1, 1, 1]  # the edge of A is between the second and the third
    torn = scheme().decide(facts(taxes))
    assert labels(torn)[:4] == "A--B"
    assert (row(torn, "F01")["outcome"], row(torn, "F01")["status"], row(torn, "F01")["rank"]) == (
        Outcome.HUMAN,
        "pending",
        None,
    )
    (decision,) = scheme().explain(facts(taxes), "F01", torn)
    assert "没有同分规则" in decision.reasons[0].zh
    assert labels(scheme(BOOK + "ties: share_rank\n").decide(facts(taxes)))[:4] == "AAAB"
    by_land = scheme(BOOK + "ties: {rule: [{value: 用地, direction: lower}], then: human}\n")
    f = facts(taxes)
    narrow = f.table.with_columns(land=pl.Series([10**4, 2 * 10**4, 10**4, *[10**4] * 7]), tax=pl.Series([9, 10, 5, 4, 3, 2, 1, 1, 1, 1]) * 10**6)  # fmt: skip
    assert labels(by_land.decide(Facts(narrow, f.as_of, f.rated)))[:4] == "ABAB"


def test_a_class_tells_its_line_and_the_distance_to_the_next() -> None:
    f = facts([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    (decision,) = scheme().explain(f, "F02")
    told = [r.zh for r in decision.reasons]
    assert decision.label == "B"
    assert "B档: 10 个单元中第 3 至第 8 名" in told
    assert "距A档还差 1.01 分(他人得分不变时)" in told
    f2 = f.table.with_columns(tax=pl.when(pl.col("entity") == "F02").then(9_020_000).otherwise("tax"))
    assert row(scheme().decide(Facts(f2, f.as_of, f.rated)), "F02")["class"] == "A"


def test_pending_units_make_classes_provisional() -> None:
    result = scheme().decide(facts([10, 9, 8, None, 6, 5, 4, 3, 2, 1]))
    moving = result.decisions.filter("provisional")["entity"].to_list()
    assert "F01" in moving and "F00" not in moving
    assert any("档次可能变动" in r.zh for r in scheme().explain(facts([10, 9, 8, None, 6, 5, 4, 3, 2, 1]), "F01")[0].reasons)  # fmt: skip
    assert not scheme().decide(facts([10, 9, 8, 7])).decisions["provisional"].any()
    spread = BOOK.replace("by: ratio", "by: min_max")  # everybody's score rests on the extremes
    assert scheme(spread).decide(facts([10, 9, 8, None, 6])).decisions.filter(status="rated")["provisional"].all()


def test_a_signed_change_moves_one_unit_and_nobody_else() -> None:
    f = facts([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    change = Change("F02", "A", "第十条", "李四", "上年隐形冠军")
    result = scheme().decide(f, [change])
    assert labels(result) == "AAABBBBBCD"
    assert row(result, "F02")["computed_class"] == "B"
    assert "档次调整: B → A" in [r.zh for r in scheme().explain(f, "F02", result)[0].reasons]
    assert result.tables["classes"]["entities"].sum() == 10
    for bad, code in (
        (Change("F02", "A", "第十条", "", "x"), "S-CHANGE-BARE"), (Change("F05", "D", "第十条", "a", "b"), "S-CHANGE-STEPS"),
        (Change("F02", "E", "第十条", "a", "b"), "S-CHANGE-CLASS"), (Change("F99", "A", "第十条", "a", "b"), "S-CHANGE-WHO"),
    ):  # fmt: skip
        with pytest.raises(KaiwuError, match=code):
            scheme().decide(f, [bad])
    with pytest.raises(KaiwuError, match="S-CHANGE-NONE"):
        scheme(BOOK.replace("changes: {articles: [第十条], steps: 1}\n", "")).decide(f, [change])


def test_cut_offs_class_by_the_printed_score() -> None:
    cut = BOOK[: BOOK.index("classes:")] + 'classes: {by: cutoff, edges: "[)", rows: [{class: A, from: 9分}, {class: B, from: 5分}, {class: C}]}\n'  # fmt: skip
    assert labels(scheme(cut).decide(facts([10, 9, 8, 5, 4]))) == "AABBC"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("share: 60%", "share: 90%", "S-CLASS-SHARES"),
        ("rounding: floor, ", "", "S-CLASS-ROUNDING"),
        ("ties: min", "ties: dense", "IX-CLASS-TIES"),
        ("produces: label", "produces: group", "S-PRODUCES"),
        ("{class: A, share: 20%}, ", "{class: A, share: 20%}, {class: A, share: 1%}, ", "S-TWICE"),
    ],
)
def test_a_wrong_class_table_is_refused_with_its_place(old: str, new: str, code: str) -> None:
    with pytest.raises(KaiwuError) as error:
        scheme(BOOK.replace(old, new, 1))
    found = {p.code: p for p in error.value.problems}
    assert code in found, list(found)
    assert found[code].where.startswith("index.yaml:") and found[code].zh and found[code].en


def test_changes_without_classes_are_refused() -> None:
    bare = BOOK.replace("produces: label\n", "").replace(BOOK[BOOK.index("classes:") : BOOK.index("changes:")], "")
    with pytest.raises(KaiwuError, match="S-CHANGES"):
        scheme(bare)


def test_a_run_hands_its_signed_changes_to_an_index() -> None:
    f, compiled = facts([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), scheme()
    bare = scheme(BOOK.replace("per_mu", "bare").replace("produces: label\n", "").split("classes:")[0])
    placed = place_changes([ClassChange("F02", "A", "第十条", "李四", "上年隐形冠军")], [compiled, bare])
    assert [c.scheme for c in placed] == ["per_mu"]  # the only one with classes
    assert row(execute([compiled, bare], f, placed).results["per_mu"], "F02")["class"] == "A"
    with pytest.raises(KaiwuError, match="S-CHANGE-SCHEME"):
        place_changes(placed, [bare])


def test_a_unit_without_a_score_has_no_place_in_any_run() -> None:
    text = BOOK.replace("parent: index, weight: 100,", "parent: index, weight: 60,").replace(
        "\nsteps:",
        "\n  - {code: tax_all, zh: 税收, en: Tax, parent: index, weight: 40, of: 税收, unit: 万元, direction: higher, base: 100}\nsteps:",
    )
    f = facts([10, 9, 8, 7, 6, 5])
    lacking = f.table.with_columns(land=pl.Series([None, *[10**4] * 5], dtype=pl.Int64))
    spread = scheme(text.replace("by: arithmetic", "by: arithmetic, missing: spread"))
    model = spread.rate(Facts(lacking, f.as_of, f.rated)).model
    _, standings = rank_certainty(model, 2, runs=200)
    assert {s.unit: s.standing for s in standings}["F00"] == "unrated"
    assert {s.unit: (s.low, s.high) for s in standings if s.unit == "F01"}["F01"] == (1, 1)
