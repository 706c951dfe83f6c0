"""What a check looks at beside the claim itself (核验参照): other claims, lists of other offices, persons and addresses.

Owns the indexes. It decides nothing; persons are known by salted digests only.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kaiwu.identity import normalise_name, normalise_uscc
from kaiwu.procedure.claim.case import Case, State
from kaiwu.procedure.claim.finding import Coverage
from kaiwu.procedure.claim.invoice import Invoice

SILENT = frozenset({State.NEW, State.WITHDRAWN, State.REFUSED})
"""States in which a claim wants no money and uses no invoice."""


@dataclass(frozen=True, slots=True)
class PaidRow:
    """One row of what another office or level paid (已兑付清单); ``invoice`` is the normal key or empty."""

    origin: str  # which list
    level: str
    programme: str
    firm: str
    firm_name: str
    invoice: str
    amount: int
    day: dt.date | None
    place: str
    matter: str = ""
    digest: str = ""  # of the file


@dataclass(frozen=True, slots=True)
class Party:
    """A firm's persons (法定代表人、股东、经办人, by salted digest) and its address, levelled."""

    code: str
    name: str
    persons: frozenset[str] = frozenset()
    address: str = ""


def hash_person(number: str, salt: bytes) -> str:
    """A person's digest: HMAC-SHA-256 of the id number under the workspace's salt; the number itself is never kept."""
    return hmac.new(salt, number.strip().upper().encode(), "sha256").hexdigest()


@dataclass(slots=True)
class Surroundings:
    """Other claims and lists, indexed. Build it once for many claims."""

    cases: tuple[Case, ...] = ()
    paid: tuple[PaidRow, ...] = ()
    parties: Mapping[str, Party] = field(default_factory=dict)
    by_invoice: dict[str, list[tuple[Case, Invoice]]] = field(default_factory=dict, init=False)
    by_firm: dict[str, list[Case]] = field(default_factory=dict, init=False)
    paid_by_invoice: dict[str, list[PaidRow]] = field(default_factory=dict, init=False)
    buyers: dict[str, set[str]] = field(default_factory=dict, init=False)  # seller -> whom it sold to

    def __post_init__(self) -> None:
        invoices: dict[str, list[tuple[Case, Invoice]]] = defaultdict(list)
        firms: dict[str, list[Case]] = defaultdict(list)
        buyers: dict[str, set[str]] = defaultdict(set)
        for case in self.cases:
            if case.state in SILENT:
                continue
            firms[case.firm].append(case)
            for invoice in case.invoices:
                for key in keys_of(invoice):
                    invoices[key].append((case, invoice))
                buyer = party_of(invoice.buyer_code or case.firm, invoice.buyer_name)
                buyers[party_of(invoice.seller_code, invoice.seller_name)].add(buyer)
        rows: dict[str, list[PaidRow]] = defaultdict(list)
        for row in self.paid:
            if row.invoice:
                rows[row.invoice].append(row)
        self.by_invoice, self.by_firm, self.buyers, self.paid_by_invoice = invoices, firms, buyers, rows

    def coverage(self, programmes: Iterable[str] = ()) -> Coverage:
        """Which programmes, lists and dates a check over these covers."""
        days = [c.claimed_on for c in self.cases if c.claimed_on] + [r.day for r in self.paid if r.day]
        listed = sorted({f"{r.origin} ({r.level})" if r.level else r.origin for r in self.paid})
        known = sorted(
            {c.programme for c in self.cases} | {r.programme for r in self.paid if r.programme} | set(programmes)
        )
        first, last = (f(days).isoformat() if days else "" for f in (min, max))
        return Coverage(tuple(known), tuple(listed), first, last, len(self.cases), len(self.paid))


def keys_of(invoice: Invoice) -> tuple[str, ...]:
    """The key of an invoice, and a looser one by which a number without its code is found too."""
    tail = f"~{party_of(invoice.seller_code, invoice.seller_name)}|{invoice.number[-8:]}|{invoice.total}"
    return invoice.key, tail


def party_of(code: str, name: str) -> str:
    """A party by its code, else by its levelled name."""
    return normalise_uscc(code) if code else normalise_name(name)
