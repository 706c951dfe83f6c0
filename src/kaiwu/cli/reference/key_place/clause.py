"""Keys of rulebooks of kind ``clauses``, without the settlement between the clauses."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import HEAD, Place

_FILE = "rulebooks/*.yaml, kind clauses"
_CLAUSE = "kaiwu.benefit.loader"

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_CLAUSE}:load_book", {**HEAD, "clauses": "the clauses", "let": "named parts of conditions", "settlement": "what stands between the clauses, in order"}),
    Place(_FILE, "clauses[]", f"{_CLAUSE}:clause", {
        "text": "paraphrase of the clause; its edge words must be declared", "department": "office in charge", "when": "condition, or all: / any: lists",
        "cohort": "who stands under this clause at all (老人老办法)", "veto": "conditions that must be known clean", "human": "findings that only a human can make",
        "amount": "formula or one mechanism", "cap": "caps; the smallest wins", "floor": "least amount that is paid", "upper_limit": "true for 最高…: the lowest amount is 0",
        "matter": "key for 就高不重复", "pot": "the pot that pays: code, amount, period, exhaustion", "grants": "what is granted where it is no money",
        "status": "in_use, draft or superseded",
    }),
    Place(_FILE, "clauses[].when, .veto[]", f"{_CLAUSE}:named", {"all": "parts that must all hold", "any": "parts of which one is enough"}),
    Place(_FILE, "clauses[].human[]", f"{_CLAUSE}:finding", {}),
    Place(_FILE, "clauses[].cap[]", f"{_CLAUSE}:cap", {
        "amount": "the cap, a formula", "per": "for whom and how long: [firm, year]", "less": "what was granted before",
    }),
)  # fmt: skip
