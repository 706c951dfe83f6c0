"""Records of runs and objections, and the port through which they are kept.

Owns their shape. The SQLite file of a workspace and the database of a platform implement ``RunStore``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kaiwu.procedure.class_change import ClassChange

Leaf = tuple[str, bytes]
"""Kind and stored bytes of a leaf of the log."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run (测算): what was frozen, and what came out. ``engine`` stands beside the digests, never inside one."""

    number: str
    job: str
    zh: str
    en: str
    schemes: tuple[str, ...]
    population: int
    as_of: dt.date
    rated: int
    known_at: dt.date
    purpose: str
    manifest_digest: str
    pack_digest: str
    frame_digest: str
    result_digest: str
    engine: str
    corrects: str = ""  # the run that this one follows after objections
    is_synthetic: bool = False
    created_at: str = ""  # told by the caller; never part of a digest
    changes: tuple[ClassChange, ...] = ()  # signed changes of class, part of the result digest
    batches: tuple[int, ...] = ()  # batches of figures that were read; none in records of earlier versions

    def to_data(self) -> dict[str, object]:
        """As JSON data."""
        return {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, ClassChange):
        return value.to_data()
    return value.isoformat() if isinstance(value, dt.date) else value


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection (异议) to a figure of a run, upheld or not; an upheld one is a corrected figure and a new run."""

    number: int
    run: str
    entity: str
    variable: str
    period: str
    claimed: str  # as written, with unit
    reason: str
    evidence: str
    signer: str
    is_upheld: bool
    decided_on: dt.date
    batch: int | None = None  # the batch of figures that corrects it


class RunStore(Protocol):
    """Where runs and objections are kept."""

    def next_number(self) -> str:
        """A run number never given before."""
        ...

    def add_run(self, record: RunRecord, leaves: Sequence[Leaf] = ()) -> None:
        """Keep a finished run and its leaves of the log, both or neither."""
        ...

    def run(self, number: str) -> RunRecord:
        """The run of a number. Raises ``KaiwuError`` if there is none."""
        ...

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        ...

    def add_objections(self, objections: Sequence[Objection]) -> list[Objection]:
        """Keep objections together and give each its number."""
        ...

    def objections(self, run: str | None = None) -> list[Objection]:
        """Objections, oldest first."""
        ...
