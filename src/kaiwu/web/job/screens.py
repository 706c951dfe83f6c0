"""Jobs as a screen (任务界面)."""

from __future__ import annotations

from typing import Any

from kaiwu.web.account.models import Person
from kaiwu.web.account.role import OFFICE, Role
from kaiwu.web.job.models import Job, JobState
from kaiwu.web.screen import Choice, Column, Group, Screen, Tag
from kaiwu.web.wording import pick

STATES = {s.value: (s.label, s.value) for s in JobState}
TAGS = {"queued": Tag.MUTED, "running": Tag.INFO, "done": Tag.OK, "failed": Tag.BAD, "cancelled": Tag.MUTED}


class JobScreen(Screen):
    """Jobs that one has asked for; the office and the system administrator see all."""

    code, zh, en = "job", "后台任务", "Jobs"
    model = Job
    heading = "title"
    columns = (
        Column("title", "任务", "Job", 34),
        Column("state", "状态", "State", 10, words=STATES, tags=TAGS, order="state"),
        Column(
            "progress", "进度", "Progress", 14, read=lambda job: f"{job.done:,} / {job.total:,}" if job.total else None
        ),
        Column("note", "说明", "Note", 24),
        Column("asked_by", "发起人", "Asked by", 12),
        Column("created_at", "发起", "Asked", 18, kind="time", order="created_at"),
        Column("ended_at", "结束", "Ended", 18, kind="time", order="ended_at"),
        Column(
            "error", "问题", "Problem", 40, is_listed=False, read=lambda job: pick(job.error_zh, job.error_en) or None
        ),
        Column("tries", "次数", "Tries", 8, "whole", is_listed=False),
    )
    groups = (
        Group(
            "任务",
            "Job",
            ("title", "state", "progress", "note", "error", "asked_by", "created_at", "ended_at", "tries"),
        ),
    )
    filters = (Choice("state", "状态", "State", options=STATES),)
    order = ("-pk",)
    viewers = OFFICE | {Role.TOWN, Role.SYSTEM}

    def rows(self, person: Person) -> Any:
        """One's own; all for the office, in which one often waits for a job that another has asked for, and for the system administrator."""
        rows = Job.objects.all()
        return rows if person.holds(*OFFICE, Role.SYSTEM) else rows.filter(asked_by=person.login)
