"""Explains one clause for one entity: which condition stands where, what is missing, how the amount came about.

Owns the order of the lines. The sentences themselves are ``kaiwu.rule.explain``.
"""

from __future__ import annotations

from typing import Any

from kaiwu.benefit.clause import Clause, Condition
from kaiwu.rule.decision import Decision, Facts, Reason
from kaiwu.rule.explain import explain_amount, explain_condition, explain_misses, missing_slots
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference, round_to
from kaiwu.rule.rulebook import Head


def explain_clause(head: Head, clause: Clause, entity: str, row: dict[str, Any], facts: Facts) -> Decision:
    """The decision of a clause with all reasons, computed by the exact reference."""
    reference = Reference(row)
    outcome = reference.outcome(clause.condition.tree)
    is_open = is_open_to_act(clause, facts)
    reasons = explain_conditions(clause, row, facts, is_open)
    low, high = amount_of(clause, reference, outcome)
    if outcome is Outcome.FAIL:
        reasons += explain_misses(
            clause.condition.tree, row, article=clause.article, is_open=is_open, rated=facts.rated
        )
    if clause.amount is not None and outcome is not Outcome.FAIL:
        reasons += explain_amount(clause.amount.tree, row, rated=facts.rated)
    missing = tuple(missing_slots(clause.condition.tree, row)) if outcome is Outcome.MISSING else ()
    return Decision(
        entity=entity,
        scheme=head.code,
        item=clause.id,
        zh=clause.zh,
        en=clause.en,
        outcome=outcome,
        article=clause.article,
        low=low,
        high=high,
        reasons=tuple(reasons),
        missing=missing,
        document=clause.document,
        version=head.version,
    )


def is_open_to_act(clause: Clause, facts: Facts) -> bool:
    """Whether advice makes sense: inside the declared window, or, where none is declared, for the last year or this one.

    What was rated longer ago is settled (已定).
    """
    window = clause.application
    if window.valid_from is None and window.valid_to is None:
        return facts.rated >= facts.as_of.year - 1
    return window.covers(facts.as_of)


def explain_conditions(clause: Clause, row: dict[str, Any], facts: Facts, is_open: bool) -> list[Reason]:
    """One block of lines for every named condition, in the order of the clause."""
    reasons: list[Reason] = []
    for condition in _named(clause.condition):
        reasons += explain_condition(
            condition.tree,
            row,
            article=condition.article or clause.article,
            is_open=is_open,
            rated=facts.rated,
            title=(condition.zh, condition.en),
        )
    return reasons


def _named(condition: Condition) -> list[Condition]:
    """The outermost conditions: parts of an ``all`` one by one, everything else as a whole."""
    if condition.group == "all":
        return [leaf for part in condition.parts for leaf in _named(part)]
    return [condition]


def amount_of(clause: Clause, reference: Reference, outcome: Outcome) -> tuple[int | None, int | None]:
    """(lowest, highest) in fen, as ``ClauseScheme.decide`` computes it by integers."""
    amount = clause.amount
    if amount is None:
        return None, None
    if outcome is Outcome.FAIL:
        return 0, 0
    low, high = (int(round_to(end, amount.step, amount.mode)) for end in reference.interval(amount.tree))
    is_certain = outcome is Outcome.PASS and not amount.is_upper_limit
    return (low if is_certain else 0), high
