"""Claims as rows (申报件): what the workspace's desk keeps of every claim, laid out for lists.

Owns the table. The desk's events stay the truth; ``services.keep_claims`` follows them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.registry.models import Firm


class ClaimRow(models.Model):
    """One claim. Amounts in fen; ``events`` tells up to which event the row follows."""

    number = models.CharField(max_length=12, unique=True)
    programme = models.CharField(max_length=64, db_index=True)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    firm = models.ForeignKey(Firm, null=True, on_delete=models.PROTECT, related_name="claims")
    firm_name = models.CharField(max_length=200)
    clause = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, db_index=True)
    claimed_on = models.DateField(null=True)
    paid_by_firm = models.BigIntegerField()
    amount = models.BigIntegerField(null=True)
    paid = models.BigIntegerField(default=0)
    is_noticed = models.BooleanField(default=False)  # before that the firm does not see the amount
    last_day = models.DateField(null=True)
    events = models.PositiveIntegerField()

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[ClaimRow]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-number",)

    def __str__(self) -> str:
        return self.number
