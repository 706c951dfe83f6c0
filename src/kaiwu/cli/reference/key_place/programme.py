"""Keys of programmes."""

from __future__ import annotations

from kaiwu.cli.reference.key_place.place import Place

_FILE = "programmes/*.yaml"
_PROGRAMME = "kaiwu.pack.programme_reader"

PLACES: tuple[Place, ...] = (
    Place(_FILE, "", f"{_PROGRAMME}:read_programme", {
        "programme": "code of the programme (兑付方案), unique in the whole library", "rulebook": "rulebook of clauses that it pays", "clauses": "its clauses; default: all",
        "window": "window of claims {from, to}", "pot": "the pot that pays", "funds": "fund sources: each bears a share of every award", "materials": "the completeness list",
        "stages": "the chain of approvals in order; ends with one of kind treasury", "notice": "window of the public notice", "checks": "checks to run",
        "instalments": "instalments of an award; default: one", "survey": "the effect survey", "claw_back": "grounds on which money is claimed back",
        "automatic": "true: 免申即享, nobody has to claim", "facts": "name of a variable -> paid, signed, signed_in_year, granted_in_year or pot_left: what the case itself answers",
        "invoices": "whether invoices prove the basis, and how much of one all programmes may pay", "calendar": "holidays and worked weekends, for working days",
    }),
    Place(_FILE, "pot", f"{_PROGRAMME}:pot", {
        "year": "its year: later claims are refused", "amount": "its amount; absent: unknown", "expires": "day after which vouchers not redeemed lapse",
    }),
    Place(_FILE, "funds[]", f"{_PROGRAMME}:fund", {
        "level": "city, county …: two levels are two treasuries and two dates", "year": "budget year; default: that of the pot", "share": "share of every award, in %; absent: unknown and asked for",
        "budget": "its budget",
    }),
    Place(_FILE, "materials[]", f"{_PROGRAMME}:material", {
        "kind": "contract invoice payment usage_log acceptance form promise other", "required": "false: may be missing at the desk",
    }),
    Place(_FILE, "stages[]", f"{_PROGRAMME}:stage", {
        "kind": "approval audit review committee notice recheck leader treasury", "role": "office that signs", "departments": "each signs for itself (联审)",
        "minutes": "true: wants the number of the minutes", "two_person": "true: two different signers", "days": "days allowed", "count": "working or calendar days",
    }),
    Place(_FILE, "notice", f"{_PROGRAMME}:notice", {"days": "days; absent: unknown and asked for with its ground", "count": "working or calendar days"}),
    Place(_FILE, "checks[]", f"{_PROGRAMME}:check", {
        "check": "same_invoice split_contract related_party outside_validity round_number leading_digit", "severity": "blocks, ask or hint; screens are hints only",
        "threshold": "split_contract: each contract within it, together above it", "days": "split_contract: days between contracts", "at_least": "screens: fewest invoices",
        "share": "round_number: share of round amounts", "step": "round_number: what counts as round",
    }),
    Place(_FILE, "instalments[]", f"{_PROGRAMME}:instalment", {"share": "share of the award, in %", "materials": "materials that must be there first"}),
    Place(_FILE, "survey", f"{_PROGRAMME}:survey", {"months": "months after the last payment", "questions": "the questions"}),
    Place(_FILE, "survey.questions[]", f"{_PROGRAMME}:question", {"variable": "variable that the answer is a figure of", "before": "variable of the figure before, where it is another one", "decimals": "of the change per yuan as printed, default 4"}),
    Place(_FILE, "claw_back[]", f"{_PROGRAMME}:claw_back", {"share": "share of what was paid, in %; absent: unknown, the amount is stated"}),
    Place(_FILE, "invoices", f"{_PROGRAMME}:invoices", {"required": "false: no invoice is asked for", "cap": "most of an invoice's amount that all programmes together may pay, in %"}),
    Place(_FILE, "calendar", f"{_PROGRAMME}:calendar", {"holidays": "days off on weekdays", "workdays": "weekends that are worked (调休)"}),
)  # fmt: skip
