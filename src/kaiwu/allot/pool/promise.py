"""Promises (履约承诺): every commitment with its check dates, shortfalls as debts in the ledger, and what a firm's word is worth.

Owns the checks, the debt of a shortfall and the delivery ratio. What is measured arrives as figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kaiwu.ledger import Account, Command, Transfer
from kaiwu.quantity import KaiwuError, Problem, round_half_up

KEPT, SHORT, MISSING, OPEN = "kept", "short", "missing", "open"
WORDS: dict[str, tuple[str, str]] = {
    KEPT: ("达标", "kept"), SHORT: ("未达标", "short"), MISSING: ("到期缺数据", "due, data missing"), OPEN: ("未到期", "not due"),
}  # fmt: skip
DEBT = "fen"


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment of a contract: ``promised`` whole units of ``code`` by ``due``; ``is_floor`` is False for a ceiling
    (energy, emissions). ``rate`` is the debt in fen for each unit short, ``article`` the clause that says so."""

    contract: str
    firm: str
    code: str
    zh: str
    en: str
    promised: int
    due: dt.date
    rate: Fraction
    article: str
    is_floor: bool = True

    @property
    def id(self) -> str:
        """One promise of one contract on one check date."""
        return f"{self.contract}/{self.code}/{self.due}"


@dataclass(frozen=True, slots=True)
class Check:
    """A promise on its check date: what was measured (None: missing), how much is short, and the debt in fen."""

    promise: Promise
    outcome: str
    measured: int | None
    short: int
    debt: int

    def tell(self) -> tuple[str, str]:
        """The sentence in both languages; it names the clause."""
        p = self.promise
        zh, en = WORDS[self.outcome]
        told = "?" if self.measured is None else str(self.measured)
        more = (f", 差 {self.short}, 按{p.article}应付 {self.debt / 100:.2f} 元", f", short by {self.short}, {self.debt / 100:.2f} yuan due by {p.article}") if self.debt else ("", "")  # fmt: skip
        return f"{p.firm} {p.zh} {p.due}: 承诺 {p.promised}, 实际 {told}, {zh}{more[0]}", f"{p.firm} {p.en} {p.due}: promised {p.promised}, measured {told}, {en}{more[1]}"  # fmt: skip


def list_due(promises: Sequence[Promise], since: dt.date, until: dt.date) -> tuple[Promise, ...]:
    """The checks that fall due after ``since`` and up to ``until``, the first due first: run daily, each fires on its day."""
    return tuple(sorted((p for p in promises if since < p.due <= until), key=lambda p: (p.due, p.id)))


def check_promises(promises: Sequence[Promise], measured: Mapping[str, int | None], day: dt.date) -> tuple[Check, ...]:
    """Check every promise (by its id in ``measured``) as of a day. Raises ``KaiwuError`` (A-PROMISE) for doubled or negative ones.

    A missing figure is never a shortfall and never a promise kept.
    """
    ids = [p.id for p in promises]
    problems = [Problem("A-PROMISE", f"承诺“{i}”出现两次", f"promise “{i}” stands twice", where=i) for i in sorted({i for i in ids if ids.count(i) > 1})]  # fmt: skip
    problems += [Problem("A-PROMISE", f"承诺“{p.id}”的数量或违约费率为负", f"promise “{p.id}” has a negative amount or rate", where=p.id) for p in promises if p.promised < 0 or p.rate < 0]  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    return tuple(_check(p, measured.get(p.id), day) for p in promises)


def _check(promise: Promise, measured: int | None, day: dt.date) -> Check:
    if day < promise.due:
        return Check(promise, OPEN, measured, 0, 0)
    if measured is None:
        return Check(promise, MISSING, None, 0, 0)
    short = max(promise.promised - measured if promise.is_floor else measured - promise.promised, 0)
    return Check(promise, SHORT if short else KEPT, measured, short, round_half_up(short * promise.rate).numerator)


def make_debt(check: Check, year: int) -> Command:
    """The command that enters a shortfall as the firm's debt, once for a promise: a second entry has the same id and is refused."""
    p = check.promise
    owed, due = f"promise/owed/{p.firm}", f"promise/due/{year}"
    accounts = (Account(owed, DEBT, kind="promise", firm=p.firm), Account(due, DEBT, kind="promise", year=year))
    transfer = Transfer(
        f"promise/{p.id}", owed, due, check.debt, DEBT, document=p.contract, article=p.article, reason="breach"
    )
    return Command(f"promise/{p.id}", (transfer,), accounts)


def delivery_ratio(checks: Sequence[Check], firm: str) -> Fraction | None:
    """What a firm has delivered of what it promised (履约率): the mean over its decided checks, each at most one; None where
    there is none yet. A ceiling that was passed counts as promised over measured."""
    parts = [_delivered(c) for c in checks if c.promise.firm == firm and c.outcome in (KEPT, SHORT)]
    return sum(parts, Fraction(0)) / len(parts) if parts else None


def _delivered(check: Check) -> Fraction:
    if check.outcome == KEPT or check.measured is None:
        return Fraction(1)
    p = check.promise
    part = Fraction(check.measured, p.promised) if p.is_floor else Fraction(p.promised, check.measured)
    return max(part, Fraction(0))


def discount(promised: int, ratio: Fraction | None) -> int:
    """A promise as it counts in a score: times the firm's own delivery ratio, rounded down; a firm without a record is taken at
    its word, and the page says so."""
    return promised if ratio is None else promised * ratio.numerator // ratio.denominator
