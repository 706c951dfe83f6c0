"""Screens of accounts (账号界面), for the system and the security administrator."""

from __future__ import annotations

from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.role import OrganisationKind, Role
from kaiwu.web.screen import Choice, Column, Group, Screen

KINDS = {kind.value: (kind.label, kind.value) for kind in OrganisationKind}
ADMINISTRATORS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDIT})


class OrganisationScreen(Screen):
    """Organisations."""

    code, zh, en = "organisation", "机构", "Organisations"
    model = Organisation
    columns = (
        Column("name", "机构名称", "Organisation", 30, order="name"),
        Column("code", "代码", "Code", 20, order="code"),
        Column("kind", "类型", "Kind", 10, words=KINDS, order="kind"),
    )
    groups = (Group("基本情况", "Basics", ("name", "code", "kind")),)
    filters = (Choice("kind", "类型", "Kind", options=KINDS),)
    search = ("name", "code")
    order = ("code",)
    viewers = ADMINISTRATORS


class PersonScreen(Screen):
    """People with accounts."""

    code, zh, en = "person", "人员", "People"
    model = Person
    columns = (
        Column("name", "姓名", "Name", 14, order="name"),
        Column("login", "登录名", "Login", 16, order="login"),
        Column("organisation__name", "机构", "Organisation", 30, order="organisation__name"),
        Column("role_names", "角色", "Roles", 20),
        Column("locked_until", "锁定至", "Locked until", 16, kind="time"),
    )
    groups = (Group("基本情况", "Basics", ("name", "login", "organisation__name", "role_names", "locked_until")),)
    search = ("name", "login", "organisation__name")
    order = ("name",)
    related = ("organisation",)
    viewers = ADMINISTRATORS
