"""The app of jobs."""

from django.apps import AppConfig


class JobConfig(AppConfig):
    """Jobs (后台任务)."""

    name = "kaiwu.web.job"
    label = "kaiwu_job"
