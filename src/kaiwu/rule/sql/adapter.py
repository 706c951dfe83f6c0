"""The boundary to engines: runs emitted SQL over a frame and hands back a table of integers.

Owns loading, locking and reading back. Only text from ``emit_sql`` belongs here, never a user's. DuckDB and
psycopg come with the extra ``sql`` and are imported when called. A frame has a key column (text or integers)
and integer columns; results are Int64, or Int128 where a value needs it, so that equal answers have equal
digests (``kaiwu.table.digest_frame``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.program import INT64
from kaiwu.rule.sql.dialect import POSTGRESQL, SQLITE, Dialect

if TYPE_CHECKING:
    import psycopg

TABLE = "frame"  # the name under which a frame is registered
_SAFE_SETTINGS = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def run_duckdb(sql: str, frame: pl.DataFrame, table: str = TABLE) -> pl.DataFrame:
    """Run over a frame in a DuckDB of its own that sees nothing but the frame."""
    import duckdb

    checked = _checked(frame)
    with duckdb.connect(":memory:") as connection:
        connection.register(table, checked.to_arrow(compat_level=pl.CompatLevel.oldest()))
        for setting in _SAFE_SETTINGS:
            connection.execute(setting)
        relation = connection.sql(sql)
        if any(str(kind) == "HUGEINT" for kind in relation.types):
            return _table(relation.columns, relation.fetchall())
        result = pl.from_arrow(relation.to_arrow_table())
    assert isinstance(result, pl.DataFrame)
    return result.with_columns(pl.selectors.integer().cast(pl.Int64))


def run_sqlite(sql: str, frame: pl.DataFrame, table: str = TABLE) -> pl.DataFrame:
    """Run over a frame in a SQLite database in memory."""
    checked = _checked(frame)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(_create(SQLITE, checked, table))
        marks = ", ".join("?" * checked.width)
        connection.executemany(f"INSERT INTO {SQLITE.quote(table)} VALUES ({marks})", checked.iter_rows())
        cursor = connection.execute(sql)
        return _table([column[0] for column in cursor.description], cursor.fetchall())


def run_postgres(
    sql: str, connection: psycopg.Connection[Any], frame: pl.DataFrame, table: str = TABLE
) -> pl.DataFrame:
    """Run over a frame copied to a temporary table; the connection is left as it was found."""
    checked = _checked(frame)
    text = _create(POSTGRESQL, checked, table, "TEMPORARY ").encode()
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute(text)
        with cursor.copy(f"COPY {POSTGRESQL.quote(table)} FROM STDIN".encode()) as copy:
            for row in checked.iter_rows():
                copy.write_row(row)
        cursor.execute(sql.encode())
        assert cursor.description is not None
        return _table([column.name for column in cursor.description], cursor.fetchall())


def _checked(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with 64-bit integers. Errors: ``KaiwuError`` for columns of any other kind."""
    wrong = [name for name, kind in frame.schema.items() if not (kind.is_integer() or kind == pl.String)]
    if wrong:
        raise KaiwuError(
            Problem(
                "R-SQL-FRAME",
                f"列 {'、'.join(wrong)} 不是整数; 请先换算成变量的最小单位",
                f"the columns {', '.join(wrong)} are not integers: give whole grains of their variables",
            )
        )
    return frame.with_columns(pl.selectors.integer().cast(pl.Int64))


def _create(dialect: Dialect, frame: pl.DataFrame, table: str, kind: str = "") -> str:
    columns = [
        f"{dialect.quote(name)} {'BIGINT' if dtype == pl.Int64 else 'TEXT'}" for name, dtype in frame.schema.items()
    ]
    return f"CREATE {kind}TABLE {dialect.quote(table)} ({', '.join(columns)})"


def _table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pl.DataFrame:
    """Rows as a frame. Errors: ``TypeError`` for a value that is neither integer nor text."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pl.DataFrame([_series(name, values) for name, values in zip(names, columns, strict=True)])


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    if any(isinstance(value, str) for value in values):
        return pl.Series(name, values, dtype=pl.String)
    whole = [_whole(name, value) for value in values]
    fits = all(value is None or abs(value) <= INT64 for value in whole)
    return pl.Series(name, whole, dtype=pl.Int64 if fits else pl.Int128)


def _whole(name: str, value: Any) -> int | None:
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError(f"column {name}: the engine answered {value!r}, which is no integer")
