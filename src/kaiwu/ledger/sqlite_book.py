"""The book in an SQLite file: BEGIN IMMEDIATE, write-ahead log, every commit on the disk before it is answered.

Owns its connections and pragmas. Given an open connection it uses that one and leaves its journal mode alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from kaiwu.ledger.audit import START, Difference
from kaiwu.ledger.gateway import Query, Row
from kaiwu.ledger.schema import sqlite_schema
from kaiwu.ledger.sql_book import SqlBook
from kaiwu.ledger.turn import Turn
from kaiwu.quantity.problem import KaiwuError, Problem

BUSY_SECONDS = 60.0  # a writer waits so long for the others
CACHE_KIB = 65_536  # keys of a large batch fall all over their trees: 2 MiB, the default, would be read again and again
CHECKPOINT_PAGES = 8_192  # 32 MiB: a batch of some thousand transfers writes more than the default of 4 MiB at once
_LISTED = "(SELECT value FROM json_each(?))"


class SqliteBook(SqlBook):
    """``Book`` on a file (several processes may use it at once) or on an open connection."""

    def __init__(self, place: Path | str | sqlite3.Connection) -> None:
        super().__init__()
        self._lock, self._read_lock = RLock(), RLock()
        self._turn = Turn("")
        self._is_own = not isinstance(place, sqlite3.Connection)
        self._place = "connection" if isinstance(place, sqlite3.Connection) else str(place)
        try:
            if isinstance(place, sqlite3.Connection):
                self._writer = self._reader = place
                self._read_lock = self._lock
            else:
                self._writer, self._reader = _connect(place), _connect(place)
                self._turn = Turn(place)
            _create_tables(self._writer)
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Close the book's own connections."""
        if self._is_own:
            with self._lock, self._read_lock:
                self._writer.close()
                self._reader.close()
                self._turn.close()

    def audit(self) -> Difference | None:
        """See ``Book``; then the tables and triggers themselves, and SQLite's own check of its pages."""
        try:
            found = super().audit()
            if found is None:
                with self._reading() as gateway:
                    found = _audit_engine(gateway)
        except (KaiwuError, sqlite3.Error, OverflowError, ValueError, TypeError) as error:
            return Difference(self._place, "a readable database", str(error))
        return found

    @contextmanager
    def _writing(self, connection: sqlite3.Connection | None) -> Iterator[SqliteGateway]:
        """In the caller's transaction, or one of our own. A caller without one gets it begun, and must commit it."""
        if connection is not None:
            yield _begin(connection)
            return
        with self._lock:
            if self._writer.in_transaction:  # the connection was given, and so was its transaction
                yield _begin(self._writer)
                return
            with self._turn.wait():
                try:
                    yield _begin(self._writer)
                    self._writer.execute("COMMIT")
                except BaseException as error:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    if isinstance(error, sqlite3.DatabaseError):
                        raise self._unusable(error) from error
                    raise

    @contextmanager
    def _reading(self) -> Iterator[SqliteGateway]:
        with self._read_lock:
            connection = self._reader
            began = not connection.in_transaction
            try:
                if began:
                    connection.execute("BEGIN")
                yield SqliteGateway(_plain_cursor(connection))
            except sqlite3.DatabaseError as error:
                raise self._unusable(error) from error
            finally:
                if began and connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _unusable(self, error: Exception) -> KaiwuError:
        zh, en = (
            f"账簿不能读写({error}); 请检查权限与磁盘, 或从备份恢复",
            f"the book cannot be used ({error}): check its rights and disk, or restore a backup",
        )
        return KaiwuError(Problem("L-BOOK", zh, en, where=self._place))


class SqliteGateway:
    """``Gateway`` on a cursor."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def lock(self) -> None:
        """Held since the transaction began, see ``_begin``."""

    def ask(self, queries: Sequence[Query]) -> list[list[Row]]:
        """See ``Gateway``. Lists go as one JSON text, so that their length is not limited and the statement is cached."""
        found = []
        for sql, values in queries:
            plain = [json.dumps(v) if isinstance(v, list) else v for v in values]
            found.append(self._cursor.execute(sql.replace("IN @", f"IN {_LISTED}"), plain).fetchall())
        return found

    def stream(self, sql: str) -> Iterator[Row]:
        """See ``Gateway``."""
        with closing(_plain_cursor(self._cursor.connection)) as cursor:
            yield from cursor.execute(sql)

    def write(self, batches: Sequence[tuple[str, Sequence[Sequence[Any]]]], last: Query) -> None:
        """See ``Gateway``."""
        for sql, rows in batches:
            self._cursor.executemany(sql, rows)
        if self._cursor.execute(*last).rowcount != 1:
            raise sqlite3.OperationalError("the ledger's head was moved by another writer")


def _audit_engine(gateway: SqliteGateway) -> Difference | None:
    schema = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
    stored, told = gateway.ask([(schema, ()), ("PRAGMA integrity_check", ())])
    missing = [sql for sql in sqlite_schema() if (sql,) not in stored]
    if missing:
        return Difference("sqlite_master", missing[0], "changed or missing")
    return None if told == [("ok",)] else Difference("PRAGMA integrity_check", "ok", str(told[0][0]))


def _begin(connection: sqlite3.Connection) -> SqliteGateway:
    """The writers' lock: a new transaction takes it at once, one that only read before by a write that changes nothing."""
    if connection.in_transaction:
        connection.execute("UPDATE ledger_head SET size = size WHERE id = 1")
    else:
        connection.execute("BEGIN IMMEDIATE")
    return SqliteGateway(_plain_cursor(connection))


def _plain_cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """A cursor whose rows are tuples, whatever the caller's connection makes."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


def _connect(place: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return connection


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create what is missing; two processes may try at once."""
    wanted = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger_head'"
    if connection.execute(wanted).fetchone():
        return
    began = not connection.in_transaction
    if began:
        connection.execute("BEGIN IMMEDIATE")
    if not connection.execute(wanted).fetchone():
        for statement in sqlite_schema():
            connection.execute(statement)
        connection.execute("INSERT INTO ledger_head (id, size, digest) VALUES (1, 0, ?)", (START,))
    if began:
        connection.execute("COMMIT")
