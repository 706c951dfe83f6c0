"""Cases (办件) and the files that belong to them.

Owns the tables. What may follow what is the pack's procedure; ``services`` moves a case and writes the event.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kaiwu.web.account.models import Organisation
from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.registry.models import Firm


class Case(models.Model):
    """One case (办件). ``fields`` is canonical JSON of the procedure's own fields; ``pack_digest`` the version of the packs
    under which it was opened. ``department`` is the organisation that handles it now: a department, town, provider or expert.
    ``due`` is blank where no document sets a time or the calendar of that year is unpublished.
    """

    number = models.CharField(max_length=40, unique=True)
    procedure = models.CharField(max_length=64, db_index=True)
    pack_digest = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    firm = models.ForeignKey(Firm, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    year = models.PositiveIntegerField(null=True, blank=True, db_index=True)
    stage = models.CharField(max_length=64, db_index=True)
    owner = models.CharField(max_length=16, db_index=True)  # the role on whose desk it lies
    department = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    stage_since = models.DateField()
    due = models.DateField(null=True, blank=True, db_index=True)
    is_closed = models.BooleanField(default=False, db_index=True)
    opened_on = models.DateField()
    opened_by = models.CharField(max_length=64)
    moved_by = models.CharField(max_length=64)  # login of who took the last step
    fields = models.TextField(default="{}")

    scope: ClassVar[Scope] = Scope(
        firm="firm__entity", town=("firm__town__entity", "department__entity"), platform=("firm__park__entity", "department__entity"),
        department="department__code", provider="department__code", expert="department__code",
    )  # fmt: skip
    objects: ClassVar[models.Manager[Case]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CaseFile(models.Model):
    """A file of a case (附件), kept by its digest in the workspace; the same bytes are kept once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32, blank=True)  # evidence, answer …
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    added_by = models.CharField(max_length=64)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order in which they came."""

        ordering = ("id",)


class Counter(models.Model):
    """The last number given under a prefix; numbers are never given twice."""

    prefix = models.CharField(max_length=32, unique=True)
    last = models.PositiveIntegerField(default=0)
