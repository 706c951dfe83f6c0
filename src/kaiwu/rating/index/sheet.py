"""A sheet (工作表): what the index is at one point between two steps.

Owns the state that steps hand on: kept units, values or scores of the indicators, weights, aggregates, and the report of every
cell that a step changed. It does not own the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kaiwu.rating.index.statistic import Array
from kaiwu.rating.index.tree import Tree


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that a step changed: ``kind`` is imputed, winsorised_high, winsorised_low, bent or undenominated."""

    unit: str
    code: str
    step: str
    kind: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Dropped:
    """A unit that was screened out, with the share of its cells that are present."""

    unit: str
    present: float
    wanted: float


@dataclass(frozen=True, eq=False)
class Sheet:
    """``x`` is ``(units, indicators)`` in the order of ``units`` and of the tree's leaves; ``rows`` are positions in the values.

    ``weights`` are shares among siblings by code; ``scores`` the aggregates by code, empty before aggregation.
    """

    units: tuple[str, ...]
    rows: tuple[int, ...]
    x: Array
    weights: Mapping[str, float]
    scores: Mapping[str, Array] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    key: str = ""


def effective_weights(tree: Tree, weights: Mapping[str, float]) -> dict[str, float]:
    """Weight of every node in the whole: the product of the shares on its way up (有效权重); leaves sum to one."""
    out = {tree.root: 1.0}
    for code in reversed(tree.upward):
        for kid in tree.children.get(code, ()):
            out[kid] = out[code] * weights[kid]
    return out


def sibling_shares(tree: Tree, leaves: Mapping[str, float]) -> dict[str, float]:
    """Shares among siblings from weights of all leaves; below a parent without weight they are equal."""
    whole: dict[str, float] = {}
    for code in tree.upward:
        kids = tree.children.get(code)
        whole[code] = leaves[code] if kids is None else sum(whole[kid] for kid in kids)
    out: dict[str, float] = {}
    for code, kids in tree.children.items():
        for kid in kids:
            out[kid] = whole[kid] / whole[code] if whole[code] > 0 else 1 / len(kids)
    return out


def changed_cells(
    step: str, units: tuple[str, ...], codes: tuple[str, ...], before: Array, after: Array, kind: str
) -> list[Cell]:
    """Report of the cells that differ."""
    same = (before == after) | (np.isnan(before) & np.isnan(after))
    return [
        Cell(units[u], codes[i], step, kind, float(before[u, i]), float(after[u, i])) for u, i in np.argwhere(~same)
    ]  # fmt: skip
