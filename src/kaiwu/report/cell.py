"""Columns and cells of a printed table: what a column holds, and the exact text of a value.

Owns the kinds of columns. It does not know sheets or pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kaiwu.quantity import format_decimal
from kaiwu.report.label import Words

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
FEN_PER_WAN = 1_000_000
CELL_CHARACTERS = 32_767  # of a text cell at most, by Excel
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"  # not allowed in XML
MOST_EXACT = 10**15  # Excel keeps 15 digits; a larger number is written as text
_FORBIDDEN = re.compile(CONTROL)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heads in both languages, width in characters, and what its cells hold.

    ``kind``: text; whole (an integer); money (fen, shown in 万元); decimal (an integer in units of 10^-``decimals``).
    ``words`` gives the text for a code in both languages; a code without words is shown as it is.
    """

    zh: str
    en: str
    width: int = 12
    kind: str = "text"
    decimals: int = 0
    words: Words | None = None

    @property
    def form(self) -> str:
        """The name of the cell format."""
        return f"decimal{self.decimals}" if self.kind == "decimal" else self.kind


def clean_text(text: str) -> str:
    """What a text cell can hold: no control characters, not longer than Excel takes."""
    return _FORBIDDEN.sub("", text)[:CELL_CHARACTERS]


def print_cell(column: Column, value: Any, language: str = "zh") -> str:
    """The text of a cell, exactly: 万元 with as many decimals as fen need, at least none."""
    if value is None:
        return ""
    if column.kind == "money":
        return format_decimal(Fraction(value, FEN_PER_WAN))
    if column.kind == "decimal":
        return format_decimal(Fraction(value, 10**column.decimals), column.decimals)
    if column.kind == "whole":
        return format_decimal(value)
    words = column.words.get(value) if column.words is not None else None
    return str(value) if words is None else words[1 if language == "en" else 0]


def neutralise(text: str) -> str:
    """Text that a spreadsheet cannot take for a formula: one that begins like one gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
