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
    for i, claim in enumerate(claims):
        try:
            rows.append(_figure(workspace, record, claim, variables))
        except KaiwuError as error:
            problems += [p.located(f"claim[{i}] {claim.entity}") for p in error.problems]
    if problems:
        raise KaiwuError(problems)
    figures = make_figures(rows)
    batch = workspace.figures.append(figures, decided_on, f"异议更正 {record.number}")
    return [
        workspace.state.add_objection(
            Objection(
                0,
                record.number,
                c.entity,
                str(row["variable"]),
                str(row["period"]),
                c.value,
                c.reason,
                c.evidence,
                signer,
                True,
                decided_on,
                batch,
            )
        )  # fmt: skip
        for c, row in zip(claims, rows, strict=True)
    ]


def reject(workspace: Workspace, run: str, claim: Claim, *, signer: str, decided_on: dt.date) -> Objection:
    """Keep an objection that was not upheld; no figure changes."""
    record = workspace.state.run(run)
    variable = _find(workspace.library.variables, claim.variable)
    period = _period(record, variable, claim.offset)
    return workspace.state.add_objection(
        Objection(
            0,
            record.number,
            claim.entity,
            variable.code,
            period,
            claim.value,
            claim.reason,
            claim.evidence,
            signer,
            False,
            decided_on,
        )
    )


def rerun(
    workspace: Workspace, run: str, *, known_at: dt.date, created_at: str = "", progress: Progress = _silent
) -> Run:
    """The same job with the same date and year, as known later: the run after objections."""
    record = workspace.state.run(run)
    job = replace(workspace.job(record.job), as_of=record.as_of, rated=record.rated)
    return run_job(workspace, job, known_at=known_at, created_at=created_at, corrects=record.number, progress=progress)


def _find(variables: dict[str, Variable], name: str) -> Variable:
    for variable in variables.values():
        if name in variable.names:
            return variable
    raise KaiwuError(Problem("F-VAR-UNKNOWN", f"没有变量“{name}”", f"there is no variable “{name}”", text=name))


def _period(record: RunRecord, variable: Variable, offset: int) -> str:
    if variable.period is PeriodType.CONSTANT:
        return ""
    return record.as_of.isoformat() if variable.period is PeriodType.POINT else str(record.rated + offset)


def _figure(workspace: Workspace, record: RunRecord, claim: Claim, variables: dict[str, Variable]) -> dict[str, object]:
    """The corrected figure; source, purposes and scope follow the figure that it corrects, where there is one."""
    variable = _find(variables, claim.variable)
    value = read_value(variable, claim.value)
    if value is None:
        raise KaiwuError(
            Problem("S-CLAIM", f"“{claim.value}”不是一个数值", f"“{claim.value}” is no value", text=claim.value)
        )
    slot = Slot(variable, claim.offset).name
    frame = pl.read_parquet(workspace.runs_folder / record.number / "frame" / "table.parquet", columns=["entity"])
    if claim.entity not in set(frame["entity"]):
        raise KaiwuError(
            Problem(
                "S-CLAIM",
                f"“{claim.entity}”不在第 {record.number} 号测算的范围",
                f"“{claim.entity}” is not in run {record.number}",
            )
        )
    sources = pl.read_parquet(workspace.runs_folder / record.number / "frame" / "sources.parquet")
    old = sources.filter((pl.col("entity") == claim.entity) & (pl.col("slot") == slot))
    synthetic = bool(old["synthetic"].any()) if old.height else workspace.is_synthetic
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
