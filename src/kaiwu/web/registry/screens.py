"""Screens of the registry (主体库界面)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import GOVERNMENT, Role
from kaiwu.web.registry.dossier import dossier
from kaiwu.web.registry.models import Firm, Place, PlaceKind, Plot, Space
from kaiwu.web.registry.models import Group as FirmGroup
from kaiwu.web.screen import Choice, Column, Group, Range, Screen, Section, Tag
from kaiwu.web.screen.table import make_table
from kaiwu.web.wording import pick

YES_NO: dict[Any, tuple[str, str]] = {True: ("是", "yes"), False: ("否", "no")}
OFFICES = GOVERNMENT | {Role.AUDIT}


class FirmScreen(Screen):
    """Firms, and one page for each: 一企一档."""

    code, zh, en = "firm", "企业", "Firms"
    model = Firm
    key = "entity"
    columns = (
        Column("name", "企业名称", "Firm", 34, order="name"),
        Column("entity", "主体代码", "Code", 22, order="entity"),
        Column("town__name", "镇街", "Town", 14, order="town__name"),
        Column("park__name", "平台园区", "Park", 16, order="park__name"),
        Column("group__name", "集团", "Group", 20, order="group__name"),
        Column("industry", "行业", "Industry", 18, order="industry"),
        Column("is_above_scale", "规上", "Above scale", 8, words=YES_NO, tags={True: Tag.INFO}, order="is_above_scale"),
        Column("former_names", "曾用名", "Former names", 24, is_listed=False),
    )
    filters = (
        Choice("town", "镇街", "Town", "town__name"),
        Choice("park", "平台园区", "Park", "park__name"),
        Choice("industry", "行业", "Industry"),
        Choice("above", "规上", "Above scale", "is_above_scale", {"True": ("是", "yes"), "False": ("否", "no")}),
    )
    search = ("name", "entity", "former_names")
    order = ("name",)
    related = ("town", "park", "group")
    groups = (
        Group(
            "基本情况",
            "Basics",
            ("name", "entity", "industry", "is_above_scale", "town__name", "park__name", "group__name", "former_names"),
        ),
    )
    viewers = OFFICES | {Role.CLERK}

    def sections(self, record: Any, person: Person) -> Sequence[Section]:
        """The firm's whole file."""
        return dossier(record, person)


class PlotScreen(Screen):
    """Plots with their users."""

    code, zh, en = "plot", "宗地", "Plots"
    model = Plot
    columns = (Column("name", "宗地", "Plot", 24, order="name"), Column("entity", "代码", "Code", 28, order="entity"))
    groups = (Group("基本情况", "Basics", ("name", "entity")),)
    search = ("name", "entity")
    order = ("name",)
    viewers = OFFICES | {Role.CLERK}

    def rows(self, person: Person) -> Any:
        """A plot with several users in reach is still one row."""
        return super().rows(person).distinct()


class PlaceScreen(Screen):
    """Towns and parks."""

    code, zh, en = "place", "镇街园区", "Towns and parks"
    model = Place
    columns = (
        Column("name", "名称", "Name", 24, order="name"),
        Column(
            "kind",
            "类型",
            "Kind",
            12,
            words={PlaceKind.TOWN: ("镇街", "town"), PlaceKind.PARK: ("平台园区", "park")},
            order="kind",
        ),
    )
    groups = (Group("基本情况", "Basics", ("name", "kind")),)
    filters = (Choice("kind", "类型", "Kind", options={"town": ("镇街", "town"), "park": ("平台园区", "park")}),)
    search = ("name",)
    order = ("kind", "name")
    viewers = OFFICES


class SpaceScreen(Screen):
    """Spaces to let or sell, brought in by Excel."""

    code, zh, en = "space", "园区空间", "Spaces"
    model = Space
    columns = (
        Column("name", "名称", "Space", 30, order="name"),
        Column("town__name", "镇街", "Town", 14, order="town__name"),
        Column("park__name", "平台园区", "Park", 16, order="park__name"),
        Column("area", "面积(㎡)", "Area (m²)", 12, "decimal", 2, order="area"),
        Column("floor_load", "承重(吨/㎡)", "Floor load (t/m²)", 12, "decimal", 2, order="floor_load"),
        Column("height", "层高(米)", "Height (m)", 10, "decimal", 2, order="height"),
        Column("power", "电力(千伏安)", "Power (kVA)", 12, "whole", order="power"),
        Column("price", "价格(元/㎡·月)", "Price (yuan/m²/month)", 14, "decimal", 2, order="price"),
        Column("form", "方式", "Form", 8, words={"rent": ("出租", "to let"), "sale": ("出售", "for sale")}),
        Column("free_from", "可用日期", "Free from", 12, kind="date", order="free_from"),
        Column("note", "备注", "Note", 24, is_listed=False),
    )
    groups = (Group("空间", "Space", tuple(c.code for c in columns)),)
    filters = (Choice("town", "镇街", "Town", "town__name"), Range("area", "面积(㎡)", "Area (m²)", factor=100))
    search = ("name", "note")
    order = ("name",)
    related = ("town", "park")
    viewers = OFFICES
    importable = tuple(c.code for c in columns)
    import_key = ("name", "town__name")
    importers = frozenset({Role.OFFICER, Role.TOWN})


class GroupScreen(Screen):
    """Groups of firms with their members."""

    code, zh, en = "group", "集团", "Groups"
    model = FirmGroup
    columns = (
        Column("name", "集团", "Group", 34, order="name"),
        Column("entity", "代码", "Code", 28, order="entity"),
    )
    groups = (Group("基本情况", "Basics", ("name", "entity")),)
    search = ("name", "entity")
    order = ("name",)
    viewers = OFFICES

    def rows(self, person: Person) -> Any:
        """A group with several firms in reach is still one row."""
        return super().rows(person).distinct()

    def sections(self, record: Any, person: Person) -> Sequence[Section]:
        """Its members in this person's reach."""
        members = list(Firm.objects.visible_to(person).filter(group=record).select_related("town"))
        rows = [(f.name, f.entity, f.town.name if f.town else "") for f in members]
        urls = [reverse("firm-detail", args=[f.entity]) for f in members]
        heads = (pick("企业", "Firm"), pick("代码", "Code"), pick("镇街", "Town"))
        return (Section("members", pick("成员企业", "Members"), make_table(heads, rows, urls=urls), len(rows)),)
