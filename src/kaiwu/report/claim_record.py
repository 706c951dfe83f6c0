"""What the claim pages read (兑付台账): claims, events and books of a workspace, without writing anything.

Owns the reading connection and what is kept between pages while nothing new was recorded.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

from kaiwu.ledger import SqliteBook
from kaiwu.pack.programme import Programme
from kaiwu.procedure import Workspace
from kaiwu.procedure.claim import Case, Event, Evidence, SqliteClaimStore
from kaiwu.procedure.claim.bank import Arrear, list_arrears
from kaiwu.procedure.claim.pot_month import PotMonth, read_months

_T = TypeVar("_T")


@dataclass
class ClaimRecord:
    """Claims of one workspace as they stand on disk."""

    workspace: Workspace
    _kept: dict[tuple[str, ...], Any] = field(default_factory=dict)
    _stand: tuple[int, int] = (-1, -1)
    _lock: RLock = field(default_factory=RLock)

    def read(self, action: Callable[[SqliteClaimStore], _T], otherwise: _T) -> _T:
        """Read from the store; ``otherwise`` where there are no claims yet."""
        path = self.workspace.folder / "state.db"
        if not path.is_file():
            return otherwise
        connection = sqlite3.connect(path, timeout=10.0)
        try:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'claim_event'").fetchone() is None:
                return otherwise
            return action(SqliteClaimStore(connection))
        finally:
            connection.close()

    def keep(self, key: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What was made for a key, as long as no event and no leaf was added."""
        with self._lock:
            stand = self.read(_count, (0, 0))
            if stand != self._stand:
                self._kept.clear()
                self._stand = stand
            if key not in self._kept:
                self._kept[key] = make()
            kept: _T = self._kept[key]
            return kept

    def programmes(self) -> list[Programme]:
        """Programmes with claims, in order of code."""
        with_claims = {case.programme for case in self.cases()}
        return [p for code, p in sorted(self.workspace.library.programmes.items()) if code in with_claims]

    def cases(self, programme: str = "") -> list[Case]:
        """All claims, or those of one programme, by number."""
        nothing: list[Case] = []
        cases = self.keep(("cases",), lambda: self.read(lambda store: store.cases(), nothing))
        return [c for c in cases if not programme or c.programme == programme]

    def case(self, number: str) -> Case | None:
        """One claim."""
        return next((c for c in self.cases() if c.number == number), None)

    def events(self, number: str) -> list[Event]:
        """The events of a claim."""
        return self.read(lambda store: store.events(number), [])

    def leaves(self, number: str, count: int) -> list[int]:
        """The leaves of its events."""
        return self.read(lambda store: [store.leaf(number, i) for i in range(count)], [])

    def evidence(self, digest: str) -> Evidence | None:
        """A kept file."""
        return self.read(lambda store: store.evidence(digest), None)

    @property
    def book(self) -> SqliteBook:
        """The books."""
        return self.workspace.witness.book

    def last_day(self, programme: str = "") -> dt.date | None:
        """The day of the last event: the day as of which pages count ages."""
        return max((c.last_day for c in self.cases(programme) if c.last_day is not None), default=None)

    def months(self, programme: Programme) -> list[PotMonth]:
        """The pot at each month's end up to the last event."""
        last = self.last_day(programme.code)
        if last is None or last.year < programme.pot.year:
            return []
        count = 12 if last.year > programme.pot.year else last.month
        return self.keep(("months", programme.code), lambda: read_months(self.book, programme, count))

    def arrears(self, programme: Programme) -> list[Arrear]:
        """What was granted and is not paid, oldest first."""
        last = self.last_day(programme.code)
        if last is None:
            return []
        cases = self.cases(programme.code)
        nothing: dict[str, dt.date] = {}
        decided = self.keep(
            ("decided", programme.code), lambda: self.read(lambda store: _decided(store, cases), nothing)
        )
        return list_arrears(cases, decided, last)


def _count(store: SqliteClaimStore) -> tuple[int, int]:
    (events,) = store.connection.execute("SELECT COUNT(*) FROM claim_event").fetchone()
    (leaves,) = store.connection.execute("SELECT COALESCE(MAX(leaf), 0) FROM claim_event").fetchone()
    return int(events), int(leaves)


def _decided(store: SqliteClaimStore, cases: list[Case]) -> dict[str, dt.date]:
    return {c.number: store.events(c.number)[c.decided_event].day for c in cases if c.decided_event and c.due}
