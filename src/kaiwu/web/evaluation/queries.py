"""Reading an evaluation (年度评价查询): its run, one firm's figures, the public table, what differs between two runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from kaiwu.pack.procedure_chart import Procedure
from kaiwu.procedure import Change, Run, compare_runs
from kaiwu.report.cell import Column, print_cell
from kaiwu.report.listing import Listing, list_scheme
from kaiwu.report.sheet import Block, make_block
from kaiwu.web.account.models import Person
from kaiwu.web.account.role import Role
from kaiwu.web.case.queries import procedure_of
from kaiwu.web.evaluation.models import Dispute, Evaluation, Sheet
from kaiwu.web.registry.models import Firm
from kaiwu.web.wording import language, pick
from kaiwu.web.workspace import find_run, workspace


def run_of(evaluation: Evaluation) -> Run:
    """The run that counts now. Raises ``KaiwuError`` where it does not replay."""
    return find_run(evaluation.run)


def listing_of(evaluation: Evaluation, number: str = "") -> Listing:
    """The list of the evaluation's scheme in a run, by default the one that counts."""
    run = find_run(number or evaluation.run)
    return list_scheme(run, evaluation.scheme, workspace().names(run.record.as_of))


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
    changes = compare_runs(find_run(before), find_run(after))
    names = workspace().names(find_run(after).record.as_of)
    columns = {c.en: c for c in listing_of(evaluation, after).columns}
    shown = []
    for change in changes:
        if change.scheme == evaluation.scheme and change.before.keys() & {"class", "score", "status"}:
            cause = change.en if language() == "en" else change.zh
            was, now = (_print_change(columns, change, side) for side in (change.before, change.after))
            shown.append(Moved(change.entity, names.get(change.entity, change.entity), was, now, cause))
    return shown


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


def classes_of(evaluation: Evaluation) -> dict[str, str]:
    """The class of every firm of the run that counts; a firm without a class is not there."""
    decisions = run_of(evaluation).result(evaluation.scheme).decisions
    rated = decisions.filter(decisions["class"].is_not_null())
    return dict(zip(rated["entity"], rated["class"], strict=True))


def history_of(firm: Firm) -> list[tuple[Evaluation, str]]:
    """The final classes of a firm over the years, newest first (一企一档)."""
    found = []
    for sheet in (
        Sheet.objects.filter(firm=firm, evaluation__publications__kind="final")
        .select_related("evaluation__case")
        .distinct()
    ):
        label = classes_of(sheet.evaluation).get(firm.entity)
        if label is not None:
            found.append((sheet.evaluation, label))
    return sorted(found, key=lambda pair: -pair[0].rated)


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
