"""A naive tree to compare with, a small signed log, and the shared test vectors."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from kaiwu.ledger.log import PrivateKey, TileLog, make_key, make_proof, sign_log, write_key

SHARED = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
VECTORS = SHARED / "trust" / "merkle_rfc6962"


def naive_root(leaves: Sequence[bytes], name: str = "sha256") -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.new(name, b"").digest()
    if len(leaves) == 1:
        return hashlib.new(name, b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.new(name, b"\x01" + naive_root(leaves[:k], name) + naive_root(leaves[k:], name)).digest()


def make_leaves(count: int, start: int = 0) -> list[bytes]:
    return [b'{"amount":%d,"n":%d}' % (i * 7919 % 10_007, i) for i in range(start, start + count)]


def tree_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder with their bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@dataclass(frozen=True)
class Signed:
    """A log with keys and a checkpoint."""

    log: TileLog
    key: PrivateKey
    checkpoint: str

    @property
    def folder(self) -> Path:
        return self.log.folder

    def proof(self, index: int) -> str:
        return make_proof(self.log, index, self.checkpoint, self.key.public)


@pytest.fixture
def make_signed(tmp_path: Path) -> Callable[..., Signed]:
    """A signed log of a number of leaves, or of given ones."""

    def make(leaves: int | list[bytes], hash_name: str = "sha256", folder: str = "log") -> Signed:
        key = make_key("small-county.example/log", bytes(range(32)))
        log = TileLog(tmp_path / folder, hash_name)
        log.append(make_leaves(leaves) if isinstance(leaves, int) else leaves)
        write_key(log.folder, key)
        return Signed(log, key, sign_log(log, key))

    return make
