"""Columns of a screen (列): where a value comes from, how it is printed, and who sees it.

Owns the step from a record to a cell. The text of numbers is ``kaiwu.report.cell``'s, so that a page, its Excel and its
print never differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils import timezone

from kaiwu.report.cell import Column as PrintedColumn
from kaiwu.report.cell import print_cell
from kaiwu.web.account.role import EVERYBODY, Role
from kaiwu.web.wording import language, pick

NUMBERS = frozenset({"whole", "money", "decimal"})
MOMENTS = frozenset({"date", "time"})


class Tag(StrEnum):
    """The colour of a status (状态色)."""

    OK = "ok"
    BAD = "bad"
    WARN = "warn"
    INFO = "info"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``code`` is a field, a path ``town__name`` or a method of the record without arguments.

    ``kind``: text, whole, money (fen, shown in 万元), decimal (an integer in units of 10^-``decimals``), date, time.
    ``words`` gives both texts of a code, ``tags`` its colour. ``order`` is the look-up to sort by; blank: not sortable.
    ``read`` gives the value where no field does. ``roles`` see it; for everybody else it is not there, in no list, sheet or API.
    """

    code: str
    zh: str
    en: str
    width: int = 14
    kind: str = "text"
    decimals: int = 0
    words: Mapping[Any, tuple[str, str]] | None = None
    tags: Mapping[Any, Tag] = field(default_factory=dict)
    order: str = ""
    roles: frozenset[Role] = EVERYBODY
    is_listed: bool = True
    read: Callable[[Any], Any] | None = None

    @property
    def label(self) -> str:
        """The head in the reader's language."""
        return pick(self.zh, self.en)

    @property
    def align(self) -> str:
        """Numbers stand right."""
        return "right" if self.kind in NUMBERS else "left"

    @property
    def printed(self) -> PrintedColumn:
        """The column as Excel and print know it; moments are text there."""
        kind = "text" if self.kind in MOMENTS else self.kind
        return PrintedColumn(
            self.zh, self.en, self.width, kind, self.decimals, dict(self.words) if self.words else None
        )

    def value(self, record: Any) -> Any:
        """The value of a record: an exact number, a text, or ``None`` where it is missing."""
        if self.read is not None:
            return self.read(record)
        value = record
        for part in self.code.split("__"):
            value = getattr(value, part, None)
            if callable(value):
                value = value()
            if value is None:
                return None
        return print_moment(value) if self.kind in MOMENTS else value

    def text(self, value: Any) -> str:
        """The text of a value in the reader's language."""
        return print_cell(self.printed, value, language())

    def cell(self, record: Any) -> dict[str, Any]:
        """What a page needs of a cell."""
        value = self.value(record)
        return {"code": self.code, "label": self.label, "text": self.text(value), "align": self.align,
                "tag": str(self.tags.get(value, "")) if value is not None else ""}  # fmt: skip


def print_moment(value: dt.date | dt.datetime) -> str:
    """``2026-11-21`` or ``2026-11-21 09:30`` by the local clock."""
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat()
