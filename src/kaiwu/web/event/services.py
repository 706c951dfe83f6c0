"""Writing events: every service calls ``record`` or ``record_many`` inside its own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from kaiwu.web.event.models import Event

BULK = 500


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person of an organisation at an address, or the system itself."""

    login: str
    name: str = ""
    organisation: str = ""
    address: str = ""


SYSTEM = Actor("@system", "系统 / system")
"""No login name begins with @, so nobody is taken for it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to one record: the fields that changed, from what to what."""

    verb: str
    record: str
    key: str
    firm: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    evidence: str = ""
    rule_version: str = ""


def record(actor: Actor, deed: Deed) -> Event:
    """Write one event. Raises ``RuntimeError`` outside a transaction: a write and its event stand or fall together."""
    event = _event(actor, deed, timezone.now())
    _check_transaction()
    event.save(force_insert=True)
    return event


def record_many(actor: Actor, deeds: Iterable[Deed]) -> int:
    """Write the events of a bulk write, one for each record; returns how many."""
    _check_transaction()
    now = timezone.now()
    return len(Event.objects.bulk_create((_event(actor, deed, now) for deed in deeds), batch_size=BULK))


def _check_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written inside the transaction of the write that it tells")


def _event(actor: Actor, deed: Deed, at: datetime) -> Event:
    return Event(
        at=at, actor=actor.login, actor_name=actor.name, organisation=actor.organisation, address=actor.address,
        verb=deed.verb, record=deed.record, key=deed.key, firm=deed.firm, before=_json(deed.before), after=_json(deed.after),
        evidence=deed.evidence, rule_version=deed.rule_version,
    )  # fmt: skip


def _json(fields: Mapping[str, Any] | None) -> str:
    return "" if fields is None else json.dumps(fields, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
