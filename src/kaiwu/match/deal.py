"""Deals (成交与结对): contracts that two parties already have, such as technical contracts of institutes with firms.

Owns their shape and the sums that a ledger of them answers. It does not own matches still open (``funnel``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kaiwu.match.record import FieldValue
from kaiwu.quantity import index_date

AMOUNT, SIGNED_ON = "contract_amount", "contract_signed_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One contract or pairing (结对) of a provider and a client, both entity ids or None where not known."""

    code: str
    title: str
    text: str = ""
    provider: str | None = None
    client: str | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    source: str = ""
    is_synthetic: bool = False

    @property
    def amount(self) -> int | None:
        """Fen, None where not known."""
        value = self.fields.get(AMOUNT)
        return value if isinstance(value, int) else None

    @property
    def year(self) -> int | None:
        """The year of signing."""
        value = self.fields.get(SIGNED_ON)
        return index_date(value).year if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class DealSum:
    """Contracts of one firm in one year: how many, their known amounts in fen, and how many amounts are not known."""

    client: str | None
    year: int | None
    count: int
    amount: int
    unknown: int


def sum_deals(deals: Iterable[Deal]) -> list[DealSum]:
    """Contract sums per firm and year, in order; amounts that are not known are counted, never zero."""
    found: dict[tuple[str | None, int | None], list[Deal]] = {}
    for deal in deals:
        found.setdefault((deal.client, deal.year), []).append(deal)
    ordered = sorted(found.items(), key=lambda item: (item[0][0] or "", item[0][1] or 0))
    return [
        DealSum(client, year, len(rows), sum(d.amount or 0 for d in rows), sum(d.amount is None for d in rows))
        for (client, year), rows in ordered
    ]
