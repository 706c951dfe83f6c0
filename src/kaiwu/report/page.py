"""The template engine of all pages and sheets, with the style sheet inlined: a page is one file without outside links.

Owns rendering. It does not know what is shown.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Autoescaping, strict about unknown names."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    env.globals.update(
        css=Markup(css), home="/", search=False, q="", lang="zh", other_lang_url="", is_synthetic=False, title=""
    )
    return env


def render(template: str, **values: Any) -> str:
    """Render a template to HTML text."""
    return environment().get_template(template).render(**values)


def bar_chart(counts: list[tuple[str, int]], label: str) -> Markup:
    """A horizontal bar chart as inline SVG: label, bar, count; widths are proportional to the largest count."""
    if not counts:
        return Markup("")
    top = max(n for _, n in counts) or 1
    rows = []
    for i, (name, n) in enumerate(counts):
        y = i * 26
        width = n * 380 // top
        text = Markup("<text x='92' y='{}' text-anchor='end'>{}</text><rect x='100' y='{}' width='{}' height='16' rx='2' fill='{}'/>"
                      "<text x='{}' y='{}'>{}</text>").format(y + 16, name, y + 4, max(width, 1), _COLOURS.get(name, "#1a56b8"), 108 + width, y + 16, f"{n:,}")  # fmt: skip
        rows.append(text)
    height = len(counts) * 26 + 4
    return Markup("<svg class='chart' role='img' aria-label='{}' viewBox='0 0 560 {}' width='100%'>{}</svg>").format(
        label, height, Markup("").join(rows)
    )


_COLOURS = {
    "符合": "#17663a",
    "不符合": "#9aa3b2",
    "缺数据": "#c47f00",
    "需认定": "#5b3aa8",
    "待补数据": "#c47f00",
    "不在范围": "#9aa3b2",
    "暂不参评": "#9aa3b2",
}
