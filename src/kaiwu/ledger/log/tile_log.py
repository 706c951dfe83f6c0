"""The log on disk that grows: append leaves durably, repair what a crash left half-written.

Owns writing one folder of static files. Reading and proving is ``tile_reader``, the signature ``publish``, the full
re-verification ``audit``. One process appends at a time: the folder is locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from kaiwu.ledger.log.checkpoint import read_checkpoint
from kaiwu.ledger.log.frontier import Frontier, tail_widths
from kaiwu.ledger.log.inner import count_records, pack_inner, write_records
from kaiwu.ledger.log.stray import find_strays, remove_strays
from kaiwu.ledger.log.tile import (
    HEIGHT,
    MAX_LEAF_BYTES,
    WIDTH,
    Head,
    bad_head,
    pack_bundle,
    sync_files,
    tile_path,
    write_file,
)
from kaiwu.ledger.log.tile_reader import TileReader
from kaiwu.quantity import KaiwuError, Problem


class TileLog(TileReader):
    """A tamper-evident log opened to append.

    What a crash left half-written is removed on opening; leaves are never invented: the file ``head`` is written last.
    Raises ``KaiwuError`` when head and tiles do not agree, or when removing would destroy what was signed.
    """

    def __init__(self, folder: Path | str, hash: str | None = None) -> None:
        super().__init__(folder, hash)
        if find_strays(self.folder, self.size):
            with self.locked():
                self.refresh()
                self._check_nothing_is_lost()
                remove_strays(self.folder, self.size)

    def append(self, leaves: Iterable[bytes], at: int | None = None) -> int:
        """Append leaves (追加) durably, all or none; gives the new size.

        ``at`` is the index that the first must get: where another process was quicker, nothing is appended and the
        problem is ``LOG-MOVED``. Raises ``KaiwuError``.
        """
        with self.locked():
            self.refresh()
            if at not in (None, self.size):
                raise KaiwuError(
                    Problem(
                        "LOG-MOVED",
                        f"日志已有 {self.size} 条, 不是 {at} 条: 别的进程先追加了, 请重读后再试",
                        f"the log has {self.size} leaves, not {at}: another process was quicker; read again and retry",
                        where=str(self.folder),
                    )
                )
            try:
                self._write_leaves(iter(leaves))
            finally:
                self.refresh()  # what the disk says is so, also after an interruption right behind the head
                remove_strays(self.folder, self.size)
        return self.size

    def _check_nothing_is_lost(self) -> None:
        """Refuse to remove files as torn where the head itself is gone or older than what was signed."""
        path = self.folder / "checkpoint"
        signed = read_checkpoint(path.read_bytes().decode(errors="replace"))[0].size if path.exists() else 0
        if signed > self.size or (not (self.folder / "head").exists() and (self.folder / "tile").exists()):
            raise KaiwuError(bad_head(self.folder / "head"))

    def _write_leaves(self, leaves: Iterator[bytes]) -> None:
        if not (self.folder / "head").exists():  # so that tiles without a head are never those of a first, torn append
            self._check_nothing_is_lost()
            write_file(self.folder / "head", self.head.render(), is_durable=True)
        grown, paths, records, tail = self._frontier.copy(), [], [], self._tail_bundle()
        while chunk := list(islice(leaves, grown.room)):
            _check_leaves(chunk, grown.size)
            number, tail = grown.size // WIDTH, tail + pack_bundle(chunk)
            for level, tile, rows in grown.add(self.tree.leaves(chunk)):
                paths.append(self._put(tile_path(level, tile), rows[0]))
                records += [pack_inner(rows)] if level == 0 else []
            if grown.size % WIDTH == 0:
                paths.append(self._put(tile_path("entries", number), tail))
                tail = b""
        if grown.size == self.size:
            return
        if tail:
            paths.append(self._put(tile_path("entries", grown.size // WIDTH, grown.size % WIDTH), tail))
        paths += self._put_tails(grown) + self._put_inner(records, grown.size // WIDTH)
        sync_files(paths, self.folder)
        write_file(self.folder / "head", Head(self.tree.name, grown.size, grown.root()).render(), is_durable=True)

    def _put_tails(self, grown: Frontier) -> list[Path]:
        """Write the incomplete tiles of the levels that grew."""
        paths = []
        for level, width in enumerate(tail_widths(grown.size)):
            if width and self.size >> HEIGHT * level != grown.size >> HEIGHT * level:
                path = tile_path(level, grown.size >> HEIGHT * (level + 1), width)
                paths.append(self._put(path, grown.tails[level]))
        return paths

    def _put_inner(self, records: list[bytes], tiles: int) -> list[Path]:
        """Write the records of new full tiles, and of older ones where somebody deleted the file."""
        if not records:
            return []
        missing = range(count_records(self.folder), self.size // WIDTH)
        records[:0] = [pack_inner(self.tree.rows(self._tile(0, number, WIDTH))) for number in missing]
        return [write_records(self.folder, tiles - len(records), b"".join(records))]

    def _tail_bundle(self) -> bytes:
        """The leaves of the last, incomplete bundle, packed, checked against their hashes before they are written again."""
        if self.size % WIDTH == 0:
            return b""
        leaves = self._bundle(self.size // WIDTH)
        if self.tree.leaves(leaves) != self._frontier.tails[0]:
            raise KaiwuError(
                Problem(
                    "LOG-TAIL",
                    "最后一个叶子文件与它的哈希不符, 不能在其后追加; 请用 kaiwu verify --log 检查",
                    "the last bundle does not match its hashes: nothing is appended to it; check with kaiwu verify --log",
                    where=str(self.folder / tile_path("entries", self.size // WIDTH, self.size % WIDTH)),
                )
            )
        return pack_bundle(leaves)

    def _put(self, path: str, data: bytes) -> Path:
        write_file(self.folder / path, data, is_durable=False)
        return self.folder / path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against other writers (not to be nested); where the system has no such locks (Windows), the caller sees to it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            import fcntl
        except ImportError:
            yield
            return
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _check_leaves(leaves: list[bytes], first: int) -> None:
    for i, leaf in enumerate(leaves):
        if not isinstance(leaf, bytes) or len(leaf) > MAX_LEAF_BYTES:
            raise KaiwuError(
                Problem(
                    "LOG-LEAF",
                    f"叶子必须是不超过 {MAX_LEAF_BYTES} 字节的 bytes; 更大的文件请登记其摘要",
                    f"a leaf must be bytes, at most {MAX_LEAF_BYTES}: log a larger document by its digest",
                    where=f"leaf {first + i}",
                )
            )
