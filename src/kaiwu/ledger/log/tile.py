"""Names and contents of the static files of a log: hash tiles, bundles of leaves, the head.

Owns the layout (C2SP tlog-tiles: 256 hashes per tile, ``x001/x234/067``, ``.p/W`` for partial ones) and writing a file
so that a crash leaves the old one or the new one. Differs from C2SP in one place: a leaf in a bundle is preceded by
its length in 4 bytes, not 2, because a stored run or notice may be longer than 64 KiB.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiwu.ledger.log.hash import HASH_BYTES
from kaiwu.quantity import KaiwuError, Problem

HEIGHT = 8
WIDTH = 1 << HEIGHT
LENGTH_BYTES = 4
MAX_LEAF_BYTES = 1 << 24
"""16 MiB: a longer document is logged by its digest."""
MANY_FILES = 64
"""Above this one ``sync`` of the system is quicker than one ``fsync`` per file, and as durable."""
_FORMAT = "kaiwu tile log 1"


def number_path(number: int) -> str:
    """The path of a tile's number: 1234067 → ``x001/x234/067``."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts)


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """The path of a tile below the log's folder; ``level`` is ``entries`` for the bundles of leaves."""
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{number_path(number)}{partial}"


def pack_bundle(leaves: Iterable[bytes]) -> bytes:
    """Leaves as the bytes of a bundle."""
    return b"".join([part for leaf in leaves for part in (len(leaf).to_bytes(LENGTH_BYTES, "big"), leaf)])


def unpack_bundle(data: bytes) -> list[bytes]:
    """The leaves of a bundle. Raises ``ValueError`` where it does not end with the end of a leaf."""
    leaves = read_whole_leaves(data)
    if sum(map(len, leaves)) + LENGTH_BYTES * len(leaves) != len(data):
        raise ValueError(f"leaf {len(leaves)} runs past the end")
    return leaves


def read_whole_leaves(data: bytes) -> list[bytes]:
    """The leaves of a bundle up to the first that runs past its end."""
    leaves, at, end = [], 0, len(data)
    while at + LENGTH_BYTES <= end:
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if at > end:
            break
        leaves.append(data[start:at])
    return leaves


@dataclass(frozen=True, slots=True)
class Head:
    """What the log has (日志头): number of leaves and their root; written last, so that it never promises too much."""

    hash_name: str
    size: int
    root: bytes

    def render(self) -> bytes:
        """The file ``head``: format, hash, size, root."""
        root = base64.b64encode(self.root).decode()
        return f"{_FORMAT}\n{self.hash_name}\n{self.size}\n{root}\n".encode()


def read_head(folder: Path) -> Head | None:
    """The head of a log, none for a new folder. Raises ``KaiwuError`` for a head that we did not write."""
    path = folder / "head"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        _, name, size, root = data.decode("ascii").splitlines()
        head = Head(name, int(size), base64.b64decode(root, validate=True))
    except ValueError as error:
        raise KaiwuError(bad_head(path)) from error
    if head.render() != data or len(head.root) != HASH_BYTES:
        raise KaiwuError(bad_head(path))
    return head


def bad_head(path: Path) -> Problem:
    """The problem of an altered head."""
    return Problem(
        "LOG-HEAD",
        "日志头被改动或损坏; 请用 kaiwu verify --log 检查, 从备份恢复",
        "the head of the log was altered or damaged: check with kaiwu verify --log, restore from a backup",
        where=str(path),
    )


def read_part(path: str, start: int, length: int) -> bytes:
    """Some bytes of a file, fewer where it is shorter; without the cost of a file object."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        os.lseek(descriptor, start, os.SEEK_SET)
        return os.read(descriptor, length)
    finally:
        os.close(descriptor)


def write_file(path: Path, data: bytes, *, is_durable: bool) -> None:
    """Replace a file as a whole. ``is_durable`` waits until file and name are on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        if is_durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)
    if is_durable:
        _sync_path(path.parent)


def sync_files(paths: Sequence[Path], root: Path) -> None:
    """Wait until written files and the folders that name them are on the disk."""
    if len(paths) > MANY_FILES and hasattr(os, "sync"):
        os.sync()
        return
    folders = {root.parent}
    for path in paths:
        _sync_path(path)
        folders |= {parent for parent in path.parents if parent == root or root in parent.parents}
    for folder in sorted(folders, reverse=True):
        _sync_path(folder)


def _sync_path(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:  # a folder cannot be opened on Windows; its names are journaled there
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
