"""Lists that were shown and the steps of their pairs (对接记录), kept in the ``state.db`` of a workspace; rows are only added.

Owns the two tables. What they mean is ``kaiwu.match.funnel``.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.match.funnel import SHOWN_SCHEMA, STEP_SCHEMA, check_steps
from kaiwu.quantity import KaiwuError, Problem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS match_shown (
  list TEXT NOT NULL, event TEXT, section TEXT, day TEXT NOT NULL, need TEXT NOT NULL, need_title TEXT, buyer TEXT, asked INTEGER,
  offer TEXT NOT NULL, supplier TEXT NOT NULL, rank INTEGER NOT NULL, score INTEGER NOT NULL, PRIMARY KEY (list, need, offer));
CREATE TABLE IF NOT EXISTS match_step (
  number INTEGER PRIMARY KEY, list TEXT NOT NULL, need TEXT NOT NULL, offer TEXT NOT NULL, stage TEXT NOT NULL, day TEXT NOT NULL, amount INTEGER,
  logistics INTEGER, reason TEXT, note TEXT, FOREIGN KEY (list, need, offer) REFERENCES match_shown (list, need, offer));
"""


class FunnelStore:
    """Safe for several processes: every call is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as connection:
            connection.executescript(_SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        except sqlite3.DatabaseError as error:
            zh, en = (
                f"对接记录不能读写({error}); 名单编号是否已用过?",
                f"the record of lists cannot be written ({error}): is the list's name taken?",
            )
            raise KaiwuError(Problem("S-FUNNEL", zh, en, where=str(self.path))) from error
        finally:
            connection.close()

    def add_shown(self, shown: pl.DataFrame) -> int:
        """Keep what a list showed; a list is kept once. Returns the pairs added."""
        return self._add("match_shown", shown.select(SHOWN_SCHEMA.names()))

    def add_steps(self, steps: pl.DataFrame, where: str = "") -> int:
        """Keep new steps. Raises ``KaiwuError`` with every mistake; then none is kept."""
        problems = check_steps(steps, self.shown(), where)
        if problems:
            raise KaiwuError(problems)
        return self._add("match_step", steps.select(STEP_SCHEMA.names()))

    def shown(self) -> pl.DataFrame:
        """All pairs that were shown, in the order of lists, needs and ranks."""
        return self._read("match_shown", SHOWN_SCHEMA, "list, need, rank, offer")

    def steps(self) -> pl.DataFrame:
        """All steps in the order of recording."""
        return self._read("match_step", STEP_SCHEMA, "number")

    def next_list(self, day: dt.date) -> str:
        """A free name for a list: day and running number."""
        with self._open() as connection:
            (count,) = connection.execute("SELECT COUNT(DISTINCT list) FROM match_shown").fetchone()
        return f"{day:%Y%m%d}-{count + 1:03d}"

    def _add(self, table: str, rows: pl.DataFrame) -> int:
        marks = ", ".join("?" * rows.width)
        values = [[_plain(value) for value in row] for row in rows.iter_rows()]
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(f"INSERT INTO {table} ({', '.join(rows.columns)}) VALUES ({marks})", values)
            connection.execute("COMMIT")
        return rows.height

    def _read(self, table: str, schema: pl.Schema, order: str) -> pl.DataFrame:
        with self._open() as connection:
            rows = connection.execute(f"SELECT {', '.join(schema.names())} FROM {table} ORDER BY {order}").fetchall()
        text = {name: pl.String if dtype == pl.Date else dtype for name, dtype in schema.items()}
        return pl.DataFrame(rows, schema=text, orient="row").with_columns(pl.col("day").str.to_date()).cast(schema)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
