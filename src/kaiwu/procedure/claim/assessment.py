"""What the clauses grant for a claim (核定): facts of the claim and of the case itself, decided by the clause engine.

Owns where each fact comes from. The amounts are the rulebook's; which of them is taken is ``advance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kaiwu.benefit import ClauseScheme
from kaiwu.benefit.settlement import PRIOR_COLUMNS, Settled
from kaiwu.ledger.book import Book
from kaiwu.pack import Library
from kaiwu.pack.case import make_facts
from kaiwu.pack.decide import refuse_out_of_force
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.case import RESERVING, Case
from kaiwu.procedure.claim.invoice import same_party
from kaiwu.procedure.claim.posting import fund_account
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.procedure.claim.surroundings import SILENT, PaidRow
from kaiwu.procedure.settlement import settle_facts, without_conditions
from kaiwu.quantity import date_index
from kaiwu.rule.decision import Decision
from kaiwu.rule.outcome import Outcome


def decide_claim(
    library: Library, programme: Programme, case: Case, own: Sequence[Case], left: int, paid: Sequence[PaidRow] = ()
) -> list[dict[str, Any]]:
    """What each clause of the programme grants a claim, after the rulebook's settlement, as data for the assessing event.

    ``own`` are all claims of the firm, ``left`` what the pot can still promise (fen), ``paid`` the lists of other offices.
    Raises ``KaiwuError`` for facts that cannot be read and for a rulebook that was not in force on the day of the claim.
    """
    assert case.claimed_on is not None, "what is assessed was claimed"
    pack, _, head = library.heads[programme.rulebook]
    rated = head.rated_year(case.claimed_on)
    refuse_out_of_force(head, case.claimed_on, rated)
    given = {**case.facts, **facts_of_case(programme, case, own, left)}
    scheme = library.scheme(programme.rulebook)
    facts = make_facts(scheme, library.shelves[pack], {case.firm: given}, case.claimed_on, rated)
    wanted = (case.clause,) if case.clause else programme.clauses
    plan = scheme.book.settlement if isinstance(scheme, ClauseScheme) else None
    if plan is None or not isinstance(scheme, ClauseScheme):
        return [_candidate(d, library) for d in scheme.explain(facts, case.firm) if d.item in wanted]
    stripped = without_conditions(scheme, plan.replaces)
    candidates = [_candidate(d, library) for d in stripped.explain(facts, case.firm) if d.item in wanted]
    settled = settle_facts(
        scheme, facts, _filings(case, wanted), _prior(library, case, own, paid), {(programme.pot.code, programme.pot.year): left}
    )  # fmt: skip
    return [_settle(candidate, settled) for candidate in candidates]


def _filings(case: Case, wanted: Sequence[str]) -> pl.DataFrame:
    rows = {"entity": [case.firm] * len(wanted), "clause": list(wanted)}
    matter = [case.matter or None] * len(wanted)
    assert case.claimed_on is not None, "what is assessed was claimed"
    filed = [date_index(case.claimed_on)] * len(wanted)
    return pl.DataFrame(rows).with_columns(
        pl.Series("matter", matter, dtype=pl.String), pl.Series("filed", filed, dtype=pl.Int64)
    )


def _prior(library: Library, case: Case, own: Sequence[Case], paid: Sequence[PaidRow]) -> pl.DataFrame:
    """Earlier awards of the firm: its other claims under any programme, and what other offices' lists say."""
    rows: list[tuple[Any, ...]] = []
    for other in own:
        if other.number != case.number and other.state in RESERVING and other.award is not None and other.claimed_on:
            programme = library.programmes[other.programme]
            level = programme.funds[0].level if programme.funds else None
            matter = other.matter or other.award.clause
            rows.append(
                (other.firm, matter, other.award.clause, programme.rulebook, level, other.claimed_on.year, other.amount)
            )
    rows += [
        (case.firm, r.matter or None, None, r.programme, r.level or None, r.day.year, r.amount)
        for r in paid
        if r.day is not None and same_party(r.firm, r.firm_name, case.firm, case.firm_name)
    ]
    return pl.DataFrame(rows, schema=dict(PRIOR_COLUMNS), orient="row")


def _settle(candidate: dict[str, Any], settled: Settled) -> dict[str, Any]:
    """A clause's own answer with what the settlement makes of it; a question of a step becomes 需认定."""
    rows = settled.awards.filter(pl.col("clause") == candidate["clause"])
    if rows.is_empty():
        return candidate
    award = rows.row(0, named=True)
    lines = settled.explain(award["claim"])
    reasons = [*candidate["reasons"], *([line["zh"], line["en"], line["article"], None] for line in lines)]
    made = {**candidate, "low": award["low"], "high": award["high"], "reasons": reasons}
    asks = settled.asks.filter(pl.col("claim") == award["claim"])["zh"].to_list() if award["open"] == "ask" else []
    if asks and candidate["outcome"] == Outcome.PASS:
        return {**made, "outcome": int(Outcome.HUMAN), "missing": asks}
    if award["high"] == 0 and candidate["outcome"] == Outcome.PASS:
        return {**made, "outcome": int(Outcome.FAIL), "why": lines[-1]["zh"] if lines else ""}
    return made


def facts_of_case(programme: Programme, case: Case, own: Sequence[Case], left: int) -> dict[str, str]:
    """The facts that the case itself answers, by the origins that the programme declares, as text with unit."""
    year = case.claimed_on.year if case.claimed_on else programme.pot.year
    mine = [
        c for c in own
        if c.programme == case.programme and c.number != case.number and c.claimed_on is not None and c.claimed_on.year == year
    ]  # fmt: skip
    amounts = {
        "paid": case.paid_by_firm,
        "signed": int(case.contract.get("amount", 0)),
        "signed_in_year": sum(int(c.contract.get("amount", 0)) for c in (*mine, case) if c.state not in SILENT),
        "granted_in_year": sum(c.amount for c in mine if c.state in RESERVING),
        "pot_left": left,
    }
    return {name: yuan(amounts[origin]) for name, origin in programme.facts.items()}


def pot_left(programme: Programme, waiting: int, book: Book) -> int:
    """What the pot can still promise, in fen: the ledger's available money less what was assessed and not yet held."""
    available = sum(book.balance(fund_account(programme, fund).available.id).available for fund in programme.funds)
    return max(available - waiting, 0)


def is_waiting(case: Case) -> bool:
    """Whether an award was assessed and no voucher holds its money yet."""
    return case.state in RESERVING and not case.decided_event


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
