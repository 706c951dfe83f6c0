"""Runs as a screen (测算界面)."""

from __future__ import annotations

from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.run.models import RunRow
from kaiwu.web.screen import Choice, Column, Group, Screen, Tag

SYNTHETIC: dict[object, tuple[str, str]] = {True: ("合成", "synthetic"), False: ("", "")}


class RunScreen(Screen):
    """All runs, newest first."""

    code, zh, en = "run", "测算", "Runs"
    model = RunRow
    key = "number"
    heading = "zh"
    columns = (
        Column("number", "编号", "Number", 8, order="number"),
        Column("zh", "任务", "Job", 30, order="zh"),
        Column("rated", "评价年度", "Rated year", 10, order="rated"),
        Column("as_of", "基准日", "As of", 12, kind="date", order="as_of"),
        Column("known_at", "数据截至", "Known at", 12, kind="date", order="known_at"),
        Column("population", "范围", "Scope", 10, "whole", order="population"),
        Column("corrects", "更正自", "Corrects", 8),
        Column("is_synthetic", "数据", "Data", 8, words=SYNTHETIC, tags={True: Tag.WARN}),
        Column("result_digest", "结果摘要", "Result digest", 40, is_listed=False),
        Column("pack_digest", "规则版本", "Pack digest", 40, is_listed=False),
        Column("engine", "引擎", "Engine", 10, is_listed=False),
        Column("asked_by", "发起人", "Asked by", 12, is_listed=False),
    )
    groups = (
        Group("测算", "Run", ("number", "zh", "rated", "as_of", "known_at", "population", "corrects")),
        Group("版本与摘要", "Version and digests", ("result_digest", "pack_digest", "engine", "asked_by")),
    )
    filters = (Choice("job", "任务", "Job", "zh"), Choice("rated", "评价年度", "Rated year"))
    search = ("number", "zh")
    order = ("-number",)
    viewers = OFFICE | {Role.AUDIT}
