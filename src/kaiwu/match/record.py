"""Needs (需求) and offers (供给): what somebody wants, what somebody has, and the pair of them that is a match (匹配).

Owns the shape of the three. It does not own how they are read from sheets, found by text (``retrieval``) or given out
under capacities (``assignment``), and it knows no firm beyond its entity id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kaiwu.match.constraint import Constraint, ConstraintResult
from kaiwu.quantity import Quantity
from kaiwu.rule.decision import Reason
from kaiwu.rule.outcome import Outcome, all_of

FieldValue = int | str
"""A stored integer in grains of its variable, or the text of a text variable."""

SCORE_DECIMALS = 6
"""Scores are stored as whole millionths (10^-6), the grain of the unit 分."""


class MatchKind(StrEnum):
    """What is wanted or offered (类别); a need finds offers of its own kind."""

    PART = "part"
    TECHNOLOGY = "technology"
    SERVICE = "service"
    SPACE = "space"
    MONEY = "money"
    PEOPLE = "people"
    POLICY = "policy"
    SAMPLE = "sample"

    @property
    def zh(self) -> str:
        """The word on screens and sheets."""
        return _KIND_WORDS[self]


_KIND_WORDS = {
    MatchKind.PART: "零部件与采购",
    MatchKind.TECHNOLOGY: "技术",
    MatchKind.SERVICE: "服务",
    MatchKind.SPACE: "空间",
    MatchKind.MONEY: "资金",
    MatchKind.PEOPLE: "人才",
    MatchKind.POLICY: "政策",
    MatchKind.SAMPLE: "样本",
}


@dataclass(frozen=True, slots=True)
class Window:
    """From which day to which day (时间窗), both included; an open end is None."""

    start: dt.date | None = None
    end: dt.date | None = None

    def overlaps(self, other: Window) -> bool:
        """Whether the two have a day in common."""
        return (self.start is None or other.end is None or self.start <= other.end) and (
            other.start is None or self.end is None or other.start <= self.end
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a need and an offer have in common.

    ``fields`` holds exact values by variable code: whole grains, or text; what is not known is absent. ``party`` is the
    entity id of the firm behind it and ``group`` that of its group, both None where unknown. ``place`` is an
    administrative code (GB/T 2260, any number of leading digits), ``classes`` are industry or product codes.
    """

    code: str
    kind: MatchKind
    title: str
    text: str = ""
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    party: str | None = None
    group: str | None = None
    quantity: Quantity | None = None
    window: Window = Window()
    place: str = ""
    certificates: tuple[str, ...] = ()  # asked for by a need, held by an offer
    classes: tuple[str, ...] = ()
    expiry: dt.date | None = None  # the last day on which it stands
    source: str = ""
    is_synthetic: bool = False

    def is_expired(self, day: dt.date) -> bool:
        """Whether it no longer stood on that day."""
        return self.expiry is not None and self.expiry < day


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(Record):
    """What somebody wants (需求). ``regions`` are leading digits of the places that will do; none means anywhere."""

    constraints: tuple[Constraint, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Record):
    """What somebody has (供给). ``capacity`` is how much of it can still be given; None means no limit is known."""

    capacity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked pair (匹配): ``score`` in millionths after the declared rounding, ``rank`` from 1."""

    need: Need
    offer: Offer
    score: int
    rank: int
    reasons: tuple[Reason, ...] = ()
    results: tuple[ConstraintResult, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What the hard constraints say together: 符合, or 缺数据 or 需认定 where it would fit if something were known."""
        return all_of(result.outcome for result in self.results)
