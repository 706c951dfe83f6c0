"""A docket (案卷): what happened to each subject, who did it on which day; kept for ever, one leaf of the log for each event.

Owns the canonical bytes of events and their table in ``state.db``, whose rows are only added; triggers see to it. What may happen
in which order belongs to the desk that keeps the docket.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kaiwu.ledger import Command, Refusal, SqliteBook
from kaiwu.ledger.log import canonical_bytes
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem

_TABLE = """
CREATE TABLE IF NOT EXISTS {table} (
  subject TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, body BLOB NOT NULL, leaf INTEGER NOT NULL,
  PRIMARY KEY (subject, number));
CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
"""
NOON = dt.time(12)


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``data`` holds texts, whole numbers, and lists and mappings of these. ``leaf`` is its number in the log."""

    kind: str
    day: dt.date
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    leaf: int = -1


class Docket:
    """The events of one ``table``; ``leaf`` is the kind under which the log holds them."""

    def __init__(self, workspace: Workspace, table: str, leaf: str) -> None:
        self.path = workspace.folder / "state.db"
        self.table, self.leaf = table, leaf
        _ = workspace.witness.book  # the ledger's tables stand in the same file
        with self._open() as connection:
            connection.executescript(_TABLE.format(table=table))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()

    def add(self, subject: str, event: Event, commands: Sequence[Command] = ()) -> Event:
        """Append an event, its leaf and what it enters in the ledger in one transaction; the event with the number of its leaf.

        Raises ``KaiwuError`` (A-LEDGER) where the ledger refuses a command: then nothing is kept.
        """
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            count = f"SELECT COUNT(*) FROM {self.table} WHERE subject = ?"
            (number,) = connection.execute(count, (subject,)).fetchone()
            body = canonical_bytes({
                "subject": subject, "event": number, "kind": str(event.kind), "day": event.day.isoformat(), "by": event.by, "data": dict(event.data),
            })  # fmt: skip
            book = SqliteBook(connection)
            answers = book.apply_many(commands, dt.datetime.combine(event.day, NOON), connection) if commands else []
            if refused := [a for a in answers if isinstance(a, Refusal)]:
                raise KaiwuError([Problem("A-LEDGER", f"台账不接受: {a.zh}", f"the ledger refuses: {a.en}", where=subject) for a in refused])  # fmt: skip
            leaf = book.add_leaf(self.leaf, body, connection)
            row = (subject, number, str(event.kind), event.day.isoformat(), body, leaf)
            connection.execute(f"INSERT INTO {self.table} VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("COMMIT")
        return Event(event.kind, event.day, event.by, event.data, leaf)

    def events(self, subject: str) -> list[Event]:
        """The events of a subject, oldest first."""
        query = f"SELECT body, leaf FROM {self.table} WHERE subject = ? ORDER BY number"
        with self._open() as connection:
            return [_read(body, leaf) for body, leaf in connection.execute(query, (subject,))]

    def subjects(self) -> list[str]:
        """Every subject of which anything is known."""
        with self._open() as connection:
            return [s for (s,) in connection.execute(f"SELECT DISTINCT subject FROM {self.table} ORDER BY subject")]

    def last(self, subject: str, *kinds: str) -> Event | None:
        """The latest event of some kinds."""
        return next((e for e in reversed(self.events(subject)) if e.kind in kinds), None)


def _read(body: bytes, leaf: int) -> Event:
    plain = json.loads(body)
    return Event(plain["kind"], dt.date.fromisoformat(plain["day"]), plain["by"], plain["data"], leaf)
