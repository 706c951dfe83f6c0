"""What was decided about which records are one entity (主体事件): assert, merge, split, undo.

Owns the events as values. They are only ever added; what follows from them is ``fold``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What an event does (事件类型)."""

    ASSERT = "assert"  # 认定: these records are this entity, which may be new
    MERGE = "merge"  # 合并: other entities are this one; their ids lead here for ever
    SPLIT = "split"  # 拆分: these records are taken out of an entity and are a new one
    UNDO = "undo"  # 撤销: an earlier event does not hold


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of a record as a source tells it (字段)."""

    record: str
    field: str
    value: str
    source: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class IdentityEvent:
    """One decision (事件), by whom and when. ``number`` counts from 1 without a gap.

    ``assert``: ``records`` are ``entity``. ``merge``: the entities ``others`` are ``entity``. ``split``: ``records`` leave
    ``entity`` and become the new entity ``others[0]``. ``undo``: the event ``undoes`` does not hold.
    """

    number: int
    kind: EventKind
    by: str
    day: dt.date
    entity: str = ""
    others: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    undoes: int | None = None
    reason: str = ""
