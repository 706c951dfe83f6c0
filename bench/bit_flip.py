"""Turned bits of a book's file, for the benchmark and the test: which of them change what is stored, and whether that is found."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kaiwu.ledger import SqliteBook
from kaiwu.ledger.schema import NEVER_DELETED
from kaiwu.quantity import KaiwuError


def flip_stored_bits(file: Path, copy: Path, seed: int, flips: int) -> Iterator[None]:
    """Write ``copy`` again and again with one bit of ``file`` turned, each time another that changes what is stored.

    A bit in an unused byte of a page changes nothing that is stored and is passed over.
    """
    draw, whole, before = random.Random(seed), file.read_bytes(), dump_book(file)
    changed = 0
    while changed < flips:
        place, bit = draw.randrange(len(whole)), draw.randrange(8)
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        if dump_book(copy) != before:
            changed += 1
            yield


def dump_book(path: Path) -> object:
    """Everything stored, or what reading it raises."""
    connection = sqlite3.connect(path)
    try:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in NEVER_DELETED]
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        return repr(error)
    finally:
        connection.close()


def is_found(path: Path) -> bool:
    """Whether opening or auditing the book tells that something is wrong."""
    try:
        book = SqliteBook(path)
    except KaiwuError:
        return True
    try:
        return book.audit() is not None
    finally:
        book.close()
