"""What events mean for a register (主体归并): which of its records are another entity now, as a batch of facts.

Owns the difference between what holds and what the register says. A batch only adds: a merger that was undone is told again as
holding on no day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from kaiwu.identity.batch import Batch
from kaiwu.identity.entity import Entity, Name, Relation, RelationKind
from kaiwu.identity.history.event import EventKind
from kaiwu.identity.history.fold import History
from kaiwu.identity.register import Register

SOURCE = "identity events"
NO_DAY = dt.date.min
"""A relation that holds from the first day of the calendar to the same day holds on no day that anybody asks about."""


def equate(register: Register, history: History, day: dt.date) -> Batch | None:
    """The batch that brings a register to what events leave, or ``None`` where it says so already.

    ``history`` knows the register's entities. The new entity of a split has the kind and the names of its records; codes stay
    with the records, which lead to it.
    """
    ids = {e.id for e in register.entities()}
    made = tuple(entity for entity in _make_split_off(register, history) if entity.id not in ids)
    wanted = dict(_find_leads(history, ids | {e.id for e in made}))
    told = {r.from_id: r.to_id for r in register.relations(RelationKind.MERGED_INTO, day)}
    undone = [
        Relation(RelationKind.MERGED_INTO, old, new, source=SOURCE, valid_from=NO_DAY, valid_to=NO_DAY)
        for old, new in sorted(told.items())
        if wanted.get(old) != new
    ]
    fresh = [
        Relation(RelationKind.MERGED_INTO, old, new, source=SOURCE)
        for old, new in sorted(wanted.items())
        if told.get(old) != new
    ]
    if not (made or undone or fresh):
        return None
    last = max((b.known_at for b in register.batches), default=day)
    return Batch(max(day, last), SOURCE, made, (*undone, *fresh))


def _find_leads(history: History, ids: set[str]) -> Iterator[tuple[str, str]]:
    standing = history.standing
    for one in ids:
        now = standing.of_record(one) or standing.current(one)
        if now != one and now in ids:
            yield one, now


def _make_split_off(register: Register, history: History) -> Iterator[Entity]:
    gone = history.undone
    by_id: Mapping[str, Entity] = {e.id: e for e in register.entities()}
    for event in history.events:
        records = [by_id[r] for r in event.records if r in by_id]
        if event.kind is EventKind.SPLIT and event.number not in gone and records:
            names = {n.text: n for record in records for n in record.names if not n.is_official}
            legal = next((n for record in records for n in record.names if n.is_official and n.valid_to is None), None)
            own: tuple[Name, ...] = (*([legal] if legal else []), *names.values())
            yield Entity(event.others[0], records[0].kind, own, source=SOURCE)
