"""Listings (登记表样): how a sheet of needs, offers or contracts is read, declared as content beside import templates.

Owns the key ``listing`` and the names that a record's own columns have. All else of the file is an import template
(``kaiwu.figure.import_template``), so that sheets of the market pass the same checks as any department's. Keys::

    listing: {side: need, kind: part, no_object: [详见附件]}
        # side: need, offer or deal (a contract between two parties)
        # kind: part technology service space money people policy sample
        # no_object: titles that name nothing; a need so called is refused
    attributes: {party: [采购单位代码]}   # which columns are which field of a record: ``FIELDS``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kaiwu.figure.entry import Entry
from kaiwu.figure.import_template import ImportTemplate, load_import_template
from kaiwu.figure.variable import Variable
from kaiwu.match.record import MatchKind
from kaiwu.quantity import KaiwuError
from kaiwu.table import Document

LISTING_KEYS = ("side", "kind", "no_object")
SIDES = ("need", "offer", "deal")
FIELDS = (
    "text", "party", "party_name", "client", "client_name", "group", "quantity", "unit", "start", "end", "region", "regions", "classes",
    "certificates", "constraints", "expiry",
)  # fmt: skip
"""What a column of a listing may be, beside the code, the title and declared variables."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A loaded listing (登记表样): which side and kind its rows are, and how the sheet is read."""

    side: str
    kind: MatchKind
    template: ImportTemplate
    no_object: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Its code."""
        return self.template.code


def load_listing(document: Document, variables: Mapping[str, Variable] | Iterable[Variable]) -> Listing:
    """Read a listing. Raises ``KaiwuError`` with every mistake of the file at its line and key."""
    data = document.data if isinstance(document.data, dict) else {}
    own = data.get("listing")
    entry = Entry(document, ("listing",), own if isinstance(own, dict) else {}, [])
    if not isinstance(own, dict):
        entry.complain("M-LISTING", "要写 listing: {side: need, kind: part}", "write listing: {side: need, kind: part}")
    entry.check_keys(LISTING_KEYS)
    side = entry.choice("side", SIDES, "need")
    kind = MatchKind(entry.choice("kind", [*MatchKind], MatchKind.PART))
    no_object = entry.texts("no_object")
    try:
        rest = Document(
            document.name, {k: v for k, v in data.items() if k != "listing"}, document.places, document.text
        )
        template = load_import_template(rest, variables)
    except KaiwuError as error:
        raise KaiwuError([*entry.problems, *error.problems]) from error
    for name in template.attributes:
        if name not in FIELDS:
            listed = ", ".join(FIELDS)
            Entry(document, ("attributes",), template.attributes, entry.problems).complain(
                "M-LISTING-FIELD", f"登记表没有字段“{name}”; 可用: {listed}", f"a listing has no field “{name}”; there are: {listed}", name,
            )  # fmt: skip
    if entry.problems:
        raise KaiwuError(entry.problems)
    return Listing(side, kind, replace(template, registers=True), no_object)
