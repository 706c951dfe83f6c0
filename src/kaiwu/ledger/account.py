"""Accounts (账户): what may be held, in which unit, and within which limit.

Owns the declaration of an account. Its balance is the state's, its meaning (pot, payable, invoice …) the chart's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Limit(StrEnum):
    """What the core refuses on an account (限额); pending amounts count as spent, never as income."""

    NONE = "none"
    DEBITS_WITHIN_CREDITS = "debits_within_credits"  # a pot: spends only what was credited
    CREDITS_WITHIN_DEBITS = "credits_within_debits"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of one unit (``fen``, ``µmu``, ``m2``, ``kWh``, ``tce_g``, ``card_h`` …), amounts whole numbers of it.

    ``signers`` is how many different approvers every transfer on it needs (双人复核: 2). Empty text and year 0 mean
    that the account has no such attribute.
    """

    id: str
    unit: str
    limit: Limit = Limit.NONE
    kind: str = ""
    fund: str = ""
    year: int = 0
    level: str = ""
    clause: str = ""
    firm: str = ""
    signers: int = 0

    def __post_init__(self) -> None:
        """A limit may be given as its text. Raises ``ValueError`` where there is no such limit."""
        if type(self.limit) is not Limit:
            object.__setattr__(self, "limit", Limit(self.limit))


def count_people(names: Iterable[str]) -> int:
    """How many different people sign: blanks, widths and capitals make no second one (张三 and 张 三 are one)."""
    return len({"".join(unicodedata.normalize("NFKC", name).split()).casefold() for name in names} - {""})


class Balance(NamedTuple):
    """The four sums of an account (余额), whole numbers of its unit."""

    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0

    @property
    def available(self) -> int:
        """What a pot (debits within credits) can still spend: credits posted − debits pending − debits posted."""
        return self.credits_posted - self.debits_pending - self.debits_posted
