"""The little Markdown that the reference needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTE = "*Made by `python -m kaiwu.cli.reference docs/reference`; do not edit.*"


def page(title: str, *parts: str) -> str:
    """A page: title, the note that it is generated, and its parts."""
    return "\n\n".join([f"# {title}", NOTE, *(part.strip("\n") for part in parts if part)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; bars and line ends in cells are escaped."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    return "\n".join(lines)


def cell(value: object) -> str:
    """Text that can stand in a cell."""
    text = "" if value is None else str(value)
    return " ".join(text.replace("|", "\\|").split())


def code(text: object) -> str:
    """Text in code style; nothing where there is nothing."""
    return f"`{text}`" if str(text) else ""
