"""Sheets of the market into a workspace (供需导入): every file is checked first, then all are taken in, or none.

Owns the order of the steps. Reading one sheet is ``kaiwu.match.listing_read``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kaiwu.match.deal import Deal
from kaiwu.match.listing_read import ListingResult, read_listing
from kaiwu.match.record import Record
from kaiwu.procedure.market.content import listing_of, open_content
from kaiwu.procedure.market.store import MarketStore
from kaiwu.procedure.workspace import Workspace

FOLDER = "market"


@dataclass(frozen=True, slots=True)
class TakenListing:
    """What an import of market sheets did: results by file, the batch, and how many records had ended already (kept, never shown)."""

    results: dict[str, ListingResult]
    batch: int | None
    expired: int

    @property
    def is_accepted(self) -> bool:
        """Whether everything was taken in; if not, nothing was."""
        return all(result.report.is_accepted for result in self.results.values())

    @property
    def count(self) -> int:
        """Records in all."""
        return sum(result.count for result in self.results.values())


def market_store(workspace: Workspace) -> MarketStore:
    """The market of a workspace."""
    return MarketStore(workspace.folder / FOLDER)


def take_listings(
    workspace: Workspace,
    files: Sequence[Path],
    *,
    known_at: dt.date,
    day: dt.date,
    listing: str | None = None,
    synthetic: bool | None = None,
) -> TakenListing:
    """Take market sheets into a workspace as known on a day; ``day`` decides what has ended. Nothing is taken in unless every file is without error."""
    content = open_content(workspace)
    chosen = [(file, listing_of(file, content, listing)) for file in files]
    results = {
        file.name: read_listing(file, fitting, content.attributes, name=file.name, synthetic=synthetic) for file, fitting in chosen
    }  # fmt: skip
    if not all(result.report.is_accepted for result in results.values()):
        return TakenListing(results, None, 0)
    records: list[Record | Deal] = []
    for result in results.values():
        records += [*result.needs, *result.offers, *result.deals]
    names = {code: name for r in results.values() for code, name in r.names.items()}
    batch = market_store(workspace).append(records, names, known_at, "; ".join(results))
    expired = sum(record.is_expired(day) for record in records if isinstance(record, Record))
    return TakenListing(results, batch, expired)
