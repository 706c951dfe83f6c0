"""The market content of a workspace (供需内容): that of its packs, else that of the pack that comes with Kaiwu.

Owns this choice and finding the listing of a file. What the content is stands in ``kaiwu.pack.market_shelf``.
"""

from __future__ import annotations

from pathlib import Path

from kaiwu.match.listing import Listing
from kaiwu.pack import open_library
from kaiwu.pack.market_shelf import MarketContent, open_market
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem

PACK = "market"
LISTINGS = "listings"


def open_content(workspace: Workspace) -> MarketContent:
    """Attributes, extraction, settings and listings for a workspace. Raises ``KaiwuError`` with every mistake of the packs."""
    library = workspace.library
    if not any(shelf.pack.names(LISTINGS) for shelf in library.shelves.values()):
        library = open_library([PACK], workspace.pack_roots)
    return open_market(library)


def listing_of(file: Path, content: MarketContent, wanted: str | None = None) -> Listing:
    """The listing named, or the one whose code or Chinese name begins the file's name. Raises ``KaiwuError`` naming those there are."""
    if wanted is not None:
        return content.listing(wanted)
    fitting = [each for each in content.listings.values() if file.name.startswith((each.code, each.template.zh))]
    if not fitting:
        known = "、".join(f"{code}({each.template.zh})" for code, each in sorted(content.listings.items()))
        raise KaiwuError(Problem(
            "S-LISTING", f"不知道用哪个登记表样读“{file.name}”; 文件名请以表样名开头, 或用 --listing 指定: {known}",
            f"no listing for “{file.name}”: begin the file's name with that of a listing, or name it by --listing: {known}", where=file.name,
        ))  # fmt: skip
    return max(fitting, key=lambda each: len(each.template.zh))
