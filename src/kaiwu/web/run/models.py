"""Runs as rows (测算记录): what the workspace keeps of every run, laid out for lists and references.

Owns the tables. The workspace's own record stays the truth; ``services.keep_rows`` follows it. Near misses are found once for a
run, by a job, because finding them takes longer than a page may.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.registry.models import Firm


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


class NearRow(models.Model):
    """One firm that is one condition or one figure short of a clause of a run (差一点).

    ``kind``: figure (a figure would have to move) or fact (a figure is missing). ``effort`` is the change in thousandths of the
    figure. ``low`` and ``high`` in fen are what it would then be granted; null: no money, or no limit known.
    """

    run = models.ForeignKey(RunRow, on_delete=models.CASCADE, related_name="near")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="near")
    scheme = models.CharField(max_length=64)
    scheme_zh = models.CharField(max_length=200)
    scheme_en = models.CharField(max_length=200)
    item = models.CharField(max_length=64)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    article = models.CharField(max_length=200, blank=True)
    mark_zh = models.CharField(max_length=64, blank=True)  # 待核实 …, blank where well attested
    mark_en = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=8)
    slots = models.TextField()  # frame columns, one a line
    owner = models.CharField(max_length=100, blank=True)  # the department that gives the figure
    gap_zh = models.TextField()
    gap_en = models.TextField()
    effort = models.BigIntegerField()
    outcome = models.PositiveSmallIntegerField()
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[NearRow]] = ScopedQuerySet.as_manager()

    class Meta:
        """The smallest gap first."""

        ordering = ("effort", "pk")
        indexes = (
            models.Index(fields=("run", "scheme", "item"), name="kaiwu_near_clause"),
            models.Index(fields=("run", "firm"), name="kaiwu_near_firm"),
            models.Index(fields=("-run", "-kind", "effort", "id"), name="kaiwu_near_order"),  # of the list
        )

    def __str__(self) -> str:
        return self.gap_zh
