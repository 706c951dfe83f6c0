"""Charts as inline SVG (图): bars of counts, drawn by the server, readable without colour.

Owns their shapes and colours. Every bar carries its number as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_GREY = "#8a94a6"
_COLOURS = {"符合": "#17663a", "不符合": _GREY, "缺数据": "#b06f00", "需认定": "#5b3aa8", "待补数据": "#b06f00", "一票否决": "#b3261e",
            "不在范围": _GREY, "暂不参评": _GREY}  # fmt: skip
_CLASSES = ("#0f4c81", "#2b74b8", "#5a9bd5", "#93bfe6", "#b9d5ee")
BAR, LABEL, WIDTH = 26, 96, 420  # height of a row, width of the labels, width of the whole
_WIDE = 0x2E80  # characters from here on are two columns wide


def bar_chart(counts: Sequence[tuple[str, str, int]], title: str) -> Markup:
    """Horizontal bars: (Chinese label, label as shown, count); lengths are proportional to the largest count."""
    if not counts:
        return Markup("")
    top = max(n for _, _, n in counts) or 1
    room = WIDTH - LABEL - 70
    rows, classes = [], 0
    for i, (key, shown, n) in enumerate(counts):
        colour = _COLOURS.get(key)
        if colour is None:
            colour, classes = _CLASSES[min(classes, len(_CLASSES) - 1)], classes + 1
        y, length = i * BAR, n and max(n * room // top, 1)
        rows.append(
            Markup("<text x='{}' y='{}' text-anchor='end'>{}</text><rect x='{}' y='{}' width='{}' height='16' rx='2' fill='{}'/><text x='{}' y='{}' class='n'>{}</text>").format(
                LABEL - 8, y + 17, _shorten(shown), LABEL, y + 5, length, colour, LABEL + length + 8, y + 17, f"{n:,}")
        )  # fmt: skip
    told = ", ".join(f"{shown} {n}" for _, shown, n in counts)
    return Markup("<svg class='chart' role='img' aria-label='{}' viewBox='0 0 {} {}'>{}</svg>").format(
        f"{title}: {told}", WIDTH, len(counts) * BAR + 4, Markup("").join(rows)
    )


def stacked_bar(counts: Sequence[tuple[str, int]]) -> Markup:
    """One thin bar of parts, for a cell of a table that shows the numbers beside it."""
    total = sum(n for _, n in counts) or 1
    parts, x = [], 0.0
    for key, n in counts:
        width = 160 * n / total
        parts.append(
            Markup("<rect x='{:.2f}' y='0' width='{:.2f}' height='10' fill='{}'/>").format(
                x, width, _COLOURS.get(key, "#0f4c81")
            )
        )
        x += width
    return Markup(
        "<svg class='stack' aria-hidden='true' viewBox='0 0 160 10' preserveAspectRatio='none'>{}</svg>"
    ).format(Markup("").join(parts))


def _shorten(label: str) -> str:
    """At most as much as fits before the bars."""
    width, out = 0, ""
    for c in label:
        width += 2 if ord(c) >= _WIDE else 1
        if width > 13:
            return out + "…"
        out += c
    return out
