"""Runs as rows (测算记录): what the workspace keeps of every run, laid out for lists and references.

Owns the table. The workspace's own record stays the truth; ``services.keep_rows`` follows it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kaiwu.web.account.scope import Scope, ScopedQuerySet


class RunRow(models.Model):
    """One run. ``schemes`` are codes, one a line."""

    number = models.CharField(max_length=12, unique=True)
    job = models.CharField(max_length=64, db_index=True)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    as_of = models.DateField()
    rated = models.PositiveIntegerField(db_index=True)
    known_at = models.DateField()
    purpose = models.CharField(max_length=64)
    corrects = models.CharField(max_length=12, blank=True)
    population = models.PositiveIntegerField()
    schemes = models.TextField()
    result_digest = models.CharField(max_length=64)
    pack_digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=32)
    is_synthetic = models.BooleanField()
    created_at = models.CharField(max_length=40, blank=True)
    asked_by = models.CharField(max_length=64, blank=True)

    scope: ClassVar[Scope] = Scope()  # officers and auditors; towns and firms see what stands about their own firms
    objects: ClassVar[models.Manager[RunRow]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number} {self.zh}"
