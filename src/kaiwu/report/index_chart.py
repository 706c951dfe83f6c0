"""Charts of an index as inline SVG (指数图): bars of parts, intervals of places, and a radar where asked for.

Owns their shapes. Every mark carries its number as text, so that none is read by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

ROW, LABEL, WIDTH = 24, 190, 760
BLUE, RED, PALE, GREEN, AMBER, GREY = "#0f4c81", "#b3261e", "#93bfe6", "#17663a", "#b06f00", "#8a94a6"
STANDING_COLOURS = {"certain": GREEN, "contested": AMBER, "out": GREY, "unrated": GREY}


def parts_chart(rows: Sequence[tuple[str, str, float]], title: str) -> Markup:
    """Horizontal bars from a zero line: (label, number as printed, value); negative ones go left, in another colour."""
    if not rows:
        return Markup("")
    low, high = min(0.0, *(v for *_, v in rows)), max(0.0, *(v for *_, v in rows))
    room, span = WIDTH - LABEL - 90, (high - low) or 1.0
    zero = LABEL + room * (0 - low) / span
    shapes = [Markup("<line x1='{z:.1f}' x2='{z:.1f}' y1='0' y2='{h}' stroke='{c}'/>").format(z=zero, h=len(rows) * ROW, c=GREY)]  # fmt: skip
    for i, (label, told, value) in enumerate(rows):
        length = room * abs(value) / span
        x = zero if value >= 0 else zero - length
        shapes.append(
            Markup("<text x='{}' y='{}' text-anchor='end'>{}</text><rect x='{:.1f}' y='{}' width='{:.1f}' height='15' fill='{}'/><text x='{:.1f}' y='{}' class='n'>{}</text>").format(
                LABEL - 8, i * ROW + 16, _shorten(label), x, i * ROW + 4, max(length, 0.5), BLUE if value >= 0 else RED, zero + (length if value >= 0 else 0) + 6, i * ROW + 16, told)
        )  # fmt: skip
    return _svg(title, ", ".join(f"{label} {told}" for label, told, _ in rows), len(rows) * ROW + 4, shapes)


def interval_chart(rows: Sequence[tuple[str, float, float, float, str]], title: str, most: int) -> Markup:
    """Places: (label, place, low, high, standing); a line from 5 % to 95 % of the runs with the printed place as a dot."""
    if not rows:
        return Markup("")
    room = WIDTH - LABEL - 90
    step = room / max(most - 1, 1)
    shapes = []
    for i, (label, place, low, high, standing) in enumerate(rows):
        y, colour = i * ROW + 11, STANDING_COLOURS.get(standing, BLUE)
        shapes.append(
            Markup("<text x='{}' y='{}' text-anchor='end'>{}</text>").format(LABEL - 8, y + 5, _shorten(label))
        )
        if math.isnan(low) or math.isnan(place):
            continue
        a, b, at = (LABEL + (v - 1) * step for v in (low, high, place))
        shapes.append(
            Markup("<line x1='{:.1f}' x2='{:.1f}' y1='{}' y2='{}' stroke='{}' stroke-width='5' stroke-linecap='round' opacity='.45'/><circle cx='{:.1f}' cy='{}' r='4.5' fill='{}'/><text x='{}' y='{}' class='n'>{}</text>").format(
                a, b, y, y, colour, at, y, colour, WIDTH - 80, y + 5, f"{place:g} ({low:g}–{high:g})")
        )  # fmt: skip
    told = ", ".join(f"{label} {place:g} ({low:g}–{high:g})" for label, place, low, high, _ in rows)
    return _svg(title, told, len(rows) * ROW + 4, shapes)


def radar_chart(rows: Sequence[tuple[str, float]], title: str, most: float = 100.0) -> Markup:
    """A radar of scores from 0 to ``most``; fewer than three axes make none."""
    if len(rows) < 3:
        return Markup("")
    centre, reach = 200.0, 130.0

    def at(k: int, share: float) -> str:
        angle = 2 * math.pi * k / len(rows) - math.pi / 2
        return f"{centre + reach * share * math.cos(angle):.1f},{centre + reach * share * math.sin(angle):.1f}"

    shapes = [
        Markup("<polygon points='{}' fill='none' stroke='#d7dde8'/>").format(" ".join(at(k, ring) for k in range(len(rows))))
        for ring in (0.25, 0.5, 0.75, 1.0)
    ]  # fmt: skip
    shares = [min(max(v / most, 0.0), 1.0) for _, v in rows]
    shapes.append(Markup("<polygon points='{}' fill='{}' fill-opacity='.25' stroke='{}'/>").format(" ".join(at(k, s) for k, s in enumerate(shares)), BLUE, BLUE))  # fmt: skip
    for k, (label, value) in enumerate(rows):
        x, _, y = at(k, 1.22).partition(",")
        shapes.append(Markup("<text x='{}' y='{}' text-anchor='middle'>{} {:.1f}</text>").format(x, y, _shorten(label), value))  # fmt: skip
    told = ", ".join(f"{label} {value:.1f}" for label, value in rows)
    return Markup("<svg class='chart' role='img' aria-label='{}' viewBox='0 0 400 400'>{}</svg>").format(f"{title}: {told}", Markup("").join(shapes))  # fmt: skip


def _svg(title: str, told: str, height: int, shapes: Sequence[Markup]) -> Markup:
    return Markup("<svg class='chart wide' role='img' aria-label='{}' viewBox='0 0 {} {}'>{}</svg>").format(f"{title}: {told}", WIDTH, height, Markup("").join(shapes))  # fmt: skip


def _shorten(label: str) -> str:
    width, out = 0, ""
    for c in label:
        width += 2 if ord(c) >= 0x2E80 else 1
        if width > 26:
            return out + "…"
        out += c
    return out
