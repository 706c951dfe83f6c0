"""Turns (排队): processes that write to one SQLite file wait in the kernel instead of polling.

SQLite's own lock decides who may write; this only keeps the others asleep until it is free. Owns the file ``…-turn``
beside the database, which is empty and may be deleted when nobody writes. Where the system has no ``flock`` nothing
waits here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Turn:
    """The queue of one database file; a killed process loses its place by itself."""

    def __init__(self, place: Path | str) -> None:
        is_file = fcntl is not None and str(place) not in ("", ":memory:")
        self._descriptor = os.open(f"{place}-turn", os.O_RDWR | os.O_CREAT, 0o666) if is_file else -1

    @contextmanager
    def wait(self) -> Iterator[None]:
        """Hold the turn."""
        if self._descriptor < 0:
            yield
            return
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leave the queue for good."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
