"""Conditions that fit one firm alone (量身定做): told when a round is previewed, since a rule cannot see it by itself.

Owns the look at each general condition over the projects of a round. A condition that names a firm is refused when the rule loads;
one that only one firm happens to meet is a warning for people to judge.
"""

from __future__ import annotations

from kaiwu.allot.entry import Condition
from kaiwu.procedure.allot.folder import RoundFolder
from kaiwu.quantity import Problem, date_index
from kaiwu.rule.outcome import Outcome
from kaiwu.rule.reference import Reference

LEAST_FIRMS = 3
"""Among fewer firms, that one alone meets a condition says nothing."""


def find_tailored(folder: RoundFolder) -> tuple[Problem, ...]:
    """A warning (A-TAILORED) for every condition of entry that, of three firms or more, exactly one meets."""
    facts = folder.facts
    context = {"#as_of": date_index(facts.as_of), "#rated": facts.rated}
    rows = {row["entity"]: {**row, **context} for row in facts.table.iter_rows(named=True)}
    entry = folder.scheme.book.entries
    found = []
    for kind, rule in entry.items():
        firms = {a.id: a.firm for a in folder.round.applicants if kind in a.accepts and a.id in rows}
        if len(set(firms.values())) < LEAST_FIRMS:
            continue
        for part in rule.parts:
            met = {firm for name, firm in firms.items() if Reference(rows[name]).outcome(part.tree) is Outcome.PASS}
            if len(met) == 1:
                found.append(_warn(kind, part, next(iter(met)), len(set(firms.values()))))
    return tuple(found)


def _warn(kind: str, part: Condition, firm: str, among: int) -> Problem:
    zh = f"条件“{part.zh or part.text}”在 {among} 家企业中只有一家({firm})符合; 请核实不是量身定做"
    en = f"of {among} firms only {firm} meets “{part.en or part.text}”: make sure that it is not made for one firm"
    return Problem("A-TAILORED", zh, en, where=kind, text=part.text)
