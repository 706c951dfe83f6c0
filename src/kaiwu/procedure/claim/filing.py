"""A filing (申报): what a firm or its town hands in, as the data of the first events of a case.

Owns its shape and digest. It does not own how a sheet is read (``batch``) nor what is done with it (``desk``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kaiwu.procedure.claim.event import Event, EventKind
from kaiwu.procedure.claim.invoice import Invoice
from kaiwu.table import digest_value


@dataclass(frozen=True, slots=True)
class Filing:
    """One claim as handed in. ``contract``: number, signed_on, amount (fen), seller_code, seller_name; ``payments``: day,
    amount (fen), reference; ``materials``: code -> digest or number of the paper; ``account``: name, bank, number.

    ``kind`` is contract, claim, or grant (免申即享).
    """

    programme: str
    firm: str
    firm_name: str = ""
    kind: EventKind = EventKind.CLAIM
    contract: Mapping[str, Any] = field(default_factory=dict)
    payments: tuple[Mapping[str, Any], ...] = ()
    invoices: tuple[Invoice, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)
    clause: str = ""
    matter: str = ""
    account: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    place: str = ""

    def to_data(self) -> dict[str, Any]:
        """The data of the event."""
        return {
            "firm": self.firm, "firm_name": self.firm_name, "contract": dict(self.contract), "payments": [dict(p) for p in self.payments],
            "invoices": [i.to_data() for i in self.invoices], "facts": dict(self.facts), "materials": dict(self.materials),
            "clause": self.clause, "matter": self.matter, "account": dict(self.account),
        }  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 of content and programme, wherever the row stood: the idempotency key (幂等键) where none is given."""
        content = self.to_data()
        for invoice in content["invoices"]:
            invoice.pop("place")
        return digest_value({"programme": self.programme, "kind": str(self.kind), "content": content})

    def event(self, day: dt.date, by: str) -> Event:
        """The event of the filing."""
        return Event(self.kind, day, by, self.to_data())
