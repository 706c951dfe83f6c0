"""Keys of the settlement of a rulebook of kind ``clauses`` and of each of its steps."""

from __future__ import annotations

from collections.abc import Mapping

from kaiwu.cli.reference.key_place.place import Place

_FILE = "rulebooks/*.yaml, kind clauses"
_SETTLE = "kaiwu.benefit.settlement"
_CAP = {
    "amount": "the cap: an amount, or a formula over variables", "rate": "share of the column that of names (default 100%)",
    "of": "a money column of the claims (basis) or a variable", "per": "keys that share the cap: firm year matter clause, or a column of the claims",
    "over": "a window of years that count together (三年合计); per then names no year", "counts": "earlier awards that use it up: same (this scheme and clauses), all or none",
}  # fmt: skip
_STEP = {
    "step": "kind of step", "clauses": "clauses that it reaches; absent: all", "applies_to": "condition over variables of a claim (老人老办法)",
    "placed_by": "article that puts the step before one that usually precedes it",
}  # fmt: skip


def _step(kind: str, module: str, meanings: Mapping[str, str]) -> Place:
    return Place(
        _FILE,
        f"settlement.steps[] {kind}",
        f"{_SETTLE}.step.{module}:read",
        {**_STEP, **meanings},
    )


PLACES: tuple[Place, ...] = (
    Place(_FILE, "settlement", f"{_SETTLE}.loader:load_settlement", {
        "steps": "the steps in the order of the document", "replaces": "names of conditions of clauses that the settlement checks itself (a pot inside a clause)",
        "columns": "variables that fill standard columns of claims that arise from a run",
    }),
    Place(_FILE, "settlement.columns", f"{_SETTLE}.loader:_read_columns", {
        "filed": "date variable of filing", "rank": "variable of the rank", "basis": "money variable of the eligible cost",
    }),
    _step("item_cap", "item_cap", _CAP),
    _step("same_matter", "same_matter", {
        "keep": "highest (就高不重复), difference (补差) or sum (叠加)", "per": "keys of a matter; default firm and matter", "counts": "earlier awards: all, same or none",
        "paid_before": "highest only, what an earlier award means: deduct, bar or ask",
    }),
    _step("either_or", "either_or", {
        "groups": "groups of clauses of which a firm gets one", "choose": "highest, first (the first group with a claim) or declared",
        "choice": "column that names a clause of the chosen group", "per": "who chooses; default firm and year", "counts": "whether earlier awards for another group bar a claim: none (default) or same (of this programme)",
    }),
    _step("all_level_cap", "all_level_cap", _CAP),
    _step("firm_cap", "firm_cap", _CAP),
    _step("contribution_cap", "contribution_cap", {**_CAP, "exempt": "clauses that neither count nor are cut"}),
    _step("pot", "pot", {
        "code": "name of the pot", "amount": "its total; absent: unknown, the system asks", "period": "year (one pot for each year) or total",
        "exhaustion": "first_come, ranked, pro_rata, water_filling or quota; null: the system asks", "order": "column of the order; default filed, or rank",
        "tie": "order of equals in turn: columns, claim, lot, smaller, larger; absent: asks where it matters",
        "last": "the claim that no longer fits: partial, stop, skip or ask", "quota": "number of places", "by": "pro_rata by this column instead of the amounts",
        "filed_by": 'last day of filing: "11-30" of the pot\'s year, or a date',
    }),
    _step("round", "rounding", {"to": "the unit", "mode": "largest_remainder, down or half_up"}),
    _step("minimum", "minimum", {"amount": "the least amount that is paid", "below": "nothing"}),
    _step("instalments", "instalment", {
        "shares": "shares that sum to 100 %", "when": "when each is due, in words", "conditions": "yes/no column or variable of each, or null", "to": "unit of the parts",
    }),
    _step("claw_back", "claw_back", {
        "when": "condition over variables", "share": "share of earlier awards to be returned", "per": "keys of the earlier awards", "counts": "earlier awards: same or all",
        "withhold": "true: nothing is paid meanwhile",
    }),
)  # fmt: skip
