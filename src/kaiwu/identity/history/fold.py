"""What events leave (主体现状): which records are which entity now, and where an old id leads.

Owns folding events, and refusing one that contradicts those before it. An id that was ever given stays given: an undone or
merged entity's id is not used for another. It does not own files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kaiwu.identity.history.event import EventKind, IdentityEvent
from kaiwu.quantity.problem import KaiwuError, Problem


@dataclass(slots=True)
class Standing:
    """Records and entities after some events."""

    entity_of: dict[str, str] = field(default_factory=dict)  # record -> entity, before merges
    leads_to: dict[str, str] = field(default_factory=dict)  # merged entity -> entity
    living: set[str] = field(default_factory=set)

    def current(self, entity: str) -> str:
        """The entity that an id means now, however often it was merged."""
        while entity in self.leads_to:
            entity = self.leads_to[entity]
        return entity

    def of_record(self, record: str) -> str | None:
        """The entity that a record is now."""
        return self.current(self.entity_of[record]) if record in self.entity_of else None

    def records_of(self, entity: str) -> tuple[str, ...]:
        """The records that are an entity now, in order."""
        wanted = self.current(entity)
        return tuple(sorted(r for r, e in self.entity_of.items() if self.current(e) == wanted))


class History:
    """Events in order, and what they leave. Nothing is ever taken out of it.

    ``known`` are entities that stand in a register already: each is a record of its own until an event says otherwise.
    """

    def __init__(self, events: Iterable[IdentityEvent] = (), known: Iterable[str] = ()) -> None:
        events = tuple(events)
        made = {other for e in events if e.kind is EventKind.SPLIT for other in e.others}
        self._known = frozenset(known) - made
        self._events: list[IdentityEvent] = []
        self.standing = Standing(dict(zip(self._known, self._known, strict=True)), living=set(self._known))
        self._given: set[str] = set(self._known)
        for event in events:
            self.append(event)

    @property
    def events(self) -> tuple[IdentityEvent, ...]:
        """All events, oldest first, undone ones among them."""
        return tuple(self._events)

    @property
    def undone(self) -> frozenset[int]:
        """Numbers of events that do not hold. An undo may itself be undone."""
        gone: set[int] = set()
        for event in reversed(self._events):
            if event.kind is EventKind.UNDO and event.number not in gone and event.undoes is not None:
                gone.add(event.undoes)
        return frozenset(gone)

    def append(self, event: IdentityEvent) -> None:
        """Add an event. Raises ``KaiwuError`` where it contradicts what holds; then nothing has changed."""
        if event.number != len(self._events) + 1:
            raise _refuse(event, f"序号应为 {len(self._events) + 1}", f"the number should be {len(self._events) + 1}")
        if not event.by.strip():
            raise _refuse(event, "没有写明是谁决定的", "it does not say who decided")
        self._check_new_ids(event)
        self._events.append(event)
        try:
            self.standing = self._fold()
        except KaiwuError:
            self._events.pop()
            raise
        self._given |= _give(event)

    def _check_new_ids(self, event: IdentityEvent) -> None:
        """A split makes a new entity: its id was never given. An assert makes one or adds to a living one."""
        for entity in _give(event) & self._given:
            if event.kind is EventKind.SPLIT or entity not in self.standing.living:
                raise _refuse(
                    event,
                    f"编号 {entity} 已用过, 不得再用",
                    f"the id {entity} was given before and is never used again",
                )

    def _fold(self) -> Standing:
        standing = Standing(dict(zip(self._known, self._known, strict=True)), living=set(self._known))
        gone = self.undone
        for event in self._events:
            if event.number not in gone:
                _APPLY[event.kind](standing, event)
        return standing


def _give(event: IdentityEvent) -> set[str]:
    if event.kind is EventKind.ASSERT:
        return {event.entity}
    return set(event.others) if event.kind is EventKind.SPLIT else set()


def _apply_assert(standing: Standing, event: IdentityEvent) -> None:
    if not event.entity or not event.records:
        raise _refuse(event, "认定要写主体和至少一条记录", "an assertion names an entity and at least one record")
    for record in event.records:
        known = standing.of_record(record)
        if known is not None and known != standing.current(event.entity):
            zh, en = (
                f"记录 {record} 已属于 {known}, 请先拆分",
                f"the record {record} is {known} already: split it off first",
            )
            raise _refuse(event, zh, en)
        standing.entity_of[record] = event.entity
    standing.living.add(event.entity)


def _apply_merge(standing: Standing, event: IdentityEvent) -> None:
    if not event.others or event.entity in event.others:
        raise _refuse(event, "合并要写别的主体", "a merger names other entities")
    for entity in (event.entity, *event.others):
        _require_living(standing, event, entity)
    for entity in event.others:
        standing.leads_to[entity] = event.entity
        standing.living.discard(entity)


def _apply_split(standing: Standing, event: IdentityEvent) -> None:
    _require_living(standing, event, event.entity)
    own = set(standing.records_of(event.entity))
    if len(event.others) != 1 or not event.records or not own > set(event.records):
        zh = "拆分要写一个新编号, 以及该主体的一部分(非全部)记录"
        en = "a split names one new id and some, not all, of the entity's records"
        raise _refuse(event, zh, en)
    standing.entity_of |= dict.fromkeys(event.records, event.others[0])
    standing.living.add(event.others[0])


def _apply_undo(standing: Standing, event: IdentityEvent) -> None:
    if event.undoes is None or not 0 < event.undoes < event.number:
        raise _refuse(event, "撤销要写一个更早的事件序号", "an undo names the number of an earlier event")


_APPLY = {
    EventKind.ASSERT: _apply_assert,
    EventKind.MERGE: _apply_merge,
    EventKind.SPLIT: _apply_split,
    EventKind.UNDO: _apply_undo,
}


def _require_living(standing: Standing, event: IdentityEvent, entity: str) -> None:
    if entity not in standing.living:
        now = standing.current(entity)
        zh = f"没有主体 {entity}" if now == entity else f"{entity} 已并入 {now}"
        en = f"there is no entity {entity}" if now == entity else f"{entity} was merged into {now}"
        raise _refuse(event, zh, en)


def _refuse(event: IdentityEvent, zh: str, en: str) -> KaiwuError:
    return KaiwuError(Problem("I-EVENT", zh, en, where=f"event {event.number} {event.kind}"))
