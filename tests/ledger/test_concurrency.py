"""Many threads and processes spend one pot: not a fen too much, and every writer gets a true answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from child import start
from shelf import NOW, Shelf, fill_pot, post

from kaiwu.ledger import Accepted, Action, Balance, Book, Command, Transfer
from kaiwu.ledger.combiner import Combiner

POT, THREADS, PROCESSES, EACH = 100, 8, 3, 12


def spend(book: Book, name: str) -> int:
    """Try to spend one fen EACH times; how many were accepted."""
    return sum(isinstance(book.apply(post(f"{name}-{i}", "pot", "firm", 1), NOW), Accepted) for i in range(EACH))


def spend_in_threads(book: Book, name: str) -> int:
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda n: spend(book, f"{name}-{n}"), range(THREADS)))


def test_threads_on_one_book_spend_a_pot_to_the_fen(book: Book) -> None:
    fill_pot(book, 50)
    assert spend_in_threads(book, "t") == 50
    assert book.balance("pot") == Balance(0, 50, 0, 50)
    assert book.audit() is None


@pytest.mark.parametrize("shelf", ["sqlite", "postgres"], indirect=True)
def test_processes_with_threads_spend_a_pot_to_the_fen(shelf: Shelf) -> None:
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, POT)
    book.close()

    def work(number: int) -> Callable[[Callable[[str], None]], None]:
        return lambda tell: tell(str(spend_in_threads(shelf.open(place), f"p{number}")))

    children = [start(work(number)) for number in range(PROCESSES)]
    told = [child.wait() for child in children]
    book = shelf.open(place)
    assert PROCESSES * THREADS * EACH > POT
    assert sum(int(lines[0]) for lines in told) == POT, told
    assert book.balance("pot") == Balance(0, POT, 0, POT)
    assert book.audit() is None


@pytest.mark.parametrize("shelf", ["sqlite", "postgres"], indirect=True)
def test_a_hold_is_posted_by_one_of_many(shelf: Shelf) -> None:
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, 10)
    book.apply(Command("h", (Transfer("h", "pot", "firm", 10, "fen", Action.HOLD),)), NOW)
    writers: list[Any] = [shelf.open(place) for _ in range(6)]

    def redeem(number: int) -> bool:
        leg = Transfer(f"r{number}", "", "", 10, "", Action.POST_HOLD, hold="h")
        return isinstance(writers[number].apply(Command(f"r{number}", (leg,)), NOW), Accepted)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(redeem, range(6))) == 1
    assert book.balance("pot") == Balance(0, 10, 0, 10)


@pytest.mark.parametrize("shelf", ["sqlite", "postgres"], indirect=True)
def test_a_failed_transaction_is_told_to_every_waiting_thread_and_keeps_nothing(shelf: Shelf) -> None:
    book: Any = shelf.new_book()
    fill_pot(book, 10)
    before = book.leaves()
    write = type(book)._writing

    def breaks(*_: Any) -> Any:
        raise RuntimeError("the disk is full")

    type(book)._writing = breaks
    try:
        with ThreadPoolExecutor(4) as pool:
            results = [pool.submit(book.apply, post(f"k{n}", "pot", "firm", 1), NOW) for n in range(4)]
        assert [str(result.exception()) for result in results] == ["the disk is full"] * 4
    finally:
        type(book)._writing = write
    assert book.leaves() == before
    assert spend(book, "after") == 10


@pytest.mark.parametrize("shelf", ["sqlite", "postgres"], indirect=True)
def test_processes_that_create_a_book_at_once_find_one(shelf: Shelf) -> None:
    place = shelf.new_place()

    def work(tell: Callable[[str], None]) -> None:
        book = shelf.open(place)
        fill_pot(book, 5)
        tell(str(book.balance("pot").credits_posted))

    children = [start(work) for _ in range(6)]
    assert [child.wait() for child in children] == [["5"]] * 6
    assert shelf.open(place).audit() is None


def test_a_request_that_fails_does_not_fail_those_that_share_its_transaction() -> None:
    sizes: list[int] = []
    gate = Event()

    def work(take: Callable[[], Any], is_crowded: bool) -> list[int]:
        gate.wait(5)
        asked = take()
        sizes.append(len(asked))
        if -1 in asked:
            raise ValueError("bad")
        return [number * 10 for number in asked]

    combiner: Combiner[int, int] = Combiner(work)
    with ThreadPoolExecutor(5) as pool:
        results = [pool.submit(combiner.submit, number) for number in (1, 2, -1, 3, 4)]
        while len(combiner._waiting) < 5:
            pass
        gate.set()
    assert [r.exception() is None for r in results] == [True, True, False, True, True]
    assert [r.result() for r in results if r.exception() is None] == [10, 20, 30, 40]
    assert sizes == [5, 1, 1, 1, 1, 1]
