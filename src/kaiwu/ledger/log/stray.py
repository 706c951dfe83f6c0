"""Files of a log's folder that its head does not promise: left by a crash, or put there by somebody.

Owns telling them apart and removing what a crash can leave. Files of other names are reported, never removed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from kaiwu.ledger.log.frontier import tail_widths
from kaiwu.ledger.log.inner import cut_records
from kaiwu.ledger.log.tile import HEIGHT, WIDTH, tile_path

KNOWN = frozenset({"head", "checkpoint", "key.pem", "key.pub", "salt.bin", "inner"})
"""Files beside the tiles; ``key.pem`` and ``salt.bin`` are secrets and never served with them."""
_OURS = re.compile(r"tile/(entries|\d{1,2})/(x\d{3}/)*\d{3}(\.p/\d{1,3})?(\.tmp)?|(head|checkpoint)\.tmp")


def promised_tail(size: int) -> set[str]:
    """The paths of the incomplete tiles and the incomplete bundle of a log of that size."""
    paths = {tile_path(lv, size >> HEIGHT * (lv + 1), w) for lv, w in enumerate(tail_widths(size)) if w}
    return paths | ({tile_path("entries", size // WIDTH, size % WIDTH)} if size % WIDTH else set())


def find_strays(folder: Path, size: int) -> list[str]:
    """Paths below the folder that a log of that size does not have, in order."""
    tail = promised_tail(size)
    return sorted(p for p in _files(folder, "") if p not in tail and p not in KNOWN and not _is_full_tile(p, size))


def remove_strays(folder: Path, size: int) -> None:
    """Remove what an interrupted append left."""
    cut_records(folder, size // WIDTH)
    for path in find_strays(folder, size):
        if _OURS.fullmatch(path):
            (folder / path).unlink(missing_ok=True)
            if ".p/" in path and not any((folder / path).parent.iterdir()):
                (folder / path).parent.rmdir()


def _is_full_tile(path: str, size: int) -> bool:
    parts = path.split("/")
    if parts[0] != "tile" or len(parts) < 3 or ".p" in path or path.endswith(".tmp") or not _OURS.fullmatch(path):
        return False
    number = int("".join(part[-3:] for part in parts[2:]))
    level = 0 if parts[1] == "entries" else int(parts[1])
    return number < size >> HEIGHT * (level + 1) and path == tile_path(parts[1], number)


def _files(folder: Path, prefix: str) -> Iterator[str]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name
