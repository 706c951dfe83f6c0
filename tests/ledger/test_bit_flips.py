"""One bit of the file is turned: the audit finds every flip that changes what is stored."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from shelf import NOW, fill_pot, post

from bit_flip import flip_stored_bits, is_found
from kaiwu.ledger import Action, Command, SqliteBook, Transfer

FLIPS = 120


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with every kind of row, in one file without a write-ahead log."""
    path = tmp_path_factory.mktemp("flips") / "state.db"
    book = SqliteBook(path)
    fill_pot(book, 10_000)
    for n in range(40):
        book.apply(Command(f"h{n}", (Transfer(f"h{n}", "pot", "firm", 5, "fen", Action.HOLD, document="文件"),)), NOW)
        book.apply(Command(f"p{n}", (Transfer(f"p{n}", "", "", 3, "", Action.POST_HOLD, hold=f"h{n}"),)), NOW)
    book.apply(post("c", "firm", "pot", 1, cites="p1", reason="correction"), NOW)
    assert book.audit() is None
    book.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return path


def test_every_flip_of_a_stored_bit_is_found(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert [is_found(copy) for _ in flip_stored_bits(file, copy, 11, FLIPS)] == [True] * FLIPS


def test_every_flip_within_the_body_of_a_record_is_found(file: Path, tmp_path: Path) -> None:
    draw, whole, copy = random.Random(12), file.read_bytes(), tmp_path / "copy.db"
    connection = sqlite3.connect(file)
    bodies = [body for (body,) in connection.execute("SELECT body FROM log_leaf")]
    connection.close()
    for _ in range(40):
        body = draw.choice(bodies)
        start = whole.find(body)
        if start < 0:
            continue  # broken over two pages
        place = start + draw.randrange(len(body))
        shutil.copy(file, copy)
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << draw.randrange(8)]) + whole[place + 1 :])
        book = SqliteBook(copy)
        found = book.audit()
        book.close()
        assert found is not None and found.where == f"log_leaf {bodies.index(body)}"
