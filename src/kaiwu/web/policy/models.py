"""Answers of the newest policy run by firm and clause (政策匹配), pushes to firms, titles that other platforms gave.

Owns the tables. Answers are filled by a job after a run and replaced by those of the next; the run stays the truth.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.registry.models import Firm
from kaiwu.web.run.models import RunRow


class PolicyClause(models.Model):
    """One clause or route of recognition of a policy run, and how far it reaches. Amounts in fen; null: no money, or no limit."""

    run = models.ForeignKey(RunRow, on_delete=models.CASCADE, related_name="clauses")
    scheme = models.CharField(max_length=64)
    item = models.CharField(max_length=64)
    key = models.CharField(max_length=130, unique=True)  # scheme.item
    scheme_zh = models.CharField(max_length=200)
    scheme_en = models.CharField(max_length=200)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    article = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    document = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=100, blank=True)
    jurisdiction = models.CharField(max_length=100, blank=True)
    grants = models.CharField(max_length=100, blank=True)  # what is granted where it is no money
    mark_zh = models.CharField(max_length=64, blank=True)  # 待核实 …
    mark_en = models.CharField(max_length=64, blank=True)
    until = models.DateField(null=True)  # the last day of application, where one is declared
    programme = models.CharField(max_length=64, blank=True)  # the 兑付方案 by which it can be claimed here
    is_recognition = models.BooleanField(default=False)
    fits = models.PositiveIntegerField(default=0)
    human = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    near = models.PositiveIntegerField(default=0)
    low = models.BigIntegerField(null=True)  # what those who fit are granted at least
    high = models.BigIntegerField(null=True)

    scope: ClassVar[Scope] = Scope(public=Q())  # rules are public; the columns with counts are for offices
    objects: ClassVar[models.Manager[PolicyClause]] = ScopedQuerySet.as_manager()

    class Meta:
        """In the order of the run."""

        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.scheme_zh} · {self.zh}"


class PolicyAnswer(models.Model):
    """The answer of one clause for one firm: 符合, 缺数据 or 需认定; 不符合 has no row. ``is_near`` where a near miss is kept."""

    clause = models.ForeignKey(PolicyClause, on_delete=models.CASCADE, related_name="answers")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="answers")
    outcome = models.PositiveSmallIntegerField()
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    is_near = models.BooleanField(default=False)

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[PolicyAnswer]] = ScopedQuerySet.as_manager()

    class Meta:
        """A clause answers a firm once."""

        indexes = (
            models.Index(fields=("firm", "outcome"), name="kaiwu_answer_firm"),
            models.Index(fields=("clause", "outcome"), name="kaiwu_answer_clause"),
        )

    def __str__(self) -> str:
        return f"{self.firm_id} {self.clause_id}"


class Push(models.Model):
    """A clause that was pointed out to a firm (推送), by whom and when. It outlives the answers that led to it."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="pushes")
    key = models.CharField(max_length=130)  # PolicyClause.key
    run = models.CharField(max_length=12)
    pushed_by = models.CharField(max_length=64)
    pushed_at = models.DateTimeField(auto_now_add=True)

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[Push]] = ScopedQuerySet.as_manager()

    class Meta:
        """A clause is pushed to a firm once."""

        unique_together = (("firm", "key"),)

    def __str__(self) -> str:
        return f"{self.firm_id} {self.key}"


class Title(models.Model):
    """A title that a platform of the province or the state gave a firm (认定结果), imported from its list."""

    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="titles")
    name = models.CharField(max_length=200, db_index=True)
    granted_on = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=200, blank=True)
    imported_at = models.DateTimeField(auto_now_add=True)

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[Title]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first; a title of a day is kept once."""

        ordering = ("-granted_on", "pk")
        unique_together = (("firm", "name", "granted_on"),)

    def __str__(self) -> str:
        return self.name
