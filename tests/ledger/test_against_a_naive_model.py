"""Every book against a naive model: lists of lines that are summed again for each question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from shelf import NOW, Shelf

from kaiwu.ledger import Accepted, Account, Action, Balance, Command, Limit, MemoryBook, Refusal, Transfer

ACCOUNTS = (
    Account("source", "fen"),
    Account("pot", "fen", Limit.DEBITS_WITHIN_CREDITS),
    Account("firm", "fen", Limit.DEBITS_WITHIN_CREDITS),
    Account("quota", "fen", Limit.CREDITS_WITHIN_DEBITS),
)
NAMES = st.sampled_from([a.id for a in ACCOUNTS])
AMOUNTS = st.integers(1, 60)
LIMITS = {a.id: a.limit for a in ACCOUNTS}


@dataclass
class Naive:
    """What happened, as lines ``[debit, credit, amount, posted?, expires]``; a hold that ended has amount 0."""

    lines: list[list[Any]] = field(default_factory=list)
    now: dt.datetime = NOW

    def balance(self, id: str) -> Balance:
        sums = [0, 0, 0, 0]
        for debit, credit, amount, posted, _ in self.lines:
            if id in (debit, credit):
                sums[(0 if id == debit else 2) + posted] += amount
        return Balance(*sums)

    def release(self) -> None:
        for line in self.lines:
            if not line[3] and line[4] is not None and line[4] <= self.now:
                line[2] = 0

    def add(self, debit: str, credit: str, amount: int, posted: int, expires: dt.datetime | None = None) -> bool:
        if debit == credit or (expires is not None and expires <= self.now):
            return False
        d, c = self.balance(debit), self.balance(credit)
        if LIMITS[debit] is Limit.DEBITS_WITHIN_CREDITS and d[0] + d[1] + amount > d[3]:
            return False
        if LIMITS[credit] is Limit.CREDITS_WITHIN_DEBITS and c[2] + c[3] + amount > c[1]:
            return False
        self.lines.append([debit, credit, amount, posted, expires])
        return True


class Machine(RuleBasedStateMachine):
    """Plays the same on a book, on a book in memory and on the naive model."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.book, self.memory, self.naive = shelf.new_book(), MemoryBook(), Naive()
        self.kind = shelf.kind
        self.commands: list[Command] = []
        self.holds: list[tuple[str, int]] = []  # transfer, line of the naive model
        self.apply(Command("open", (), ACCOUNTS))

    def apply(self, command: Command) -> bool:
        told = self.book.apply(command, self.naive.now)
        other = self.memory.apply(command, self.naive.now)
        assert told == other
        if isinstance(told, Accepted):
            self.commands.append(command)
        return isinstance(told, Accepted)

    def key(self) -> str:
        return f"k{len(self.memory.state.keys)}-{len(self.naive.lines)}-{self.naive.now:%d%H}"

    @rule(debit=NAMES, credit=NAMES, amount=AMOUNTS)
    def posts(self, debit: str, credit: str, amount: int) -> None:
        self.naive.release()
        key = self.key()
        done = self.apply(Command(key, (Transfer(key, debit, credit, amount, "fen"),)))
        assert done == self.naive.add(debit, credit, amount, 1)

    @rule(debit=NAMES, credit=NAMES, amount=AMOUNTS, hours=st.one_of(st.none(), st.integers(0, 5)))
    def holds_an_amount(self, debit: str, credit: str, amount: int, hours: int | None) -> None:
        self.naive.release()
        key = self.key()
        expires = None if hours is None else self.naive.now + dt.timedelta(hours=hours)
        transfer = Transfer(key, debit, credit, amount, "fen", Action.HOLD, expires=expires)
        done = self.apply(Command(key, (transfer,)))
        assert done == self.naive.add(debit, credit, amount, 0, expires)
        if done:
            self.holds.append((key, len(self.naive.lines) - 1))

    @rule(which=st.integers(0, 9), amount=AMOUNTS, action=st.sampled_from([Action.POST_HOLD, Action.VOID_HOLD]))
    def ends_a_hold(self, which: int, amount: int, action: Action) -> None:
        if not self.holds:
            return
        self.naive.release()
        hold, number = self.holds[which % len(self.holds)]
        key, line = self.key(), self.naive.lines[number]
        asked = amount if action is Action.POST_HOLD else 0
        done = self.apply(Command(key, (Transfer(key, "", "", asked, "", action, hold=hold),)))
        assert done == (line[2] > 0 and asked <= line[2])
        if done:
            line[2] = 0
            if asked:
                self.naive.lines.append([line[0], line[1], asked, 1, None])

    @rule(one=AMOUNTS, two=AMOUNTS, debit=NAMES, credit=NAMES)
    def posts_linked_legs(self, one: int, two: int, debit: str, credit: str) -> None:
        self.naive.release()
        key, before = self.key(), [list(line) for line in self.naive.lines]
        legs = (Transfer(f"{key}a", "source", "pot", one, "fen"), Transfer(f"{key}b", debit, credit, two, "fen"))
        done = self.naive.add("source", "pot", one, 1) and self.naive.add(debit, credit, two, 1)
        if not done:
            self.naive.lines = before
        assert self.apply(Command(key, legs)) == done

    @rule(which=st.integers(0, 99), more=st.integers(0, 1))
    def sends_a_key_again(self, which: int, more: int) -> None:
        old = self.commands[which % len(self.commands)]
        if more and old.transfers:
            reused = Command(old.key, (*old.transfers, Transfer("more", "source", "pot", 1, "fen")), old.accounts)
            told = self.book.apply(reused, self.naive.now)
            assert isinstance(told, Refusal) and told.code == "key_reused"
        else:
            again = self.book.apply(old, self.naive.now)
            assert isinstance(again, Accepted) and again.again
            assert again.records == self.memory.state.keys[old.key].records

    @rule(hours=st.integers(1, 4))
    def time_passes(self, hours: int) -> None:
        self.naive.now += dt.timedelta(hours=hours)

    @rule()
    def releases_what_is_due(self) -> None:
        self.naive.release()
        assert self.book.expire(self.naive.now) == self.memory.expire(self.naive.now)

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        due = Naive([list(line) for line in self.naive.lines], self.naive.now)
        due.release()
        for account in ACCOUNTS:
            assert self.book.balance(account.id, self.naive.now) == due.balance(account.id)
        assert all(total.is_balanced for total in self.book.trial_balance())

    def teardown(self) -> None:
        assert self.book.leaves() == self.memory.leaves()
        assert self.book.count_leaves() == self.memory.count_leaves() == len(self.memory.leaves())
        assert self.book.audit() is None
        for account in ACCOUNTS:
            assert self.book.statement(account.id) == self.memory.statement(account.id)


def test_a_book_does_what_the_naive_model_does(shelf: Shelf) -> None:
    wanted = settings(
        max_examples={"memory": 60, "sqlite": 15, "postgres": 10}[shelf.kind],
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(lambda: Machine(shelf), settings=wanted)
