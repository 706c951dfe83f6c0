"""Entities (主体): firms, plots, towns … with their codes, names and relations over time.

Owns the shapes and what makes one entity sound by itself. It does not own what must hold between entities
(``register``) nor figures about them (``kaiwu.figure``).

Days: ``valid_from`` is the first and ``valid_to`` the last day on which something holds, both included, as
documents print them (有效期至); ``None`` is open or unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

from kaiwu.identity.name import normalise_name, same_spelling
from kaiwu.identity.uscc import check_uscc, normalise_uscc
from kaiwu.quantity.problem import KaiwuError, Problem

USCC = "uscc"
"""The code system of the unified social credit code; every other system is the owner's own business."""


class EntityKind(StrEnum):
    """What sort of thing an entity is (主体类型)."""

    FIRM = "firm"
    GROUP = "group"
    PLOT = "plot"
    SPACE = "space"
    PROJECT = "project"
    PRODUCT = "product"
    PARK = "park"
    PLATFORM = "platform"
    CLUSTER = "cluster"
    TOWN = "town"
    COUNTY = "county"
    CITY = "city"


class NameKind(StrEnum):
    """What sort of name it is (名称类型)."""

    LEGAL = "legal"  # 法定名称: at most one at a time; one that has ended is a former name
    FORMER = "former"  # 曾用名 whose days are not known
    SHORT = "short"  # 简称
    BRAND = "brand"  # 品牌


class RelationKind(StrEnum):
    """How one entity stands to another (关系), read from left to right."""

    MEMBER_OF_GROUP = "member_of_group"
    TENANT_OF_PLOT = "tenant_of_plot"
    OWNER_OF_PLOT = "owner_of_plot"
    LOCATED_IN_TOWN = "located_in_town"
    IN_PARK = "in_park"
    PART_OF = "part_of"  # a town of its county, a county of its city
    SUCCESSOR_OF = "successor_of"  # from the new to the old
    MERGED_INTO = "merged_into"  # a record that was found to be another one: its figures and names are that one's


class Basis(StrEnum):
    """In which sense an entity is located in a town (地址口径); the four differ for many firms."""

    REGISTERED = "registered"  # 注册地
    OPERATING = "operating"  # 经营地
    TAXED = "taxed"  # 纳税地
    STATISTICAL = "statistical"  # 统计在地


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days on which something holds (有效期), first and last included; ``None`` is open or unknown."""

    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        """Whether it holds on this day."""
        return not self.begins_after(day) and not self.ended_before(day)

    def begins_after(self, day: dt.date) -> bool:
        """Whether it is known to begin only after this day."""
        return self.valid_from is not None and day < self.valid_from

    def ended_before(self, day: dt.date) -> bool:
        """Whether it is known to have ended before this day."""
        return self.valid_to is not None and self.valid_to < day

    def overlaps(self, other: Span) -> bool:
        """Whether some day may belong to both."""
        return not (
            (self.valid_to is not None and other.begins_after(self.valid_to))
            or (other.valid_to is not None and self.begins_after(other.valid_to))
        )

    @property
    def is_reversed(self) -> bool:
        """Whether the last day lies before the first."""
        return self.valid_from is not None and self.ended_before(self.valid_from)

    def print_days(self) -> str:
        """``2019-03-01..2021-06-30``; an open side is left blank."""
        return f"{self.valid_from or ''}..{self.valid_to or ''}"


S = TypeVar("S", bound=Span)


@dataclass(frozen=True, slots=True)
class Name(Span):
    """A name with its days (名称)."""

    text: str
    kind: NameKind = NameKind.LEGAL
    source: str = ""

    @property
    def is_official(self) -> bool:
        """A legal name, present or ended; a former name counts once the day it ended is known."""
        return self.kind is NameKind.LEGAL or (self.kind is NameKind.FORMER and self.valid_to is not None)


@dataclass(frozen=True, slots=True)
class Code(Span):
    """A code in a system (编码): ``uscc``, ``division`` (行政区划代码), ``plot`` (宗地代码) …"""

    system: str
    text: str
    source: str = ""

    @property
    def levelled(self) -> str:
        """The spelling that is compared: both the registered and the asked code are levelled alike."""
        return level_code(self.system, self.text)


def level_code(system: str, text: str) -> str:
    """The comparison form of a code in a system."""
    return normalise_uscc(text) if system == USCC else normalise_name(text)


@dataclass(frozen=True, slots=True)
class Relation(Span):
    """One entity's relation to another (关系).

    ``share`` is an exact part of the plot (of its area used or owned), 0 < share <= 1, or ``None`` where
    unknown. ``basis`` is needed for ``located_in_town`` and blank elsewhere.
    """

    kind: RelationKind
    from_id: str
    to_id: str
    share: Fraction | None = None
    basis: Basis | None = None
    source: str = ""

    def find_problems(self) -> Iterator[Problem]:
        """What is wrong with this relation taken by itself."""
        where = f"{self.kind} {self.from_id} → {self.to_id}"
        if self.is_reversed:
            yield reversed_problem(self, where)
        if self.from_id == self.to_id:
            yield Problem("I-RELATION-SELF", "主体不能与自身有关系", "an entity has no relation to itself", where=where)
        if self.share is not None and not 0 < self.share <= 1:
            zh, en = (
                f"份额应大于 0 且不超过 1, 现为 {self.share}",
                f"a share is > 0 and <= 1, got {self.share}",
            )
            yield Problem("I-SHARE-RANGE", zh, en, where=where)
        if (self.basis is not None) != (self.kind is RelationKind.LOCATED_IN_TOWN):
            zh = "所在镇街须写明口径(注册、经营、纳税、统计), 其他关系不写"
            en = "located_in_town needs a basis (registered, operating, taxed, statistical), others none"
            yield Problem("I-RELATION-BASIS", zh, en, where=where)


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something that figures are about (主体).

    ``id`` is the register's own, for ever, and never used again for another. Names and codes carry their
    days.
    """

    id: str
    kind: EntityKind
    names: tuple[Name, ...] = ()
    codes: tuple[Code, ...] = ()
    source: str = ""

    def name_at(self, day: dt.date) -> str | None:
        """The legal name on a day, or ``None`` where none is known to hold."""
        return next((n.text for n in self.names if n.is_official and n.holds_on(day)), None)

    def names_at(self, day: dt.date, kind: NameKind) -> tuple[str, ...]:
        """All names of a kind on a day, in the order in which they were given."""
        return tuple(n.text for n in self.names if n.kind is kind and n.holds_on(day))

    def find_name(self, text: str) -> tuple[Name, ...]:
        """The names of this entity, of any day, that are spelled like ``text``."""
        return tuple(n for n in self.names if same_spelling(n.text, text))

    def renamed(self, text: str, on: dt.date, source: str = "") -> Entity:
        """This entity with a new legal name (更名) from a day on; the name that held ends the day before.

        ``append`` the result to the register: the earlier batch stays as it was written.
        """
        eve = on - dt.timedelta(days=1)
        ended = tuple(replace(n, valid_to=eve) if n.is_official and n.holds_on(on) else n for n in self.names)
        return replace(self, names=(*ended, Name(text, valid_from=on, source=source)))

    def code_at(self, system: str, day: dt.date) -> str | None:
        """The code in a system on a day, or ``None``."""
        return next((c.levelled for c in self.codes if c.system == system and c.holds_on(day)), None)

    @property
    def uscc(self) -> str | None:
        """The unified social credit code (统一社会信用代码), the latest where there were several."""
        own = [c for c in self.codes if c.system == USCC]
        return max(own, key=lambda c: c.valid_from or dt.date.min).levelled if own else None

    def find_problems(self) -> Iterator[Problem]:
        """What is wrong with this entity taken by itself."""
        where = f"{self.kind} {self.id}"
        if not self.id.strip():
            yield Problem("I-ENTITY-ID", "主体缺编号", "the entity has no id", where=where)
        dated: tuple[Name | Code, ...] = (*self.names, *self.codes)
        for said in dated:
            if said.is_reversed:
                yield reversed_problem(said, where, said.text)
            if not said.text.strip():
                yield Problem("I-TEXT-BLANK", "名称或编码为空白", "a name or code is blank", where=where)
        yield from self._find_name_overlaps(where)
        yield from self._find_code_problems(where)

    def _find_name_overlaps(self, where: str) -> Iterator[Problem]:
        for left, right in _overlapping(n for n in self.names if n.is_official):
            both = f"“{left.text}” ({left.print_days()}), “{right.text}” ({right.print_days()})"
            zh = f"同一时间有两个法定名称: {both}, 请填前一名称的截止日"
            en = f"two legal names at the same time: {both}; give the first its last day"
            yield Problem("I-NAME-OVERLAP", zh, en, where=where)

    def _find_code_problems(self, where: str) -> Iterator[Problem]:
        for left, right in _overlapping(self.codes):
            if left.system == right.system:
                zh = f"同一时间有两个 {left.system} 编码: {left.text} 与 {right.text}"
                en = f"two {left.system} codes at the same time: {left.text} and {right.text}"
                yield Problem("I-CODE-OVERLAP", zh, en, where=where)
        for code in self.codes:
            if code.system == USCC and (problem := check_uscc(code.text).problem) is not None:
                yield problem.located(where)


def _overlapping(spans: Iterable[S]) -> Iterator[tuple[S, S]]:
    return (pair for pair in combinations(spans, 2) if pair[0].overlaps(pair[1]))


def reversed_problem(span: Span, where: str, text: str = "") -> Problem:
    """The problem of a span whose last day lies before its first."""
    zh = f"截止日早于起始日: {span.print_days()}"
    return Problem("I-SPAN-REVERSED", zh, f"the last day is before the first: {span.print_days()}", where, text)


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise one ``KaiwuError`` with all problems, or do nothing where there are none."""
    if found := tuple(problems):
        raise KaiwuError(found)
