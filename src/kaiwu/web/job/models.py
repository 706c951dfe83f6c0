"""The table of jobs (后台任务).

Owns its shape. Claims are conditional updates, which SQLite and PostgreSQL decide alike.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class JobState(models.TextChoices):
    """Where a job is (任务状态)."""

    QUEUED = "queued", "排队"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class Job(models.Model):
    """One job. ``words`` and ``result`` are canonical JSON; ``beat_at`` is the worker's last sign of life."""

    kind = models.CharField(max_length=64, db_index=True)
    title = models.CharField(max_length=200)
    words = models.TextField(default="{}")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED, db_index=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    tries = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    worker = models.CharField(max_length=64, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    is_cancel_asked = models.BooleanField(default=False)
    result = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)  # where the result is looked at
    error_zh = models.TextField(blank=True)
    error_en = models.TextField(blank=True)
    asked_by = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Job]] = models.Manager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class WorkerBeat(models.Model):
    """A worker's last sign of life (心跳); technical, so it leaves no event."""

    name = models.CharField(max_length=64, unique=True)
    seen_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[WorkerBeat]] = models.Manager()
