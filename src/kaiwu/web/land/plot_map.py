"""The map of plots (地块地图): the plots of the workspace's file as GeoJSON in WGS 84 by layer, cut to who may see them, and as rows.

Owns where the file lies, what its properties mean on the map, and the classes of each layer. Datums and shapes are
``kaiwu.allot.land``'s; stages, ways and blocks were decided before and are read from the file.

Properties of a plot: ``code``, ``owner``, ``firm`` (id in the register), ``town``, ``stage``, ``way``, ``block``, ``stays``, ``supply`` (of a
land round), ``tax_wan``, ``cost_wan``, ``gain_wan``. All but the code may be absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from kaiwu.allot.land.plot import PlotMap
from kaiwu.allot.land.projection import unproject
from kaiwu.procedure.plot_file import open_plots
from kaiwu.report.allot_page import RoundPaper
from kaiwu.web.registry.reach import Reach, is_in
from kaiwu.web.wording import pick

FILES = ("land/plots.geojson", "land/plots.parquet", "land/plots.shp", "blocks/plots.geojson")
"""Where the plot map of a workspace may lie, the first that is there counts; ``plots.datum`` beside it declares a datum."""
LAYERS: dict[str, tuple[str, str]] = {
    "stage": ("改造前", "Before"), "block": ("连片方案(建议)", "Blocks (advice)"), "after": ("实施后", "After"), "supply": ("供地与申请项目", "Supplies and applicants"),
}  # fmt: skip
SHADES = 8
"""Classes with a colour of their own; further ones share the last."""
DECIMALS = 7  # of a degree: a centimetre
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlotClass:
    """A class of a layer: its label and its shade, 0 for the pale ground."""

    label: str
    shade: int


@dataclass(frozen=True, eq=False)
class Layer:
    """One view of the map: the class of each plot that is shown, by its position, and what is written on it."""

    code: str
    plots: PlotMap
    shown: Sequence[int]
    classes: Mapping[int, PlotClass]
    names: Mapping[int, str] = field(default_factory=dict)
    urls: Mapping[int, str] = field(default_factory=dict)

    @property
    def legend(self) -> list[tuple[PlotClass, int]]:
        """The classes with how many plots are in each; they sum to the plots that are shown."""
        counts: dict[PlotClass, int] = {}
        for plot in self.shown:
            counts[self.classes[plot]] = counts.get(self.classes[plot], 0) + 1
        return sorted(counts.items(), key=lambda pair: (pair[0].shade == 0, pair[0].shade, pair[0].label))


def find_file(folder: Path) -> Path | None:
    """The plot map of a workspace, ``None`` where it has none."""
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


def open_map(folder: Path) -> PlotMap | None:
    """The checked plots of a workspace, kept until the file changes. Raises ``KaiwuError`` with every mistake of the file."""
    path = find_file(folder)
    return None if path is None else _open(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _open(path: Path, _changed: int) -> PlotMap:
    declared = path.with_suffix(".datum")
    return open_plots(path, declared.read_text(encoding="utf-8").strip() if declared.is_file() else "")


@lru_cache(maxsize=1)
def _rings(plots: PlotMap) -> tuple[list[list[list[float]]], ...]:
    """The rings of every plot in degrees of WGS 84, closed, the outer one first."""
    metres = (plots.points + np.array(plots.origin)).astype(np.float64) / 1000
    longitude, latitude = unproject(metres[:, 0], metres[:, 1], plots.meridian)
    degrees = np.round(np.column_stack([longitude, latitude]), DECIMALS)
    rings: tuple[list[list[list[float]]], ...] = tuple([] for _ in range(plots.count))
    for number, plot in enumerate(plots.plot_of.tolist()):
        ring = degrees[plots.start[number] : plots.start[number + 1]].tolist()
        rings[plot].append([*ring, ring[0]])
    return rings


def visible_plots(plots: PlotMap, reach: Reach, town: str) -> list[int]:
    """The plots that somebody may see: all, or those of firms in reach and of their own town."""
    return [
        i
        for i, facts in enumerate(plots.facts)
        if is_in(reach, _text(facts, "firm")) or (town and _text(facts, "town") == town)
    ]


def make_layer(
    code: str, plots: PlotMap, shown: Sequence[int], paper: RoundPaper | None, url: Callable[[str], str]
) -> Layer:
    """The classes of a layer. ``paper`` is the round whose supplies and projects the map names, ``url`` leads to a project."""
    if code == "supply":
        return _supply_layer(plots, shown, paper, url)
    stages = {
        name: i + 1
        for i, name in enumerate(
            dict.fromkeys(_text(f, "stage") for f in sorted(plots.facts, key=_stage_order) if _text(f, "stage"))
        )
    }
    classes: dict[int, PlotClass] = {}
    names: dict[int, str] = {}
    for plot in shown:
        facts = plots.facts[plot]
        block = _text(facts, "block")
        if code == "block":
            classes[plot] = _block_class(facts, block)
        elif code == "after" and block:
            classes[plot] = PlotClass(pick("已改造", "renewed"), 5)
        else:
            classes[plot] = _stage_class(facts, stages)
    if code == "block":
        firsts = {_text(plots.facts[plot], "block"): plot for plot in reversed(shown)}
        names = {plot: pick(f"第 {block} 片", f"block {block}") for block, plot in firsts.items() if block}
    return Layer(code, plots, shown, classes, names)


def _stage_order(facts: Facts) -> str:
    return _text(facts, "stage_order") or _text(facts, "stage")


def _stage_class(facts: Facts, stages: Mapping[str, int]) -> PlotClass:
    stage = _text(facts, "stage")
    if stage:
        return PlotClass(pick(stage, _text(facts, "stage_en") or stage), min(stages[stage], 3))
    if _text(facts, "listed") in ("missing", "human"):
        return PlotClass(pick("缺数据或需认定", "figure or finding missing"), 7)
    return PlotClass(pick("不在清单", "off the list"), 0)


def _block_class(facts: Facts, block: str) -> PlotClass:
    if block:
        shade = 4 + (int(block) - 1) % 3 if block.isdecimal() else 4
        return PlotClass(pick(f"第 {block} 片", f"block {block}"), shade)
    if facts.get("stays") in (True, "true", 1, "是"):
        return PlotClass(pick("不愿搬迁", "will not move"), 8)
    return PlotClass(pick("片外", "outside"), 0)


def _supply_layer(plots: PlotMap, shown: Sequence[int], paper: RoundPaper | None, url: Callable[[str], str]) -> Layer:
    """Plots that are supplies of a round: with the project in line, without one, and the rest."""
    in_line = {supply: name for name, supply in paper.placed.grants().items()} if paper is not None else {}
    offered = {s.id for s in paper.placed.round.supplies} if paper is not None else set()
    classes: dict[int, PlotClass] = {}
    names: dict[int, str] = {}
    urls: dict[int, str] = {}
    for plot in shown:
        supply = _text(plots.facts[plot], "supply")
        if paper is not None and supply in in_line:
            applicant = in_line[supply]
            classes[plot] = PlotClass(pick("已排供地序", "in the order of supply"), 4)
            names[plot] = f"{supply} ← {paper.name_of(applicant)}"
            urls[plot] = url(applicant)
        elif supply in offered:
            classes[plot], names[plot] = PlotClass(pick("本批次未用", "left of this round"), 2), supply
        else:
            classes[plot] = PlotClass(pick("其他地块", "other plots"), 0)
    return Layer("supply", plots, shown, classes, names, urls)


def print_layer(layer: Layer) -> dict[str, Any]:
    """A layer as a feature collection in WGS 84."""
    rings, plots = _rings(layer.plots), layer.plots
    features = []
    for plot in layer.shown:
        kind = layer.classes[plot]
        told = " · ".join(
            filter(None, (plots.codes[plot], kind.label, layer.names.get(plot, ""), way_of(plots.facts[plot])))
        )
        properties = {
            "shade": kind.shade,
            "told": told,
            "name": layer.names.get(plot, ""),
            "url": layer.urls.get(plot, ""),
        }
        features.append({"type": "Feature", "properties": properties, "geometry": _geometry(plots, plot, rings[plot])})
    return {"type": "FeatureCollection", "features": features}


def _geometry(plots: PlotMap, plot: int, rings: list[list[list[float]]]) -> dict[str, Any]:
    """A polygon, or several where a plot has more than one outer ring; a hole goes with the outer ring before it."""
    holes = plots.is_hole[plots.plot_of == plot].tolist()
    polygons: list[list[list[list[float]]]] = []
    for ring, is_hole in zip(rings, holes, strict=True):
        if is_hole and polygons:
            polygons[-1].append(ring)
        else:
            polygons.append([ring])
    return (
        {"type": "Polygon", "coordinates": polygons[0]}
        if len(polygons) == 1
        else {"type": "MultiPolygon", "coordinates": polygons}
    )


def layer_rows(layer: Layer) -> list[tuple[Any, ...]]:
    """The same as a table: code, class, owner, area in mu, tax, cost and gain in 10,000 yuan, way, block, what is written on it."""
    rows = []
    for plot in layer.shown:
        facts = layer.plots.facts[plot]
        area = f"{int(layer.plots.area[plot]) / 1_000_000:.2f}"
        money = (_text(facts, key) for key in ("tax_wan", "cost_wan", "gain_wan"))
        rows.append(
            (
                layer.plots.codes[plot],
                layer.classes[plot].label,
                _text(facts, "owner"),
                area,
                *money,
                way_of(facts),
                layer.names.get(plot, "") or _text(facts, "block"),
            )
        )
    return rows


def layer_heads() -> tuple[str, ...]:
    """The heads of that table."""
    return (
        pick("地块", "Plot"),
        pick("类别", "Class"),
        pick("权利人", "Owner"),
        pick("面积(亩)", "Area (mu)"),
        pick("年税收(万元)", "Tax (10,000 yuan)"),
        pick("成本(万元)", "Cost"),
        pick("年增收(万元)", "Gain"),
        pick("方式", "Way"),
        pick("标注", "On the map"),
    )


def block_rows(plots: PlotMap, shown: Sequence[int]) -> list[tuple[Any, ...]]:
    """The blocks with the sums of their plots that are shown."""
    found: dict[str, list[int]] = {}
    for plot in shown:
        if block := _text(plots.facts[plot], "block"):
            found.setdefault(block, []).append(plot)
    return [
        (pick(f"第 {block} 片", f"block {block}"), str(len(at)), f"{int(plots.area[at].sum()) / 1_000_000:,.1f}", _sum(plots, at, "cost_wan"), _sum(plots, at, "gain_wan"))
        for block, at in sorted(found.items())
    ]  # fmt: skip


def _sum(plots: PlotMap, at: Sequence[int], key: str) -> str:
    """The sum of a property in whole 10,000 yuan; blank where one plot does not state it."""
    values = [plots.facts[p].get(key) for p in at]
    return f"{sum(v for v in values if isinstance(v, int)):,}" if all(isinstance(v, int) for v in values) else ""


def way_of(facts: Facts) -> str:
    """The way of renewal of a plot in words; blank where it has none."""
    way = _text(facts, "way")
    return pick(way, _text(facts, "way_en") or way)


def _text(facts: Facts, key: str) -> str:
    value = facts.get(key)
    return "" if value is None else str(value)
