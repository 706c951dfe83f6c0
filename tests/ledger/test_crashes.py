"""Killed at random moments: what was acknowledged is there, nothing else is, and the books balance."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from child import start
from shelf import NOW, Shelf, fill_pot

from kaiwu.ledger import Accepted, Action, Command, Transfer

KILLS = {"sqlite": 200, "postgres": 120}
LONGEST = {"sqlite": 0.01, "postgres": 0.02}  # seconds: about a step
POT = 1_000_000


def commands(run: int, number: int) -> list[Command]:
    """One step of a child: a batch with a hold, its post, a plain transfer and one that is refused."""
    name = f"{run}-{number}"
    hold = Transfer(f"h{name}", "pot", "firm", 3, "fen", Action.HOLD)
    part = Transfer(f"p{name}", "", "", 2, "", Action.POST_HOLD, hold=hold.id)
    plain, refused = Transfer(f"t{name}", "pot", "firm", 1, "fen"), Transfer(f"x{name}", "pot", "firm", POT, "fen")
    return [Command(leg.id, (leg,)) for leg in (hold, part, plain, refused)]


def work_on(shelf: Shelf, place: str, run: int) -> Callable[[Callable[[str], None]], None]:
    def work(tell: Callable[[str], None]) -> None:
        book = shelf.open(place)
        number = 0
        while True:
            batch = commands(run, number)
            if number % 3 == 2:
                book.apply_many(batch, NOW)
            else:
                for command in batch:
                    book.apply(command, NOW)
            tell(f"{run}-{number}")
            number += 1

    return work


@pytest.mark.parametrize("shelf", ["sqlite", "postgres"], indirect=True)
def test_nothing_is_lost_or_invented_by_kills(shelf: Shelf) -> None:
    draw, kills = random.Random(7), KILLS[shelf.kind]
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, POT)
    book.close()
    acknowledged: list[str] = []
    for run in range(kills):
        # Sometimes while it opens the book, mostly between its first and fourth step.
        told = start(work_on(shelf, place, run)).kill(draw.randrange(4), draw.uniform(0, LONGEST[shelf.kind]))
        assert not any(line.startswith("failed") for line in told), told
        acknowledged += told
        book = shelf.open(place)
        balances = book.trial_balance()
        assert all(total.is_balanced for total in balances)
        # No batch is half there: of a step all three transfers stand, or its first ones where they came one by one.
        for name in told:
            for letter in "hpt":
                assert book.transfer(letter + name) is not None, f"lost {letter + name}"
            assert book.transfer("x" + name) is None, "invented"
        if run % 30 == 29:
            assert book.audit() is None
        book.close()
    book = shelf.open(place)
    assert book.audit() is None
    posted = {line.id for line in book.statement("pot")}
    known = {letter + name for name in acknowledged for letter in "hpt"} | {"fill/1"}
    assert known <= posted
    assert len(posted - known) <= 3 * kills, "at most the step in which each child was killed was kept unacknowledged"
    assert len(acknowledged) > kills
    # Sent again, what was kept and what was not end up kept once.
    for name in acknowledged[-5:]:
        for command in commands(int(name.split("-")[0]), int(name.split("-")[1]))[:3]:
            told_again = book.apply(command, NOW)
            assert isinstance(told_again, Accepted) and told_again.again
