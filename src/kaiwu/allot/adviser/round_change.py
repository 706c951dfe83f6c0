"""What a change of a round would do (假如), by the ruler itself: other quotas, thresholds, limits of passes, or order of reserves.

Owns the changed round and who wins, loses or moves. It tries changes; it makes none, and no record comes of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kaiwu.allot.adviser.what_if import Fates
from kaiwu.allot.quota import Cell
from kaiwu.allot.result import Allotment, allot
from kaiwu.allot.round import Round
from kaiwu.quantity import KaiwuError, Problem


@dataclass(frozen=True, slots=True)
class RoundChange:
    """What would be different: ``quotas`` by cell in base units, ``thresholds`` by kind in steps, ``limits`` of passes (None: no
    limit; 0 closes a reserve)."""

    quotas: Mapping[Cell, int] = field(default_factory=dict)
    thresholds: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, int | None] = field(default_factory=dict)


def change_round(round_: Round, change: RoundChange) -> Round:
    """The round as it would be; its exceptions are left out, since whom they displace is no longer known.

    Raises ``KaiwuError`` (A-WHAT-IF) where a cell, kind or pass is not in the round.
    """
    rule = round_.rule
    known: dict[str, set[Any]] = {"quota": set(round_.quotas), "threshold": {k.code for k in rule.kinds}, "pass": {p.code for p in rule.passes}}  # fmt: skip
    named: dict[str, set[Any]] = {
        "quota": set(change.quotas),
        "threshold": set(change.thresholds),
        "pass": set(change.limits),
    }
    problems = [
        Problem("A-WHAT-IF", f"本批次没有 {what} {name}; 有: {sorted(known[what])}", f"the round has no {what} {name}; there are: {sorted(known[what])}", where=round_.code)
        for what in known for name in sorted(named[what] - known[what])
    ]  # fmt: skip
    if problems:
        raise KaiwuError(problems)
    kinds = tuple(replace(k, threshold=change.thresholds.get(k.code, k.threshold)) for k in rule.kinds)
    passes = tuple(replace(p, most=change.limits.get(p.code, p.most)) for p in rule.passes)
    changed = replace(rule, kinds=kinds, passes=passes)
    return replace(round_, rule=changed, quotas={**round_.quotas, **change.quotas}, exceptions=())


def try_round(placed: Allotment, change: RoundChange) -> tuple[Allotment, Fates]:
    """Place the changed round by the ruler and put every applicant in one list: wins, loses, moves, stays."""
    after = allot(change_round(placed.round, change))
    had, has = placed.grants(), after.grants()
    lists: tuple[list[int], ...] = ([], [], [], [])
    for at, applicant in enumerate(placed.round.applicants):
        one, two = had.get(applicant.id), has.get(applicant.id)
        if (one is None) != (two is None):
            lists[0 if one is None else 1].append(at)
        else:
            lists[3 if one == two else 2].append(at)
    return after, Fates(*map(tuple, lists))
