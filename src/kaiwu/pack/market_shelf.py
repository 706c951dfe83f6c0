"""What packs bring for needs and offers (供需内容): attributes, words of extraction, retrieval settings and listings.

Owns the names of the files: ``match/attribute.yaml``, ``match/extraction.yaml``, ``match/retrieval.yaml``, ``match/desk.yaml`` and
``listings/*.yaml``. What stands in them is read by ``kaiwu.match``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from kaiwu.match.attribute import Attributes, load_attributes
from kaiwu.match.desk import Desk, load_desks
from kaiwu.match.extraction import ExtractionRules, load_extraction
from kaiwu.match.listing import Listing, load_listing
from kaiwu.match.record import MatchKind
from kaiwu.match.setting import RetrievalSettings, load_settings
from kaiwu.pack.library import Library
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.table import Document

_Loaded = TypeVar("_Loaded")


@dataclass(frozen=True, slots=True)
class MarketContent:
    """Everything that packs say of needs and offers; ``listings`` by code."""

    attributes: Attributes
    extraction: ExtractionRules
    settings: RetrievalSettings
    listings: Mapping[str, Listing]
    desks: Mapping[MatchKind, Desk]

    def listing(self, code: str) -> Listing:
        """The listing of a code. Raises ``KaiwuError`` naming those that exist."""
        if code not in self.listings:
            near = ", ".join(sorted(self.listings)) or "-"
            zh, en = f"没有登记表样“{code}”; 现有: {near}", f"no listing “{code}”; there are: {near}"
            raise KaiwuError(Problem("M-LISTING-NONE", zh, en))
        return self.listings[code]


def open_market(library: Library) -> MarketContent:
    """The market content of all packs of a library. Raises ``KaiwuError`` with every mistake of their files."""
    problems: list[Problem] = []
    attributes = _try(problems, load_attributes, _documents(library, "attribute"))
    extraction = _try(problems, load_extraction, _documents(library, "extraction"))
    settings = _try(problems, load_settings, _documents(library, "retrieval"))
    desks = _try(problems, load_desks, _documents(library, "desk"))
    listings = _read_listings(library, attributes, problems) if attributes is not None else {}
    if problems or attributes is None or extraction is None or settings is None or desks is None:
        raise KaiwuError(problems)
    characters = open_grammar(library).characters
    return MarketContent(attributes, replace(extraction, characters=characters), settings, listings, desks)


def _documents(library: Library, name: str) -> list[Document]:
    path = f"match/{name}.yaml"
    return [s.pack.document(path) for s in library.shelves.values() if path in s.pack.files]


def _read_listings(library: Library, attributes: Attributes, problems: list[Problem]) -> dict[str, Listing]:
    found: dict[str, Listing] = {}
    for shelf in library.shelves.values():
        for name in shelf.pack.names("listings"):
            try:
                listing = load_listing(shelf.pack.document(name), attributes.catalogue)
            except KaiwuError as error:
                problems += error.problems
            else:
                found[listing.code] = listing
    return found


def _try(
    problems: list[Problem], load: Callable[[Sequence[Document]], _Loaded], documents: Sequence[Document]
) -> _Loaded | None:
    try:
        return load(documents)
    except KaiwuError as error:
        problems += error.problems
        return None
