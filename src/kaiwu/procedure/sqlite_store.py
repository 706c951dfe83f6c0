"""The run store of a workspace: one SQLite file, ``state.db``.

Owns its tables and nothing else. Rows are only added; nothing is edited in place.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from kaiwu.ledger import SqliteBook
from kaiwu.procedure.class_change import ClassChange
from kaiwu.procedure.record import Leaf, Objection, RunRecord
from kaiwu.quantity import KaiwuError, Problem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
  number TEXT PRIMARY KEY, job TEXT NOT NULL, zh TEXT NOT NULL, en TEXT NOT NULL, schemes TEXT NOT NULL,
  population INTEGER NOT NULL, as_of TEXT NOT NULL, rated INTEGER NOT NULL, known_at TEXT NOT NULL, purpose TEXT NOT NULL,
  manifest_digest TEXT NOT NULL, pack_digest TEXT NOT NULL, frame_digest TEXT NOT NULL, result_digest TEXT NOT NULL,
  engine TEXT NOT NULL, corrects TEXT NOT NULL, is_synthetic INTEGER NOT NULL, created_at TEXT NOT NULL,
  changes TEXT NOT NULL DEFAULT '[]', batches TEXT NOT NULL DEFAULT '[]');
CREATE TABLE IF NOT EXISTS objection (
  number INTEGER PRIMARY KEY, run TEXT NOT NULL REFERENCES run (number), entity TEXT NOT NULL, variable TEXT NOT NULL,
  period TEXT NOT NULL, claimed TEXT NOT NULL, reason TEXT NOT NULL, evidence TEXT NOT NULL, signer TEXT NOT NULL,
  is_upheld INTEGER NOT NULL, decided_on TEXT NOT NULL, batch INTEGER);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class SqliteRunStore:
    """``RunStore`` on a file. Safe for several processes: every call is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as connection:
            connection.executescript(_SCHEMA)
            _add_columns(connection)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        except sqlite3.DatabaseError as error:
            raise self._unusable(error) from error
        finally:
            connection.close()

    def _unusable(self, error: sqlite3.Error) -> KaiwuError:
        zh, en = (
            f"记录库不能读写({error}); 请检查权限, 或从备份恢复",
            f"cannot be used ({error}): check its rights, or restore a backup",
        )
        return KaiwuError(Problem("S-STATE", zh, en, where=str(self.path)))

    def next_number(self) -> str:
        """``0001``, ``0002`` …; a number is spent even if its run fails."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR IGNORE INTO counter VALUES ('run', 0)")
            connection.execute("UPDATE counter SET value = value + 1 WHERE name = 'run'")
            (value,) = connection.execute("SELECT value FROM counter WHERE name = 'run'").fetchone()
            connection.execute("COMMIT")
        return f"{value:04d}"

    def add_run(self, record: RunRecord, leaves: Sequence[Leaf] = ()) -> None:
        """Keep a finished run and its leaves of the log, in one transaction."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            _insert(connection, "run", [record])
            if leaves:
                SqliteBook(connection).add_leaves(leaves, connection)
            connection.execute("COMMIT")

    def run(self, number: str) -> RunRecord:
        """The run of a number, ``1`` and ``0001`` alike."""
        wanted = f"{int(number):04d}" if number.isascii() and number.isdigit() else number
        for record in self.runs():
            if record.number == wanted:
                return record
        known = ", ".join(r.number for r in self.runs()[-10:]) or "-"
        raise KaiwuError(
            Problem("S-RUN", f"没有第 {number} 号测算; 最近: {known}", f"there is no run {number}; latest: {known}")
        )

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        names = [f.name for f in fields(RunRecord)]
        with self._open() as connection:
            rows = connection.execute(f"SELECT {', '.join(names)} FROM run ORDER BY number").fetchall()
        return [_run(dict(zip(names, row, strict=True))) for row in rows]

    def add_objections(self, objections: Sequence[Objection]) -> list[Objection]:
        """Keep objections in one transaction and give each its number."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            (last,) = connection.execute("SELECT COALESCE(MAX(number), 0) FROM objection").fetchone()
            numbered = [replace(objection, number=last + i) for i, objection in enumerate(objections, start=1)]
            _insert(connection, "objection", numbered)
            connection.execute("COMMIT")
        return numbered

    def objections(self, run: str | None = None) -> list[Objection]:
        """Objections, oldest first."""
        names = [f.name for f in fields(Objection)]
        with self._open() as connection:
            rows = connection.execute(f"SELECT {', '.join(names)} FROM objection ORDER BY number").fetchall()
        made = [_objection(dict(zip(names, row, strict=True))) for row in rows]
        return [o for o in made if run is None or o.run == run]


def _add_columns(connection: sqlite3.Connection) -> None:
    """A file of an earlier version lacks the later columns: add them, empty."""
    names = {row[1] for row in connection.execute("PRAGMA table_info(run)")}
    for name in ("changes", "batches"):
        if name not in names:
            connection.execute(f"ALTER TABLE run ADD COLUMN {name} TEXT NOT NULL DEFAULT '[]'")


def _insert(connection: sqlite3.Connection, table: str, records: Sequence[RunRecord] | Sequence[Objection]) -> None:
    if not records:
        return
    names = [f.name for f in fields(records[0])]
    marks = ", ".join("?" * len(names))
    rows = [[_plain(getattr(record, name), name) for name in names] for record in records]
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)


def _plain(value: Any, name: str) -> Any:
    if name == "changes":
        return json.dumps([change.to_data() for change in value], ensure_ascii=False)
    if name == "batches":
        return json.dumps(value)
    if isinstance(value, tuple):
        return "\n".join(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _run(row: dict[str, Any]) -> RunRecord:
    row["schemes"] = tuple(row["schemes"].split("\n"))
    row["as_of"], row["known_at"] = (dt.date.fromisoformat(row[k]) for k in ("as_of", "known_at"))
    row["is_synthetic"] = bool(row["is_synthetic"])
    row["batches"] = tuple(json.loads(row["batches"]))
    row["changes"] = tuple(ClassChange.from_data(data) for data in json.loads(row["changes"]))
    return RunRecord(**row)


def _objection(row: dict[str, Any]) -> Objection:
    row["decided_on"] = dt.date.fromisoformat(row["decided_on"])
    row["is_upheld"] = bool(row["is_upheld"])
    return Objection(**row)
