"""The change log as a screen (变更记录界面)."""

from __future__ import annotations

from kaiwu.web.account.role import Role
from kaiwu.web.event.models import Event
from kaiwu.web.event.wording import word_verb
from kaiwu.web.screen import Column, Group, Period, Screen


class EventScreen(Screen):
    """Who did what, when, on which evidence."""

    code, zh, en = "event", "变更记录", "Change log"
    model = Event
    heading = "verb"
    columns = (
        Column("at", "时间", "When", 18, kind="time", order="at"),
        Column("actor_name", "经办人", "Who", 14, order="actor_name"),
        Column("organisation", "机构", "Organisation", 16, order="organisation"),
        Column("deed", "事项", "Deed", 20, order="verb", read=lambda event: word_verb(event.verb)),
        Column("record", "记录类型", "Record type", 12),
        Column("key", "记录", "Record", 22),
        Column("before", "之前", "Before", 30, is_listed=False),
        Column("after", "之后", "After", 30, is_listed=False),
        Column("evidence", "依据", "Evidence", 30, is_listed=False),
        Column("rule_version", "规则版本", "Rule version", 24, is_listed=False),
        Column("address", "来源地址", "Address", 16, is_listed=False),
    )
    groups = (
        Group("变更", "Change", ("at", "actor_name", "organisation", "deed", "record", "key")),
        Group("内容", "Content", ("before", "after", "evidence", "rule_version", "address")),
    )
    filters = (Period("at", "日期", "Day", "at__date"),)
    search = ("actor_name", "verb", "key")
    order = ("-pk",)
    viewers = frozenset({Role.AUDIT, Role.SECURITY})
