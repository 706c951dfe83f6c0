"""Screens of accounts (账号界面), for the system and the security administrator."""

from __future__ import annotations

from typing import Any

from kaiwu.web.account.models import Organisation, Person
from kaiwu.web.account.role import OrganisationKind, Role
from kaiwu.web.screen import Action, Choice, Column, Group, Screen, Tag

OPEN: dict[Any, tuple[str, str]] = {True: ("启用", "open"), False: ("停用", "closed")}
OPEN_TAGS = {True: Tag.OK, False: Tag.MUTED}
ON: dict[Any, tuple[str, str]] = {True: ("已启用", "on"), False: ("未启用", "off")}
SYSTEM, SECURITY = frozenset({Role.SYSTEM}), frozenset({Role.SECURITY})
CLOSE = ("停用后立即退出, 不能再登录", "sessions end at once and nobody logs in")
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
        Column("entity", "主体代码", "Id in the register", 22),
        Column("is_active", "状态", "State", 8, words=OPEN, tags=OPEN_TAGS, order="is_active"),
    )
    groups = (Group("基本情况", "Basics", ("name", "code", "kind", "entity", "is_active")),)
    filters = (Choice("kind", "类型", "Kind", options=KINDS),)
    actions = (Action("new", "新增机构", "Add", "organisation-new", SYSTEM, is_primary=True),)
    record_actions = (
        Action("close", "停用", "Close", "organisation-turn", SYSTEM, is_post=True, is_danger=True, confirm=CLOSE, fits=lambda r: r.is_active),
        Action("open", "启用", "Open", "organisation-turn", SYSTEM, is_post=True, fits=lambda r: not r.is_active),
    )  # fmt: skip
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
        Column("has_totp", "动态口令", "Codes", 10, words=ON, tags={True: Tag.OK, False: Tag.MUTED}),
        Column("is_active", "状态", "State", 8, words=OPEN, tags=OPEN_TAGS, order="is_active"),
        Column("locked_until", "锁定至", "Locked until", 16, kind="time"),
        Column("last_login", "上次登录", "Last login", 16, kind="time", order="last_login", is_listed=False),
    )
    groups = (
        Group("基本情况", "Basics", ("name", "login", "organisation__name", "role_names")),
        Group("登录", "Login", ("is_active", "has_totp", "locked_until", "last_login")),
    )
    filters = (Choice("open", "状态", "State", "is_active", {"True": OPEN[True], "False": OPEN[False]}),)
    actions = (Action("new", "新增人员", "Add", "person-new", SYSTEM, is_primary=True),)
    record_actions = (
        Action("roles", "授权", "Roles", "person-roles", SECURITY, is_primary=True),
        Action("totp", "重置动态口令", "Reset codes", "person-totp", SECURITY, is_post=True,
               confirm=("须在下次登录时重新设置", "they are set up anew at the next login"), fits=lambda p: p.has_totp),
        Action("sessions", "退出其所有登录", "End sessions", "person-sessions", SECURITY, is_post=True),
        Action("password", "重置口令", "Reset password", "person-password", SYSTEM, is_post=True,
               confirm=("原口令失效, 初始口令只显示一次", "the present one ends; the first one is shown once")),
        Action("close", "停用", "Close", "person-turn", SYSTEM, is_post=True, is_danger=True, confirm=CLOSE, fits=lambda p: p.is_active),
        Action("open", "启用", "Open", "person-turn", SYSTEM, is_post=True, fits=lambda p: not p.is_active),
    )  # fmt: skip
    search = ("name", "login", "organisation__name")
    order = ("name",)
    related = ("organisation",)
    viewers = ADMINISTRATORS

    def rows(self, person: Person) -> Any:
        """With the roles of all of a page read at once."""
        return super().rows(person).prefetch_related("grants")
