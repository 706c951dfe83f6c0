"""What the exchange keeps besides its cases (数据报送): the asked tables, the versions received, decisions where sources disagree.

Owns the tables. Figures stand in the workspace; an accepted version is a batch there.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kaiwu.web.account.models import Organisation
from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.case.models import Case, CaseFile
from kaiwu.web.registry.models import Firm


class DataRequest(models.Model):
    """A table that an organisation owes (数据催报): an import template of a pack, a period in words, a day."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="data_request")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="data_requests")
    template = models.CharField(max_length=64, db_index=True)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    period = models.CharField(max_length=40)
    due = models.DateField(db_index=True)
    reminders = models.PositiveIntegerField(default=0)
    reminded_on = models.DateField(null=True, blank=True)

    scope: ClassVar[Scope] = Scope(
        department="organisation__code", section="", town="organisation__entity", platform="organisation__entity"
    )
    objects: ClassVar[models.Manager[DataRequest]] = ScopedQuerySet.as_manager()

    class Meta:
        """One table of a period is asked of an organisation once."""

        unique_together = (("organisation", "template", "period"),)
        ordering = ("due", "id")

    def __str__(self) -> str:
        return f"{self.zh} {self.period}"


class VersionState(models.TextChoices):
    """What became of a version (版本状态)."""

    CHECKING = "checking", "检查中"
    ACCEPTED = "accepted", "已入库"
    REFUSED = "refused", "未通过"


class DataVersion(models.Model):
    """One version of a table (报送版本): its file, what the check said, and the batch that it became."""

    request = models.ForeignKey(DataRequest, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.CHECKING)
    report_zh = models.TextField(blank=True)
    report_en = models.TextField(blank=True)
    errors = models.ForeignKey(CaseFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    batch = models.PositiveIntegerField(null=True, blank=True)
    figures = models.PositiveIntegerField(default=0)
    entities = models.PositiveIntegerField(default=0)
    sent_by = models.CharField(max_length=64)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        unique_together = (("request", "number"),)
        ordering = ("-number",)


class Ruling(models.Model):
    """A decision where sources disagree (对数认定): which source stands for one firm, who decided and why."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="rulings")
    variable = models.CharField(max_length=64, db_index=True)
    label = models.CharField(max_length=200)
    period = models.CharField(max_length=20, db_index=True)
    values = models.TextField()  # canonical JSON list of [source, printed value] as they stood
    source = models.CharField(max_length=200)
    printed = models.CharField(max_length=100)
    reason = models.TextField()
    batch = models.PositiveIntegerField()
    decided_by = models.CharField(max_length=64)
    decided_on = models.DateField()

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[Ruling]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.label} {self.period}"
