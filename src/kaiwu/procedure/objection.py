"""Objections (异议): an upheld one is a corrected figure and a new run, never an edit.

Owns the step from a claim to a batch of figures and the run that follows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kaiwu.figure import Slot, make_figures
from kaiwu.figure.fact import read_value
from kaiwu.figure.variable import PeriodType, Variable
from kaiwu.procedure.execution import Run
from kaiwu.procedure.record import Objection, RunRecord
from kaiwu.procedure.run import Progress, _silent, run_job, thaw_packs
from kaiwu.procedure.workspace import Job, Workspace
from kaiwu.quantity import KaiwuError, Problem

_KEPT = ("status", "price_basis", "sample", "legal_basis", "purposes", "synthetic")
"""What a corrected figure takes over from the one that it corrects."""


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
    """The run after objections: the same scope, packs, date, year, signed changes of class and figures, and the corrections.

    Figures that were imported since do not enter, so that only what was corrected can change. Raises ``KaiwuError`` where
    ``known_at`` is before the day of the run.
    """
    record = workspace.state.run(run)
    if known_at < record.known_at:
        zh = f"第 {record.number} 号测算的数据截至 {record.known_at}, 更正后的测算不能早于这一天"
        en = f"run {record.number} is as known at {record.known_at}; what follows it cannot be earlier"
        raise KaiwuError(Problem("S-KNOWN-AT", zh, en, where=known_at.isoformat()))
    job = Job(
        code=record.job, zh=record.zh, en=record.en, schemes=record.schemes, kinds=(), packs=(), population="", as_of=record.as_of,
        rated=record.rated, purpose=record.purpose, changes=record.changes, is_synthetic=record.is_synthetic,
    )  # fmt: skip
    return run_job(
        workspace, job, known_at=known_at, created_at=created_at, corrects=record.number, progress=progress,
        library=thaw_packs(workspace, record.pack_digest), scope=_scope(workspace, record), batches=_batches(workspace, record),
    )  # fmt: skip


def _batches(workspace: Workspace, record: RunRecord) -> set[int]:
    """What the run read, and the corrections that were upheld against it."""
    read = record.batches or tuple(n.batch for n in workspace.figures.batches(record.known_at))
    return {*read, *(o.batch for o in workspace.state.objections(record.number) if o.batch is not None)}


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
    """What a run froze about the entities of some claims: who was in scope, what was read, and the figures behind it."""

    scope: frozenset[str]
    slots: frozenset[str]
    figures: dict[tuple[str, str], dict[str, object]]  # (entity, slot) -> the stored figure


def _table_of(workspace: Workspace, record: RunRecord, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(workspace.runs_folder / record.number / "frame" / f"{name}.parquet")


def _scope(workspace: Workspace, record: RunRecord) -> pl.Series:
    return _table_of(workspace, record, "table").select("entity").collect()["entity"]


def _frozen(workspace: Workspace, record: RunRecord, entities: set[str]) -> _Frozen:
    slots = frozenset(_table_of(workspace, record, "table").collect_schema().names()) - {"entity"}
    sources = _table_of(workspace, record, "sources").filter(pl.col("entity").is_in(sorted(entities)))
    cells = sources.select("entity", "slot", "figure").collect()
    variables = {slot.partition("@")[0] for slot in cells["slot"].unique()}
    kept = workspace.figures.scan_lazily(variables, record.known_at).select(*_KEPT, "figure")
    rows = kept.filter(pl.col("figure").is_in(cells["figure"].unique().implode())).collect()
    joined = cells.join(rows, on="figure", how="inner")
    return _Frozen(
        frozenset(_scope(workspace, record)), slots, {(r["entity"], r["slot"]): r for r in joined.iter_rows(named=True)}
    )


def _figure(
    workspace: Workspace, record: RunRecord, claim: Claim, variables: dict[str, Variable], frozen: _Frozen
) -> dict[str, object]:
    """The corrected figure: it may be read for the same purposes as the one that it corrects, at the same prices, and is
    labelled synthetic where that one is. The correction of a final figure is final."""
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
    slot = Slot(variable, claim.offset).name
    if slot not in frozen.slots:
        zh, en = f"第 {record.number} 号测算没有用到“{slot}”", f"run {record.number} does not read “{slot}”"
        raise KaiwuError(Problem("S-CLAIM", zh, en, text=slot))
    default = dict.fromkeys(_KEPT, "") | {"synthetic": workspace.is_synthetic}
    old = frozen.figures.get((claim.entity, slot), default)
    return {
        **{key: old[key] for key in _KEPT},
        "entity": claim.entity,
        "variable": variable.code,
        "period": _period(record, variable, claim.offset),
        "value": value,
        "raw": claim.value,
        "unit": variable.unit.zh if variable.unit else "",
        "scope": variable.scope,
        "source": f"异议更正: {claim.evidence or claim.reason}",
        "place": f"第 {record.number} 号测算",
        "status": "final" if old["status"] == "final" else "revised",
        "standing": "attested",
    }


__all__ = ["Claim", "reject", "rerun", "uphold"]
