"""The template engine of all pages and sheets, with the style sheet inlined: a page is one file without outside links.

Owns rendering and how a link keeps the reader's language. It does not know what is shown.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from kaiwu.report.cell import print_cell
from kaiwu.report.label import translate

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
        css=Markup(css), is_site=False, q="", lang="zh", other_lang_url="", is_synthetic=False, title="", link=link, t=choose,
        word=word, cell=print_cell,
    )  # fmt: skip
    env.filters["thousands"] = lambda n: f"{n:,}"
    return env


@pass_context
def choose(context: Context, zh: Any, en: Any) -> Any:
    """The wording in the language of the page."""
    return en if context["lang"] == "en" else zh


@pass_context
def word(context: Context, label: str) -> str:
    """A label of a list in the language of the page."""
    return translate(label, context["lang"])


@pass_context
def link(context: Context, *parts: str, **query: Any) -> str:
    """A path of the site with its parts quoted; English stays English."""
    path = "/" + "/".join(quote(str(part), safe="") for part in parts)
    chosen = {k: v for k, v in query.items() if v not in ("", None)}
    if context["lang"] == "en":
        chosen["lang"] = "en"
    return path + (f"?{urlencode(chosen)}" if chosen else "")


def render(template: str, **values: Any) -> str:
    """Render a template to HTML text."""
    return environment().get_template(template).render(**values)
