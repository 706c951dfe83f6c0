"""Keys of rulebooks of kind allotment."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import HEAD, Place

_FILE = "rulebooks/*.yaml, kind allotment"
_LOADER = "kaiwu.allot.loader"
_WHEN = {
    "when": "condition, list, or {all | any: […]}; parts may be {zh, en, article, when}",
    "veto": "conditions that must be known not to hold",
}

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_LOADER}:load", {
        **HEAD, "sees": "figures on the applicant's own sheet; a rule may read nothing else", "kinds": "kinds of supply, in the order of the list",
        "score": "where the score comes from and its scale", "constraints": "what a supply must offer for what a project needs", "resources": "quotas that grants draw on",
        "passes": "walks down the line, reserves among them, in their order", "ties": "how equal scores are ordered: date, draw", "one_per": "who is granted once: firm, group",
        "choice": "smallest or number: which of several fitting supplies is taken", "plots": "[least, most] supplies of a rolling round", "standard_conditions": "conditions of every public sale; none may name a firm",
    }),
    Place(_FILE, "kinds[]", f"{_LOADER}:kind", {
        "kind": "land_sale lease lease_then_sell floor upgrade", "disposal": "public (招拍挂) or direct; land for sale is always public, land leased directly names its article",
        "threshold": "least score for this kind, a whole step of the scale", "entry": "conditions of entry",
    }),
    Place(_FILE, "kinds[].entry", f"{_LOADER}:entry_rule", {**_WHEN, "rulebook": "rulebook of a clause that is taken over", "clause": "id of that clause"}),
    Place(_FILE, "kinds[].entry.when[]", "kaiwu.allot.entry:_parts", {"all": "all of these", "any": "one of these"}),
    Place(_FILE, "score", f"{_LOADER}:book", {
        "of": "score variable of the project", "items": "score variables of which it is the sum", "rulebook": "rating whose indicators, or rubric without blocks whose items, are its parts; exactly one of of, items, rulebook",
        "step": "step of the scale, such as 0.1分", "full": "highest score",
        "discount": "promised figures that count in the score times the firm's own delivery ratio (deliveries.csv of the round)",
    }),
    Place(_FILE, "score.items[]", f"{_LOADER}:items", {"of": "score variable of the project"}),
    Place(_FILE, "constraints[]", f"{_LOADER}:constraint", {
        "need": "variable of the project", "offer": "variable of the supply, same unit", "test": "at_least, at_most, equal or one_of (a category among those that the supply allows)",
        "kinds": "kinds of supply that are tested; none: all", "optional": "true: a project that states no need is free of it",
    }),
    Place(_FILE, "resources[]", f"{_LOADER}:resource", {
        "unit": "unit of the quota", "takes": "demand (the project's own), area or one (of the supply)", "per": "month, year or round", "scope": "park or district",
        "kinds": "kinds of supply that take of it; none: all",
    }),
    Place(_FILE, "passes[]", f"{_LOADER}:stage", {**_WHEN, "when": "who belongs to the reserve; absent: everybody", "most": "grants at most", "area": "area at most"}),
    Place(_FILE, "standard_conditions[]", f"{_LOADER}:pair_of_texts", {}),
)  # fmt: skip
