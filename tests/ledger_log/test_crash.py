"""A torn append is repaired on opening: nothing that was promised is lost, nothing is invented."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kaiwu.ledger.log import TileLog, TileReader, audit_log, make_key
from kaiwu.ledger.log import tile_log as tile_log_module
from kaiwu.ledger.log.tile import write_file
from kaiwu.quantity import KaiwuError

from .conftest import make_leaves, naive_root, tree_of

KILLS = 25
WRITER = """
import sys, random
from kaiwu.ledger.log import TileLog
log, chance = TileLog(sys.argv[1]), random.Random(int(sys.argv[2]))
print(log.size, flush=True)
while True:
    n, count = log.size, chance.choice([1, 3, 200, 256, 700])
    log.append([b'{"amount":%d,"n":%d}' % (i * 7919 % 10_007, i) for i in range(n, n + count)])
    print(log.size, flush=True)
"""


PUBLISHER = """
import sys
from kaiwu.ledger.log import TileLog, make_key, publish
all = [b'{"amount":%d,"n":%d}' % (i * 7919 % 10_007, i) for i in range(600)]
class Book:
    stop = 0
    def leaves(self, start, stop):
        return all[start:min(stop, self.stop)]
book, log, key = Book(), TileLog(sys.argv[1]), make_key("k", bytes(32))
for Book.stop in range(20, 601, 20):
    try:
        publish(book, log, key)
    except ValueError as error:
        if "LOG-BOOK" not in str(error):  # this one's book is behind what the others published
            raise
"""


class Power(Exception):
    """The power fails."""


@pytest.mark.parametrize(("first", "more"), [(0, 5), (5, 300), (256, 1), (300, 212), (300, 1000), (65_400, 300)])
def test_a_crash_before_any_write_leaves_the_old_log_or_the_new(tmp_path, monkeypatch, first, more):
    leaves = make_leaves(first + more)
    TileLog(tmp_path / "base").append(leaves[:first])
    old, step = tree_of(tmp_path / "base"), 0
    while True:
        folder = Path(shutil.copytree(tmp_path / "base", tmp_path / f"crash{step}"))
        log = TileLog(folder)
        writes = iter(range(step))

        def fail(path: Path, data: bytes, *, is_durable: bool, writes=writes) -> None:
            if next(writes, None) is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.with_name(path.name + ".tmp").write_bytes(data[: len(data) // 2])
                raise Power
            write_file(path, data, is_durable=False)

        monkeypatch.setattr(tile_log_module, "write_file", fail)
        monkeypatch.setattr(tile_log_module, "remove_strays", lambda *_: None)  # a power cut cleans nothing up
        try:
            log.append(leaves[first:])
            is_done = True
        except Power:
            is_done = False
        monkeypatch.undo()
        again = TileLog(folder)
        assert again.size == (first + more if is_done else first)
        assert is_done or tree_of(folder) == old
        assert audit_log(folder).is_good
        again.append(leaves[again.size :])
        assert again.root() == TileLog(folder).root() and audit_log(folder).is_good
        if is_done:
            assert list(again.leaves()) == leaves
            break
        step += 1
    assert step >= 2


def test_torn_files_ahead_of_the_head_are_removed_and_written_again(tmp_path):
    log = TileLog(tmp_path)
    log.append(make_leaves(300))
    good = tree_of(tmp_path)
    for name, data in [("tile/0/001", b"torn"), ("tile/0/001.p/77", b""), ("tile/entries/001", b"\0" * 9), ("tile/0/002.p/1.tmp", b"x"),
                       ("tile/1/000.p/2", b"x" * 64), ("head.tmp", b"kaiwu")]:  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with (tmp_path / "inner").open("ab") as file:
        file.write(b"torn")
    again = TileLog(tmp_path)
    assert again.size == 300 and tree_of(tmp_path) == good
    again.append(make_leaves(400, 300))
    assert again.root() == naive_root(make_leaves(700)) and audit_log(tmp_path).is_good


def test_a_log_whose_head_is_gone_or_set_back_is_refused_and_nothing_is_removed(make_signed, tmp_path):
    signed = make_signed(300)
    early = TileLog(tmp_path / "early")
    early.append(make_leaves(256))
    for data in (None, (early.folder / "head").read_bytes()):
        (signed.folder / "head").unlink() if data is None else (signed.folder / "head").write_bytes(data)
        before = tree_of(signed.folder)
        with pytest.raises(KaiwuError, match="LOG-HEAD"):
            TileLog(signed.folder)
        assert tree_of(signed.folder) == before


def test_reading_only_repairs_nothing(tmp_path):
    TileLog(tmp_path).append(make_leaves(300))
    (tmp_path / "tile/0/001").write_bytes(b"torn")
    before = tree_of(tmp_path)
    log = TileReader(tmp_path)
    assert log.size == 300 and log.prove_inclusion(299) and tree_of(tmp_path) == before


def test_a_writer_killed_at_random_points_loses_and_invents_nothing(tmp_path):
    chance, least = random.Random(7), 0
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(kill)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert int(child.stdout.readline()) >= least
        if kill % 5 == 0:  # at least these get something done on a busy machine
            least = int(child.stdout.readline())
        time.sleep(chance.random() * 0.05)
        child.send_signal(signal.SIGKILL)
        said = [int(line) for line in child.stdout.read().split("\n")[:-1] if line]
        child.wait()
        least = max([least, *said])
        log = TileLog(tmp_path)
        assert log.size >= least
        least = log.size
        assert list(log.leaves(max(0, least - 800))) == make_leaves(min(800, least), max(0, least - 800))
    audit = audit_log(tmp_path)
    assert audit.is_good and audit.size == least > 4
    assert list(TileLog(tmp_path).leaves()) == make_leaves(least)


def test_two_objects_on_one_folder_append_after_each_other(tmp_path):
    one, two = TileLog(tmp_path), TileLog(tmp_path)
    leaves = make_leaves(900)
    one.append(leaves[:300])
    two.append(leaves[300:700])
    one.append(leaves[700:])
    assert list(TileLog(tmp_path).leaves()) == leaves and audit_log(tmp_path).is_good


def test_leaves_meant_for_a_place_that_is_taken_are_not_appended(tmp_path):
    one, two = TileLog(tmp_path), TileLog(tmp_path)
    one.append(make_leaves(3), at=0)
    with pytest.raises(KaiwuError, match="LOG-MOVED"):
        two.append(make_leaves(3), at=0)
    assert two.size == 3 and two.append(make_leaves(1, 3), at=3) == 4


def test_many_processes_that_publish_one_book_append_every_leaf_once(tmp_path):
    children = [subprocess.Popen([sys.executable, "-c", PUBLISHER, str(tmp_path)]) for _ in range(3)]
    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]
    assert list(TileLog(tmp_path).leaves()) == make_leaves(600)
    audit = audit_log(tmp_path, make_key("k", bytes(32)).public)
    assert audit.is_good and audit.checkpoint is not None and audit.checkpoint.size == 600


def test_a_reader_follows_a_log_that_grows_under_it(tmp_path):
    log = TileLog(tmp_path)
    log.append(make_leaves(300))
    reader = TileReader(tmp_path)
    root = reader.root()
    log.append(make_leaves(300, 300))
    assert reader.size == 300 and reader.root() == root
    assert reader.leaf(299) == make_leaves(300)[299]
    assert reader.size == 600 and reader.root(300) == root


def test_an_interruption_right_behind_the_head_keeps_what_was_written(tmp_path, monkeypatch):
    log = TileLog(tmp_path)
    log.append(make_leaves(300))

    def interrupt(path: Path, data: bytes, *, is_durable: bool) -> None:
        write_file(path, data, is_durable=is_durable)
        if path.name == "head":
            raise KeyboardInterrupt

    monkeypatch.setattr(tile_log_module, "write_file", interrupt)
    with pytest.raises(KeyboardInterrupt):
        log.append(make_leaves(300, 300))
    monkeypatch.undo()
    assert log.size == 600 and audit_log(tmp_path).is_good and list(TileLog(tmp_path).leaves()) == make_leaves(600)
