"""A synthetic plot map (合成地块图): polygons, owners, taxes and answers of rules' facts, always labelled.

Owns the keys of a pack's ``plot_map.yaml`` and what is drawn from them. It decides no stage, way or block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kaiwu.allot.land.datum import GRID
from kaiwu.allot.land.plot import PlotMap, Shape, make_map
from kaiwu.pack import builtin_packs
from kaiwu.pack.library import find_packs
from kaiwu.pack.pack import read_pack
from kaiwu.synth.draw import Floats, Streams
from kaiwu.synth.section import read_whole

FILE = "plot_map.yaml"
CORNER = (500_000.0, 3_340_000.0)
ROAD_M = 20.0
MU_M2 = 2000 / 3


@dataclass(frozen=True, slots=True)
class PlotSize:
    """Metres of a plot, and how far its corners are off."""

    width: int
    height: int
    jitter: int


@dataclass(frozen=True, slots=True)
class TaxRule:
    """Tax per mu in 万元: lognormal, with patches of neighbours that move together."""

    median: float
    spread: float
    patch: float


@dataclass(frozen=True, slots=True)
class ShareRule:
    """How many plots have each property."""

    hazard: float
    outside: float
    neighbour: float
    sells: float
    plan: float
    stays: float
    missing: float


@dataclass(frozen=True, slots=True)
class CostRule:
    """万元 per mu of buying back or clearing."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class BlockRule:
    """The blocks that are asked for: number, mu, budget in % of all costs, penalty in 10^-3 万元 per metre."""

    most: int
    least: int
    budget: int
    penalty: int


@dataclass(frozen=True, slots=True)
class FactNames:
    """Names of the variables that the rules read."""

    tax: str
    area: str
    hazard: str
    in_park: str
    neighbour: str
    sells: str
    idle: str
    plan: str


@dataclass(frozen=True, slots=True)
class PlotMapRule:
    """The whole file."""

    plot_map: int
    zh: str
    en: str
    label: str
    owner: str
    stages: str
    ways: str
    columns: int
    rows: int
    road: int
    meridian: int
    plots: PlotSize
    tax: TaxRule
    shares: ShareRule
    cost: CostRule
    gain: int
    blocks: BlockRule
    facts: FactNames


@dataclass(frozen=True, eq=False)
class SyntheticPlots:
    """A drawn map. ``rows`` are the facts of the rules by plot; ``tax``, ``cost``, ``gain`` in 万元 by plot; ``stays`` names
    the plots whose owners will not move."""

    rule: PlotMapRule
    plots: PlotMap
    rows: dict[str, dict[str, Any]]
    tax: tuple[int | None, ...]
    cost: tuple[int, ...]
    gain: tuple[int, ...]
    stays: frozenset[int]


def open_plot_map(pack: str, roots: Sequence[Path] = ()) -> PlotMapRule | None:
    """The plot map of a pack, None where it has none. Raises ``KaiwuError`` with every mistake."""
    read = read_pack(find_packs([*roots, builtin_packs()])[pack])
    return read_whole(read.document(FILE), PlotMapRule) if FILE in read.files else None


def draw_plots(rule: PlotMapRule, seed: int) -> SyntheticPlots:
    """Draw the map of a rule and seed."""
    rng = Streams(seed).open("plot map")
    shapes = _draw_shapes(rule, rng)
    plots = make_map(shapes, f"{GRID}{rule.meridian}")
    mu = plots.doubled / 2e6 / MU_M2
    per_mu = _draw_tax(rule, rng)
    tax = [None if rng.random() < rule.shares.missing else round(float(t * m)) for t, m in zip(per_mu, mu, strict=True)]
    cost = np.round(mu * rng.uniform(rule.cost.low, rule.cost.high, len(mu))).astype(np.int64)
    gain = [round(rule.gain * float(m)) - (t or 0) for m, t in zip(mu, tax, strict=True)]
    stays = np.flatnonzero(rng.random(len(mu)) < rule.shares.stays)
    rows = {code: _draw_facts(rule, rng, tax[i], float(mu[i])) for i, code in enumerate(plots.codes)}
    return SyntheticPlots(rule, plots, rows, tuple(tax), tuple(cost.tolist()), tuple(gain), frozenset(stays.tolist()))


def _draw_shapes(rule: PlotMapRule, rng: np.random.Generator) -> list[Shape]:
    """Quadrilaterals that share their corners, with roads between groups of plots."""
    size, shapes = rule.plots, []
    for i in range(0, rule.columns, rule.road):
        for j in range(0, rule.rows, rule.road):
            wide, high = min(rule.road, rule.columns - i), min(rule.road, rule.rows - j)
            off = rng.uniform(-size.jitter, size.jitter, (wide + 1, high + 1, 2))
            off[[0, -1], :, 0], off[:, [0, -1], 1] = 0, 0
            corner = np.array([CORNER[0] + i * size.width + i // rule.road * ROAD_M, CORNER[1] + j * size.height + j // rule.road * ROAD_M])  # fmt: skip
            grid = corner + off + np.stack(np.meshgrid(np.arange(wide + 1) * size.width, np.arange(high + 1) * size.height, indexing="ij"), axis=2)  # fmt: skip
            for a in range(wide):
                for b in range(high):
                    ring = [grid[a, b], grid[a + 1, b], grid[a + 1, b + 1], grid[a, b + 1]]
                    code = f"HC{i + a + 1:02d}{j + b + 1:02d}"
                    facts = {"code": code, "owner": f"{rule.owner}{int(rng.integers(1, rule.columns * rule.rows * 2 // 3)):03d}", "label": rule.label}  # fmt: skip
                    shapes.append(Shape(code, ([[p.tolist() for p in ring]],), facts, f"{FILE} {code}"))
    return sorted(shapes, key=lambda s: s.code)


def _draw_tax(rule: PlotMapRule, rng: np.random.Generator) -> Floats:
    patch = rng.normal(size=(rule.columns, rule.rows))
    for _ in range(2):
        patch = (patch + sum(np.roll(patch, step, axis) for step in (1, -1) for axis in (0, 1))) / 5
    own = rng.normal(size=rule.columns * rule.rows)
    return np.asarray(rule.tax.median * np.exp(rule.tax.patch * 2 * patch.ravel() + rule.tax.spread * own / 2))


def _draw_facts(rule: PlotMapRule, rng: np.random.Generator, tax: int | None, mu: float) -> dict[str, Any]:
    names, shares = rule.facts, rule.shares

    def yes(share: float) -> str:
        return "是" if rng.random() < share else "否"

    row = {
        names.area: f"{mu:.3f}亩", names.hazard: yes(shares.hazard), names.in_park: yes(1 - shares.outside),
        names.neighbour: yes(shares.neighbour), names.sells: yes(shares.sells), names.idle: f"{int(rng.integers(0, 70))}%", names.plan: yes(shares.plan),
    }  # fmt: skip
    return row if tax is None else {**row, names.tax: f"{tax}万元"}


def print_geojson(drawn: SyntheticPlots, more: Sequence[Mapping[str, Any]] = ()) -> str:
    """The map as GeoJSON with its datum declared, labelled synthetic in every feature; ``more`` are further properties by plot."""
    plots, features = drawn.plots, []
    for r, plot in enumerate(plots.plot_of.tolist()):
        ring = (plots.points[plots.start[r] : plots.start[r + 1]] + np.array(plots.origin)).astype(np.float64) / 1000
        corners = [*ring.tolist(), ring[0].tolist()]
        properties = {**plots.facts[plot], "tax_wan": drawn.tax[plot], "cost_wan": drawn.cost[plot], "gain_wan": drawn.gain[plot], "stays": plot in drawn.stays, **(more[plot] if more else {})}  # fmt: skip
        features.append(
            {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [corners]}}
        )
    whole = {
        "type": "FeatureCollection",
        "datum": f"{GRID}{plots.meridian}",
        "note": f"{drawn.rule.zh} {drawn.rule.label}",
        "features": features,
    }
    return json.dumps(whole, ensure_ascii=False)
