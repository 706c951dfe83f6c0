"""The gateway (数据库口): the few things that a book asks of an open transaction.

Owns the port between the book's SQL and an engine. SQL is written with ``?`` for a value and ``IN @`` for a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

Row = tuple[Any, ...]
Query = tuple[str, Sequence[Any]]


class Gateway(Protocol):
    """An open transaction."""

    def lock(self) -> None:
        """Wait until no other writer can decide; held until the transaction ends."""

    def ask(self, queries: Sequence[Query]) -> list[list[Row]]:
        """All rows of several queries, in one round trip where the engine can."""

    def stream(self, sql: str) -> Iterator[Row]:
        """The rows of a large query, one by one."""

    def write(self, batches: Sequence[tuple[str, Sequence[Sequence[Any]]]], last: Query) -> None:
        """Several statements, each over many rows, in one round trip where the engine can; ``last`` is a conditional
        update that must change exactly one row."""
