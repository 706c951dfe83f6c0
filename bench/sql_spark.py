"""Runs the emitted SQL on a local Spark and compares its bytes with the exact reference and with DuckDB.

Needs Java 17 and ``pip install pyspark`` (an extra of this bench only). Writes to a temporary folder, never to the
repository. Prints one table; ends with status 1 where a digest differs.

    python bench/sql_spark.py [--rows 2000] [--many 200000]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "rule"))

import sql_corpus

from kaiwu.rule.sql import emit_sql
from kaiwu.rule.sql.adapter import run_duckdb
from kaiwu.table import digest_frame

KEYS = ["entity"]


def start_spark(home: Path, ansi: bool) -> Any:
    """A session on this machine that keeps all its files in ``home``."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        sys.exit("This bench needs PySpark and Java 17: pip install pyspark")
    settings = {
        "spark.sql.ansi.enabled": str(ansi).lower(),
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.local.dir": str(home / "local"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "2",
    }
    builder = SparkSession.builder.master("local[2]").appName("kaiwu-sql")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def run_spark(session: Any, sql: str, frame: pl.DataFrame, home: Path) -> tuple[pl.DataFrame, float]:
    """The answers and the seconds of the query, Parquet in and out."""
    source, target = home / "in.parquet", home / f"out-{time.monotonic_ns()}"
    frame.write_parquet(source)
    session.read.parquet(str(source)).createOrReplaceTempView("frame")
    started = time.perf_counter()
    session.sql(sql).write.parquet(str(target))
    seconds = time.perf_counter() - started
    out = pl.concat([pl.read_parquet(part) for part in sorted(target.glob("*.parquet"))])
    wide = [name for name, kind in out.schema.items() if isinstance(kind, pl.Decimal)]
    out = out.with_columns(pl.col(wide).cast(pl.Int128), pl.selectors.integer().cast(pl.Int64))
    return out.with_columns(_fitting(out[name]) for name in wide), seconds


def _fitting(column: pl.Series) -> pl.Series:
    """Int64 where every value fits, as the adapters of the other engines answer."""
    limit = 2**63 - 1
    return column.cast(pl.Int64) if all(v is None or abs(v) <= limit for v in column.to_list()) else column


def compare(
    session: Any, home: Path, corpus: sql_corpus.Corpus, rows: int, seed: int, with_reference: bool
) -> list[str]:
    """One line of the table: sizes, seconds, and whether the bytes are equal."""
    frame_rows = sql_corpus.make_rows(corpus, rows, seed)
    frame = corpus.frame(frame_rows)
    sql = emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", "spark")
    answers, spark_seconds = run_spark(session, sql, frame, home)
    started = time.perf_counter()
    other = run_duckdb(emit_sql(corpus.program, corpus.truths, corpus.integers, "frame", "entity", "duckdb"), frame)
    duckdb_seconds = time.perf_counter() - started
    wanted = corpus.reference(frame_rows) if with_reference else other
    same = digest_frame(answers, KEYS) == digest_frame(wanted, KEYS)
    if not same:
        answers, wanted = answers.sort(KEYS), wanted.sort(KEYS)
        print("differ:", [c for c in wanted.columns if answers[c].to_list() != wanted[c].to_list()])
    against = "reference" if with_reference else "DuckDB"
    roots = len(corpus.truths) + len(corpus.integers)
    cells = [
        rows,
        roots,
        len(sql),
        f"{spark_seconds:.2f}",
        f"{duckdb_seconds:.2f}",
        against,
        "equal" if same else "DIFFERENT",
    ]
    return [str(cell) for cell in cells]


def main() -> int:
    """Compare both corpora with ANSI mode off and on."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000, help="rows compared with the exact reference")
    parser.add_argument("--many", type=int, default=100_000, help="rows compared with DuckDB")
    wanted = parser.parse_args()
    corpora = {
        "plain": sql_corpus.compile_corpus(),
        "wide": sql_corpus.compile_corpus(sql_corpus.WIDE_RULES, sql_corpus.WIDE_AMOUNTS),
    }
    head = ["ANSI", "corpus", "rows", "roots", "characters", "Spark s", "DuckDB s", "against", "digest"]
    lines = []
    with tempfile.TemporaryDirectory(prefix="kaiwu-spark-") as folder:
        home = Path(folder)
        os.chdir(home)
        for ansi in (False, True):
            session = start_spark(home, ansi)
            session.conf.set("spark.sql.ansi.enabled", str(ansi).lower())
            for name, corpus in corpora.items():
                for rows, with_reference in ((wanted.rows, True), (wanted.many, False)):
                    if rows:
                        cells = compare(session, home, corpus, rows, 11, with_reference)
                        lines.append([str(ansi), name, *cells])
        session.stop()
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for line in lines:
        print("| " + " | ".join(line) + " |")
    return 0 if all(line[-1] == "equal" for line in lines) else 1


if __name__ == "__main__":
    raise SystemExit(main())
