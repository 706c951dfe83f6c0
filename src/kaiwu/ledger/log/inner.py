"""The file ``inner``: stored upper nodes of every full tile of level 0, so that a proof reads 1.5 KiB instead of hashing
a whole tile.

Owns its layout: 30 hashes per tile, heights 4 to 7 (16 + 8 + 4 + 2). It repeats what the tiles say, is checked with
them, and may be deleted: proofs are then slower until the next append writes it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kaiwu.ledger.log.hash import HASH_BYTES
from kaiwu.ledger.log.tile import read_part

NAME = "inner"
LOWEST = 4
"""Below this height a proof hashes the group of 16 leaves itself."""
GROUP = 1 << LOWEST
_STARTS = {4: 0, 5: 16, 6: 24, 7: 28}
RECORD_BYTES = 30 * HASH_BYTES


def pack_inner(rows: Sequence[bytes]) -> bytes:
    """The record of a tile from its rows by height."""
    return b"".join(rows[LOWEST:8])


def inner_hash(record: bytes, height: int, position: int) -> bytes:
    """A node of a record: ``height`` 4 to 7, ``position`` within the tile."""
    at = (_STARTS[height] + position) * HASH_BYTES
    return record[at : at + HASH_BYTES]


def count_records(folder: Path) -> int:
    """Whole records in the file; 0 where it is absent."""
    path = folder / NAME
    return path.stat().st_size // RECORD_BYTES if path.exists() else 0


def read_record(folder: str, number: int) -> bytes:
    """The record of a tile, empty where there is none."""
    try:
        data = read_part(f"{folder}/{NAME}", number * RECORD_BYTES, RECORD_BYTES)
    except FileNotFoundError:
        return b""
    return data if len(data) == RECORD_BYTES else b""


def write_records(folder: Path, first: int, data: bytes) -> Path:
    """Write records from tile ``first`` on and cut what follows, which no head has promised."""
    path = folder / NAME
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(first * RECORD_BYTES)
        file.seek(first * RECORD_BYTES)
        file.write(data)
    return path


def cut_records(folder: Path, count: int) -> None:
    """Cut what an interrupted append left behind the first ``count`` records."""
    path = folder / NAME
    if count == 0:
        path.unlink(missing_ok=True)
    elif path.exists() and path.stat().st_size > count * RECORD_BYTES:
        with path.open("r+b") as file:
            file.truncate(count * RECORD_BYTES)
