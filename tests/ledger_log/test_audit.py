"""Whatever is altered in a log's folder is found, and the first bad leaf is named."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from kaiwu.ledger.log import PrivateKey, TileLog, audit_log, compare_book, make_key, publish, sign_log
from kaiwu.ledger.log.tile import LENGTH_BYTES, unpack_bundle
from kaiwu.quantity import KaiwuError

from .conftest import make_leaves, tree_of

LEAVES = 900
FLIPS = 400


def codes(audit) -> set[str]:  # type: ignore[no-untyped-def]
    return {p.code for p in audit.problems}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 900])
@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
def test_an_unaltered_log_is_good_and_nothing_is_written(make_signed, size, hash_name):
    signed = make_signed(size, hash_name)
    before = tree_of(signed.folder)
    audit = audit_log(signed.folder, signed.key.public)
    assert (audit.problems, audit.first_bad_leaf, audit.size, audit.root) == ([], None, size, signed.log.root())
    assert audit.checkpoint is not None and audit.checkpoint.size == size
    assert tree_of(signed.folder) == before


def leaf_at(path: str, data: bytes, at: int) -> int | None:
    """The leaf that a byte of a bundle or of a tile of level 0 belongs to."""
    parts = path.split("/")
    if parts[:2] == ["tile", "0"]:
        return int(parts[2][:3]) * 256 + at // 32
    if parts[:2] != ["tile", "entries"]:
        return None
    end = 0
    for i, leaf in enumerate(unpack_bundle(data)):
        end += LENGTH_BYTES + len(leaf)
        if at < end:
            return int(parts[2][:3]) * 256 + i
    raise AssertionError(at)


def test_every_one_of_400_flipped_bits_is_found_and_the_first_bad_leaf_named(make_signed):
    signed = make_signed(LEAVES)
    key, chance = signed.key.public, random.Random(6962)
    files = sorted(p for p in signed.folder.rglob("*") if p.is_file())
    assert {"head", "checkpoint", "inner", "key.pem", "key.pub", "132"} <= {p.name for p in files}
    kinds, missed, misnamed = set(), [], []
    for i in range(FLIPS):
        path = files[i % len(files)]
        good = path.read_bytes()
        at, bit = chance.randrange(len(good)), chance.randrange(8)
        bad = bytearray(good)
        bad[at] ^= 1 << bit
        path.write_bytes(bytes(bad))
        audit = audit_log(signed.folder, key)
        path.write_bytes(good)
        name = str(path.relative_to(signed.folder))
        kinds.add(name.split("/")[-1] if "/" not in name else name.split("/")[1])
        if audit.is_good:
            missed.append((name, at, bit))
        elif audit.first_bad_leaf != (leaf := leaf_at(name, good, at)) and leaf is not None:
            misnamed.append((name, at, bit, leaf, audit.first_bad_leaf))
        elif not any(name.split(".p/")[0] in p.where for p in audit.problems):
            misnamed.append((name, at, bit, None, [str(p) for p in audit.problems]))
    assert (missed, misnamed) == ([], [])
    assert kinds == {"head", "checkpoint", "inner", "key.pem", "key.pub", "0", "1", "entries"}
    assert audit_log(signed.folder, key).is_good


@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
def test_a_flip_in_any_byte_of_any_file_is_found(make_signed, hash_name):
    signed = make_signed(20, hash_name)
    key, chance, missed = signed.key.public, random.Random(8), []
    for path in [p for p in signed.folder.rglob("*") if p.is_file()]:
        good = path.read_bytes()
        for at in range(len(good)):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1 << chance.randrange(8)]) + good[at + 1 :])
            if audit_log(signed.folder, key).is_good:
                missed.append((path.name, at))
        path.write_bytes(good)
    assert missed == [] and audit_log(signed.folder, key).is_good


def test_a_flip_tells_the_altered_leaf_from_the_altered_hash(make_signed):
    signed = make_signed(LEAVES)
    for path, at, zh in [("tile/entries/001", 60, "叶子被改动"), ("tile/0/001", 60, "哈希被改动"),
                         ("tile/entries/003.p/132", 60, "叶子被改动"), ("tile/0/003.p/132", 60, "哈希被改动")]:  # fmt: skip
        file = signed.folder / path
        good = file.read_bytes()
        file.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        audit = audit_log(signed.folder, signed.key.public)
        file.write_bytes(good)
        assert codes(audit) == {"LOG-LEAF-ALTERED"} and zh in audit.problems[0].zh


def rewrite(folder: Path, leaves: list[bytes], key: PrivateKey, *, is_signed: bool = False) -> None:
    """What somebody with the disk, but not with the key, can do: make the whole log anew."""
    checkpoint = (folder / "checkpoint").read_bytes()
    for name in ("tile", "head", "inner", "checkpoint"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    log = TileLog(folder)
    log.append(leaves)
    if is_signed:
        sign_log(log, key)
    else:
        (folder / "checkpoint").write_bytes(checkpoint)


def test_a_log_made_anew_with_one_other_leaf_does_not_have_the_signed_root(make_signed):
    signed = make_signed(300)
    leaves = make_leaves(300)
    rewrite(signed.folder, [*leaves[:7], leaves[7] + b" ", *leaves[8:]], signed.key)
    assert codes(audit_log(signed.folder, signed.key.public)) == {"LOG-REWRITTEN"}


def test_a_log_whose_end_was_removed_is_shorter_than_its_checkpoint(make_signed):
    signed = make_signed(300)
    rewrite(signed.folder, make_leaves(290), signed.key)
    audit = audit_log(signed.folder, signed.key.public)
    assert codes(audit) == {"LOG-CUT"} and audit.first_bad_leaf == 290


def test_a_log_made_anew_by_who_has_the_key_differs_from_a_checkpoint_kept_elsewhere(make_signed):
    signed = make_signed(300)
    kept = signed.checkpoint
    leaves = make_leaves(400)
    rewrite(signed.folder, leaves, signed.key, is_signed=True)
    assert audit_log(signed.folder, signed.key.public, checkpoints=[kept]).is_good
    rewrite(signed.folder, [b"x", *leaves[1:]], signed.key, is_signed=True)
    assert audit_log(signed.folder, signed.key.public).is_good
    audit = audit_log(signed.folder, signed.key.public, checkpoints=[kept])
    assert codes(audit) == {"LOG-REWRITTEN"} and audit.problems[0].where == "checkpoint[0]"


@pytest.mark.parametrize("name", ["tile/entries/001", "tile/0/001", "tile/1/000.p/3", "tile/0/003.p/132", "head"])
def test_a_file_that_is_gone_is_named(make_signed, name):
    signed = make_signed(LEAVES)
    (signed.folder / name).unlink()
    audit = audit_log(signed.folder, signed.key.public)
    assert any(name in p.where or p.code == "LOG-NONE" for p in audit.problems)


@pytest.mark.parametrize(
    "name", ["tile/entries/001", "tile/0/001", "tile/1/000.p/3", "tile/0/003.p/132", "inner", "head", "checkpoint"]
)
@pytest.mark.parametrize("change", ["cut", "longer", "emptied"])
def test_a_file_of_another_length_is_named(make_signed, name, change):
    signed = make_signed(LEAVES)
    path = signed.folder / name
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-1], "longer": data + b"\0", "emptied": b""}[change])
    audit = audit_log(signed.folder, signed.key.public)
    assert any(name in p.where for p in audit.problems)


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/004",
        "tile/0/003.p/131",
        "tile/0/0001",
        "tile/entries/003",
        "tile/0/001.p/3",
        "tile/2/000.p/1",
        "note.txt",
    ],
)
def test_a_file_that_the_log_does_not_have_is_reported(make_signed, name):
    signed = make_signed(LEAVES)
    path = signed.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 32)
    audit = audit_log(signed.folder, signed.key.public)
    assert codes(audit) == {"LOG-STRAY"} and name in audit.problems[0].where


def test_the_folders_own_key_may_not_have_been_replaced_where_another_is_given(make_signed):
    signed = make_signed(10)
    thief = make_key(signed.key.name, bytes(32))
    (signed.folder / "key.pem").unlink()
    (signed.folder / "key.pub").write_text(f"{thief.public}\n")
    (signed.folder / "checkpoint").unlink()
    sign_log(TileLog(signed.folder), thief)
    assert audit_log(signed.folder).is_good
    assert codes(audit_log(signed.folder, signed.key.public)) == {"LOG-NOT-SIGNED"}


def test_an_empty_folder_is_no_log(tmp_path):
    assert codes(audit_log(tmp_path)) == {"LOG-NONE"}


class Book:
    """A book in memory: leaves only."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.all = leaves

    def leaves(self, start: int, stop: int) -> list[bytes]:
        return self.all[start:stop]


def test_what_the_book_has_is_published_and_signed_and_every_flip_in_the_book_is_found(tmp_path):
    book, log, key = Book(make_leaves(700)), TileLog(tmp_path), make_key("k")
    first = publish(book, log, key, stop=300)
    assert log.size == 300 and first.split("\n")[1] == "300"
    publish(book, log, key)
    compare_book(book, log)
    assert audit_log(tmp_path, key.public, checkpoints=[first]).is_good
    assert publish(book, log, key) == (tmp_path / "checkpoint").read_text()
    chance = random.Random(1)
    for _ in range(100):
        i = chance.randrange(700)
        good = book.all[i]
        bad = bytearray(good)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        book.all[i] = bytes(bad)
        with pytest.raises(KaiwuError, match=rf"LOG-BOOK.* {i} "):
            compare_book(book, log)
        book.all[i] = good
    book.all[699] = b"other"
    with pytest.raises(KaiwuError, match="LOG-BOOK"):
        publish(book, log, key)


def test_a_log_that_does_not_extend_its_checkpoint_is_not_signed(make_signed):
    signed = make_signed(300)
    rewrite(signed.folder, [b"x", *make_leaves(300)], signed.key)
    with pytest.raises(KaiwuError, match="LOG-NOT-EXTENDED"):
        sign_log(TileLog(signed.folder), signed.key)
