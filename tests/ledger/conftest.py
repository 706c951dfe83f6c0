"""Gives the tests of the ledger new books of every kind."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from shelf import Shelf

from kaiwu.ledger import Book


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """One kind of book after the other."""
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    made = Shelf(request.param, tmp_path, server)
    with made.stack:
        yield made


@pytest.fixture
def book(shelf: Shelf) -> Book:
    """An empty book of each kind."""
    return shelf.new_book()
