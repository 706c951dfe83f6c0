"""Four evaluators and the plain second opinion agree on a table with every form in it, whatever is missing."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import HEAD, TABLE, VERDICT, facts, rubric

from kaiwu.quantity import date_index
from kaiwu.rating.reader import POINT
from kaiwu.rating.rubric.plain import PlainRubric
from kaiwu.rating.rubric.scheme import program_columns
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.engine_polars import evaluate_polars
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.sql import emit_sql
from kaiwu.rule.sql.adapter import run_duckdb, run_sqlite

SCHEME = rubric(HEAD + TABLE + VERDICT)
MONEY = ["0元", "10万元", "30万元", "50万元", "99万元", "500万元", "1000万元"]
CHOICES: dict[str, list[Any]] = {
    "营业收入": MONEY, "研发费用": MONEY, "资产": MONEY, "专利数": ["0项", "1项", "5项"], "从业年限": ["0年", "3年", "40年"],
    "获奖": ["是", "否"], "有品牌": ["是", "否"], "有标准": ["是", "否"], "在本镇": ["是", "是", "否"], "有违法": ["是", "否", "否"],
    "所选口径": ["sales", "assets"], "专家给分": ["0分", "7分", "10分"], "镇自设得分": ["0分", "4分", "10分"],
    "平台得分": ["20分", "30分"], "fit": [True, False],
}  # fmt: skip
FIRMS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in CHOICES.items() if name != "平台得分"} | {"平台得分": st.sampled_from(CHOICES["平台得分"])}
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FIRMS, min_size=1, max_size=6))
def test_engine_and_plain_second_opinion_agree(firms: list[dict[str, Any]]) -> None:
    frame = facts({f"E{i}": firm for i, firm in enumerate(firms)})
    result = SCHEME.decide(frame)
    for row in result.decisions.iter_rows(named=True):
        plain = PlainRubric(
            SCHEME.book, {**frame.row(row["entity"]), "#as_of": date_index(frame.as_of), "#rated": 2024}
        )
        assert row["outcome"] == plain.verdict(SCHEME.book.route(row["item"]))
        if plain.scope() is not Outcome.FAIL:
            assert (row["low_score"], row["high_score"]) == (plain.total.low * POINT, plain.total.high * POINT)
    for row in result.tables["items"].iter_rows(named=True):
        plain = PlainRubric(
            SCHEME.book, {**frame.row(row["entity"]), "#as_of": date_index(frame.as_of), "#rated": 2024}
        )
        found = plain.points[row["item"]]
        assert row["outcome"] == found.state
        assert row["low_points"] is None or (row["low_points"], row["high_points"]) == (
            found.low * POINT,
            found.high * POINT,
        )


@settings(max_examples=60, deadline=None)
@given(FIRMS, st.sets(st.sampled_from(sorted(CHOICES))))
def test_hiding_facts_widens_the_interval_and_never_turns_an_answer(firm: dict[str, Any], hidden: set[str]) -> None:
    if firm.get("专家给分") is not None:
        firm = {**firm, "专利数": "5项"}  # points that the table allows
        hidden = hidden - {"专家给分"} if firm["专家给分"] == "0分" else hidden
    if firm.get("专家给分") == "0分":
        return  # contradicts the table
    hidden = hidden - {"平台得分"} if "平台得分" in firm else hidden  # a given score replaces the sum
    frame = facts({"all": firm, "some": {k: v for k, v in firm.items() if k not in hidden}})
    table = SCHEME.decide(frame).decisions
    for item in table["item"].unique():
        whole, part = table.filter(item=item).sort("entity").iter_rows(named=True)
        if part["outcome"] in (Outcome.PASS, Outcome.FAIL):
            assert whole["outcome"] == part["outcome"]
        if whole["low_score"] is not None and part["low_score"] is not None:
            assert part["low_score"] <= whole["low_score"] <= whole["high_score"] <= part["high_score"]


@settings(max_examples=8, deadline=None)
@given(st.lists(FIRMS, min_size=1, max_size=8))
def test_numpy_polars_and_sql_give_the_same_points_and_answers(firms: list[dict[str, Any]]) -> None:
    frame = facts({f"E{i}": firm for i, firm in enumerate(firms)})
    low = SCHEME.lowered
    columns = pl.DataFrame({"entity": frame.table["entity"], **program_columns(low, frame)})
    truths = {f"route {code}": node for code, node in low.routes.items()}
    truths |= {f"state {code}": score.state for code, score in low.scores.items()}
    ends = {f"{end} {code}": getattr(score, end) for code, score in low.scores.items() for end in ("low", "high")}
    planes = evaluate_numpy(low.program, list(truths.values()), list(ends.values()), program_columns(low, frame))
    answers = evaluate_polars(low.program, list(truths.values()), list(ends.values()), columns)
    for node in truths.values():
        assert answers.outcome(node).to_list() == planes.outcome(node).tolist()
    for node in ends.values():
        assert answers.integers[str(node)].to_list() == planes.integers(node)[0].tolist()
    for name, run in (("duckdb", run_duckdb), ("sqlite", run_sqlite)):
        found = run(emit_sql(low.program, truths, ends, "frame", "entity", name), columns).sort("entity")
        for column, node in truths.items():
            assert found[column].to_list() == planes.outcome(node).tolist(), (name, column)
        for column, node in ends.items():
            assert found[column].to_list() == planes.integers(node)[0].tolist(), (name, column)
