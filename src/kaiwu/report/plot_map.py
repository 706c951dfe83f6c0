"""Maps of plots as inline SVG (地块图): one shape for each plot, its class by colour and by the words on it.

Owns the shapes and the legend. Every plot carries its code and class as text for readers who see no colour; roads are what
is left white. It decides no class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kaiwu.allot.land.plot import PlotMap

WIDTH = 760
PALE = "#e8ecf2"
COLOURS = ("#b3261e", "#d9822b", "#e8c547", "#0f4c81", "#17663a", "#5b3aa8", "#8a94a6")


@dataclass(frozen=True, slots=True)
class MapClass:
    """A class of plots on a map: its label as shown and its colour."""

    label: str
    colour: str = PALE


def draw_map(
    plots: PlotMap, classes: Sequence[str], legend: Mapping[str, MapClass], title: str, notes: Sequence[str] = ()
) -> Markup:
    """A map north up. ``classes`` names the class of each plot, ``legend`` the classes in order, ``notes`` what a reader
    finds on each plot beside its code (the order is that of ``plots``)."""
    reach = plots.points.max(axis=0)
    scale = WIDTH / max(int(reach[0]), 1)
    height = round(int(reach[1]) * scale)
    shapes = []
    for plot in range(plots.count):
        kind = legend[classes[plot]]
        told = "; ".join(filter(None, (plots.codes[plot], kind.label, notes[plot] if notes else "")))
        shapes.append(Markup("<path d='{}' fill='{}' stroke='#fff' stroke-width='.8' fill-rule='evenodd'><title>{}</title></path>").format(_path(plots, plot, scale, height), kind.colour, told))  # fmt: skip
    counts = {code: sum(c == code for c in classes) for code in legend}
    told = ", ".join(f"{kind.label} {counts[code]}" for code, kind in legend.items())
    return Markup("<svg class='chart wide map' role='img' aria-label='{}' viewBox='0 0 {} {}'>{}</svg>{}").format(
        f"{title}: {told}", WIDTH, height, Markup("").join(shapes), _legend(legend, counts)
    )  # fmt: skip


def _path(plots: PlotMap, plot: int, scale: float, height: int) -> str:
    """The rings of a plot; north is up, so that y is turned."""
    parts = []
    for r in (plots.plot_of == plot).nonzero()[0].tolist():
        ring = plots.points[plots.start[r] : plots.start[r + 1]].tolist()
        parts.append("M" + " ".join(f"{x * scale:.1f},{height - y * scale:.1f}" for x, y in ring) + "Z")
    return "".join(parts)


def _legend(legend: Mapping[str, MapClass], counts: Mapping[str, int]) -> Markup:
    """The classes with their counts; they sum to the plots."""
    items = [
        Markup("<li><span class='key' style='background:{}'></span>{} <b>{}</b></li>").format(kind.colour, kind.label, counts[code])
        for code, kind in legend.items()
    ]  # fmt: skip
    return Markup("<ul class='legend'>{}</ul>").format(Markup("").join(items))
