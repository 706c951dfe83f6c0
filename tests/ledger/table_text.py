"""Reads decision tables: one command per line with the answer that it must get.

```
now 2025-03-01T09:00                          the moment of what follows; `now +2d` moves on (d, h, s)
set ACCOUNT dp dq cp cq                       balances as given, of an account that was opened (in memory only)
KEY | PART & PART … | accepted                 parts succeed together
KEY | … | code [leg] [detail]                  refused; `again` is the first answer once more
balance ACCOUNT dp dq cp cq
expire N                                      releases what is due: N holds
```
A part is `open ID UNIT [limit] [name=value …]`, `close ID`, or `ID DEBIT CREDIT AMOUNT UNIT [action] [name=value …]`; `_` is
empty, `max` the largest amount (of a post_hold: all), `max-N` below it, `expires=+1d` from now.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kaiwu.ledger import (
    INT64_MAX,
    Accepted,
    Account,
    Action,
    Answer,
    Balance,
    Book,
    Command,
    Limit,
    MemoryBook,
    Transfer,
)

SPAN = {"d": 86_400, "h": 3_600, "s": 1}


@dataclass
class Table:
    """A table that is played on a book; ``told`` collects the codes that were met."""

    path: Path

    def __post_init__(self) -> None:
        self.now = dt.datetime(2025, 1, 1)
        self.told: list[str] = []

    @property
    def sets_balances(self) -> bool:
        """Whether it needs a book in memory."""
        return any(line.startswith("set ") for line in self.lines())

    def lines(self) -> list[str]:
        """Lines without comments."""
        raw = (line.partition("#")[0].strip() for line in self.path.read_text(encoding="utf-8").splitlines())
        return [line for line in raw if line]

    def play(self, book: Book) -> None:
        """Every line must be as it says."""
        for line in self.lines():
            word, _, rest = line.partition(" ")
            match word:
                case "now":
                    self.now = self.moment(rest)
                case "set":
                    _set_balance(book, rest)
                case "balance":
                    id, *sums = rest.split()
                    assert book.balance(id) == Balance(*map(_amount, sums)), line
                case "expire":
                    assert len(book.expire(self.now)) == int(rest), line
                case _:
                    self._command(book, line)

    def moment(self, text: str) -> dt.datetime:
        """``+2d`` from now, or a date and time."""
        if text.startswith(("+", "-")):
            return self.now + dt.timedelta(seconds=int(text[:-1]) * SPAN[text[-1]])
        return dt.datetime.fromisoformat(text)

    def _command(self, book: Book, line: str) -> None:
        key, parts, wanted = (p.strip() for p in line.split("|"))
        command = self._read(_plain(key), parts)
        before = book.leaves()
        told = _tell(book.apply(command, self.now))
        assert told[: len(wanted.split())] == wanted.split(), f"{self.path.name}: {line}\n  got {' '.join(told)}"
        self.told.append(told[0])
        if told[0] != "accepted":
            assert book.leaves() == before, f"{line}: a refusal wrote something"

    def _read(self, key: str, parts: str) -> Command:
        accounts, transfers, closes = [], [], []
        for part in parts.split("&") if parts else []:
            words = part.split()
            more = dict(word.split("=", 1) for word in words if "=" in word)
            plain = [_plain(word) for word in words if "=" not in word]
            if plain[0] == "open":
                accounts.append(_account(plain[1:], more))
            elif plain[0] == "close":
                closes.append(plain[1])
            else:
                transfers.append(self._transfer(plain, more))
        return Command(key, tuple(transfers), tuple(accounts), tuple(closes))

    def _transfer(self, plain: list[str], more: dict[str, str]) -> Transfer:
        id, debit, credit, amount, unit, *action = plain
        made: dict[str, Any] = dict(more)
        if "expires" in made:
            made["expires"] = self.moment(made["expires"])
        if "approvers" in made:
            made["approvers"] = tuple(made["approvers"].split(","))
        return Transfer(id, debit, credit, _amount(amount), unit, Action(action[0] if action else "post"), **made)


def _tell(answer: Answer) -> list[str]:
    if isinstance(answer, Accepted):
        return ["again" if answer.again else "accepted"]
    return [answer.code, str(answer.leg), *answer.detail.split()]


def _plain(word: str) -> str:
    return "" if word == "_" else word.replace("␀", "\0")


def _account(words: list[str], more: dict[str, str]) -> Account:
    id, unit, *limit = words
    numbers = {name: int(more.pop(name)) for name in ("signers", "year") if name in more}
    return Account(id, unit, Limit(limit[0] if limit else "none"), **numbers, **more)


def _amount(text: str) -> Any:
    if text.startswith("max"):
        return INT64_MAX + int(text[3:] or 0)
    return float(text) if "." in text else int(text)


def _set_balance(book: Book, text: str) -> None:
    assert isinstance(book, MemoryBook)
    id, *sums = text.split()
    standing = book.state.accounts[id]
    book.state.accounts[id] = standing._replace(balance=Balance(*map(_amount, sums)))
