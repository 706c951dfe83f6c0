"""The workspace's own database put back after a test, through SQLite, since others may have it open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def kept_state(folder: Path) -> Iterator[None]:
    """What a test writes into ``state.db`` is taken away again."""
    with closing(sqlite3.connect(":memory:")) as kept:
        with closing(sqlite3.connect(folder / "state.db")) as live:
            live.backup(kept)
        yield
        with closing(sqlite3.connect(folder / "state.db", timeout=30)) as live:
            kept.backup(live)
