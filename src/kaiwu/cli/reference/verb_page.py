"""The page of the Python verbs, from ``kaiwu.__all__``."""

from __future__ import annotations

import inspect
import re

import kaiwu
from kaiwu.cli.reference.markdown import page

LEAD = (
    "`import kaiwu` 很快, 动词用到时才装载; 表都是 Polars 表。\n\n"
    "Importing is cheap: a verb is loaded when it is first used. Tables are Polars frames, amounts whole fen, outcomes "
    "0 不符合 · 1 符合 · 2 缺数据 · 3 需认定."
)


def describe_verbs() -> str:
    """The page: every public name with its signature and docstring."""
    return page("Python", LEAD, *(_section(name) for name in kaiwu.__all__ if not name.startswith("__")))


def _section(name: str) -> str:
    thing = getattr(kaiwu, name)
    signature = re.sub(r"<function (\w+) at \w+>", r"\1", str(inspect.signature(thing)).replace("'", ""))
    text = (inspect.getdoc(thing) or "").replace("``", "`")
    return f"## {name}\n\n`{name}{signature}`\n\n{text}"
