"""The SQL of every engine answers like the exact reference, byte for byte."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
import sql_corpus

from kaiwu.rule.sql import emit_sql
from kaiwu.rule.sql.adapter import run_duckdb, run_postgres, run_sqlite
from kaiwu.table import digest_frame

Run = Callable[[str, pl.DataFrame], pl.DataFrame]
ENGINES = ["duckdb", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
WIDE_ENGINES = ["duckdb", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> tuple[str, Run]:
    name = request.param
    if name == "duckdb":
        return name, run_duckdb
    if name == "sqlite":
        return name, run_sqlite
    connection = request.getfixturevalue("postgres")
    return name, lambda sql, frame: run_postgres(sql, connection, frame)


def disagreements(corpus: sql_corpus.Corpus, rows: list[dict[str, int | None]], engine: tuple[str, Run]) -> list[str]:
    """Columns whose digest differs from the reference's, and a last word on the digest of the whole."""
    name, run = engine
    sql = emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", name)
    wanted, got = corpus.reference(rows), run(sql, corpus.frame(rows))
    assert set(got.columns) == set(wanted.columns)
    differing = [
        column
        for column in wanted.columns[1:]
        if digest_frame(got.select("entity", column), ["entity"])
        != digest_frame(wanted.select("entity", column), ["entity"])
    ]
    assert differing or digest_frame(got, ["entity"]) == digest_frame(wanted, ["entity"])
    return differing


@pytest.fixture(scope="module")
def corpus() -> sql_corpus.Corpus:
    return sql_corpus.compile_corpus()


@pytest.fixture(scope="module")
def wide_corpus() -> sql_corpus.Corpus:
    return sql_corpus.compile_corpus(sql_corpus.WIDE_RULES, sql_corpus.WIDE_AMOUNTS)


def test_the_corpus_meets_every_answer_of_every_rule_that_has_it(corpus: sql_corpus.Corpus) -> None:
    answers = corpus.reference(sql_corpus.make_rows(corpus, 400, seed=7))
    one_sided = [name for name in corpus.truths if answers[name].n_unique() < 2]
    assert one_sided == []
    seen = {code for name in corpus.truths for code in answers[name].unique()}
    assert seen == {0, 1, 2, 3}


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_every_engine_gives_the_bytes_of_the_reference(corpus: sql_corpus.Corpus, engine: tuple[str, Run]) -> None:
    assert disagreements(corpus, sql_corpus.make_rows(corpus, 400, seed=1), engine) == []


@pytest.mark.parametrize("engine", WIDE_ENGINES, indirect=True)
def test_rules_beyond_64_bits_agree_too(wide_corpus: sql_corpus.Corpus, engine: tuple[str, Run]) -> None:
    assert disagreements(wide_corpus, sql_corpus.make_rows(wide_corpus, 400, seed=2), engine) == []


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_firms_exactly_on_a_ratio_line_are_decided_exactly(engine: tuple[str, Run]) -> None:
    """Every 0.1 % step: a firm on the line, one fen above it and one fen below it."""
    rules = {f"p{step}": f"研发费用 / 营业收入 >= {step / 10:.1f}%" for step in range(1, 1001)}
    corpus = sql_corpus.compile_corpus(dict(list(rules.items())[:: 7 if engine[0] == "sqlite" else 3]), {})
    revenues = (1_000, 77_000, 123_457_000, 10**13 + 1_000)
    rows: list[dict[str, int | None]] = []
    for name in list(corpus.truths)[::29]:
        step = int(name[1:])
        rows += [{"revenue": r, "rd": r // 1000 * step + off} for r in revenues for off in (-1, 0, 1)]
    assert disagreements(corpus, rows, engine) == []


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_an_empty_table_gives_an_empty_answer(corpus: sql_corpus.Corpus, engine: tuple[str, Run]) -> None:
    name, run = engine
    sql = emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", name)
    out = run(sql, corpus.frame([]))
    assert out.height == 0
    assert out.columns == ["entity", *corpus.truths, *corpus.integers]


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_the_order_of_rows_changes_nothing(corpus: sql_corpus.Corpus, engine: tuple[str, Run]) -> None:
    name, run = engine
    sql = emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", name)
    frame = corpus.frame(sql_corpus.make_rows(corpus, 60, seed=3))
    keys = ["entity"]
    assert digest_frame(run(sql, frame), keys) == digest_frame(run(sql, frame.reverse()), keys)
