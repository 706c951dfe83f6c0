"""Tables of the reserve pool (项目库文件) from CSV: projects, steps, scores, shares, amounts, quotas, requests, promises, measures.

Owns the columns of each. What they mean is ``kaiwu.allot.pool``'s; cells are read by ``row``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from kaiwu.allot.pool.bundle import Cell, Item, Request
from kaiwu.allot.pool.credit import Share
from kaiwu.allot.pool.promise import Promise
from kaiwu.allot.pool.rule import PoolResource, PoolRule, PromiseForm
from kaiwu.allot.pool.stage import MODES, STAGES, Project, Step, check_steps
from kaiwu.procedure.claim.payment import add_months
from kaiwu.procedure.pool.row import Row, read_rows, refuse_wrong

PROJECT_COLUMNS = ("project", "zh", "firm", "origin", "investment", "day", "document")
"""And one column for each of the four modes, with its evidence; blank where the label does not hold."""
STEP_COLUMNS = ("project", "stage", "day", "document", "by", "investment")
SCORE_COLUMNS = ("project", "score")
SHARE_COLUMNS = ("project", "kind", "unit", "role", "measure", "share", "valid_from", "valid_to")
AMOUNT_COLUMNS = ("project", "amount")
QUOTA_COLUMNS = ("resource", "period", "amount")
REQUEST_COLUMNS = ("project", "resource", "period", "amount")
PROMISE_COLUMNS = ("contract", "project", "promise", "amount")
MEASURE_COLUMNS = ("contract", "promise", "amount")


def read_projects(path: Path) -> list[tuple[Project, Step]]:
    """Projects, each with its first step as a candidate."""
    rows = read_rows(path, PROJECT_COLUMNS)
    found = []
    for row in rows:
        modes = {mode: row.text(mode) for mode in MODES if row.text(mode)}
        project = Project(row.text("project"), row.text("firm"), row.text("origin"), row.fen("investment"), modes, row.text("zh"))  # fmt: skip
        found.append((project, Step(project.id, next(iter(STAGES)), row.day("day"), row.text("document"), "", project.investment)))  # fmt: skip
    refuse_wrong(rows)
    return found


def read_plain_steps(path: Path) -> list[Step]:
    """Steps of projects: ``day`` as 2025-05-31, ``investment`` with its unit (``3.2亿元``)."""
    rows = read_rows(path, STEP_COLUMNS)
    steps = [Step(r.text("project"), r.text("stage"), r.day("day"), r.text("document"), r.text("by"), r.fen("investment")) for r in rows]  # fmt: skip
    refuse_wrong(rows)
    return steps


def read_steps(path: Path) -> tuple[Step, ...]:
    """The whole life of projects. Raises ``KaiwuError`` with every wrong row, and for steps that cannot follow one another."""
    steps = read_plain_steps(path)
    ordered = sorted(steps, key=lambda s: (s.day, s.project, list(STAGES).index(s.stage) if s.stage in STAGES else 0))
    check_steps(ordered, {s.project: Project(s.project, "", "internal", 0) for s in steps})
    return tuple(ordered)


def read_scores(path: Path) -> tuple[dict[str, int | None], frozenset[str]]:
    """Scores in whole steps (blank: missing) and who is in the pool now (``member``: 是 or 否)."""
    rows = read_rows(path, (*SCORE_COLUMNS, "member"))
    scores = {row.text("project"): row.steps("score") for row in rows}
    members = frozenset(row.text("project") for row in rows if row.is_yes("member"))
    refuse_wrong(rows)
    return scores, members


def read_shares(path: Path) -> list[Share]:
    """Dated shares of towns and platforms; ``share`` as 1/3 or 50%, ``valid_to`` blank while it holds."""
    rows = read_rows(path, SHARE_COLUMNS)
    shares = [
        Share(
            r.text("project"), r.text("kind"), r.text("unit"), r.text("role"), r.text("measure"), r.share("share"),
            r.day("valid_from"), r.day_or_none("valid_to"),
        )
        for r in rows
    ]  # fmt: skip
    refuse_wrong(rows)
    return shares


def read_amounts(path: Path) -> dict[str, int]:
    """Money by project, in fen; two rows of one project are a mistake, since each counts once."""
    rows = read_rows(path, AMOUNT_COLUMNS)
    found: dict[str, int] = {}
    for row in rows:
        if row.text("project") in found:
            row.complain(f"“{row.text('project')}”出现两次; 一个项目只计一次", f"“{row.text('project')}” stands twice: a project counts once")  # fmt: skip
        found[row.text("project")] = row.fen("amount")
    refuse_wrong(rows)
    return found


def read_quotas(path: Path, rule: PoolRule) -> dict[Cell, int]:
    """Quotas by resource and period, in whole units of the resource."""
    rows = read_rows(path, QUOTA_COLUMNS)
    found: dict[Cell, int] = {}
    for row, resource in _with_resource(rows, rule):
        cell = (resource.code, row.text("period"))
        if cell in found:
            row.complain(f"{cell} 写了两次", f"{cell} stands twice")
        found[cell] = row.count("amount", resource.unit)
    refuse_wrong(rows)
    return found


def read_requests(path: Path, rule: PoolRule) -> list[Request]:
    """One request for each project, from one row for each resource and period."""
    rows = read_rows(path, REQUEST_COLUMNS)
    asked: dict[str, dict[str, dict[str, int]]] = {}
    for row, resource in _with_resource(rows, rule):
        periods = asked.setdefault(row.text("project"), {}).setdefault(resource.code, {})
        if row.text("period") in periods:
            row.complain(f"{resource.zh} {row.text('period')} 写了两次", f"{resource.en} of {row.text('period')} stands twice")  # fmt: skip
        periods[row.text("period")] = row.count("amount", resource.unit)
    refuse_wrong(rows)
    return [Request(project, tuple(_item(rule, code, amounts) for code, amounts in items.items())) for project, items in asked.items()]  # fmt: skip


def _item(rule: PoolRule, code: str, amounts: Mapping[str, int]) -> Item:
    resource = rule.resource(code)
    assert resource is not None
    return Item(code, amounts, resource.least, resource.bundle)


def _with_resource(rows: list[Row], rule: PoolRule) -> Iterator[tuple[Row, PoolResource]]:
    known = {name: r for r in rule.resources for name in (r.code, r.zh, r.en)}
    for row in rows:
        resource = known.get(row.text("resource"))
        if resource is not None:
            yield row, resource
        else:
            listed = ", ".join(r.code for r in rule.resources)
            row.complain(f"没有资源“{row.text('resource')}”; 有: {listed}", f"no resource “{row.text('resource')}”; there are: {listed}", row.text("resource"))  # fmt: skip


def read_promises(path: Path, rule: PoolRule, firms: Mapping[str, str], signed: Mapping[str, dt.date]) -> list[Promise]:
    """Promises of contracts; the check date is that of the form after signing, or the column ``due``."""
    rows = read_rows(path, PROMISE_COLUMNS)
    found: list[Promise] = []
    for row, form in _with_form(rows, rule):
        project = row.text("project")
        if project not in signed:
            row.complain(f"项目“{project}”还没有签约", f"project “{project}” has not signed", project)
            continue
        due = row.day_or_none("due") or add_months(signed[project], form.months)
        found.append(Promise(row.text("contract"), firms[project], form.code, form.zh, form.en, row.count("amount", form.unit), due, form.rate, form.article, form.is_floor))  # fmt: skip
    refuse_wrong(rows)
    return found


def read_measures(path: Path, rule: PoolRule) -> dict[tuple[str, str], int]:
    """What was measured of promises: (contract, promise) -> whole units."""
    rows = read_rows(path, MEASURE_COLUMNS)
    found = {(row.text("contract"), form.code): row.count("amount", form.unit) for row, form in _with_form(rows, rule)}
    refuse_wrong(rows)
    return found


def _with_form(rows: list[Row], rule: PoolRule) -> Iterator[tuple[Row, PromiseForm]]:
    known = {name: p for p in rule.promises for name in (p.code, p.zh, p.en)}
    for row in rows:
        form = known.get(row.text("promise"))
        if form is not None:
            yield row, form
        else:
            listed = ", ".join(p.code for p in rule.promises)
            row.complain(f"没有承诺“{row.text('promise')}”; 有: {listed}", f"no promise “{row.text('promise')}”; there are: {listed}", row.text("promise"))  # fmt: skip
