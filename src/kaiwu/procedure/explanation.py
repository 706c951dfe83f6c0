"""Everything a run says about one entity, the signed changes of class with their article and signer among it.

Owns the step from a run to decisions of one entity. The reasons themselves are the engines'.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from kaiwu.benefit import ClauseScheme
from kaiwu.procedure.execution import Run
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Decision, Reason
from kaiwu.rule.outcome import Outcome


def explain_run(run: Run, entity: str, schemes: Sequence[str] = ()) -> list[Decision]:
    """All decisions of a run for one entity, or those of some schemes.

    Raises ``KaiwuError`` where the entity is not in the scope of the run, or the run has no such scheme.
    """
    _check_scope(run, entity, schemes)
    chosen = [code for code in run.execution.results if not schemes or code in schemes]
    return [_with_change(run, d) for code in chosen for d in _explain(run, code, entity)]


def explain_open(run: Run, entity: str) -> tuple[list[Decision], int]:
    """All decisions for one entity but the clauses that it does not meet, and how many those are.

    Raises ``KaiwuError`` where the entity is not in the scope of the run.
    """
    _check_scope(run, entity, ())
    failed = {code: _failed(run, code, entity) for code in run.execution.results}
    decisions = [_with_change(run, d) for code, items in failed.items() for d in _explain(run, code, entity, items)]
    return decisions, sum(len(items) for items in failed.values())


def _check_scope(run: Run, entity: str, schemes: Sequence[str]) -> None:
    number, known = run.record.number, run.execution.results
    problems = []
    if not (run.frame.table["entity"] == entity).any():
        zh, en = f"“{entity}”不在第 {number} 号测算的范围内", f"“{entity}” is not in the scope of run {number}"
        problems.append(Problem("S-ENTITY", zh, en))
    listed = ", ".join(known)
    for code in schemes:
        if code not in known:
            zh, en = (
                f"第 {number} 号测算没有方案“{code}”; 有: {listed}",
                f"run {number} has no scheme “{code}”; it has {listed}",
            )
            problems.append(Problem("S-SCHEME", zh, en))
    if problems:
        raise KaiwuError(problems)


def _failed(run: Run, code: str, entity: str) -> set[str]:
    """Clauses that the entity is known not to meet; nothing for other kinds of schemes."""
    if not isinstance(run.scheme(code), ClauseScheme):
        return set()
    table = run.result(code).decisions
    mine = table.filter((table["entity"] == entity) & (table["outcome"] == int(Outcome.FAIL)))
    return set(mine["item"])


def _explain(run: Run, code: str, entity: str, without: Set[str] = frozenset()) -> list[Decision]:
    scheme, facts, result = run.scheme(code), run.execution.facts, run.result(code)
    if without and isinstance(scheme, ClauseScheme):
        return scheme.explain(facts, entity, result, scheme.titles().keys() - without)
    return scheme.explain(facts, entity, result)


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
