"""Decision tables in text: every refusal in its order, over every store."""

from __future__ import annotations

from pathlib import Path

import pytest
from shelf import Shelf
from table_text import Table

from kaiwu.ledger import REFUSALS, MemoryBook

TABLES = sorted((Path(__file__).parent / "tables").glob("*.txt"))


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_every_row_is_answered_as_it_says(path: Path, shelf: Shelf) -> None:
    table = Table(path)
    if table.sets_balances and shelf.kind != "memory":
        pytest.skip("balances are set by hand, which only a book in memory allows")
    book = shelf.new_book()
    table.play(book)
    if not table.sets_balances:
        assert book.audit() is None
        assert all(total.is_balanced for total in book.trial_balance())


def test_every_refusal_stands_in_a_table() -> None:
    met: set[str] = set()
    for path in TABLES:
        table = Table(path)
        table.play(MemoryBook())
        met.update(table.told)
    assert REFUSALS.keys() - met == set()


def test_faults_of_a_plain_transfer_are_told_in_the_order_of_the_list_of_refusals() -> None:
    table = Table(Path(__file__).parent / "tables" / "plain.txt")
    rows = [line.split("|") for line in table.lines() if line.startswith("k ")]
    told = [wanted.split()[0] for _, _, wanted in rows]
    places = [list(REFUSALS).index(code) for code in told[: told.index("accepted")]]
    assert len(places) > 25 and places == sorted(places)


def test_every_refusal_speaks_both_languages() -> None:
    for code, (zh, en) in REFUSALS.items():
        assert any("\u4e00" <= c <= "\u9fff" for c in zh), code
        assert en and not any("\u4e00" <= c <= "\u9fff" for c in en), code
