"""What the clauses grant for a claim (核定): facts of the claim and of the case itself, decided by the clause engine.

Owns where each fact comes from. The amounts are the rulebook's; which of them is taken is ``advance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kaiwu.ledger.book import Book
from kaiwu.pack import Library
from kaiwu.pack.case import make_facts
from kaiwu.pack.decide import refuse_out_of_force
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import RESERVING, Case
from kaiwu.procedure.claim.posting import fund_account
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.surroundings import SILENT
from kaiwu.rule.decision import Decision


def decide_claim(
    library: Library, programme: Programme, case: Case, cases: Sequence[Case], book: Book
) -> list[dict[str, Any]]:
    """What each clause of the programme decides for a claim, as data for the assessing event.

    ``cases`` are all claims on the same pot. Raises ``KaiwuError`` for facts that cannot be read and for a rulebook that
    was not in force on the day of the claim.
    """
    assert case.claimed_on is not None, "what is assessed was claimed"
    pack, _, head = library.heads[programme.rulebook]
    rated = head.rated_year(case.claimed_on)
    refuse_out_of_force(head, case.claimed_on, rated)
    facts = {**case.facts, **facts_of_case(programme, case, cases, book)}
    scheme = library.scheme(programme.rulebook)
    table = make_facts(scheme, library.shelves[pack], {case.firm: facts}, case.claimed_on, rated)
    wanted = (case.clause,) if case.clause else programme.clauses
    return [_candidate(d, library) for d in scheme.explain(table, case.firm) if d.item in wanted]


def facts_of_case(programme: Programme, case: Case, cases: Sequence[Case], book: Book) -> dict[str, str]:
    """The facts that the case itself answers, by the origins that the programme declares, as text with unit."""
    year = case.claimed_on.year if case.claimed_on else programme.pot.year
    mine = [
        c for c in cases
        if c.firm == case.firm and c.programme == case.programme and c.number != case.number
        and c.claimed_on is not None and c.claimed_on.year == year
    ]  # fmt: skip
    amounts = {
        "paid": case.paid_by_firm,
        "signed": int(case.contract.get("amount", 0)),
        "signed_in_year": sum(int(c.contract.get("amount", 0)) for c in (*mine, case) if c.state not in SILENT),
        "granted_in_year": sum(c.amount for c in mine if c.state in RESERVING),
    }
    if "pot_left" in programme.facts.values():
        amounts["pot_left"] = pot_left(programme, case, cases, book)
    return {name: yuan(amounts[origin]) for name, origin in programme.facts.items()}


def pot_left(programme: Programme, case: Case, cases: Sequence[Case], book: Book) -> int:
    """What the pot can still promise: the ledger's available money less what was assessed and not yet held, in fen."""
    available = sum(book.balance(fund_account(programme, fund).available.id).available for fund in programme.funds)
    waiting = sum(c.amount for c in cases if c.number != case.number and c.state in RESERVING and not c.decided_event)
    return max(available - waiting, 0)


def _candidate(decision: Decision, library: Library) -> dict[str, Any]:
    variables = library.variables
    missing = [_name(slot, variables) for slot in decision.missing]
    failed = [r for r in decision.reasons if r.outcome is not None and int(r.outcome) != 1]
    return {
        "clause": decision.item,
        "article": decision.article,
        "zh": decision.zh,
        "en": decision.en,
        "outcome": int(decision.outcome),
        "low": decision.low,
        "high": decision.high,
        "missing": missing,
        "why": "; ".join(r.zh for r in failed),
        "reasons": [[r.zh, r.en, r.article, int(r.outcome) if r.outcome is not None else None] for r in decision.reasons],
    }  # fmt: skip


def _name(slot: str, variables: Mapping[str, Any]) -> str:
    code, _, offset = slot.partition("@")
    name = variables[code].zh if code in variables else code
    return f"{name}@{offset}" if offset else name
