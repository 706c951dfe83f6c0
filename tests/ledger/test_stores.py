"""What a store owes: one transaction with the caller's, append-only by the database itself, one answer for all stores."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from typing import Any

import psycopg
import pytest
from shelf import FIRM, NOW, POT, SOURCE, Shelf, fill_pot, post

from kaiwu.ledger import (
    Accepted,
    Account,
    Action,
    Balance,
    Book,
    Command,
    Limit,
    MemoryBook,
    Refusal,
    SqliteBook,
    Transfer,
)
from kaiwu.ledger.postgres_adapter import PostgresBook
from kaiwu.ledger.schema import APPEND_ONLY, NEVER_DELETED
from kaiwu.quantity.problem import KaiwuError

DAY = dt.timedelta(days=1)
LATER = NOW + DAY
on_disk = pytest.mark.parametrize("shelf", ["sqlite", "postgres"], indirect=True)


def connect(shelf: Shelf, place: str) -> Any:
    return sqlite3.connect(place) if shelf.kind == "sqlite" else psycopg.connect(place)


def test_a_batch_answers_each_command_on_its_own(book: Book) -> None:
    fill_pot(book, 10)
    told = book.apply_many([post("a", "pot", "firm", 7), post("b", "pot", "firm", 7), post("c", "pot", "firm", 3)], NOW)
    assert [isinstance(answer, Accepted) for answer in told] == [True, False, True]
    assert book.balance("pot") == Balance(0, 10, 0, 10)


def test_a_key_may_stand_twice_in_a_batch(book: Book) -> None:
    fill_pot(book, 10)
    first, again, other = book.apply_many(
        [post("a", "pot", "firm", 7), post("a", "pot", "firm", 7), post("a", "pot", "firm", 8)], NOW
    )
    assert isinstance(again, Accepted) and again.again and again.records == getattr(first, "records", None)
    assert isinstance(other, Refusal) and other.code == "key_reused"


def test_a_large_batch_is_kept_as_a_small_one(book: Book) -> None:
    fill_pot(book, 1_000)
    holds = [Command(f"h{i}", (Transfer(f"h{i}", "pot", "firm", 2, "fen", Action.HOLD),)) for i in range(100)]
    posts = [Command(f"p{i}", (Transfer(f"p{i}", "", "", 1, "", Action.POST_HOLD, hold=f"h{i}"),)) for i in range(50)]
    assert all(isinstance(answer, Accepted) for answer in book.apply_many(holds + posts, NOW))
    assert book.balance("pot") == Balance(100, 50, 0, 1_000)
    assert book.audit() is None


def _random_commands(draw: random.Random, count: int) -> list[Command]:
    """Posts, holds, posts and voids of holds that may exist, keys sent twice, accounts opened on the way."""
    made: list[Command] = []
    for n in range(count):
        accounts = (Account(f"firm{n % 9}", "fen"),)
        firm, hold = accounts[0].id, f"c{draw.randrange(n + 1)}"
        expires = draw.choice([None, NOW + draw.randrange(1, 5) * DAY])
        leg = draw.choice(
            [
                Transfer(f"c{n}", "pot", firm, draw.randrange(1, 40), "fen", document="文件"),
                Transfer(f"c{n}", "pot", firm, draw.randrange(1, 40), "fen", Action.HOLD, expires=expires),
                Transfer(f"c{n}", "", "", draw.randrange(1, 40), "", Action.POST_HOLD, hold=hold),
                Transfer(f"c{n}", "", "", 0, "", Action.VOID_HOLD, hold=hold),
                Transfer(f"c{n}", firm, "source", 1, "fen", cites=hold, reason="correction"),
            ]
        )
        made.append(draw.choice(made) if made and n % 17 == 0 else Command(f"k{n}", (leg,), accounts))
    return made


@on_disk
@pytest.mark.parametrize("seed", range(3))
def test_batches_of_any_size_do_what_single_commands_do(shelf: Shelf, seed: int) -> None:
    draw = random.Random(seed)
    book, memory = shelf.new_book(), MemoryBook()
    commands = _random_commands(draw, 400)
    for one in (book, memory):
        fill_pot(one, 5_000)
    start, day, told, wanted = 0, 0, [], []
    while start < len(commands):
        stop, now = start + draw.choice([1, 3, 150]), NOW + day * DAY
        told += book.apply_many(commands[start:stop], now)
        wanted += [memory.apply(command, now) for command in commands[start:stop]]
        start, day = stop, day + 1
    assert told == wanted
    kinds = {answer.code if isinstance(answer, Refusal) else "accepted" for answer in told}
    assert {"accepted", "hold_unknown", "hold_not_pending", "cite_unknown"} <= kinds and len(kinds) > 6
    assert book.leaves() == memory.leaves()
    assert book.audit() is None and memory.audit() is None


def test_a_statement_runs_with_the_balance_and_names_its_grounds(book: Book) -> None:
    fill_pot(book, 10)
    book.apply(
        post("a", "pot", "firm", 7, document="杭经信〔2025〕1号", article="第十条", approvers=("张", "李")), LATER
    )
    first, second = book.statement("pot")
    assert (first.is_debit, first.posted, first.balance) == (False, 10, Balance(0, 0, 0, 10))
    assert (second.counter, second.posted, second.balance.available) == ("firm", 7, 3)
    assert (second.document, second.article, second.approvers) == ("杭经信〔2025〕1号", "第十条", ("张", "李"))
    assert book.statement("pot", since=LATER) == [second]
    assert book.statement("pot", until=LATER - DAY) == [first]


def test_a_balance_and_the_trial_balance_are_told_as_of_any_moment(book: Book) -> None:
    fill_pot(book, 10)
    book.apply(Command("h", (Transfer("h", "pot", "firm", 4, "fen", Action.HOLD, expires=NOW + 2 * DAY),)), LATER)
    book.apply(post("a", "pot", "firm", 1), NOW + 5 * DAY)
    assert book.balance("pot", NOW - DAY) == Balance()
    assert book.balance("pot", NOW) == Balance(0, 0, 0, 10)
    assert book.balance("pot", LATER) == Balance(4, 0, 0, 10)
    assert book.balance("pot", NOW + 2 * DAY) == Balance(0, 0, 0, 10)  # released on its day, found three days later
    assert [t.debits_pending for t in (*book.trial_balance(LATER), *book.trial_balance(NOW + 2 * DAY))] == [4, 0]
    for days in range(-1, 7):
        assert all(total.is_balanced for total in book.trial_balance(NOW + days * DAY))


def test_a_hold_that_nobody_has_released_yet_does_not_count_after_its_expiry(book: Book) -> None:
    fill_pot(book, 10)
    book.apply(Command("h", (Transfer("h", "pot", "firm", 4, "fen", Action.HOLD, expires=LATER),)), NOW)
    assert book.balance("pot", LATER) == Balance(0, 0, 0, 10)
    assert [t.debits_pending for t in book.trial_balance(LATER)] == [0]
    assert book.balance("pot") == Balance(4, 0, 0, 10)


def test_holds_are_found_and_tell_where_they_stand(book: Book) -> None:
    fill_pot(book, 10)
    for id in ("a", "b", "c", "d"):
        expires = LATER if id == "c" else None
        book.apply(Command(id, (Transfer(id, "pot", "firm", 1, "fen", Action.HOLD, expires=expires),)), NOW)
    book.apply(Command("p", (Transfer("p", "", "", 1, "", Action.POST_HOLD, hold="a"),)), NOW)
    book.apply(Command("v", (Transfer("v", "", "", 0, "", Action.VOID_HOLD, hold="b"),)), NOW)
    assert [hold.id for hold in book.open_holds("firm")] == ["c", "d"]
    book.expire(LATER)
    assert [book.stage(id) for id in ("a", "b", "c", "d", "p")] == ["posted", "voided", "expired", "open", None]
    assert [hold.id for hold in book.open_holds("pot")] == ["d"]


def test_accounts_are_found_by_their_attributes(book: Book) -> None:
    fill_pot(book, 10)
    assert book.accounts() == [FIRM, POT, SOURCE]
    assert book.accounts(limit=POT.limit, unit="fen") == [POT]
    assert book.accounts(kind="invoice") == []


def test_foreign_leaves_stand_among_the_records_in_order(book: Book) -> None:
    fill_pot(book, 10)
    size = len(book.leaves())
    assert book.add_leaf("notice", b"\x00any bytes\xff") == size
    book.apply(post("a", "pot", "firm", 1), NOW)
    assert book.leaves(size, size + 1) == [b"\x00any bytes\xff"]
    assert b'"id":"a/1"' in book.leaves()[-1]
    assert book.audit() is None
    with pytest.raises(KaiwuError, match="L-LEAF-KIND"):
        book.add_leaf("transfer", b"{}")


@on_disk
def test_a_case_and_its_entries_commit_together_or_not_at_all(shelf: Shelf) -> None:
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, 10)
    with connect(shelf, place) as mine:
        mine.execute("CREATE TABLE claim_case (id TEXT)")
        mine.commit()
        mine.execute("INSERT INTO claim_case VALUES ('lost')")
        assert isinstance(book.apply(post("a", "pot", "firm", 1), NOW, connection=mine), Accepted)
        book.add_leaf("decision", b"lost", connection=mine)
        mine.rollback()
        assert book.balance("pot") == Balance(0, 0, 0, 10)
        mine.execute("INSERT INTO claim_case VALUES ('kept')")
        assert isinstance(book.apply(post("a", "pot", "firm", 1), NOW, connection=mine), Accepted)
        book.add_leaf("decision", b"kept", connection=mine)
        assert book.balance("pot") == Balance(0, 0, 0, 10)  # not yet
        mine.commit()
        assert mine.execute("SELECT id FROM claim_case").fetchall() == [("kept",)]
    mine.close()
    assert book.balance("pot") == Balance(0, 1, 0, 10)
    assert book.leaves()[-1] == b"kept"
    assert book.audit() is None


@on_disk
def test_a_transaction_that_read_before_is_never_decided_on_old_figures(shelf: Shelf) -> None:
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, 10)
    mine = connect(shelf, place)
    mine.execute("BEGIN" if shelf.kind == "sqlite" else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    mine.execute("SELECT * FROM ledger_account").fetchall()
    book.apply(post("a", "pot", "firm", 10), NOW)
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.SerializationFailure)):
        book.apply(post("b", "pot", "firm", 10), NOW, connection=mine)
    mine.rollback()
    assert isinstance(book.apply(post("b", "pot", "firm", 10), NOW, connection=mine), Refusal)
    mine.close()


@on_disk
def test_a_book_on_an_open_connection_commits_by_itself_only_outside_a_transaction(shelf: Shelf) -> None:
    place = shelf.new_place()
    mine = connect(shelf, place)
    book: Any = SqliteBook(mine) if shelf.kind == "sqlite" else PostgresBook(mine)
    other = shelf.open(place)
    fill_pot(book, 10)
    assert other.balance("pot") == Balance(0, 0, 0, 10)
    assert book.balance("pot") == Balance(0, 0, 0, 10)  # a reading leaves no transaction behind
    book.apply(post("a", "pot", "firm", 1), NOW)
    assert other.balance("pot") == Balance(0, 1, 0, 10)
    mine.execute("BEGIN" if shelf.kind == "sqlite" else "SELECT 1")
    book.apply(post("b", "pot", "firm", 1), NOW)
    assert (book.balance("pot").debits_posted, other.balance("pot").debits_posted) == (2, 1)
    mine.commit()
    assert other.balance("pot").debits_posted == 2
    mine.close()


def _fixed_columns() -> list[str]:
    changes = [f"UPDATE {table} SET seq = seq + 0" for table in APPEND_ONLY if table != "ledger_command"]
    changes += ["UPDATE ledger_command SET digest = 'x'", "UPDATE ledger_account SET bound = 'none'"]
    changes += ["UPDATE ledger_hold SET debit = 'x'", *(f"DELETE FROM {table}" for table in NEVER_DELETED)]
    return changes


@on_disk
def test_the_database_itself_refuses_to_change_or_delete_what_was_written(shelf: Shelf) -> None:
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, 10)
    book.apply(Command("h", (Transfer("h", "pot", "firm", 4, "fen", Action.HOLD),)), NOW)
    book.apply(post("c", "firm", "source", 1, cites="fill/1", reason="correction"), NOW)
    more = ["INSERT OR REPLACE INTO log_leaf VALUES (0, 'account', x'00', x'00')"] if shelf.kind == "sqlite" else []
    more += [f"TRUNCATE {table}" for table in NEVER_DELETED] if shelf.kind == "postgres" else []
    mine = connect(shelf, place)
    for statement in _fixed_columns() + more:
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.RaiseException), match="append-only"):
            mine.execute(statement)
        mine.rollback()
    mine.close()
    assert book.audit() is None


@on_disk
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("UPDATE log_leaf SET body = {} WHERE seq = 3", "log_leaf 3"),
        ("UPDATE log_leaf SET kind = 'foreign' WHERE seq = 3", "log_leaf 3"),
        ("DELETE FROM log_leaf WHERE seq = 3", "log_leaf 3"),
        ("UPDATE ledger_head SET size = size + 1", "ledger_head"),
        ("UPDATE ledger_entry SET debits_posted = debits_posted + 1 WHERE seq = 4", "ledger_entry of account"),
        ("DELETE FROM ledger_entry WHERE account = 1", "ledger_entry of account 1"),
        ("UPDATE ledger_account SET debits_posted = debits_posted + 1 WHERE id = 'pot'", "ledger_account pot"),
        ("UPDATE ledger_account SET bound = 'none' WHERE id = 'pot'", "ledger_account pot"),
        ("UPDATE ledger_transfer SET seq = 2 WHERE id = 'a/1'", "ledger_transfer a/1"),
        ("UPDATE ledger_hold SET stage = 'open' WHERE id = 'h'", "ledger_hold h"),
        ("UPDATE ledger_command SET digest = 'x' WHERE key = 'a'", "ledger_command a"),
        ("DELETE FROM ledger_cite", "ledger_cite ('fill/1', 'correction')"),
    ],
)
def test_an_audit_names_what_was_changed_behind_the_triggers(shelf: Shelf, change: str, where: str) -> None:
    place = shelf.new_place()
    book = shelf.open(place)
    fill_pot(book, 10)
    book.apply(post("a", "pot", "firm", 1), NOW)
    book.apply(Command("h", (Transfer("h", "pot", "firm", 4, "fen", Action.HOLD),)), NOW)
    book.apply(Command("v", (Transfer("v", "", "", 0, "", Action.VOID_HOLD, hold="h"),)), NOW)
    book.apply(post("c", "firm", "source", 1, cites="fill/1", reason="correction"), NOW)
    assert book.audit() is None
    mine = connect(shelf, place)
    if shelf.kind == "sqlite":
        for (name,) in mine.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            mine.execute(f"DROP TRIGGER {name}")
        mine.execute(change.format("CAST(replace(body, '10', '11') AS BLOB)"))
    else:
        mine.execute("SET session_replication_role = replica")
        mine.execute(change.format("convert_to(replace(convert_from(body, 'UTF8'), '10', '11'), 'UTF8')"))
    mine.commit()
    mine.close()
    found = book.audit()
    assert found is not None and found.where.startswith(where), found


def test_an_action_or_limit_may_be_its_text_and_must_exist() -> None:
    assert Transfer("t", "a", "b", 1, "fen", "hold").action is Action.HOLD  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="seize"):
        Transfer("t", "a", "b", 1, "fen", "seize")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "leg", "told"),
    [
        ("_check_limits", Transfer("bad", "pot", "firm", 11, "fen"), "pot is overdrawn by 1"),
        ("_check_limits", Transfer("bad", "pot", "quota", 1, "fen"), "quota is credited beyond its debits"),
        ("_check_signers", Transfer("bad", "pot", "safe", 1, "fen", approvers=("张", " 张")), "fewer than 2 approvers"),
    ],
)
def test_an_audit_does_not_trust_the_program_that_wrote(
    book: Book, monkeypatch: pytest.MonkeyPatch, check: str, leg: Transfer, told: str
) -> None:
    fill_pot(book, 10)
    more = (Account("quota", "fen", Limit.CREDITS_WITHIN_DEBITS), Account("safe", "fen", signers=2))
    book.apply(Command("more", (), more), NOW)
    monkeypatch.setattr(f"kaiwu.ledger.leg.{check}", lambda *_: None)
    book.apply(Command("bad", (leg,)), NOW)
    found = book.audit()
    assert found is not None and found.where.startswith("log_leaf") and told in found.found


def test_a_file_that_is_no_database_is_a_located_problem(tmp_path: Any) -> None:
    place = tmp_path / "state.db"
    place.write_text("not a database, but long enough to look like one" * 50, encoding="utf-8")
    with pytest.raises(KaiwuError, match=r"L-BOOK.*state\.db"):
        SqliteBook(place)
