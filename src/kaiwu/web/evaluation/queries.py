"""Reading an evaluation (年度评价查询): its run, one firm's figures, the public table, what differs between two runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from kaiwu.pack.procedure_chart import Procedure
from kaiwu.procedure import Change, Run, compare_runs
from kaiwu.procedure.difference import changed_slots
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.listing import Listing
from kaiwu.report.sheet import Block, make_block
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import Role
from kaiwu.web.case.models import Case
from kaiwu.web.case.queries import procedure_of
from kaiwu.web.evaluation.models import Cause, Dispute, Evaluation, Publication, Sheet
from kaiwu.web.run.queries import listing_of as listing_of_run
from kaiwu.web.run.queries import names_of
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run, make_once


def evaluation_of(case: Case) -> Evaluation:
    """The evaluation of a case. Raises ``KaiwuError`` where the case has none."""
    found = Evaluation.objects.select_related("case").filter(case=case).first()
    if found is None:
        raise KaiwuError(
            Problem("W-EVALUATION", "这个办件没有关联的评价", "this case has no evaluation", where=case.number)
        )
    return found


def run_of(evaluation: Evaluation) -> Run:
    """The run that counts now. Raises ``KaiwuError`` where it does not replay."""
    return find_run(evaluation.run)


def listing_of(evaluation: Evaluation, number: str = "") -> Listing:
    """The list of the evaluation's scheme in a run, by default the one that counts."""
    return listing_of_run(number or evaluation.run, evaluation.scheme)


def block_of(sheet: Sheet) -> Block:
    """Everything that the sheet shows: decision, reasons, figures with source, what is missing."""
    return make_block(run_of(sheet.evaluation), sheet.firm.entity, (sheet.evaluation.scheme,), language())


def procedure(evaluation: Evaluation) -> Procedure:
    """The procedure of the evaluation's case."""
    return procedure_of(evaluation.case.procedure)


@dataclass(frozen=True, slots=True)
class PublicTable:
    """What a notice shows: heads, rows of texts, and counts over the whole scope, those withheld included."""

    heads: list[str]
    rows: list[list[str]]
    counts: list[tuple[str, int]]
    scope: int


def public_table(evaluation: Evaluation) -> PublicTable:
    """The columns that the procedure's notice policy allows, without the classes that it withholds."""
    policy = procedure(evaluation).notice
    listing = listing_of(evaluation)
    chosen = [(i, c) for i, c in enumerate(listing.columns) if c.en in policy.columns]
    place, name = listing.index("class"), listing.index("name")
    shown = [
        row
        for row in listing.rows()
        if place is not None and row[place] is not None and row[place] not in policy.withheld
    ]
    if place is not None and name is not None:  # by class, then by name: the order must not give the ranks away
        order = {label: i for i, label in enumerate(dict.fromkeys(row[place] for row in shown))}
        shown.sort(key=lambda row: (order[row[place]], print_cell(listing.columns[name], row[name])))
    rows = [[print_cell(column, row[i]) for i, column in chosen] for row in shown]
    return PublicTable([c.zh for _, c in chosen], rows, list(listing.counts), listing.scope)


@dataclass(frozen=True, slots=True)
class Moved:
    """A firm whose result differs between two runs: class and score before and after, and why."""

    entity: str
    name: str
    before: str
    after: str
    cause: str


def moved_firms(evaluation: Evaluation, before: str, after: str) -> list[Moved]:
    """Who changed from one run to another; ranks alone do not count as a change of a firm's result."""
    names = names_of(after)
    columns = {c.en: c for c in listing_of(evaluation, after).columns}
    shown = []
    for change in _changes(evaluation, before, after):
        if change.before.keys() & {"class", "score", "status"}:
            cause = change.en if language() == "en" else change.zh
            was, now = (_print_change(columns, change, side) for side in (change.before, change.after))
            shown.append(Moved(change.entity, names.get(change.entity, change.entity), was, now, cause))
    return shown


def _changes(evaluation: Evaluation, before: str, after: str) -> tuple[Change, ...]:
    """What differs between two runs in the scheme of the evaluation, compared once."""

    def compare(run: Run) -> tuple[Change, ...]:
        return tuple(c for c in compare_runs(find_run(before), run) if c.scheme == evaluation.scheme)

    return make_once(after, ("changes", before, evaluation.scheme), compare)


def find_changed(evaluation: Evaluation, before: str, after: str) -> Mapping[str, Cause]:
    """The firms whose own result a run changed, and why: one of their figures, or their class. That others moved their score or
    rank is no reason to ask them again."""
    slots = {need.slot for need in find_run(after).scheme(evaluation.scheme).needs()}
    figures = changed_slots(find_run(before).frame.table, find_run(after).frame.table)
    classed = {
        c.entity: Cause.CLASS for c in _changes(evaluation, before, after) if c.before.keys() & {"class", "status"}
    }
    return classed | {entity: Cause.FIGURE for entity, changed in figures.items() if slots.intersection(changed)}


def _print_change(columns: dict[str, Column], change: Change, side: dict[str, Any]) -> str:
    parts = [
        f"{columns[key].en if language() == 'en' else columns[key].zh} {print_cell(columns[key], side[key], language())}"
        for key in ("class", "score", "rank")
        if key in columns and key in side and side[key] is not None
    ]
    return " · ".join(parts) or "—"


def progress_counts(evaluation: Evaluation) -> dict[str, int]:
    """How many sheets are in which state."""
    return dict(Counter(evaluation.sheets.values_list("state", flat=True)))


def classes_of(evaluation: Evaluation, number: str = "") -> dict[str, str]:
    """The class of every firm of a run, by default the one that counts; a firm without a class is not there."""

    def read(run: Run) -> dict[str, str]:
        decisions = run.result(evaluation.scheme).decisions
        rated = decisions.filter(decisions["class"].is_not_null())
        return dict(zip(rated["entity"], rated["class"], strict=True))

    return make_once(number or evaluation.run, ("classes", evaluation.scheme), read)


def final_runs(evaluations: Collection[Evaluation]) -> dict[int, str]:
    """The run of the final list of each evaluation, by its key; those whose list is not issued are not there."""
    issued = Publication.objects.filter(evaluation__in=evaluations, kind="final").order_by("pk")
    return dict(issued.values_list("evaluation_id", "run"))


def evaluation_cards(person: Person) -> list[dict[str, Any]]:
    """What waits for a person besides cases: sheets to answer, disputes to forward or to decide."""
    waiting = (
        (Role.CLERK, Sheet, "sent", "sheet-list", ("一企一单待确认", "Sheets to confirm")),
        (Role.TOWN, Dispute, "raised", "dispute-list", ("数据异议待转报", "Disputes to forward")),
        (Role.OFFICER, Dispute, "forwarded", "dispute-list", ("数据异议待认定", "Disputes to decide")),
    )
    cards = []
    for role, model, state, route, label in waiting:
        count = model.objects.visible_to(person).filter(state=state).count() if person.holds(role) else 0
        if count:
            cards.append(
                {
                    "label": pick(*label),
                    "count": count,
                    "due": "",
                    "is_late": False,
                    "url": f"{reverse(route)}?state={state}",
                }
            )
    return cards
