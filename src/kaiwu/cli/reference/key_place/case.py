"""Keys of the tests of a pack."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_FILE = "tests/*.yaml"

PLACES: tuple[Place, ...] = (
    Place(_FILE, "tests[]", "kaiwu.pack.case:CASE_KEYS", {
        "name": "a sentence", "cites": "clause, case or arithmetic; never an earlier output", "scheme": "scheme that decides", "clause": "clause, where there are several",
        "as_of": "date of the decision", "rated": "rated year", "facts": "name -> value with unit; name@-1 or 2023年name for another year",
        "population": "several entities: name -> facts", "findings": "true: all human findings answered with yes; or one by one", "expect": "what must come out", "load": "a rulebook that must be refused",
        "settle": "claims that are settled instead of facts that are decided; expect then names claims",
    }),
    Place(_FILE, "tests[].settle", "kaiwu.pack.settlement_case:SETTLE_KEYS", {
        "claims": "claim -> firm, clause, amount …; what is left out is not known", "prior": "what was paid before, a list", "pots": "what is left in a pot, by code or code@year",
    }),
    Place(_FILE, "tests[].settle.claims.*", "kaiwu.pack.settlement_case:CLAIM_KEYS", {
        "firm": "the firm; by default the name of the claim", "clause": "clause; by default that of the case", "matter": "number of the project, contract …", "year": "year of the claim; by default that of as_of",
        "filed": "day of filing", "rank": "place in the declared order", "amount": "amount before settlement, or [low, high]", "basis": "eligible cost",
    }),
    Place(_FILE, "tests[].settle.prior[]", "kaiwu.pack.settlement_case:PRIOR_KEYS", {
        "firm": "the firm", "matter": "number of the project, contract …", "clause": "clause that paid", "programme": "scheme that paid; absent: this one", "level": "level of the office that paid", "year": "year of the payment", "paid": "amount",
    }),
    Place(_FILE, "tests[].expect of settled claims", "kaiwu.pack.settlement_case:EXPECTED_KEYS", {
        "amount": "award, or [low, high]", "step": "the step that decided it: kind, number or title; none", "asks": "codes of the questions that stay open", "instalments": "its parts", "returned": "what is to be returned",
        "cites": "clause or arithmetic of this expectation",
    }),
    Place(_FILE, "tests[].expect", "kaiwu.pack.case:EXPECT_KEYS", {
        "outcome": "符合, 不符合, 缺数据 or 需认定", "amount": "one amount or [low, high]", "class": "class or band", "score": "score", "rank": "place", "missing": "variables that are missing",
        "near": "near miss", "problem": "code of the problem", "status": "rated, exempt …", "figures": "what derived variables come out as",
    }),
)  # fmt: skip
