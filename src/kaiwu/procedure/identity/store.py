"""The review queue and the identity events of a workspace, kept in its ``state.db``; rows are only added.

Owns three tables. What they mean is ``review`` and ``kaiwu.identity.history``.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from pathlib import Path

from kaiwu.identity.history import EventKind, History, IdentityEvent
from kaiwu.identity.linking.answer import Alternative
from kaiwu.procedure.identity.review import ReviewAnswer, ReviewItem
from kaiwu.quantity import KaiwuError, Problem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS review_item (
  number INTEGER PRIMARY KEY, text TEXT NOT NULL, code TEXT NOT NULL, place TEXT NOT NULL, source TEXT NOT NULL,
  candidates TEXT NOT NULL, said TEXT NOT NULL, ranker TEXT NOT NULL, asked_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS review_answer (
  number INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES review_item (number), entity TEXT NOT NULL, answered_by TEXT NOT NULL,
  answered_at TEXT NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS identity_event (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, decided_by TEXT NOT NULL, day TEXT NOT NULL, entity TEXT NOT NULL, others TEXT NOT NULL,
  records TEXT NOT NULL, undoes INTEGER, reason TEXT NOT NULL);
"""
_TABLES = ("review_item", "review_answer", "identity_event")


class ReviewStore:
    """Safe for several processes: every call is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as connection:
            connection.executescript(_SCHEMA)
            for table in _TABLES:
                for verb in ("UPDATE", "DELETE"):
                    connection.execute(
                        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    )

    def add_items(self, items: Sequence[ReviewItem]) -> list[ReviewItem]:
        """Ask about mentions; one that already waits for an answer is not asked again. Returns the new ones, numbered."""
        with self._write() as connection:
            waiting = {(i.text, i.code, i.place) for i in _pending(connection)}
            (last,) = connection.execute("SELECT COALESCE(MAX(number), 0) FROM review_item").fetchone()
            added: list[ReviewItem] = []
            for item in items:
                key = (item.text, item.code, item.place)
                if key not in waiting:
                    waiting.add(key)
                    added.append(replace(item, number=last + len(added) + 1))
            rows = [_item_row(item) for item in added]
            connection.executemany("INSERT INTO review_item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        return added

    def items(self) -> list[ReviewItem]:
        """Every item that was ever asked, oldest first."""
        with self._open() as connection:
            return _items(connection)

    def pending(self) -> list[ReviewItem]:
        """Items without an answer, oldest first."""
        with self._open() as connection:
            return _pending(connection)

    def add_answer(self, answer: ReviewAnswer) -> ReviewAnswer:
        """Keep an answer. Raises ``KaiwuError`` where there is no such item or nobody signs."""
        if not answer.by.strip():
            raise KaiwuError(Problem("S-REVIEW-SIGNER", "复核要写明是谁答的", "an answer is given by a named person"))
        with self._write() as connection:
            if connection.execute("SELECT 1 FROM review_item WHERE number = ?", (answer.item,)).fetchone() is None:
                zh, en = f"没有第 {answer.item} 号复核项", f"there is no item {answer.item} in the queue"
                raise KaiwuError(Problem("S-REVIEW-ITEM", zh, en))
            (last,) = connection.execute("SELECT COALESCE(MAX(number), 0) FROM review_answer").fetchone()
            kept = replace(answer, number=last + 1)
            connection.execute("INSERT INTO review_answer VALUES (?, ?, ?, ?, ?, ?)", astuple(kept))
        return kept

    def answers(self) -> dict[int, ReviewAnswer]:
        """The last answer of each answered item."""
        with self._open() as connection:
            rows = connection.execute("SELECT * FROM review_answer ORDER BY number").fetchall()
        return {row[1]: ReviewAnswer(*row) for row in rows}

    def history(self, known: Collection[str] = ()) -> History:
        """The identity events, folded over the entities that a register knows."""
        with self._open() as connection:
            return History(_events(connection), known)

    def add_event(self, make: Callable[[int], IdentityEvent], known: Collection[str] = ()) -> IdentityEvent:
        """Append an event that is given its number. Raises ``KaiwuError`` where it contradicts what holds."""
        with self._write() as connection:
            history = History(_events(connection), known)
            event = make(len(history.events) + 1)
            history.append(event)
            row = (
                event.number, event.kind.value, event.by, event.day.isoformat(), event.entity, json.dumps(event.others),
                json.dumps(event.records), event.undoes, event.reason,
            )  # fmt: skip
            connection.execute("INSERT INTO identity_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        return event

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        except sqlite3.DatabaseError as error:
            zh, en = f"复核记录不能读写({error})", f"the record of reviews cannot be used ({error})"
            raise KaiwuError(Problem("S-REVIEW", zh, en, where=str(self.path))) from error
        finally:
            connection.close()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")


def _item_row(item: ReviewItem) -> tuple[object, ...]:
    candidates = json.dumps([astuple(c) for c in item.candidates], ensure_ascii=False)
    return (
        item.number,
        item.text,
        item.code,
        item.place,
        item.source,
        candidates,
        item.said,
        item.ranker,
        item.asked_at,
    )


def _items(connection: sqlite3.Connection) -> list[ReviewItem]:
    rows = connection.execute("SELECT * FROM review_item ORDER BY number").fetchall()
    return [
        ReviewItem(
            number, text, code, place, source, tuple(Alternative(*c) for c in json.loads(found)), said, ranker, at
        )
        for number, text, code, place, source, found, said, ranker, at in rows
    ]


def _pending(connection: sqlite3.Connection) -> list[ReviewItem]:
    answered = {row[0] for row in connection.execute("SELECT DISTINCT item FROM review_answer")}
    return [item for item in _items(connection) if item.number not in answered]


def _events(connection: sqlite3.Connection) -> list[IdentityEvent]:
    rows = connection.execute("SELECT * FROM identity_event ORDER BY number").fetchall()
    return [
        IdentityEvent(
            number, EventKind(kind), by, dt.date.fromisoformat(day), entity, tuple(json.loads(others)),
            tuple(json.loads(records)), undoes, reason,
        )
        for number, kind, by, day, entity, others, records, undoes, reason in rows
    ]  # fmt: skip
