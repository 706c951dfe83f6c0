"""Where claims are kept (申报库): the port, and the SQLite tables in ``state.db`` beside the ledger's.

Owns the tables ``claim``, ``claim_event``, ``invoice``, ``evidence``, ``paid_row``, ``party``: rows are only added, and
triggers see to it. Every method works in the transaction of the connection that it is given.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from kaiwu.procedure.claim.case import Case, fold
from kaiwu.procedure.claim.event import Event, read_event
from kaiwu.procedure.claim.invoice_file import Evidence
from kaiwu.procedure.claim.surroundings import PaidRow, Party

_TABLES = """
CREATE TABLE IF NOT EXISTS claim (
  number TEXT PRIMARY KEY, programme TEXT NOT NULL, firm TEXT NOT NULL, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS claim_firm ON claim (firm);
CREATE TABLE IF NOT EXISTS claim_event (
  claim TEXT NOT NULL REFERENCES claim (number), number INTEGER NOT NULL, kind TEXT NOT NULL, day TEXT NOT NULL, body BLOB NOT NULL,
  leaf INTEGER NOT NULL, PRIMARY KEY (claim, number));
CREATE TABLE IF NOT EXISTS invoice (
  key TEXT NOT NULL, claim TEXT NOT NULL, event INTEGER NOT NULL, total INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (key, claim, event));
CREATE TABLE IF NOT EXISTS evidence (
  digest TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, kind TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS paid_row (
  file TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (file, number));
CREATE TABLE IF NOT EXISTS party (code TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (code, number));
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""
_FIXED = ("claim", "claim_event", "invoice", "evidence", "paid_row", "party")


class ClaimStore(Protocol):
    """Where claims are kept. A platform's database implements it too."""

    def add_claim(self, programme: str, firm: str, key: str, digest: str) -> str:
        """A new claim; its number."""
        ...

    def by_key(self, key: str) -> tuple[str, str] | None:
        """(number, digest) of the claim that a key made."""
        ...

    def add_event(self, case: Case, event: Event, leaf: int) -> None:
        """Append one event of a claim."""
        ...

    def case(self, number: str) -> Case | None:
        """A claim as its events leave it."""
        ...

    def cases(self, programme: str = "", firm: str = "") -> list[Case]:
        """All claims, by number."""
        ...

    def events(self, number: str) -> list[Event]:
        """The events of a claim, oldest first."""
        ...


class SqliteClaimStore:
    """``ClaimStore`` on an open SQLite connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def create(self) -> None:
        """Create what is missing, with the triggers that refuse changes; the last of them tells that all is there."""
        last = f"{_FIXED[-1]}_no_delete"
        if self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (last,)).fetchone():
            return
        for statement in filter(None, map(str.strip, _TABLES.split(";"))):
            self.connection.execute(statement)
        for table in _FIXED:
            for verb in ("UPDATE", "DELETE"):
                self.connection.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )

    def add_claim(self, programme: str, firm: str, key: str, digest: str) -> str:
        """See ``ClaimStore``."""
        number = f"C{self.next_number('claim'):06d}"
        self.connection.execute("INSERT INTO claim VALUES (?, ?, ?, ?, ?)", (number, programme, firm, key, digest))
        return number

    def next_number(self, name: str) -> int:
        """The next number of a series: claims, notices."""
        self.connection.execute("INSERT OR IGNORE INTO counter VALUES (?, 0)", (name,))
        self.connection.execute("UPDATE counter SET value = value + 1 WHERE name = ?", (name,))
        (value,) = self.connection.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
        return int(value)

    def by_key(self, key: str) -> tuple[str, str] | None:
        """See ``ClaimStore``."""
        row = self.connection.execute("SELECT number, digest FROM claim WHERE key = ?", (key,)).fetchone()
        return (row[0], row[1]) if row else None

    def add_event(self, case: Case, event: Event, leaf: int) -> None:
        """See ``ClaimStore``."""
        body = event.body(case.number, case.events)
        self.connection.execute(
            "INSERT INTO claim_event VALUES (?, ?, ?, ?, ?, ?)",
            (case.number, case.events, str(event.kind), event.day.isoformat(), body, leaf),
        )
        rows = {
            (i["number"], case.number, case.events, i["total"], i["digest"]) for i in event.data.get("invoices", ())
        }
        self.connection.executemany("INSERT INTO invoice VALUES (?, ?, ?, ?, ?)", sorted(rows))

    def case(self, number: str) -> Case | None:
        """See ``ClaimStore``."""
        row = self.connection.execute("SELECT programme FROM claim WHERE number = ?", (number,)).fetchone()
        return fold(number, row[0], self.events(number)) if row else None

    def cases(self, programme: str = "", firm: str = "") -> list[Case]:
        """See ``ClaimStore``."""
        return list(self._cases(programme, firm))

    def _cases(self, programme: str, firm: str) -> Iterator[Case]:
        """One pass over the events in order of claims."""
        sql = (
            "SELECT c.number, c.programme, e.body FROM claim c JOIN claim_event e ON e.claim = c.number "
            "WHERE (? = '' OR c.programme = ?) AND (? = '' OR c.firm = ?) ORDER BY c.number, e.number"
        )
        number, code, events = "", "", list[Event]()
        for claim, its_programme, body in self.connection.execute(sql, (programme, programme, firm, firm)):
            if claim != number:
                if events:
                    yield fold(number, code, events)
                number, code, events = claim, its_programme, []
            events.append(read_event(body))
        if events:
            yield fold(number, code, events)

    def events(self, number: str) -> list[Event]:
        """See ``ClaimStore``."""
        rows = self.connection.execute("SELECT body FROM claim_event WHERE claim = ? ORDER BY number", (number,))
        return [read_event(body) for (body,) in rows]

    def leaf(self, number: str, event: int) -> int:
        """The number of an event's leaf in the log."""
        row = self.connection.execute(
            "SELECT leaf FROM claim_event WHERE claim = ? AND number = ?", (number, event)
        ).fetchone()
        return int(row[0])

    def add_evidence(self, evidence: Evidence) -> None:
        """Remember a kept file; the same bytes once."""
        row = (evidence.digest, evidence.name, evidence.size, evidence.kind)
        self.connection.execute("INSERT OR IGNORE INTO evidence VALUES (?, ?, ?, ?)", row)

    def evidence(self, digest: str) -> Evidence | None:
        """A kept file."""
        row = self.connection.execute("SELECT * FROM evidence WHERE digest = ?", (digest,)).fetchone()
        return Evidence(*row) if row else None

    def add_paid(self, digest: str, rows: Sequence[PaidRow]) -> bool:
        """Keep an imported list of payments; False where the same file was kept before."""
        if self.connection.execute("SELECT 1 FROM paid_row WHERE file = ? LIMIT 1", (digest,)).fetchone():
            return False
        made = [(digest, i, json.dumps(_plain(row), ensure_ascii=False, sort_keys=True)) for i, row in enumerate(rows)]
        self.connection.executemany("INSERT INTO paid_row VALUES (?, ?, ?)", made)
        return True

    def paid(self) -> list[PaidRow]:
        """All imported payments."""
        rows = self.connection.execute("SELECT body FROM paid_row ORDER BY file, number")
        return [_paid_row(json.loads(body)) for (body,) in rows]

    def add_parties(self, parties: Iterable[Party]) -> None:
        """Keep persons (by digest) and addresses of firms; a later row of a firm replaces the earlier in reading."""
        for party in parties:
            body = json.dumps([party.name, sorted(party.persons), party.address], ensure_ascii=False)
            (last,) = self.connection.execute("SELECT COUNT(*) FROM party WHERE code = ?", (party.code,)).fetchone()
            self.connection.execute("INSERT INTO party VALUES (?, ?, ?)", (party.code, last, body))

    def parties(self) -> dict[str, Party]:
        """Parties by code, the latest row of each."""
        found = {}
        for code, body in self.connection.execute("SELECT code, body FROM party ORDER BY code, number"):
            name, persons, address = json.loads(body)
            found[code] = Party(code, name, frozenset(persons), address)
        return found


def _plain(row: PaidRow) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value := getattr(row, name), dt.date) else value
        for name in PaidRow.__dataclass_fields__
    }


def _paid_row(plain: dict[str, Any]) -> PaidRow:
    day = plain["day"]
    return PaidRow(**{**plain, "day": dt.date.fromisoformat(day) if day else None})


def refold(store: SqliteClaimStore, number: str) -> Case:
    """A claim folded again from its stored events, for an audit."""
    case = store.case(number)
    assert case is not None, "the claim is known"
    return fold(number, case.programme, store.events(number))
