"""Hash functions of a Merkle tree: SHA-256 or SM3, with the prefixes of RFC 6962.

Owns leaf and node hashes and their loops over packed rows (32 bytes per hash). It does not know trees or files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from kaiwu.quantity import KaiwuError, Problem

HASH_BYTES = 32
"""Both functions give 256 bits."""
LEAF, NODE = b"\x00", b"\x01"
"""Prefixes that keep a leaf from being passed off as a node (RFC 6962, 2.1)."""
NAMES = ("sha256", "sm3")


class Digest(Protocol):
    """What ``hashlib`` gives."""

    def digest(self) -> bytes:
        """The hash."""


@dataclass(frozen=True, slots=True)
class TreeHash:
    """A hash function (杂凑算法) of a log: ``name`` and ``new(data)`` as in ``hashlib``."""

    name: str
    new: Callable[[bytes], Digest]

    @property
    def empty(self) -> bytes:
        """The root of a tree without leaves."""
        return self.new(b"").digest()

    def leaf(self, data: bytes) -> bytes:
        """The hash of a leaf: H(0x00 ‖ data)."""
        return self.new(LEAF + data).digest()

    def node(self, left: bytes, right: bytes) -> bytes:
        """The hash of an inner node: H(0x01 ‖ left ‖ right)."""
        return self.new(NODE + left + right).digest()

    def leaves(self, data: Sequence[bytes]) -> bytes:
        """The packed row of the hashes of leaves; the loop that a full re-verification spends its time in."""
        new = self.new
        return b"".join([new(b"\x00" + one).digest() for one in data])

    def fold(self, row: bytes) -> bytes:
        """The row above a packed row: each pair becomes one node; an odd last hash is left out."""
        new = self.new
        return b"".join([new(b"\x01" + row[i : i + 64]).digest() for i in range(0, len(row) - 63, 64)])

    def rows(self, row: bytes) -> list[bytes]:
        """A packed row with all rows above it, by height."""
        rows = [row]
        while len(row) >= 2 * HASH_BYTES:
            row = self.fold(row)
            rows.append(row)
        return rows

    def top(self, row: bytes) -> bytes:
        """The hash over a packed row whose number of hashes is a power of two."""
        while len(row) > HASH_BYTES:
            row = self.fold(row)
        return row


@cache
def find_hash(name: str) -> TreeHash:
    """A hash function by name, ``sha256`` or ``sm3`` (国密 SM3, GB/T 32905).

    Raises ``KaiwuError`` when the name is unknown, or when the OpenSSL of this Python was built without SM3.
    """
    if name not in NAMES:
        listed = ", ".join(NAMES)
        raise KaiwuError(
            Problem(
                "LOG-HASH-UNKNOWN",
                f"不认识的杂凑算法“{name}”; 可用: {listed}",
                f"unknown hash “{name}”; use one of: {listed}",
            )
        )
    if name == "sha256":
        return TreeHash(name, hashlib.sha256)
    try:
        start = hashlib.new(name)
    except ValueError as error:
        raise KaiwuError(
            Problem(
                "LOG-HASH-MISSING",
                "这个 Python 的 OpenSSL 没有 SM3; 请换用带 SM3 的 OpenSSL(1.1.1 以上且未裁剪), 或用 sha256 建日志",
                "the OpenSSL of this Python has no SM3: use one that has (1.1.1 or newer, not stripped), or a log with sha256",
                where=f"hashlib.new('{name}')",
            )
        ) from error

    def new(data: bytes) -> Digest:
        made = start.copy()  # hashlib.new looks the name up each time, which costs more than the hash
        made.update(data)
        return made

    return TreeHash(name, new)
