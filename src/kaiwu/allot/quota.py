"""Quotas (指标): what parks and the district can give in a month, a year or a round, and what each grant takes of it.

Owns resources and the table of cells that placements draw on. Amounts are whole numbers of the resource's unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.supply import Supply

if TYPE_CHECKING:
    from kaiwu.allot.rule import Rule

DEMAND, AREA, ONE = "demand", "area", "one"
TAKES = (DEMAND, AREA, ONE)
MONTH, YEAR, ROUND = "month", "year", "round"
PERS = (MONTH, YEAR, ROUND)
PARK, DISTRICT = "park", "district"
SCOPES = (PARK, DISTRICT)

Cell = tuple[str, str, str]
"""resource, park (empty for the district), period (``2027-03``, ``2027`` or empty)."""
Quotas = Mapping[Cell, int]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Resource:
    """One limited resource: energy, emissions, money, land of the plan, number of plots.

    ``takes`` is the project's own demand, the area of the supply, or one. A monthly demand counts against the cell of its
    month, or is added up over the year or the round.
    """

    code: str
    zh: str
    en: str
    unit: str = ""
    takes: str = DEMAND
    per: str = ROUND
    scope: str = PARK
    kinds: tuple[str, ...] = ()  # kinds of supply that take of it; none means all (own demand counts with every kind)

    def period(self, month: str) -> str:
        """The period of the cell that a demand of a month draws on."""
        return {MONTH: month, YEAR: month[:4], ROUND: ""}[self.per]

    def cell(self, park: str, period: str) -> Cell:
        """The cell of a park and a period."""
        return (self.code, park if self.scope == PARK else "", period)


def add_up(resources: Sequence[Resource], applicant: Applicant) -> dict[tuple[str, str], int]:
    """What a project demands by (resource, period of the cell)."""
    found: dict[tuple[str, str], int] = {}
    for resource in resources:
        if resource.takes == DEMAND:
            for month, amount in applicant.demand.get(resource.code, {}).items():
                key = (resource.code, resource.period(month))
                found[key] = found.get(key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}


@dataclass(frozen=True, slots=True, eq=False)
class QuotaTable:
    """Quotas as arrays. Shapes: A applicants, L supplies, P parks, Q demanded (resource, period), K taken by supplies, C cells.

    ``demand[a, q]`` draws on cell ``demand_cell[p, q]`` of the park of the supply; ``taken[l, k]`` on ``taken_cell[l, k]``.
    """

    cells: tuple[Cell, ...]
    capacity: Whole  # (C,)
    demand: Whole  # (A, Q)
    demand_cell: Whole  # (P, Q)
    taken: Whole  # (L, K)
    taken_cell: Whole  # (L, K)


def build_quotas(rule: Rule, applicants: Sequence[Applicant], supplies: Sequence[Supply], parks: Sequence[str], quotas: Quotas) -> QuotaTable:  # fmt: skip
    """Lay out the cells that the round can draw on. A cell that is asked for and not given has capacity 0; ``check_round``
    reports it before."""
    by_code = {r.code: r for r in rule.resources}
    demands = [add_up(rule.resources, a) for a in applicants]
    columns = sorted({key for d in demands for key in d})
    at = {key: q for q, key in enumerate(columns)}
    demand = np.zeros((len(applicants), len(columns)), np.int64)
    for a, found in enumerate(demands):
        for key, amount in found.items():
            demand[a, at[key]] = amount
    numbers: dict[Cell, int] = {}

    def number(cell: Cell) -> int:
        return numbers.setdefault(cell, len(numbers))

    demand_cell = np.array([[number(by_code[c].cell(p, t)) for c, t in columns] for p in parks], np.int64)
    takers = [r for r in rule.resources if r.takes != DEMAND]
    taken_cell = np.array([[number(r.cell(s.park, "")) for r in takers] for s in supplies], np.int64)
    taken = np.array([[_taken(r, s) for r in takers] for s in supplies], np.int64)
    capacity = np.array([quotas.get(cell, 0) for cell in numbers], np.int64)
    return QuotaTable(
        tuple(numbers), capacity, demand, demand_cell.reshape(len(parks), len(columns)),
        taken.reshape(len(supplies), len(takers)), taken_cell.reshape(len(supplies), len(takers)),
    )  # fmt: skip


def _taken(resource: Resource, supply: Supply) -> int:
    """What a supply itself takes of a resource."""
    if resource.kinds and supply.kind not in resource.kinds:
        return 0
    return supply.area if resource.takes == AREA else 1
