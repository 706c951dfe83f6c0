"""Watches every statement that reaches the database: a write to a business table belongs into a transaction that writes an event."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

WRITE = re.compile(r'^\s*(INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.I)
TECHNICAL = frozenset({"django_session", "kaiwu_job_workerbeat", "kaiwu_case_counter"})
"""Sessions, signs of life, counters of numbers: nothing that anybody decides."""
EVENTS = "kaiwu_event_event"


class Watch:
    """A context in which statements are read. A transaction is a savepoint here, since a test has the outer one.

    ``writes``: tables written at all. ``changed``: of those, the business tables. ``silent``: business tables that were written in a
    transaction without an event, or in none. A job's own progress is no business when ``is_working``.
    """

    def __init__(self, *, is_working: bool = False) -> None:
        self.technical = TECHNICAL | ({"kaiwu_job_job"} if is_working else set())
        self.writes: list[str] = []
        self.changed: list[str] = []
        self.silent: list[str] = []
        self._open: list[list[str]] = []

    def __enter__(self) -> Watch:
        from django.db import connection

        self._wrapper = connection.execute_wrapper(self._read)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._wrapper.__exit__(*error)

    def _read(self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        done = execute(sql, parameters, many, context)
        word = sql.split(None, 1)[0].upper() if sql.strip() else ""
        if word == "SAVEPOINT":
            self._open.append([])
        elif word == "RELEASE" and self._open:
            self._close(self._open.pop())
        elif word == "ROLLBACK" and self._open:
            self._open[-1].clear()
        elif (match := WRITE.match(sql)) and match[2] not in self.technical:
            self._note(match[2])
        return done

    def _note(self, table: str) -> None:
        self.writes.append(table)
        if table != EVENTS:
            self.changed.append(table)
        if self._open:
            self._open[-1].append(table)
        elif table != EVENTS:
            self.silent.append(table)

    def _close(self, tables: list[str]) -> None:
        if self._open:
            self._open[-1] += tables
        elif tables and EVENTS not in tables:
            self.silent += tables
