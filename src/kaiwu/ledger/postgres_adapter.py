"""The book in PostgreSQL and its descendants, through psycopg (extra ``sql``).

Owns its connections and the form of statements there. Writers lock one row, the log's head (``SELECT … FOR UPDATE``), so
that decisions follow one another and leaves have no gaps; under SERIALIZABLE or REPEATABLE READ a caller's older
snapshot is refused by the server instead of being decided on. Before that they queue for an empty table: all who wait
for a row that is updated are woken at every commit, those who wait for a table one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from kaiwu.ledger.audit import START
from kaiwu.ledger.gateway import Query, Row
from kaiwu.ledger.schema import postgres_schema
from kaiwu.ledger.sql_book import SqlBook
from kaiwu.quantity.problem import KaiwuError, Problem

LARGE = 120  # rows from which COPY and arrays beat single statements
_LOCK = ("LOCK TABLE ledger_turn IN EXCLUSIVE MODE", "SELECT size FROM ledger_head WHERE id = 1 FOR UPDATE")
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
Connection = psycopg.Connection[Any]


class PostgresBook(SqlBook):
    """``Book`` in a database, by its address (``dsn``) or on an open connection."""

    def __init__(self, place: str | Connection) -> None:
        super().__init__()
        self._lock, self._read_lock = RLock(), RLock()
        self._dsn = place if isinstance(place, str) else ""
        self._writer: Connection | None = None if isinstance(place, str) else place
        self._reader: Connection | None = self._writer
        if self._writer is not None:
            self._read_lock = self._lock
        try:
            _create_tables(self._open_writer())
        except psycopg.Error as error:
            raise _unusable(error) from error

    def close(self) -> None:
        """Close the book's own connections."""
        for connection in (self._writer, self._reader) if self._dsn else ():
            if connection is not None:
                connection.close()

    def _open_writer(self) -> Connection:
        if self._writer is None or (self._dsn and self._writer.closed):
            self._writer = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=0)
        return self._writer

    def _open_reader(self) -> Connection:
        if self._reader is None or (self._dsn and self._reader.closed):
            self._reader = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=0)
        return self._reader

    @contextmanager
    def _writing(self, connection: Connection | None) -> Iterator[PostgresGateway]:
        """In the caller's transaction (begun where there is none, never committed here), or in one of our own."""
        if connection is not None:
            yield PostgresGateway(connection, [*_LOCK] if _is_begun(connection) else ["BEGIN", *_LOCK])
            return
        with self._lock:
            writer = self._open_writer()
            if not self._dsn and _is_begun(writer):  # the connection was given, and so was its transaction
                yield PostgresGateway(writer, [*_LOCK])
                return
            begin = ["BEGIN", *_LOCK] if writer.autocommit else [*_LOCK]
            try:
                yield PostgresGateway(writer, begin, commits=True)
                writer.commit()
            except BaseException as error:
                if not writer.closed:
                    writer.rollback()
                if isinstance(error, psycopg.Error):
                    raise _unusable(error) from error
                raise

    @contextmanager
    def _reading(self) -> Iterator[PostgresGateway]:
        with self._read_lock:
            try:
                reader = self._open_reader()
                if _is_begun(reader):  # the caller's transaction
                    yield PostgresGateway(reader, [])
                    return
                try:
                    yield PostgresGateway(reader, [_SNAPSHOT] if reader.autocommit else [])
                finally:
                    if not reader.closed:
                        reader.rollback()
            except psycopg.Error as error:
                raise _unusable(error) from error


class PostgresGateway:
    """``Gateway`` on a connection; what opens the transaction goes out with the first queries."""

    def __init__(self, connection: Connection, first: list[str], commits: bool = False) -> None:
        self._connection = connection
        self._first = first
        self._commits = commits

    def lock(self) -> None:
        """See ``Gateway``."""
        self.ask([])

    def ask(self, queries: Sequence[Query]) -> list[list[Row]]:
        """See ``Gateway``."""
        first, self._first = self._first, []
        with self._connection.pipeline():
            for sql in first:
                self._cursor().execute(sql)
            cursors = [self._cursor().execute(_translated(sql), values) for sql, values in queries]
            return [cursor.fetchall() for cursor in cursors]

    def stream(self, sql: str) -> Iterator[Row]:
        """See ``Gateway``."""
        self.ask([])
        with self._connection.cursor(name="ledger_stream", row_factory=tuple_row) as cursor:
            cursor.itersize = 20_000
            yield from cursor.execute(sql)

    def write(self, batches: Sequence[tuple[str, Sequence[Sequence[Any]]]], last: Query) -> None:
        """See ``Gateway``. A small batch is one message with its commit; a large one goes by COPY and arrays."""
        if sum(len(rows) for _, rows in batches) > LARGE:
            for sql, rows in batches:
                (self._copy if sql.startswith("INSERT") else self._change)(sql, rows)
            batches = []
        plain = psycopg.ClientCursor(self._connection)
        statements = [plain.mogrify(_translated(sql), row) for sql, rows in batches for row in rows]
        statements.append(plain.mogrify(_translated(last[0]), last[1]))
        plain.execute("; ".join([*statements, "COMMIT"] if self._commits else statements).encode())
        for _ in statements[1:]:
            plain.nextset()
        if plain.rowcount != 1:  # cannot be under the lock; a second leaf of one number would have failed before
            raise psycopg.OperationalError("the ledger's head was moved by another writer")

    def _copy(self, insert: str, rows: Sequence[Sequence[Any]]) -> None:
        target = insert.removeprefix("INSERT INTO ").partition(" VALUES")[0]
        with self._cursor().copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _change(self, update: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement over arrays: ``UPDATE t SET a = ? WHERE id = ?`` with the columns of ``rows`` as ``v``."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        parts = update.split("?")
        numbered = "".join(f"{part}v.c{n}" for n, part in enumerate(parts[:-1]))
        arrays = ", ".join(f"%s::{'bigint' if isinstance(c[0], int) else 'text'}[]" for c in columns)
        names = ", ".join(f"c{n}" for n in range(len(columns)))
        head, _, condition = numbered.partition(" WHERE ")
        self._cursor().execute(_text(f"{head} FROM unnest({arrays}) AS v ({names}) WHERE {condition}"), columns)

    def _cursor(self) -> psycopg.Cursor[Row]:
        return self._connection.cursor(row_factory=tuple_row)


def _text(sql: str) -> Any:
    """Statements are put together from constants of this package only."""
    return sql


@cache
def _translated(sql: str) -> Any:
    return sql.replace("IN @", "= ANY(%s)").replace("?", "%s")


def _is_begun(connection: Connection) -> bool:
    return connection.info.transaction_status is not TransactionStatus.IDLE


def _create_tables(connection: Connection) -> None:
    """Create what is missing; two processes may try at once, and the second finds it done."""
    if _has_tables(connection):
        return
    try:
        with connection.transaction():
            for statement in postgres_schema():
                connection.execute(statement)
            connection.execute("INSERT INTO ledger_head (id, size, digest) VALUES (1, 0, %s)", (START,))
    except psycopg.Error:
        if not _has_tables(connection):
            raise


def _has_tables(connection: Connection) -> bool:
    wanted = (
        "SELECT 1 FROM information_schema.tables WHERE table_name = 'ledger_head' AND table_schema = current_schema()"
    )
    was_begun = _is_begun(connection)
    found = connection.execute(wanted).fetchone() is not None
    if not was_begun and not connection.autocommit:
        connection.rollback()
    return found


def _unusable(error: psycopg.Error) -> KaiwuError:
    zh, en = (
        f"账簿数据库不能读写({error}); 请检查地址与权限",
        f"the book's database cannot be used ({error}): check its address and rights",
    )
    return KaiwuError(Problem("L-BOOK", zh, en, where="PostgreSQL"))
