"""What a place of keys is, and the meanings that many places share.

Owns the shape of an entry; the entries stand by kind of file in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping in a content file. ``scanned`` names the check in the source; ``keys`` is given where that is dynamic."""

    file: str
    path: str
    scanned: str
    meanings: Mapping[str, str]
    keys: tuple[str, ...] = ()


COMMON: Mapping[str, str] = {
    "code": "short code, unique in its list",
    "id": "short code, unique in its list",
    "zh": "Chinese label",
    "en": "English label",
    "article": "article of the document",
    "note": "remark for readers of the file; not evaluated",
    "when": "condition in the rule language",
    "source": "id in sources.csv",
    "standing": "attested, single_copy, memory or inferred; all but the first show 待核实",
    "title": "title of the document",
    "document": "the document: title, number, issuer, date, page, source, standing",
    "valid": "in force: from, to, repealed",
    "round": "declared rounding: {to: 0.01分, mode: half_up | down | up}",
    "rounding": "declared rounding of money: {to: 1元, mode: half_up | down | up}",
    "status": "in_use, draft (may be tried, never noticed) or template (content unknown)",
    "from": "lower end; absent is open",
    "to": "upper end; absent is open",
    "points": "points, with the unit 分",
    "application": "window of application {from, to}: near misses are advice only while it is open",
}
HEAD: Mapping[str, str] = {
    "rulebook": "code of the scheme, unique in the whole library",
    "family": "joins the versions of one scheme; two may not be in force on one day",
    "kind": "clauses, rating, rubric, bands or streak",
    "jurisdiction": "where it applies",
    "level": "national, province, city, county …",
    "population": "kind of entity it is about: firm project county city plot space town …",
    "rated": "rated year: last_year (year of the run's date − 1) or same_year",
    "version": "name of the version; default: date of the document",
    "in_force_by": "what decides the version: the run's date, or the rated year",
    "edges": 'edge words used: {以上: ">=", 以下: "<"}',
    "periods": "words for years with a meaning of their own in this document",
    "produces": "variable that the result answers for other schemes",
}
SCOPE: Mapping[str, str] = {"scope": "condition: who takes part at all"}
GATE = ("code", "zh", "en", "when", "article", "note")
"""Keys of a condition with a name; a place may add its own."""
