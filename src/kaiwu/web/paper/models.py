"""Papers that were made (文书), each frozen: its content, the template and the versions that it rests on.

Owns the table. What a paper says is put together by ``content``; it is never read again from changed data.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.registry.models import Firm


class Paper(models.Model):
    """One paper. ``content`` is canonical JSON (``content.Told``), ``digest`` its SHA-256, ``template`` that of the Word template.

    ``firm`` is set where the paper is about one firm, which may then read it.
    """

    number = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32, db_index=True)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=64, blank=True)
    firm = models.ForeignKey(Firm, null=True, blank=True, on_delete=models.PROTECT, related_name="papers")
    as_of = models.DateField()
    run = models.CharField(max_length=12, blank=True)
    rule_version = models.CharField(max_length=64)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    template = models.CharField(max_length=64)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[Paper]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
