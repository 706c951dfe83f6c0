"""The change log (变更记录): one row for every write, never changed and never deleted.

Owns the shape of an event. ``services`` writes it; a screen shows it.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

from kaiwu.web.account.scope import Scope, ScopedQuerySet


class EventQuerySet(ScopedQuerySet["Event"]):
    """Events can be read and added; nothing else."""

    def update(self, **values: Any) -> NoReturn:
        """Refused: what happened stays as it was written."""
        raise TypeError("events are append-only")

    def delete(self) -> NoReturn:
        """Refused: what happened stays as it was written."""
        raise TypeError("events are append-only")


class Event(models.Model):
    """One thing that somebody did (事件). ``before`` and ``after`` are JSON of the changed fields only."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=150)  # login name, or “@system”
    actor_name = models.CharField(max_length=150, blank=True)
    organisation = models.CharField(max_length=64, blank=True)  # code of the actor's organisation then
    address = models.CharField(max_length=45, blank=True)  # where the request came from
    verb = models.CharField(max_length=64)  # record type and deed: firm.sync, case.advance
    record = models.CharField(max_length=64)  # record type: firm, case …
    key = models.CharField(max_length=64)  # key of the record
    firm = models.CharField(max_length=64, blank=True, db_index=True)  # the firm whose record it is, for its own log
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    rule_version = models.CharField(max_length=128, blank=True)

    scope: ClassVar[Scope] = Scope(office=False, security=True)
    objects: ClassVar[models.Manager[Event]] = EventQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("record", "key"), name="kaiwu_event_record"),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event; a kept one cannot be saved again."""
        if self.pk is not None:
            raise TypeError("events are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: what happened stays as it was written."""
        raise TypeError("events are append-only")
