"""Events of rules and rounds (事件): who did what on which day, kept for ever and logged one leaf each.

Owns their names, their canonical bytes and the table ``allot_event``. Rows are only added; triggers see to it.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kaiwu.ledger import SqliteBook
from kaiwu.ledger.log import canonical_bytes
from kaiwu.procedure.workspace import Workspace

LEAF = "allotment"
_TABLE = """
CREATE TABLE IF NOT EXISTS allot_event (
  subject TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, body BLOB NOT NULL, leaf INTEGER NOT NULL,
  PRIMARY KEY (subject, number));
CREATE TRIGGER IF NOT EXISTS allot_event_no_update BEFORE UPDATE ON allot_event BEGIN SELECT RAISE(ABORT, 'allot_event is append-only'); END;
CREATE TRIGGER IF NOT EXISTS allot_event_no_delete BEFORE DELETE ON allot_event BEGIN SELECT RAISE(ABORT, 'allot_event is append-only'); END;
"""


class EventKind(StrEnum):
    """What can happen; previews and adoptions belong to a rule, the rest to a round."""

    PREVIEW = "preview"
    ADOPT = "adopt"
    SEED = "seed"
    RUN = "run"
    EXCEPTION = "exception"
    NOTICE = "notice"
    UPHOLD = "uphold"
    REJECT = "reject"
    FINAL = "final"
    SUPPLY = "supply"


LABELS: dict[str, tuple[str, str]] = {
    "preview": ("上年数据试算", "tried on last year's data"), "adopt": ("办法采用", "rule adopted"), "seed": ("抽签承诺", "seed committed"),
    "run": ("排序与安排", "ordered and placed"), "exception": ("会议例外事项", "exception of a meeting"), "notice": ("公示", "noticed"),
    "uphold": ("异议成立", "objection upheld"), "reject": ("异议不成立", "objection rejected"), "final": ("定案", "final"), "supply": ("供应", "supplied"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``data`` holds texts, whole numbers, and lists and mappings of these. ``leaf`` is its number in the log."""

    kind: str
    day: dt.date
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    leaf: int = -1


class Docket:
    """All events of a workspace's rules and rounds, by subject: the code of a rulebook or of a round."""

    def __init__(self, workspace: Workspace) -> None:
        self.path = workspace.folder / "state.db"
        _ = workspace.witness.book  # the ledger's tables stand in the same file
        with self._open() as connection:
            connection.executescript(_TABLE)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()

    def add(self, subject: str, event: Event) -> Event:
        """Append an event and its leaf in one transaction; the event with the number of its leaf."""
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            (number,) = connection.execute("SELECT COUNT(*) FROM allot_event WHERE subject = ?", (subject,)).fetchone()
            body = canonical_bytes({
                "subject": subject, "event": number, "kind": str(event.kind), "day": event.day.isoformat(), "by": event.by, "data": dict(event.data),
            })  # fmt: skip
            leaf = SqliteBook(connection).add_leaf(LEAF, body, connection)
            row = (subject, number, str(event.kind), event.day.isoformat(), body, leaf)
            connection.execute("INSERT INTO allot_event VALUES (?, ?, ?, ?, ?, ?)", row)
            connection.execute("COMMIT")
        return Event(event.kind, event.day, event.by, event.data, leaf)

    def events(self, subject: str) -> list[Event]:
        """The events of a subject, oldest first."""
        with self._open() as connection:
            rows = connection.execute("SELECT body, leaf FROM allot_event WHERE subject = ? ORDER BY number", (subject,)).fetchall()  # fmt: skip
        return [_read(body, leaf) for body, leaf in rows]

    def subjects(self) -> list[str]:
        """Every rule and round of which anything is known."""
        with self._open() as connection:
            return [s for (s,) in connection.execute("SELECT DISTINCT subject FROM allot_event ORDER BY subject")]

    def last(self, subject: str, *kinds: str) -> Event | None:
        """The latest event of some kinds."""
        return next((e for e in reversed(self.events(subject)) if e.kind in kinds), None)


def _read(body: bytes, leaf: int) -> Event:
    plain = json.loads(body)
    return Event(plain["kind"], dt.date.fromisoformat(plain["day"]), plain["by"], plain["data"], leaf)
