"""Reading a log on disk: its leaves, its roots, proofs that a leaf is there and that nothing before it changed.

Owns reading one folder of static files, which it never writes. Appending is ``tile_log``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kaiwu.ledger.log.frontier import Frontier, tail_widths
from kaiwu.ledger.log.hash import HASH_BYTES, TreeHash, find_hash
from kaiwu.ledger.log.inner import GROUP, LOWEST, inner_hash, read_record
from kaiwu.ledger.log.merkle import complete_subtrees, consistency_ranges, inclusion_ranges, root_of_path
from kaiwu.ledger.log.tile import HEIGHT, WIDTH, Head, bad_head, read_head, read_part, tile_path, unpack_bundle
from kaiwu.quantity import KaiwuError, Problem

CACHED_TILES = 512
"""Expanded tiles kept, 16 KiB each."""
CACHED_PATHS = 8192
"""Paths above a tile kept, about 1 KiB each."""


class TileReader:
    """A tamper-evident log (防篡改日志) in a folder of tiles, opened to read; used by one thread.

    ``hash`` is for a new folder (``sha256`` where not given); an existing log knows its own. Raises ``KaiwuError`` when
    head and tiles do not agree.
    """

    def __init__(self, folder: Path | str, hash: str | None = None) -> None:
        self.folder = Path(folder)
        head = read_head(self.folder)
        if head is not None and hash not in (None, head.hash_name):
            raise KaiwuError(
                Problem(
                    "LOG-HASH-OTHER",
                    f"这个日志用的是 {head.hash_name}, 不是 {hash}",
                    f"this log was made with {head.hash_name}, not {hash}",
                    where=str(self.folder),
                )
            )
        self.tree: TreeHash = find_hash(head.hash_name if head else hash or "sha256")
        self._cache: dict[tuple[int, int], list[bytes]] = {}
        self._high: dict[tuple[int, int], list[bytes]] = {}
        self._base = str(self.folder)
        self._ragged: dict[tuple[int, int], bytes] = {}
        self._frontier = self._load(head)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._frontier.size

    @property
    def head(self) -> Head:
        """Hash, size and root, as the file ``head`` has them."""
        return Head(self.tree.name, self.size, self.root())

    def refresh(self) -> bool:
        """Read the head again, where another process may have appended; whether it had."""
        head = read_head(self.folder)
        if head is None or head.size == self.size:
            return False
        self._frontier = self._load(head)
        self._cache.clear()
        return True

    def root(self, size: int | None = None) -> bytes:
        """The root (树根) of the first ``size`` leaves."""
        return self.range_hash(0, self.size if size is None else self._known(size))

    def prove_inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The path (存在证明) from leaf ``index`` to the root of the first ``size`` leaves. RFC 9162, 2.1.3."""
        size = self.size if size is None else self._known(size)
        number, offset = divmod(index, WIDTH)
        low = self._low_path(number, offset) if index >= 0 and (number + 1) * WIDTH <= size else []
        if low:
            leaf_hash, path = low[0], low[1:] + self._high_path(number, size)
        else:
            path = [self.range_hash(start, stop) for start, stop in inclusion_ranges(index, size)]
            leaf_hash = self._node(0, index)
        if root_of_path(self.tree, index, size, leaf_hash, path) != self.root(size):
            raise KaiwuError(
                Problem(
                    "LOG-SELF",
                    "日志的文件互相不符, 不能出具证明; 请用 kaiwu verify --log 检查",
                    "the files of the log disagree, no proof is given: check with kaiwu verify --log",
                    where=f"{self.folder}: leaf {index}, size {size}",
                )
            )
        return path

    def prove_consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The path (一致性证明) by which the first ``new`` leaves begin with the first ``old``. RFC 9162, 2.1.4."""
        new = self.size if new is None else self._known(new)
        return [self.range_hash(start, stop) for start, stop in consistency_ranges(old, new)]

    def leaf(self, index: int) -> bytes:
        """The stored bytes of a leaf."""
        inclusion_ranges(index, self.size)
        return self._bundle(index // WIDTH)[index % WIDTH]

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The stored bytes of leaves ``[start, stop)``."""
        stop = self.size if stop is None else self._known(stop)
        for number in range(start // WIDTH, -(-stop // WIDTH)):
            first = number * WIDTH
            yield from self._bundle(number)[max(start - first, 0) : stop - first]

    def range_hash(self, start: int, stop: int) -> bytes:
        """The hash over leaves ``[start, stop)``, a subtree of the tree of ``stop`` leaves or of a larger one."""
        length = stop - start
        if length and length & (length - 1) == 0:
            return self._node(length.bit_length() - 1, start // length)
        found = self._ragged.get((start, stop))
        if found is None:
            found = b""
            for height, position in reversed(list(complete_subtrees(start, stop))):
                piece = self._node(height, position)
                found = self.tree.node(piece, found) if found else piece
            if len(self._ragged) > CACHED_TILES:
                self._ragged.clear()
            self._ragged[start, stop] = found = found or self.tree.empty
        return found

    def _low_path(self, number: int, offset: int) -> list[bytes]:
        """The hash of a leaf in a full tile and its 8 siblings within the tile; empty where ``inner`` has no record."""
        if (0, number) in self._cache or not (record := read_record(self._base, number)):
            return []
        first = offset // GROUP * GROUP
        try:
            row = read_part(f"{self._base}/{tile_path(0, number)}", first * HASH_BYTES, GROUP * HASH_BYTES)
        except FileNotFoundError:
            return []
        at = offset - first
        path = [row[at * HASH_BYTES : (at + 1) * HASH_BYTES]]
        for _ in range(LOWEST):
            beside = (at ^ 1) * HASH_BYTES
            path.append(row[beside : beside + HASH_BYTES])
            row, at = self.tree.fold(row), at >> 1
        return path + [inner_hash(record, height, offset >> height ^ 1) for height in range(LOWEST, HEIGHT)]

    def _high_path(self, number: int, size: int) -> list[bytes]:
        """The rest of the path, from a full tile of level 0 to the root: the same for all its leaves."""
        path = self._high.get((number, size))
        if path is None:
            if len(self._high) >= CACHED_PATHS:
                self._high.clear()
            ranges = inclusion_ranges(number * WIDTH, size)[HEIGHT:]
            path = self._high[number, size] = [self.range_hash(start, stop) for start, stop in ranges]
        return path

    def _node(self, height: int, position: int) -> bytes:
        level, inner = divmod(height, HEIGHT)
        number, first = divmod(position << inner, WIDTH)
        at = (first >> inner) * HASH_BYTES
        return self._rows(level, number)[inner][at : at + HASH_BYTES]

    def _rows(self, level: int, number: int) -> list[bytes]:
        """A tile with the rows above it: ``rows[h]`` has the packed nodes of height ``h`` within the tile."""
        rows = self._cache.pop((level, number), None)
        if rows is None:
            is_tail = number == self.size >> HEIGHT * (level + 1)
            row = self._frontier.tails[level] if is_tail else self._tile(level, number, WIDTH)
            rows = self.tree.rows(row)
            if len(self._cache) >= CACHED_TILES:
                del self._cache[next(iter(self._cache))]
        self._cache[level, number] = rows
        return rows

    def _tile(self, level: int, number: int, width: int) -> bytes:
        path = self.folder / tile_path(level, number, width)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            data = b""
        if len(data) != width * HASH_BYTES:
            raise KaiwuError(
                Problem(
                    "LOG-TILE",
                    f"瓦片文件应有 {width} 个哈希, 文件缺失或残缺; 请从备份恢复",
                    f"the tile should have {width} hashes; it is missing or cut: restore it from a backup",
                    where=str(path),
                )
            )
        return data

    def _bundle(self, number: int) -> list[bytes]:
        width = min(WIDTH, self.size - number * WIDTH)
        path = self.folder / tile_path("entries", number, width)
        try:
            leaves = unpack_bundle(path.read_bytes())
        except (FileNotFoundError, ValueError):
            leaves = []
        if len(leaves) != width:
            if width < WIDTH and self.refresh():
                return self._bundle(number)
            raise KaiwuError(
                Problem(
                    "LOG-BUNDLE",
                    f"叶子文件应有 {width} 条, 文件缺失或残缺; 请从备份恢复",
                    f"the bundle should have {width} leaves; it is missing or cut: restore it from a backup",
                    where=str(path),
                )
            )
        return leaves

    def _known(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise KaiwuError(
                Problem(
                    "LOG-SIZE",
                    f"日志只有 {self.size} 条叶子, 没有 {size} 条",
                    f"the log has {self.size} leaves, not {size}",
                )
            )
        return size

    def _load(self, head: Head | None) -> Frontier:
        frontier = Frontier(self.tree)
        if head is None:
            return frontier
        frontier.size = head.size
        for level, width in enumerate(tail_widths(head.size)):
            number = head.size >> HEIGHT * (level + 1)
            frontier.tails.append(self._tile(level, number, width) if width else b"")
        if frontier.root() != head.root:
            raise KaiwuError(bad_head(self.folder / "head"))
        return frontier
