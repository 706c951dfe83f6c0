"""Decisions (结论) and reasons (理由): what every engine answers for one entity, in one shape.

Owns the shape that lists, sheets, pages and explanations are made from. Bulk results stay in tables; these
objects are built for the few entities that somebody looks at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from kaiwu.figure.variable import Variable
from kaiwu.rule.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Source:
    """The document (文件) that a rulebook stands on, and how well it is attested (standing)."""

    title: str = ""
    number: str = ""
    issuer: str = ""
    date: str = ""
    page: str = ""
    source: str = ""  # id in the pack's sources.csv
    standing: str = "attested"  # attested | single_copy | memory | inferred; all but the first show 待核实

    @property
    def is_attested(self) -> bool:
        """Whether it may be noticed without a named signer."""
        return self.standing == "attested"


@dataclass(frozen=True, slots=True)
class Validity:
    """When a rule is in force (施行期): both ends included; ``repealed`` stops new runs, not replays."""

    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    repealed: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether a new run as of that day may use the rule."""
        return (
            (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
            and (self.repealed is None or day < self.repealed)
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: a sentence in both languages and what it rests on.

    ``slots`` name the frame columns behind it, from which the figures and their sources are found. ``gap`` is the
    shortfall as printed (``差 80万元``), only where re-evaluation proved that closing it changes the answer.
    """

    zh: str
    en: str
    outcome: Outcome | None = None
    article: str = ""
    slots: tuple[str, ...] = ()
    gap: str = ""
    kind: str = "condition"  # condition | amount | cap | score | class | missing | human | note


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one entity under one clause, or its score and class, always with reasons."""

    entity: str
    scheme: str
    item: str  # clause id, or the scheme itself for a rating
    zh: str
    en: str
    outcome: Outcome
    article: str = ""
    label: str = ""  # class, band, grade
    score: str = ""  # as printed
    rank: int | None = None
    low: int | None = None  # fen
    high: int | None = None
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()  # slots whose figure is not there and could still change the answer
    document: Source = field(default_factory=Source)
    version: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A frame column that a scheme reads: a variable ``offset`` years from the rated year."""

    variable: Variable
    offset: int = 0

    @property
    def slot(self) -> str:
        """Column name in the frame."""
        return self.variable.code if self.offset == 0 else f"{self.variable.code}@{self.offset}"


@dataclass(frozen=True, slots=True)
class Result:
    """Tables of one execution. ``decisions`` is always there; ``keys`` names the identifying columns of each.

    Tables hold integers, strings, booleans and nulls only, so that their digest is exact.
    """

    tables: Mapping[str, pl.DataFrame]
    keys: Mapping[str, tuple[str, ...]]

    @property
    def decisions(self) -> pl.DataFrame:
        """One row per entity and item: entity, item, outcome (UInt8) and what the engine adds."""
        return self.tables["decisions"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What an engine may read: one row per entity, ``entity`` and one Int64 column per slot (null = missing).

    ``as_of`` and ``rated`` are the date and the year of the run.
    """

    table: pl.DataFrame
    as_of: dt.date
    rated: int

    def row(self, entity: str) -> dict[str, Any]:
        """The stored integers of one entity by slot; ``KeyError`` when it is not in scope."""
        column = self.table.get_column("entity")
        at = 0 if len(column) == 1 and column[0] == entity else column.index_of(entity)
        if at is None:
            raise KeyError(entity)
        return self.table.row(at, named=True)


class Scheme(Protocol):
    """A compiled rulebook of any kind, as ``pack`` hands it to ``procedure``."""

    code: str
    kind: str
    zh: str
    en: str
    entity_kind: str
    document: Source
    validity: Validity
    version: str
    produces: str | None  # code of the variable that the result answers, if any

    def needs(self) -> Sequence[Need]:
        """Every frame column that it reads."""
        ...

    def titles(self) -> Mapping[str, tuple[str, str, str]]:
        """(zh, en, article) of its clauses or indicators by code, in the order of the document."""
        ...

    def produced(self, result: Result) -> pl.DataFrame:
        """What it answers for the variable that it produces: ``entity``, ``value`` (stored integer, null: not known)."""
        ...

    def decide(self, facts: Facts) -> Result:
        """Decide for all entities at once."""
        ...

    def explain(self, facts: Facts, entity: str, result: Result | None = None) -> list[Decision]:
        """Decide and explain for one entity; equal to its rows in ``decide``."""
        ...
