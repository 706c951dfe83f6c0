"""Mentions that a person has to decide (待复核), and the answers.

Owns the two records. An answer is never changed: a later one stands before an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass

from kaiwu.identity.linking.answer import Alternative, Hints, Link, Mention

NOBODY = ""
"""The answer that nobody in the register is meant."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One mention in the queue (复核项): the candidates as they stood when it was asked, the likeliest first."""

    number: int
    text: str
    code: str
    place: str
    source: str  # file and row
    candidates: tuple[Alternative, ...]
    said: str  # why it was not linked
    ranker: str
    asked_at: str

    @property
    def mention(self) -> Mention:
        """The mention with its hints."""
        return Mention(self.text, Hints(self.code, self.place))


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """Who is meant (复核结论): ``entity`` or ``NOBODY``, by whom and when."""

    number: int
    item: int
    entity: str
    by: str
    answered_at: str
    note: str = ""


def make_item(link: Link, source: str, ranker: str, asked_at: str, name_of: str) -> ReviewItem:
    """The queue's item of a link that was left to a person; its number is given by the store."""
    first = Alternative(link.entity, name_of, link.weight)
    rest = tuple(a for a in link.alternatives if a.entity != link.entity)
    said = "\n".join([*map(str, link.problems), *map(str, link.evidence)])
    hints = link.mention.hints
    return ReviewItem(0, link.mention.text, hints.code, hints.place, source, (first, *rest), said, ranker, asked_at)
