"""The ledger: a million entries, many writers on one pot, kills, flipped bits; SQLite and PostgreSQL side by side.

python bench/ledger.py [--transfers 500000] [--runs 20] [--kills 200] [--flips 400]
The long form, for a quiet machine: --kills 10000 --runs 1000.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bit_flip import flip_stored_bits, is_found
from kaiwu.ledger import Accepted, Account, Action, Command, Limit, SqliteBook, Transfer
from kaiwu.ledger.postgres_adapter import PostgresBook
from postgres_server import postgres_server

NOW = dt.datetime(2025, 1, 1)
FIRMS, BATCH = 2_000, 2_000
POT = Account("pot", "fen", Limit.DEBITS_WITHIN_CREDITS)
SOURCE = Account("source", "fen")
GROUNDS: dict[str, Any] = {"document": "杭经信〔2025〕1号", "article": "第十条", "approvers": ("张三", "李四")}
Row = tuple[str, str, str, str]
Open = Callable[[], Any]


@contextmanager
def places(folder: Path, dsn: str) -> Iterator[dict[str, Callable[[str], Open]]]:
    """How to open a book of a name on each engine; all are closed at the end."""
    with ExitStack() as stack:

        def sqlite(name: str) -> Open:
            return lambda: SqliteBook(folder / f"{name}.db")

        def postgres(name: str) -> Open:
            import psycopg

            with psycopg.connect(dsn) as connection:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
            return lambda: PostgresBook(f"{dsn} options='-c search_path={name}'")

        yield {"SQLite": sqlite, "PostgreSQL": postgres}
        stack.close()


def fill(book: Any, amount: int) -> None:
    """Open the pot and credit it."""
    firms = tuple(Account(f"payable/{n}", "fen", kind="payable", firm=str(n)) for n in range(FIRMS))
    book.apply(Command("fill", (Transfer("fill", "source", "pot", amount, "fen"),), (POT, SOURCE, *firms)), NOW)


def write_million(book: Any, transfers: int) -> float:
    """Pay firms in turn, a batch of commands in each durable transaction, over a year; transfers per second."""
    fill(book, transfers * 100)
    batches = range(0, transfers, BATCH)
    spent = 0.0
    for number, start in enumerate(batches):
        commands = [
            Command(f"k{n}", (Transfer(f"t{n}", "pot", f"payable/{n * 7 % FIRMS}", 1 + n % 100, "fen", **GROUNDS),))
            for n in range(start, min(start + BATCH, transfers))
        ]
        began = time.perf_counter()
        told = book.apply_many(commands, NOW + dt.timedelta(days=365) * number / len(batches))
        spent += time.perf_counter() - began
        assert all(isinstance(answer, Accepted) for answer in told)
    return transfers / spent


def timed(work: Callable[[], Any], rounds: int = 5) -> tuple[float, Any]:
    """The median time in ms, and the last result."""
    times, result = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return sorted(times)[rounds // 2] * 1000, result


def measure_million(opened: dict[str, Open], transfers: int) -> list[Row]:
    """Throughput, trial balance, statements and audit of each engine."""
    rate, ask = [], {name: [] for name in ("now", "then", "firm", "month", "audit")}
    july = NOW + dt.timedelta(days=182)
    for open_book in opened.values():
        book = open_book()
        rate.append(f"{write_million(book, transfers):,.0f}")
        for name, work in {
            "now": book.trial_balance,
            "then": lambda b=book: b.trial_balance(july),
            "firm": lambda b=book: b.statement("payable/7"),
            "month": lambda b=book: b.statement("pot", july, july + dt.timedelta(hours=18)),
        }.items():
            took, result = timed(work)
            if name in ("now", "then"):
                assert all(total.is_balanced and total.debits for total in result)
            ask[name].append(f"{took:.1f} ms" + ("" if name in ("now", "then") else f" ({len(result):,} lines)"))
        took, found = timed(book.audit, 1)
        assert found is None
        ask["audit"].append(f"{took / 1000:.1f} s")
        book.close()
    return [
        ("durable transfers per second, 2,000 to a transaction", "≥ 5,000", *rate),
        (f"{2 * transfers:,} entries: trial balance now", "≤ 1 s", *ask["now"]),
        ("trial balance as of July", "≤ 1 s", *ask["then"]),
        ("statement of a firm", "≤ 50 ms", *ask["firm"]),
        ("statement of the pot, two batches of a day in July", "", *ask["month"]),
        ("full audit from the leaves", "", *ask["audit"]),
    ]


def spend_pots(
    open_book: Open, pots: int, size: int, processes: int, threads: int, tries: int
) -> tuple[int, float, int]:
    """All writers together on one pot after the other: fen overspent, accepted durable decisions per second, decisions."""
    book = open_book()
    for n in range(pots):
        opened = (Account(f"pot{n}", "fen", Limit.DEBITS_WITHIN_CREDITS), SOURCE, Account("firm", "fen"))
        book.apply(Command(f"open{n}", (Transfer(f"open{n}", "source", f"pot{n}", size, "fen"),), opened), NOW)
    book.close()
    context = multiprocessing.get_context("fork")
    barrier, accepted = context.Barrier(processes + 1), context.Value("q", 0)

    def work(process: int) -> None:
        mine, count = open_book(), 0
        with ThreadPoolExecutor(threads) as pool:

            def spend(thread: int, n: int) -> int:
                keys = [f"{process}-{thread}-{n}-{i}" for i in range(tries)]
                legs = [Transfer(key, f"pot{n}", "firm", 1, "fen") for key in keys]
                return sum(isinstance(mine.apply(Command(leg.id, (leg,)), NOW), Accepted) for leg in legs)

            for n in range(pots):
                barrier.wait()
                count += sum(pool.map(spend, range(threads), [n] * threads))
            barrier.wait()
        with accepted.get_lock():
            accepted.value += count
        mine.close()

    children = [context.Process(target=work, args=(n,)) for n in range(processes)]
    for child in children:
        child.start()
    barrier.wait()
    began = time.perf_counter()
    for _ in range(pots):
        barrier.wait()
    spent = time.perf_counter() - began
    for child in children:
        child.join()
    book = open_book()
    balances = [book.balance(f"pot{n}") for n in range(pots)]
    assert book.audit() is None
    book.close()
    overspent = sum(max(b.debits_posted - size, 0) for b in balances) + abs(
        accepted.value - sum(b.debits_posted for b in balances)
    )
    assert all(b.debits_posted == min(size, processes * threads * tries) for b in balances)
    return overspent, accepted.value / spent, pots * processes * threads * tries


def measure_crowd(places: dict[str, Callable[[str], Open]], runs: int) -> list[Row]:
    """64 writers on one pot, as 8 processes of 8 threads (the web's workers) and as 64 processes."""
    rows = []
    for label, processes, threads, tries in (("8 processes × 8 threads", 8, 8, 4), ("64 processes", 64, 1, 4)):
        told = []
        for place in places.values():
            over, rate, decisions = spend_pots(place(f"crowd_{processes}"), runs, 240, processes, threads, tries)
            told.append(f"{over} fen, {rate:,.0f}/s of {decisions:,}")
        rows.append(
            (
                f"64 writers on one pot of 240 fen, {runs} runs, {label}: overspent, durable decisions",
                "0 fen, ≥ 300/s",
                *told,
            )
        )
    return rows


def kill_writers(open_book: Open, kills: int, draw: random.Random, longest: float) -> tuple[int, int, int]:
    """Kill a writing process at random moments: acknowledged, lost, invented."""
    book = open_book()
    fill(book, 10**12)
    book.close()
    acknowledged: set[str] = set()
    lost = 0
    for run in range(kills):
        told = _kill_one(open_book, run, draw.randrange(4), draw.uniform(0, longest))
        acknowledged |= told
        book = open_book()
        assert all(total.is_balanced for total in book.trial_balance())
        lost += sum(book.transfer(f"h{name}") is None or book.transfer(f"p{name}") is None for name in told)
        book.close()
    book = open_book()
    assert book.audit() is None
    posted = {line.id for line in book.statement("pot")} - {"fill"}
    book.close()
    known = {letter + name for name in acknowledged for letter in "hp"}
    lost += len(known - posted)
    invented = max(len(posted - known) - 2 * kills, 0)  # of the step in which it was killed, a child's two may stand
    return len(known), lost, invented


def _kill_one(open_book: Open, run: int, after: int, pause: float) -> set[str]:
    """Kill a child when it has acknowledged ``after`` steps and a pause has passed; what it acknowledged by then."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            book = open_book()
            for n in range(1_000_000):
                hold = Transfer(f"h{run}-{n}", "pot", f"payable/{n % FIRMS}", 3, "fen", Action.HOLD)
                part = Transfer(f"p{run}-{n}", "", "", 2, "", Action.POST_HOLD, hold=hold.id)
                for leg in (hold, part):
                    assert isinstance(book.apply(Command(leg.id, (leg,)), NOW), Accepted)
                os.write(theirs, f"{run}-{n}\n".encode())
        finally:
            os._exit(1)
    os.close(theirs)
    text = b""
    while text.count(b"\n") < after and (piece := os.read(ours, 65_536)):
        text += piece
    time.sleep(pause)
    os.kill(pid, signal.SIGKILL)
    while piece := os.read(ours, 65_536):
        text += piece
    os.close(ours)
    os.waitpid(pid, 0)
    return set(text.decode().split("\n")[:-1])


def measure_kills(places: dict[str, Callable[[str], Open]], kills: int) -> Row:
    told = []
    for engine, place in places.items():
        known, lost, invented = kill_writers(
            place("kills"), kills, random.Random(5), 0.03 if engine == "SQLite" else 0.06
        )
        told.append(f"{lost} lost, {invented} invented ({known:,} acknowledged)")
    return (f"{kills:,} kills of a writer", "0 lost, 0 invented", *told)


def measure_flips(folder: Path, flips: int) -> Row:
    """Flip bits anywhere in the file; those that change what is stored must be found. SQLite's own check is the peer."""
    place, copy = folder / "flips.db", folder / "flipped.db"
    book = SqliteBook(place)
    book.apply(
        Command("open", (Transfer("o", "source", "pot", 10**6, "fen"),), (POT, SOURCE, Account("firm", "fen"))), NOW
    )
    for n in range(300):
        book.apply(Command(f"h{n}", (Transfer(f"h{n}", "pot", "firm", 5, "fen", Action.HOLD, **GROUNDS),)), NOW)
        book.apply(
            Command(f"p{n}", (Transfer(f"p{n}", "", "", 3, "", Action.POST_HOLD, hold=f"h{n}", **GROUNDS),)), NOW
        )
    book.close()
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    ours = theirs = 0
    for _ in flip_stored_bits(place, copy, 9, flips):
        theirs += _check_by_sqlite(copy)
        ours += is_found(copy)
    return (f"{flips} flips of a stored bit found (SQLite's own integrity check: {theirs})", "all", str(ours), "–")


def _check_by_sqlite(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]
    except (sqlite3.Error, UnicodeError):
        return True
    finally:
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("transfers", 500_000), ("runs", 20), ("kills", 200), ("flips", 400)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kaiwu-bench-ledger-", dir="/var/tmp"))  # a real disk: /tmp may be memory
    rows: list[Row] = []
    try:
        with postgres_server("max_connections=100") as dsn, places(folder, dsn) as engines:
            if wanted.transfers:
                rows += measure_million({name: place("million") for name, place in engines.items()}, wanted.transfers)
            if wanted.runs:
                rows += measure_crowd(engines, wanted.runs)
            if wanted.kills:
                rows.append(measure_kills(engines, wanted.kills))
            if wanted.flips:
                rows.append(measure_flips(folder, wanted.flips))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("Every commit is on the disk before it is answered (SQLite WAL and synchronous FULL; PostgreSQL fsync on).\n")
    print("| what | reach | SQLite | PostgreSQL |\n|---|---|---:|---:|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
