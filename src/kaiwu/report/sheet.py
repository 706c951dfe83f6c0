"""One sheet per firm (一企一单): every decision about one entity with reasons, figures and sources, and a slip to confirm them.

Owns what a sheet shows and in which order. It prints well on A4 and is one HTML file. Nothing on it depends on the
confidential figures of others, except ranks and means that the rules themselves define.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kaiwu.procedure import Run, RunRecord, explain_open, explain_run
from kaiwu.quantity import format_quantity
from kaiwu.quantity.unit import find_unit
from kaiwu.report.evidence import Derived, Evidence, ShownFigure, WithheldFigure
from kaiwu.report.label import STATUSES, standing_words
from kaiwu.report.page import render
from kaiwu.rule.decision import Decision, Reason
from kaiwu.rule.outcome import Outcome

_ORDER = {Outcome.PASS: 0, Outcome.HUMAN: 1, Outcome.MISSING: 2, Outcome.FAIL: 3}
MANY = 12  # decisions in one run beyond which the clauses that are not met are only counted
OPEN = 4  # decisions in one block that a page shows unfolded


@dataclass(frozen=True, slots=True)
class ShownReason:
    """A reason with its figures, those that exist but may not answer, and values from other schemes.

    Each stands with the first reason of a decision that rests on it.
    """

    reason: Reason
    figures: tuple[ShownFigure, ...]
    withheld: tuple[WithheldFigure, ...]
    derived: tuple[Derived, ...]


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision on a sheet. ``scheme`` is the name of its rulebook, ``mark`` 待核实 with its ground.

    ``answer`` is one of the four answers in words; whoever a rating ranks is 已评价, whoever it leaves out 不参评.
    """

    decision: Decision
    scheme: str
    reasons: tuple[ShownReason, ...]
    money: str
    mark: str
    answer: str


@dataclass(frozen=True, slots=True)
class Block:
    """The decisions of one run. ``missing`` are names of figures by department, ``failed`` counts the 不符合 left out."""

    run: RunRecord
    title: str
    decisions: tuple[ShownDecision, ...]
    missing: Mapping[str, Sequence[str]]
    withheld: tuple[WithheldFigure, ...]
    figures: tuple[ShownFigure, ...]
    schemes: tuple[tuple[str, str], ...]  # code and name of every scheme
    failed: int = 0


def print_money(low: int | None, high: int | None) -> str:
    """``15.3万元``, ``0元 – 800万元``, or nothing where a decision grants no money."""
    if high is None:
        return ""
    unit = find_unit("万元")
    ends = ["0元" if not v else format_quantity(unit.to_base(0) + v, unit) for v in (low, high)]
    return ends[1] if low == high else f"{ends[0]} – {ends[1]}"


def make_block(run: Run, entity: str, schemes: Sequence[str] = (), language: str = "zh") -> Block:
    """The block of one run. Raises ``KaiwuError`` where the entity or a scheme is not in it."""
    evidence = Evidence(run, entity, language)
    whole = sum(result.decisions.height for result in run.execution.results.values()) // run.record.population
    failed = 0
    if schemes or whole <= MANY:
        decisions = explain_run(run, entity, schemes)
    else:
        decisions, failed = explain_open(run, entity)
    decisions.sort(key=lambda d: (_ORDER[d.outcome], -(d.high or 0)))
    shown = {d.scheme for d in decisions}
    asked = [
        s
        for d in decisions
        for s in d.missing
        if not evidence.is_finding(s) and not shown.intersection(evidence.makers(s))
    ]
    used = dict.fromkeys(slot for d in decisions for r in d.reasons for slot in r.slots)
    return Block(
        run=run.record,
        title=run.record.zh if language == "zh" else run.record.en,
        decisions=tuple(_show(run, d, evidence) for d in decisions),
        missing=evidence.missing(asked),
        withheld=evidence.withheld(dict.fromkeys([*used, *asked])),
        figures=evidence.figures(used),
        schemes=tuple((c, (run.scheme(c).zh, run.scheme(c).en)[language == "en"]) for c in run.execution.results),
        failed=failed,
    )


def _show(run: Run, decision: Decision, evidence: Evidence) -> ShownDecision:
    second = 1 if evidence.language == "en" else 0
    seen: set[str] = set()
    reasons = []
    for reason in decision.reasons:
        fresh = [slot for slot in reason.slots if slot not in seen]
        seen.update(fresh)
        reasons.append(ShownReason(reason, evidence.figures(fresh), evidence.withheld(fresh), evidence.derived(fresh)))
    money = print_money(decision.low, decision.high) if decision.outcome is not Outcome.FAIL else ""
    scheme = run.scheme(decision.scheme)
    titles = scheme.titles()
    if scheme.kind in ("bands", "rubric") and decision.label in titles:
        decision = replace(decision, label=titles[decision.label][second])
    return ShownDecision(
        decision,
        (scheme.zh, scheme.en)[second],
        tuple(reasons),
        money,
        standing_words(decision.document.standing)[second],
        _answer(scheme.kind, decision.outcome)[second],
    )


def _answer(kind: str, outcome: Outcome) -> tuple[str, str]:
    if kind in ("rating", "index") and outcome is Outcome.PASS:
        return STATUSES["rated"]
    if kind in ("rating", "index") and outcome is Outcome.FAIL:
        return ("不参评", "not rated")
    return (outcome.zh, outcome.en)


def render_sheet(
    runs: Sequence[Run],
    entity: str,
    names: Mapping[str, str],
    *,
    schemes: Sequence[str] = (),
    language: str = "zh",
    **page: Any,
) -> str:
    """The sheet of an entity over several runs, as one HTML text; everything is unfolded unless it is a page of the site."""
    blocks = [make_block(run, entity, schemes, language) for run in runs]
    figures = {(f.slot, f.figure): f for block in blocks for f in block.figures}
    missing: dict[str, list[str]] = {}
    for block in blocks:
        for owner, lacking in block.missing.items():
            missing[owner] = list(dict.fromkeys([*missing.get(owner, []), *lacking]))
    withheld = list(dict.fromkeys(w for block in blocks for w in block.withheld))
    name = names.get(entity) or entity
    return render(
        "sheet.html", title=name, name=name, entity=entity, blocks=blocks, missing=missing, withheld=withheld,
        figures=list(figures.values()), open_count=OPEN, is_synthetic=any(r.record.is_synthetic for r in runs),
        **{"lang": language, **page},
    )  # fmt: skip
