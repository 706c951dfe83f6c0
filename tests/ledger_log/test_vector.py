"""The published vectors of Certificate Transparency, and our own mutations of consistency proofs."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from kaiwu.ledger.log import TileLog, verify_consistency, verify_inclusion
from kaiwu.ledger.log.hash import find_hash
from kaiwu.ledger.log.merkle import consistency_ranges
from kaiwu.ledger.log.verifier import Fault, follow_path
from kaiwu.quantity import KaiwuError

from .conftest import VECTORS, make_leaves

TREE = find_hash("sha256")


def read_vectors() -> list[dict[str, object]]:
    return [json.loads(p.read_text()) | {"file": str(p.relative_to(VECTORS))} for p in sorted(VECTORS.rglob("*.json"))]


needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason=f"no vectors in {VECTORS}; set KAIWU_SHARED_DATA")


@needs_vectors
def test_all_inclusion_vectors_pass_in_both_verifiers() -> None:
    vectors = read_vectors()
    assert len(vectors) >= 82
    for one in vectors:
        index, size = int(one["leafIdx"]), int(one["treeSize"])  # type: ignore[call-overload]
        leaf, root = base64.b64decode(str(one["leafHash"])), base64.b64decode(str(one["root"] or ""))
        path = [base64.b64decode(p) for p in one["proof"] or []]  # type: ignore[attr-defined]
        try:
            verify_inclusion(TREE, index, size, leaf, path, root)
            is_accepted = True
        except KaiwuError:
            is_accepted = False
        assert is_accepted is not one["wantErr"], one["file"]
        try:
            is_alone = 0 <= index < size and follow_path("sha256", leaf, index, size, path) == root
        except Fault:
            is_alone = False
        assert is_alone is not one["wantErr"], one["file"]


def shape(old: int, new: int) -> object:
    """What of the sizes a proof of RFC 9162 binds: the order of its steps. The sizes themselves are bound by the signature
    on the checkpoint (see test_proof_file)."""
    if not 0 < old < new:
        return (old == 0, old == new, old > new)
    return old & (old - 1) == 0, [stop <= old for _, stop in consistency_ranges(old, new)]


def mutations(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]):  # type: ignore[no-untyped-def]
    """Forgeries of a consistency proof, each with a name."""
    for i in range(len(path)):
        for bit in (0, 7, 128, 255):
            flipped = bytearray(path[i])
            flipped[bit // 8] ^= 1 << bit % 8
            yield f"bit {bit} of node {i}", (old, new, old_root, new_root, [*path[:i], bytes(flipped), *path[i + 1 :]])
        yield f"node {i} removed", (old, new, old_root, new_root, path[:i] + path[i + 1 :])
        yield f"node {i} cut", (old, new, old_root, new_root, [*path[:i], path[i][:-1], *path[i + 1 :]])
        yield f"node {i} longer", (old, new, old_root, new_root, [*path[:i], path[i] + b"\0", *path[i + 1 :]])
        yield f"node {i} empty", (old, new, old_root, new_root, [*path[:i], b"", *path[i + 1 :]])
        yield f"node {i} twice", (old, new, old_root, new_root, [*path[: i + 1], *path[i:]])
    for garbage in (b"", b"\0", os.urandom(32), old_root, new_root):
        yield "trailing garbage", (old, new, old_root, new_root, [*path, garbage])
        yield "preceding garbage", (old, new, old_root, new_root, [garbage, *path])
    yield "reversed", (old, new, old_root, new_root, path[::-1] if path != path[::-1] else [*path, b""])
    if old != new:
        yield "roots swapped", (old, new, new_root, old_root, path)
        yield "sizes swapped", (new, old, old_root, new_root, path)
        yield "older root as newer", (old, new, old_root, old_root, path)
        yield "newer root as older", (old, new, new_root, new_root, path)
        yield "empty proof", (old, new, old_root, new_root, [] if path else [b""])
    for da, db in ((-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-old, 0), (0, -new)):
        if shape(old + da, new + db) != shape(old, new):
            yield f"sizes {da:+} {db:+}", (old + da, new + db, old_root, new_root, path)
    yield "negative", (-1, new, old_root, new_root, path)
    for empty in (b"", TREE.empty, b"\0" * 32):
        yield "empty older root", (old, new, empty, new_root, path)
        yield "empty newer root", (old, new, old_root, empty, path)


@pytest.mark.parametrize(
    ("old", "new"), [(1, 1), (1, 2), (1, 8), (2, 5), (3, 7), (4, 8), (6, 8), (7, 8), (8, 8), (255, 300), (256, 300)]
)
def test_no_mutation_of_a_consistency_proof_is_accepted(tmp_path: Path, old: int, new: int) -> None:
    log = TileLog(tmp_path)
    log.append(make_leaves(new))
    good = (old, new, log.root(old), log.root(new), log.prove_consistency(old, new))
    verify_consistency(TREE, *good)
    count = 0
    for name, forged in mutations(*good):
        if forged == good:
            continue
        count += 1
        with pytest.raises(KaiwuError, match="LOG-"):
            verify_consistency(TREE, *forged)
            pytest.fail(f"accepted: {name}")
    assert count >= 15


def test_from_size_zero_only_the_empty_root_and_the_empty_path_are_accepted(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    log.append(make_leaves(3))
    verify_consistency(TREE, 0, 3, TREE.empty, log.root(), [])
    verify_consistency(TREE, 0, 0, TREE.empty, TREE.empty, [])
    for forged in [(0, 3, log.root(), log.root(), []), (0, 3, TREE.empty, log.root(), [log.root()]),
                   (0, 0, TREE.empty, log.root(), []), (0, 0, log.root(), log.root(), [])]:  # fmt: skip
        with pytest.raises(KaiwuError):
            verify_consistency(TREE, *forged)
