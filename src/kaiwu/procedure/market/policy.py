"""The policy chain of a firm (找政策链): what the rules decided for it in the runs of a workspace; nothing is searched by text.

Owns the choice of runs and decisions. Deciding and reasons are the engines'.
"""

from __future__ import annotations

from collections.abc import Iterable

from kaiwu.benefit import ClauseScheme
from kaiwu.procedure.execution import Run
from kaiwu.procedure.explanation import explain_open
from kaiwu.rule.decision import Decision


def policy_chain(runs: Iterable[Run], firm: str) -> tuple[list[Decision], int]:
    """Clauses that a firm meets or may still meet in some open runs, and how many it is known not to meet.

    A run whose scope does not hold the firm adds nothing; of one clause in several runs the last one counts.
    """
    found: dict[tuple[str, str], Decision] = {}
    failed: dict[str, int] = {}
    for run in runs:
        if not (run.frame.table["entity"] == firm).any():
            continue
        decisions, missed = explain_open(run, firm)
        clauses = {code for code in run.execution.results if isinstance(run.scheme(code), ClauseScheme)}
        found |= {(d.scheme, d.item): d for d in decisions if d.scheme in clauses}
        failed[run.record.job] = missed
    return list(found.values()), sum(failed.values())
