"""What an evaluation of a year keeps besides its case (年度评价): sheets, disputes, publications, consequences.

Owns the tables. What is computed stands in the runs of the workspace.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kaiwu.web.account.scope import Scope, ScopedQuerySet
from kaiwu.web.case.models import Case
from kaiwu.web.registry.models import Firm


class Evaluation(models.Model):
    """One evaluation (年度评价): a case, a standing job, the rating scheme in it, and the runs so far.

    ``first_run`` is what the firms' sheets showed first, ``run`` the one that counts now; both blank until there is one.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="evaluation")
    job = models.CharField(max_length=64)
    scheme = models.CharField(max_length=64)
    rated = models.PositiveIntegerField()
    first_run = models.CharField(max_length=12, blank=True)
    run = models.CharField(max_length=12, blank=True)
    signer = models.CharField(max_length=100, blank=True)  # who answers for content that is not well attested
    issuer = models.CharField(max_length=100, blank=True)

    scope: ClassVar[Scope] = Scope()
    objects: ClassVar[models.Manager[Evaluation]] = ScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return self.case.title


class SheetState(models.TextChoices):
    """Where a firm's sheet is (一企一单状态)."""

    SENT = "sent", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DISPUTED = "disputed", "有异议"
    SETTLED = "settled", "异议已办结"


class Cause(models.TextChoices):
    """Why a firm is asked again (再次核对原因)."""

    CLASS = "class", "更正后档次有变化"
    FIGURE = "figure", "数据已更正"


class Sheet(models.Model):
    """One firm's sheet of an evaluation (一企一单). ``asked`` counts how often it was sent: what is confirmed is what was sent last,
    and each sending has its own code. ``asked_for`` tells why it was sent again, until it is answered.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="sheets")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.SENT, db_index=True)
    asked = models.PositiveIntegerField(default=1)
    asked_for = models.CharField(max_length=8, choices=Cause.choices, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)  # login, or “code” for an answer without an account
    answered_at = models.DateTimeField(null=True, blank=True)

    scope: ClassVar[Scope] = Scope(firm="firm__entity", town="firm__town__entity", platform="firm__park__entity")
    objects: ClassVar[models.Manager[Sheet]] = ScopedQuerySet.as_manager()

    class Meta:
        """One sheet for each firm."""

        unique_together = (("evaluation", "firm"),)
        ordering = ("firm__name",)

    def __str__(self) -> str:
        return f"{self.evaluation} {self.firm}"


class DisputeState(models.TextChoices):
    """Where a dispute is (异议状态)."""

    RAISED = "raised", "待镇街转报"
    FORWARDED = "forwarded", "待认定"
    UPHELD = "upheld", "成立"
    REJECTED = "rejected", "不成立"
    WITHDRAWN = "withdrawn", "已撤回"


OPEN_DISPUTES = (DisputeState.RAISED, DisputeState.FORWARDED)


class Dispute(models.Model):
    """A firm's objection to one figure (数据异议). ``claimed`` is the value as written, with its unit."""

    number = models.CharField(max_length=40, unique=True)
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="disputes")
    variable = models.CharField(max_length=64)
    offset = models.IntegerField(default=0)
    label = models.CharField(max_length=200)
    printed = models.CharField(max_length=100, blank=True)  # what the sheet showed
    claimed = models.CharField(max_length=100)
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=DisputeState.choices, default=DisputeState.RAISED, db_index=True)
    town_note = models.TextField(blank=True)
    decision_note = models.TextField(blank=True)
    run = models.CharField(max_length=12)  # the run that it objects to
    objection = models.PositiveIntegerField(
        null=True, blank=True
    )  # number of the objection in the workspace, once decided
    raised_by = models.CharField(max_length=64)
    raised_on = models.DateField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_on = models.DateField(null=True, blank=True)

    scope: ClassVar[Scope] = Scope(
        firm="sheet__firm__entity", town="sheet__firm__town__entity", platform="sheet__firm__park__entity"
    )
    objects: ClassVar[models.Manager[Dispute]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return self.number


class Publication(models.Model):
    """A list that was published (公示、结果): frozen text, what it rests on, and until when objections are taken."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="publications")
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8)  # notice, final
    title = models.CharField(max_length=200)
    run = models.CharField(max_length=12)
    published_on = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    signer = models.CharField(max_length=100, blank=True)
    issuer = models.CharField(max_length=100, blank=True)
    minutes = models.CharField(max_length=200, blank=True)
    facts = models.TextField(blank=True)  # lines under the title
    heads = models.TextField()  # JSON list
    rows = models.TextField()  # JSON list of lists of text
    counts = models.TextField()  # JSON list of [class, number]; they sum to the scope
    digest = models.CharField(max_length=64)  # SHA-256 of heads and rows

    scope: ClassVar[Scope] = Scope(public=Q())
    objects: ClassVar[models.Manager[Publication]] = ScopedQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class Consequence(models.Model):
    """A list that a department receives from the final list (结果运用名单), with its receipt."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="consequences")
    code = models.CharField(max_length=64)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    department = models.CharField(max_length=100)
    classes = models.CharField(max_length=100)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="consequences")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    firms = models.PositiveIntegerField()
    received_on = models.DateField(null=True, blank=True)
    received_by = models.CharField(max_length=100, blank=True)
    receipt = models.CharField(max_length=200, blank=True)

    scope: ClassVar[Scope] = Scope()
    objects: ClassVar[models.Manager[Consequence]] = ScopedQuerySet.as_manager()

    class Meta:
        """One of each kind for each evaluation."""

        unique_together = (("evaluation", "code"),)
        ordering = ("id",)

    def __str__(self) -> str:
        return self.zh
