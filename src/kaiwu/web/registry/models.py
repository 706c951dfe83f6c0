"""The registry (主体库): what the register of the workspace knows, laid out for lists, filters and scopes.

Owns the tables. They are a projection of the register (append-only, in the workspace); ``services.sync_registry`` fills them
and nobody edits them by hand. Figures stay in the workspace and are read from there.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kaiwu.web.account.scope import Scope, ScopedQuerySet


class PlaceKind(models.TextChoices):
    """What sort of place (区域类型)."""

    TOWN = "town", "镇街"
    PARK = "park", "平台园区"


class Place(models.Model):
    """A town or a park (镇街、园区)."""

    entity = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=8, choices=PlaceKind.choices)
    is_current = models.BooleanField(default=True)

    scope: ClassVar[Scope] = Scope(public=Q())
    objects: ClassVar[models.Manager[Place]] = ScopedQuerySet.as_manager()

    class Meta:
        """In the order of their names."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A group of firms (集团)."""

    entity = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    is_current = models.BooleanField(default=True)

    scope: ClassVar[Scope] = Scope(firm="firms__entity", town="firms__town__entity", platform="firms__park__entity")
    objects: ClassVar[models.Manager[Group]] = ScopedQuerySet.as_manager()

    class Meta:
        """In the order of their names."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Firm(models.Model):
    """A firm (企业). ``entity`` is the register's id, ``uscc`` the 18-character code where one is known."""

    entity = models.CharField(max_length=64, unique=True)
    uscc = models.CharField(max_length=18, blank=True, db_index=True)
    name = models.CharField(max_length=200, db_index=True)
    former_names = models.TextField(blank=True)  # one a line, for the search
    town = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="town_firms")
    park = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="park_firms")
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="firms")
    industry = models.CharField(max_length=64, blank=True, db_index=True)
    is_above_scale = models.BooleanField(null=True, db_index=True)
    is_current = models.BooleanField(default=True)

    scope: ClassVar[Scope] = Scope(firm="entity", town="town__entity", platform="park__entity")
    objects: ClassVar[models.Manager[Firm]] = ScopedQuerySet.as_manager()

    class Meta:
        """In the order of their names."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Plot(models.Model):
    """A plot of land (宗地) with the firms that own or use it."""

    entity = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    is_current = models.BooleanField(default=True)
    users = models.ManyToManyField(Firm, through="PlotUse", related_name="plots")

    scope: ClassVar[Scope] = Scope(
        firm="uses__firm__entity", town="uses__firm__town__entity", platform="uses__firm__park__entity"
    )
    objects: ClassVar[models.Manager[Plot]] = ScopedQuerySet.as_manager()

    class Meta:
        """In the order of their names."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PlotUse(models.Model):
    """A firm's use of a plot (用地关系), with its exact share where one is known."""

    plot = models.ForeignKey(Plot, on_delete=models.CASCADE, related_name="uses")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="uses")
    kind = models.CharField(max_length=8)  # owner, tenant
    share = models.CharField(max_length=40, blank=True)  # 1/3, blank where unknown

    class Meta:
        """One row for each way of use."""

        unique_together = (("plot", "firm", "kind"),)


class Space(models.Model):
    """A space to let or sell (园区空间). Areas, loads and heights are whole hundredths, the price is fen per m² and month."""

    name = models.CharField(max_length=200)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="town_spaces")
    park = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="park_spaces")
    area = models.PositiveBigIntegerField()
    floor_load = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    power = models.PositiveIntegerField(null=True, blank=True)
    price = models.PositiveIntegerField(null=True, blank=True)
    form = models.CharField(max_length=8)
    free_from = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    scope: ClassVar[Scope] = Scope(town="town__entity", platform="park__entity")
    objects: ClassVar[models.Manager[Space]] = ScopedQuerySet.as_manager()

    class Meta:
        """A name is used once in a town."""

        unique_together = (("name", "town"),)
