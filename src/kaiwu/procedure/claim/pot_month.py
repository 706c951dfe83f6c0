"""The pot month by month (资金池逐月): what came in, is reserved, due, paid, came back and is left, from the ledger alone.

Owns the reading. The sums of a month are those of the books at its end, so that they can be had again at any later time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kaiwu.ledger.book import Book
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.posting import CHINA, fund_account


@dataclass(frozen=True, slots=True)
class PotMonth:
    """One month's end, in fen: 下达 = 预留 + 应付 + 已付 + 已追回 + 余额 + 结转."""

    month: str
    appropriated: int
    reserved: int
    payable: int
    paid: int
    recovered: int
    left: int
    carried: int = 0

    @property
    def is_balanced(self) -> bool:
        """Whether the parts sum to what came in."""
        return self.appropriated == self.reserved + self.payable + self.paid + self.recovered + self.left + self.carried


def read_months(book: Book, programme: Programme, last: int = 12) -> list[PotMonth]:
    """The pot at the end of each month of its year, up to ``last``."""
    return [read_pot(book, programme, end_of(programme.pot.year, month)) for month in range(1, last + 1)]


def end_of(year: int, month: int) -> dt.datetime:
    """The last moment of a month."""
    first = dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.datetime.combine(first - dt.timedelta(days=1), dt.time(23, 59, 59), CHINA)


def read_pot(book: Book, programme: Programme, at: dt.datetime) -> PotMonth:
    """The pot at a moment, over all its funds."""
    sums = dict.fromkeys(("appropriated", "reserved", "payable", "paid", "recovered", "left", "carried"), 0)
    for fund in programme.funds:
        account = fund_account(programme, fund)
        available = book.balance(account.available.id, at)
        source = book.balance(account.appropriation.id, at)
        sums["appropriated"] += source.debits_posted - source.credits_posted
        sums["reserved"] += available.debits_pending
        sums["left"] += available.available
        disbursed, returned = book.balance(account.disbursed.id, at), book.balance(account.returned.id, at)
        sums["paid"] += disbursed.credits_posted - disbursed.debits_posted
        sums["recovered"] += returned.credits_posted - returned.debits_posted
        for payable in book.accounts(kind="payable", fund=account.fund, year=account.year, level=account.level):
            balance = book.balance(payable.id, at)
            sums["payable"] += balance.credits_posted - balance.debits_posted
        next_year = book.accounts(kind="available", fund=account.fund, year=account.year + 1, level=account.level)
        sums["carried"] += sum(book.balance(a.id, at).available for a in next_year)
    return PotMonth(at.date().isoformat()[:7], **sums)
