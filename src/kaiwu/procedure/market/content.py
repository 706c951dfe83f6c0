"""What packs say of the market (供需内容): the attributes of offers and the listings by which sheets are read.

Owns gathering them over the packs of a library. Reading one file is ``kaiwu.match``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kaiwu.match.attribute import Attributes, load_attributes
from kaiwu.match.listing import Listing, load_listing
from kaiwu.pack import Library, open_library
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem

PACK = "market"
"""The pack that comes with Kaiwu; a workspace that names none of its own uses it."""
ATTRIBUTES, LISTINGS = "match/attribute.yaml", "listings"


@dataclass(frozen=True, slots=True)
class MarketContent:
    """Attributes and listings by code."""

    attributes: Attributes
    listings: dict[str, Listing]

    def listing_of(self, file: Path, wanted: str | None = None) -> Listing:
        """The listing named, or the one whose code or Chinese name begins the file's name. Raises ``KaiwuError`` naming those there are."""
        if wanted is None:
            fitting = [each for each in self.listings.values() if file.name.startswith((each.code, each.template.zh))]
        else:
            fitting = [each for code, each in self.listings.items() if code == wanted]
        if not fitting:
            known = "、".join(f"{code}({each.template.zh})" for code, each in sorted(self.listings.items()))
            raise KaiwuError(Problem(
                "S-LISTING", f"不知道用哪个登记表读“{file.name}”; 文件名请以登记表名开头, 或用 --listing 指定: {known}",
                f"no listing for “{file.name}”: begin the file's name with that of a listing, or name it by --listing: {known}", where=file.name,
            ))  # fmt: skip
        return max(fitting, key=lambda each: len(each.template.zh))


def open_content(workspace: Workspace) -> MarketContent:
    """The market content of a workspace's packs, else that of the pack that comes with Kaiwu. Raises ``KaiwuError`` with every mistake."""
    library = workspace.library
    if not any(shelf.pack.names(LISTINGS) for shelf in library.shelves.values()):
        library = open_library([PACK], workspace.pack_roots)
    return read_content(library)


def read_content(library: Library) -> MarketContent:
    """The market content of a library."""
    packs = [shelf.pack for shelf in library.shelves.values()]
    attributes = load_attributes([pack.document(ATTRIBUTES) for pack in packs if ATTRIBUTES in pack.files])
    listings: dict[str, Listing] = {}
    problems: list[Problem] = []
    for pack in packs:
        for name in pack.names(LISTINGS):
            try:
                found = load_listing(pack.document(name), attributes.catalogue.variables)
                listings[found.code] = found
            except KaiwuError as error:
                problems += error.problems
    if problems:
        raise KaiwuError(problems)
    return MarketContent(attributes, listings)
