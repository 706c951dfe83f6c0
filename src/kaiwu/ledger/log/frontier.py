"""The right edge of a growing tree: the last, incomplete tile of every level.

Owns how leaf hashes become full tiles and a root. Pure: it does not know files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kaiwu.ledger.log.hash import HASH_BYTES, TreeHash
from kaiwu.ledger.log.merkle import complete_subtrees
from kaiwu.ledger.log.tile import HEIGHT, WIDTH


def tail_widths(size: int) -> list[int]:
    """Hashes in the last, incomplete tile of every level of a tree; 0 where all tiles of a level are full."""
    widths = []
    while size:
        widths.append(size % WIDTH)
        size >>= HEIGHT
    return widths


@dataclass(slots=True)
class Frontier:
    """The incomplete tiles, packed: ``tails[level]`` has fewer than 256 hashes."""

    tree: TreeHash
    size: int = 0
    tails: list[bytes] = field(default_factory=list)

    def copy(self) -> Frontier:
        """An independent frontier of the same tree."""
        return Frontier(self.tree, self.size, list(self.tails))

    @property
    def room(self) -> int:
        """How many leaves fit until the last tile of level 0 is full."""
        return WIDTH - self.size % WIDTH

    def add(self, row: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
        """Add a packed row of leaf hashes, at most ``room``; yields every tile that became full: level, number, its rows."""
        self.size += len(row) // HASH_BYTES
        level = 0
        while True:
            if level == len(self.tails):
                self.tails.append(b"")
            tail = self.tails[level] + row
            if len(tail) < WIDTH * HASH_BYTES:
                self.tails[level] = tail
                return
            self.tails[level] = b""
            level += 1
            rows = self.tree.rows(tail)
            yield level - 1, (self.size >> HEIGHT * level) - 1, rows
            row = rows[HEIGHT]

    def root(self) -> bytes:
        """The root of the tree."""
        root = b""
        for tail in self.tails:
            pieces = list(complete_subtrees(0, len(tail) // HASH_BYTES))
            for height, position in reversed(pieces):
                start, length = (position << height) * HASH_BYTES, HASH_BYTES << height
                piece = self.tree.top(tail[start : start + length])
                root = self.tree.node(piece, root) if root else piece
        return root or self.tree.empty
