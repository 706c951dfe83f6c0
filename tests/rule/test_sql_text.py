"""What emitted SQL may contain, how large it grows, and what is refused instead of emitted."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import polars as pl
import pytest
import sql_corpus

from kaiwu.quantity import KaiwuError
from kaiwu.rule.program import INT64, Op, Program
from kaiwu.rule.sql import DIALECTS, Dialect, emit_inspection, emit_sql
from kaiwu.rule.sql.adapter import run_duckdb, run_postgres, run_sqlite

WORDS = {"WITH", "AS", "SELECT", "FROM", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST", "BIGINT"}
WORDS |= {"IS", "NOT", "NULL", "AND", "OR", "IN"}
OWN_WORDS = {
    "duckdb": {"HUGEINT"},
    "postgresql": {"NUMERIC", "OFFSET", "div"},
    "sqlite": {"LIMIT"},
    "spark": {"DECIMAL", "div"},
}
SIGNS = set("()+-*/,.=<") | {"<=", ">=", ">", "//"}
SHORT_NAME = re.compile(r"k|[lsnmqd]\d+")
TOKEN = re.compile(r'"(?:[^"]|"")*"|`(?:[^`]|``)*`|[A-Za-z_]\w*|\d+|//|<=|>=|\S')


def one_rule(high: int = 10**12) -> tuple[Program, int]:
    p = Program()
    a, b = p.slot("revenue", 0, high), p.slot("revenue@-1", 0, high)
    return p, p.compare(Op.LT, p.mul(a, p.const(3)), p.mul(b, p.const(100)))


def only_problem(error: pytest.ExceptionInfo[KaiwuError]) -> Any:
    (problem,) = error.value.problems
    return problem


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_only_words_and_signs_of_the_closed_vocabulary_occur(dialect: Dialect) -> None:
    wide = {} if dialect.wide_type is None else sql_corpus.WIDE_RULES
    corpus = sql_corpus.compile_corpus(sql_corpus.RULES | wide)
    text = emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", dialect)
    allowed = WORDS | OWN_WORDS[dialect.name] | SIGNS
    strange = {
        token
        for token in TOKEN.findall(text)
        if token not in allowed
        and token[0] != dialect.quote_mark
        and not token.isdigit()
        and not SHORT_NAME.fullmatch(token)
    }
    assert strange == set()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_the_same_program_gives_the_same_text(dialect: Dialect) -> None:
    p, root = one_rule()
    assert emit_sql(p, {"r": root}, {}, "frame", "entity", dialect) == emit_sql(
        p, {"r": root}, {}, "frame", "entity", dialect
    )


def doubled(depth: int) -> tuple[Program, int]:
    """Every node reads the one below it twice: 2^depth paths."""
    p = Program()
    node = p.slot("x", 0, 1000)
    for step in range(depth):
        node = p.pick(Op.MAX, p.pick(Op.MIN, node, p.const(900 + step % 3)), p.pick(Op.MIN, node, p.const(800)))
    return p, node


def test_text_grows_with_nodes_and_not_with_paths() -> None:
    short, long = (doubled(depth) for depth in (20, 40))
    sizes = [len(emit_sql(p, {}, {"r": node}, "frame", "entity", "duckdb")) for p, node in (short, long)]
    assert sizes[1] < 2.3 * sizes[0]


def test_and_within_or_within_and_grows_with_its_length_only() -> None:
    def nested(depth: int) -> tuple[Program, int]:
        p = Program()
        node = p.flag(p.slot("x", 0, 1))
        for step in range(depth):
            node = p.conjunction(Op.OR if step % 2 else Op.AND, [p.judged(p.slot(f"y{step}", 0, 1)), node])
        return p, node

    for p, node in (nested(20), nested(40)):
        assert len(emit_sql(p, {"r": node}, {}, "frame", "entity", "duckdb")) < 100 * len(p)


def test_a_hundred_rules_share_their_thresholds() -> None:
    corpus = sql_corpus.compile_corpus()
    text = emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", "duckdb")
    assert text.count("1000000000 < s0") <= 1
    assert len(text) < 110 * len(corpus.program)


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_no_engine_unfolds_the_layers(engine: str, request: pytest.FixtureRequest) -> None:
    """Folded into one expression, 2^60 copies would never come to an end."""
    p, node = doubled(60)
    sql = emit_sql(p, {}, {"r": node}, "frame", "entity", engine)
    frame = pl.DataFrame({"entity": [1, 2], "x": [7, None]})
    if engine == "postgresql":
        out = run_postgres(sql, request.getfixturevalue("postgres"), frame)
    else:
        out = (run_duckdb if engine == "duckdb" else run_sqlite)(sql, frame)
    assert out.sort("entity")["r"].to_list() == [7, None]


def test_sqlite_refuses_what_64_bits_may_not_hold_and_names_rule_and_bounds() -> None:
    p = Program()
    a, b = p.slot("a", 0, 10**12), p.slot("b", -(10**12), 10**12)
    narrow, wide = p.compare(Op.LT, a, b), p.compare(Op.LT, p.const(5), p.mul(a, b))
    with pytest.raises(KaiwuError) as error:
        emit_sql(p, {"fine": narrow, "人均面积": wide}, {}, "frame", "entity", "sqlite")
    problem = only_problem(error)
    assert (problem.code, problem.where) == ("R-SQL-WIDTH", "人均面积")
    for text in (problem.zh, problem.en):
        assert f"[{-(10**24)}, {10**24}]" in text
        assert str(INT64) in text
    assert "NUMERIC" in emit_sql(p, {"fine": narrow, "人均面积": wide}, {}, "frame", "entity", "postgresql")


def test_every_rule_that_is_too_wide_is_reported_at_once() -> None:
    corpus = sql_corpus.compile_corpus(sql_corpus.WIDE_RULES, {})
    with pytest.raises(KaiwuError) as error:
        emit_sql(corpus.program, corpus.truths, {}, "frame", "entity", "sqlite")
    assert {p.where for p in error.value.problems} == set(sql_corpus.WIDE_RULES)


def test_spark_refuses_a_quotient_that_two_steps_of_division_cannot_reach() -> None:
    p = Program()
    a, b, c = (p.slot(name, 1, 10**18) for name in "abc")
    fine, too_long = (
        p.divide(Op.TRUNC, p.mul(a, b), c),
        p.divide(Op.TRUNC, p.mul(a, p.mul(b, p.const(50))), p.mul(c, p.const(30))),
    )
    assert " div " in emit_sql(p, {}, {"fine": fine}, "frame", "entity", "spark")
    with pytest.raises(KaiwuError) as error:
        emit_sql(p, {}, {"too long": too_long}, "frame", "entity", "spark")
    assert only_problem(error).where == "too long"


ODD_NAMES = ['a"b', "a`b", "x'; DROP TABLE frame; --", "研发 费用", "select", "a.b", "revenue@-1", "%s", "a\\b"]


@pytest.mark.parametrize("engine", ["duckdb", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_name_is_a_name_whatever_it_says(engine: str, request: pytest.FixtureRequest) -> None:
    p = Program()
    roots = {f"{name} ": p.add(p.slot(name, 0, 100), p.const(1)) for name in ODD_NAMES}
    table, key = 'my "frame" `x`', "the 'key'"
    sql = emit_sql(p, {}, roots, table, key, engine)
    frame = pl.DataFrame({key: ["一"], **{name: [i] for i, name in enumerate(ODD_NAMES)}})
    if engine == "postgresql":
        out = run_postgres(sql, request.getfixturevalue("postgres"), frame, table)
    else:
        out = (run_duckdb if engine == "duckdb" else run_sqlite)(sql, frame, table)
    assert out.to_dicts() == [{key: "一", **{f"{name} ": i + 1 for i, name in enumerate(ODD_NAMES)}}]


def test_the_parts_of_a_table_name_are_quoted_one_by_one() -> None:
    p, root = one_rule()
    assert 'FROM "audit"."firms 2024"' in emit_sql(p, {"r": root}, {}, ("audit", "firms 2024"), "entity", "postgresql")


@pytest.mark.parametrize(
    ("name", "dialect"),
    [("", "duckdb"), ("a\x00b", "sqlite"), ("a\nb", "spark"), ("x" * 64, "postgresql"), ("认" * 22, "postgresql")],
)
def test_a_name_that_an_engine_would_cut_or_choke_on_is_refused(name: str, dialect: str) -> None:
    p, root = one_rule()
    with pytest.raises(KaiwuError) as error:
        emit_sql(p, {name: root}, {}, "frame", "entity", dialect)
    assert only_problem(error).code == "R-SQL-NAME"


@pytest.mark.parametrize(("key", "rule"), [("entity", "Entity"), ("revenue", "r"), ("REVENUE@-1", "r")])
def test_columns_that_engines_take_for_one_are_refused(key: str, rule: str) -> None:
    p, root = one_rule()
    with pytest.raises(KaiwuError) as error:
        emit_sql(p, {rule: root}, {}, "frame", key, "duckdb")
    assert only_problem(error).code == "R-SQL-TWICE"


def test_more_columns_than_an_engine_has_are_refused() -> None:
    p = Program()
    roots = {f"r{i}": p.compare(Op.LT, p.slot("x", 0, 10**6), p.const(i)) for i in range(1700)}
    with pytest.raises(KaiwuError) as error:
        emit_sql(p, roots, {}, "frame", "entity", "postgresql")
    assert only_problem(error).code == "R-SQL-COLUMNS"
    assert emit_sql(p, roots, {}, "frame", "entity", "duckdb")


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    p, root = one_rule()
    with pytest.raises(KaiwuError, match="duckdb, postgresql, sqlite, spark"):
        emit_sql(p, {"r": root}, {}, "frame", "entity", "oracle")


def test_sqlite_finds_no_column_instead_of_reading_its_name_as_text() -> None:
    p, root = one_rule()
    sql = emit_sql(p, {"r": root}, {}, "frame", "entity", "sqlite")
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        run_sqlite(sql, pl.DataFrame({"entity": [1], "revenue": [5]}))


# -- inspection ----------------------------------------------------------------------------------------------


def test_the_inspection_finds_cells_out_of_bounds_on_every_engine() -> None:
    p, root = one_rule(high=1000)
    frame = pl.DataFrame({"entity": [1, 2, 3, 4], "revenue": [1000, 1001, None, 5], "revenue@-1": [0, 0, None, -1]})
    for dialect, run in (("duckdb", run_duckdb), ("sqlite", run_sqlite)):
        found = run(emit_inspection(p, [root], "frame", "entity", dialect), frame)
        assert sorted(found["entity"]) == [2, 4]


@pytest.mark.postgres
def test_the_inspection_runs_on_postgresql(postgres: Any) -> None:
    p, root = one_rule(high=1000)
    frame = pl.DataFrame({"entity": [1, 2], "revenue": [1000, 1001], "revenue@-1": [None, 0]})
    sql = emit_inspection(p, [root], "frame", "entity", "postgresql")
    assert run_postgres(sql, postgres, frame)["entity"].to_list() == [2]


@pytest.mark.parametrize("cell", [2.5, "12", b"1", 10**6])
def test_the_inspection_finds_what_a_sqlite_column_lets_in(cell: object) -> None:
    p, root = one_rule(high=1000)
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE frame (entity, revenue, `revenue@-1`)")
        connection.executemany("INSERT INTO frame VALUES (?, ?, ?)", [(1, 3, 4), (2, cell, None), (3, None, None)])
        found = connection.execute(emit_inspection(p, [root], "frame", "entity", "sqlite")).fetchall()
    assert found == [(2,)]


# -- adapters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM secret",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "ATTACH '/tmp/kaiwu-should-not-exist.db'",
    ],
)
def test_duckdb_sees_nothing_but_the_frame(sql: str) -> None:
    import duckdb

    secret = pl.DataFrame({"a": [1]})
    with pytest.raises(duckdb.Error):
        run_duckdb(sql, secret)


def test_duckdb_answers_beyond_64_bits_exactly() -> None:
    p = Program()
    a = p.slot("a", 0, INT64)
    out = run_duckdb(
        emit_sql(p, {}, {"square": p.mul(a, a)}, "frame", "entity", "duckdb"),
        pl.DataFrame({"entity": [1], "a": [INT64]}),
    )
    assert out["square"].to_list() == [INT64 * INT64]


def test_a_frame_with_floats_is_refused_before_any_engine_sees_it() -> None:
    with pytest.raises(KaiwuError, match="R-SQL-FRAME"):
        run_duckdb("SELECT 1", pl.DataFrame({"entity": [1], "a": [0.5]}))


def test_an_answer_that_is_no_integer_is_an_error() -> None:
    with pytest.raises(TypeError, match="no integer"):
        run_sqlite("SELECT entity, entity / 2.0 AS half FROM frame", pl.DataFrame({"entity": [3]}))


@pytest.mark.postgres
def test_the_connection_is_left_as_it_was_found(postgres: Any) -> None:
    p, root = one_rule()
    frame = pl.DataFrame({"entity": [1], "revenue": [1], "revenue@-1": [2]})
    sql = emit_sql(p, {"r": root}, {}, "frame", "entity", "postgresql")
    for _ in range(2):
        assert run_postgres(sql, postgres, frame)["r"].to_list() == [1]
    left = postgres.execute("SELECT count(*) FROM pg_class WHERE relname = 'frame'").fetchone()
    assert left == (0,)
