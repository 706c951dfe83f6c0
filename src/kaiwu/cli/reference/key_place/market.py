"""Keys of the files of a pack that say how needs and offers are read, taken apart, stated and searched."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_SETTING = "kaiwu.match.setting"
_KINDS = {
    "part": "parts and procurement", "technology": "technology needs, results, patents", "service": "services", "space": "plants, floors, land", "money": "finance",
    "people": "people and institutes", "policy": "policies", "sample": "samples to look at",
}  # fmt: skip

PLACES: tuple[Place, ...] = (
    Place("listings/*.yaml", "listing", "kaiwu.match.listing:load_listing", {
        "side": "need, offer or deal (a contract between two parties); all other keys of the file are those of imports/*.yaml",
        "kind": "part technology service space money people policy sample", "no_object": "titles that name nothing; a need so called is refused",
    }),
    Place("listings/*.yaml", "attributes", "kaiwu.match.listing:FIELDS", {
        "text": "the body of a need or offer", "party": "social credit code of who needs or offers", "party_name": "its name, kept for lists; nobody is guessed by name",
        "client": "deal: code of the firm that buys", "client_name": "deal: its name", "group": "name of its group: own group is never shown", "quantity": "how much",
        "unit": "unit of the quantity", "start": "first day of the window", "end": "last day of the window", "region": "administrative code of the place",
        "regions": "need: leading digits of the places that will do", "classes": "codes of GB/T 4754 or of products", "certificates": "asked for by a need, held by an offer",
        "constraints": "need: hard conditions in the rule language", "expiry": "last day on which it stands",
    }),
    Place("match/attribute.yaml", "", "kaiwu.match.attribute:load_attributes", {
        "variables": "attributes of needs and offers, declared as in variables/*.yaml; kept apart from the figures of firms", "attributes": "which kind states which attributes",
    }),
    Place("match/attribute.yaml", "attributes", "kaiwu.match.attribute:_read_kinds", _KINDS),
    Place("match/extraction.yaml", "", "kaiwu.match.extraction.rule:load_extraction", {
        "headings": "headings of notices by what stands below them", "organisations": "endings of names of organisations, which never score", "boilerplate": "words that never score",
        "title_words": "words of titles of notices that never score", "about_buyer": "words of sentences about the buyer, which never score", "certificates": "spellings of a certificate by its code",
    }),
    Place("match/extraction.yaml", "headings", "kaiwu.match.extraction.rule:load_extraction#2", {
        "object": "what is wanted", "quantity": "how much", "place": "where", "deadline": "until when", "qualification": "who may offer", "ignored": "never read for the search",
    }),
    Place("match/desk.yaml", "", "kaiwu.match.desk:load_desks", _KINDS),
    Place("match/desk.yaml", "KIND", "kaiwu.match.desk:load_desks#2", {"zh": "whom to ask where too little is found", "en": "the same in English"}),
    Place("match/retrieval.yaml", "", f"{_SETTING}:load_settings", {"default": "parameters of every kind without its own", **_KINDS}),
    Place("match/retrieval.yaml", "KIND", f"{_SETTING}:_read", {
        "k1": "how soon repetition stops to count (BM25)", "b": "how much long texts are held back (BM25)", "title": "weight of the title", "body": "weight of the text",
    }, keys=("k1", "b", "title", "body")),
)  # fmt: skip
