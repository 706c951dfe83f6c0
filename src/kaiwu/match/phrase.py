"""Why two texts match (相同词语): the score split exactly over the longest strings that both share.

Owns the split. Every occurrence of a gram of the need adds its weight to one phrase, so the phrases of a match sum to its
score; wording is ``reason``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kaiwu.match.text import Bm25, FieldText, fold_text, is_letter

FIELDS = ("title", "body")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A string that need and offer share, the field of the need where it stands, and what it adds in whole steps."""

    field: str
    text: str
    total: int


def find_phrases(need: FieldText, offer: FieldText, impacts: Mapping[str, int], settings: Bm25) -> list[Phrase]:
    """The shared phrases of a need and an offer, most telling first; they sum to the total of the offer.

    ``impacts`` are what the grams of the need weigh in the offer (``TextIndex.impacts``).
    """
    held = tuple(fold_text(part) for part in (offer.title, offer.body))
    found: dict[tuple[str, str], int] = {}
    for field, text, step in zip(FIELDS, (need.title, need.body), settings.steps, strict=True):
        folded = fold_text(text)
        for start, stop in _common_strings(folded, held):
            for at in range(start, stop):
                grams = [folded[at], folded[at : at + 2]] if at + 1 < len(folded) else [folded[at]]
                added = step * sum(impacts.get(gram, 0) for gram in grams)
                key = field, folded[start:stop]
                found[key] = found.get(key, 0) + added
    phrases = [Phrase(field, text, total) for (field, text), total in found.items() if total]
    return sorted(phrases, key=lambda p: (-p.total, p.field, p.text))


def _common_strings(text: str, held: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """From the left, the longest piece of unbroken text that stands in one of the held texts as well."""
    at, size = 0, len(text)
    while at < size:
        stop = at
        for other in held:
            while stop < size and text[at : stop + 1] in other and is_letter(text[stop]):
                stop += 1
        if stop > at:
            yield at, stop
        at = max(stop, at + 1)
