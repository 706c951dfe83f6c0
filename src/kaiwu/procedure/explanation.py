"""Everything a run says about one entity, the signed changes of class with their article and signer among it.

Owns the step from a run to decisions of one entity. The reasons themselves are the engines'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kaiwu.procedure.run import Run
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Decision, Reason
from kaiwu.rule.outcome import Outcome


def explain_run(run: Run, entity: str, schemes: Sequence[str] = ()) -> list[Decision]:
    """All decisions of a run for one entity, or those of some schemes.

    Raises ``KaiwuError`` where the entity is not in the scope of the run, or the run has no such scheme.
    """
    number, known = run.record.number, run.execution.results
    problems = []
    if not (run.frame.table["entity"] == entity).any():
        problems.append(
            Problem("S-ENTITY", f"“{entity}”不在第 {number} 号测算的范围内", f"“{entity}” is not in the scope of run {number}")
        )
    for code in schemes:
        if code not in known:
            listed = ", ".join(known)
            problems.append(
                Problem("S-SCHEME", f"第 {number} 号测算没有方案“{code}”; 有: {listed}", f"run {number} has no scheme “{code}”; it has {listed}")
            )
    if problems:
        raise KaiwuError(problems)
    facts = run.execution.facts
    decisions = [d for c in known if not schemes or c in schemes for d in run.scheme(c).explain(facts, entity, run.result(c))]
    return [_with_change(run, d) for d in decisions]


def _with_change(run: Run, decision: Decision) -> Decision:
    """The decision, and below it who signed the change of its class on which article."""
    for change in run.record.changes:
        if (change.scheme, change.entity) == (decision.scheme, decision.entity):
            line = Reason(
                f"调档: {change.label}; 依据{change.article}; 签批: {change.signer}; 理由: {change.reason}",
                f"class changed to {change.label} under {change.article}, signed by {change.signer}: {change.reason}",
                Outcome.PASS, change.article, kind="class",
            )  # fmt: skip
            return replace(decision, reasons=(*decision.reasons, line))
    return decision
