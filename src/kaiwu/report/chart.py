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
BURN_WIDTH, BURN_HEIGHT = 760, 250
_BURN = ("#17663a", "#93bfe6", "#d7dde8")  # paid, promised, left
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


def burn_chart(months: Sequence[tuple[str, int, int, int]], title: str, words: tuple[str, str, str]) -> Markup:
    """Columns by month of one pot: (month, paid, promised, left), each of them stacked from below; ``words`` name the three.

    The number above a column is what is left; the table beside the chart has all of them.
    """
    if not months:
        return Markup("")
    top = max(sum(parts) for _, *parts in months) or 1
    room = (BURN_WIDTH - 10) // len(months)
    shapes = []
    for i, (month, *parts) in enumerate(months):
        x, y = 10 + i * room, BURN_HEIGHT - 37
        for part, colour in zip(parts, _BURN, strict=True):
            height = part * (BURN_HEIGHT - 70) // top
            y -= height
            shapes.append(Markup("<rect x='{}' y='{}' width='{}' height='{}' fill='{}'/>").format(x, y, room - 8, height, colour))  # fmt: skip
        middle = x + (room - 8) // 2
        shapes.append(
            Markup("<text x='{}' y='{}' text-anchor='middle' class='n'>{}</text><text x='{}' y='{}' text-anchor='middle'>{}</text>").format(
                middle, y - 5, f"{parts[2] // 1_000_000:,}", middle, BURN_HEIGHT - 21, month[-2:])
        )  # fmt: skip
    for i, (word, colour) in enumerate(zip(words, _BURN, strict=True)):
        x = 10 + i * 150
        shapes.append(Markup("<rect x='{}' y='{}' width='12' height='10' fill='{}'/><text x='{}' y='{}'>{}</text>").format(x, BURN_HEIGHT - 14, colour, x + 18, BURN_HEIGHT - 5, word))  # fmt: skip
    told = ", ".join(f"{month} {parts[2]}" for month, *parts in months)
    return Markup("<svg class='chart wide' role='img' aria-label='{}' viewBox='0 0 {} {}'>{}</svg>").format(
        f"{title}: {told}", BURN_WIDTH, BURN_HEIGHT, Markup("").join(shapes)
    )


def _shorten(label: str) -> str:
    """At most as much as fits before the bars."""
    width, out = 0, ""
    for c in label:
        width += 2 if ord(c) >= _WIDE else 1
        if width > 13:
            return out + "…"
        out += c
    return out
