"""Random programs and random rules: the SQL of every engine answers like the page of semantics and the reference."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, event, given, settings
from node_meaning import Nodes, meaning, programs
from strategies import Case, cases

from kaiwu.quantity import KaiwuError
from kaiwu.rule.program import INT64, Op, Program
from kaiwu.rule.reference import Reference, round_to
from kaiwu.rule.sql import emit_sql
from kaiwu.rule.sql.adapter import run_duckdb, run_postgres, run_sqlite

Run = Callable[[str, pl.DataFrame], pl.DataFrame]
EXAMPLES = int(os.environ.get("KAIWU_EXAMPLES", "100"))  # more of them for a long night
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def check_nodes(nodes: Nodes, dialect: str, run: Run) -> None:
    truths = {f"t{node}": node for node in nodes.truths}
    integers = {f"i{node}": node for node in nodes.integers}
    try:
        sql = emit_sql(nodes.program, truths, integers, "frame", "entity", dialect)
    except KaiwuError as error:
        check_refusal(error, dialect)
        return
    names = nodes.program.slots
    frame = pl.DataFrame(
        {"entity": range(len(nodes.rows)), **{n: pl.Series([r[n] for r in nodes.rows], dtype=pl.Int64) for n in names}}
    )
    got = run(sql, frame).sort("entity")
    wanted = [meaning(nodes.program, row) for row in nodes.rows]
    for name, node in {**truths, **integers}.items():
        assert got[name].to_list() == [values[node] for values in wanted], f"{name} in\n{sql}"


def check_refusal(error: KaiwuError, dialect: str) -> None:
    """Only widths are refused, by name, and DuckDB and PostgreSQL hold whatever the program may."""
    assert dialect == "sqlite"
    assert {p.code for p in error.problems} == {"R-SQL-WIDTH"}
    assert all(p.where and "sqlite" in p.en for p in error.problems)
    event("refused")


@MANY
@given(programs())
def test_duckdb_gives_every_node_its_meaning(nodes: Nodes) -> None:
    check_nodes(nodes, "duckdb", run_duckdb)


@MANY
@given(programs(sizes=(1, 3, 100, 10**6, 10**9)))
def test_sqlite_gives_every_node_its_meaning(nodes: Nodes) -> None:
    check_nodes(nodes, "sqlite", run_sqlite)


@pytest.mark.postgres
def test_postgresql_gives_every_node_its_meaning(postgres: Any) -> None:
    @MANY
    @given(programs())
    def check(nodes: Nodes) -> None:
        check_nodes(nodes, "postgresql", lambda sql, frame: run_postgres(sql, postgres, frame))

    check()


@pytest.mark.parametrize(("dialect", "run"), [("duckdb", run_duckdb), ("sqlite", run_sqlite)])
@pytest.mark.parametrize("op", [Op.ROUND, Op.TRUNC, Op.AWAY, Op.FLOOR])
def test_a_quotient_is_missing_where_a_known_divisor_is_not_positive(op: Op, dialect: str, run: Run) -> None:
    p = Program()
    a, b = (p.coalesce(p.slot(name, -9, 9), p.const(0)) for name in "ab")
    quotient = p.divide(op, a, b)
    truths = [p.is_known(quotient), p.compare(Op.LT, p.const(-1), quotient)]
    rows: list[dict[str, int | None]] = [
        {"a": x, "b": y} for x in (-7, -1, 0, 5, 8, None) for y in (-2, 0, 1, 2, 3, None)
    ]
    check_nodes(Nodes(p, truths, [quotient], rows), dialect, run)


def check_case(case: Case, dialect: str, run: Run) -> None:
    truths = {f"r{i}": node for i, node in enumerate(case.roots)}
    ends = {
        f"a{i}.{word}": node
        for i, pair in enumerate(case.ends)
        for word, node in zip(("low", "high"), pair, strict=True)
    }
    try:
        sql = emit_sql(case.program, truths, ends, "frame", "entity", dialect)
    except KaiwuError as error:
        check_refusal(error, dialect)
        return
    columns = {n: pl.Series([row[n] for row in case.rows], dtype=pl.Int64) for n in case.program.slots}
    got = run(sql, pl.DataFrame({"entity": range(len(case.rows)), **columns})).sort("entity")
    for i, tree in enumerate(case.conditions):
        assert got[f"r{i}"].to_list() == [int(Reference(row).outcome(tree)) for row in case.rows], case.texts[i]
    for i, (tree, step, mode) in enumerate(case.amounts):
        pairs = [Reference(row).interval(tree) for row in case.rows]
        for which, word in enumerate(("low", "high")):
            wanted = [int(round_to(pair[which], step, mode) / step) for pair in pairs]
            event(f"wide {any(abs(w) > INT64 for w in wanted)}")
            assert got[f"a{i}.{word}"].to_list() == wanted, case.texts


@MANY
@given(cases(conditions_count=3, amounts_count=1))
def test_duckdb_decides_random_rules_like_the_reference(case: Case) -> None:
    check_case(case, "duckdb", run_duckdb)


@MANY
@given(cases(conditions_count=1, depth=2))
def test_sqlite_decides_random_rules_like_the_reference_or_refuses_them(case: Case) -> None:
    check_case(case, "sqlite", run_sqlite)


@pytest.mark.postgres
def test_postgresql_decides_random_rules_like_the_reference(postgres: Any) -> None:
    @MANY
    @given(cases(conditions_count=3, amounts_count=1))
    def check(case: Case) -> None:
        check_case(case, "postgresql", lambda sql, frame: run_postgres(sql, postgres, frame))

    check()
