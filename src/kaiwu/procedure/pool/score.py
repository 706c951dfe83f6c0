"""Scores of a pool's projects (项目评分): by the rating that the pool names, or handed in as whole steps.

Owns the choice and the step from points to the pool's scale. Attracted or internal, nobody asks: only figures are read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kaiwu.allot.pool.rule import PoolRule
from kaiwu.figure.fact_sheet import read_facts
from kaiwu.pack import Library
from kaiwu.procedure.pool.file import SCORE_COLUMNS
from kaiwu.procedure.pool.row import read_rows, refuse_wrong
from kaiwu.procedure.ruler import rate_projects
from kaiwu.quantity import KaiwuError
from kaiwu.rule.decision import Facts


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores in steps of the pool's scale by project (None: a figure is missing), and their parts where a rating gave them."""

    points: Mapping[str, int | None]
    parts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def read_scores_of(rule: PoolRule, library: Library, path: Path, as_of: dt.date) -> Scores:
    """Read a table of figures where the pool has a ruler, or of ``project, score`` in steps. The rated year is the one before.

    Raises ``KaiwuError`` with every mistake of the table.
    """
    if not rule.ruler:
        rows = read_rows(path, SCORE_COLUMNS)
        points = {row.text("project"): row.steps("score") for row in rows}
        refuse_wrong(rows)
        return Scores(points)
    needed = {need.variable.code: need.variable for need in library.scheme(rule.ruler).needs()}
    sheet = read_facts(path, tuple(needed.values()), rated_year=as_of.year - 1)
    if sheet.problems:
        raise KaiwuError(sheet.problems)
    rated = rate_projects(rule.ruler, library, Facts(sheet.table, as_of, as_of.year - 1))
    parts = {
        project: {item: rule.scale.count_steps(p, f"{path.name} {project}") for item, p in items.items()}
        for project, items in rated.items()
    }
    return Scores({project: sum(parts[project].values()) if project in parts else None for project in sheet.table["entity"]}, parts)  # fmt: skip
