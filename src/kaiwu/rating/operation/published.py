"""Published totals of two years (公布数): why they may not be divided, and what lies between them.

Owns the refusal and the bridge from last year's published total to the comparable base. Growth is ``growth``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from kaiwu.figure.series import SINGLE_SCOPES, PublishedValue, check_comparable, growth_of_published
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rating.operation.month import Month

CURRENT_PRICES = frozenset({"current", "现价", "当年价", "当年价格"})
"""Price bases under which a ratio still contains the change of prices."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the total as published a year ago to the base of the comparable sample, in fen; the parts sum to ``base``.

    ``exits`` left the list and are taken off; ``gaps`` are on the list and have not reported; ``entries`` are the own bases of
    firms that are new on the list; ``revisions`` are changes in the bases of the others.
    """

    published: int
    exits: int
    gaps: int
    entries: int
    revisions: int
    base: int
    current: int
    entries_current: int


def bridge_published(month: Month) -> Bridge:
    """The bridge of a month (同期数口径衔接), at prices of the time. What was not published of a firm counts as its revision."""

    def add(part: str, column: str) -> int:
        return int(getattr(month, part)[column].fill_null(0).sum())

    before = {part: add(part, "before") for part in ("sample", "entries", "exits", "gaps")}
    new = month.sample.filter(~month.sample["listed_before"])
    old = month.sample.filter(month.sample["listed_before"])
    entries = int(new["base"].sum())
    base = add("sample", "base")
    published = before["exits"] + before["gaps"] + int(old["before"].fill_null(0).sum())
    revisions = int(old["base"].sum()) - int(old["before"].fill_null(0).sum())
    return Bridge(
        published, -before["exits"], -before["gaps"], entries, revisions, base, add("sample", "current"), add("entries", "current")
    )  # fmt: skip


def divide_published(newer: PublishedValue, older: PublishedValue) -> Fraction:
    """Growth from one published total to another, or the refusal with its reason.

    Raises ``KaiwuError`` ``S-OP-DIVIDE`` where the two are of different samples, prices, scopes or parts of the year, or do not
    say; where both are at current prices the ratio would contain the change of prices and is refused too.
    """
    reason = check_comparable(newer, older)
    if reason is not None:
        raise KaiwuError(_refuse(newer, older, reason.zh, reason.en))
    if newer.scope not in SINGLE_SCOPES and newer.price_basis in CURRENT_PRICES:
        raise KaiwuError(
            _refuse(newer, older, "两期都是现价, 相除包含价格变动", "both are at current prices: the ratio contains the change of prices")
        )  # fmt: skip
    return growth_of_published(newer, older)


def _refuse(newer: PublishedValue, older: PublishedValue, zh: str, en: str) -> Problem:
    return Problem(
        "S-OP-DIVIDE",
        f"{newer.period.zh}与{older.period.zh}的公布数不能相除作增速: {zh}。请用同一批企业、可比价的增速(kaiwu operation)或公布的增速",
        f"the published values of {newer.period.en} and {older.period.en} may not be divided: {en}. "
        "Use growth on the same firms at comparable prices (kaiwu operation), or the published rate",
        where=newer.source,
    )
