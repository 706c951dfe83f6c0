"""The tree is that of RFC 6962, in any chunking, and every proof of it holds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.ledger.log import TileLog, verify_consistency, verify_inclusion
from kaiwu.ledger.log.hash import find_hash
from kaiwu.quantity import KaiwuError

from .conftest import make_leaves, naive_root, tree_of

RFC_LEAVES = [bytes.fromhex(h) for h in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
"""The eight inputs of the reference test of Certificate Transparency."""
RFC_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_of_the_reference_test_come_out(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    assert log.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for i, leaf in enumerate(RFC_LEAVES):
        log.append([leaf])
        assert log.root().hex() == RFC_ROOTS[i]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=5), st.sampled_from(["sha256", "sm3"]))
def test_any_chunking_gives_the_same_files_and_the_root_of_the_naive_tree(chunks: list[int], name: str) -> None:
    leaves = make_leaves(sum(chunks))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        TileLog(one, name).append(leaves)
        log, at = TileLog(many, name), 0
        for count in chunks:
            log.append(leaves[at : at + count])
            at += count
            assert log.root() == naive_root(leaves[:at], name)
        assert tree_of(Path(many)) == tree_of(Path(one))
        again = TileLog(many)
        assert (again.size, again.root(), list(again.leaves())) == (len(leaves), naive_root(leaves, name), leaves)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 900), st.data())
def test_every_proof_from_tiles_holds_against_the_naive_roots(size: int, data: st.DataObject) -> None:
    leaves = make_leaves(size)
    with tempfile.TemporaryDirectory() as folder:
        TileLog(folder).append(leaves)
        log = TileLog(folder)
        for _ in range(8):
            part = data.draw(st.integers(1, size))
            index = data.draw(st.integers(0, part - 1))
            root = naive_root(leaves[:part])
            assert log.root(part) == root
            verify_inclusion(
                log.tree, index, part, log.tree.leaf(leaves[index]), log.prove_inclusion(index, part), root
            )
            old = data.draw(st.integers(0, part))
            verify_consistency(log.tree, old, part, naive_root(leaves[:old]), root, log.prove_consistency(old, part))


def test_all_proofs_of_small_trees_hold(tmp_path: Path) -> None:
    leaves = make_leaves(34)
    log = TileLog(tmp_path)
    log.append(leaves)
    roots = [naive_root(leaves[:n]) for n in range(len(leaves) + 1)]
    for new in range(len(leaves) + 1):
        for index in range(new):
            path = log.prove_inclusion(index, new)
            verify_inclusion(log.tree, index, new, log.tree.leaf(leaves[index]), path, roots[new])
        for old in range(new + 1):
            verify_consistency(log.tree, old, new, roots[old], roots[new], log.prove_consistency(old, new))


@pytest.mark.parametrize("size", [255, 256, 257, 65_535, 65_536, 65_537])
def test_proofs_hold_where_tiles_begin_and_end(tmp_path: Path, size: int) -> None:
    log = TileLog(tmp_path)
    log.append(make_leaves(size))
    for index in {0, 254, size // 2, size - 1}:
        verify_inclusion(log.tree, index, size, log.tree.leaf(log.leaf(index)), log.prove_inclusion(index), log.root())
    for old in {1, 255, size - 1, size}:
        verify_consistency(log.tree, old, size, log.root(old), log.root(), log.prove_consistency(old))


def test_a_log_without_the_file_inner_proves_the_same_and_makes_it_again(tmp_path: Path) -> None:
    log = TileLog(tmp_path)
    log.append(make_leaves(700))
    paths, inner = [log.prove_inclusion(i) for i in range(0, 700, 50)], (tmp_path / "inner").read_bytes()
    (tmp_path / "inner").unlink()
    log = TileLog(tmp_path)
    assert [log.prove_inclusion(i) for i in range(0, 700, 50)] == paths
    log.append(make_leaves(100, 700))
    assert (tmp_path / "inner").read_bytes()[: len(inner)] == inner
    assert log.size == 800 and (tmp_path / "inner").stat().st_size == 3 * 960


@pytest.mark.parametrize(("index", "size"), [(-1, None), (5, None), (0, 0), (3, 3), (0, 6), (0, -1)])
def test_a_proof_outside_the_log_is_refused(tmp_path: Path, index: int, size: int | None) -> None:
    log = TileLog(tmp_path)
    log.append(make_leaves(5))
    with pytest.raises(KaiwuError, match=r"LOG-(INDEX|SIZE)"):
        log.prove_inclusion(index, size)


def test_an_unknown_hash_and_the_wrong_hash_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KaiwuError, match="LOG-HASH-UNKNOWN"):
        TileLog(tmp_path, "md5")
    TileLog(tmp_path, "sm3").append([b"x"])
    assert TileLog(tmp_path).tree.name == "sm3"
    with pytest.raises(KaiwuError, match="LOG-HASH-OTHER"):
        TileLog(tmp_path, "sha256")


def test_where_openssl_has_no_sm3_this_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, data: bytes = b"") -> None:
        raise ValueError("unsupported hash type sm3")

    find_hash.cache_clear()
    monkeypatch.setattr("hashlib.new", refuse)
    with pytest.raises(KaiwuError, match=r"LOG-HASH-MISSING.*OpenSSL"):
        find_hash("sm3")
    monkeypatch.undo()
    assert (
        find_hash("sm3").new(b"abc").digest().hex()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@pytest.mark.parametrize("leaf", ["text", None, bytearray(b"x"), b"x" * (2**24 + 1)])
def test_a_leaf_that_cannot_be_stored_is_refused_and_nothing_is_appended(tmp_path: Path, leaf: object) -> None:
    log = TileLog(tmp_path)
    log.append(make_leaves(300))
    before = tree_of(tmp_path)
    with pytest.raises(KaiwuError, match=r"LOG-LEAF.*leaf 610"):
        log.append([*make_leaves(310), leaf])  # type: ignore[list-item]
    assert (log.size, tree_of(tmp_path)) == (300, before)
