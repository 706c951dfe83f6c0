"""Objections (异议): an upheld one is a corrected figure and a new run, never an edit.

Owns the step from a claim to a batch of figures and the run that follows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from kaiwu.figure import Slot, make_figures
from kaiwu.figure.fact import read_value
from kaiwu.figure.variable import PeriodType, Variable
from kaiwu.procedure.record import Objection, RunRecord
from kaiwu.procedure.run import Progress, Run, _silent, run_job
from kaiwu.procedure.workspace import Workspace
from kaiwu.quantity import KaiwuError, Problem


@dataclass(frozen=True, slots=True)
class Claim:
    """What a firm says its figure is: ``value`` as written with its unit, ``offset`` years from the rated year."""

    entity: str
    variable: str
    value: str
    reason: str
    evidence: str = ""
    offset: int = 0


def uphold(
    workspace: Workspace, run: str, claims: Sequence[Claim], *, signer: str, decided_on: dt.date
) -> list[Objection]:
    """Uphold claims against a run: one batch of corrected figures, recorded on ``decided_on``.

    All claims are checked first; a mistake in one refuses all. Raises ``KaiwuError``.
    """
    record = workspace.state.run(run)
    if not signer.strip():
        raise KaiwuError(Problem("S-SIGNER", "没有签署人, 异议不能成立", "an objection is upheld by a named signer"))
    variables = workspace.library.variables
    problems: list[Problem] = []
    rows = []
    frozen = _frozen(workspace, record, {claim.entity for claim in claims})
    for i, claim in enumerate(claims):
        try:
            rows.append(_figure(workspace, record, claim, variables, frozen))
        except KaiwuError as error:
            problems += [p.located(f"claim[{i}] {claim.entity}") for p in error.problems]
    if problems:
        raise KaiwuError(problems)
    figures = make_figures(rows)
    batch = workspace.figures.append(figures, decided_on, f"异议更正 {record.number}")
    objections = [
        Objection(
            number=0, run=record.number, entity=claim.entity, variable=str(row["variable"]), period=str(row["period"]),
            claimed=claim.value, reason=claim.reason, evidence=claim.evidence, signer=signer, is_upheld=True,
            decided_on=decided_on, batch=batch,
        )
        for claim, row in zip(claims, rows, strict=True)
    ]  # fmt: skip
    return workspace.state.add_objections(objections)


def reject(workspace: Workspace, run: str, claim: Claim, *, signer: str, decided_on: dt.date) -> Objection:
    """Keep an objection that was not upheld; no figure changes."""
    record = workspace.state.run(run)
    variable = _find(workspace.library.variables, claim.variable)
    period = _period(record, variable, claim.offset)
    objection = Objection(
        number=0, run=record.number, entity=claim.entity, variable=variable.code, period=period, claimed=claim.value,
        reason=claim.reason, evidence=claim.evidence, signer=signer, is_upheld=False, decided_on=decided_on,
    )  # fmt: skip
    return workspace.state.add_objections([objection])[0]


def rerun(
    workspace: Workspace, run: str, *, known_at: dt.date, created_at: str = "", progress: Progress = _silent
) -> Run:
    """The same job with the same date, year and signed changes of class, as known later: the run after objections."""
    record = workspace.state.run(run)
    job = replace(workspace.job(record.job), as_of=record.as_of, rated=record.rated, changes=record.changes)
    return run_job(workspace, job, known_at=known_at, created_at=created_at, corrects=record.number, progress=progress)


def _find(variables: dict[str, Variable], name: str) -> Variable:
    if name in variables:
        return variables[name]
    for variable in variables.values():
        if name in variable.names:
            return variable
    raise KaiwuError(Problem("F-VAR-UNKNOWN", f"没有变量“{name}”", f"there is no variable “{name}”", text=name))


def _period(record: RunRecord, variable: Variable, offset: int) -> str:
    if variable.period is PeriodType.CONSTANT:
        return ""
    return record.as_of.isoformat() if variable.period is PeriodType.POINT else str(record.rated + offset)


@dataclass(frozen=True, slots=True)
class _Frozen:
    """What a run froze about the entities of some claims: who was in scope, and which cells were synthetic."""

    scope: frozenset[str]
    synthetic: dict[tuple[str, str], bool]


def _frozen(workspace: Workspace, record: RunRecord, entities: set[str]) -> _Frozen:
    folder = workspace.runs_folder / record.number / "frame"
    scope = pl.read_parquet(folder / "table.parquet", columns=["entity"])["entity"]
    sources = pl.scan_parquet(folder / "sources.parquet").filter(pl.col("entity").is_in(sorted(entities)))
    cells = sources.select("entity", "slot", "synthetic").collect()
    return _Frozen(frozenset(scope), {(e, slot): bool(is_synthetic) for e, slot, is_synthetic in cells.iter_rows()})


def _figure(
    workspace: Workspace, record: RunRecord, claim: Claim, variables: dict[str, Variable], frozen: _Frozen
) -> dict[str, object]:
    """The corrected figure, labelled synthetic where the one that it corrects is."""
    variable = _find(variables, claim.variable)
    value = read_value(variable, claim.value)
    if value is None:
        raise KaiwuError(
            Problem("S-CLAIM", f"“{claim.value}”不是一个数值", f"“{claim.value}” is no value", text=claim.value)
        )
    if claim.entity not in frozen.scope:
        zh, en = (
            f"“{claim.entity}”不在第 {record.number} 号测算的范围",
            f"“{claim.entity}” is not in run {record.number}",
        )
        raise KaiwuError(Problem("S-CLAIM", zh, en))
    synthetic = frozen.synthetic.get((claim.entity, Slot(variable, claim.offset).name), workspace.is_synthetic)
    return {
        "entity": claim.entity,
        "variable": variable.code,
        "period": _period(record, variable, claim.offset),
        "value": value,
        "raw": claim.value,
        "unit": variable.unit.zh if variable.unit else "",
        "scope": variable.scope,
        "source": f"异议更正: {claim.evidence or claim.reason}",
        "place": f"第 {record.number} 号测算",
        "status": "revised",
        "standing": "attested",
        "synthetic": synthetic,
    }


__all__ = ["Claim", "reject", "rerun", "uphold"]
