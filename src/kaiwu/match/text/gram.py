"""Texts as character 1+2-grams (单字与双字): all texts of a batch at once, without a word list.

Owns folding and the codes of grams. A gram is one letter, digit or Han character, or two that stand side by side;
punctuation and blanks break. Its code is ``first << 21 | second`` in Unicode code points (a single one is its own code),
so that no vocabulary has to be agreed on and no hash can collide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Rows = NDArray[np.int32]

POINT_BITS = 21
"""A Unicode code point needs 21 bits."""

_BREAK = "\0"


@dataclass(frozen=True, slots=True)
class FieldText:
    """What is searched of a record (可检索文本): a short title and a longer body."""

    title: str
    body: str = ""


def fold_text(text: str) -> str:
    """One form for full-width and half-width, upper and lower case (全半角、大小写归一)."""
    return unicodedata.normalize("NFKC", text).casefold()


def gram_codes(texts: Sequence[str]) -> tuple[Rows, Codes]:
    """Every occurrence of a gram in some texts: the number of its text and its code, both of shape (occurrences,)."""
    if not texts:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    folded = fold_text(_BREAK.join(text.replace(_BREAK, " ") for text in texts))
    points = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), np.uint32)
    is_letter = _is_letter(points)
    rows = np.cumsum(points == 0, dtype=np.int32)
    pairs = is_letter[:-1] & is_letter[1:]
    wide = points.astype(np.int64)
    singles = wide[is_letter]
    doubles = (wide[:-1][pairs] << POINT_BITS) | wide[1:][pairs]
    return np.concatenate([rows[is_letter], rows[:-1][pairs]]), np.concatenate([singles, doubles])


def gram_text(code: int) -> str:
    """The characters of a code."""
    first, second = code >> POINT_BITS, code & ((1 << POINT_BITS) - 1)
    return (chr(first) if first else "") + chr(second)


def is_letter(char: str) -> bool:
    """Whether a character is part of grams: a letter, a digit, a Han character; all beyond the basic plane count."""
    return ord(char) >> 16 > 0 or char.isalnum()


def _is_letter(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    table = _letters()
    return np.where(points < len(table), table[np.minimum(points, len(table) - 1)], True)


@cache
def _letters() -> NDArray[np.bool_]:
    return np.fromiter((is_letter(chr(point)) for point in range(1 << 16)), np.bool_, 1 << 16)
