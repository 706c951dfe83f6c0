"""New books of every kind for tests: in memory, in a file, in a schema of the tests' PostgreSQL."""

from __future__ import annotations

import datetime as dt
import itertools
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kaiwu.ledger import Account, Book, Command, Limit, MemoryBook, SqliteBook, Transfer

NOW = dt.datetime(2025, 3, 1, 9)
POT = Account("pot", "fen", Limit.DEBITS_WITHIN_CREDITS)
FIRM = Account("firm", "fen")
SOURCE = Account("source", "fen")
_number = itertools.count()


class Shelf:
    """Opens books and closes them after the test. ``kind`` is memory, sqlite or postgres."""

    def __init__(self, kind: str, folder: Path, server: Any) -> None:
        self.kind, self.folder, self.server = kind, folder, server
        self.stack = ExitStack()

    def new_place(self) -> str:
        """A file, or the address of a new empty schema."""
        number = next(_number)
        if self.kind == "sqlite":
            return str(self.folder / f"{number}.db")
        schema = f"ledger_{number}"
        self.server.execute(f"CREATE SCHEMA {schema}")
        self.server.commit()
        return f"{self.server.info.dsn} options='-c search_path={schema}'"

    def open(self, place: str) -> Any:
        """A book at a place; open it twice and there are two writers."""
        if self.kind == "sqlite":
            opened: Any = SqliteBook(place)
        else:
            from kaiwu.ledger.postgres_adapter import PostgresBook

            opened = PostgresBook(place)
        self.stack.callback(opened.close)
        return opened

    def new_book(self) -> Book:
        """An empty book."""
        return MemoryBook() if self.kind == "memory" else self.open(self.new_place())


def post(key: str, debit: str, credit: str, amount: int, **more: Any) -> Command:
    """A command of one leg in fen."""
    return Command(key, (Transfer(f"{key}/1", debit, credit, amount, "fen", **more),))


def fill_pot(book: Book, amount: int, now: dt.datetime = NOW) -> None:
    """Open source, pot and firm, and credit the pot."""
    opened = Command("fill", (Transfer("fill/1", "source", "pot", amount, "fen"),), (SOURCE, POT, FIRM))
    book.apply(opened, now)
